"""Contract 3 and 4, streams and time: who reads slowly slows down its own backend and nobody else;
who reads nothing, or leaves, is dropped and its backend request cancelled; who waits is told so."""

import statistics
import time
from itertools import pairwise
from pathlib import Path

import pytest

import stream_replies as replies
from backends import repeat, send, stall, wait
from client import Connection
from configuration import integration
from streams import Stream, events_of, read_stream, stream_request, streamed

PROMPTLY = 0.3
READ_TIMEOUT = 2

# Much wrapping around little text, so that what is in flight is not mistaken for the reply itself,
# which is kept.
WRAPPED = replies.chunk(b": %s\n" % (b"x" * 900) + replies.token("openai", "word "))
LARGE = "x" * 1000
LARGE_COUNT = 12_000

POURING = [send(replies.head("openai")), repeat(WRAPPED)]
TALKING = [str(number) for number in range(100)]


@pytest.fixture(scope="module")
def running(gateways, backends):
    """One gateway for all of this file; `running.servers` are the bots' backends."""
    pieces = [replies.chunk(piece.data) for piece in replies.pieces("openai", ["a", "b"])]
    begun = replies.head("openai") + b"".join(pieces[:2])
    rest = b"".join(pieces[2:]) + b"0\r\n\r\n"
    servers = {
        "pouring": backends(POURING),
        "large": backends(replies.stream("openai", [LARGE] * LARGE_COUNT)),
        "talking": backends(replies.stream("openai", TALKING, interval=0.02)),
        "going": backends(replies.stream("openai", TALKING, interval=0.1)),
        "resting": backends([send(begun), wait(READ_TIMEOUT + 1.5), send(rest)]),
        "silent": backends([stall()]),
        "begun": backends([send(replies.head("openai")), stall()]),
        "quick": backends(replies.stream("openai", ["a"])),
    }
    sections: dict = {
        "server": {"idle_timeout": f"{READ_TIMEOUT}s", "max_connections_per_ip": 0},
        "limits": {"in_flight": 1000},
    }
    for bot, server in servers.items():
        sections[f"bot {bot}"] = {}
        sections[f"integration {bot}"] = integration(
            server.url, "openai", bot=bot, max_response="100M", idle_timeout="20s"
        )
    sections["integration large"]["idle_timeout"] = "500ms"
    started = gateways(sections)
    started.servers = servers
    return started


def slow_reader(running, bot: str) -> Connection:
    """A client that has sent its message and reads nothing yet."""
    connection = Connection(running.addresses[0], receive_buffer=4096)
    connection.send(stream_request(running.client(), bot=bot))
    return connection


def await_standstill(connection, limit=10) -> int:
    """Until a backend cannot send any more; how much it has sent."""
    end = time.monotonic() + limit
    before, since = -1, time.monotonic()
    while time.monotonic() < end:
        if connection.sent != before:
            before, since = connection.sent, time.monotonic()
        elif before and time.monotonic() - since > 0.4:
            return before
        time.sleep(0.02)
    raise AssertionError(f"the backend goes on sending, {connection.sent} bytes by now")


def bytes_queued_for(client: Connection) -> int:
    """What the kernel keeps for a client that it cannot send yet."""
    port = f":{client.socket.getsockname()[1]:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    (row,) = [row for row in rows if row[2].endswith(port)]
    return int(row[4].partition(":")[0], 16)


def newest(server, count):
    return server.await_connections(count)[-1]


def test_a_slow_reader_slows_its_own_backend_alone(running):
    """The backend is blocked, memory is flat, others get their tokens as they are made, and the
    gateway rests."""
    assert streamed(running.client(), bot="talking").message
    before = running.resident_kilobytes()
    server = running.servers["pouring"]
    count = len(server.connections)
    with slow_reader(running, "pouring") as reader:
        backend = newest(server, count + 1)
        await_standstill(backend)
        assert bytes_queued_for(reader) < 256 << 10
        stream, growth = Stream(), running.resident_kilobytes() - before
        ticks = running.cpu_ticks()
        with running.client().open() as other:
            other.send(stream_request(running.client(), bot="talking"))
            arrivals = [event.at for event in events_of(other, stream)]
        gaps = [b - a for a, b in pairwise(arrivals)]
        assert stream.text == "".join(TALKING)
        assert statistics.median(gaps) < 0.03 and max(gaps) < 0.3
        assert running.cpu_ticks() - ticks < 40
    assert growth < 1024, f"{growth} kB more for {backend.sent} bytes"


def test_a_slow_reader_gets_all_of_it(running):
    """Also where it rests for longer than the backend may be silent."""
    with slow_reader(running, "large") as connection:
        time.sleep(1)
        stream = read_stream(connection)
    assert len(stream.deltas) == LARGE_COUNT
    assert stream.data["content"] == LARGE * LARGE_COUNT


def test_who_reads_nothing_is_dropped(running):
    server = running.servers["pouring"]
    count = len(server.connections)
    with slow_reader(running, "pouring"):
        backend = newest(server, count + 1)
        await_standstill(backend)
        standstill = time.monotonic()
        assert backend.left.wait(READ_TIMEOUT + 5)
        waited = backend.left_at - standstill
    assert READ_TIMEOUT - 1.5 < waited < READ_TIMEOUT + 1 + PROMPTLY


def test_a_backend_that_pauses_longer_than_that_is_no_slow_reader(running):
    assert streamed(running.client(), bot="resting").text == "ab"


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("bot", ["silent", "begun", "going", "pouring"])
def test_who_leaves_cancels_the_backend_request(running, bot, reset):
    """Before the first token, while they come, and while it is too slow for them."""
    server = running.servers[bot]
    count = len(server.connections)
    connection = slow_reader(running, bot)
    backend = newest(server, count + 1)
    server.await_requests(1)
    if bot == "going":
        next(events_of(connection, Stream()))
    elif bot == "pouring":
        await_standstill(backend)
    else:
        time.sleep(0.1)
    connection.close(reset)
    left = time.monotonic()
    assert backend.left.wait(5)
    assert backend.left_at - left < PROMPTLY


def test_many_that_leave_leave_nothing_behind(running):
    for bot in ["going", "pouring", "begun"]:
        for _ in range(10):
            with slow_reader(running, bot) as connection:
                if bot != "begun":
                    connection.read_head()
    assert streamed(running.client(), bot="quick").text == "a"
    running.await_sockets_closed(5)


def test_the_first_token_comes_at_once(running):
    """The backend's own time and at most 1 ms, on a machine that has nothing else to do."""
    times = []
    with running.client().open() as connection:
        for _ in range(50):
            start = time.monotonic()
            connection.send(stream_request(running.client(), bot="quick"))
            stream = Stream()
            times.append(next(events := events_of(connection, stream)).at - start)
            assert [event.type for event in events] == ["message"]
    assert statistics.median(times) < 0.01
