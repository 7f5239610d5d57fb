"""A request that two parsers could read differently is refused, and its connection closed. A
request that is only unusual is answered."""

import time

import pytest

import replies
from client import messages_path
from configuration import integration
from https import https

BODY = b'{"content":"hi"}'
LENGTH = b"Content-Length: 16\r\n"
HOST = b"Host: localhost\r\n"
TYPE = b"Content-Type: application/json\r\n"
LINE = b"POST " + messages_path().encode() + b" HTTP/1.1\r\n"
HEAD = LINE + HOST + TYPE
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"10\r\n" + BODY + b"\r\n0\r\n\r\n"
FOLLOWING = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def with_field(line: bytes) -> bytes:
    """A request that is valid but for one additional field line."""
    return HEAD + line + b"\r\n" + LENGTH + b"\r\n" + BODY


def with_target(target: bytes) -> bytes:
    return b"GET " + target + b" HTTP/1.1\r\n" + HOST + b"\r\n"


AMBIGUOUS = {
    "no Host": LINE + TYPE + LENGTH + b"\r\n" + BODY,
    "two Host, the same": with_field(b"Host: localhost"),
    "two Host": with_field(b"Host: 127.0.0.1"),
    "two Host, another case": with_field(b"hOST: 127.0.0.1"),
    **{
        f"Host {host!r}": LINE + b"Host: %s\r\n" % host.encode() + TYPE + LENGTH + b"\r\n" + BODY
        for host in [
            "localhost:abc",
            "localhost:65536",
            "localhost:80:80",
            "[::1",
            "[::1]x",
            "[localhost]",
            '"x"',
            "<localhost>",
            "local host",
            "localhost, localhost",
            "user@localhost",
            "localhost/",
            ":80",
        ]
    },
    "two Content-Type": with_field(b"Content-Type: application/json"),
    "two Content-Type, another case": with_field(b"content-type: text/plain"),
    "two Authorization": with_field(b"Authorization: Bearer a\r\nauthorization: Bearer b"),
    "two x-api-key": with_field(b"x-api-key: a\r\nX-Api-Key: a"),
    "two Idempotency-Key": with_field(b"Idempotency-Key: a\r\nIdempotency-Key: b"),
    "two Expect": with_field(b"Expect: 100-continue\r\nExpect: 100-continue"),
    "two Content-Length, the same": with_field(b"Content-Length: 16"),
    "two Content-Length": with_field(b"Content-Length: 3"),
    "two Content-Length, another case": with_field(b"content-length: 3"),
    "three Content-Length": with_field(b"Content-Length: 16\r\nContent-Length: 16"),
    "Content-Length before Transfer-Encoding": HEAD + LENGTH + CHUNKED + b"\r\n" + CHUNKS,
    "Transfer-Encoding before Content-Length": HEAD + CHUNKED + LENGTH + b"\r\n" + CHUNKS,
    **{
        f"transfer coding {coding}": HEAD
        + b"Transfer-Encoding: %s\r\n\r\n" % coding.encode()
        + CHUNKS
        for coding in [
            "gzip",
            "identity",
            "gzip, chunked",
            "chunked, gzip",
            "chunked, chunked",
            "xchunked",
            "chunkedx",
            "chunked;q=1",
            '"chunked"',
            "",
        ]
    },
    "two Transfer-Encoding": HEAD + CHUNKED + CHUNKED + b"\r\n" + CHUNKS,
    "chunked and identity": HEAD + CHUNKED + b"Transfer-Encoding: identity\r\n\r\n" + CHUNKS,
    **{
        f"length {length!r}": HEAD + b"Content-Length: %s\r\n\r\n" % length.encode() + BODY
        for length in [
            "",
            "+16",
            "-1",
            "0x10",
            "1 6",
            "16,16",
            "16, 16",
            "16;",
            "1e1",
            "16.0",
            '"16"',
            "ten",
        ]
    },
    "length beyond 64 bits": HEAD + b"Content-Length: 18446744073709551632\r\n\r\n" + BODY,
    "blank before a colon": with_field(b"X-A : b"),
    "tab before a colon": with_field(b"X-A\t: b"),
    "blank before the colon of the length": HEAD + b"Content-Length : 16\r\n\r\n" + BODY,
    "blank before the colon of the coding": HEAD + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "folded with a blank": with_field(b"X-A: b\r\n c"),
    "folded with a tab": with_field(b"X-A: b\r\n\tc"),
    "folded coding": HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n" + CHUNKS,
    "folded first field": LINE + b" X-A: b\r\n" + HOST + TYPE + LENGTH + b"\r\n" + BODY,
    "no name": with_field(b": b"),
    "no name but a blank": with_field(b" : b"),
    "no colon": with_field(b"X-A"),
    "blank in a name": with_field(b"X A: b"),
    "control character in a name": with_field(b"X\x01A: b"),
    "NUL in a name": with_field(b"X\x00A: b"),
    **{
        f"{control:#04x} in a field": with_field(b"X-A: b%cc" % control)
        for control in [0x00, 0x01, 0x08, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F]
    },
    "NUL at the end of a field": with_field(b"X-A: b\x00"),
    "NUL in Host": LINE + b"Host: localhost\x00.evil.example\r\n" + TYPE + LENGTH + b"\r\n" + BODY,
    "bare CR in a field": with_field(b"X-A: b\rX-B: c"),
    **{
        f"{control:#04x} in the target": with_target(b"/healthz%cx" % control)
        for control in [0x00, 0x01, 0x09, 0x0B, 0x1F, 0x7F]
    },
    "NUL at the end of the target": with_target(b"/healthz\x00"),
    "control character in the query": with_target(b"/healthz?a=\x01"),
    "a target that names another host": LINE.replace(b"/v1", b"http://evil.example/v1", 1)
    + HOST
    + TYPE
    + LENGTH
    + b"\r\n"
    + BODY,
    **{
        f"trailer {line!r}": HEAD + CHUNKED + b"\r\n10\r\n%s\r\n0\r\n%s\r\n\r\n" % (BODY, line)
        for line in [
            b": x",
            b"X A: y",
            b"X: a\x01b",
            b"Content-Length: 5",
            b"Content-Length: 5\r\nContent-Length: 6",
            b"Transfer-Encoding: gzip",
            b"Host: evil.example",
            b"X: a\r\n b",
            b" X: a",
            b"X",
            b"X: a\nY: b",
            b"X : a",
        ]
    },
    **{
        f"chunks {chunks!r}": HEAD + CHUNKED + b"\r\n" + chunks
        for chunks in [
            b"10;\n" + BODY + b"\r\n0\r\n\r\n",
            b"10\n" + BODY + b"\r\n0\r\n\r\n",
            b"10;a\n" + BODY + b"\r\n0\r\n\r\n",
            b"10\r" + BODY + b"\r\n0\r\n\r\n",
            b"10\r\n" + BODY + b"\n0\r\n\r\n",
            b"10\r\n" + BODY + b"\r0\r\n\r\n",
            b"10\r\n" + BODY + b"0\r\n\r\n",
            b"10\r\n" + BODY + b"\r\n0\n\n",
            b"10\r\n" + BODY + b"\r\n0\r\n\n",
            b"10\r\n" + BODY + b"\r\n0\n\r\n",
            b"10 \r\n" + BODY + b"\r\n0\r\n\r\n",
            b" 10\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10\t;a\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"+10\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"1_0\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10,10\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10h\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10;\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10;=a\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10;a=\r\n" + BODY + b"\r\n0\r\n\r\n",
            b'10;a="\r\n' + BODY + b"\r\n0\r\n\r\n",
            b"10;a\x00\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10;a b\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"00000000000000010\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"ffffffffffffffff0\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"fffffffffffffff0\r\n" + BODY + b"\r\n0\r\n\r\n",
            b"10;" + b"a" * 2000 + b"\r\n" + BODY + b"\r\n0\r\n\r\n",
        ]
    },
}


