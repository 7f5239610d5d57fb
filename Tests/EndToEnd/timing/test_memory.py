"""Memory does not grow with use, and operations answer within 50 ms meanwhile.

`scripts/soak` runs this with a million messages over 100,000 conversations."""

import os
import re
import time
from pathlib import Path

import pytest

from backends import stall
from client import connections
from configuration import integration
from load import quick_backend, start_messages

pytestmark = pytest.mark.timing

MESSAGES = int(os.environ.get("POSTERN_SOAK_MESSAGES", 6000))
CONVERSATIONS = max(MESSAGES // 10, 1)
WAITING = 200
WARM_UP = 1000
ALLOWED_GROWTH = 1024
PROMPTLY = 0.05


def probe_while_running(client, process, path="/healthz"):
    """How many seconds each of many requests took."""
    latencies = []
    while process.poll() is None:
        start = time.monotonic()
        assert client.get(path).status == 200
        latencies.append(time.monotonic() - start)
        time.sleep(0.01)
    assert process.returncode == 0
    return sorted(latencies)


def test_memory_is_flat_and_operations_prompt(gateway, backend):
    """Meanwhile another backend never answers, and hundreds of messages wait for it."""
    dead = backend([stall()])
    with quick_backend() as url:
        running = gateway(
            {
                "server": {"max_connections_per_ip": 0},
                "bot waiting": {},
                "bot busy": {},
                "integration dead": integration(dead.url, bot="waiting", timeout="1h"),
                "integration quick": integration(url, "openai", bot="busy"),
                "log": {"level": "warning"},
            }
        )
        client = running.client()
        with connections(client, WAITING) as waiting:
            for connection in waiting:
                connection.send(client.message_request(bot="waiting"))
            dead.await_requests(WAITING)
            address = running.addresses[0]
            warm_up = start_messages(address, "busy", range(WARM_UP), CONVERSATIONS)
            probe_while_running(client, warm_up)
            before = running.resident_kilobytes()
            rest = start_messages(address, "busy", range(WARM_UP, MESSAGES), CONVERSATIONS)
            latencies = probe_while_running(client, rest)
            after = running.resident_kilobytes()
    print(
        f"{MESSAGES} messages, RSS {before} kB after {WARM_UP}, {after} kB after all; "
        f"/healthz median {latencies[len(latencies) // 2] * 1000:.2f} ms, "
        f"slowest {latencies[-1] * 1000:.2f} ms of {len(latencies)}"
    )
    assert abs(after - before) <= ALLOWED_GROWTH
    assert latencies[-1] < PROMPTLY


def test_waiting_messages_cost_no_cpu(gateway, backend):
    """A loop that spins while it waits would be seen here."""
    dead = backend([stall()])
    running = gateway(
        {
            "server": {"max_connections_per_ip": 0},
            "integration dead": integration(dead.url, timeout="1h"),
        }
    )

    with connections(running.client(), WAITING) as waiting:
        for connection in waiting:
            connection.send(running.client().message_request())
        dead.await_requests(WAITING)
        before = running.cpu_ticks()
        time.sleep(1)
        assert running.cpu_ticks() - before <= 5, "of 100 in a second"


def test_an_idle_gateway_does_not_wake_up_often(gateway):
    running = gateway()
    running.client().message("hi")

    def switches():
        status = Path(f"/proc/{running.process.pid}/status").read_text()
        return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status, re.MULTILINE)[1])

    time.sleep(0.5)
    before = switches()
    time.sleep(2)
    assert switches() - before <= 10
