"""A client that leaves ends its exchange in whatever state it is. Nothing stays behind: no
request, no turn, no place."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest

import replies
import stream_replies
from backends import hold, in_turn, repeat, send, stall
from client import blackhole
from configuration import integration
from stream_client import stream_request

pytestmark = pytest.mark.timing

PROMPTLY = 0.3
WELL = replies.custom("Well.")
BUSY = replies.failure("503 X", headers={"Retry-After": "1"})


@pytest.fixture
def narrow(gateway):
    """A gateway that answers one message at a time: a second one gets no place."""

    def start(url, **settings):
        settings = {"retries": 2, "timeout": "10s", **settings}
        return gateway(
            {"limits": {"in_flight": 1}, "integration gpt": integration(url, **settings)}
        ).client()

    return start


def check_place_is_free(client, content="Next."):
    """In the same conversation, so that its order and its memory are checked too."""
    start = time.monotonic()
    response = client.message(content, conversation_id="c")
    assert response.status == 200, response.body
    assert time.monotonic() - start < PROMPTLY


def leave_after(client, await_moment):
    with client.open() as connection:
        connection.send(client.message_request("Lost.", conversation_id="c"))
        await_moment()


def test_while_the_backend_is_asked(narrow, backend):
    server = backend(in_turn([stall()], WELL))
    client = narrow(server.url)
    leave_after(client, lambda: server.await_requests(1))
    left = time.monotonic()
    assert server.connections[0].left.wait(PROMPTLY)
    assert server.connections[0].left_at - left < PROMPTLY
    check_place_is_free(client)
    assert server.requests[-1].messages == [("user", "Next.")]


def test_while_it_waits_to_try_again(narrow, backend):
    server = backend(in_turn(BUSY, WELL))
    client = narrow(server.url)

    def moment():
        server.await_requests(1)
        time.sleep(0.1)

    leave_after(client, moment)
    check_place_is_free(client)
    time.sleep(1.2)
    assert [request.messages for request in server.requests[1:]] == [[("user", "Next.")]]


def test_in_a_further_try(narrow, backend):
    server = backend(in_turn(replies.failure("503 X"), [stall()], WELL))
    client = narrow(server.url, backoff="1ms")
    leave_after(client, lambda: server.await_requests(2, timeout=2))
    assert server.connections[-1].left.wait(PROMPTLY)
    check_place_is_free(client)
    assert server.requests[-1].messages == [("user", "Next.")]


def test_in_a_fallback(gateway, backend):
    spare = backend(in_turn([stall()], WELL))
    client = gateway(
        {
            "limits": {"in_flight": 1},
            "integration gpt": integration(backend(replies.failure("500 X")).url),
            "integration spare": integration(spare.url, fallback=True),
        }
    ).client()
    leave_after(client, lambda: spare.await_requests(1))
    assert spare.connections[-1].left.wait(PROMPTLY)
    check_place_is_free(client)


def test_while_it_connects(gateway):
    with blackhole() as port:
        client = gateway(
            {
                "limits": {"in_flight": 1},
                "bot default": {},
                "bot well": {},
                "integration gpt": integration(
                    f"http://127.0.0.1:{port}/", bot="default", connect_timeout="10s"
                ),
                "integration echo": {"type": "echo", "bot": "well"},
            }
        ).client()
        leave_after(client, lambda: time.sleep(0.1))
        start = time.monotonic()
        while client.message(bot="well").status != 200:
            assert time.monotonic() - start < PROMPTLY


def test_while_it_waits_its_turn(gateway, backend):
    """Messages that waited and left do not stop the next ones, and their places are free."""
    released = threading.Event()
    server = backend(in_turn([hold(released), *WELL], WELL))
    client = gateway(
        {
            "limits": {"queue_per_conversation": 1},
            "integration gpt": integration(server.url, timeout="10s"),
        }
    ).client()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.message, "First.", conversation_id="c")
        server.await_requests(1)
        leave_after(client, lambda: client.get("/healthz"))
        client.get("/healthz")
        third = pool.submit(client.message, "Third.", conversation_id="c")
        time.sleep(0.1)
        released.set()
        assert (first.result().status, third.result().status) == (200, 200)
    said = [request.messages[-1][1] for request in server.requests]
    assert said == ["First.", "Third."]


def test_many_that_leave_at_every_moment(gateway, backend):
    """Some leave while connecting, asked, waiting or answered: afterwards all places are free."""
    server = backend(in_turn(*([BUSY, [stall()], WELL, replies.failure("500 X")] * 40), WELL))
    client = gateway(
        {
            "server": {"max_connections_per_ip": 0},
            "limits": {"in_flight": 8},
            "integration gpt": integration(server.url, retries=2, timeout="10s"),
        }
    ).client()

    def leave(number):
        with client.open() as connection:
            connection.send(client.message_request(conversation_id=f"c-{number % 5}"))
            time.sleep(number % 7 * 0.005)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(leave, range(100)))
    time.sleep(0.1)
    server.script = [stall()]
    with ThreadPoolExecutor(8) as pool:
        before = len(server.requests)
        messages = [
            pool.submit(client.message, conversation_id=f"new-{number}") for number in range(8)
        ]
        server.await_requests(before + 8)
        assert client.message().status == 503
        for connection in server.connections:
            connection.interrupt()
        server.script = WELL
        for message in messages:
            assert message.result().status in (200, 502)


def test_connections_of_clients_that_left_are_closed(gateway, backend):
    """Also if the answer came at the moment when its client left. Otherwise sockets that no
    limit counts would accumulate until `idle_timeout`, and SIGTERM would wait for them."""
    server = backend(WELL)
    running = gateway(
        {
            "server": {"max_connections_per_ip": 0},
            "integration gpt": integration(server.url),
        }
    )
    client = running.client()

    def leave(number):
        with client.open() as connection:
            connection.send(client.message_request(conversation_id=f"c-{number % 5}"))
            time.sleep(number % 7 * 0.002)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(leave, range(700)))
    running.await_sockets_closed()


@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("kind", ["begun", "pausing", "pouring"])
def test_connections_of_streams_that_were_left_are_closed(gateway, backend, kind, reset, paused):
    """Another client keeps its connection and waits for nothing: SIGTERM does not wait for it
    either."""
    token = stream_replies.chunk(stream_replies.token("openai", "x" * 1000))
    rest = {"begun": [stall()], "pausing": [send(token), stall()], "pouring": [repeat(token)]}
    server = backend([send(stream_replies.head("openai")), *rest[kind]])
    running = gateway({"integration gpt": integration(server.url, "openai", max_response="100M")})
    client = running.client()
    with client.open() as idle:
        idle.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.read_response("GET").status == 200
        for number in range(4):
            leaving = client.open()
            leaving.send(stream_request(client))
            server.await_requests(number + 1)
            if kind != "begun":
                leaving.read_head()
            with running.paused() if paused else nullcontext():
                leaving.close(reset)
        running.await_sockets_closed()
        for connection in server.connections:
            assert connection.left.wait(PROMPTLY)
        running.stop(timeout=2)


@pytest.mark.parametrize("target", ["/healthz", "/nowhere", "/v1/bots"])
def test_a_client_that_ended_is_answered_and_then_closed(gateway, target):
    client = gateway().client()
    for _ in range(5):
        with client.open() as connection:
            connection.send(f"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() * 2)
            connection.socket.shutdown(socket.SHUT_WR)
            for _ in range(2):
                assert connection.read_response("GET").status in (200, 404)
            assert connection.is_closed_within(1)
