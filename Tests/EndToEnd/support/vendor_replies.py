"""Replies of backends in the formats of OpenAI and Anthropic, whole and streamed, with all that may
come beside text."""

from backends import finish, send
from models import STREAM, event

HELLO = [{"role": "user", "content": "Hello"}]
PATHS = {
    "ollama": "/api/chat",
    "openai": "/v1/chat/completions",
    "anthropic": "/v1/messages",
    "native": "/v1/bots/support/messages",
}
CHUNK = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 9, "output_tokens": 1, "service_tier": "standard"},
}


def chunks(*deltas, reason="stop"):
    """A stream in OpenAI's format: its chunks."""
    came = [
        {**CHUNK, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        for delta in deltas
    ]
    end = {"index": 0, "delta": {}, "finish_reason": reason}
    return [*came, {**CHUNK, "choices": [end]}]


def openai_stream(*events):
    return [send(STREAM + b"".join(map(event, events)) + b"data: [DONE]\n\n"), finish()]


def completion(message, reason="stop", **envelope):
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
    whole = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "m"}
    return {**whole, "choices": [choice], **envelope}


def blocks(*content, reason="end_turn", **delta):
    """A stream of Anthropic's with these blocks, each with its deltas: its events."""
    events = [{"type": "message_start", "message": MESSAGE}]
    for index, (start, *deltas) in enumerate(content):
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events += (
            {"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas
        )
        events.append({"type": "content_block_stop", "index": index})
    end = {"stop_reason": reason, "stop_sequence": None, **delta}
    events.append({"type": "message_delta", "delta": end, "usage": {"output_tokens": 2}})
    return [*events, {"type": "message_stop"}]


def anthropic_stream(events):
    return [send(STREAM + b"".join(event(each, each["type"]) for each in events)), finish()]


PARIS = '{"city":"Paris"}'


def function(arguments=PARIS, name="weather"):
    """The function of a call in OpenAI's format."""
    return {"name": name, "arguments": arguments}
