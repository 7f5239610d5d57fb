"""A backend that is slow, dead, malicious or endless harms only its own exchanges."""

import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import drip, finish, hold, in_turn, repeat, reset, send, stall, wait
from configuration import integration

GIGABYTE = 1 << 30
PIECE = b"x" * 65536
OK = b"HTTP/1.1 200 OK\r\n"
JSON_TYPE = b"Content-Type: application/json\r\n"
BODY = b'{"content":"Hi!"}'
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
SHORT_REPLY = OK + JSON_TYPE + LENGTH + b"\r\n" + BODY
CHUNKED_REPLY = replies.chunked(BODY[:5], BODY[5:])


@pytest.fixture
def hostile(gateway, backend):
    """A gateway with two bots: `hostile` asks the script, `healthy` asks a sound backend."""

    def start(script, greeting=(), **settings):
        server = backend(script, greeting)
        settings = {"timeout": "2s", "max_response": "1M", **settings}
        running = gateway(
            {
                "bot hostile": {},
                "bot healthy": {},
                "integration hostile": integration(server.url, bot="hostile", **settings),
                "integration healthy": integration(
                    backend(replies.custom("Well.")).url, bot="healthy"
                ),
            }
        )
        return running, server

    return start


def check_others_are_well(running, within=0.25):
    """A message through another integration and the gateway's own state are answered at once."""
    start = time.monotonic()
    assert running.client().message(bot="healthy").data["content"] == "Well."
    assert running.client().get("/healthz").status == 200
    assert time.monotonic() - start < within


def while_others_are_well(running, response):
    """Waits for a response, and checks meanwhile that the others are served."""
    check_others_are_well(running)
    while not response.done():
        check_others_are_well(running)
        time.sleep(0.02)
    check_others_are_well(running)
    return response.result()


def ask_hostile(running):
    with ThreadPoolExecutor(1) as pool:
        response = pool.submit(running.client().message, bot="hostile")
        return while_others_are_well(running, response)


