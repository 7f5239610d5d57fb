"""A machine of Debian with a booted systemd, in a container that has a network of its own.

It needs systemd-nspawn and root. What is written in it is in memory, and is gone at its end."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = [
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    "DEBIAN_FRONTEND=noninteractive",
    "LANG=C.UTF-8",
]


def await_value(value, seconds: float = 20):
    """What `value` returns once that is true."""
    end = time.monotonic() + seconds
    while not (result := value()):
        assert time.monotonic() < end, f"{value} did not become true within {seconds} s"
        time.sleep(0.05)
    return result


class Machine:
    def __init__(self, root: Path, packages: Path, log: Path):
        self.log = log
        self.console = log.open("wb")
        self.container = subprocess.Popen(
            [
                "systemd-nspawn",
                "--quiet",
                "--register=no",
                "--keep-unit",
                "--private-network",
                "--volatile=overlay",
                f"--machine=postern-{os.getpid()}",
                f"--bind-ro={packages}:/packages",
                "--directory",
                root,
                "--boot",
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.console,
            stderr=subprocess.STDOUT,
        )
        self.leader = await_value(self._find_leader)
        await_value(lambda: self.run("systemctl", "is-system-running", check=False) in STARTED, 60)

    def _find_leader(self) -> int | None:
        """The init process, as this machine's host numbers it."""
        assert self.container.poll() is None, self.log.read_text(errors="replace")
        process = self.container.pid
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        # The first child prepares the container, and ends.
        for child in children:
            if Path(f"/proc/{child}/comm").read_text().strip() == "systemd":
                return int(child)
        return None

    def stop(self):
        self.container.terminate()
        try:
            self.container.wait(20)
        except subprocess.TimeoutExpired:
            os.kill(self.leader, 9)
            self.container.wait(20)
        self.console.close()

    def command(self, *command: object) -> list[str]:
        """What to run here, to run `command` there."""
        enter = ["nsenter", "--all", "--target", str(self.leader), "env", "-i", *ENVIRONMENT]
        return [*enter, *map(str, command)]

    def run(self, *command: object, check: bool = True, text: str | None = None) -> str:
        """What a command prints there, without the last newline. It must succeed, if `check`."""
        done = subprocess.run(
            self.command(*command),
            input=text,
            stdin=None if text is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=90,
        )
        assert not check or done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}"
        return done.stdout.rstrip("\n")

    def write(self, path: str, text: str):
        self.run("sh", "-c", f"mkdir -p {Path(path).parent}; cat >{path}", text=text)

    def read(self, path: str) -> str:
        return self.run("cat", path)

    # MARK: The service

    def show(self, name: str, unit: str = "postern.service") -> str:
        return self.run("systemctl", "show", "--value", "--property", name, unit)

    @property
    def process(self) -> int:
        """The main process of the service, as it is numbered there; 0 while there is none."""
        return int(self.show("MainPID"))

    def signal(self, name: str, process: int):
        # A minimal Debian has kill in its shells only.
        self.run("sh", "-c", f"kill -{name} {process}")

    def journal(self) -> str:
        return self.run("journalctl", "--unit=postern", "--output=cat", "--no-pager")

    def override(self, text: str, unit: str = "postern.service"):
        """Changes the unit until `restore`."""
        self.write(f"/run/systemd/system/{unit}.d/test.conf", text)
        self.run("systemctl", "daemon-reload")

    def restore(self, unit: str = "postern.service"):
        self.run("rm", "-rf", f"/run/systemd/system/{unit}.d")
        self.run("systemctl", "daemon-reload")

    @contextmanager
    def limited_memory(self, megabytes: int) -> Iterator[None]:
        """Starts the service with a limit of its memory.

        Where systemd cannot limit it, because this host has the memory controller of cgroup v1, a
        group of the host holds what the container's init starts meanwhile."""
        self.override(f"[Service]\nMemoryMax={megabytes}M\n")
        if self.show("MemoryCurrent").isdigit():
            self.run("systemctl", "restart", "postern")
            yield
            return
        group = Path(f"/sys/fs/cgroup/memory/postern-{self.leader}")
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(megabytes << 20))
        (group / "cgroup.procs").write_text(str(self.leader))
        try:
            self.run("systemctl", "restart", "postern")
            (group.parent / "cgroup.procs").write_text(str(self.leader))
            assert (group / "cgroup.procs").read_text(), "the service is not in the group"
            yield
        finally:
            (group.parent / "cgroup.procs").write_text(str(self.leader))
            self.run("systemctl", "restart", "postern")
            group.rmdir()

    # MARK: Its network

    def in_network(self, script: str, *arguments: object, **options) -> subprocess.Popen[str]:
        """Runs a script of this folder with this host's Python, in the container's network."""
        return subprocess.Popen(
            [
                "nsenter",
                f"--net=/proc/{self.leader}/ns/net",
                sys.executable,
                str(HERE / script),
                *map(str, arguments),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )

    @contextmanager
    def load(self, connections: int = 8, kind: str = "fresh") -> Iterator[dict]:
        """Sends messages all the while. The dictionary has the figures afterwards; load.py."""
        figures: dict = {}
        process = self.in_network("load.py", connections, kind)
        try:
            assert process.stdout.readline() == "begun\n"
            yield figures
        finally:
            output, _ = process.communicate("", timeout=60)
        figures.update(json.loads(output))

    def message(self, content: str = "Hello", bot: str = "default") -> dict:
        """The answer to a message: the object `data`."""
        process = self.in_network("message.py", bot, content)
        output, _ = process.communicate("", timeout=60)
        assert process.returncode == 0, output
        return json.loads(output)["data"]

    @contextmanager
    def backend(self) -> Iterator[Path]:
        """A backend of OpenAI's format at port 9000. The file gets the Authorization of each
        request, a line."""
        requests = self.log.with_suffix(".requests")
        requests.write_text("")
        process = self.in_network("backend.py", 9000, requests)
        try:
            assert process.stdout.readline() == "begun\n"
            yield requests
        finally:
            process.kill()
            process.communicate()


# With a failed unit that is not ours, as some have in a container, it is "degraded".
STARTED = ("running", "degraded")


def missing() -> str | None:
    """Why no machine can be booted here, or nothing."""
    if os.geteuid() != 0:
        return "a container needs root"
    if not shutil.which("systemd-nspawn"):
        return "systemd-nspawn is missing: install systemd-container"
    return None
