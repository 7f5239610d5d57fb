"""What the server decides before the application: forms of requests, limits, refusals."""

import re
import socket
import time

import pytest

from address import Address, free_port
from client import Client, Connection, messages_path
from https import https

HOST = b"Host: localhost\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
LIMIT = 16384


@pytest.fixture(params=["plain", "TLS"])
def client(request, gateway, certificates) -> Client:
    return (https(gateway, certificates) if request.param == "TLS" else gateway()).client()


def answer(client: Client, text: bytes, method: str = "GET"):
    """The answer to a request. It must be the same for the first and the second of a connection."""
    answers = []
    for before in (b"", HEALTH):
        with client.open() as connection:
            connection.send(before)
            if before:
                assert connection.read_response("GET").status == 200
            connection.send(text)
            answers.append(connection.read_response(method))
    assert answers[0].status == answers[1].status
    return answers[0]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /healthz HTTP/1.1", 200),
        (b"GET /healthz HTTP/1.0", 200),
        (b"GET /healthz HTTP/1.2", 505),
        (b"GET /healthz HTTP/2.0", 505),
        (b"GET /healthz HTTP/0.9", 505),
        (b"GET /healthz http/1.1", 400),
        (b"GET healthz HTTP/1.1", 400),
        (b"GET * HTTP/1.1", 400),
        (b"GET /%2 HTTP/1.1", 400),
        (b"BREW /healthz HTTP/1.1", 405),
        (b"TRACE /healthz HTTP/1.1", 405),
        (b"CONNECT localhost:80 HTTP/1.1", 400),
    ],
)
def test_one_rule_holds_for_every_request(client, line, status):
    assert answer(client, line + b"\r\n" + HOST + b"\r\n").status == status


@pytest.mark.parametrize("expectation", [b"200-ok", b"", b"100-continue, x", b"x"])
def test_other_expectations_are_refused(client, expectation):
    response = answer(
        client, b"GET /healthz HTTP/1.1\r\n" + HOST + b"Expect: " + expectation + b"\r\n\r\n"
    )
    assert response.status == 417
    assert response.error["type"] == "invalid_request_error"


def test_100_continue_is_told_to_send_the_body(client):
    body = b'{"content":"hi"}'
    head = (
        f"POST {messages_path()} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    ).encode()
    with client.open() as connection:
        for _ in range(2):
            connection.send(head)
            assert connection.read_head()[0] == 100
            connection.send(body)
            assert connection.read_response().data["content"] == "hi"
        # A client that does not wait is told nothing.
        connection.send(head + body)
        assert connection.read_head()[0] == 200


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/healthz", {"GET", "HEAD", "OPTIONS"}),
        ("/v1/bots", {"GET", "HEAD", "POST", "OPTIONS"}),
        (messages_path(), {"POST", "OPTIONS"}),
        ("/v1/bots/any", {"GET", "HEAD", "PATCH", "DELETE", "OPTIONS"}),
    ],
)
def test_options_says_what_a_path_takes(client, path, methods):
    response = answer(client, f"OPTIONS {path} HTTP/1.1\r\n".encode() + HOST + b"\r\n", "OPTIONS")
    assert response.status == 204
    assert set(response.field("Allow").split(", ")) == methods


