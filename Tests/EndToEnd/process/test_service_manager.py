"""What the service manager is told, and what it may pass on: sd_notify(3), sd_listen_fds(3)."""

import os
import signal
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from address import Address, free_port, loopback
from configuration import integration


class Manager:
    """The notification socket of a service manager."""

    def __init__(self, place: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + place[1:] if place.startswith("@") else place)
        self.socket.settimeout(10)
        self.environment = {"NOTIFY_SOCKET": place}

    def receive(self) -> dict[str, str]:
        """The next notification."""
        lines = self.socket.recv(4096).decode().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def await_value(self, name: str) -> str:
        """The value in the first notification from now on that has it."""
        while name not in (notification := self.receive()):
            pass
        return notification[name]

    def drain(self) -> list[dict[str, str]]:
        """What has come already."""
        received = []
        self.socket.settimeout(0)
        with suppress(BlockingIOError):
            while True:
                received.append(self.receive())
        self.socket.settimeout(10)
        return received


@pytest.fixture
def manager(request, tmp_path):
    """A service manager with a path or, as some have, an abstract name."""
    is_abstract = getattr(request, "param", "path") == "abstract"
    one = Manager(f"@postern-{os.getpid()}" if is_abstract else str(tmp_path / "notify"))
    yield one
    one.socket.close()


@pytest.mark.parametrize("manager", ["path", "abstract"], indirect=True)
def test_its_life_is_told(managed, manager):
    running = managed(**manager.environment)
    assert manager.receive() == {
        "READY": "1",
        "STATUS": "serving 1 bot, all integrations are ready",
    }
    before = time.monotonic_ns() // 1000
    running.running.signal(signal.SIGHUP)
    reloading = manager.receive()
    assert reloading["RELOADING"] == "1"
    assert before <= int(reloading["MONOTONIC_USEC"]) <= time.monotonic_ns() // 1000
    assert manager.receive() == {"READY": "1"}
    running.running.signal(signal.SIGTERM)
    assert manager.receive() == {"STOPPING": "1", "STATUS": "stopping"}
    assert running.running.await_exit() == 0


def test_a_reload_that_fails_ends_too(managed, manager):
    running = managed(**manager.environment)
    assert manager.receive()["READY"] == "1"
    running.file.write_text("[server]\nlisen = 1\n")
    running.running.signal(signal.SIGHUP)
    assert manager.await_value("RELOADING") == "1"
    ended = manager.receive()
    assert ended["READY"] == "1"
    assert f"{running.file}:2: " in ended["STATUS"]


@pytest.mark.timing
def test_signs_of_life_tell_how_it_is(gateway, manager):
    dead = integration(f"http://127.0.0.1:{free_port()}/", breaker="1/30s", retries=0)
    environment = {**manager.environment, "WATCHDOG_USEC": "400000"}
    running = gateway({"integration gpt": dead}, environment=environment)
    assert manager.receive()["READY"] == "1"
    start = time.monotonic()
    for _ in range(5):
        assert manager.receive() == {"WATCHDOG": "1"}
    assert 0.9 < time.monotonic() - start < 1.9, "a sign comes after half of the time"
    answer = running.client().message()
    assert answer.status == 502
    assert manager.await_value("STATUS").startswith(
        f"serving 1 bot; integration gpt is down: {answer.attempts[0]['message']}"
    )
    with running.paused():
        time.sleep(0.5)
        manager.drain()
        time.sleep(0.5)
        assert not manager.drain(), "a loop that does not turn gives no sign of life"


@pytest.mark.timing
def test_another_process_may_be_watched(gateway, manager):
    environment = {**manager.environment, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"}
    gateway(environment=environment)
    assert manager.receive()["READY"] == "1"
    manager.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        manager.receive()


@pytest.mark.parametrize("place", ["/nonexistent/notify", "@gone", "vsock:2:1", "", "x"])
def test_a_manager_that_is_gone_is_no_error(gateway, place):
    running = gateway(environment={"NOTIFY_SOCKET": place, "WATCHDOG_USEC": "soon"})
    assert running.client().message().status == 200


def activated(*addresses: object) -> list[str]:
    script = Path(__file__).parents[1] / "support/socket_activation.py"
    return [sys.executable, str(script), ",".join(map(str, addresses))]


def test_sockets_of_the_manager_are_used(gateway, tmp_path):
    """Also when they come in another order; the file of a unix socket stays."""
    ip, unix = loopback(), Address(path=tmp_path / "postern.sock")
    running = gateway(addresses=[ip, unix], wrapper=activated(unix.path, ip.port))
    for number in (0, 1):
        assert running.client(address=number).message().status == 200
    assert "sockets_not_used" not in running.log
    running.signal(signal.SIGTERM)
    assert running.await_exit() == 0
    assert unix.path.is_socket()


def test_sockets_at_other_addresses_are_told(gateway):
    running = gateway(wrapper=activated(free_port(), free_port()))
    line = running.await_log("sockets_not_used")
    assert "count=2" in line


def test_sockets_for_another_process_are_left_alone(gateway):
    running = gateway(environment={"LISTEN_PID": "1", "LISTEN_FDS": "2"})
    assert running.client().message().status == 200
    assert "sockets_not_used" not in running.log
