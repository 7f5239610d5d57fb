"""Hosts that lack something: descriptors, memory, a writable disk, a network, the time of day."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import replies
from address import Address
from client import connections
from clock import SetClock
from configuration import integration
from networks import namespace, run_as_root

YEAR_2026 = 1_767_225_600


# ---- Descriptors


def test_few_descriptors_lower_the_number_of_clients(gateway, backend):
    """With 64 descriptors some clients are turned away, and no message lacks its backend."""
    server = backend(replies.document(replies.openai_document("fine")))
    sections = {
        "server": {"max_connections_per_ip": 0},
        "bot default": {},
        "integration only": integration(server.url, "openai"),
    }
    running = gateway(sections, wrapper=["prlimit", "--nofile=64:64"])
    line = running.await_log("few_descriptors")
    allowed = int(re.search(r"connections=(\d+)", line)[1])
    assert "limit=64" in line and f"at most {allowed} clients" in line
    client = running.client(timeout=10)

    def ask(_):
        try:
            return client.message("hi").status
        except (ConnectionError, OSError):
            return "closed"

    for _ in range(3):
        with ThreadPoolExecutor(60) as crowd:
            seen = list(crowd.map(ask, range(120)))
        assert set(seen) <= {200, 503, "closed"}, set(seen)
        assert 200 in seen
    # Clients that are silent hold their places, and a later one gets a message through.
    with connections(client, allowed - 1):
        assert client.message("hi").status == 200
    assert client.message("hi").data["content"] == "fine"
    log = running.log
    assert "outcome=ok" in log
    for failure in ["accept_failed", "outcome=connection_failed", "outcome=failed"]:
        assert failure not in log, failure
    assert running.descriptor_count() < 64


def test_a_raised_max_connections_is_lowered_again(gateway):
    running = gateway({"server": {"max_connections": 4}}, wrapper=["prlimit", "--nofile=64:64"])
    file = running.log_path.with_suffix(".conf")
    file.write_text(file.read_text().replace("max_connections = 4", "max_connections = 400"))
    running.await_log("configuration_reloaded")
    client = running.client(timeout=5)
    opened = []
    with suppress(ConnectionError, OSError):
        for _ in range(40):
            opened.append(client.open().__enter__())
    time.sleep(0.2)
    assert running.descriptor_count() < 64
    assert "turned_away reason=max_connections" in running.log
    for connection in opened:
        with suppress(OSError):
            connection.__exit__(None, None, None)


# ---- Memory


class MemoryGroup:
    """A cgroup with a limit of memory; version 1 or 2."""

    def __init__(self, byte_count: int):
        two = Path("/sys/fs/cgroup/cgroup.controllers").exists()
        root = Path("/sys/fs/cgroup" if two else "/sys/fs/cgroup/memory")
        self.folder = root / f"postern-test-{time.monotonic_ns()}"
        try:
            self.folder.mkdir()
            limit = "memory.max" if two else "memory.limit_in_bytes"
            (self.folder / limit).write_text(str(byte_count))
        except OSError as error:
            pytest.skip(f"no cgroup can be made: {error}")

    @property
    def wrapper(self):
        return ["sh", "-c", f'echo $$ > {self.folder}/cgroup.procs && exec "$@"', "sh"]

    @property
    def kills(self):
        for name in ["memory.events", "memory.oom_control"]:
            with suppress(OSError):
                found = re.search(r"^oom_kill (\d+)", (self.folder / name).read_text(), re.M)
                return int(found[1]) if found else 0
        return 0

    def remove(self):
        for _ in range(100):
            try:
                self.folder.rmdir()
                break
            except OSError:
                time.sleep(0.05)


@contextmanager
def memory_group(byte_count):
    made = MemoryGroup(byte_count)
    try:
        yield made
    finally:
        made.remove()


def test_32_megabytes_are_enough(gateway, backend, tmp_path):
    """With everything on, and 64 clients that send large messages at once."""
    server = backend(replies.document(replies.openai_document("x" * 20_000)))
    with memory_group(32 << 20) as group:
        running = gateway(
            {
                "context": {"file": tmp_path / "ring", "memory": "4M"},
                "server": {"max_connections_per_ip": 0},
                "bot default": {},
                "integration only": integration(server.url, "openai"),
            },
            wrapper=group.wrapper,
        )
        client = running.client()

        def ask(number):
            content = "word " * 4_000
            return client.message(content, conversation_id=f"c{number % 16}").status

        with ThreadPoolExecutor(64) as crowd:
            statuses = list(crowd.map(ask, range(256)))
        assert set(statuses) <= {200, 429}, set(statuses)
        assert running.client().get("/healthz").status == 200
        assert group.kills == 0
        assert running.peak_resident_kilobytes() < 32 << 10
        running.stop()


# ---- A disk that cannot be written


def test_a_read_only_root(gateway, tmp_path):
    """Without a place to write, it serves from memory, and says what it cannot keep."""
    script = 'mount --bind / /mnt && mount -o remount,ro,bind /mnt && exec chroot /mnt "$@"'
    wrapper = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"]
    run_as_root(*wrapper, "true")
    ring = Path("/postern-test.ring")
    running = gateway({"context": {"file": ring}, "bot a": {}}, wrapper=wrapper)
    assert "Read-only file system" in running.await_log("context_memory_only")
    client = running.client()
    assert client.message("hi", bot="a", conversation_id="c").status == 200
    assert client.message("hi", bot="a", conversation_id="c").status == 200
    refused = client.request(
        "PATCH", "/v1/bots/a", b'{"window": 5}', {"Content-Type": "application/json"}
    )
    assert (refused.status, refused.error["code"]) == (503, "configuration_not_writable")
    assert "Read-only file system" in refused.error["message"]
    assert not ring.exists()


# ---- No network


def test_no_network_at_start(gateway, backend):
    """The loopback interface comes up later, and so does a backend's address."""
    with namespace() as network:
        run_as_root("ip", "-n", network.name, "link", "set", "lo", "down")
        run_as_root("ip", "-n", network.name, "address", "flush", "dev", "lo")
        sections = {
            "bot default": {},
            "integration far": integration("https://192.0.2.7/v1", "custom", timeout="2s"),
        }
        socket_path = Path(f"/tmp/postern-{time.monotonic_ns()}.sock")
        here = Address(path=socket_path)
        sections["server"] = {"listen": f"{here}, 127.0.0.1:8080"}
        running = gateway(sections, [here], wrapper=network.wrapper)
        client = running.client(timeout=20)
        assert client.message("hi").status in (502, 503, 504)
        assert client.get("/healthz").status == 200
        network_up = ["ip", "-n", network.name]
        run_as_root(*network_up, "address", "add", "127.0.0.1/8", "dev", "lo")
        run_as_root(*network_up, "link", "set", "lo", "up")
        deadline = time.monotonic() + 10
        while True:
            command = [*network.wrapper, "curl", "-s", "http://127.0.0.1:8080/healthz"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if '"ok"' in done.stdout:
                break
            assert time.monotonic() < deadline, running.log
            time.sleep(0.1)


# ---- The time of day


def test_a_clock_in_1970_that_is_set_later(gateway, backend, tmp_path):
    clock = SetClock(tmp_path, 40)
    server = backend(replies.document(replies.openai_document("fine")))
    sections = {
        "context": {"file": tmp_path / "ring"},
        "bot default": {},
        "integration only": integration(server.url, "openai"),
    }
    running = gateway(sections, environment=clock.environment)
    client = running.client()
    key = {"Idempotency-Key": "one"}

    def ask(**headers):
        path = "/v1/bots/default/messages"
        return client.post(path, {"content": "hi", "conversation_id": "c"}, headers)

    first = ask(**key)
    assert first.status == 200
    assert running.await_log("outcome=ok").startswith("1970-01-01T00:00:")
    status = client.get("/v1/status").data
    assert status["started_at"].startswith("1970-")

    clock.set(YEAR_2026 + 1000)
    again = ask(**key)
    assert again.data == first.data, "the same message is not sent twice"
    assert len(server.requests) == 1
    assert ask().status == 200
    status = client.get("/v1/status").data
    assert status["time"].startswith("2026-01-01T00:1")
    assert status["started_at"].startswith("2026-01-01T00:1")
    assert 0 <= status["uptime_ms"] < 60_000

    (only,) = client.get("/v1/stats").data
    assert only["total"]["drawn"] == only["day"]["drawn"] == 2
    assert only["total"]["since"].startswith("2026-01-01T00:")
    ids = [one["id"] for one in client.get("/v1/exchanges").data]
    assert len(ids) == len(set(ids)) == 2
    assert len(client.get("/v1/conversations/c/messages").data) == 4
    # Time goes on from here; a step back by an hour harms nothing.
    clock.set(YEAR_2026 - 3600)
    assert ask().status == 200
    running.stop()

    later = gateway(sections, environment=clock.environment)
    assert later.client().get("/v1/status").data["started_at"].startswith("2025-12-31")
