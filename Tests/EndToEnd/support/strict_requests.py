"""A strict reader of requests: RFC 9112 and 9110, with what docs/http.md refuses beyond them."""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from chunked_bodies import FIELD, TOKEN, Refused, parse

REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([\x21-\x7e]+) HTTP/([0-9])\.([0-9])\r\n")
TARGET = re.compile(rb"(?:[\x21-\x22\x24\x26-\x7e]|%[0-9A-Fa-f]{2})*")
ABSOLUTE = re.compile(rb"https?://([^/?]*)(.*)", re.IGNORECASE)
HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+;=-]+|\[([^]]*)\])(?::([0-9]*))?")
LENGTH = re.compile(rb"[0-9]+")
SINGLE = {
    *(b"host", b"content-length", b"transfer-encoding", b"content-type", b"authorization"),
    *(b"idempotency-key", b"x-api-key", b"api-key", b"expect"),
}
LARGEST_HEAD, LARGEST_BODY = 16384, 8 << 20


@dataclass(frozen=True)
class Request:
    """A sound request, and how many bytes of the text it takes."""

    method: bytes
    target: bytes
    body: bytes
    stays_open: bool
    end: int


def requests(text: bytes) -> Iterator[Request | None]:
    """The requests of a text, one after another; `None` at the end if what follows is refused.

    Raises `Incomplete` where more must come.
    """
    while text:
        try:
            request = read(text)
        except Refused:
            yield None
            return
        yield request
        if not request.stays_open:
            return
        text = text[request.end :]


def read(text: bytes) -> Request:
    """The request that a text with at least one whole header section begins with."""
    start = 0
    while text.startswith(b"\r\n", start):
        start += 2
    line = REQUEST_LINE.match(text, start)
    if not line or (line[3], line[4]) not in ((b"1", b"1"), (b"1", b"0")):
        raise Refused("the request line")
    method, target, is_old = line[1], line[2], line[4] == b"0"
    fields: dict[bytes, bytes] = {}
    end = line.end()
    while not text.startswith(b"\r\n", end):
        field = FIELD.match(text, end)
        if not field:
            raise Refused("a field")
        end, name = field.end(), field[1].lower()
        if name in SINGLE and name in fields:
            raise Refused("a field twice")
        value = field[0][len(name) + 1 : -2]
        if name == b"content-length" and value != value.rstrip(b" \t"):
            raise Refused("blanks after the length")
        fields[name] = value.strip(b" \t")
    end += 2
    if end > LARGEST_HEAD:
        raise Refused("too large")
    _check_host(method, target, fields, is_old)
    body, end = _body(text, end, fields, is_old)
    return Request(method, target, body, not is_old, end)


def _check_host(method: bytes, target: bytes, fields: dict[bytes, bytes], is_old: bool) -> None:
    host = fields.get(b"host")
    if host is None and not is_old:
        raise Refused("no Host")
    if host:
        match = HOST.fullmatch(host)
        if not match or int(match[2] or 0) > 65535:
            raise Refused("Host")
        if match[1] is not None:
            try:
                ipaddress.IPv6Address(match[1].decode())
            except ValueError as error:
                raise Refused("Host") from error
    if absolute := ABSOLUTE.fullmatch(target):
        if host is not None and absolute[1].lower() != host.lower():
            raise Refused("another host in the target")
        target = absolute[2]
    elif not target.startswith(b"/") and not (target == b"*" and method == b"OPTIONS"):
        raise Refused("the form of the target")
    if not TARGET.fullmatch(target):
        raise Refused("the target")


def _body(text: bytes, end: int, fields: dict[bytes, bytes], is_old: bool) -> tuple[bytes, int]:
    length, coding = fields.get(b"content-length"), fields.get(b"transfer-encoding")
    if fields.get(b"expect", b"100-continue").lower() != b"100-continue":
        raise Refused("Expect")
    if coding is not None:
        if length is not None or is_old or coding.lower() != b"chunked":
            raise Refused("the coding")
        body = parse(text[end:])
        return body.data, end + body.end
    if length is None:
        return b"", end
    if not LENGTH.fullmatch(length) or int(length) > LARGEST_BODY:
        raise Refused("the length")
    return text[end : end + int(length)], end + int(length)
