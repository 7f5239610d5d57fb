"""The answers of sound backends."""

import json
from collections.abc import Mapping

from backends import Answer, finish, send

Headers = Mapping[str, str]

TYPES = ["custom", "openai", "anthropic"]


def http(body: bytes, status: str = "200 OK", headers: Headers | None = None) -> bytes:
    """A complete HTTP/1.1 response of known length."""
    fields = {"Content-Type": "application/json", "Content-Length": len(body), **(headers or {})}
    lines = [f"HTTP/1.1 {status}", *(f"{key}: {value}" for key, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def chunked(*pieces: bytes) -> bytes:
    """A complete HTTP/1.1 response in chunks."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return head + chunks + b"0\r\n\r\n"


def until_closed(body: bytes, version: str = "1.0") -> Answer:
    """A response whose end is the end of the connection."""
    head = f"HTTP/{version} 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    return [send(head.encode() + body), finish()]


def json_bytes(value: object) -> bytes:
    """`value` as JSON; bytes are sent as they are."""
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def document(value: object, status: str = "200 OK", headers: Headers | None = None) -> Answer:
    """Answers with one JSON document."""
    return [send(http(json_bytes(value), status, headers))]


def failure(status: str, code: str = "broken", headers: Headers | None = None) -> Answer:
    """A failure in OpenAI's form."""
    error = {"message": "It broke.", "type": "server_error", "param": None, "code": code}
    return document({"error": error}, status, headers)


def custom_document(content: object = "Hi!") -> dict:
    return {"content": content}


def openai_document(content: object = "Hi!") -> dict:
    """A chat completion."""
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": "gpt-4o-2024-08-06",
        "choices": [choice],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
    }


def anthropic_document(content: object = "Hi!") -> dict:
    """A message."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-3-5-sonnet-20241022",
        "content": [{"type": "text", "text": content}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 2},
    }


def responses_document(content: object = "Hi!") -> dict:
    """A response."""
    part = {"type": "output_text", "text": content, "annotations": [], "logprobs": []}
    item = {"type": "message", "id": "msg_b1", "status": "completed", "role": "assistant"}
    return {
        "id": "resp_b1",
        "object": "response",
        "created_at": 1700000000,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "model": "gpt-5-2026-01-01",
        "output": [{**item, "content": [part]}],
        "usage": {
            "input_tokens": 9,
            "input_tokens_details": {"cached_tokens": 4},
            "output_tokens": 2,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 11,
        },
    }


def document_of(type: str, content: object = "Hi!") -> dict:
    """What a sound backend of that type answers."""
    make = {
        "custom": custom_document,
        "openai": openai_document,
        "anthropic": anthropic_document,
        "responses": responses_document,
    }
    return make[type](content)


def reply(type: str = "custom", content: object = "Hi!") -> Answer:
    return document(document_of(type, content))


def custom(content: object = "Hi!") -> Answer:
    return reply("custom", content)
