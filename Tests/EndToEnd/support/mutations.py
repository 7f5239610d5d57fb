"""Requests that are changed at one place, in every way of a family: those by which one program's
request becomes two of another's. Most are refused; a strict reader knows which."""

from collections.abc import Iterator
from itertools import product

from client import messages_path

BODY = b'{"content":"hi"}'
FOLLOWING = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
KEY = "mutations-key-0123456789"
LINE = f"POST {messages_path()} HTTP/1.1\r\n".encode()
HOST = b"Host: localhost\r\n"
REST = (f"Authorization: Bearer {KEY}\r\n" + "Content-Type: application/json\r\n").encode()
LENGTH = b"Content-Length: 16\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"10\r\n" + BODY + b"\r\n0\r\n\r\n"
BODIES = {LENGTH: BODY, CHUNKED: CHUNKS}

STRANGE = [
    *(b"\0", b"\1", b"\b", b"\t", b"\n", b"\v", b"\f", b"\r", b"\x1c", b"\x1f", b" ", b"\x7f"),
    *(b"\x80", b"\x85", b"\xa0", b"\xff", b"\xe2\x80\x8b", b"\xef\xbb\xbf", b"\r\n", b"\r\n "),
]


def mutations() -> Iterator[bytes]:
    """All of them, each once, each followed by a sound request."""
    seen = set()
    for family in (_insertions, _pairs, _codings, _lengths, _chunks, _lines, _hosts):
        for text in family():
            if text not in seen:
                seen.add(text)
                yield text + FOLLOWING


def _insertions() -> Iterator[bytes]:
    """A strange byte at each place of a field that frames."""
    for line, strange in product((LENGTH, CHUNKED), STRANGE):
        name, value = line.rstrip(b"\r\n").split(b": ")
        for text in (
            strange + name + b": " + value,
            name[:4] + strange + name[4:] + b": " + value,
            name + strange + b": " + value,
            name + b":" + strange + value,
            name + b": " + value[:1] + strange + value[1:],
            name + b": " + value + strange,
        ):
            yield LINE + HOST + REST + text + b"\r\n\r\n" + BODIES[line]
            if text.startswith(strange):
                # The same as the first field, where it may fold the request line.
                yield LINE + text + b"\r\n" + HOST + REST + b"\r\n" + BODIES[line]


def _pairs() -> Iterator[bytes]:
    """Two fields that frame, side by side and apart."""
    lines = [
        *(LENGTH, b"content-length: 16\r\n", b"Content-Length: 0\r\n", b"Content-Length: 016\r\n"),
        *(CHUNKED, b"transfer-encoding: CHUNKED\r\n", b"Transfer-Encoding: identity\r\n"),
        b"Transfer-Encoding:\r\n",
    ]
    for first, second in product(lines, lines):
        body = CHUNKS if b"hunked" in first + second else BODY
        yield LINE + HOST + first + second + REST + b"\r\n" + body
        yield LINE + first + HOST + REST + second + b"\r\n" + body


def _codings() -> Iterator[bytes]:
    words = [b"", b"chunked", b"identity", b"Chunked"]
    joints = [b",", b", ", b";", b" ", b"\t", b"\v", b"\r\n ", b'"']
    for first, joint, second in product(words, joints, words):
        yield (
            LINE + HOST + REST + b"Transfer-Encoding: " + first + joint + second + b"\r\n\r\n"
        ) + CHUNKS


def _lengths() -> Iterator[bytes]:
    starts = [b"", b"+", b"-", b"0x", b"0", b",", b'"', b"1_"]
    ends = [b"", b" ", b",", b";", b"x", b".0", b", 16", b" 16", b"e0", b"\xa0", b"\0"]
    values = [start + b"16" + end for start, end in product(starts, ends)]
    values += [b"", b"9" * 30, b"18446744073709551632", "１６".encode(), "١٦".encode()]
    for value in values:
        yield LINE + HOST + REST + b"Content-Length: " + value + b"\r\n\r\n" + BODY


