"""Streams and time. A slow reader slows down only its own backend. A client that reads nothing,
or leaves, is dropped and its backend request cancelled. A client that waits is told so."""

import statistics
import time
from itertools import pairwise
from pathlib import Path

import pytest

import stream_replies as replies
from backends import repeat, send, stall, wait
from client import Connection
from configuration import integration
from stream_client import Stream, events_of, read_stream, stream_request, streamed

pytestmark = pytest.mark.timing

PROMPTLY = 0.3
READ_TIMEOUT = 2
CROWD = 30
# Its connection, what libmicrohttpd and libcurl keep for it, and twice the 16 KB of each side.
KILOBYTES_PER_STREAM = 192
KEPT_KILOBYTES = 1536

# Much framing around little text, so that bytes in flight are not mistaken for the reply itself,
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
    return serving(gateways, servers)


def serving(start, servers):
    """A gateway with a bot for each of these backends."""
    sections: dict = {
        "server": {"idle_timeout": f"{READ_TIMEOUT}s", "max_connections_per_ip": 0},
        "limits": {"in_flight": 1000},
    }
    for bot, server in servers.items():
        sections[f"bot {bot}"] = {}
        sections[f"integration {bot}"] = integration(
            server.url,
            "openai",
            bot=bot,
            max_response="100M",
            idle_timeout="500ms" if bot == "large" else "20s",
        )
    started = start(sections)
    started.servers = servers
    return started


def slow_reader(running, bot: str) -> Connection:
    """A client that has sent its message and reads nothing yet."""
    connection = Connection(running.addresses[0], receive_buffer=4096)
    connection.send(stream_request(running.client(), bot=bot))
    return connection


def await_standstill(*connections, limit=10) -> float:
    """Waits until backends cannot send any more; returns since when."""
    end = time.monotonic() + limit
    before, since = -1, time.monotonic()
    while time.monotonic() < end:
        sent = sum(connection.sent for connection in connections)
        if sent != before:
            before, since = sent, time.monotonic()
        elif before and time.monotonic() - since > 0.4:
            return since
        time.sleep(0.02)
    raise AssertionError(f"the backends go on sending, {before} bytes by now")


def bytes_queued_for(client: Connection) -> int:
    """The number of bytes that the kernel keeps for a client that does not read."""
    ours, theirs = (
        f":{address[1]:04X}"
        for address in (client.socket.getsockname(), client.socket.getpeername())
    )
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    # The gateway's side. A connection of another process may have the same port.
    (row,) = [row for row in rows if row[1].endswith(theirs) and row[2].endswith(ours)]
    return int(row[4].partition(":")[0], 16)


def newest(server, count):
    return server.await_connections(count)[-1]


def test_a_slow_reader_slows_its_own_backend_alone(running):
    """The backend is blocked, memory is flat, others get their tokens as they are made, and the
    gateway sleeps."""
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
    """Also if it rests for longer than the backend may be silent."""
    with slow_reader(running, "large") as connection:
        time.sleep(1)
        stream = read_stream(connection)
    assert len(stream.deltas) == LARGE_COUNT
    assert stream.data["content"] == LARGE * LARGE_COUNT


def test_a_client_that_reads_nothing_is_dropped(running):
    server = running.servers["pouring"]
    count = len(server.connections)
    with slow_reader(running, "pouring"):
        backend = newest(server, count + 1)
        standstill = await_standstill(backend)
        assert backend.left.wait(READ_TIMEOUT + 5)
        waited = backend.left_at - standstill
    assert READ_TIMEOUT - 1 < waited < READ_TIMEOUT + 1


def test_a_backend_that_pauses_longer_than_that_is_no_slow_reader(running):
    assert streamed(running.client(), bot="resting").text == "ab"


@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize("bot", ["silent", "begun", "going", "pouring"])
def test_leaving_a_stream_cancels_the_backend_request(running, bot, reset):
    """Before the first token, between tokens, and while the client is too slow for them."""
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


def test_many_clients_that_leave_are_forgotten(running):
    for bot in ["going", "pouring", "begun"]:
        for _ in range(10):
            with slow_reader(running, bot) as connection:
                if bot != "begun":
                    connection.read_head()
    assert streamed(running.client(), bot="quick").text == "a"
    running.await_sockets_closed(5)


def test_memory_of_clients_that_leave_or_read_nothing_returns(gateway, backend):
    """A third of them each: left in good order, left in disorder, and dropped."""
    pouring, quick = backend(POURING), backend(replies.stream("openai", ["a"]))
    running = serving(gateway, {"pouring": pouring, "quick": quick})
    assert streamed(running.client(), bot="quick").message
    memory, descriptors = running.resident_kilobytes(), running.descriptor_count()
    readers = [slow_reader(running, "pouring") for _ in range(CROWD)]
    asked = pouring.await_connections(CROWD)
    await_standstill(*asked)
    assert running.resident_kilobytes() - memory < CROWD * KILOBYTES_PER_STREAM
    for number, reader in enumerate(readers):
        if number % 3:
            reader.close(reset=number % 3 == 1)
    for connection in asked:
        assert connection.left.wait(READ_TIMEOUT + 1)
    for reader in readers:
        reader.close()
    running.await_sockets_closed()
    deadline = time.monotonic() + 3
    while (kept := running.resident_kilobytes() - memory) >= KEPT_KILOBYTES:
        assert time.monotonic() < deadline, f"{kept} kB more than before"
        time.sleep(0.1)
    assert running.descriptor_count() <= descriptors + 2


def test_the_first_token_comes_at_once(running):
    """The backend's own time and at most 1 ms, on a machine without other work."""
    times = []
    with running.client().open() as connection:
        for _ in range(50):
            start = time.monotonic()
            connection.send(stream_request(running.client(), bot="quick"))
            stream = Stream()
            times.append(next(events := events_of(connection, stream)).at - start)
            assert [event.type for event in events] == ["message"]
    assert statistics.median(times) < 0.01
