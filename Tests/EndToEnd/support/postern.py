"""The release binary: as a command, and as a running gateway."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from address import Address
from client import Client

CRASH_MARKS = re.compile(r"precondition|fatal error|assertion|stack dump|sanitizer", re.IGNORECASE)

# All that tests do not set themselves: nothing comes from the caller's environment.
BARE_ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8"}


def run_command(
    binary: Path,
    *arguments: str,
    stdin: str | bytes = "",
    environment: Mapping[str, str] | None = None,
    timeout: float = 30,
) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    done = subprocess.run(
        [binary, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env={**BARE_ENVIRONMENT, **(environment or {})},
        timeout=timeout,
        check=False,
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode >= 0, f"killed by signal {-done.returncode}: {err}"
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def cpu_ticks(pid: int) -> int:
    """The processor time that a process has used so far, in hundredths of a second."""
    stat = Path(f"/proc/{pid}/stat").read_text()
    return sum(int(field) for field in stat.rpartition(")")[2].split()[11:13])


class Gateway:
    """A gateway that serves. What it writes to stdout and stderr is its log."""

    def __init__(
        self,
        command: Sequence[str | Path],
        addresses: Sequence[Address],
        log: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ):
        self.addresses = addresses
        self.log_path = log
        self.secrets: set[str] = set()
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**BARE_ENVIRONMENT, **(environment or {})},
            )

    @property
    def log(self) -> str:
        return self.log_path.read_text(errors="backslashreplace")

    def client(self, key: str | None = None, address: int = 0, timeout: float = 30) -> Client:
        return Client(self.addresses[address], key, timeout)

    def await_readiness(self, timeout: float = 10) -> "Gateway":
        """Waits until every address answers."""
        deadline = time.monotonic() + timeout
        for address in self.addresses:
            while not self._answers(address):
                status = self.process.poll()
                assert status is None, f"ended with {status}: {self.log}"
                assert time.monotonic() < deadline, f"not ready after {timeout} s: {self.log}"
                time.sleep(0.005)
        return self

    def await_log(self, text: str, timeout: float = 5) -> str:
        """Waits until a line has `text` in it; returns that line."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            for line in self.log.splitlines():
                if text in line:
                    return line
            time.sleep(0.005)
        raise AssertionError(f"{text!r} did not come into the log: {self.log}")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Stops the process meanwhile, as on a machine that is too slow: afterwards it sees
        everything that happened at once."""
        self.signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.signal(signal.SIGCONT)

    @contextmanager
    def injected(self, fault: str) -> Iterator[None]:
        """Makes system calls fail or take long, in the words of strace(1):
        `fdatasync:delay_enter=1s`."""
        options = ["-f", "-qq", "-o", "/dev/null", "-e", f"inject={fault}"]
        tracer = subprocess.Popen(
            ["strace", *options, "-p", str(self.process.pid)], stderr=subprocess.DEVNULL
        )
        try:
            deadline = time.monotonic() + 5
            while self._has_untraced_threads():
                if tracer.poll() is not None or time.monotonic() > deadline:
                    pytest.skip("strace cannot trace here")
                time.sleep(0.01)
            yield
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait(5)

    def _has_untraced_threads(self) -> bool:
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            # A thread may end meanwhile.
            with suppress(FileNotFoundError, ProcessLookupError):
                if "TracerPid:\t0\n" in (task / "status").read_text():
                    return True
        return False

    def await_sockets_closed(self, timeout: float = 2) -> None:
        """Waits until no socket is open whose other side has left."""
        deadline = time.monotonic() + timeout
        while left_behind := self.sockets_left_behind():
            assert time.monotonic() < deadline, f"{left_behind} sockets are still open"
            time.sleep(0.02)

    def await_exit(self, timeout: float = 10) -> int:
        return self.process.wait(timeout)

    def stop(self, timeout: float = 10) -> None:
        """Ends it as an administrator would, and checks that it was well until then."""
        running = self.process.poll() is None
        if running:
            self.signal(signal.SIGTERM)
        try:
            status = self.await_exit(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"SIGTERM did not end it in {timeout} s: {self.log}") from None
        assert status == 0, f"ended with {status}: {self.log}"
        self.check_log()

    def check_log(self) -> None:
        assert not CRASH_MARKS.search(self.log), self.log
        for secret in self.secrets:
            assert secret not in self.log, f"the log tells the secret {secret}"

    def resident_kilobytes(self) -> int:
        """The resident set, exactly: `status` may lag by a few pages per thread."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Rss:\s+(\d+) kB", rollup, re.MULTILINE)[1])

    def peak_resident_kilobytes(self) -> int:
        """The largest size of the resident set so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)[1])

    def descriptor_count(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def sockets_left_behind(self) -> int:
        """The number of sockets that the other side has ended, and the gateway has not."""
        half_closed = "08"
        states = {}
        for table, inode, state in [("tcp", 9, 3), ("unix", 6, 5)]:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
            states |= {line.split()[inode]: line.split()[state] for line in lines}
        links = [os.readlink(entry) for entry in Path(f"/proc/{self.process.pid}/fd").iterdir()]
        inodes = [link[8:-1] for link in links if link.startswith("socket:")]
        return sum(states.get(inode, half_closed) == half_closed for inode in inodes)

    def cpu_ticks(self) -> int:
        """The processor time used so far, in hundredths of a second."""
        return cpu_ticks(self.process.pid)

    @staticmethod
    def _answers(address: Address) -> bool:
        try:
            return Client(address, timeout=5).get("/readyz").status in (200, 401)
        except (OSError, ConnectionError):
            return False
