"""What a client sees of an answer, on each of the faces, whole and streamed.

The readers know the interfaces' own documentation and nothing of Postern."""

import json
from dataclasses import dataclass, field

from client import Client, request_bytes
from stream_client import Stream, read_stream

FACES = ["native", "openai", "anthropic", "ollama"]
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages", "ollama": "/api/chat"}
# Every vendor's word for an end that OpenAI has a word for.
WORDS = {
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "model_length": "length",
    "max_tokens": "length",
    "tool_calls": "calls",
    "tool_use": "calls",
}


@dataclass
class Seen:
    """What a client sees."""

    text: str = ""
    thought: str = ""
    # Name and input of each call.
    calls: list[tuple[str, dict]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    # stop, length, calls; `None` for an answer that failed.
    ending: str | None = None
    usage: tuple[int, int] | None = None


def asked(client: Client, face: str, bot: str, content: str, stream: bool) -> Seen:
    """Sends one message and reads the answer to its end."""
    if face == "native":
        return _native(client, bot, content, stream)
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    if face == "anthropic":
        tools = [{"name": "f", "input_schema": {"type": "object"}}]
    body = {
        "model": bot,
        "max_tokens": 999,
        "stream": stream,
        "messages": [{"role": "user", "content": content}],
        "tools": tools,
    }
    if stream and face == "openai":
        body["stream_options"] = {"include_usage": True}
    fields = client.request_headers({"Content-Type": "application/json"})
    with client.open() as connection:
        data = json.dumps(body).encode()
        connection.send(request_bytes("POST", PATHS[face], fields, data))
        if not stream:
            response = connection.read_response()
            if response.status != 200:
                return Seen()
            if face == "ollama":
                return _objects([response.json])
            return _completion(response.json) if face == "openai" else _message(response.json)
        answer = Stream()
        answer.status, answer.fields = connection.read_head()
        lines = answer.values("Content-Type") == ["application/x-ndjson"]
        if not (lines if face == "ollama" else answer.is_stream):
            assert answer.status >= 400, answer.status
            return Seen()
        body = b"".join(connection.read_pieces(is_chunked=True))
        if face == "ollama":
            return _objects([json.loads(line) for line in body.splitlines()])
        events = _events(body)
    return _chunks(events) if face == "openai" else _message_events(events)


def _native(client: Client, bot: str, content: str, stream: bool) -> Seen:
    if stream:
        body = {"content": content, "stream": True}
        fields = client.request_headers({"Content-Type": "application/json"})
        with client.open() as connection:
            target = f"/v1/bots/{bot}/messages"
            data = json.dumps(body).encode()
            connection.send(request_bytes("POST", target, fields, data))
            answer = read_stream(connection)
        deltas = [event.data for event in answer.events if event.type == "delta"]
        seen = Seen(
            "".join(delta.get("content", "") for delta in deltas),
            "".join(delta.get("reasoning", "") for delta in deltas),
        )
        data = answer.message
        assert data is None or _text(data["content"]) == seen.text
    else:
        response = client.message(content, bot=bot)
        if response.status != 200:
            return Seen()
        data = response.data
        seen = Seen(_text(data["content"]))
    if data is not None:
        reason = data["metadata"].get("finish_reason") or data["metadata"].get("stop_reason")
        seen.ending = WORDS.get(reason, reason)
        seen.usage = _counts(data["metadata"].get("usage"))
    return seen


def _counts(usage: dict | None) -> tuple[int, int] | None:
    if not usage:
        return None
    if "input_tokens" in usage:
        return usage["input_tokens"], usage["output_tokens"]
    return usage["prompt_tokens"], usage["completion_tokens"]


def _text(content: str | list | None) -> str:
    if isinstance(content, list):
        return "".join(part["text"] for part in content if part["type"] == "text")
    return content or ""


def _thought(message: dict) -> str:
    """Thinking under any of its names, once."""
    if isinstance(message.get("content"), list):
        parts = [part for part in message["content"] if part["type"] == "thinking"]
        return "".join(_text(part["thinking"]) for part in parts)
    named = {message[name] for name in ("reasoning_content", "reasoning") if message.get(name)}
    assert len(named) <= 1, named
    return "".join(named)


# OpenAI's interface


def _completion(body: dict) -> Seen:
    choice = body["choices"][0]
    message = choice["message"]
    assert message["role"] == "assistant"
    seen = Seen(_text(message["content"]), _thought(message))
    for call in message.get("tool_calls") or []:
        seen.ids.append(call["id"])
        seen.calls.append((call["function"]["name"], json.loads(call["function"]["arguments"])))
    reason = choice["finish_reason"]
    seen.ending = WORDS.get(reason, reason)
    seen.usage = _counts(body["usage"])
    return seen


def _chunks(events: list[tuple[str, str]]) -> Seen:
    seen = Seen()
    calls: dict[int, dict] = {}
    assert events
    for _, data in events:
        if data == "[DONE]":
            assert data == events[-1][1] and seen.ending
            break
        chunk = json.loads(data)
        if "error" in chunk:
            assert data == events[-1][1]
            seen.ending = None
            return seen
        seen.usage = _counts(chunk.get("usage")) or seen.usage
        for choice in chunk["choices"]:
            delta = choice["delta"]
            seen.text += _text(delta.get("content"))
            seen.thought += _thought(delta)
            for piece in delta.get("tool_calls") or []:
                call = calls.setdefault(piece["index"], {"arguments": ""})
                if piece.get("id"):
                    assert "id" not in call, "an id comes once"
                    call |= {"id": piece["id"], "name": piece["function"]["name"]}
                assert "id" in call, "a call begins with its id"
                call["arguments"] += piece.get("function", {}).get("arguments") or ""
            if reason := choice["finish_reason"]:
                seen.ending = WORDS.get(reason, reason)
    else:
        raise AssertionError("a stream ends with [DONE] or an error")
    for call in calls.values():
        seen.ids.append(call["id"])
        seen.calls.append((call["name"], json.loads(call["arguments"])))
    return seen


# Anthropic's interface


def _message(body: dict) -> Seen:
    assert (body["type"], body["role"]) == ("message", "assistant")
    seen = Seen()
    for block in body["content"]:
        _take(seen, block)
    seen.ending = WORDS.get(body["stop_reason"], body["stop_reason"])
    seen.usage = _counts(body["usage"])
    return seen


def _take(seen: Seen, block: dict) -> None:
    if block["type"] == "text":
        seen.text += block["text"]
    elif block["type"] == "thinking":
        seen.thought += block["thinking"]
    elif block["type"] == "tool_use":
        seen.ids.append(block["id"])
        seen.calls.append((block["name"], block["input"]))
    else:
        raise AssertionError(block)


def _message_events(events: list[tuple[str, str]]) -> Seen:
    seen = Seen()
    block: dict | None = None
    arguments = ""
    usage: dict = {}
    for type, data in events:
        event = json.loads(data)
        assert event["type"] == type
        if type == "error":
            if block is not None and block["type"] != "tool_use":
                _take(seen, block)
            seen.ending = None
            return seen
        if type == "message_start":
            usage |= event["message"]["usage"]
        elif type == "content_block_start":
            assert block is None, "one block at a time"
            block, arguments = dict(event["content_block"]), ""
        elif type == "content_block_delta":
            delta = event["delta"]
            if delta["type"] == "input_json_delta":
                arguments += delta["partial_json"]
            elif delta["type"] in ("text_delta", "thinking_delta"):
                name = delta["type"].removesuffix("_delta")
                block[name] += delta[name]
        elif type == "content_block_stop":
            if block["type"] == "tool_use" and arguments:
                block["input"] = json.loads(arguments)
            _take(seen, block)
            block = None
        elif type == "message_delta":
            reason = event["delta"]["stop_reason"]
            seen.ending = WORDS.get(reason, reason)
            usage |= {key: value for key, value in event["usage"].items() if value is not None}
        elif type == "message_stop":
            assert event == json.loads(events[-1][1]) and block is None and seen.ending
            seen.usage = _counts(usage)
            return seen
    raise AssertionError("a stream ends with message_stop or an error")


# Ollama's interface


def _objects(lines: list[dict]) -> Seen:
    seen = Seen()
    for line in lines:
        if "error" in line:
            assert line is lines[-1]
            return seen
        message = line["message"]
        assert message["role"] == "assistant"
        seen.text += message["content"]
        seen.thought += message.get("thinking", "")
        for call in message.get("tool_calls", []):
            seen.ids.append(call["id"])
            seen.calls.append((call["function"]["name"], call["function"]["arguments"]))
        if line["done"]:
            assert line is lines[-1]
            seen.ending = "calls" if seen.calls else line["done_reason"]
            seen.usage = line["prompt_eval_count"], line["eval_count"]
    assert lines[-1]["done"], "a stream ends with a line that is done, or an error"
    return seen


def _events(data: bytes) -> list[tuple[str, str]]:
    """The type and the data of each event."""
    found = []
    for block in data.decode().split("\n\n"):
        lines = [line.split(": ", 1) for line in block.split("\n") if line and line[0] != ":"]
        named = dict(lines)
        if "data" in named:
            found.append((named.get("event", ""), named["data"]))
    return found
