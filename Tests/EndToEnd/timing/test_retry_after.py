"""A backend that says when to come back: the message waits, and the breaker keeps others away."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import in_turn
from configuration import integration

pytestmark = pytest.mark.timing

WELL = replies.custom("Well.")


@pytest.fixture
def alone(gateway):
    """A bot whose only integration has one retry."""

    def start(server):
        section = integration(server.url, timeout="5s", retries=1, breaker="5/30s")
        return gateway({"integration gpt": section}).client()

    return start


@pytest.mark.parametrize(
    "fields",
    [
        {"Retry-After": "1.5"},
        {"retry-after-ms": "1500"},
        {"Retry-After": "99", "retry-after-ms": "1500"},
    ],
    ids=["a fraction", "milliseconds", "both"],
)
def test_a_pause_may_be_exact(alone, backend, fields):
    server = backend(
        in_turn(replies.failure("429 Too Many Requests", headers=fields), replies.custom())
    )
    client = alone(server)
    assert client.message().outcomes == ["rate_limited", "ok"]
    first, second = (request.arrived_at for request in server.requests)
    assert 1.4 <= second - first <= 2.2


def test_a_pause_may_stand_in_the_body(alone, backend):
    """As Gemini has it."""
    error = {"code": 429, "message": "Slowly.", "details": [{"retryDelay": "0.8s"}]}
    busy = replies.document([{"error": error}], "429 Too Many Requests")
    server = backend(in_turn(busy, replies.custom()))
    client = alone(server)
    assert client.message().outcomes == ["rate_limited", "ok"]
    first, second = (request.arrived_at for request in server.requests)
    assert 0.7 <= second - first <= 1.6


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Unavailable"])
def test_retry_after_opens_the_breaker(gateway, backend, status):
    """No message asks the backend until the time that it named."""
    primary = backend(replies.failure(status, headers={"Retry-After": "2"}))
    section = integration(primary.url, timeout="5s", retry_after_max="1s", breaker="5/30s")
    running = gateway(
        {
            "integration primary": section,
            "integration spare": integration(backend(WELL).url, fallback=True),
        }
    )
    client = running.client()
    assert client.message().data["fallback"]
    told = time.monotonic()
    primary.script = WELL
    while time.monotonic() < told + 1.5:
        assert client.message().data["fallback"]
        assert len(primary.requests) == 1
        time.sleep(0.1)
    time.sleep(max(told + 2.2 - time.monotonic(), 0))
    assert client.message().outcomes == ["ok"]
    assert len(primary.requests) == 2


def test_a_message_that_was_told_to_wait_may_try_again(alone, backend):
    """The message that opened the breaker comes back at that time, as the probe."""
    busy = replies.failure("503 Unavailable", headers={"Retry-After": "1"})
    client = alone(backend(in_turn(busy, WELL)))
    assert client.message().outcomes == ["http_error", "ok"]


def test_messages_in_their_backoff_leave_the_backend_alone(gateway, backend):
    """A message in its backoff does not ask an integration whose breaker has opened meanwhile."""
    server = backend(replies.failure("503 X", headers={"Retry-After": "1"}))
    running = gateway(
        {
            "integration gpt": integration(server.url, retries=1, breaker="5/30s"),
            "integration spare": integration(backend(WELL).url, fallback=True),
        }
    )
    client = running.client()
    with ThreadPoolExecutor(10) as pool:
        messages = [pool.submit(client.message) for _ in range(10)]
        assert {message.result().status for message in messages} == {200}
    # Ten first tries may be under way before any has failed; their second tries are not.
    assert len(server.requests) <= 11
