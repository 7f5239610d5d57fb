"""What clients cost that are refused, slow or too many, and what slow clients may do."""

import socket
import time
from pathlib import Path

import pytest

from client import Client, connections, messages_path
from https import https

pytestmark = pytest.mark.timing

HOST = b"Host: localhost\r\n"
HEALTH = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
JSON = b"Content-Type: application/json\r\n"
POST = f"POST {messages_path()} HTTP/1.1\r\n".encode() + HOST + JSON
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
REFUSED = {
    "no Host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "not HTTP": b"\x16\x03\x01\x00\x01",
    "two lengths": POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "version": b"GET / HTTP/2.0\r\n\r\n",
    "target": b"GET x HTTP/1.1\r\n\r\n",
    "expectation": b"GET / HTTP/1.1\r\nExpect: x\r\n" + HOST + b"\r\n",
    "chunk size": CHUNKED + b"x\r\n",
    "chunk line": CHUNKED + b"1;" + b"a" * 1100,
    "trailer": CHUNKED + b"0\r\n: x\r\n\r\n",
    "body too large": POST + b"Content-Length: 99999999\r\n\r\n",
    "header section too large": b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 3000,
    "unknown path": b"GET /x HTTP/1.1\r\n" + HOST + b"\r\n",
}


def cpu_seconds(pid: int) -> float:
    """The processor time of a process's main thread, to the nanosecond."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def cost(running, text: bytes, count: int = 300) -> float:
    """Processor microseconds for a connection with this request, until both sides have closed."""
    client = running.client()
    before = cpu_seconds(running.process.pid)
    for _ in range(count):
        with client.open() as connection:
            connection.send_if_open(text)
            connection.read_response("GET")
    time.sleep(0.05)
    return (cpu_seconds(running.process.pid) - before) / count * 1e6


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refusal_costs_at_most_twice_a_healthy_request(gateway, kind):
    running = gateway()
    cost(running, HEALTH, 50)
    ratios = []
    for _ in range(3):
        healthy, refused = cost(running, HEALTH), cost(running, REFUSED[kind])
        print(f"{kind}: {refused:.0f} µs, healthy {healthy:.0f} µs, {refused / healthy:.2f} ×")
        ratios.append(refused / healthy)
    assert min(ratios) < 2


KEYS = {name: f"{name}-key-0123456789" for name in ("chat", "admin", "other")}


def api_request(line: str, *fields: str, key: str | None = None, body: bytes = b"") -> bytes:
    head = [f"{line} HTTP/1.1", "Host: localhost", *fields]
    if key:
        head.append(f"Authorization: Bearer {KEYS[key]}")
    if body:
        head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, "", ""]).encode() + body


MESSAGE = f"POST {messages_path()}"
CHAT = b'{"model":"none","messages":[{"role":"user","content":"hi"}]}'
# After these the connection stays.
REFUSED_BY_API = {
    "401 no key": api_request(MESSAGE, body=b'{"content":"hi"}'),
    "401 wrong key": api_request("GET /v1/bots", "x-api-key: wrong-key-0123456789"),
    "401 key of 8,000 bytes": api_request("GET /v1/bots", "x-api-key: " + "k" * 8000),
    "403 scope": api_request("GET /v1/bots", key="chat"),
    "403 another bot": api_request("GET /v1/bots/default", key="other"),
    "404 path": api_request("GET /v1/bot", key="admin"),
    "404 bot": api_request("GET /v1/bots/none", key="admin"),
    "404 model": api_request("POST /v1/chat/completions", key="chat", body=CHAT),
    "405 method": api_request("PUT /v1/bots", key="admin"),
    "412 If-Match": api_request(
        "PATCH /v1/bots/default", 'If-Match: "x"', key="admin", body=b'{"window":5}'
    ),
    "415 media type": api_request(
        MESSAGE, "Content-Type: text/plain", "Content-Length: 2", key="chat"
    )
    + b"{}",
    "400 invalid JSON": api_request(MESSAGE, key="chat", body=b'{"content":'),
    "400 no content": api_request(MESSAGE, key="chat", body=b"{}"),
    "400 identifier": api_request(
        MESSAGE, key="chat", body=b'{"content":"hi","conversation_id":"a b"}'
    ),
    "400 parameter": api_request("GET /v1/bots?page=x", key="admin"),
    "409 Idempotency-Key": api_request(
        MESSAGE, "Idempotency-Key: used", key="chat", body=b'{"content":"other"}'
    ),
    "429 per_user": api_request(MESSAGE, key="chat", body=b'{"content":"a","user":{"id":"u"}}'),
}


def kept_cost(running, text: bytes, count: int = 300) -> tuple[float, int]:
    """Processor microseconds for a request on a connection that stays, and the status."""
    with running.client().open() as connection:
        before = cpu_seconds(running.process.pid)
        for _ in range(count):
            connection.send(text)
            status = connection.read_response("GET").status
        return (cpu_seconds(running.process.pid) - before) / count * 1e6, status


def test_a_refusal_by_the_api_costs_at_most_twice_a_healthy_request(gateway):
    keys = {f"key {name}": {"secret": key, "scopes": "admin"} for name, key in KEYS.items()}
    keys["key chat"]["scopes"] = "chat"
    keys["key other"]["bots"] = "spare"
    sections = {"limits": {"per_user": "1/h"}, "bot default": {}, "bot spare": {}, **keys}
    running = gateway(sections)
    client = running.client(KEYS["chat"])
    used = {"Idempotency-Key": "used"}
    assert client.post(messages_path(), {"content": "one"}, used).status == 200
    assert client.message(user={"id": "u"}).status == 200
    healthy = api_request("GET /healthz")
    kept_cost(running, healthy, 1000)
    above = []
    for kind, text in REFUSED_BY_API.items():
        ratios = []
        for _ in range(3):
            usual, _ = kept_cost(running, healthy)
            refused, status = kept_cost(running, text)
            assert kind.startswith(str(status)), kind
            ratios.append(refused / usual)
        print(f"{kind}: {refused:.1f} µs, healthy {usual:.1f} µs, {min(ratios):.2f} ×")
        if min(ratios) >= 2:
            above.append(kind)
    assert not above


def test_clients_that_drip_cost_next_to_nothing(gateway):
    """30 clients send a section, a chunk line or a body, each 30 bytes a second, one at a time."""
    running = gateway()
    starts = (
        b"GET /healthz HTTP/1.1\r\nX: ",
        CHUNKED + b"1;",
        POST + b"Content-Length: 9999\r\n\r\n",
    )
    with connections(running.client(), 30) as crowd:
        for number, connection in enumerate(crowd):
            connection.send(starts[number % 3])
        before, start = cpu_seconds(running.process.pid), time.monotonic()
        for _ in range(90):
            for connection in crowd:
                connection.send(b"x")
            time.sleep(1 / 30)
        used = (cpu_seconds(running.process.pid) - before) / (time.monotonic() - start) / 30
    print(f"{used * 1e6:.0f} µs of processor time for a client and second")
    assert used < 0.005


def test_a_slow_upload_is_not_cut(gateway):
    """5 MB at 250 KB/s: 20 s, longer than any deadline but `request_timeout`."""
    running = gateway({"context": {"memory": "32M"}})
    body = b'{"content":"' + b"x" * (5 << 20) + b'"}'
    with running.client().open() as connection:
        connection.send(POST + f"Content-Length: {len(body)}\r\n\r\n".encode())
        start = time.monotonic()
        for position in range(0, len(body), 25_000):
            connection.send(body[position : position + 25_000])
            time.sleep(max(0, start + (position + 25_000) / 250_000 - time.monotonic()))
        assert connection.read_response().status == 200


def test_tls_may_be_idle_before_its_first_request(gateway, certificates):
    client = https(gateway, certificates).client()
    with client.open() as connection:
        time.sleep(12)
        connection.send(HEALTH)
        assert connection.read_response("GET").status == 200


def test_tls_must_be_agreed_in_time(gateway, certificates):
    address = https(gateway, certificates).addresses[0]
    with socket.create_connection((address.host, address.port)) as silent:
        silent.settimeout(15)
        start = time.monotonic()
        assert silent.recv(100) == b""
        assert 9 < time.monotonic() - start < 12


def test_a_crowd_that_reads_nothing_costs_no_copies(gateway):
    """Its memory is the machine's again when it has left."""
    running = gateway({"server": {"max_connections": 1000}})
    client = Client(running.addresses[0])
    for _ in range(10):
        client.get("/openapi.json")
    before = running.resident_kilobytes()
    with connections(client, 500) as crowd:
        for connection in crowd:
            connection.send(b"GET /openapi.json HTTP/1.1\r\n" + HOST + b"\r\n" * 2)
        time.sleep(1)
        assert client.get("/healthz").status == 200
        during = running.resident_kilobytes()
    time.sleep(3)
    client.get("/healthz")
    after = running.resident_kilobytes()
    print(f"{before} kB before, {during} kB with the crowd, {after} kB after it")
    assert during - before < 12_000
    assert after - before < 2_000