def _chunks() -> Iterator[bytes]:
    head = LINE + HOST + REST + CHUNKED + b"\r\n"
    starts = [b"", b"+", b"0x", b" ", b"\t", b"000", b"0" * 15, b"1_", b";"]
    ends = [b"", b" ", b"\t", b";", b";a", b";a=b", b";a=", b';a="', b';a="\r\n"', b";\n", b"\0"]
    ends += [b" ;a", b";a b", b",10", b"g", b"\r"]
    for start, end in product(starts, ends):
        yield head + start + b"10" + end + b"\r\n" + BODY + b"\r\n0\r\n\r\n"
    breaks = [b"\n", b"\r", b"\n\r", b"\r\r\n", b"\r\n\r\n", b""]
    for place, other in product(range(4), breaks):
        ends = [b"\r\n"] * 4
        ends[place] = other
        yield head + b"10" + ends[0] + BODY + ends[1] + b"0" + ends[2] + ends[3]
    trailers = [b"X: y", b"X : y", b" X: y", b"X", b"X: \0", b": y", b"Host: a", LENGTH[:-2]]
    for trailer, end in product([*trailers, CHUNKED[:-2]], (b"\r\n", b"\n", b"\r", b"\r\n ")):
        yield head + b"10\r\n" + BODY + b"\r\n0\r\n" + trailer + end + b"\r\n"


def _lines() -> Iterator[bytes]:
    """Request lines."""
    rest = HOST + b"\r\n"
    versions = [f"HTTP/{a}{b}{c}" for a, b, c in product("0123", (".", ",", ""), "0129")]
    versions += ["http/1.1", "HTTP/1.1 ", "HTTP /1.1", "HTTP/ 1.1", "HTTP/01.1", "HTTP/1.10", "X"]
    for version in versions:
        yield b"GET /healthz " + version.encode() + b"\r\n" + rest
    for method in (b"get", b"GE T", b"GET\t", b"G\0ET", b"G:ET", b"(GET)", b"", b" GET", b"PATCH"):
        yield method + b" /healthz HTTP/1.1\r\n" + rest
    targets = [b"*", b"healthz", b"//healthz", b"/a#b", b"/%", b"/%0", b"/%zz", b"/%00", b"/a\\b"]
    targets += [b"http://localhost/", b"http://a/", b"HTTP://LOCALHOST", b"ftp://localhost/"]
    targets += [b"localhost:80", b"/\xc3\xa9", b"/..", b"/a?b=%", b"http://localhost@a/", b"\\"]
    for target in [*targets, *(b"/a" + strange for strange in STRANGE)]:
        yield b"GET " + target + b" HTTP/1.1\r\n" + rest
    for joint in (b"  ", b"\t", b"\v", b"\xa0", b"\r\n", b""):
        yield b"GET" + joint + b"/healthz HTTP/1.1\r\n" + rest
        yield b"GET /healthz" + joint + b"HTTP/1.1\r\n" + rest
    for end in (b"\n", b"\r", b"\r\r\n", b" \r\n", b"\r\n\r\n", b"\r\n "):
        yield b"GET /healthz HTTP/1.1" + end + rest
    for start in (b"\r\n", b"\r\n\r\n", b"\n", b"\r", b" ", b"\0", b"\xef\xbb\xbf"):
        yield start + b"GET /healthz HTTP/1.1\r\n" + rest


def _hosts() -> Iterator[bytes]:
    hosts = [
        b"",
        b"a:80",
        b"a:",
        b"a:b",
        b"a:65536",
        b"a:80:80",
        b"[::1]",
        b"[::1",
        b"[::g]",
        b"::1",
    ]
    hosts += [
        b"[]",
        b"[::1]a",
        b"a@b",
        b"a/b",
        b"a,b",
        b"a b",
        b'"a"',
        b"a\\b",
        b"a\0b",
        b"a#",
        b"a?",
    ]
    for host in hosts:
        yield b"GET /healthz HTTP/1.1\r\nHost: " + host + b"\r\n\r\n"
    yield b"GET /healthz HTTP/1.1\r\n\r\n"
    for first, second in product((b"Host", b"host", b"Host "), repeat=2):
        for value in (b"localhost", b"a"):
            yield b"GET /healthz HTTP/1.1\r\n%s: localhost\r\n%s: %s\r\n\r\n" % (
                first,
                second,
                value,
            )
