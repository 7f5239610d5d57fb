"""Many streams at once, and what they cost the gateway: `scripts/streams` runs this.

The backend and the clients are processes of their own. Every figure is measured twice, through the
gateway and directly at the backend, which tells what of it is theirs."""

import asyncio
import json
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import configuration
import stream_replies
from address import Address, loopback
from client import Connection, messages_path, request_bytes
from postern import Gateway, cpu_ticks
from replies import json_bytes

RATE = 20
LIMIT = 64
PIECES = [stream_replies.chunk(piece.data) for piece in stream_replies.pieces("openai", ["word "])]
BEGIN, TOKEN, END = PIECES[0], PIECES[1], b"".join(PIECES[2:]) + b"0\r\n\r\n"
MARK = b'"word "'


class _Streaming(asyncio.Protocol):
    """Answers with as many tokens as the path says: `/40` is 2 s of them, `/1` is one at once."""

    def connection_made(self, transport) -> None:
        self.transport, self.data = transport, b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, mark, body = self.data.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        if not mark or len(body) < int(length):
            return
        self.data = b""
        self.loop = asyncio.get_running_loop()
        self.left = int(head.split(b" ")[1][1:])
        self.due = self.loop.time()
        self.transport.write(stream_replies.head("openai") + BEGIN + TOKEN)
        self._go_on()

    def _go_on(self) -> None:
        self.left -= 1
        if self.left <= 0:
            self.transport.write(END)
            return
        self.due += 1 / RATE
        self.loop.call_at(self.due, self._send)

    def _send(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(TOKEN)
            self._go_on()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(
        _Streaming, "127.0.0.1", 0, backlog=4096
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


class _Reading(asyncio.Protocol):
    """One stream's client: notes when each token came."""

    def __init__(self, request: bytes, is_over: asyncio.Future) -> None:
        self.request, self.is_over = request, is_over
        self.times: list[float] = []
        self.rest = b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.start = time.monotonic()
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        data = self.rest + data
        count = data.count(MARK)
        self.times += [time.monotonic()] * count
        # A mark that is not whole yet begins in what is kept; a whole one is not counted again.
        self.rest = data[data.rfind(MARK) + len(MARK) :] if count else data
        self.rest = self.rest[-len(MARK) + 1 :]
        if data.endswith((b"0\r\n\r\n", b"[DONE]\n\n")):
            self.transport.close()
            self.is_over.set_result(None)

    def connection_lost(self, error) -> None:
        if not self.is_over.done():
            self.is_over.set_exception(ConnectionError("cut"))


async def _read(host: str, port: int, path: str, count: int) -> None:
    loop = asyncio.get_running_loop()
    readers = []
    for number in range(count):
        request = _request(Address(host, port), path, f"stream-{number}")
        over = loop.create_future()
        _, reader = await loop.create_connection(
            lambda request=request, over=over: _Reading(request, over), host, port
        )
        readers.append(reader)
        await asyncio.sleep(1 / RATE / 10 if number % 5 == 0 else 0)
    await asyncio.gather(*(reader.is_over for reader in readers))
    gaps = sorted(
        later - earlier for reader in readers for earlier, later in pairwise(reader.times)
    )
    slowest = max(
        (reader.times[-1] - reader.times[0]) / (len(reader.times) - 1) for reader in readers
    )
    pace = 1 / RATE / slowest if slowest else None
    print(
        json.dumps(
            {
                "tokens": sum(len(reader.times) for reader in readers),
                "first": statistics.median(reader.times[0] - reader.start for reader in readers),
                "gap_median": statistics.median(gaps),
                "gap_p99": gaps[len(gaps) * 99 // 100],
                "pace": pace,
            }
        )
    )


def _request(address: Address, path: str, conversation: str) -> bytes:
    headers = {"Host": address.authority, "Content-Type": "application/json"}
    document = {"content": "Hello", "stream": True, "conversation_id": conversation}
    return request_bytes("POST", path, headers, json_bytes(document))


@contextmanager
def _backend():
    process = subprocess.Popen([sys.executable, __file__, "backend"], stdout=subprocess.PIPE)
    try:
        yield Address("127.0.0.1", int(process.stdout.readline()))
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _readers(address: Address, path: str, count: int) -> subprocess.Popen:
    plan = json.dumps([address.host, address.port, path, count])
    return subprocess.Popen([sys.executable, __file__, "read", plan], stdout=subprocess.PIPE)


def _first_tokens(address: Address, path: str, count: int = 300) -> float:
    """The median of the time to the first token, one stream after the other."""
    times = []
    with Connection(address) as connection:
        for number in range(count):
            start = time.monotonic()
            connection.send(_request(address, path, f"first-{number}"))
            connection.read_head()
            body = b""
            for piece in connection.read_pieces(is_chunked=True):
                if MARK not in body and MARK in body + piece:
                    times.append(time.monotonic() - start)
                body += piece
    assert len(times) == count
    return statistics.median(times)


def _told(name: str, told: dict) -> None:
    print(
        f"  {name:<9} first token {told['first'] * 1000:6.2f} ms (median), gaps "
        f"{told['gap_median'] * 1000:.1f} ms (median) {told['gap_p99'] * 1000:.1f} ms (99 %), "
        f"slowest stream {told['pace'] * 100:.1f} % of its pace"
    )


def _floor_cpu_per_token(floor: str, backend: Address, count: int, tokens: int) -> float:
    """What it costs the floor to take a token. It passes them on when all have come."""
    address = loopback()
    command = [floor, str(address.port), f"http://{backend.authority}/{tokens}"]
    with subprocess.Popen(command) as process:
        try:
            while _refuses(address):
                time.sleep(0.01)
            before = cpu_ticks(process.pid)
            told = json.loads(_readers(address, "/", count).communicate()[0])
            return (cpu_ticks(process.pid) - before) / 100 / told["tokens"]
        finally:
            process.kill()


def _refuses(address: Address) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port)) != 0


def measure(
    binary: str, floor: str | None = None, many: int = 200, live: int = 1000, seconds: int = 10
) -> bool:
    """Prints all figures; returns whether memory and pace are within their limits."""
    tokens = seconds * RATE
    with _backend() as backend, tempfile.TemporaryDirectory() as folder:
        address = loopback()
        bots = {"one": 1, "paced": tokens}
        sections: dict = {
            "server": {
                "listen": str(address),
                "max_connections": live + 100,
                "max_connections_per_ip": 0,
            },
            "limits": {"in_flight": live + 100},
            "log": {"level": "warning"},
        }
        for bot, count in bots.items():
            url = f"http://{backend.authority}/{count}"
            sections[f"bot {bot}"] = {}
            sections[f"integration {bot}"] = configuration.integration(url, "openai", bot=bot)
        file = Path(folder) / "postern.conf"
        file.write_text(configuration.rendered(sections))
        command = [binary, "run", "-c", file]
        gateway = Gateway(command, [address], Path(folder) / "log").await_readiness()
        try:
            direct = _first_tokens(backend, "/1")
            through = _first_tokens(address, messages_path("one"))
            print(
                f"time to first token, median of 300, one at a time: {direct * 1000:.3f} ms from "
                f"the backend, {(through - direct) * 1000:+.3f} ms through Postern"
            )
            print(f"{many} streams at once, {RATE} tokens/s each:")
            process = _readers(backend, f"/{tokens}", many)
            _told("direct", json.loads(process.communicate()[0]))
            ticks = gateway.cpu_ticks()
            process = _readers(address, messages_path("paced"), many)
            told = json.loads(process.communicate()[0])
            _told("Postern", told)
            cpu = (gateway.cpu_ticks() - ticks) / 100 / told["tokens"]
            print(f"  CPU per token: {cpu * 1e6:.1f} µs")
            if floor:
                cpu = _floor_cpu_per_token(floor, backend, many, tokens)
                print(f"  the floor takes a token, without passing it on, in {cpu * 1e6:.1f} µs")
            print(f"{live} live streams, {RATE} tokens/s each:")
            process = _readers(backend, f"/{tokens}", live)
            _told("direct", json.loads(process.communicate()[0]))
            before = gateway.resident_kilobytes()
            ticks = gateway.cpu_ticks()
            process = _readers(address, messages_path("paced"), live)
            time.sleep(seconds * 0.7)
            memory = (gateway.resident_kilobytes() - before) / live
            told = json.loads(process.communicate()[0])
            _told("Postern", told)
            cpu = (gateway.cpu_ticks() - ticks) / 100 / told["tokens"]
            print(f"  CPU per token: {cpu * 1e6:.1f} µs; resident memory: {memory:.1f} KB a stream")
        finally:
            gateway.stop()
    return memory <= LIMIT and told["pace"] >= 0.9


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if sys.argv[1] == "backend":
        asyncio.run(_serve())
    elif sys.argv[1] == "read":
        asyncio.run(_read(*json.loads(sys.argv[2])))
    else:
        sys.exit(0 if measure(*sys.argv[1:3]) else 1)
