"""SIGTERM and SIGINT stop accepting, finish what is in flight (within 30 s), exit 0."""

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

import replies
from backends import hold, stall
from configuration import integration

ENDING = [signal.SIGTERM, signal.SIGINT]


def accepts_connections(address):
    try:
        with address.connect(timeout=1):
            return True
    except (ConnectionError, FileNotFoundError):
        return False


def await_refusal(address, seconds=2):
    deadline = time.monotonic() + seconds
    while accepts_connections(address):
        assert time.monotonic() < deadline, f"connections are accepted after {seconds} s"
        time.sleep(0.005)


@pytest.mark.timing
@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_an_idle_gateway_ends_at_once(gateway, number):
    running = gateway()
    with running.client().open() as kept:
        kept.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert kept.read_response("GET").status == 200
        start = time.monotonic()
        running.signal(number)
        assert running.await_exit() == 0
        assert time.monotonic() - start < 1, "it waits for an idle connection"
        assert kept.is_closed_within(1)


@pytest.mark.timing
@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_what_is_in_flight_is_finished_and_nothing_new_begun(gateway, backend, number):
    released = threading.Event()
    server = backend([hold(released), *replies.custom("Finished.")])
    running = gateway({"integration gpt": integration(server.url)})
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(running.client().message) for _ in range(5)]
        server.await_requests(5)
        running.signal(number)
        await_refusal(running.addresses[0])
        assert running.process.poll() is None
        released.set()
        assert {future.result().data["content"] for future in asked} == {"Finished."}
    start = time.monotonic()
    assert running.await_exit() == 0
    assert time.monotonic() - start < 1


def test_messages_that_wait_their_turn_are_in_flight_too(gateway, backend):
    released = threading.Event()
    server = backend([hold(released), *replies.custom("Finished.")])
    running = gateway({"integration gpt": integration(server.url)})
    with ThreadPoolExecutor() as pool:
        first = pool.submit(running.client().message, conversation_id="c")
        server.await_requests(1)
        second = pool.submit(running.client().message, conversation_id="c")
        for _ in range(3):
            running.client().get("/healthz")
        running.signal(signal.SIGTERM)
        await_refusal(running.addresses[0])
        released.set()
        for future in [first, second]:
            assert future.result().data["content"] == "Finished."
    assert running.await_exit() == 0


def test_requests_that_had_already_arrived_are_answered(gateway):
    """Even if the connections had not been accepted yet."""
    running = gateway({"server": {"max_connections_per_ip": 0}})
    client = running.client()
    with ExitStack() as stack:
        with running.paused():
            opened = [stack.enter_context(client.open()) for _ in range(100)]
            for connection in opened:
                connection.send(client.message_request("hi"))
            running.signal(signal.SIGTERM)
        for connection in opened:
            assert connection.read_response().data["content"] == "hi"
    assert running.await_exit() == 0


@pytest.mark.timing
def test_a_backend_that_never_answers_is_waited_for_30_seconds(gateway, backend):
    server = backend([stall()])
    running = gateway({"integration gpt": integration(server.url, timeout="90s")})
    with running.client().open() as connection:
        connection.send(running.client().message_request())
        server.await_requests(1)
        start = time.monotonic()
        running.signal(signal.SIGTERM)
        assert running.await_exit(40) == 0
    assert 25 < time.monotonic() - start < 33


def test_a_broken_pipe_meanwhile_does_no_harm(gateway, backend):
    released = threading.Event()
    server = backend([hold(released), *replies.custom("Finished.")])
    running = gateway({"integration gpt": integration(server.url)})
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(running.client().message)
        server.await_requests(1)
        running.signal(signal.SIGTERM)
        await_refusal(running.addresses[0])
        running.signal(signal.SIGPIPE)
        released.set()
        assert asked.result().data["content"] == "Finished."
    assert running.await_exit() == 0


def test_the_port_can_be_taken_again_at_once(gateway):
    first = gateway()
    assert first.client().message("hi").status == 200
    first.signal(signal.SIGTERM)
    assert first.await_exit() == 0
    second = gateway(addresses=first.addresses)
    assert second.client().message("hi").status == 200


@pytest.mark.timing
def test_a_client_that_sends_half_a_request_does_not_hold_up_the_end(gateway):
    running = gateway()
    with running.client().open() as dawdler:
        dawdler.send(b"POST /v1/bots/default/messages HTTP/1.1\r\nHost: localhost\r\n")
        start = time.monotonic()
        running.signal(signal.SIGTERM)
        assert running.await_exit(35) == 0
        assert time.monotonic() - start < 31


def test_signals_that_make_others_open_their_log_again_do_no_harm(gateway):
    running = gateway()
    for number in [signal.SIGUSR1, signal.SIGUSR2]:
        running.signal(number)
        assert running.client().message("hi").data["content"] == "hi"
