"""`[limits]` and connection limits: over a limit there is an error that names it."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

import replies
from backends import hold
from client import connections, messages_path, request_bytes
from configuration import integration


@pytest.fixture
def held(gateway, backend):
    """A gateway whose backend answers when `released` is set."""

    def start(**sections):
        released = threading.Event()
        server = backend([hold(released), *replies.custom()])
        running = gateway({"integration gpt": integration(server.url), **sections})
        return running, server, released

    return start


def check_told_to_wait(response, status, type):
    assert response.status == status
    assert response.error["type"] == type
    assert int(response.field("Retry-After")) >= 1


def test_more_in_flight_than_allowed_get_503(held):
    running, server, released = held(limits={"in_flight": 2})
    with ThreadPoolExecutor() as pool:
        served = [pool.submit(running.client().message) for _ in range(2)]
        server.await_requests(2)
        check_told_to_wait(running.client().message(), 503, "overloaded_error")
        assert running.client().get("/healthz").status == 200
        released.set()
        assert {future.result().status for future in served} == {200}
    assert running.client().message().status == 200


def test_more_waiting_in_a_conversation_than_allowed_get_429(held):
    running, server, released = held(limits={"queue_per_conversation": 2})
    client = running.client()
    with connections(client, 3) as served:
        for connection in served:
            connection.send(client.message_request(conversation_id="c"))
            server.await_requests(1)
        client.get("/healthz")
        check_told_to_wait(client.message(conversation_id="c"), 429, "rate_limit_error")
        released.set()
        assert client.message(conversation_id="other").status == 200
        assert {connection.read_response().status for connection in served} == {200}


def await_served(client, stack):
    """A connection that is served. Connections closed before it may still count for a moment."""
    deadline = time.monotonic() + 2
    while True:
        connection = client.open()
        try:
            check_served(connection)
        except ConnectionError:
            connection.close()
            assert time.monotonic() < deadline
        else:
            return stack.enter_context(connection)


def check_served(connection):
    connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    response = connection.read_response("GET")
    if response.status == 503:
        raise ConnectionError("there is no place")
    assert response.status == 200


def check_not_served(connection):
    """It may be closed, or wait until others leave."""
    connection.socket.settimeout(0.5)
    with pytest.raises((ConnectionError, TimeoutError)):
        check_served(connection)


@pytest.mark.parametrize(
    "server",
    [{"max_connections_per_ip": 4}, {"max_connections": 4, "max_connections_per_ip": 0}],
    ids=["of one address", "of all"],
)
def test_connections_are_limited(gateway, server):
    client = gateway({"server": server}).client()
    with ExitStack() as stack:
        kept = [await_served(client, stack) for _ in range(4)]
        with client.open() as one_more:
            check_not_served(one_more)
        kept.pop().close()
        kept.append(await_served(client, stack))
        for connection in kept:
            check_served(connection)


@pytest.mark.timing
@pytest.mark.parametrize("after_a_request", [False, True])
def test_refused_connections_do_not_pile_up(gateway, after_a_request):
    """The gateway reads from a client that it has refused for some seconds, so that the client
    sees why. Such connections take no more descriptors than `max_connections`, and no client's
    place."""
    limit = 8
    server = {"max_connections": limit, "max_connections_per_ip": 0, "max_body": "1K"}
    running = gateway({"server": server})
    client = running.client()
    headers = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": "1000000"}
    large = request_bytes("POST", messages_path(), headers)
    before = running.descriptor_count()
    with ExitStack() as stack:
        for _ in range(6 * limit):
            connection = stack.enter_context(client.open())
            connection.send(large if after_a_request else b"GET / HTTP/9.9\r\n\r\n")
            assert connection.read_response("GET").status in (413, 505)
        time.sleep(0.1)
        assert running.descriptor_count() - before <= limit + 1
        assert client.get("/healthz").status == 200


@pytest.mark.timing
@pytest.mark.parametrize(
    "server",
    [{"max_connections_per_ip": 4}, {"max_connections": 4, "max_connections_per_ip": 0}],
    ids=["of one address", "of all"],
)
def test_a_client_that_ended_and_reads_nothing_keeps_its_place(gateway, server):
    """Its place is taken until it is dropped for reading nothing: answers wait in an open
    connection."""
    client = gateway({"server": {**server, "idle_timeout": "3s"}}).client()
    request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(4):
            connection = stack.enter_context(client.open())
            connection.send(request * 200)
            time.sleep(0.05)
            connection.socket.shutdown(socket.SHUT_WR)
        time.sleep(0.2)
        with client.open() as one_more:
            check_not_served(one_more)
        deadline = time.monotonic() + 10
        while True:
            with client.open() as one_more:
                try:
                    check_served(one_more)
                    break
                except ConnectionError:
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
