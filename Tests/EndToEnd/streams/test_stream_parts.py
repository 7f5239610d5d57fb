"""What streams have beside text, for clients of OpenAI's and Anthropic's interfaces."""

import json

import pytest

import models
import replies
from backends import finish, send

HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def asked(one_integration):
    """Sends one message to a gateway with one integration; returns the answer, event by event if
    it is a stream."""

    def ask(path, type, script, fields=None, **settings):
        running, _ = one_integration(type, script, **settings)
        document = {"model": "support", "max_tokens": 64, "messages": HELLO, **(fields or {})}
        body = running.client().post(path, document).body
        lines = body.splitlines() if document.get("stream") else [b"data: " + body]
        return [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]

    return ask


@pytest.fixture
def choices(asked):
    """Those of each chunk, or of a whole answer, to OpenAI's clients."""

    def ask(*arguments, **settings):
        chunks = asked("/v1/chat/completions", *arguments, **settings)
        return [choice for chunk in chunks for choice in chunk["choices"]]

    return ask


@pytest.mark.parametrize("delivery", ["live", "whole"])
@pytest.mark.parametrize("member", ["reasoning_content", "reasoning"])
def test_reasoning_of_a_backend_that_does_not_stream(choices, member, delivery):
    document = models.document("openai", calls=False)
    document["choices"][0]["message"] |= {"reasoning_content": None, member: "Hm."}
    bot = {"delivery": delivery}
    came = choices("openai", replies.document(document), {"stream": True}, stream="no", bot=bot)
    deltas = [choice["delta"] for choice in came]
    assert [delta for delta in deltas if delta.get("content") or delta.get(member)] == [
        {member: "Hm."},
        {"content": models.TEXT},
    ]


def test_thinking_of_a_backend_that_does_not_stream(asked):
    document = models.document("anthropic", calls=False)
    document["content"].insert(0, {"type": "thinking", "thinking": "Hm.", "signature": "s"})
    events = asked(
        "/v1/messages", "anthropic", replies.document(document), {"stream": True}, stream="no"
    )
    deltas = [event["delta"] for event in events if event["type"] == "content_block_delta"]
    assert deltas == [
        {"type": "thinking_delta", "thinking": "Hm."},
        {"type": "signature_delta", "signature": "s"},
        {"type": "text_delta", "text": models.TEXT},
    ]


@pytest.mark.parametrize("streams", [True, False])
def test_logprobs(choices, streams):
    """In a stream, each comes with the piece of text that it is about."""
    known = [{"content": [{"token": text, "logprob": -0.5}]} for text in ("Hel", "lo")]
    pieces = [
        {"index": 0, "delta": {"content": text}, "logprobs": one}
        for text, one in zip(("Hel", "lo"), known, strict=True)
    ]
    pieces.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    events = [models.event({"choices": [piece]}) for piece in pieces]
    script = [send(models.STREAM + b"".join(events) + b"data: [DONE]\n\n"), finish()]
    fields = {"stream": streams, "logprobs": True}
    came = choices("openai", script, fields, stream="yes")
    if streams:
        pairs = [(choice["delta"].get("content"), choice.get("logprobs")) for choice in came]
        assert pairs == [("Hel", known[0]), ("lo", known[1]), (None, None)]
    else:
        (choice,) = came
        assert choice["logprobs"] == {"content": known[0]["content"] + known[1]["content"]}


def test_a_call_without_arguments(choices):
    """Anthropic's streams have none for it; OpenAI's clients read them as JSON."""
    block = {"type": "tool_use", "id": "call_1", "name": "now", "input": {}}
    events = [
        {"type": "message_start", "message": {"usage": {"input_tokens": 1}}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
        {"type": "message_stop"},
    ]
    body = b"".join(models.event(event, event["type"]) for event in events)
    function = {"name": "now", "parameters": {"type": "object", "properties": {}}}
    tools = [{"type": "function", "function": function}]
    came = choices(
        "anthropic", [send(models.STREAM + body), finish()], {"stream": True, "tools": tools}
    )
    calls = [call for choice in came for call in choice["delta"].get("tool_calls", [])]
    assert "".join(call["function"]["arguments"] for call in calls) == "{}"
