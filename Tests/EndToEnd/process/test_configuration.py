"""The grammar, every check and the line that it names."""

import re
from collections.abc import Callable

import pytest

import replies
from configuration import integration

GPT = """[integration gpt]
type = openai
webhook_url = http://127.0.0.1:9/v1/chat/completions
model = gpt-4o
"""


def error_lines(stderr: str, file: str) -> dict[int, str]:
    """Line -> message, of an output that must have no other lines."""
    found = {}
    for line in stderr.splitlines():
        match = re.fullmatch(rf"(?:postern: )?{re.escape(file)}:(\d+): (.+)", line)
        assert match, f"not FILE:LINE: message: {line!r}"
        found[int(match[1])] = match[2]
    return found


@pytest.fixture
def errors_of(postern, tmp_path) -> Callable[..., dict[int, str]]:
    """Checks a text that must be refused, and returns the errors by line."""

    def check(text: str | bytes, **environment: str) -> dict[int, str]:
        file = tmp_path / "postern.conf"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        done = postern("check", "-c", file, environment=environment)
        assert (done.returncode, done.stdout) == (1, ""), done.stdout
        return error_lines(done.stderr, str(file))

    return check


@pytest.fixture
def accepts(postern) -> Callable[..., None]:
    """Checks a text that must be accepted."""

    def check(text: str | bytes, **environment: str) -> None:
        done = postern("check", "-c", "-", stdin=text, environment=environment)
        assert (done.returncode, done.stderr) == (0, "")

    return check


