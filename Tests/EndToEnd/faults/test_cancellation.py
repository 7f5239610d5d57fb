"""A client that leaves cancels the backend request."""

import threading
import time

import pytest

import replies
from backends import drip, hold, in_turn, repeat, send, stall
from client import connections
from configuration import integration

pytestmark = pytest.mark.timing

PROMPTLY = 0.2

SCRIPTS = {
    "silent": [stall()],
    "in the headers": [send(b"HTTP/1.1 200 OK\r\nX-A: "), stall()],
    "in the body": [send(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"content":"'), stall()],
    "dripping": [drip(replies.http(b'{"content":"%s"}' % (b"x" * 1000)), 0.02)],
    "pouring": [send(b"HTTP/1.1 200 OK\r\n\r\n"), repeat(b" " * 4096)],
}


@pytest.fixture
def service(gateway, backend):
    def start(script, **settings):
        server = backend(script)
        running = gateway({"integration gpt": integration(server.url, **settings)})
        return running, server

    return start


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_a_client_that_leaves_cancels_the_backend_request(service, script, reset):
    running, server = service(script, max_response="1G")
    with running.client().open() as connection:
        connection.send(running.client().message_request())
        server.await_requests(1)
        connection.close(reset)
        left = time.monotonic()
    (asked,) = server.connections
    assert asked.left.wait(5)
    assert asked.left_at - left < PROMPTLY
    assert running.client().get("/healthz").status == 200


def test_a_client_that_leaves_stops_the_fallbacks_too(gateway, backend):
    released = threading.Event()
    primary = backend([hold(released), *replies.failure("500 Oops")])
    spare = backend(replies.custom())
    running = gateway(
        {
            "integration primary": integration(primary.url),
            "integration spare": integration(spare.url, fallback=True),
        }
    )
    with running.client().open() as connection:
        connection.send(running.client().message_request())
        primary.await_requests(1)
    assert primary.connections[0].left.wait(1)
    released.set()
    time.sleep(0.2)
    assert not spare.requests


def test_a_message_that_waits_its_turn_is_dropped_with_its_client(service):
    released = threading.Event()
    running, server = service(in_turn([hold(released), *replies.custom()], replies.custom()))
    client = running.client()
    with client.open() as first, client.open() as second, client.open() as third:
        first.send(client.message_request("first", conversation_id="c"))
        server.await_requests(1)
        second.send(client.message_request("second", conversation_id="c"))
        client.get("/healthz")
        third.send(client.message_request("third", conversation_id="c"))
        client.get("/healthz")
        second.close()
        client.get("/healthz")
        released.set()
        assert first.read_response().status == 200
        assert third.read_response().status == 200
    said = [request.messages[-1][1] for request in server.requests]
    assert said == ["first", "third"]


def test_many_clients_that_leave_are_forgotten(gateway, backend):
    server = backend([stall()])
    running = gateway(
        {
            "server": {"max_connections_per_ip": 0},
            "integration gpt": integration(server.url),
        }
    )
    for _ in range(5):
        before = len(server.requests)
        with connections(running.client(), 50) as leaving:
            for connection in leaving:
                connection.send(running.client().message_request())
            server.await_requests(before + 50)
    for asked in server.connections:
        assert asked.left.wait(5)
    assert running.client().get("/healthz").status == 200
