"""Networks and names of a gateway's own. They need root, and are skipped where that is missing."""

import ctypes
import itertools
import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

CLONE_NEWNET = 0x40000000


def run_as_root(*command: str) -> None:
    """Runs a command. The test is skipped if that is not possible."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is missing")
    if done.returncode != 0:
        pytest.skip(f"{' '.join(command)}: {done.stderr.strip()}")


class Hosts:
    """A file in the place of /etc/hosts, for processes that `wrapper` starts."""

    def __init__(self, file: Path):
        self.file = file
        # Written before it is mounted, and then always the same file.
        self.set({})
        mount = f'mount --bind {file} /etc/hosts && exec "$@"'
        self.wrapper = ["unshare", "--mount", "--propagation", "private", "sh", "-c", mount, "sh"]
        run_as_root(*self.wrapper, "true")

    def set(self, addresses: dict[str, str]) -> None:
        self.file.write_text("".join(f"{ip} {name}\n" for name, ip in addresses.items()))


class Namespace:
    """A network namespace with nothing but a loopback interface. `wrapper` starts processes in
    it."""

    def __init__(self, name: str):
        self.name = name
        self.wrapper = ["ip", "netns", "exec", name]

    def set_up(self) -> None:
        run_as_root("ip", "netns", "add", self.name)
        run_as_root("ip", "-n", self.name, "link", "set", "lo", "up")
        # The kernel's own rule for local addresses comes before all others: they could not match.
        run_as_root("ip", "-n", self.name, "rule", "add", "pref", "100", "lookup", "local")
        run_as_root("ip", "-n", self.name, "rule", "delete", "pref", "0")

    def listener(self) -> socket.socket:
        """A socket that listens inside, for a server of this process."""
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(self._listen).result()

    def swallow(self, port: int) -> None:
        """Loses all that is sent from a port, without an error."""
        match = ("ipproto", "tcp", "sport", str(port))
        run_as_root("ip", "-n", self.name, "rule", "add", "pref", "10", "blackhole", *match)

    def add_address(self, host: str) -> None:
        """Gives the loopback interface an address more."""
        options = ["nodad"] if ":" in host else []
        run_as_root("ip", "-n", self.name, "address", "add", host, "dev", "lo", *options)

    def remove(self) -> None:
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True, check=False)

    def _listen(self) -> socket.socket:
        # Only this thread enters the namespace; setns(2).
        with Path("/run/netns", self.name).open() as file:
            entered = ctypes.CDLL(None, use_errno=True).setns(file.fileno(), CLONE_NEWNET)
            assert entered == 0, os.strerror(ctypes.get_errno())
        return socket.create_server(("127.0.0.1", 0), backlog=512)


# The namespace of an earlier test ends a little later.
numbers = itertools.count()


@contextmanager
def namespace() -> Iterator[Namespace]:
    """A namespace, removed at the end."""
    made = Namespace(f"postern-{os.getpid()}-{next(numbers)}")
    try:
        made.set_up()
        yield made
    finally:
        made.remove()