# A text, and the one line of it that is wrong.
REFUSED = {
    "key before any section": ("window = 5\n", 1),
    "neither section nor key": ("[context]\nwindow\n", 2),
    "empty key": ("[context]\n= 5\n", 2),
    "section not closed": ("[context\n", 1),
    "text after a section": ("[context] window\n", 1),
    "empty section": ("[]\n", 1),
    "blank section": ("[ ]\n", 1),
    "unknown section": ("[contexts]\n", 1),
    "section name where none belongs": ("[server main]\n", 1),
    "section name missing": ("[bot]\n", 1),
    "name in capitals": ("[bot Support]\n", 1),
    "name begins with a hyphen": ("[bot -support]\n", 1),
    "name begins with an underscore": ("[bot _support]\n", 1),
    "name of 65 characters": (f"[bot {'a' * 65}]\n", 1),
    "name not ASCII": ("[bot bücher]\n", 1),
    "two names": ("[bot a b]\n", 1),
    "section twice": ("[context]\n[log]\n[context]\n", 3),
    "bot twice": ("[bot a]\n[bot a]\n", 2),
    "key twice": ("[context]\nwindow = 5\nwindow = 6\n", 3),
    "header twice": (GPT + "header.X-A = 1\nheader.X-A = 2\n", 6),
    "unknown key": ("[context]\ncolour = red\n", 2),
    "unknown escape": ('[bot a]\nname = "\\x"\n', 2),
    "invalid UTF-8": (b"[bot a]\nname = \xff\n", 2),
    "NUL": (b"[bot a]\nname = a\0b\n", 2),
    "line over 64 KiB": (f"[bot a]\nsystem = {'x' * 65536}\n", 2),
    "window 0": ("[context]\nwindow = 0\n", 2),
    "window 201": ("[context]\nwindow = 201\n", 2),
    "window not a number": ("[context]\nwindow = ten\n", 2),
    "window with a fraction": ("[context]\nwindow = 5.5\n", 2),
    "window empty": ("[context]\nwindow =\n", 2),
    "window of a bot 0": ("[bot a]\nwindow = 0\n", 2),
    "window beyond 64 bits": ("[context]\nwindow = 18446744073709551617\n", 2),
    "memory negative": ("[context]\nmemory = -1M\n", 2),
    "memory with an unknown unit": ("[context]\nmemory = 4T\n", 2),
    "memory beyond 64 bits": ("[context]\nmemory = 99999999999999G\n", 2),
    "sync neither word nor duration": ("[context]\nsync = sometimes\n", 2),
    "duration with an unknown unit": ("[server]\nidle_timeout = 5d\n", 2),
    "duration negative": ("[server]\nidle_timeout = -5s\n", 2),
    "duration beyond 64 bits": ("[server]\nidle_timeout = 99999999999999999999h\n", 2),
    "boolean": ("[bot a]\nsticky = maybe\n", 2),
    "delivery": ("[bot a]\ndelivery = dead\n", 2),
    "log level": ("[log]\nlevel = loud\n", 2),
    "log format": ("[log]\nformat = xml\n", 2),
    "per_user without a period": ("[limits]\nper_user = 30/x\n", 2),
    "in_flight negative": ("[limits]\nin_flight = -1\n", 2),
    "listen without a port": ("[server]\nlisten = 127.0.0.1\n", 2),
    "listen port 65536": ("[server]\nlisten = 127.0.0.1:65536\n", 2),
    "listen port a word": ("[server]\nlisten = 127.0.0.1:http\n", 2),
    "listen bracket open": ("[server]\nlisten = [::1:8080\n", 2),
    "listen unix without a path": ("[server]\nlisten = unix:\n", 2),
    "listen empty": ("[server]\nlisten =\n", 2),
    "listen with an empty part": ("[server]\nlisten = 127.0.0.1:8080,,[::1]:8080\n", 2),
    "listen unix path too long": (f"[server]\nlisten = unix:/{'x' * 108}\n", 2),
    "listen to all without a key": ("[server]\nlisten = 0.0.0.0:8080\n", 2),
    "listen to all IPv6 without a key": ("[server]\nlisten = [::]:8080\n", 2),
    "listen to one more without a key": (
        "[server]\nlisten = 127.0.0.1:8080, 192.168.1.1:8080\n",
        2,
    ),
    "certificate without key": ("[server]\ntls_certificate = /x.pem\n", 2),
    "key without certificate": ("[server]\ntls_key = /x.key\n", 2),
    "key secret missing": ("[key ops]\nscopes = admin\n", 1),
    "key secret malformed": ("[key ops]\nsecret = sha256:xyz\nscopes = admin\n", 2),
    "key secret empty": ("[key ops]\nsecret =\nscopes = admin\n", 2),
    "key scope unknown": ("[key ops]\nsecret = 0123456789abcdef\nscopes = chat, fly\n", 3),
    "integration type": ("[integration a]\ntype = telepathy\n", 2),
    "openai without model": (
        "[integration a]\ntype = openai\nwebhook_url = https://example.com/\n",
        1,
    ),
    "anthropic without model": (
        "[integration a]\ntype = anthropic\nwebhook_url = https://example.com/\n",
        1,
    ),
    "openai without URL": ("[integration a]\ntype = openai\nmodel = m\n", 1),
    "custom without URL": ("[integration a]\ntype = custom\n", 1),
    "bot that does not exist": (f"[bot a]\n{GPT}bot = b\n", 6),
    "bot left out with two bots": (f"[bot a]\n[bot b]\n{GPT}", 3),
    "weight negative": (GPT + "weight = -1\n", 5),
    "weight over a million": (GPT + "weight = 1000001\n", 5),
    "breaker": (GPT + "breaker = 5/\n", 5),
    "breaker without a duration": (GPT + "breaker = 5\n", 5),
    "stream": (GPT + "stream = perhaps\n", 5),
    "param not JSON": (GPT + "param.temperature = hot\n", 5),
    "param with two JSON values": (GPT + "param.stop = 1 2\n", 5),
    "param without a name": (GPT + "param. = 1\n", 5),
    "header without a name": (GPT + "header. = 1\n", 5),
    "header name no token": (GPT + "header.X Y = 1\n", 5),
    "header name with a colon": (GPT + "header.X: = 1\n", 5),
    "header with LF": (GPT + 'header.X-A = "a\\nX-Evil: b"\n', 5),
    "header with CR": (GPT.encode() + b"header.X-A = a\rX-Evil: b\n", 5),
    "header with NUL": (GPT.encode() + b"header.X-A = a\0b\n", 5),
    "URL without a scheme": ("[integration a]\nwebhook_url = example.com/x\n", 2),
    "URL without a host": ("[integration a]\nwebhook_url = https:///x\n", 2),
    "file URL": ("[integration a]\nwebhook_url = file:///etc/passwd\n", 2),
    "ftp URL": ("[integration a]\nwebhook_url = ftp://localhost/x\n", 2),
    "http to a public host": ("[integration a]\nwebhook_url = http://example.com/\n", 2),
    "http to a public address": ("[integration a]\nwebhook_url = http://8.8.8.8/\n", 2),
    "http to a name like a local one": ("[integration a]\nwebhook_url = http://xlocal.org/\n", 2),
    "http to an address like a private one": (
        "[integration a]\nwebhook_url = http://10.evil.example/\n",
        2,
    ),
    "http with a private user name": (
        "[integration a]\nwebhook_url = http://localhost@example.com/\n",
        2,
    ),
    "URL with LF": ('[integration a]\nwebhook_url = "http://localhost/\\nx"\n', 2),
    "URL with a blank": ("[integration a]\nwebhook_url = http://localhost/a b\n", 2),
    "ca_file missing": (GPT + "ca_file = /nonexistent/ca.pem\n", 5),
    "system_file missing": ("[bot a]\nsystem_file = /nonexistent/system.txt\n", 2),
    "variable unset": ("[bot a]\nsystem = ${POSTERN_UNSET_VARIABLE}\n", 2),
    "file unreadable": ("[bot a]\nsystem = ${file:/nonexistent}\n", 2),
    "credential without a folder": ("[bot a]\nsystem = ${credential:token}\n", 2),
    "expansion not closed": ("[bot a]\nsystem = ${HOME\n", 2),
    "expansion of nothing": ("[bot a]\nsystem = ${}\n", 2),
    "257 bots": ("".join(f"[bot b{i}]\n" for i in range(257)), 257),
}


