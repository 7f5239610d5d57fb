"""Broken backends and wrong settings: the log at `info` alone names the cause of each, and what to
do about it. So does `postern status` alone.

All rows run in one gateway, each with a bot of its own. Each test then judges its own row."""

import gzip
import json
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

import replies
from backends import Answer, Script, finish, reset, send, stall, swallow
from client import blackhole, unused_tcp_socket
from configuration import integration
from postern import run_command
from proxies import Proxy

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
PIECE = b'data: {"choices":[{"delta":{"content":"Hal"}}]}\n\n'
PAGE = b"<!doctype html><title>Sign in</title><form>"
TLS_ALERT = bytes.fromhex("15030300020246")


@dataclass(frozen=True)
class Cause:
    """One row: a backend or a setting that is wrong, and the words that its line must have.
    `path` replaces the one of the backend's URL; `tls` and `scheme` say how it is asked."""

    words: Sequence[str]
    script: Script = ()
    greeting: Answer = ()
    status: int | None = None
    type: str = "openai"
    path: str = "/v1/chat/completions"
    scheme: str = "http"
    tls: str = ""
    place: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    fails: bool = True
    """Whether the integration is at fault, so that `integration_failing` tells the same."""


def error(status: str, message: str, **members: object) -> Answer:
    return replies.document({"error": {"message": message, **members}}, status)


def page(status: str, body: bytes = PAGE, **headers: str) -> Answer:
    return replies.document(body, status, {"Content-Type": "text/html", **headers})


def ollama(*values: object) -> Answer:
    lines = b"".join(json.dumps(value).encode() + b"\n" for value in values)
    return replies.document(lines, headers={"Content-Type": "application/x-ndjson"})


KEY = {"header.Authorization": "Bearer sk-wrong-key-1234"}