# For each of these the client gets a clear failure.
HOSTILE = {
    "closes at once": {"script": [], "greeting": [finish()]},
    "resets at once": {"script": [], "greeting": [reset()]},
    "closes after the request": {"script": [finish()]},
    "another protocol": {"script": [send(b"220 smtp.example ESMTP\r\n"), stall()]},
    "another protocol before the request": {
        "script": [stall()],
        "greeting": [send(b"SSH-2.0-OpenSSH_9.2\r\n")],
    },
    "nothing but line ends": {"script": [repeat(b"\r\n" * 1000)]},
    "endless status line": {"script": [send(b"HTTP/1.1 200 "), repeat(PIECE)]},
    "endless field": {"script": [send(OK + b"X-A: "), repeat(PIECE)]},
    "endless fields": {"script": [send(OK), repeat(b"X-A: b\r\n" * 1000)]},
    "endless interim responses": {"script": [repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)]},
    "endless body": {"script": [send(OK + JSON_TYPE + b"\r\n"), repeat(PIECE)]},
    "endless blanks": {"script": [send(OK + JSON_TYPE + b"\r\n"), repeat(b" " * 65536)]},
    "endless chunk": {
        "script": [send(OK + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n"), repeat(PIECE)]
    },
    "endless chunks": {
        "script": [send(OK + b"Transfer-Encoding: chunked\r\n\r\n"), repeat(b"1\r\nx\r\n" * 1000)]
    },
    "endless chunk extension": {
        "script": [send(OK + b"Transfer-Encoding: chunked\r\n\r\n1;"), repeat(PIECE)]
    },
    "endless trailer": {
        "script": [
            send(OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n"),
            repeat(b"X-A: b\r\n" * 1000),
        ]
    },
    "a gigabyte announced": {
        "script": [send(OK + b"Content-Length: %d\r\n\r\n" % GIGABYTE), repeat(PIECE)]
    },
    "negative length": {"script": [send(OK + b"Content-Length: -1\r\n\r\n" + BODY), finish()]},
    "length beyond 64 bits": {
        "script": [send(OK + b"Content-Length: 99999999999999999999\r\n\r\n" + BODY), finish()]
    },
    "length too long": {
        "script": [send(OK + JSON_TYPE + b"Content-Length: 100\r\n\r\n" + BODY), finish()]
    },
    "length too short": {
        "script": [send(OK + JSON_TYPE + b"Content-Length: 10\r\n\r\n" + BODY), finish()]
    },
    "chunk size no number": {
        "script": [send(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n" + BODY), finish()]
    },
    "last chunk missing": {"script": [send(CHUNKED_REPLY[:-5]), finish()]},
    "gzip bomb": {
        "script": replies.document(
            gzip.compress(bytes(50 << 20)), headers={"Content-Encoding": "gzip"}
        )
    },
    "unknown coding": {"script": replies.document(b"\x00\x01", headers={"Content-Encoding": "x"})},
    "204": {"script": [send(b"HTTP/1.1 204 No Content\r\n\r\n")]},
    "205": {"script": [send(b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n")]},
    "304": {"script": [send(b"HTTP/1.1 304 Not Modified\r\n\r\n")]},
    "101": {
        "script": [
            send(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
            stall(),
        ]
    },
    "999": {"script": [send(b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n")]},
    "status no number": {"script": [send(b"HTTP/1.1 abc OK\r\n\r\n" + BODY), finish()]},
    "HTTP/0.9": {"script": [send(BODY), finish()]},
    "HTTP/2 frames": {"script": [send(bytes.fromhex("000012040000000000") + bytes(18)), stall()]},
    "HTML": {"script": replies.document(b"<!doctype html>", headers={"Content-Type": "text/html"})},
    "deep nesting": {"script": replies.document(b'{"a":' + b"[" * 500_000)},
    "content of the wrong type": {"script": replies.document({"content": {"a": 1}})},
    "one byte a second": {"script": [drip(SHORT_REPLY, 1)]},
    "one byte of body a second": {"script": [send(SHORT_REPLY[:-16]), drip(SHORT_REPLY[-16:], 1)]},
    "silence": {"script": [stall()]},
    "silence after the headers": {"script": [send(OK + JSON_TYPE + LENGTH + b"\r\n"), stall()]},
}


@pytest.mark.timing
@pytest.mark.parametrize("scripts", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_backend_harms_no_other_exchange(hostile, scripts):
    running, _server = hostile(**scripts)
    start = time.monotonic()
    response = ask_hostile(running)
    assert time.monotonic() - start < 3
    assert response.status in (502, 504), response.body
    (attempt,) = response.attempts
    assert attempt["outcome"] not in ("ok", "dns_failed", "auth_failed", "rate_limited")
    assert attempt["message"]


@pytest.mark.timing
@pytest.mark.parametrize("name", ["endless body", "endless chunks", "a gigabyte announced"])
def test_a_body_over_the_limit_is_cut_at_once(hostile, name):
    running, server = hostile(**HOSTILE[name])
    before = running.resident_kilobytes()
    start = time.monotonic()
    response = running.client().message(bot="hostile")
    assert time.monotonic() - start < 1
    assert response.outcomes == ["too_large"]
    assert server.connections[0].left.wait(1)
    bytes_sent_per_byte_of_body = 6 if name == "endless chunks" else 1
    socket_buffers = 8 << 20
    assert server.connections[0].sent < bytes_sent_per_byte_of_body * (1 << 20) + socket_buffers
    assert running.resident_kilobytes() - before < 4096


def test_the_limit_is_exact(hostile):
    frame = len(b'{"content": ""}')
    running, _ = hostile(
        in_turn(replies.custom("x" * (1024 - frame)), replies.custom("x" * (1025 - frame))),
        max_response="1K",
    )
    assert running.client().message(bot="hostile").status == 200
    assert running.client().message(bot="hostile").outcomes == ["too_large"]


def reply_cut_at(reply, offset, ending):
    return [send(reply[:offset]), ending()] if offset else [ending()]


@pytest.mark.timing
@pytest.mark.parametrize("ending", [finish, reset], ids=["FIN", "RST"])
@pytest.mark.parametrize("reply", [SHORT_REPLY, CHUNKED_REPLY], ids=["length", "chunks"])
def test_a_reply_that_ends_at_any_byte_is_never_taken_for_whole(hostile, reply, ending):
    cut_at = {}
    lock = threading.Lock()

    def script(request):
        with lock:
            offset = cut_at[request.json["conversation_id"]]
        return reply_cut_at(reply, offset, ending)

    running, _ = hostile(script)

    def outcome(offset):
        with lock:
            cut_at[f"cut-{offset}"] = offset
        response = running.client().message(bot="hostile", conversation_id=f"cut-{offset}")
        return response.status, response.outcomes

    # All but the last byte: without the line feed of its last, empty line, the reply is complete.
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(outcome, range(len(reply) - 1)))
    wrong = {at: result for at, result in enumerate(results) if result[0] != 502}
    assert not wrong
    assert {outcomes[0] for _, outcomes in results} == {"interrupted"}
    check_others_are_well(running)


def test_a_whole_reply_that_ends_with_its_connection_is_taken(hostile):
    running, _ = hostile(in_turn(replies.until_closed(BODY), replies.until_closed(BODY, "1.1")))
    for _ in range(2):
        assert running.client().message(bot="hostile").data["content"] == "Hi!"


def test_a_part_of_a_reply_that_ends_with_its_connection_is_not(hostile):
    running, _ = hostile(in_turn(*(replies.until_closed(BODY[:end]) for end in range(len(BODY)))))
    for _ in range(len(BODY)):
        assert running.client().message(bot="hostile").status == 502


TOLERATED = {
    "interim responses first": [
        send(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
            + SHORT_REPLY
        )
    ],
    "HTTP/1.0": [send(b"HTTP/1.0 200 OK\r\n" + JSON_TYPE + LENGTH + b"\r\n" + BODY), finish()],
    "no reason": [send(b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + BODY)],
    "no content type": [send(OK + LENGTH + b"\r\n" + BODY)],
    "text/plain": [send(OK + b"Content-Type: text/plain\r\n" + LENGTH + b"\r\n" + BODY)],
    "a byte at a time": [drip(SHORT_REPLY, 0.001)],
    "a pause in the middle": [send(SHORT_REPLY[:50]), wait(0.5), send(SHORT_REPLY[50:])],
    "blanks around the JSON": replies.document(b" \r\n\t" + BODY + b"\n"),
}


@pytest.mark.parametrize("answer", TOLERATED.values(), ids=TOLERATED.keys())
def test_an_unusual_but_sound_reply_is_taken(hostile, answer):
    running, _ = hostile(answer)
    assert running.client().message(bot="hostile").data["content"] == "Hi!"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(hostile, backend, status):
    target = backend(replies.custom("from elsewhere"))
    answer = replies.failure(f"{status} Moved", headers={"Location": target.url})
    running, _ = hostile(answer)
    response = running.client().message(bot="hostile")
    assert response.status == 502
    assert response.outcomes == ["http_error"]
    assert not target.requests and not target.connections


def test_bytes_after_a_reply_are_not_the_next_reply(hostile):
    """Response splitting: surplus bytes of one reply must not answer another client."""
    poison = replies.http(b'{"content":"poison"}')
    running, _ = hostile(in_turn([send(SHORT_REPLY + poison)], replies.custom("true")))
    assert running.client().message(bot="hostile").data["content"] == "Hi!"
    time.sleep(0.05)
    for _ in range(3):
        assert running.client().message(bot="hostile").data["content"] == "true"


def test_a_reply_before_the_request_is_not_taken_for_the_next(hostile):
    """A backend that sends on an idle connection."""
    late_poison = [send(SHORT_REPLY), wait(0.05), send(replies.http(b'{"content":"poison"}'))]
    running, _ = hostile(in_turn(late_poison, replies.custom("true")))
    assert running.client().message(bot="hostile").data["content"] == "Hi!"
    time.sleep(0.2)
    assert running.client().message(bot="hostile").data["content"] == "true"


def test_a_connection_that_the_backend_closed_when_idle_is_no_failure(hostile):
    running, _ = hostile([send(SHORT_REPLY), wait(0.05), finish()])
    for _ in range(3):
        assert running.client().message(bot="hostile").status == 200
        time.sleep(0.1)


def test_line_ends_in_a_reply_do_not_reach_the_client_as_such(hostile):
    text = "a\r\nX-Forged: b\r\n\r\nHTTP/1.1 200 OK"
    running, _ = hostile(replies.document({"content": text, "metadata": {"model": text}}))
    response = running.client().message(bot="hostile")
    assert response.data["content"] == text
    assert not response.values("X-Forged")


@pytest.mark.timing
def test_where_the_kernel_watches_no_more_sockets_only_new_requests_fail(gateway, backend):
    released = threading.Event()
    slow = backend([hold(released), *replies.custom("Slow, but sure.")])
    # Each request has a connection of its own.
    brief = backend(replies.until_closed(BODY))
    running = gateway(
        {
            "bot slow": {},
            "bot brief": {},
            "integration slow": integration(slow.url, bot="slow", timeout="20s"),
            "integration brief": integration(brief.url, bot="brief", timeout="20s"),
        }
    )
    client = running.client()
    with client.open() as first, client.open() as second:
        first.send(client.message_request(bot="slow"))
        slow.await_requests(1)
        second.send(client.message_request(bot="brief"))
        assert second.read_response().status == 200
        # The first call is libmicrohttpd's: it unregisters the client that waits.
        with running.injected("epoll_ctl:error=ENOSPC:when=2"):
            start = time.monotonic()
            second.send(client.message_request(bot="brief"))
            response = second.read_response()
            assert response.status == 502, response.body
            assert time.monotonic() - start < 5
        second.send(client.message_request(bot="brief"))
        assert second.read_response().status == 200
        released.set()
        assert first.read_response().data["content"] == "Slow, but sure."


FIELD_TRICKS = {
    "folded": b"X-A: b\r\n Content-Length: 5\r\n",
    "two lengths": b"Content-Length: 5\r\n",
    "length and chunked": b"Transfer-Encoding: chunked\r\n",
    "bare CR": b"X-A: b\rContent-Length: 5\r\n",
    "bare LF": b"X-A: b\nContent-Length: 5\r\n",
    "NUL": b"X-A: b\x00c\r\n",
    "no colon": b"X-A\r\n",
    "a cookie": b"Set-Cookie: session=1; Domain=127.0.0.1\r\n",
    "another protocol on offer": b'Alt-Svc: h2=":1"\r\nUpgrade: h2c\r\n',
    "a thousand fields": b"".join(b"X-%d: y\r\n" % i for i in range(1000)),
}


@pytest.mark.timing
@pytest.mark.parametrize("trick", FIELD_TRICKS.values(), ids=FIELD_TRICKS.keys())
def test_tricks_with_fields_stay_between_backend_and_gateway(hostile, trick):
    answer = [send(OK + JSON_TYPE + trick + LENGTH + b"\r\n" + BODY), finish()]
    running, server = hostile(answer)
    for _ in range(2):
        response = running.client().message(bot="hostile")
        assert response.status in (200, 502)
        if response.status == 200:
            assert response.data["content"] == "Hi!"
        assert not response.values("Set-Cookie")
    assert not [request for request in server.requests if request.values("Cookie")]
    check_others_are_well(running)


@pytest.mark.timing
def test_many_hostile_backends_at_once(gateway, backend):
    """All of the above at the same time, while the healthy backend answers."""
    sections: dict = {
        "server": {"max_connections_per_ip": 0},
        "bot healthy": {},
        "integration healthy": integration(backend(replies.custom("Well.")).url, bot="healthy"),
    }
    for number, scripts in enumerate(HOSTILE.values()):
        server = backend(**scripts)
        sections[f"bot hostile-{number}"] = {}
        sections[f"integration hostile-{number}"] = integration(
            server.url, bot=f"hostile-{number}", timeout="2s", max_response="64K"
        )
    running = gateway(sections)
    with ThreadPoolExecutor(len(HOSTILE) + 1) as pool:
        asked = [
            pool.submit(running.client().message, bot=f"hostile-{number}")
            for number in range(len(HOSTILE))
        ]
        for _ in range(20):
            check_others_are_well(running, within=1)
        statuses = {future.result().status for future in asked}
    assert statuses <= {502, 504}
