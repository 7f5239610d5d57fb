"""Streamed answers as a client sees them: read event by event, and checked against the rules for
all streams."""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from client import Client, Connection, messages_path, request_bytes
from replies import json_bytes

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Event:
    """One event, and the time of its arrival."""

    type: str
    data: dict
    at: float


@dataclass
class Stream:
    """One answer to a message with `"stream": true`: events or, if it failed before the first
    event, a body."""

    status: int = 0
    fields: Fields = ()
    body: bytes = b""
    events: list[Event] = field(default_factory=list)
    # The time of each comment.
    comments: list[float] = field(default_factory=list)
    # Whether the end of the body arrived, and not only the end of the connection.
    is_whole: bool = False

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    @property
    def is_stream(self) -> bool:
        return self.values("Content-Type") == ["text/event-stream"]

    @property
    def deltas(self) -> list[str]:
        return [
            event.data["content"]
            for event in self.events
            if event.type == "delta" and "content" in event.data
        ]

    @property
    def text(self) -> str:
        """The text of the reply so far."""
        return "".join(self.deltas)

    @property
    def message(self) -> dict | None:
        """The object of `event: message`, if there is one."""
        return next((event.data["data"] for event in self.events if event.type == "message"), None)

    @property
    def data(self) -> dict:
        """The object of a success."""
        assert self.message is not None, f"{self.status} {self.body!r} {self.events[-3:]}"
        return self.message

    @property
    def failure(self) -> dict:
        """The object of a failure, inside the stream or in its place."""
        if not self.is_stream:
            assert self.status >= 400, f"{self.status}: {self.body!r}"
            return json.loads(self.body)
        assert self.events and self.events[-1].type == "error", self.events[-3:]
        return self.events[-1].data

    @property
    def attempts(self) -> list[dict]:
        return (self.message or self.failure)["attempts"]

    @property
    def outcomes(self) -> list[str]:
        return [attempt["outcome"] for attempt in self.attempts]

    def check_promises(self) -> None:
        """The rules for every streamed answer that was read to its end."""
        assert len(self.values("X-Request-Id")) == 1
        if not self.is_stream:
            assert self.status != 200
            return
        assert self.status == 200
        assert self.is_whole
        *deltas, last = self.events
        assert {event.type for event in deltas} <= {"delta"}
        assert last.type in ("message", "error")
        for delta in deltas:
            ((kind, piece),) = delta.data.items()
            assert kind in ("content", "reasoning") and piece
        if last.type == "message":
            assert self.data["content"] == self.text
            assert self.data["attempts"][-1]["outcome"] == "ok"
            assert self.data["attempts"][-1]["integration"] == self.data["integration"]["id"]
        else:
            assert set(last.data) == {"error", "attempts"}


def events_of(connection: Connection, stream: Stream) -> Iterator[Event]:
    """Reads an answer into `stream`; yields its events as they arrive."""
    stream.status, stream.fields = connection.read_head()
    if not stream.is_stream:
        (length,) = stream.values("Content-Length")
        pieces = connection.read_pieces(is_chunked=False)
        while len(stream.body) < int(length):
            stream.body += next(pieces)
        stream.is_whole = True
        return
    rest = b""
    is_chunked = stream.values("Transfer-Encoding") == ["chunked"]
    for piece in connection.read_pieces(is_chunked):
        rest += piece
        *blocks, rest = rest.split(b"\n\n")
        for block in blocks:
            if (event := _event(block, stream)) is not None:
                stream.events.append(event)
                yield event
    assert not rest, f"ended inside an event: {rest!r}"
    stream.is_whole = is_chunked


def _event(block: bytes, stream: Stream) -> Event | None:
    if block.startswith(b":"):
        assert b"\n" not in block
        stream.comments.append(time.monotonic())
        return None
    kind, data = block.split(b"\n")
    assert kind.startswith(b"event: ") and data.startswith(b"data: "), block
    return Event(kind[7:].decode(), json.loads(data[6:].decode()), time.monotonic())


def stream_request(
    client: Client,
    content: object = "Hello",
    bot: str = "default",
    headers: Mapping[str, str] | None = None,
    **rest: object,
) -> bytes:
    """The bytes of a message whose answer is streamed."""
    fields = client.request_headers({"Content-Type": "application/json", **(headers or {})})
    body = json_bytes({"content": content, "stream": True, **rest})
    return request_bytes("POST", messages_path(bot), fields, body)


def read_stream(connection: Connection) -> Stream:
    """Reads one answer to its end."""
    stream = Stream()
    for _ in events_of(connection, stream):
        pass
    stream.check_promises()
    return stream


def streamed(client: Client, content: object = "Hello", **rest) -> Stream:
    """Sends one message and reads its answer to the end."""
    with client.open() as connection:
        connection.send(stream_request(client, content, **rest))
        return read_stream(connection)
