"""Nothing that a message says and no key is in the log, at `debug` and in both formats, whatever a
backend does: it may quote both in its errors.

`debug` has the lines of all levels."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

import replies
from backends import Request, finish, send
from client import blackhole, unused_tcp_socket
from configuration import integration
from fault_table import FAULTS, TIMEOUT

AT_ONCE = 16

QUESTION = 'canary-question: what does "the heron" say?\nTell me, please.'
KEY = "sk-canary-key-of-the-backend"
CLIENT_KEY = "canary-key-of-the-client"
CANARIES = ["canary", "heron", "Tell me, please", "sk-canary"]


def quoting(status: str):
    """An error that quotes the question and the key."""

    def script(request: Request):
        said = request.messages[-1][1]
        key = request.field("Authorization")
        error = {"message": f"Cannot answer {said} with {key}", "type": said, "code": said}
        return replies.document({"error": error, "detail": said}, status)

    return script


def quoting_in_pieces(request: Request):
    """An error that quotes the question in upper case only partly, cut off in its middle."""
    return replies.document({"error": request.messages[-1][1][9:40]}, "400 Bad Request")


def quoting_the_system(request: Request):
    return replies.document({"error": {"message": request.messages[0][1]}}, "500 Oops")


def quoting_the_request(request: Request):
    """As many servers do with a request that they cannot read."""
    return replies.document({"error": {"message": request.body.decode()}}, "422 Unprocessable")


def ending_in_the_question(request: Request):
    return replies.document({"content": "canary-reply", "finish_reason": request.messages[-1][1]})


def streaming(request: Request):
    said = json.dumps({"error": {"message": request.messages[-1][1]}})
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    piece = b'data: {"content":"canary-reply"}\n\n'
    return [send(head + piece + f"data: {said}\n\n".encode()), finish()]


QUOTING = {
    **{status: quoting(status) for status in ["400 No", "401 No", "404 No", "429 No", "500 No"]},
    "in pieces": quoting_in_pieces,
    "the system message": quoting_the_system,
    "the whole request": quoting_the_request,
    "as the end of a reply": ending_in_the_question,
    "in a stream": streaming,
    "answered": replies.custom("canary-reply"),
}


@pytest.fixture(scope="module", params=["text", "json"])
def log(request, gateways, backends, certificates):
    """The log of a gateway that has asked all of them."""
    certified = {
        "expired": certificates.leaf("expired", days=-1),
        "elsewhere": certificates.leaf("elsewhere", "DNS:elsewhere.example"),
        "stranger": certificates.self_signed(),
    }
    sections: dict = {
        "server": {"max_connections_per_ip": 0},
        "log": {"format": request.param, "level": "debug"},
        "key web": {"secret": CLIENT_KEY, "scopes": "chat"},
    }
    bots = []

    def place(bot, url):
        bots.append(bot)
        sections[f"bot {bot}"] = {"system": "You are canary-of-the-system, a polite bird."}
        sections[f"integration {bot}"] = integration(
            url,
            bot=bot,
            retries=0,
            timeout=f"{TIMEOUT * 1000:.0f}ms",
            **{"header.Authorization": f"Bearer {KEY}", "header.X-Team": "canary-team"},
        )

    with ExitStack() as stack:
        ports = {
            "unused": stack.enter_context(unused_tcp_socket()).getsockname()[1],
            "blackhole": stack.enter_context(blackhole()),
        }
        for number, fault in enumerate(FAULTS.values()):
            if fault.place == "nameless":
                url = "https://no-such-host.invalid/"
            elif fault.place:
                url = f"http://127.0.0.1:{ports[fault.place]}/"
            elif fault.certificate:
                context = certificates.server_context(certified[fault.certificate])
                url = backends(replies.custom(), tls=context).url
            else:
                url = backends(fault.script, fault.greeting).url
                url = url.replace("http:", "https:" if fault.plain else "http:")
            place(f"fault-{number}", url)
        for number, script in enumerate(QUOTING.values()):
            place(f"quoting-{number}", backends(script).url)
        running = gateways(sections)
        client = running.client(CLIENT_KEY)

        def ask(bot):
            client.message(
                QUESTION,
                bot=bot,
                user={"id": "canary-user", "name": "canary-name"},
                metadata={"note": "canary-note"},
            )

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(ask, bots))
        running.client("canary-key-of-a-stranger").message(QUESTION, bot=bots[0])
        running.await_log("access_refused")
    return running.log


@pytest.mark.parametrize("canary", CANARIES)
def test_no_canary_is_in_the_log(log, canary):
    assert [line for line in log.splitlines() if canary in line] == []


def test_the_log_has_what_the_test_is_about(log):
    assert log.count("attempt_started") == len(FAULTS) + len(QUOTING)
    # The blank before a quotation may be a part of it.
    assert re.search(r"Cannot answer ?… with (Bearer )?\*{4}", log)