@pytest.fixture(params=["plain", "TLS"])
def service(request, gateway, backend, certificates):
    server = backend(replies.custom())
    sections = {"integration gpt": integration(server.url)}
    if request.param == "TLS":
        return https(gateway, certificates, sections), server
    return gateway(sections), server


def check_refused(connection):
    response = connection.read_response()
    assert response.status == 400
    assert response.error["type"] == "invalid_request_error"
    assert connection.is_closed_within(2), "what follows must not be read as a request"


@pytest.mark.parametrize("request_bytes", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_an_ambiguous_request_is_refused_and_the_connection_closed(service, request_bytes):
    running, server = service
    with running.client().open() as connection:
        connection.send(request_bytes + FOLLOWING)
        check_refused(connection)
    assert not server.requests
    assert running.client().get("/healthz").status == 200


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_an_ambiguous_request_is_refused_after_a_sound_one(service, name):
    running, server = service
    for first, second in (
        (FOLLOWING, AMBIGUOUS[name]),
        (FOLLOWING + AMBIGUOUS[name] + FOLLOWING, b""),
    ):
        with running.client().open() as connection:
            connection.send(first)
            assert connection.read_response("GET").status == 200
            connection.send(second)
            check_refused(connection)
    assert not server.requests


@pytest.mark.parametrize("request_bytes", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
def test_an_ambiguous_request_may_come_in_pieces(service, request_bytes):
    running, server = service
    with running.client().open() as connection:
        for start in range(0, len(request_bytes), 7):
            if not connection.send_if_open(request_bytes[start : start + 7]):
                break
            time.sleep(0.0005)
        check_refused(connection)
    assert not server.requests


# Broken in other ways: refused as well, some of them for another reason.
BROKEN = {
    "no version": b"GET /healthz\r\n\r\n",
    "unknown protocol": b"GET /healthz HTTQ/1.1\r\nHost: localhost\r\n\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/3.0": b"GET /healthz HTTP/3.0\r\nHost: localhost\r\n\r\n",
    "blank in the target": b"GET /health z HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no target": b"GET HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TLS hello": bytes.fromhex("16030100a5010000a10303") + bytes(160),
    "binary": bytes(range(256)) + b"\r\n\r\n",
    "chunk size no number": HEAD + CHUNKED + b"\r\nzz\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunk size negative": HEAD + CHUNKED + b"\r\n-10\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunk size with a prefix": HEAD + CHUNKED + b"\r\n0x10\r\n" + BODY + b"\r\n0\r\n\r\n",
    "chunk size beyond 64 bits": HEAD
    + CHUNKED
    + b"\r\n10000000000000010\r\n"
    + BODY
    + b"\r\n0\r\n\r\n",
    "chunk not ended": HEAD + CHUNKED + b"\r\n10\r\n" + BODY + b"XX0\r\n\r\n",
    "chunk size blank": HEAD + CHUNKED + b"\r\n\r\n" + BODY + b"\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("request_bytes", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_request_is_not_served(service, request_bytes):
    running, server = service
    with running.client().open() as connection:
        connection.send_if_open(request_bytes + FOLLOWING)
        assert connection.read_response().status in (400, 505)
        assert connection.is_closed_within(2)
    assert not server.requests
    assert running.client().get("/healthz").status == 200


UNUSUAL = {
    "chunked": HEAD + CHUNKED + b"\r\n" + CHUNKS,
    "chunked, several": HEAD + CHUNKED + b'\r\n1\r\n{\r\n0F\r\n"content":"hi"}\r\n000\r\n\r\n',
    "chunked with extensions": HEAD + CHUNKED + b"\r\n10;a=b\r\n" + BODY + b"\r\n0;c\r\n\r\n",
    "chunked with values of extensions": HEAD
    + CHUNKED
    + b'\r\n10;a="b;\\"c";d=e; f = g\r\n'
    + BODY
    + b"\r\n0\r\n\r\n",
    "chunked with long lines": HEAD
    + CHUNKED
    + b"\r\n10;"
    + b"a" * 1000
    + b"\r\n"
    + BODY
    + b"\r\n0\r\n\r\n",
    "chunked with a trailer": HEAD + CHUNKED + b"\r\n10\r\n" + BODY + b"\r\n0\r\nX-T: v\r\n\r\n",
    "absolute target": LINE.replace(b"/v1", b"http://localhost/v1", 1)
    + HOST
    + TYPE
    + LENGTH
    + b"\r\n"
    + BODY,
    "HTTP/1.0": HEAD.replace(b"1.1", b"1.0", 1) + LENGTH + b"\r\n" + BODY,
    "mixed case of names": LINE
    + b"hOsT: localhost\r\ncOnTeNt-TyPe: application/json\r\ncontent-LENGTH: 16\r\n\r\n"
    + BODY,
    "no blank after colons": LINE
    + b"Host:localhost\r\nContent-Type:application/json\r\nContent-Length:16\r\n\r\n"
    + BODY,
    "blanks around values": LINE
    + b"Host: \t localhost \t \r\n"
    + TYPE
    + b"Content-Length:  16\r\n\r\n"
    + BODY,
    "leading zeros of the length": HEAD + b"Content-Length: 0016\r\n\r\n" + BODY,
    "empty field": with_field(b"X-A:"),
    "tab inside a field": with_field(b"X-A: b\tc"),
    "text beyond ASCII in a field": with_field(b"X-A: caf\xc3\xa9 \xff"),
    "every token character in a name": with_field(b"!#$%&'*+-.^_`|~09azAZ: b"),
    **{
        f"Host {host}": LINE + b"Host: %s\r\n" % host.encode() + TYPE + LENGTH + b"\r\n" + BODY
        for host in ["localhost:", "LOCALHOST:8080", "[::1]", "[0:0::1]:80", "127.0.0.1:65535"]
    },
    "the same field twice": with_field(b"X-A: b\r\nX-A: c"),
    "a query": LINE.replace(b" HTTP", b"?x=1&y HTTP") + HOST + TYPE + LENGTH + b"\r\n" + BODY,
    "an empty line first": b"\r\n" + HEAD + LENGTH + b"\r\n" + BODY,
    "percent encoding": LINE.replace(b"default", b"def%61ult")
    + HOST
    + TYPE
    + LENGTH
    + b"\r\n"
    + BODY,
}


@pytest.mark.parametrize("request_bytes", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_an_unusual_request_is_answered(service, request_bytes):
    running, server = service
    with running.client().open() as connection:
        connection.send(request_bytes)
        assert connection.read_response().data["content"] == "Hi!"
    assert server.requests[0].messages == [("user", "hi")]


def test_every_byte_may_come_alone(service):
    running, server = service
    with running.client().open() as connection:
        for byte in HEAD + CHUNKED + b"\r\n" + CHUNKS:
            connection.send(bytes([byte]))
        assert connection.read_response().status == 200
    assert server.requests[0].messages == [("user", "hi")]


def test_a_connection_is_kept_for_further_requests(service):
    running, _ = service
    with running.client().open() as connection:
        for _ in range(5):
            connection.send(HEAD + LENGTH + b"\r\n" + BODY)
            assert connection.read_response().status == 200
            connection.send(FOLLOWING)
            assert connection.read_response("GET").status == 200


def test_requests_may_be_pipelined(service):
    running, server = service
    with running.client().open() as connection:
        connection.send((HEAD + LENGTH + b"\r\n" + BODY) * 3 + FOLLOWING)
        for _ in range(3):
            assert connection.read_response().data["content"] == "Hi!"
        assert connection.read_response("GET").status == 200
    assert len(server.requests) == 3


@pytest.mark.parametrize("connection_field", [b"close", b"Close", b"foo, close"])
def test_connection_close_is_obeyed(service, connection_field):
    running, _ = service
    with running.client().open() as connection:
        connection.send(HEAD + LENGTH + b"Connection: " + connection_field + b"\r\n\r\n" + BODY)
        assert connection.read_response().status == 200
        assert connection.is_closed_within(2)


def test_a_refusal_keeps_the_connection_where_the_request_was_clear(service):
    """A client with keep-alive keeps its connection after a mistake in its JSON."""
    running, _ = service
    with running.client().open() as connection:
        connection.send(HEAD + b"Content-Length: 2\r\n\r\n{}")
        assert connection.read_response().status == 400
        connection.send(HEAD + LENGTH + b"\r\n" + BODY)
        assert connection.read_response().status == 200
