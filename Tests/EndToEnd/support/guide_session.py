"""A reader of a guide: does what its blocks say, in one folder, with stand-ins for the backends.

What a page names is rewritten, in files and in commands:

- the addresses of `GATEWAYS` become an address of this session's own,
- the addresses of `BACKENDS` become those of stand-ins, which answer as the vendor's models do,
- `/etc/…`, `/var/…`, `/run/…`, `/usr/local/…` and `/srv/…` become files of the session's folder,
- `sk-…` becomes a key that the stand-ins accept; they refuse one with `wrong` in it.

`postern` is the binary under test. `sudo` runs its command; `systemctl` and `journalctl` know one
service, the gateway that serves `/etc/postern/postern.conf`, and other services only by name."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import models
import replies
from address import free_port
from backends import Answer, Backend, Request
from guide import Block
from postern import CRASH_MARKS, Gateway, run_command

GATEWAYS = [
    "127.0.0.1:8080",
    "localhost:8080",
    "0.0.0.0:8443",
    "0.0.0.0:8080",
    "gateway.lan:8443",
    "gateway.lan:8080",
]
BACKENDS = {
    "https://api.openai.com": "openai",
    "https://api.anthropic.com": "anthropic",
    "https://RESOURCE.openai.azure.com": "openai",
    "https://openrouter.ai": "openai",
    "http://127.0.0.1:11434": "openai",
    "http://127.0.0.1:8081": "openai",
}
ABSOLUTE = re.compile(r"(?<![\w.\-/}…])/(?=(?:etc|var|run|usr/local|srv)/)")
KEY = "sk-0123456789"

SYSTEMCTL = """#!/bin/bash
# systemctl ACTION [OPTION…] SERVICE
cd "$GUIDE_FOLDER"
running() { [ -f gateway.pid ] && kill -0 "$(cat gateway.pid)" 2>/dev/null; }
start() {
  running && return
  export RUNTIME_DIRECTORY=$GUIDE_FOLDER/run/postern
  postern run -c "$GUIDE_FOLDER/etc/postern/postern.conf" >>journal 2>&1 9>&- &
  echo $! >gateway.pid
  for _ in {1..100}; do
    running || { tail -n 3 journal >&2; return 1; }
    grep -q "listening" journal && return
    sleep 0.05
  done
  return 1
}
stop() {
  running || return 0
  kill -TERM "$(cat gateway.pid)"
  while running; do sleep 0.02; done
  mv journal journal.before
  cat journal.before >>journal.all
}
action=$1 service=${*: -1}
[ "$action" = daemon-reload ] && exit
[ "$service" = postern ] || { echo "$*" >>other-services; exit; }
case $action in
  start | enable) start ;;
  stop | disable) stop ;;
  restart) stop && start ;;
  reload) kill -HUP "$(cat gateway.pid)" && sleep 0.5 ;;
  is-active) running && echo active ;;
  *) echo "unknown action $action" >&2; exit 1 ;;
