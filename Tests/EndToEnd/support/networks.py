"""Networks and names of a gateway's own. They need root, and are skipped where that is missing."""

import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


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


class Link:
    """A network namespace, linked to this one by a pair of interfaces. `wrapper` starts processes
    in it; `address` is where they reach this one."""

    def __init__(self, name: str, number: int):
        self.name = name
        self.address = f"10.213.{number}.1"
        self.wrapper = ["ip", "netns", "exec", name]

    def set_up(self) -> None:
        outer, inner = f"{self.name}a", f"{self.name}b"
        inside = ("ip", "-n", self.name)
        run_as_root("ip", "netns", "add", self.name)
        run_as_root("ip", "link", "add", outer, "type", "veth", "peer", inner, "netns", self.name)
        run_as_root("ip", "address", "add", f"{self.address}/30", "dev", outer)
        run_as_root("ip", "link", "set", outer, "up")
        run_as_root(*inside, "address", "add", f"{self.address[:-1]}2/30", "dev", inner)
        run_as_root(*inside, "link", "set", inner, "up")
        run_as_root(*inside, "link", "set", "lo", "up")

    def swallow(self, port: int) -> None:
        """Loses all that is sent from a port of the namespace, without an error."""
        match = ("ipproto", "tcp", "sport", str(port))
        run_as_root("ip", "-n", self.name, "rule", "add", "pref", "10", "blackhole", *match)

    def remove(self) -> None:
        # The interfaces end with the namespace.
        subprocess.run(["ip", "netns", "delete", self.name], capture_output=True, check=False)


# The namespace of a link that was removed ends a little later.
numbers = itertools.count(os.getpid())


@contextmanager
def link() -> Iterator[Link]:
    """A link, removed at the end."""
    number = next(numbers)
    made = Link(f"postern{number % 100_000}", number % 254 + 1)
    try:
        made.set_up()
        yield made
    finally:
        made.remove()
