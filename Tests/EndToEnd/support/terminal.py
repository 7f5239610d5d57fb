"""A real terminal, tmux's, in which a command runs: keys go in, screens come out."""

import shlex
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from postern import BARE_ENVIRONMENT


class Terminal:
    """Runs a command, and after it a shell that waits, so that its last screen can be read."""

    def __init__(
        self,
        command: Sequence[str | Path],
        columns: int = 80,
        rows: int = 24,
        environment: Mapping[str, str] | None = None,
    ):
        self.socket = f"postern-{uuid.uuid4().hex[:12]}"
        variables = {**BARE_ENVIRONMENT, "TERM": "screen", **(environment or {})}
        assigned = [f"{name}={value}" for name, value in variables.items()]
        words = shlex.join(["env", "-i", *assigned, *map(str, command)])
        size = ["-x", str(columns), "-y", str(rows)]
        self._tmux("new-session", "-d", *size, f'{words}; echo "[status $?]"; exec sleep 1000')

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-L", self.socket, "-f", "/dev/null", "-u", *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return done.stdout

    @property
    def screen(self) -> str:
        """What is on the screen, without blanks at the ends of lines."""
        lines = self._tmux("capture-pane", "-p").split("\n")
        return "\n".join(line.rstrip() for line in lines).rstrip("\n")

    @property
    def coloured(self) -> str:
        """The screen with the sequences that set colours."""
        return self._tmux("capture-pane", "-p", "-e")

    def type(self, *keys: str) -> None:
        """Types keys by tmux's names, `Enter`, `C-c`; other words letter by letter."""
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def await_text(self, text: str, timeout: float = 10) -> str:
        """Waits until a text is on the screen; returns the screen."""
        deadline = time.monotonic() + timeout
        while text not in (screen := self.screen):
            assert time.monotonic() < deadline, f"{text!r} did not come: {screen}"
            time.sleep(0.05)
        return screen

    def close(self) -> None:
        self._tmux("kill-server")
