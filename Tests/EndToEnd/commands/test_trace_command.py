"""`postern trace`: the last exchanges of the running gateway."""

import subprocess
import time

import pytest

import replies
from configuration import integration


@pytest.fixture
def served(gateway, backend, tmp_path):
    bad = backend(replies.failure("500 Internal Server Error"))
    sections = {
        "server": {"control": tmp_path / "c.sock"},
        "recorder": {"content": "yes"},
        "bot support": {},
        "integration gpt": integration(bad.url),
        "integration local": {"type": "echo", "fallback": True},
    }
    return gateway(sections), tmp_path / "postern-0.conf"


def test_the_last_are_listed_with_what_was_tried(served, postern):
    running, file = served
    empty = postern("trace", "-c", file)
    assert (empty.returncode, empty.stdout) == (0, "")
    assert "no exchange is kept: none has ended, or [recorder] memory is 0" in empty.stderr
    ids = [running.client().message(f"m{n}", bot="support").data["id"] for n in range(3)]
    lines = postern("trace", "-c", file).stdout.splitlines()
    # The newest is the last.
    assert [line.split()[1] for line in lines] == ids
    for line in lines:
        assert line.split()[3:] == ["ok", "support", "gpt:http_error", "local:ok"]


def test_one_is_shown_in_full(served, postern):
    running, file = served
    answer = running.client().message("Hello\x1b[31m there", bot="support", conversation_id="c\x7e")
    shown = postern("trace", answer.data["id"], "-c", file).stdout
    for line in (
        f"id: {answer.data['id']}",
        "bot: support",
        "conversation_id: c~",
        "outcome: ok",
        "fallback: true",
        "message:\nHello?[31m there",
        "reply:\nHello?[31m there",
    ):
        assert f"{line}\n" in shown, shown
    assert "\ngpt http_error (500) " in shown and "  started_ms " in shown
    assert "null" not in shown.partition("tokens:")[0]
    by_request = postern("trace", answer.field("X-Request-Id"), "-c", file).stdout
    assert by_request == shown
    missing = postern("trace", "msg_none", "-c", file)
    assert missing.returncode == 1 and missing.stderr.startswith("postern: ")


def exchanges_once_followed(running, shown):
    """The ids of two exchanges, after the command has shown one: it follows from then on."""
    deadline = time.monotonic() + 10
    while "msg_" not in shown():
        assert time.monotonic() < deadline
        running.client().message("Are you there?", bot="support")
        time.sleep(0.1)
    return [running.client().message("Hello", bot="support").data["id"] for _ in range(2)]


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 60)])
def test_each_is_shown_as_it_ends(served, terminal, columns, rows):
    running, file = served
    command = terminal("trace", "--follow", "-c", file, columns=columns, rows=rows)
    ids = exchanges_once_followed(running, lambda: command.screen)
    command.await_text(ids[1])
    command.type("C-c")
    lines = command.await_text("[status 0]").replace("^C", "").splitlines()[-3:-1]
    for line, id in zip(lines, ids, strict=True):
        clock, shown, duration, rest = line.split(maxsplit=3)
        assert (len(clock), shown, duration[-2:]) == (8, id, "ms")
        assert "ok  support  gpt:http_error local:ok".startswith(rest)
        assert len(line) == min(columns, 83), line
    assert "\x1b[33m" in command.coloured


def test_following_outlives_a_restart(gateway, terminal, tmp_path):
    """On a terminal, as `status --watch` does."""
    sections = {"server": {"control": tmp_path / "c.sock"}, "bot support": {}}
    running = gateway(sections)
    command = terminal("trace", "--follow", "-c", tmp_path / "postern-0.conf", columns=120)
    exchanges_once_followed(running, lambda: command.screen)
    running.stop()
    screen = command.await_text("trying again")
    assert screen.count("trying again") == 1
    running = gateway(sections)
    before = command.screen.count("msg_")
    deadline = time.monotonic() + 10
    while command.screen.count("msg_") == before:
        assert time.monotonic() < deadline, command.screen
        running.client().message("Are you there?", bot="support")
        time.sleep(0.1)
    command.type("C-c")
    command.await_text("[status 0]")


def test_a_pipe_gets_whole_lines_at_once(served, binary, tmp_path):
    running, file = served
    output = tmp_path / "output"
    with output.open("w") as out:
        follow = subprocess.Popen([binary, "trace", "--follow", "-c", file], stdout=out, stderr=out)
    try:
        ids = exchanges_once_followed(running, output.read_text)
        running.stop()
        assert follow.wait(5) == 1
    finally:
        follow.kill()
        follow.wait()
    lines = output.read_text().splitlines()
    assert [line.split()[1] for line in lines[-3:-1]] == ids
    assert lines[-1] == "postern: the gateway has ended the stream"


def test_usage(postern):
    for words in (["a", "b"], ["a", "--follow"], ["--json"]):
        assert postern("trace", *words).returncode == 2
