"""Load by wrk, and what it costs the servers: messages per second, latency, CPU and memory."""

import os
import re
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LOAD_CORE = "1"
MICROSECONDS_PER_TICK = 1e6 / os.sysconf("SC_CLK_TCK")
MILLISECONDS = {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4, "h": 36e5}
# A thousand conversations one after another, so that none of them has a queue.
MESSAGE = '{"conversation_id":"c%d","user":{"id":"u1"},"content":"Hello, how are you?"}'


@dataclass
class Server:
    """A running server, and the request that it is loaded with."""

    name: str
    port: int
    pids: list[int]
    path: str = "/"
    # The body of each request; without one, messages in Postern's own format.
    body: str | None = None
    rounds: list["Round"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    def cpu_ticks(self) -> int:
        """The CPU time used so far, of user and system."""
        return sum(
            int(number)
            for pid in self.pids
            for number in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        )

    def memory(self, key: str) -> int:
        """`VmRSS` or `RssAnon`, in kilobytes."""
        statuses = [Path(f"/proc/{pid}/status").read_text() for pid in self.pids]
        return sum(int(re.search(rf"^{key}:\s+(\d+)", text, re.M)[1]) for text in statuses)


@dataclass
class Round:
    """What wrk reports about one load: latencies in milliseconds, CPU in microseconds a message."""

    messages: int
    rate: float
    p50: float
    p99: float
    failed: int
    cpu: float = 0


def parsed(output: str) -> Round:
    """Reads what wrk prints with `--latency`.

    Percentiles are the lines of the section "Latency Distribution". Other lines have percentages
    too: the share within one standard deviation may also be 50.00% or 99.99%."""
    section = output.partition("Latency Distribution\n")[2]
    percentiles = dict(re.findall(r"^ +(\d+)% +(\S+)$", section, re.M))
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    return Round(
        messages=int(re.search(r"(\d+) requests in", output)[1]),
        rate=float(re.search(r"Requests/sec: +([\d.]+)", output)[1]),
        p50=_milliseconds(percentiles["50"]),
        p99=_milliseconds(percentiles["99"]),
        failed=int(failed[1]) if failed else 0,
    )


def _milliseconds(text: str) -> float:
    value, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m|h)", text).groups()
    return float(value) * MILLISECONDS[unit]


def run_wrk(server: Server, connections: int, seconds: int) -> Round:
    """Loads a server, with wrk on a core of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write('wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n')
        if server.body is not None:
            script.write(f"wrk.body = [==[{server.body}]==]\n")
        else:
            script.write(
                "local n = 0\nfunction request()\n  n = n + 1\n"
                f"  return wrk.format(nil, nil, nil, string.format('{MESSAGE}', n % 1000))\nend\n"
            )
        script.flush()
        command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}"]
        command += ["--latency", "--timeout", "30s", "-s", script.name, server.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"wrk failed at {server.url}: {done.stdout}{done.stderr}")
    return parsed(done.stdout)


def compare(
    servers: list[Server], connections: int, seconds: int, rounds: int = 3
) -> Iterator[str]:
    """Loads the servers one after another, `rounds` times, so that drift of the machine reaches all
    of them alike. Returns a line of medians for each; `x` is the CPU relative to the first's."""
    for server in servers:
        server.rounds = []
    for _ in range(rounds):
        for server in servers:
            before = server.cpu_ticks()
            round_ = run_wrk(server, connections, seconds)
            ticks = server.cpu_ticks() - before
            round_.cpu = ticks * MICROSECONDS_PER_TICK / max(round_.messages, 1)
            server.rounds.append(round_)
    first = None
    for server in servers:
        rate, p50, p99, cpu, failed = (
            statistics.median(getattr(round_, name) for round_ in server.rounds)
            for name in ("rate", "p50", "p99", "cpu", "failed")
        )
        first = first or cpu
        yield (
            f"c={connections:<4} {server.name:<16} {rate:>7.0f}/s  p50 {p50:7.3f} ms  "
            f"p99 {p99:7.3f} ms  cpu {cpu:6.1f} us  x{cpu / first:5.2f}  "
            f"rss {server.memory('VmRSS')} kB  anon {server.memory('RssAnon')} kB  "
            f"failed {failed:.0f}"
        )