esac
"""
JOURNALCTL = """#!/bin/bash
# journalctl [OPTION…]: all lines of the gateway
cat "$GUIDE_FOLDER"/journal.all "$GUIDE_FOLDER"/journal 2>/dev/null || true
"""
SUDO = """#!/bin/bash
# sudo [-u USER] COMMAND…
export RUNTIME_DIRECTORY=$GUIDE_FOLDER/run/postern
if [ "$1" = -u ]; then shift 2; fi
exec "$@"
"""


def stand_in(type: str) -> Callable[[Request], Answer]:
    """A backend of a vendor: it has a health check, refuses wrong keys, and answers."""
    answers = models.model(type)

    def script(request: Request) -> Answer:
        if request.method == "GET":
            return replies.document({"status": "ok"})
        keys = [request.values(name) for name in ("Authorization", "x-api-key", "api-key")]
        if any("wrong" in value for values in keys for value in values):
            return replies.failure("401 Unauthorized", "invalid_api_key")
        return answers(request)

    return script


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class Session:
    """One folder in which a page is followed from top to bottom."""

    def __init__(self, binary: Path, folder: Path, start: Callable[..., Backend]):
        self.binary = binary
        self.folder = folder
        self.port = free_port()
        self.backends = {url: start(stand_in(type)) for url, type in BACKENDS.items()}
        self.gateway: Gateway | None = None
        self.printed: Callable[[], str] = str
        self.log_count = 0
        self.commands = folder / "commands"
        self.commands.mkdir()
        (self.commands / "postern").symlink_to(binary)
        for name, text in {
            "sudo": SUDO,
            "systemctl": SYSTEMCTL,
            "journalctl": JOURNALCTL,
        }.items():
            (self.commands / name).write_text(text)
            (self.commands / name).chmod(0o755)
        for place in (
            "etc/postern",
            "var/lib/postern",
            "var/backups",
            "usr/local/bin",
            "run/postern",
        ):
            (folder / place).mkdir(parents=True)
        default = folder / "etc/postern/postern.conf"
        default.write_text(self.listening(""))
        self.environment = {
            "PATH": f"{self.commands}:{folder}/usr/local/bin:{os.environ['PATH']}",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "POSTERN_CONFIG": str(default),
            "GUIDE_FOLDER": str(folder),
        }
        self.variables = folder / "variables"
        self.variables.write_text("")

    # Rewriting

    def rewritten(self, text: str) -> str:
        for url, backend in self.backends.items():
            text = text.replace(url, f"http://127.0.0.1:{backend.port}")
        for name in GATEWAYS:
            text = text.replace(name, f"127.0.0.1:{self.port}")
        return self.placed(re.sub(r"sk-(?:ant-|or-)?…", KEY, text))

    def placed(self, text: str) -> str:
        """The text with the folder's files instead of the machine's."""
        return ABSOLUTE.sub(f"{self.folder}/", text)

    def path(self, name: str) -> Path:
        return Path(self.folder, self.placed(name))

    def listening(self, text: str) -> str:
        """The configuration with an address of the session's own, if it has the default one."""
        if re.search(r"^listen\b", text, re.MULTILINE):
            return text
        listen = f"listen = 127.0.0.1:{self.port}\n"
        if "[server]\n" in text:
            return text.replace("[server]\n", "[server]\n" + listen, 1)
        return f"{text}\n[server]\n{listen}"

    # Blocks

    def follow(self, block: Block) -> None:
        if block.fence in ("ini", "ini add", "ini mistake"):
            self.configure(block)
        elif block.serves:
            self.serve(block)
        elif block.fence in ("sh", "sh fails"):
            self.run(["bash", "-c", self.script(block.text)], block)
        elif block.fence == "python":
            self.run([sys.executable, "-c", self.rewritten(block.text)], block)
        elif block.fence == "output":
            self.compare(block)
        elif block.fence not in ("text", "sh no-run"):
            file = self.path(block.file)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.rewritten(block.text))

    def script(self, text: str) -> str:
        """A script that has the variables of the scripts before it."""
        end = f"export -p >'{self.variables}'"
        return f"set -eu -o pipefail -a\n. '{self.variables}'\ntrap \"{end}\" EXIT\n" + (
            self.rewritten(text)
        )

    def run(self, command: list[str], block: Block) -> None:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**self.environment, **self.exported()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        expected = block.fence.endswith("fails")
        assert (done.returncode != 0) == expected, f"{block}: {done.returncode}: {done.stdout}"
        assert ": warning: " not in done.stdout, f"{block}: {done.stdout}"
        # A configuration that a command has written names the addresses of the page, too.
        for file in self.folder.glob("*.conf"):
            text = file.read_text()
            if text != (new := self.listening(self.rewritten(text))):
                file.write_text(new)
        self.printed = lambda: done.stdout

    def exported(self) -> dict[str, str]:
        """The variables that the blocks so far have set."""
        listed = subprocess.run(
            ["bash", "-c", f". '{self.variables}'; exec env -0"],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        return dict(line.split("=", 1) for line in listed.split("\0") if "=" in line)

    def configure(self, block: Block) -> None:
        file = self.path(block.file)
        as_written = file.with_name(f"{file.name}.as-written")
        text = self.placed(block.text)
        if block.fence != "ini":
            text = f"{as_written.read_text()}\n{text}"
        secrets = dict.fromkeys(re.findall(r"\$\{([A-Z_0-9]+)\}", text), KEY)
        done = run_command(self.binary, "check", "-c", "-", stdin=text, environment=secrets)
        said = done.stdout + done.stderr
        if block.fence == "ini mistake":
            assert done.returncode == 1, f"{block}: {said}"
        else:
            assert (done.returncode, done.stderr) == (0, ""), f"{block}: {said}"
            as_written.write_text(text)
        file.write_text(self.listening(self.rewritten(text)))
        # A gateway that runs has read the file before its reader types the next command.
        time.sleep(0.5)

    def serve(self, block: Block) -> None:
        """Runs a gateway in a terminal of its own, in place of the one before."""
        self.end_gateway()
        self.log_count += 1
        log = self.folder / f"terminal-{self.log_count}"
        script = self.script(block.text).replace("postern run", "exec postern run")
        command = ["bash", "-c", script]
        environment = {**self.environment, **self.exported()}
        gateway = Gateway(command, [], log, environment, directory=self.folder)
        self.gateway = gateway
        gateway.await_log(" listening ", 10)
        self.printed = lambda: gateway.log

    def compare(self, block: Block) -> None:
        """What the block before has printed is as the page shows it."""
        shown = [block.text, self.rewritten(block.text)]
        pattern = re.compile("|".join(self.pattern(text) for text in shown))
        deadline = time.monotonic() + 5
        while not pattern.search(squeezed(self.printed())):
            assert time.monotonic() < deadline, f"{block}: other output:\n{self.printed()}"
            time.sleep(0.05)

    @staticmethod
    def pattern(text: str) -> str:
        return ".*?".join(re.escape(squeezed(piece)) for piece in text.split("…"))

    # The end

    def end_gateway(self) -> None:
        if self.gateway is not None:
            self.gateway.stop()
            self.gateway = None

    def close(self) -> None:
        self.end_gateway()
        stop = [self.commands / "systemctl", "stop", "postern"]
        subprocess.run(stop, env=self.environment, check=True, timeout=20)
        for journal in self.folder.glob("journal*"):
            assert not CRASH_MARKS.search(journal.read_text()), journal.read_text()

    def sent(self, url: str) -> list[dict]:
        """What a stand-in was sent."""
        return [json.loads(each.body) for each in self.backends[url].requests if each.body]
