"""The processes of a measurement: the backend, the floor, and gateways, each on its core."""

import shlex
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).resolve().parent
RELEASE = ROOT / ".build/release/postern"
BACKEND = "http://127.0.0.1:9001"
SERVER_CORE, BACKEND_CORE = "0", "1"


def install(kind: str) -> None:
    subprocess.run([ROOT / "scripts/install-dependencies", kind], check=True)


def build_release() -> None:
    command = ["swift", "build", "-c", "release", "--package-path", ROOT, "--product", "postern"]
    subprocess.run(command, check=True, stdout=2)


def binaries(words: list[str]) -> dict[str, Path]:
    """The binary of this checkout, and further ones: `PATH` or `NAME=PATH`."""
    named = {"postern": RELEASE}
    for number, word in enumerate(words, 1):
        name, mark, path = word.partition("=")
        named[name if mark else f"other{number}"] = Path(path if mark else word).resolve()
    for path in named.values():
        if not path.exists():
            raise SystemExit(f"{path} does not exist")
    return named


class Machine(ExitStack):
    """Starts processes and ends them with itself. `folder` is gone afterwards."""

    def __enter__(self) -> "Machine":
        super().__enter__()
        self.folder = Path(self.enter_context(tempfile.TemporaryDirectory()))
        return self

    def start(self, command: list[str | Path], core: str | None = None) -> subprocess.Popen:
        """Starts a command on a core. What it writes goes to `log` in the folder."""
        pinned = ["taskset", "-c", core, *command] if core else command
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(pinned, stdout=log, stderr=log)
        self.callback(self.stop, process)
        return process

    def stop(self, process: subprocess.Popen) -> None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def await_answer(self, process: subprocess.Popen, url: str, body: str = "{}") -> None:
        """Waits until a POST gets an answer."""
        request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
        while True:
            if process.poll() is not None:
                raise SystemExit(f"{process.args} ended: {(self.folder / 'log').read_text()}")
            try:
                with urllib.request.urlopen(request, timeout=10):
                    return
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.001)

    def floor(self) -> Path:
        """Compiles the floor."""
        binary = self.folder / "floor"
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "libmicrohttpd", "libcurl"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        source = FOLDER / "floor.c"
        subprocess.run(["cc", "-O2", "-o", binary, source, *shlex.split(flags)], check=True)
        return binary

    def backend(self) -> subprocess.Popen:
        """Starts nginx as the backend."""
        folder = self.folder / "nginx"
        folder.mkdir()
        command = ["nginx", "-p", folder, "-c", FOLDER / "backend.nginx.conf"]
        process = self.start(command, BACKEND_CORE)
        self.await_answer(process, f"{BACKEND}/custom")
        return process

    def configuration(self, port: int) -> Path:
        """A file for a gateway at a port: bot `default` asks /custom, bot `gpt` asks /openai, bot
        `live` asks /stream."""
        file = self.folder / f"{port}.conf"
        file.write_text(
            f"""[server]
listen = 127.0.0.1:{port}
max_connections_per_ip = 0
[log]
level = warning
[bot default]
[bot gpt]
[integration custom]
bot = default
webhook_url = {BACKEND}/custom
[integration openai]
bot = gpt
type = openai
model = gpt-4o
webhook_url = {BACKEND}/openai
[bot live]
[integration live]
bot = live
type = openai
model = gpt-4o
webhook_url = {BACKEND}/stream
"""
        )
        return file
