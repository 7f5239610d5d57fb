"""Replies that come compressed although no compression was asked for: unpacked as they come."""

import json
import time
import zlib

import pytest
import zstandard

import replies
import stream_replies as streams
from backends import finish, send, wait
from stream_client import Stream, events_of, stream_request, streamed

TOKENS = ["One ", "two ", "three ", "four"]


class Brotli:
    """Brotli's format without any compression (RFC 7932 section 9.2): what is needed of it here."""

    def __init__(self):
        self.head, self.bits = 0, 1

    def compress(self, data: bytes) -> bytes:
        """A meta-block of its own: not the last one, 16 bits of length, not compressed."""
        packed = b""
        for start in range(0, len(data), 1 << 16):
            part = data[start : start + (1 << 16)]
            header = ((len(part) - 1) << 3 | 1 << 19) << self.bits
            packed += header.to_bytes(3, "little") + part
            # The window's size is at the start of the first one only.
            self.bits = 0
        return packed

    def flush(self, *_: object) -> bytes:
        return b""

    def end(self) -> bytes:
        return b"\x03"


class Zlib:
    def __init__(self, bits: int):
        self.coder = zlib.compressobj(wbits=bits)

    def compress(self, data: bytes) -> bytes:
        return self.coder.compress(data) + self.coder.flush(zlib.Z_SYNC_FLUSH)

    def end(self) -> bytes:
        return self.coder.flush()


class Zstandard:
    def __init__(self):
        self.coder = zstandard.ZstdCompressor().compressobj()

    def compress(self, data: bytes) -> bytes:
        return self.coder.compress(data) + self.coder.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def end(self) -> bytes:
        return self.coder.flush()


CODERS = {
    "gzip": lambda: Zlib(31),
    "x-gzip": lambda: Zlib(31),
    "deflate": lambda: Zlib(15),
    "br": Brotli,
    "zstd": Zstandard,
}
codings = pytest.mark.parametrize("coding", CODERS)


def head(coding, type="text/event-stream"):
    fields = f"Content-Type: {type}\r\nContent-Encoding: {coding}\r\nTransfer-Encoding: chunked"
    return send(f"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n".encode())


def compressed(coding, pieces, interval=0.0):
    """A stream whose pieces are compressed one after the other."""
    coder = CODERS[coding]()
    script = [head(coding)]
    for piece in pieces:
        script += [send(streams.chunk(coder.compress(piece))), wait(interval)]
    if end := coder.end():
        script.append(send(streams.chunk(end)))
    return [*script, send(b"0\r\n\r\n")]


@pytest.mark.timing
@codings
def test_tokens_come_as_they_are_made(one_integration, coding):
    pieces = [piece.data for piece in streams.pieces("openai", TOKENS)]
    running, _ = one_integration("openai", compressed(coding, pieces, 0.15))
    client = running.client()
    times = []
    with client.open() as connection:
        connection.send(stream_request(client, bot="support"))
        answer = read(connection, times)
    assert answer.text == "".join(TOKENS)
    assert times[-1] - times[0] > 0.3, "all came at once"


def read(connection, times):
    """Reads an answer to its end; notes when its deltas came."""
    answer = Stream()
    for event in events_of(connection, answer):
        if event.type == "delta":
            times.append(time.monotonic())
    return answer


@codings
@pytest.mark.parametrize("stream", [False, True])
def test_whole_replies_are_unpacked(one_integration, coding, stream):
    coder = CODERS[coding]()
    body = coder.compress(json.dumps(replies.openai_document("Hi!")).encode()) + coder.end()
    script = [head(coding, "application/json"), send(streams.chunk(body) + b"0\r\n\r\n")]
    running, _ = one_integration("openai", script)
    if stream:
        assert streamed(running.client(), bot="support").text == "Hi!"
    else:
        assert running.client().message(bot="support").data["content"] == "Hi!"


@codings
def test_a_slow_client_holds_a_compressed_stream_back(one_integration, coding):
    """The unpacked bytes wait for a slow client, and all of them arrive."""
    token = "word " * 200
    pieces = [piece.data for piece in streams.pieces("openai", [token] * 600)]
    running, _ = one_integration("openai", compressed(coding, pieces), max_response="2M")
    client = running.client()
    with client.open() as connection:
        connection.send(stream_request(client, bot="support"))
        time.sleep(0.5)
        answer = read(connection, [])
    assert answer.text == token * 600


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("stream", [False, True])
def test_a_bomb_is_defused(one_integration, coding, stream):
    """A small body that unpacks to a large one is too large, and takes no memory."""
    bomb = b"data: " + b" " * (64 << 20)
    coder = CODERS[coding]()
    body = coder.compress(bomb) + coder.end()
    script = [head(coding), send(streams.chunk(body) + b"0\r\n\r\n"), finish()]
    running, _ = one_integration("openai", script)
    before = running.peak_resident_kilobytes()
    client = running.client()
    if stream:
        outcomes = streamed(client, bot="support").outcomes
    else:
        outcomes = client.message(bot="support").outcomes
    assert outcomes == ["too_large"]
    assert running.peak_resident_kilobytes() - before < 8 << 10
