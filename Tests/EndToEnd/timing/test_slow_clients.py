"""Slow clients. All scenarios run at the same time, because they mostly wait. Each test then
judges its own."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import wait
from client import Client, Connection, connections, messages_path, request_bytes
from configuration import integration

pytestmark = pytest.mark.timing

JSON_TYPE = {"Content-Type": "application/json"}
LARGE_REPLY = 12 << 20
SCENARIOS: dict[str, Callable] = {}


def scenario(function: Callable) -> Callable:
    """One client; its result is what the test of that name judges."""
    SCENARIOS[function.__name__] = function
    return function


def message_head(client: Client, length: int) -> bytes:
    headers = client.request_headers({**JSON_TYPE, "Content-Length": str(length)})
    return request_bytes("POST", messages_path(), headers)


def seconds_until_refused(connection: Connection, data: bytes, bytes_per_second: float) -> float:
    """Sends `data` again and again, slowly, until the gateway answers or closes."""
    start = time.monotonic()
    sent = 0
    connection.socket.settimeout(0.05)
    while (elapsed := time.monotonic() - start) < 25:
        while sent < elapsed * bytes_per_second:
            if not connection.send_if_open(data):
                return elapsed
            sent += len(data)
        try:
            connection.socket.recv(65536)
            return time.monotonic() - start
        except TimeoutError:
            continue
        except ConnectionResetError:
            return time.monotonic() - start
    raise AssertionError(f"neither answered nor closed after {elapsed:.0f} s and {sent} bytes")


@pytest.fixture(scope="module")
def outcome(gateways, backends):
    """Starts every scenario; `outcome(name)` waits for one."""
    slow = backends([wait(6), *replies.custom()])
    large = backends(replies.custom("x" * LARGE_REPLY))
    clients = {
        "usual": gateways().client(),
        "patient": gateways({"server": {"request_timeout": "60s"}}).client(),
        "hasty": gateways(
            {
                "server": {"request_timeout": "3s", "idle_timeout": "3s"},
                "bot default": {},
                "bot large": {},
                "integration slow": integration(slow.url, bot="default"),
                "integration large": integration(large.url, bot="large", max_response="16M"),
            }
        ).client(),
    }
    with ThreadPoolExecutor(len(SCENARIOS)) as pool:
        running = {name: pool.submit(run, clients) for name, run in SCENARIOS.items()}
        yield lambda name: running[name].result()


@scenario
def headers_byte_by_byte(clients) -> float:
    with clients["usual"].open() as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        return seconds_until_refused(connection, b"x", 3)


@scenario
def headers_line_by_line_with_a_long_request_timeout(clients) -> float:
    with clients["patient"].open() as connection:
        connection.send(b"GET /healthz HTTP/1.1\r\n")
        return seconds_until_refused(connection, b"X-A: b\r\n", 8)


@pytest.mark.parametrize(
    "name", ["headers_byte_by_byte", "headers_line_by_line_with_a_long_request_timeout"]
)
def test_headers_must_be_complete_after_10_seconds(outcome, name):
    assert 9.5 < outcome(name) < 12


@scenario
def body_below_the_rate(clients) -> float:
    with clients["patient"].open() as connection:
        connection.send(message_head(clients["patient"], 200_000))
        return seconds_until_refused(connection, b" ", 200)


@scenario
def body_that_stops(clients) -> float:
    with clients["patient"].open() as connection:
        connection.send(message_head(clients["patient"], 200_000) + b" " * 2000)
        return seconds_until_refused(connection, b" ", 0.2)


@scenario
def chunked_body_below_the_rate(clients) -> float:
    with clients["patient"].open() as connection:
        headers = clients["patient"].request_headers({**JSON_TYPE, "Transfer-Encoding": "chunked"})
        connection.send(request_bytes("POST", messages_path(), headers))
        return seconds_until_refused(connection, b"1\r\n \r\n", 60)


@pytest.mark.parametrize(
    "name", ["body_below_the_rate", "body_that_stops", "chunked_body_below_the_rate"]
)
def test_a_body_below_500_bytes_per_second_is_cut(outcome, name):
    assert outcome(name) < 20


@scenario
def body_above_the_rate(clients) -> int:
    body = b" " * 12_000 + b'{"content":"hi"}'
    with clients["patient"].open() as connection:
        connection.send(message_head(clients["patient"], len(body)))
        for start in range(0, len(body), 100):
            connection.send(body[start : start + 100])
            time.sleep(0.1)
        return connection.read_response().status


def test_a_body_above_500_bytes_per_second_may_take_its_time(outcome):
    assert outcome("body_above_the_rate") == 200


@scenario
def fast_enough_but_too_long(clients) -> float:
    with clients["hasty"].open() as connection:
        connection.send(message_head(clients["hasty"], 200_000))
        return seconds_until_refused(connection, b" ", 5000)


@scenario
def second_request_too_long(clients) -> float:
    with clients["hasty"].open() as connection:
        connection.send(request_bytes("GET", "/healthz", clients["hasty"].request_headers()))
        assert connection.read_response("GET").status == 200
        return seconds_until_refused(connection, b"X", 2)


@pytest.mark.parametrize("name", ["fast_enough_but_too_long", "second_request_too_long"])
def test_the_request_timeout_bounds_a_request(outcome, name):
    assert 2.5 < outcome(name) < 5


@scenario
def idle_before_any_request(clients) -> float:
    with clients["hasty"].open() as connection:
        return connection.seconds_until_closed(20)


@scenario
def idle_after_a_request(clients) -> float:
    with clients["hasty"].open() as connection:
        connection.send(request_bytes("GET", "/healthz", clients["hasty"].request_headers()))
        assert connection.read_response("GET").status == 200
        return connection.seconds_until_closed(20)


@pytest.mark.parametrize("name", ["idle_before_any_request", "idle_after_a_request"])
def test_the_idle_timeout_ends_an_idle_connection(outcome, name):
    assert 2.5 < outcome(name) < 6


@scenario
def waiting_for_a_slow_backend(clients) -> int:
    return clients["hasty"].message().status


def test_waiting_for_a_backend_is_not_idleness(outcome):
    assert outcome("waiting_for_a_slow_backend") == 200


@scenario
def reader_that_does_not_read(clients) -> int:
    """How many bytes of the reply reached a client that read nothing for three idle timeouts."""
    client = clients["hasty"]
    with Connection(client.address, receive_buffer=4096) as connection:
        connection.send(client.message_request(bot="large"))
        time.sleep(9)
        received = 0
        try:
            while data := connection.socket.recv(1 << 20):
                received += len(data)
        except ConnectionResetError:
            pass
        return received


def test_a_reader_that_does_not_read_is_dropped(outcome):
    assert outcome("reader_that_does_not_read") < LARGE_REPLY


@scenario
def reader_that_pauses(clients) -> int:
    with clients["hasty"].open() as connection:
        connection.send(clients["hasty"].message_request(bot="large"))
        time.sleep(1)
        return connection.read_response().status


def test_a_reader_that_pauses_gets_everything(outcome):
    assert outcome("reader_that_pauses") == 200


@scenario
def crowd_of_dawdlers(clients) -> tuple[int, float]:
    """The answer to one more client while 50 others send their headers byte by byte."""
    with connections(clients["usual"], 50) as crowd:
        for connection in crowd:
            connection.send(b"GET /healthz HTTP/1.1\r\nX-Slow: ")
        start = time.monotonic()
        status = clients["usual"].get("/healthz").status
        return status, time.monotonic() - start


def test_slow_clients_delay_no_other(outcome):
    status, elapsed = outcome("crowd_of_dawdlers")
    assert status == 200
    assert elapsed < 0.25