CAUSES: dict[str, Cause] = {
    # The key
    "a wrong key": Cause(
        ["401", "key"], error("401 Unauthorized", "Incorrect API key"), status=401, settings=KEY
    ),
    "no key": Cause(["401", "key", "header."], error("401 Unauthorized", "x"), status=401),
    "a key that may not do this": Cause(
        ["403", "key is allowed"], error("403 Forbidden", "no"), status=403, settings=KEY
    ),
    # The address and the model
    "a model that OpenAI does not have": Cause(
        ["404", "does not offer the model", "model ="],
        error("404 Not Found", "The model `gpt-9` does not exist", code="model_not_found"),
        status=404,
    ),
    "a model that Ollama does not have": Cause(
        ["404", "does not offer the model"],
        replies.document({"error": "model 'llama9' not found"}, "404 Not Found"),
        status=404,
    ),
    "a model that Anthropic does not have": Cause(
        ["404", "does not offer the model"],
        replies.document(
            {"type": "error", "error": {"type": "not_found_error", "message": "model: claude-9"}},
            "404 Not Found",
        ),
        status=404,
        type="anthropic",
    ),
    "the base address of OpenAI": Cause(
        ["404", "path of webhook_url", "/chat/completions"],
        error("404 Not Found", "Invalid URL (POST /v1)"),
        status=404,
        path="/v1",
    ),
    "the base address of Ollama": Cause(
        ["405", "path of webhook_url", "/chat/completions"],
        page("405 Method Not Allowed", b"405 method not allowed"),
        status=405,
        path="",
    ),
    "a path that does not exist": Cause(
        ["404", "path of webhook_url", "/v1/messages"],
        page("404 Not Found"),
        status=404,
        type="anthropic",
    ),
    "Ollama's own chat": Cause(
        ["Ollama", "/v1/chat/completions"],
        ollama(
            {"model": "l", "message": {"role": "assistant", "content": "Hi"}, "done": False},
            {"model": "l", "message": {"role": "assistant", "content": "!"}, "done": True},
        ),
        path="/api/chat",
        status=200,
    ),
    "Ollama's own chat, whole": Cause(
        ["Ollama", "/v1/chat/completions"],
        ollama({"model": "l", "message": {"role": "assistant", "content": "Hi"}, "done": True}),
        path="/api/chat",
        status=200,
    ),
    "Ollama's generate": Cause(
        ["Ollama", "/v1/chat/completions"],
        ollama({"model": "l", "response": "Hi", "done": True}),
        path="/api/generate",
        status=200,
    ),
    "a redirect": Cause(
        ["301", "redirects", "final address"],
        page("301 Moved Permanently", Location="https://elsewhere.example/"),
        status=301,
    ),
    "a login page": Cause(["web page", "webhook_url"], page("200 OK"), status=200),
    "a redirect to a login page": Cause(
        ["302", "redirects"], page("302 Found", Location="/login"), status=302
    ),
    # The connection
    "no such name": Cause(["cannot be resolved", "spelling", "DNS"], place="nameless"),
    "no server": Cause(["no connection", "running"], place="unused"),
    "no route": Cause(
        ["no connection", "reachable"], place="blackhole", settings={"connect_timeout": "200ms"}
    ),
    "an SSH server": Cause(
        ["not an HTTP server", "port in webhook_url"], greeting=[send(b"SSH-2.0-OpenSSH_9.2\r\n")]
    ),
    "a proxy that is down": Cause(["proxy", "no connection"], place="proxied"),
    "a proxy that wants a password": Cause(
        ["proxy", "user", "password"], place="guarded", settings={"retries": 0}
    ),
    "closed without an answer": Cause(["closed the connection", "its log"], [finish()]),
    "reset without an answer": Cause(["closed the connection", "its log"], [reset()]),
    # TLS
    "http to a TLS port": Cause(["https"], replies.custom(), tls="leaf"),
    "http to a TLS port that sends an alert": Cause(
        ["https"], greeting=[swallow(), send(TLS_ALERT), finish()]
    ),
    "http to a TLS port of nginx": Cause(
        ["https", "400"],
        page(
            "400 Bad Request",
            b"<title>400 The plain HTTP request was sent to HTTPS port</title>",
        ),
        status=400,
    ),
    "http to a TLS port of a Go server": Cause(
        ["https", "400"],
        page("400 Bad Request", b"Client sent an HTTP request to an HTTPS server.\n"),
        status=400,
    ),
    "https to a plain port": Cause(
        ["TLS handshake failed", "is https right"],
        greeting=[swallow(), send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), finish()],
        scheme="https",
    ),
    "https to a plain port that waits": Cause(
        ["TLS handshake failed", "is https right"],
        greeting=[stall()],
        scheme="https",
        settings={"connect_timeout": "300ms"},
    ),
    "an unknown authority": Cause(
        ["not trusted", "ca_file"], replies.custom(), scheme="https", tls="leaf"
    ),
    "an expired certificate": Cause(
        ["expired", "renewed", "clock"],
        replies.custom(),
        scheme="https",
        tls="expired",
        settings={"ca_file": "authority"},
    ),
    "a certificate for another name": Cause(
        ["not trusted", "host in webhook_url"],
        replies.custom(),
        scheme="https",
        tls="elsewhere",
        settings={"ca_file": "authority"},
    ),
    "a client certificate is wanted": Cause(
        ["client_certificate"],
        replies.custom(),
        scheme="https",
        tls="mutual",
        settings={"ca_file": "authority"},
    ),
    # Time
    "a backend that hangs": Cause(
        ["no whole reply within", "timeout"], [stall()], settings={"timeout": "300ms"}
    ),
    "a stream that stops": Cause(
        ["stopped in the middle", "idle_timeout"],
        [send(STREAM + PIECE), stall()],
        status=200,
        settings={"idle_timeout": "300ms", "stream": True},
    ),
    # What it answers
    "a body that is cut": Cause(
        ["ended before it was whole"],
        [send(replies.http(replies.json_bytes(replies.openai_document()))[:-20]), finish()],
        status=200,
    ),
    "a stream that is cut": Cause(
        ["without a finish signal"],
        [send(STREAM + PIECE), finish()],
        status=200,
        settings={"stream": True},
    ),
    "the account is empty": Cause(
        ["no credit", "add credit"],
        error(
            "429 Too Many Requests", "You exceeded your current quota", code="insufficient_quota"
        ),
        status=429,
    ),
    "the account of Anthropic is empty": Cause(
        ["no credit", "add credit"],
        error("400 Bad Request", "Your credit balance is too low to access the Anthropic API."),
        type="anthropic",
        status=400,
    ),
    "402": Cause(["402", "credit"], error("402 Payment Required", "x"), status=402),
    "a rate limit": Cause(["429", "rate"], error("429 Too Many Requests", "slow"), status=429),
    "a model that loads": Cause(
        ["loading its model"],
        error("503 Service Unavailable", "Loading model"),
        status=503,
        settings={"timeout": "1s"},
        fails=False,
    ),
    "a context that is too long": Cause(
        ["longer than the model takes"],
        error("400 Bad Request", "x", code="context_length_exceeded"),
        status=400,
        fails=False,
    ),
    "a filter": Cause(
        ["policy refuses the content"],
        error("400 Bad Request", "x", code="content_filter"),
        status=400,
        fails=False,
    ),
    "a parameter that it does not take": Cause(
        ["400", "param"], error("400 Bad Request", "Unknown parameter"), status=400, fails=False
    ),
    "a request that is too large": Cause(
        ["413", "too large"], page("413 Content Too Large"), status=413, fails=False
    ),
    "a backend of OpenAI's kind, asked as Anthropic's": Cause(
        ["type = openai"], replies.reply("openai"), status=200, type="anthropic"
    ),
    "a backend of Anthropic's kind, asked as OpenAI's": Cause(
        ["type = anthropic"], replies.reply("anthropic"), status=200
    ),
    "a custom backend, asked as OpenAI's": Cause(["type = custom"], replies.custom(), status=200),
    "an empty reply": Cause(["no content"], replies.reply("openai", ""), status=200),
    "no tokens left to speak": Cause(
        ["ran out of tokens", "max_tokens"],
        replies.document({"choices": [{"message": {"content": ""}, "finish_reason": "length"}]}),
        status=200,
    ),
    "no body": Cause(["body is empty"], replies.document(b""), status=200),
    "not JSON": Cause(["not valid JSON"], replies.document(b"Hello"), status=200),
    "compressed without a label": Cause(
        ["compressed"], replies.document(gzip.compress(b"{}")), status=200
    ),
    "a reply that is too large": Cause(
        ["larger than max_response"],
        replies.reply("openai", "x" * 5000),
        status=200,
        settings={"max_response": "1K"},
    ),
    "an error inside a 200": Cause(
        ["reported an error", "its log"],
        replies.document({"error": {"message": "CUDA out of memory"}}),
        status=200,
    ),
    "500": Cause(["500", "its log"], error("500 Internal Server Error", "x"), status=500),
    "502 of a proxy before it": Cause(
        ["502", "proxy before the backend", "running"], page("502 Bad Gateway"), status=502
    ),
    "503": Cause(["503", "overloaded or down"], page("503 Service Unavailable"), status=503),
    "504 of a proxy before it": Cause(
        ["504", "proxy before the backend"], page("504 Gateway Timeout"), status=504
    ),
}


