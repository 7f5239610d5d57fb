"""`postern status`: the running gateway on one screen, which names the cause of what is wrong."""

import json
import re
import signal
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

import replies
from configuration import integration


@pytest.fixture
def served(gateway, backend, tmp_path):
    """Two bots: one of them with a broken primary and a fallback."""
    good = backend(replies.custom("a"))
    bad = backend(replies.failure("401 Unauthorized"))
    sections = {
        "server": {"control": tmp_path / "c.sock"},
        "bot support": {},
        "bot shop": {},
        "integration gpt": {**integration(bad.url), "bot": "support"},
        "integration local": {**integration(good.url), "bot": "support", "fallback": True},
        "integration spare": {"bot": "support", "type": "echo", "enabled": False},
        "integration echo": {"bot": "shop", "type": "echo"},
    }
    running = gateway(sections)
    for _ in range(3):
        assert running.client().message("Hello, what a secret", bot="support").status == 200
    assert running.client().message("hi", bot="shop").status == 200
    return running, tmp_path / "postern-0.conf"


def normalised(screen: str) -> str:
    """The screen with times, sizes and the process as fixed words, and without columns' widths."""
    for pattern, word in [
        (r"postern \d+\.\d+\.\d+", "postern V"),
        (r"up \S+", "up T"),
        (r"pid \d+", "pid N"),
        (r"memory \S+ MB", "memory M MB"),
        (r"connections [12]", "connections C"),
        (r"context \S+ \S+ of \S+ \S+ \(\d+ %\)", "context C"),
        (r"last \d+s ago", "last T ago"),
        (r" +\d+ms", " T"),
        (r"(?<=\S) {2,}", "  "),
    ]:
        screen = re.sub(pattern, word, screen)
    return screen


ROWS = """\
postern V  ready  up T  pid N
memory M MB  connections C  in flight 0  queued 0
context C  conversations 4  turns 4  memory only

INTEGRATION  STATE  SHARE %  P50  P95  OK  FAILED  BREAKER
bot support
  gpt  failing  100/100  -  -  0  3  closed
    3 auth_failed, 3 in a row, last T ago: auth_failed (401): the backend
      refuses the key (401): check the value and form of its header
      (header.Authorization = Bearer KEY, or header.x-api-key = KEY)
  local  ready  fallback T T  3  0  closed
  spare  off  0/0  -  -  0  0  closed
bot shop
  echo  ready  100/100 T T  1  0  closed
"""

WIDE_ROWS = """\
postern V  ready  up T  pid N
memory M MB  connections C  in flight 0  queued 0
context C  conversations 4  turns 4  memory only

INTEGRATION  STATE  SHARE %  P50  P95  OK  FAILED  BREAKER  P99  IN FLIGHT  WAITING  TOKENS IN  TOKENS OUT  AS FALLBACK
bot support
  gpt  failing  100/100  -  -  0  3  closed  -  0  0  0  0  0
    3 auth_failed, 3 in a row, last T ago: auth_failed (401): the backend refuses the key (401): check the value and form of its header (header.Authorization = Bearer KEY, or header.x-api-key = KEY)
  local  ready  fallback T T  3  0  closed T  0  0  0  0  3
  spare  off  0/0  -  -  0  0  closed  -  0  0  0  0  0
bot shop
  echo  ready  100/100 T T  1  0  closed T  0  0  0  0  0
"""  # noqa: E501


@pytest.mark.parametrize(("columns", "rows", "wanted"), [(80, 24, ROWS), (200, 60, WIDE_ROWS)])
def test_the_screen(served, terminal, columns, rows, wanted):
    _, file = served
    command = terminal("status", "-c", file, columns=columns, rows=rows)
    screen = command.await_text("[status 0]")
    assert normalised(screen) == wanted + "[status 0]"
    assert "\x1b[33m" in command.coloured


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour(served, terminal, environment):
    _, file = served
    command = terminal("status", "-c", file, environment=environment)
    assert normalised(command.await_text("[status 0]")) == ROWS + "[status 0]"
    assert "\x1b[3" not in command.coloured


def test_no_colour_in_a_pipe(served, postern):
    _, file = served
    shown = postern("status", "-c", file, environment={"TERM": "xterm"})
    assert normalised(shown.stdout) == ROWS
    assert "\x1b" not in shown.stdout


def test_json(served, postern):
    running, file = served
    status = json.loads(postern("status", "--json", "-c", file).stdout)
    assert status["pid"] == running.process.pid
    assert [bot["id"] for bot in status["bots"]] == ["support", "shop"]
    failure = status["bots"][0]["integrations"][0]["last_failure"]
    assert (failure["outcome"], failure["status"], failure["in_a_row"]) == ("auth_failed", 401, 3)
    assert "secret" not in json.dumps(status)
    answer = running.client().get("/v1/status").data
    assert answer.keys() == status.keys()


