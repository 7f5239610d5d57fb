"""What the service manager is told, and what it may pass on: sd_notify(3), sd_listen_fds(3)."""

import os
import signal
import socket
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from address import Address, free_port, loopback
from configuration import integration

MESSAGE = (
    b"POST /v1/bots/default/messages HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: 19\r\n\r\n"
    b'{"content":"Hello"}'
)


class Manager:
    """The notification socket of a service manager."""

    def __init__(self, place: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + place[1:] if place.startswith("@") else place)
        self.socket.settimeout(10)
        self.environment = {"NOTIFY_SOCKET": place}
        # The descriptors that it keeps for the service, by their names.
        self.kept: dict[str, list[int]] = {}

    def receive(self) -> dict[str, str]:
        """The next notification that is not about kept descriptors."""
        while True:
            text, descriptors, _, _ = socket.recv_fds(self.socket, 4096, 16)
            lines = dict(line.split("=", 1) for line in text.decode().splitlines())
            if "FDSTORE" in lines:
                self.kept.setdefault(lines["FDNAME"], []).extend(descriptors)
            elif "FDSTOREREMOVE" in lines:
                self.forget(lines["FDNAME"])
            else:
                return lines

    def forget(self, name: str):
        for descriptor in self.kept.pop(name, []):
            os.close(descriptor)

    @contextmanager
    def passing_on(self, path: Path):
        """Gives what is kept to the next service, which asks for it at a unix socket."""

        def pass_on():
            with listener.accept()[0] as peer:
                socket.send_fds(peer, [b"-"], self.kept["listener"])

        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            thread = threading.Thread(target=pass_on)
            thread.start()
            yield f"kept:{path}"
            thread.join()

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
    for name in list(one.kept):
        one.forget(name)


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
    assert f"{running.file}:2: " in manager.await_value("STATUS")
    assert manager.await_value("READY") == "1"


def test_each_reload_changes_the_status(managed, manager):
    running = managed(**manager.environment)
    assert manager.receive()["READY"] == "1"
    running.file.write_text(running.file.read_text() + "[bot a]\n[bot b]\n")
    assert running.post("/v1/reload", {}).status == 200
    assert manager.receive() == {"STATUS": "serving 2 bots, all integrations are ready"}


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


def test_the_manager_keeps_the_port_over_a_restart(gateway, manager, tmp_path):
    """A client that connects between two processes is answered by the next one."""
    address = loopback()
    unix = Address(path=tmp_path / "postern.sock")
    first = gateway(addresses=[address, unix], environment=manager.environment)
    assert manager.receive()["READY"] == "1"
    assert [len(kept) for kept in manager.kept.values()] == [1], "the file of a unix socket goes"
    first.signal(signal.SIGTERM)
    assert first.await_exit() == 0
    with socket.create_connection((address.host, address.port)) as waiting:
        waiting.sendall(MESSAGE)
        with manager.passing_on(tmp_path / "keeper") as kept:
            gateway(addresses=[address], wrapper=activated(kept), environment=manager.environment)
        waiting.settimeout(10)
        assert b'"content":"Hello"' in waiting.makefile("rb").read()
    assert manager.await_value("READY") == "1"
    assert len(manager.kept["listener"]) == 1


def test_a_kept_port_that_is_not_configured_any_more_is_closed(gateway, manager, tmp_path):
    old = loopback()
    first = gateway(addresses=[old], environment=manager.environment)
    assert manager.receive()["READY"] == "1"
    first.signal(signal.SIGTERM)
    assert first.await_exit() == 0
    with manager.passing_on(tmp_path / "keeper") as kept:
        second = gateway(wrapper=activated(kept), environment=manager.environment)
    assert manager.await_value("READY") == "1"
    assert "sockets_not_used" not in second.log
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((old.host, old.port))


def test_a_port_of_the_manager_is_not_given_back(gateway, manager):
    """It has the socket already, and would pass it on twice."""
    address = loopback()
    gateway(addresses=[address], wrapper=activated(address.port), environment=manager.environment)
    assert manager.receive()["READY"] == "1"
    assert manager.kept == {}


def test_sockets_for_another_process_are_left_alone(gateway):
    running = gateway(environment={"LISTEN_PID": "1", "LISTEN_FDS": "2"})
    assert running.client().message().status == 200
    assert "sockets_not_used" not in running.log