@pytest.fixture(scope="module")
def told(binary, gateways, backends, certificates):
    """The log of a gateway that has asked all of them once, and its `postern status`."""
    expired = certificates.leaf("expired", days=-1)
    elsewhere = certificates.leaf("elsewhere", "DNS:elsewhere.example")
    contexts = {
        "leaf": certificates.server_context(certificates.leaf()),
        "expired": certificates.server_context(expired),
        "elsewhere": certificates.server_context(elsewhere),
        "mutual": certificates.server_context(certificates.leaf()),
    }
    contexts["mutual"].load_verify_locations(certificates.authority)
    contexts["mutual"].verify_mode = ssl.CERT_REQUIRED
    sections: dict = {"log": {"format": "json"}, "server": {"max_connections_per_ip": 0}}
    guarded = Proxy(user="ann", password="secret")
    with blackhole() as hole, unused_tcp_socket() as unused:
        free = unused.getsockname()[1]
        places = {
            "nameless": ("https://no-such-host.invalid/", {}),
            "unused": (f"http://127.0.0.1:{free}/", {}),
            "blackhole": (f"http://127.0.0.1:{hole}/", {}),
            "proxied": ("https://127.0.0.1:1/", {"proxy": f"http://127.0.0.1:{free}"}),
            "guarded": ("https://127.0.0.1:1/", {"proxy": guarded.url()}),
        }
        for number, cause in enumerate(CAUSES.values()):
            if cause.place:
                url, more = places[cause.place]
            else:
                server = backends(cause.script, cause.greeting, tls=contexts.get(cause.tls))
                url, more = f"{cause.scheme}://127.0.0.1:{server.port}{cause.path}", {}
            settings = {"retries": 0, "timeout": "5s", **cause.settings, **more}
            if "ca_file" in settings:
                settings["ca_file"] = certificates.authority
            sections[f"bot bot-{number}"] = {"deadline": "6s"}
            sections[f"integration it-{number}"] = integration(
                url, cause.type, bot=f"bot-{number}", **settings
            )
        running = gateways(sections)
        client = running.client()
        for number in range(len(CAUSES)):
            client.message(bot=f"bot-{number}")
        running.await_log(f'"bot":"bot-{len(CAUSES) - 1}"')
        words = ["status", "-u", f"http://{running.addresses[0]}"]
        status = run_command(binary, *words, environment={"COLUMNS": "1000"})
    guarded.close()
    return running.log, status.stdout


@pytest.fixture(scope="module")
def lines(told):
    """The lines of the log, as JSON."""
    return [json.loads(line) for line in told[0].splitlines()]


rows = pytest.mark.parametrize("name", CAUSES)


def line_of(lines, event, name):
    number = list(CAUSES).index(name)
    (line,) = [
        line for line in lines if line["event"] == event and line.get("bot") == f"bot-{number}"
    ]
    return line


def check(line, cause):
    assert line["level"] == "warning"
    assert line.get("status") == cause.status
    for word in cause.words:
        assert word in line["message"]


@rows
def test_the_line_of_the_message_names_the_cause(lines, name):
    check(line_of(lines, "exchange", name), CAUSES[name])


@pytest.mark.parametrize("name", [name for name, cause in CAUSES.items() if cause.fails])
def test_the_line_of_the_integration_names_the_cause(lines, name):
    check(line_of(lines, "integration_failing", name), CAUSES[name])


@rows
def test_the_status_names_the_cause(told, name):
    number = list(CAUSES).index(name)
    _, _, rest = told[1].partition(f"\nbot bot-{number}\n")
    row, failure = rest.splitlines()[:2]
    assert row.startswith(f"  it-{number} ")
    cause = CAUSES[name]
    assert f"({cause.status})" in failure if cause.status else True
    for word in cause.words:
        assert word in failure


@pytest.mark.parametrize("name", [name for name, cause in CAUSES.items() if not cause.fails])
def test_an_integration_that_is_well_is_not_said_to_fail(lines, name):
    number = list(CAUSES).index(name)
    assert not [
        line
        for line in lines
        if line["event"] == "integration_failing" and line["bot"] == f"bot-{number}"
    ]
