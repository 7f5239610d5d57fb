"""Tests/Reference/json-cases: texts with the verdict of RFC 8259.

As a program it writes each text to a file of its own in a folder, as first inputs of the fuzzer."""

import re
import sys
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "Reference/json-cases"
BYTES = re.compile(rb"<([0-9A-F]{2})(?:\*(\d+))?>")


def cases() -> list[tuple[int, bool, bytes]]:
    """The line, whether the text is valid, and the text."""
    found = []
    for number, line in enumerate(FILE.read_bytes().splitlines(), 1):
        if not line or line.startswith(b"#"):
            continue
        verdict, text = line[:8].strip().decode(), line[8:]
        assert verdict in ("valid", "invalid"), line
        text = BYTES.sub(lambda run: bytes.fromhex(run[1].decode()) * int(run[2] or 1), text)
        found.append((number, verdict == "valid", text))
    return found


if __name__ == "__main__":
    for number, _, text in cases():
        (Path(sys.argv[1]) / f"case-{number}").write_bytes(text)