@pytest.mark.parametrize(("text", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_check_refuses_with_the_line(errors_of, text, line):
    assert list(errors_of(text)) == [line]


def test_check_names_every_error_in_one_pass(errors_of):
    text = """[server]
idle_timeout = 5d
max_body = 1X
listen = 127.0.0.1
colour = red
[context]
window = 0
window = 5
[bots a]
name = of a section that is unknown
[bot a]
sticky = maybe
system = ${POSTERN_UNSET_VARIABLE}
nonsense
[integration b]
bot = unknown
webhook_url = ftp://x
weight = -1
[bot a]
"""
    expected = {2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 16, 17, 18, 19}
    keys_of_unknown_sections = {10}
    assert expected <= set(errors_of(text)) <= expected | keys_of_unknown_sections


@pytest.mark.parametrize(
    ("text", "line", "suggestion"),
    [
        ("[sever]\n", 1, "server"),
        ("[integraton gpt]\n", 1, "integration"),
        ("[server]\nlisen = 127.0.0.1:1\n", 2, "listen"),
        ("[context]\nwindw = 5\n", 2, "window"),
        (GPT + "timout = 5s\n", 5, "timeout"),
        (GPT + "headers.Authorization = x\n", 5, "header."),
    ],
)
def test_an_unknown_name_gets_the_nearest_known_one_suggested(errors_of, text, line, suggestion):
    assert suggestion in errors_of(text)[line]


def test_limits_of_the_file(errors_of, accepts):
    comment = "# " + "x" * 1021 + "\n"
    accepts(comment * 1024)
    assert errors_of(comment * 1024 + "#\n")
    accepts("# " + "x" * (65536 - 3) + "\n")
    accepts("".join(f"[bot b{i}]\n" for i in range(256)))
    integrations = "".join(f"[integration i{i}]\ntype = echo\n" for i in range(1024))
    accepts(integrations)
    assert list(errors_of(integrations + "[integration one-more]\ntype = echo\n")) == [2049]


ACCEPTED = {
    "nothing": "",
    "byte-order mark": b"\xef\xbb\xbf[context]\nwindow = 5\n",
    "CRLF": b"[context]\r\nwindow = 5\r\n",
    "no newline at the end": "[context]\nwindow = 5",
    "comments": "# a\n  ; b\n[context]\n\t# c\nwindow = 5\n",
    "blanks around": "  [context]  \n\t window\t =\t 5 \t\n",
    "no blanks": "[context]\nwindow=5\n",
    "quoted number": '[context]\nwindow = "5"\n',
    "name of 64 characters": f"[bot {'a' * 64}]\n",
    "name of all kinds": "[bot 0a-_9]\n",
    "durations": "[context]\nsync = 500ms\n[server]\nidle_timeout = 2m\nrequest_timeout = 15\n",
    "an hour": "[server]\nidle_timeout = 1h\n",
    "sync always": "[context]\nsync = always\n",
    "sync never": "[context]\nsync = never\n",
    "sizes": "[server]\nmax_body = 1048576\n[context]\nmemory = 8M\n",
    "limits": "[limits]\nin_flight = 1\nper_user = 30/m\nqueue_per_conversation = 1\n",
    "addresses": "[server]\nlisten = 127.0.0.1:8080, [::1]:8080,unix:/tmp/x.sock, localhost:81\n",
    "all addresses with a key": (
        "[server]\nlisten = 0.0.0.0:8080\n[key ops]\nsecret = 0123456789abcdef\nscopes = admin\n"
    ),
    "every scope": "[key a]\nsecret = 0123456789abcdef\nscopes = chat, read,write ,admin\n",
    "params": GPT + 'param.temperature = 0.2\nparam.stop = ["a", "b"]\nparam.user = "u"\n',
    "breaker never": GPT + "breaker = 0\n",
    "weights": GPT + "weight = 0\n[integration b]\ntype = echo\nweight = 1000000\n",
    "section before the one it refers to": GPT + "bot = later\n[bot later]\n",
    "window bounds": "[context]\nwindow = 1\n[bot a]\nwindow = 200\n",
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_check_accepts(accepts, text):
    accepts(text)


@pytest.mark.parametrize("word", ["yes", "no", "true", "false", "on", "off", "1", "0"])
def test_booleans(accepts, word):
    accepts(f"[bot a]\nsticky = {word}\n")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1.2.3:8080",
        "[::1]:8080",
        "localhost",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "[fd00::1]",
        "ollama",
        "box.local",
        "box.lan",
        "box.internal",
        "box.home.arpa",
    ],
)
def test_http_is_for_hosts_nearby(accepts, host):
    accepts(f"[integration a]\nwebhook_url = http://{host}/x\n")


@pytest.mark.parametrize("host", ["example.com", "8.8.8.8", "172.32.0.1", "192.169.0.1", "local.x"])
def test_http_elsewhere_must_be_allowed(accepts, errors_of, host):
    text = f"[integration a]\nwebhook_url = http://{host}/x\n"
    assert list(errors_of(text)) == [2]
    accepts(text + "allow_http = yes\n")


def test_the_documented_file_is_valid(accepts, tmp_path):
    """A file with every kind of section, with comments on lines of their own."""
    accepts(
        f"""
[server]
listen = 127.0.0.1:8080
max_connections = 512
max_connections_per_ip = 64
max_body = 8M
idle_timeout = 60s
request_timeout = 60s
socket_mode = 0660

[context]
memory = 4M
window = 10
file = {tmp_path}/context.ring
sync = 5s

[limits]
in_flight = 256
per_user = 0
queue_per_conversation = 8

[log]
level = info
format = text

[key ops]
secret = sha256:{"0" * 32}:{"0" * 64}
scopes = admin

[bot support]
name = Support Bot
system = You are terse.
window = 20
error_message = Sorry, I can't answer right now. Please try again in a moment.
sticky = no
deadline = 120s
delivery = live

[integration gpt]
bot = support
name = OpenAI GPT-4
type = openai
webhook_url = https://api.openai.com/v1/chat/completions
model = gpt-4o
header.Authorization = Bearer ${{OPENAI_API_KEY}}
timeout = 30s
connect_timeout = 5s
idle_timeout = 30s
weight = 1
fallback = no
enabled = yes
retries = 2
backoff = 500ms
retry_after_max = 10s
stream = auto
prefill = no
max_tokens = 1024
param.temperature = 0.2
max_response = 1M
breaker = 5/30s
""",
        OPENAI_API_KEY="sk-of-a-test",
    )


def test_print_shows_the_control_socket_that_follows(postern, tmp_path):
    file = tmp_path / "c.conf"
    file.write_text("[log]\n")
    environment = {"RUNTIME_DIRECTORY": "/run/postern"}
    text = postern("check", "-c", file, "--print", environment=environment).stdout
    assert "# implied by the environment here\ncontrol = /run/postern/control.sock\n" in text
    assert "control" not in text.partition("# not set: ")[2].partition("\n")[0]
    file.write_text("[server]\ncontrol = /run/own.sock\n")
    text = postern("check", "-c", file, "--print", environment=environment).stdout
    assert "# line 2\ncontrol = /run/own.sock\n" in text and "by the environment" not in text


def test_secrets_in_a_query_are_never_shown(gateway, backend, postern):
    """The backend quotes the whole URL in its error."""
    secret = "query-secret-0123456789"
    server = backend(replies.failure("401 Unauthorized", f"bad url ?sig={secret}&v=1"))
    for name in ["key", "api_key", "token", "sig", "code", "X-Amz-Signature"]:
        url = f"{server.url}?{name}={secret}&v=1"
        running = gateway(
            {
                "log": {"level": "debug"},
                "bot default": {},
                "integration only": integration(url, "openai"),
            }
        )
        file = running.log_path.with_suffix(".conf")
        client = running.client()
        shown = postern("check", "-c", file, "--print").stdout
        shown += str(client.message("hi").json)
        for path in ["integrations", "integrations/only/preview", "status", "exchanges"]:
            shown += str(client.get(f"/v1/{path}").json)
        running.stop()
        assert "?****" in shown
        assert secret not in shown + running.log, name
