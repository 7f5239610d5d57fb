"""Bodies in chunks: a strict parser (RFC 9112 section 7.1), and random bodies, sound or damaged."""

import re
from dataclasses import dataclass
from random import Random

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
QUOTED = rb'"(?:[\t !\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t -\x7e\x80-\xff])*"'
NAMED = rb";[ \t]*" + TOKEN + rb"(?:[ \t]*=[ \t]*(?:" + TOKEN + rb"|" + QUOTED + rb"))?"
# Blanks before `;` are allowed, but neither after the size nor at the end of the line.
LINE = re.compile(rb"([0-9A-Fa-f]{1,16})(?:" + NAMED + rb"(?:[ \t]+(?=;))?)*\r\n")
FIELD = re.compile(rb"(" + TOKEN + rb"):[\t -\x7e\x80-\xff]*\r\n")
FRAMING = (b"host", b"content-length", b"transfer-encoding")


@dataclass(frozen=True)
class Body:
    """What the parser found: the data, and how many bytes of the text the body takes."""

    data: bytes
    end: int


class Refused(Exception):
    """The text is not a body, whatever follows it."""


class Incomplete(Exception):
    """The text is the beginning of a body."""


def parse(text: bytes) -> Body:
    data, position = b"", 0
    while True:
        line = _line(LINE, text, position)
        position, size = line.end(), int(line[1], 16)
        if size == 0:
            break
        if size > 1 << 23:
            raise Refused("larger than max_body")
        if len(text) < position + size:
            raise Incomplete
        data += text[position : position + size]
        position += size
        if text[position : position + 2] != b"\r\n":
            raise Incomplete if text[position:] in (b"", b"\r") else Refused("after the data")
        position += 2
    while not text.startswith(b"\r\n", position):
        if text[position:] in (b"", b"\r"):
            raise Incomplete
        field = _line(FIELD, text, position)
        if field[1].lower() in FRAMING:
            raise Refused("a trailer that frames")
        position = field.end()
    return Body(data, position + 2)


def _line(pattern: re.Pattern[bytes], text: bytes, position: int) -> re.Match[bytes]:
    match = pattern.match(text, position)
    if match:
        return match
    raise Refused("a line") if b"\n" in text[position:] else Incomplete


EXTENSIONS = [b""] * 5 + [b";a", b";a=b", b";a;b=c", b'; a = "b;\\"c"', b';a=""', b";a=b ;c=d"]
TRAILERS = [b"A: b\r\n", b"C:\r\n", b"d:\te \r\n", b"X-Y: \xe9\r\n"]
PIECES = [b"\r", b"\n", b"\r\n", b" ", b"\t", b";", b"=", b'"', b":", b"0", b"1", b"f", b"+", b"-"]
PIECES += [b"0x", b"\0", b"\\", b"Host: a\r\n", b"Content-Length: 1\r\n", b"f" * 16, b"0" * 16]
PIECES += [b"Transfer-Encoding: chunked\r\n", b"0\r\n\r\n"]


def random_body(data: bytes, random: Random) -> bytes:
    """`data` in chunks; half of the bodies are damaged at one place or two."""
    text, position = b"", 0
    while position < len(data):
        size = random.randint(1, len(data) - position)
        text += _chunk_line(size, random) + data[position : position + size] + b"\r\n"
        position += size
    text += _chunk_line(0, random)
    text += b"".join(random.choices(TRAILERS, k=max(0, random.randint(-3, 2)))) + b"\r\n"
    for _ in range(max(0, random.randint(-1, 2))):
        place = random.randrange(len(text))
        match random.randrange(4):
            case 0:
                text = text[:place] + text[place + 1 :]
            case 1:
                text = text[:place] + bytes([random.randrange(256)]) + text[place + 1 :]
            case _:
                text = text[:place] + random.choice(PIECES) + text[place:]
    return text


def _chunk_line(size: int, random: Random) -> bytes:
    zeros = b"0" * max(0, random.randint(-6, 3))
    digits = (b"%x" if random.random() < 0.5 else b"%X") % size
    return zeros + digits + random.choice(EXTENSIONS) + b"\r\n"
