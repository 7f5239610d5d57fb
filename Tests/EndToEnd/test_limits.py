"""Contract 2, `[limits]` and connection limits: over a limit is an error that says which."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import hold
from client import connections
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


def test_more_messages_of_a_user_than_allowed_get_429(gateway):
    client = gateway({"limits": {"per_user": "3/m"}}).client()
    for _ in range(3):
        assert client.message(user={"id": "u"}).status == 200
    check_told_to_wait(client.message(user={"id": "u"}), 429, "rate_limit_error")
    assert client.message(user={"id": "other"}).status == 200
    assert client.message().status == 200


def check_all_served(kept):
    for connection in kept:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert connection.read_response("GET").status == 200


@pytest.mark.parametrize(
    "server",
    [{"max_connections_per_ip": 4}, {"max_connections": 4, "max_connections_per_ip": 0}],
    ids=["of one address", "of all"],
)
def test_connections_are_limited(gateway, server):
    running = gateway({"server": server})
    with connections(running.client(), 4) as kept:
        check_all_served(kept)
        with running.client().open() as one_more:
            assert one_more.is_closed_within(2)
        kept.pop().close()
        running.await_readiness()
        check_all_served(kept)
