"""The answers of backends that stream, in pieces, so that a test can cut them anywhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from backends import Action, Answer, finish, send, wait

# The format of a reply: the three types, and the other framing of `custom`.
KINDS = ["openai", "anthropic", "custom", "ndjson"]

USAGE = {
    "openai": {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12},
    "anthropic": {"input_tokens": 7, "output_tokens": 5},
    "custom": {"prompt_tokens": 7, "completion_tokens": 5},
}


def type_of(kind: str) -> str:
    """The type of integration for a kind of stream."""
    return "custom" if kind == "ndjson" else kind


def usage_of(kind: str) -> dict:
    """The usage that a whole stream reports."""
    return USAGE[type_of(kind)]


@dataclass(frozen=True)
class Piece:
    """One event. `role` is an event before any content, `finish` says that the reply is
    complete, `end` is what may follow."""

    name: str
    data: bytes


def event(kind: str, value: object, ascii: bool = False, type: str = "") -> bytes:
    """One event as it is sent; bytes are sent as they are."""
    data = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=ascii).encode()
    if kind == "ndjson":
        return data + b"\n"
    return (b"event: %s\n" % type.encode() if type else b"") + b"data: " + data + b"\n\n"


def token(kind: str, text: str, ascii: bool = False, model: str = "m-1") -> bytes:
    """The event with a piece of text."""
    if kind == "openai":
        return event(kind, _chunk(model, {"content": text}), ascii)
    if kind == "anthropic":
        delta = {"type": "text_delta", "text": text}
        block = {"type": "content_block_delta", "index": 0, "delta": delta}
        return event(kind, block, ascii, "content_block_delta")
    return event(kind, {"content": text}, ascii)


def pieces(kind: str, tokens: Sequence[str], model: str = "m-1") -> list[Piece]:
    """A whole reply. Every other token is spelt in ASCII, with escapes."""
    texts = [
        Piece("token", token(kind, text, ascii=number % 2 == 1, model=model))
        for number, text in enumerate(tokens)
    ]
    first, last = {"openai": _openai, "anthropic": _anthropic}.get(kind, _custom)(kind, model)
    return [*first, *texts, *last]


def _chunk(model: str, delta: dict, reason: str | None = None, **rest: object) -> dict:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    envelope = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": model}
    return {**envelope, "choices": [choice], **rest}


def _openai(kind: str, model: str):
    role = _chunk(model, {"role": "assistant", "content": ""})
    usage = {**_chunk(model, {}), "choices": [], "usage": USAGE["openai"]}
    return [Piece("role", event(kind, role))], [
        Piece("finish", event(kind, _chunk(model, {}, "stop"))),
        Piece("usage", event(kind, usage)),
        Piece("end", event(kind, b"[DONE]")),
    ]


def _anthropic(kind: str, model: str):
    usage = {"input_tokens": 7, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": model}
    message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}
    block = {"type": "text", "text": ""}
    stop = {"stop_reason": "end_turn", "stop_sequence": None}

    def typed(type: str, **members: object) -> bytes:
        return event(kind, {"type": type, **members}, type=type)

    return [
        Piece("role", typed("message_start", message=message)),
        Piece("role", typed("content_block_start", index=0, content_block=block)),
        Piece("role", typed("ping")),
    ], [
        Piece("stop", typed("content_block_stop", index=0)),
        Piece("finish", typed("message_delta", delta=stop, usage={"output_tokens": 5})),
        Piece("end", typed("message_stop")),
    ]


def _custom(kind: str, model: str):
    first = [Piece("role", event(kind, {"metadata": {"model": model}}))]
    if kind == "ndjson":
        last = {"done": True, "metadata": {"model": model, "usage": USAGE["custom"]}}
        return first, [Piece("finish", event(kind, last))]
    last = {"finish_reason": "stop", "usage": USAGE["custom"]}
    return first, [Piece("finish", event(kind, last)), Piece("end", event(kind, b"[DONE]"))]


CONTENT_TYPES = {"ndjson": "application/x-ndjson"}


def head(kind: str, is_chunked: bool = True) -> bytes:
    """The header section of a streamed reply."""
    type = CONTENT_TYPES.get(kind, "text/event-stream; charset=utf-8")
    framing = "Transfer-Encoding: chunked" if is_chunked else "Connection: close"
    return f"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\n{framing}\r\n\r\n".encode()


def chunk(data: bytes, is_chunked: bool = True) -> bytes:
    """One chunk of a body."""
    return b"%x\r\n%s\r\n" % (len(data), data) if is_chunked else data


def body(data: Sequence[bytes], kind: str, interval: float = 0) -> Answer:
    """A whole response, with its events that many seconds apart."""
    if not interval:
        return [send(head(kind) + b"".join(map(chunk, data)) + b"0\r\n\r\n")]
    actions: list[Action] = [send(head(kind))]
    for one in data:
        actions += [wait(interval), send(chunk(one))]
    return [*actions, send(b"0\r\n\r\n")]


def stream(
    kind: str, tokens: Sequence[str] = ("Hi", "!"), model: str = "m-1", interval: float = 0
) -> Answer:
    """A whole streamed reply."""
    return body([piece.data for piece in pieces(kind, tokens, model)], kind, interval)


def raw(kind: str, data: bytes) -> Answer:
    """A streamed reply of these bytes, which ends with the connection."""
    return [send(head(kind, is_chunked=False) + data), finish()]
