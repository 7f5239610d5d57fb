"""`breaker = N/TIME`: a backend that fails N times in a row is not asked for that time, and then
asked once."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import hold, in_turn, reset, stall
from client import unused_tcp_socket
from configuration import integration

pytestmark = pytest.mark.timing

OPEN = 1.0
BREAKER = "3/1s"
WELL = replies.custom("Well.")
BROKEN = replies.failure("500 Internal Server Error")
PROMPTLY = 0.05


@pytest.fixture
def alone(gateway):
    """A bot whose only integration has a breaker."""

    def start(server, **settings):
        settings = {"breaker": BREAKER, "timeout": "5s", **settings}
        return gateway({"integration gpt": integration(server.url, **settings)}).client()

    return start


@pytest.fixture
def pair(gateway):
    """A bot whose primary integration has a breaker, and whose spare is well."""

    def start(primary, spare, **settings):
        settings = {"breaker": BREAKER, "timeout": "5s", **settings}
        return gateway(
            {
                "integration primary": integration(primary.url, **settings),
                "integration spare": integration(spare.url, fallback=True),
            }
        ).client()

    return start


def break_open(client, server, failures=3):
    """Makes the number of failures that opens it. Afterwards the backend is well."""
    for _ in range(failures):
        client.message()
    assert len(server.requests) == failures
    server.script = WELL
    return time.monotonic()


def check_open(client, server):
    """The next message does not reach the backend."""
    before = len(server.requests)
    response = client.message()
    assert len(server.requests) == before
    return response


def check_closed(client, server):
    before = len(server.requests)
    assert client.message().outcomes == ["ok"]
    assert len(server.requests) == before + 1


def sleep_until(moment):
    time.sleep(max(moment - time.monotonic(), 0))


# What counts as a failure.
FAILURES = {
    "500": BROKEN,
    "429": replies.failure("429 Too Many Requests"),
    "reset": [reset()],
    "silence": [stall()],
    "no JSON": replies.document(b"<html>"),
}


@pytest.mark.parametrize("script", FAILURES.values(), ids=FAILURES.keys())
def test_failures_in_a_row_open_it(pair, backend, script):
    primary, spare = backend(script), backend(WELL)
    client = pair(primary, spare, timeout="100ms")
    break_open(client, primary)
    response = check_open(client, primary)
    assert response.data["integration"]["id"] == "spare"
    assert response.data["fallback"]
    *skipped, served = response.attempts
    assert served["outcome"] == "ok"
    for attempt in skipped:
        assert (attempt["integration"], attempt["outcome"]) == ("primary", "breaker_open")
        assert attempt["message"]
        assert "status" not in attempt


def test_refused_connections_open_it(gateway, backend):
    with unused_tcp_socket() as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        client = gateway({"integration gpt": integration(url, breaker=BREAKER)}).client()
        assert [client.message().status for _ in range(4)] == [502, 502, 502, 503]


def test_fewer_failures_do_not(alone, backend):
    server = backend(BROKEN)
    client = alone(server)
    break_open(client, server, failures=2)
    check_closed(client, server)


def test_failures_with_a_success_between_are_not_in_a_row(alone, backend):
    server = backend(in_turn(BROKEN, BROKEN, WELL, BROKEN, BROKEN, WELL))
    client = alone(server)
    statuses = [client.message().status for _ in range(6)]
    assert statuses == [502, 502, 200, 502, 502, 200]


def test_a_message_counts_once_however_often_it_is_tried(alone, backend):
    server = backend(BROKEN)
    client = alone(server, retries=5, backoff="1ms", breaker="3/30s")
    # The third one opens it by its first try.
    for count in (6, 12, 13):
        client.message()
        assert len(server.requests) == count
    check_open(client, server)


@pytest.mark.parametrize(
    "answer",
    [
        replies.failure("402 Payment Required"),
        replies.failure("429 Too Many Requests", "insufficient_quota"),
    ],
    ids=["402", "insufficient_quota"],
)
def test_an_account_without_credit_opens_it_at_once(alone, backend, answer):
    server = backend(answer)
    client = alone(server, retries=2, backoff="1ms", breaker="5/30s")
    assert "credit" in client.message().attempts[0]["message"]
    assert len(server.requests) == 1
    check_open(client, server)


@pytest.mark.parametrize(
    "answer",
    [
        replies.document({"answer": "Hi!"}),
        replies.failure("408 Request Timeout"),
    ],
    ids=["no content", "408"],
)
def test_what_is_not_the_backends_failure_does_not_count(alone, backend, answer):
    server = backend(answer)
    client = alone(server, retries=0, breaker="1/30s")
    for count in (1, 2, 3):
        client.message()
        assert len(server.requests) == count


def test_alone_the_client_gets_503_at_once(alone, backend):
    server = backend(BROKEN)
    client = alone(server, breaker="3/30s")
    break_open(client, server)
    latencies = []
    for _ in range(5):
        start = time.monotonic()
        response = check_open(client, server)
        latencies.append(time.monotonic() - start)
        assert response.status == 503
        assert response.error["type"] == "backend_error"
        assert response.error["code"] == "all_integrations_failed"
        assert 1 <= int(response.field("Retry-After")) <= 30
    assert min(latencies) < PROMPTLY


def test_where_all_others_failed_it_is_an_ordinary_failure(gateway, backend):
    primary = backend(BROKEN)
    running = gateway(
        {
            "integration primary": integration(primary.url, breaker="3/30s"),
            "integration spare": integration(backend(BROKEN).url, fallback=True),
        }
    )
    client = running.client()
    break_open(client, primary)
    response = check_open(client, primary)
    assert response.status == 502
    assert response.error["code"] == "all_integrations_failed"
    assert response.outcomes[-1] == "http_error"


def test_it_stays_open_for_its_time(alone, backend):
    server = backend(BROKEN)
    client = alone(server)
    opened = break_open(client, server)
    while time.monotonic() < opened + OPEN - 0.2:
        check_open(client, server)
        time.sleep(0.1)


def test_a_probe_that_succeeds_closes_it(alone, backend):
    server = backend(BROKEN)
    client = alone(server)
    sleep_until(break_open(client, server) + OPEN + 0.1)
    for _ in range(5):
        check_closed(client, server)


def test_a_probe_that_fails_opens_it_again(alone, backend):
    server = backend(BROKEN)
    client = alone(server)
    sleep_until(break_open(client, server) + OPEN + 0.1)
    server.script = BROKEN
    assert client.message().status == 502
    assert len(server.requests) == 4
    opened = time.monotonic()
    server.script = WELL
    check_open(client, server)
    sleep_until(opened + OPEN + 0.1)
    check_closed(client, server)


def test_after_the_probe_it_takes_as_many_failures_again(alone, backend):
    server = backend(BROKEN)
    client = alone(server)
    sleep_until(break_open(client, server) + OPEN + 0.1)
    check_closed(client, server)
    server.script = BROKEN
    for _ in range(2):
        assert client.message().status == 502
    server.script = WELL
    check_closed(client, server)


def test_one_probe_only(pair, backend):
    """The spare serves the messages that arrive while the probe is under way."""
    primary, spare = backend(BROKEN), backend(WELL)
    client = pair(primary, spare)
    opened = break_open(client, primary)
    released = threading.Event()
    primary.script = [hold(released), *replies.custom("probe")]
    sleep_until(opened + OPEN + 0.1)
    with ThreadPoolExecutor(20) as pool:
        messages = [pool.submit(client.message) for _ in range(20)]
        spare.await_requests(3 + 19, timeout=3)
        assert len(primary.requests) == 3 + 1
        released.set()
        contents = sorted(message.result().data["content"] for message in messages)
    assert contents == ["Well."] * 19 + ["probe"]
    check_closed(client, primary)


def test_alone_messages_beside_the_probe_get_503(alone, backend):
    server = backend(BROKEN)
    client = alone(server)
    opened = break_open(client, server)
    released = threading.Event()
    server.script = [hold(released), *WELL]
    sleep_until(opened + OPEN + 0.1)
    with ThreadPoolExecutor(1) as pool:
        probe = pool.submit(client.message)
        server.await_requests(4)
        response = client.message()
        assert response.status == 503
        assert int(response.field("Retry-After")) >= 1
        released.set()
        assert probe.result().status == 200


def test_a_probe_whose_client_leaves_is_made_by_the_next(alone, backend):
    server = backend(BROKEN)
    client = alone(server)
    opened = break_open(client, server)
    server.script = [stall()]
    sleep_until(opened + OPEN + 0.1)
    with client.open() as leaving:
        leaving.send(client.message_request())
        server.await_requests(4)
    assert server.connections[-1].left.wait(1)
    server.script = WELL
    deadline = time.monotonic() + OPEN + 0.5
    while client.message().status != 200:
        assert time.monotonic() < deadline, "no message ever probes again"
        time.sleep(0.05)


# The client's mistakes say nothing about the backend.
BLAMELESS = {
    "context too long": replies.failure("400 Bad Request", "context_length_exceeded"),
    "content filtered": replies.failure("400 Bad Request", "content_policy_violation"),
    "a client that leaves": [stall()],
}


@pytest.mark.parametrize("name", BLAMELESS)
def test_what_the_client_is_to_blame_for_does_not_count(alone, backend, name):
    server = backend(BLAMELESS[name])
    client = alone(server)
    for count in range(1, 6):
        with client.open() as connection:
            connection.send(client.message_request())
            server.await_requests(count, timeout=2)
            if name != "a client that leaves":
                connection.read_response()
    server.script = WELL
    check_closed(client, server)


def test_0_never_opens(alone, backend):
    server = backend(BROKEN)
    client = alone(server, breaker=0)
    for _ in range(20):
        assert client.message().status == 502
    assert len(server.requests) == 20
    server.script = WELL
    check_closed(client, server)


def test_the_default_is_5_failures(gateway, backend):
    server = backend(BROKEN)
    section = {"webhook_url": server.url, "retries": 0}
    client = gateway({"integration gpt": section}).client()
    break_open(client, server, failures=5)
    assert check_open(client, server).status == 503


def test_the_draw_leaves_out_what_is_open(gateway, backend):
    broken, well = backend(BROKEN), backend(WELL)
    running = gateway(
        {
            "bot support": {},
            "integration broken": integration(broken.url, weight=1000, breaker="3/30s"),
            "integration well": integration(well.url, weight=1000),
        }
    )
    client = running.client()
    deadline = time.monotonic() + 5
    while len(broken.requests) < 3:
        client.message(bot="support")
        assert time.monotonic() < deadline
    for _ in range(20):
        response = client.message(bot="support")
        assert response.data["integration"]["id"] == "well"
        assert not response.data["fallback"]
    assert len(broken.requests) == 3


def test_each_integration_has_its_own(gateway, backend):
    """Also if two of them ask the same backend."""
    server = backend(BROKEN)
    running = gateway(
        {
            "bot one": {},
            "bot two": {},
            "integration one": integration(server.url, bot="one", breaker="3/30s"),
            "integration two": integration(server.url, bot="two", breaker="3/30s"),
        }
    )
    client = running.client()
    for _ in range(3):
        client.message(bot="one")
    server.script = WELL
    assert client.message(bot="one").status == 503
    assert client.message(bot="two").status == 200
