"""Messages through a program under callgrind, which counts instructions and calls.

Counts differ little between runs, and not at all with the load of the machine.

libmicrohttpd clears its memory pool twice per request. callgrind counts each byte of a `rep stosb`
as an instruction, so glibc is told to use vector stores instead."""

import http.client
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from machine import SERVER_CORE, Machine

WARM_UP = 1000
CONVERSATIONS = 100
MESSAGE = '{"conversation_id":"c%d","user":{"id":"u1"},"content":"Hello, how are you?"}'
COMPLETION = '{"model":"gpt","messages":[{"role":"user","content":"Hello, how are you?"}]}'


def profile(bench: Machine, command: list, port: int, load: tuple[str, str], messages: int) -> str:
    """What callgrind writes about `messages` messages, after some that fill the conversations'
    windows. A load is a path and a body, with %d for the conversation."""
    file = bench.folder / "callgrind"
    for old in bench.folder.glob("callgrind*"):
        old.unlink()
    os.environ["GLIBC_TUNABLES"] = "glibc.cpu.x86_rep_stosb_threshold=1000000000"
    options = ["--tool=callgrind", f"--callgrind-out-file={file}", "--combine-dumps=no"]
    process = bench.start(["valgrind", *options, *command], SERVER_CORE)
    bench.await_answer(process, f"http://127.0.0.1:{port}{load[0]}", load[1].replace("%d", "0"))
    _send(port, *load, WARM_UP)
    control = ["callgrind_control", str(process.pid)]
    subprocess.run([*control, "-z"], check=True, capture_output=True)
    _send(port, *load, messages)
    subprocess.run([*control, "-d"], check=True, capture_output=True)
    bench.stop(process)
    return Path(f"{file}.1").read_text()


def _send(port: int, path: str, body: str, count: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(count):
        text = body % (number % CONVERSATIONS) if "%d" in body else body
        connection.request("POST", path, text, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} was answered with {answer.status}")
    connection.close()


def instructions(dump: str) -> Counter[str]:
    """The instructions of each program and library."""
    counts: Counter[str] = Counter()
    for line in _lines(dump):
        if not line.is_call:
            counts[line.program] += line.count
    return counts


def calls(dump: str, program: str) -> Counter[str]:
    """How often each function of a program is called. Recursive calls do not count."""
    counts: Counter[str] = Counter()
    for line in _lines(dump):
        if line.is_call and line.program == program and "'" not in line.function:
            counts[line.function] += line.count
    return counts


@dataclass
class _Line:
    """The own instructions of a part of a function, or how often another part calls it."""

    program: str
    function: str
    count: int
    is_call: bool


def _lines(dump: str) -> Iterator[_Line]:
    """Callgrind's format: valgrind.org/docs/manual/cl-format.html."""
    names: dict[tuple[str, str], str] = {}
    place = {"ob": "", "fn": "", "cob": "", "cfn": ""}
    is_cost_of_call = False
    for line in dump.splitlines():
        if position := re.fullmatch(r"(c?)(ob|fn)=(\(\d+\))(?: (.+))?", line):
            called, kind, number, name = position.groups()
            if name:
                names[kind, number] = Path(name).name if kind == "ob" else name
            place[called + kind] = names[kind, number]
            if kind == "ob":
                place["cob"] = place[called + kind]
        elif line.startswith("calls="):
            yield _Line(place["cob"], place["cfn"], int(line[6:].split()[0]), is_call=True)
            place["cob"] = place["ob"]
            is_cost_of_call = True
        elif line[:1].isdigit() or line[:1] in ("+", "-", "*"):
            if not is_cost_of_call:
                yield _Line(place["ob"], place["fn"], int(line.split()[1]), is_call=False)
            is_cost_of_call = False
