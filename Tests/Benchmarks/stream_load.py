"""Many streams at once, and what they cost the gateway: `scripts/streams` runs this.

The backend and the clients are processes of their own. Every figure is measured directly at the
backend too, which tells how much of it is theirs. CPU per token is measured in three rounds, in
which all programs take the same streams one after another."""

import asyncio
import json
import resource
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "EndToEnd/support"))

import configuration
import machine
import stream_replies
from address import Address, loopback
from client import Connection, messages_path, request_bytes
from machine import Machine
from postern import Gateway
from replies import json_bytes

RATE = 20
LIMIT = 64
PIECES = [stream_replies.chunk(piece.data) for piece in stream_replies.pieces("openai", ["word "])]
BEGIN, TOKEN, END = PIECES[0], PIECES[1], b"".join(PIECES[2:]) + b"0\r\n\r\n"
MARK = b'"word "'
COMPLETIONS = "/v1/chat/completions"
ROUNDS = 3


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
    """A message in Postern's own format, or a chat completion at the path of those."""
    headers = {"Host": address.authority, "Content-Type": "application/json"}
    document: dict = {"content": "Hello", "stream": True, "conversation_id": conversation}
    if path == COMPLETIONS:
        messages = [{"role": "user", "content": "Hello"}]
        document = {"model": "paced", "stream": True, "messages": messages}
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
        f"  {name:<16} first token {told['first'] * 1000:6.2f} ms (median), gaps "
        f"{told['gap_median'] * 1000:.1f} ms (median) {told['gap_p99'] * 1000:.1f} ms (99 %), "
        f"slowest stream {told['pace'] * 100:.1f} % of its pace"
    )


@dataclass
class Subject:
    """A program whose CPU per token is measured: where, and what it is asked."""

    name: str
    address: Address
    path: str
    pid: int
    costs: list[float] = field(default_factory=list)

    def measure(self, count: int) -> dict:
        """Takes streams through it; returns what the readers told, and notes the CPU per token."""
        before = _cpu_nanoseconds(self.pid)
        told = json.loads(_readers(self.address, self.path, count).communicate()[0])
        self.costs.append((_cpu_nanoseconds(self.pid) - before) / 1000 / told["tokens"])
        return told


def _cpu_nanoseconds(pid: int) -> int:
    """The CPU time of all threads of a process so far."""
    threads = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads)


def _refuses(address: Address) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address.host, address.port)) != 0


def _started(bench: Machine, command: list, address: Address) -> int:
    """Starts a program that listens at an address; returns its process id."""
    process = bench.start(command)
    while _refuses(address):
        if process.poll() is not None:
            raise SystemExit((bench.folder / "log").read_text())
        time.sleep(0.01)
    return process.pid


def _floor(bench: Machine, backend: Address, tokens: int) -> Subject:
    """The C floor takes all tokens of a stream before it answers: it does not pass them on."""
    address = loopback()
    command = [bench.floor(), str(address.port), f"http://{backend.authority}/{tokens}"]
    return Subject("floor", address, "/", _started(bench, command, address))


def _nginx(bench: Machine, backend: Address, tokens: int) -> Subject:
    address = loopback()
    text = (machine.FOLDER / "proxy.nginx.conf").read_text()
    text = text.replace("LISTEN", address.authority).replace("BACKEND", backend.authority)
    file = bench.folder / "proxy.nginx.conf"
    file.write_text(text)
    command = ["nginx", "-p", bench.folder, "-c", file]
    return Subject("nginx", address, f"/{tokens}", _started(bench, command, address))


def _gateway(bench: Machine, binary: Path, backend: Address, tokens: int, live: int) -> Gateway:
    address = loopback()
    sections: dict = {
        "server": {
            "listen": str(address),
            "max_connections": live + 100,
            "max_connections_per_ip": 0,
        },
        "limits": {"in_flight": live + 100},
        "log": {"level": "warning"},
    }
    for bot, count in {"one": 1, "paced": tokens}.items():
        url = f"http://{backend.authority}/{count}"
        sections[f"bot {bot}"] = {}
        sections[f"integration {bot}"] = configuration.integration(url, "openai", bot=bot)
    file = bench.folder / f"{address.port}.conf"
    file.write_text(configuration.rendered(sections))
    log = bench.folder / f"{address.port}.log"
    gateway = Gateway([binary, "run", "-c", file], [address], log).await_readiness()
    bench.callback(gateway.stop)
    return gateway


def measure(
    binaries: dict[str, Path], many: int = 200, live: int = 1000, seconds: int = 10
) -> bool:
    """Prints all figures; returns whether memory and pace are within their limits."""
    tokens = seconds * RATE
    with _backend() as backend, Machine() as bench:
        gateways = {
            name: _gateway(bench, binary, backend, tokens, live)
            for name, binary in binaries.items()
        }
        direct = _first_tokens(backend, "/1")
        print(
            f"time to first token, median of 300, one at a time: {direct * 1000:.3f} ms from the "
            "backend"
        )
        for name, gateway in gateways.items():
            through = _first_tokens(gateway.addresses[0], messages_path("one"))
            print(f"  {(through - direct) * 1000:+.3f} ms through {name}")
        subjects = [_nginx(bench, backend, tokens), _floor(bench, backend, tokens)]
        for name, gateway in gateways.items():
            address, pid = gateway.addresses[0], gateway.process.pid
            subjects.append(Subject(name, address, messages_path("paced"), pid))
            subjects.append(Subject(f"{name} openai", address, COMPLETIONS, pid))
        print(f"{many} streams at once, {RATE} tokens/s each:", flush=True)
        for round_ in range(ROUNDS):
            process = _readers(backend, f"/{tokens}", many)
            told = {"direct": json.loads(process.communicate()[0])}
            told |= {subject.name: subject.measure(many) for subject in subjects}
            for name in told.keys() - {"floor"} if round_ == 0 else ():
                _told(name, told[name])
        print(f"CPU per token, median of {ROUNDS} (x: as a multiple of nginx's):")
        first = statistics.median(subjects[0].costs)
        for subject in subjects:
            cost = statistics.median(subject.costs)
            note = ", without passing it on" if subject.name == "floor" else ""
            print(f"  {subject.name:<16} {cost:5.1f} µs  x{cost / first:5.2f}{note}")
        print(f"{live} live streams, {RATE} tokens/s each:", flush=True)
        _told("direct", json.loads(_readers(backend, f"/{tokens}", live).communicate()[0]))
        is_well = True
        for name, gateway in gateways.items():
            before = gateway.resident_kilobytes()
            process = _readers(gateway.addresses[0], messages_path("paced"), live)
            time.sleep(seconds * 0.7)
            memory = (gateway.resident_kilobytes() - before) / live
            told_live = json.loads(process.communicate()[0])
            _told(name, told_live)
            print(f"  {name:<16} {memory:.1f} KB of resident memory a stream")
            is_well = is_well and memory <= LIMIT and told_live["pace"] >= 0.9
    return is_well


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if sys.argv[1:2] == ["backend"]:
        asyncio.run(_serve())
    elif sys.argv[1:2] == ["read"]:
        asyncio.run(_read(*json.loads(sys.argv[2])))
    else:
        sys.exit(0 if measure(machine.binaries(sys.argv[1:])) else 1)