def test_reasons_that_the_table_shows_are_not_repeated(gateway, backend, postern, tmp_path):
    """Two integrations whose names begin alike: one is down, the other is not."""
    bad = integration(backend(replies.failure("401 Unauthorized")).url, breaker="1/1h")
    running = gateway(
        {
            "server": {"control": tmp_path / "c.sock"},
            "integration gpt": bad,
            "integration gpt-2": {"type": "echo", "fallback": True},
        }
    )
    assert running.client().message("Hi").status == 200
    assert running.client().get("/readyz").json["reasons"][0].startswith("integration gpt is down")
    shown = postern("status", "-c", tmp_path / "postern-0.conf").stdout
    assert "gpt  down" in normalised(shown)
    assert "integration gpt is down" not in shown


def test_watching_redraws_in_place(served, terminal):
    running, file = served
    command = terminal("status", "--watch", "-c", file)
    command.await_text("turns 4")
    running.client().message("hi", bot="shop")
    assert normalised(command.await_text("turns 5")).count("INTEGRATION") == 1
    command.resize(200, 60)
    command.await_text("AS FALLBACK")
    command.resize(40, 8)
    narrow = command.await_text("more lines")
    assert max(map(len, narrow.splitlines())) <= 40
    command.type("C-c")
    # The screen of before comes back, with its cursor.
    assert command.await_text("[status 0]").strip() == "[status 0]"


def test_the_cost_is_shown_where_there_are_prices(gateway, backend, postern, tmp_path):
    server = backend(replies.document(replies.openai_document("fine")))
    prices = {"price_input": "2", "price_output": "10"}
    sections = {
        "server": {"control": tmp_path / "c.sock"},
        "bot support": {},
        "integration gpt": integration(server.url, "openai", **prices),
        "integration local": {"type": "echo", "fallback": True},
    }
    running = gateway(sections)
    for _ in range(3):
        assert running.client().message("hi", bot="support").status == 200
    shown = postern("status", "-c", tmp_path / "postern-0.conf").stdout
    head, gpt, local = shown[shown.index("INTEGRATION") :].splitlines()[:3]
    assert head.endswith("  COST 24H")
    # 9 tokens of the message for 2, and 2 of the reply for 10, in millionths; three times.
    assert gpt.split()[-1] == "0.000114"
    assert local.split()[-1] == "-"
    assert len({len(line) for line in (head, gpt, local)}) == 1


def test_watching_outlives_a_restart(gateway, terminal, tmp_path):
    running = gateway({"server": {"control": tmp_path / "c.sock"}})
    file = tmp_path / "postern-0.conf"
    command = terminal("status", "--watch", "-c", file)
    command.await_text("ready")
    running.stop()
    command.await_text("no running gateway at")
    gateway({"server": {"control": tmp_path / "c.sock"}})
    command.await_text("ready")
    command.type("C-c")
    command.await_text("[status 0]")


def test_watching_without_a_terminal_prints_one_page_after_another(served, binary):
    _, file = served
    process = subprocess.Popen(
        [binary, "status", "--watch", "--json", "-c", file], stdout=subprocess.PIPE, text=True
    )
    assert [json.loads(process.stdout.readline())["status"] for _ in range(2)] == ["ready"] * 2
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    process.stdout.close()


def test_a_key_for_one_bot_sees_that_bot(gateway, postern):
    secret = "a-key-0123456789abc"
    key = {"secret": secret, "scopes": "read", "bots": "a"}
    running = gateway({"key a": key, "bot a": {}, "bot b": {}})
    url = f"http://{running.addresses[0]}"
    shown = postern("status", "-u", url, environment={"POSTERN_KEY": secret}).stdout
    assert shown.startswith("postern ") and "memory" not in shown
    assert "bot b" not in shown and "echo" in shown


def test_no_running_gateway(postern, tmp_path):
    done = postern("status", environment={"XDG_RUNTIME_DIR": str(tmp_path)})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    for wanted in ("no running gateway", f"{tmp_path}/postern.sock", "/run/postern/control.sock"):
        assert wanted in done.stderr
    done = postern("status", "-u", "http://127.0.0.1:1")
    assert done.returncode == 1 and "no running gateway at http://127.0.0.1:1" in done.stderr


def test_a_password_in_the_url_is_refused_and_not_shown(postern):
    done = postern("status", "-u", "http://ops:hunter2@127.0.0.1:1")
    assert done.returncode == 1
    assert "a user or a password" in done.stderr and "-k" in done.stderr
    assert "hunter2" not in done.stderr


def test_a_place_without_anything_in_it_is_told(postern, tmp_path):
    done = postern("status", "-u", "unix:")
    assert (done.returncode, "unix:/path" in done.stderr) == (1, True)
    (tmp_path / "key").write_text("\n")
    done = postern("status", "-u", "http://127.0.0.1:1", "-k", tmp_path / "key")
    assert (done.returncode, "there is no key" in done.stderr) == (1, True)


@pytest.mark.parametrize(
    "words",
    [["--watch", "x"], ["-u"], ["--follow"], ["-u", "a", "-u", "b"], ["-b", "x"]],
)
def test_usage_errors(postern, words):
    assert postern("status", *words).returncode == 2


def test_another_server_is_told_apart(postern):
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as other:
        Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
        done = postern("status", "-u", f"http://127.0.0.1:{other.server_port}")
        other.shutdown()
    assert done.returncode == 1
    assert "answered 501: is it Postern?" in done.stderr