def test_options_of_the_server(client):
    response = answer(client, b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", "OPTIONS")
    assert response.status == 204
    assert {"GET", "POST", "PATCH", "DELETE"} < set(response.field("Allow").split(", "))


def test_options_of_nothing(client):
    assert answer(client, b"OPTIONS /nothing HTTP/1.1\r\n" + HOST + b"\r\n").status == 404


def filled(target: bytes, unit: bytes, size: int) -> bytes:
    """A header section of this size, with as many units as fit."""
    start = b"GET " + target + b" HTTP/1.1\r\n" + HOST
    count = (size - len(start) - 10) // len(unit) if unit else 0
    fill = size - len(start) - count * len(unit) - 6
    return start + count * unit + b"b:" + fill * b"c" + b"\r\n\r\n"


@pytest.mark.parametrize("size", [2000, 5000, LIMIT, LIMIT + 1, 2 * LIMIT, 100_000])
@pytest.mark.parametrize(
    ("target", "unit"),
    [
        (b"/healthz", b""),
        (b"/healthz", b"a:\r\n"),
        (b"/healthz", b"X-Some: thing\r\n"),
        (b"/healthz?" + b"&".join([b"a"] * 400), b""),
        (b"/healthz?" + b"a=1&" * 400, b"a:b\r\n"),
    ],
)
def test_a_section_within_the_limit_is_answered(client, size, target, unit):
    section = filled(target, unit, size)
    assert len(section) == size
    with client.open() as connection:
        for _ in range(2):
            if not connection.send_if_open(section):
                break
            response = connection.read_response("GET")
            assert response.status == (200 if size <= LIMIT else 431)
            if response.status == 431:
                assert connection.is_closed_within(2)
                break


def test_parameters_alone_may_fill_the_section(client):
    line = b"GET /healthz?" + b"a&" * 8000 + b" HTTP/1.1\r\n"
    assert answer(client, line + HOST + b"\r\n").status == 200


def test_a_refusal_has_the_clients_identifier(client):
    text = b"GET /healthz HTTP/1.1\r\nX-Request-Id: mine\r\n" + HOST + HOST + b"\r\n"
    assert answer(client, text).field("X-Request-Id") == "mine"
    text = text.replace(b"mine", b"not mine")
    assert answer(client, text).field("X-Request-Id").startswith("req_")


def test_an_answer_comes_before_the_refusal_of_what_follows(client):
    """The answer to a sound request is not lost because the next one is refused."""
    with client.open() as connection:
        connection.send(client.message_request("first") + b"GET /healthz HTTP/1.1\r\n\r\n" + HEALTH)
        assert connection.read_response().data["content"] == "first"
        assert connection.read_response().status == 400
        assert connection.is_closed_within(2)


def test_a_chunk_line_that_is_too_long_is_refused_at_once(gateway):
    running = gateway()
    head = (
        f"POST {messages_path()} HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()
    start = time.monotonic()
    for line in (b"1;" + b"a" * 25_000, b"0" * 25_000, b'1;a="' + b" " * 1100):
        with running.client().open() as connection:
            connection.send(head + line)
            assert connection.read_response().status == 400
            assert connection.is_closed_within(2)
    assert time.monotonic() - start < 2


@pytest.mark.parametrize("size", [1 << 20, 5 << 20])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_large_bodies_come_whole(gateway, size, is_chunked):
    running = gateway({"server": {"max_body": "8M"}, "context": {"memory": "32M"}})
    body = b'{"content":"' + b"x" * size + b'"}'
    fields = f"Content-Length: {len(body)}"
    if is_chunked:
        fields = "Transfer-Encoding: chunked"
        half = len(body) // 2
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (body[:half], body[half:]))
        body += b"0\r\n\r\n"
    head = (
        f"POST {messages_path()} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{fields}"
    )
    with running.client().open() as connection:
        connection.send(head.replace("Host: a", "Host: localhost").encode() + b"\r\n\r\n" + body)
        assert len(connection.read_response().data["content"]) == size


def test_plain_http_where_tls_is_spoken_is_told_so(gateway, certificates):
    running = https(gateway, certificates)
    address = running.addresses[0]
    for text in (HEALTH, b"POST / HTTP/1.1\r\n", b"G"):
        with Connection(Address(address.host, address.port)) as connection:
            connection.send(text)
            response = connection.read_response()
            assert response.status == 400
            assert "https" in response.error["message"]
            assert connection.is_closed_within(2)
    assert running.client().get("/healthz").status == 200


def test_noise_where_tls_is_spoken_is_cut(gateway, certificates):
    running = https(gateway, certificates)
    address = running.addresses[0]
    for text in (b"\0" * 100, b"\xff" * 100, b"http " * 20):
        with socket.create_connection((address.host, address.port), 5) as noise:
            noise.sendall(text)
            noise.settimeout(5)
            assert b"HTTP" not in noise.recv(4096)
    assert running.client().get("/healthz").status == 200


def metric(client: Client, reason: str) -> int:
    name = f'postern_http_turned_away_total{{reason="{reason}"}} '
    lines = client.get("/metrics").body.decode().splitlines()
    return int(next(line for line in lines if line.startswith(name)).removeprefix(name))


REFUSED = {
    "malformed": b"GET /healthz HTTP/1.1\r\n\r\n",
    "version_not_supported": b"GET /healthz HTTP/1.9\r\n" + HOST + b"\r\n",
    "headers_too_large": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "expectation_failed": b"GET /healthz HTTP/1.1\r\nExpect: x\r\n" + HOST + b"\r\n",
    "body_too_large": b"POST /v1/bots/default/messages HTTP/1.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 99999999999\r\n" + HOST + b"\r\n",
}


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_turned_away_is_counted_and_logged(gateway, reason):
    running = gateway()
    for _ in range(5):
        with running.client().open() as connection:
            connection.send(REFUSED[reason])
            assert connection.read_response("GET").status >= 400
    assert metric(running.client(), reason) == 5
    lines = [line for line in running.log.splitlines() if f"reason={reason}" in line]
    assert 1 <= len(lines) <= 2, "at most one a second"
    assert "peer=127.0.0.1" in lines[0]


def await_place(client: Client) -> Connection:
    """A connection that is served. Connections that were closed before may count for a moment."""
    deadline = time.monotonic() + 5
    while True:
        connection = client.open()
        connection.send_if_open(HEALTH)
        if connection.read_response("GET").status == 200:
            return connection
        connection.close()
        assert time.monotonic() < deadline


@pytest.mark.parametrize("limit", ["max_connections", "max_connections_per_ip"])
def test_a_client_without_a_place_is_told_so(gateway, limit):
    running = gateway({"server": {limit: 4}})
    kept = [await_place(running.client()) for _ in range(4)]
    for _ in range(3):
        with running.client().open() as connection:
            connection.send_if_open(HEALTH)
            response = connection.read_response("GET")
            assert response.status == 503
            assert response.error["type"] == "overloaded_error"
            assert limit in response.error["message"]
            assert int(response.field("Retry-After")) >= 1
    kept[0].send(b"GET /metrics HTTP/1.1\r\n" + HOST + b"\r\n")
    text = kept[0].read_response("GET").body.decode()
    assert int(re.search(f'reason="{limit}"}} ([0-9]+)', text)[1]) >= 3
    assert f"reason={limit}" in running.log
    for connection in kept:
        connection.close()


def test_this_host_has_no_limit_of_its_own(gateway, tmp_path):
    """A proxy on this host has the connections of all its clients."""
    local = Address(path=tmp_path / "postern.sock")
    running = gateway(addresses=[Address("127.0.0.1", free_port()), local])
    for number in range(2):
        crowd = [running.client(address=number).open() for _ in range(100)]
        for connection in crowd:
            connection.send(HEALTH)
        for connection in crowd:
            assert connection.read_response("GET").status == 200
            connection.close()


@pytest.mark.parametrize("limit", ["max_connections", "max_connections_per_ip"])
@pytest.mark.timing
def test_idle_connections_give_way(gateway, limit):
    running = gateway({"server": {limit: 4}})
    idle = [await_place(running.client()) for _ in range(4)]
    time.sleep(5.5)
    for _ in range(4):
        with running.client().open() as connection:
            connection.send(HEALTH)
            assert connection.read_response("GET").status == 200
    for connection in idle:
        connection.close()
