"""A model that calls tools for twenty turns, in OpenAI's and in Anthropic's format, as strict as
the vendors are: a request that they would refuse gets 400.

Its turn is the number of replies that the request has: each reply depends on the request alone."""

import json
import re
from dataclasses import dataclass

import replies
from backends import Answer, Request, finish, send

TURNS = 20
FINAL = "All done: ü."
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
PNG = "iVBORw0KGgo="


@dataclass(frozen=True)
class Turn:
    """One reply: what the model thinks, says, and calls."""

    thought: str
    text: str
    # Id, name and arguments of each call.
    calls: tuple[tuple[str, str, dict], ...]


def turn(number: int) -> Turn:
    if number == TURNS - 1:
        return Turn("", FINAL, ())
    calls = tuple(
        (f"call_{number}_{place}", "photo" if number % 5 == 2 else "weather", {"city": city})
        for place, city in enumerate(["Tromsø", '"Bodø"\n'][: 2 if number % 4 == 1 else 1])
    )
    thought = f"Thinking\n{number} ü." if number % 3 == 0 else ""
    return Turn(thought, f"Step {number}." if number % 2 == 0 else "", calls)


ALL = [turn(number) for number in range(TURNS)]


def result(name: str, city: str) -> str:
    """What a tool answers; `photo` has an image besides."""
    return f"{name} of {city}"


# What Anthropic answers where it cannot hold the conversation: its SDK then sends all of it.
NO_THREADS = {
    "type": "error",
    "error": {
        "type": "invalid_request_error",
        "message": "No threads.",
        "details": {"error_code": "thread_unsupported_request", "unsupported": ["thread"]},
    },
}


class Refused(Exception):
    """The vendor would answer 400."""


def require(condition: object, reason: str) -> None:
    if not condition:
        raise Refused(reason)


def model(type: str):
    """The script of a backend; its `refused` has the reasons of what it refused."""
    check, whole, stream = {
        "openai": (_check_openai, _completion, _chunks),
        "anthropic": (_check_anthropic, _message, _events),
    }[type]

    refused: list[str] = []

    def script(request: Request) -> Answer:
        body = request.json
        if body.get("thread"):
            return replies.document(NO_THREADS, "400 Bad Request")
        try:
            check(body)
        except (Refused, KeyError, TypeError, ValueError) as error:
            refused.append(repr(error))
            return replies.failure("400 Bad Request", repr(error))
        reply = ALL[sum(message["role"] == "assistant" for message in body["messages"])]
        if body.get("stream"):
            return [send(STREAM + stream(reply)), finish()]
        return replies.document(whole(reply))

    script.refused = refused
    return script


# OpenAI's format

OPENAI_FIELDS = {
    *("model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop"),
    *("tools", "tool_choice", "parallel_tool_calls", "stream", "stream_options", "user"),
    *("reasoning_effort", "store", "metadata", "service_tier", "response_format", "n", "seed"),
}


def _check_openai(body: dict) -> None:
    require(set(body) <= OPENAI_FIELDS, f"unknown fields: {set(body) - OPENAI_FIELDS}")
    require(body.get("tools") != [], "tools is empty")
    for tool in body.get("tools", []):
        require(tool["type"] == "function" and tool["function"]["name"], "a tool has no name")
    effort = body.get("reasoning_effort", "low")
    require(effort in ("minimal", "low", "medium", "high"), f"reasoning_effort is {effort}")
    require(len(body.get("user", "")) <= 64, "user is too long")
    waiting: list[str] = []
    for message in body["messages"]:
        role, content = message["role"], message.get("content")
        if role == "tool":
            require(message["tool_call_id"] in waiting, "a result without its call")
            waiting.remove(message["tool_call_id"])
            parts = content if isinstance(content, list) else []
            require(content and all(part["type"] == "text" for part in parts), "a result is text")
            continue
        require(not waiting, f"calls without results: {waiting}")
        if role == "assistant":
            calls = message.get("tool_calls") or []
            require(content or calls, "an empty reply")
            require(isinstance(content, str | None), "a reply is text")
            for call in calls:
                require(isinstance(json.loads(call["function"]["arguments"]), dict), "arguments")
            waiting = [call["id"] for call in calls]
        elif role == "user":
            kinds = {"text"} if isinstance(content, str) else {part["type"] for part in content}
            require(content and kinds <= {"text", "image_url", "file"}, f"parts: {kinds}")
        else:
            require(role in ("system", "developer"), f"role {role}")
            require(isinstance(content, str), "a system message is a string here")
    require(not waiting, f"calls without results: {waiting}")


def _tool_calls(reply: Turn) -> list[dict]:
    return [
        {
            "index": place,
            "id": id,
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(input)},
        }
        for place, (id, name, input) in enumerate(reply.calls)
    ]


def _completion(reply: Turn) -> dict:
    document = replies.openai_document(reply.text or None)
    choice = document["choices"][0]
    if reply.thought:
        choice["message"]["reasoning_content"] = reply.thought
    if reply.calls:
        calls = [{key: call[key] for key in call if key != "index"} for call in _tool_calls(reply)]
        choice["message"]["tool_calls"] = calls
        choice["finish_reason"] = "tool_calls"
    return document


def _chunks(reply: Turn) -> bytes:
    deltas: list[dict] = [{"role": "assistant", "content": ""}]
    deltas += [{"reasoning_content": part} for part in _halves(reply.thought)]
    deltas += [{"content": part} for part in _halves(reply.text)]
    for call in _tool_calls(reply):
        arguments = call["function"]["arguments"]
        call["function"] = {"name": call["function"]["name"], "arguments": ""}
        deltas.append({"tool_calls": [call]})
        for part in _halves(arguments):
            piece = {"index": call["index"], "function": {"arguments": part}}
            deltas.append({"tool_calls": [piece]})
    envelope = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-real"}
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    reason = "tool_calls" if reply.calls else "stop"
    choices.append({"index": 0, "delta": {}, "finish_reason": reason})
    chunks = [{**envelope, "choices": [choice]} for choice in choices]
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    chunks.append({**envelope, "choices": [], "usage": usage})
    lines = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def _halves(text: str) -> list[str]:
    middle = len(text) // 2
    return [part for part in (text[:middle], text[middle:]) if part]


# Anthropic's format

ANTHROPIC_FIELDS = {
    *("model", "messages", "max_tokens", "system", "temperature", "top_p", "top_k", "stream"),
    *("stop_sequences", "tools", "tool_choice", "thinking", "metadata", "service_tier"),
    *("context_management", "output_config", "cache_control"),
}


def _check_anthropic(body: dict) -> None:
    require(set(body) <= ANTHROPIC_FIELDS, f"unknown fields: {set(body) - ANTHROPIC_FIELDS}")
    require(isinstance(body["max_tokens"], int), "max_tokens")
    thinking = body.get("thinking", {})
    require(thinking.get("budget_tokens", 0) < body["max_tokens"], "budget_tokens")
    effort = body.get("output_config", {}).get("effort", "low")
    require(effort in ("low", "medium", "high", "max"), f"effort is {effort}")
    for tool in body.get("tools", []):
        require(tool["name"] and isinstance(tool["input_schema"], dict), "a tool")
    waiting: list[str] = []
    expected = "user"
    for role, blocks in _combined(body["messages"]):
        require(role == expected, f"a message of {role}, not of {expected}")
        expected = "assistant" if role == "user" else "user"
        if role == "assistant":
            waiting = _check_reply(blocks)
            continue
        results = [block for block in blocks if block["type"] == "tool_result"]
        require(blocks[: len(results)] == results, "results come first")
        found = sorted(block["tool_use_id"] for block in results)
        require(found == sorted(waiting), f"results of {found}, not of {waiting}")
        for block in blocks:
            parts = block.get("content") if block["type"] == "tool_result" else [block]
            for part in parts if isinstance(parts, list) else []:
                require(part["type"] in ("text", "image", "document"), f"a {part['type']}")
                require(part["type"] != "text" or part["text"].strip(), "an empty text")
        waiting = []
    require(expected == "assistant", "the last message is the user's")


def _combined(messages: list[dict]) -> list[tuple[str, list[dict]]]:
    """The messages, several of one role one after another as one: so does Anthropic."""
    found: list[tuple[str, list[dict]]] = []
    for message in messages:
        role, content = message["role"], message["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        require(blocks, "an empty message")
        if found and found[-1][0] == role:
            found[-1][1].extend(blocks)
        else:
            found.append((role, list(blocks)))
    return found


def _check_reply(blocks: list[dict]) -> list[str]:
    for block in blocks:
        require(block["type"] in ("text", "thinking", "tool_use"), f"a {block['type']}")
        if block["type"] == "text":
            require(block["text"].strip(), "an empty text")
        elif block["type"] == "thinking":
            signature = _signature(block["thinking"])
            require(block.get("signature") == signature, "thinking that is not signed")
        else:
            require(isinstance(block["input"], dict), "input")
            require(re.fullmatch(r"[a-zA-Z0-9_-]+", block["id"]), "id")
    return [block["id"] for block in blocks if block["type"] == "tool_use"]


def _signature(thought: str) -> str:
    return f"signature-of-{thought.encode().hex()}"


def _blocks(reply: Turn) -> list[dict]:
    blocks: list[dict] = []
    if reply.thought:
        signature = _signature(reply.thought)
        blocks.append({"type": "thinking", "thinking": reply.thought, "signature": signature})
    if reply.text:
        blocks.append({"type": "text", "text": reply.text})
    blocks += [
        {"type": "tool_use", "id": id, "name": name, "input": input}
        for id, name, input in reply.calls
    ]
    return blocks


def _message(reply: Turn) -> dict:
    document = replies.anthropic_document()
    document["content"] = _blocks(reply)
    document["stop_reason"] = "tool_use" if reply.calls else "end_turn"
    return document


def _events(reply: Turn) -> bytes:
    message = replies.anthropic_document() | {"content": [], "stop_reason": None}
    payloads: list[dict] = [{"type": "message_start", "message": message}]
    for index, block in enumerate(_blocks(reply)):
        start, deltas = _opened(block)
        payloads.append({"type": "content_block_start", "index": index, "content_block": start})
        payloads += [
            {"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas
        ]
        payloads.append({"type": "content_block_stop", "index": index})
    reason = {"stop_reason": "tool_use" if reply.calls else "end_turn", "stop_sequence": None}
    payloads.append({"type": "message_delta", "delta": reason, "usage": {"output_tokens": 2}})
    payloads.append({"type": "message_stop"})
    lines = [f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in payloads]
    return "".join(lines).encode()


def _opened(block: dict) -> tuple[dict, list[dict]]:
    """A block as a stream begins it, and its deltas."""
    if block["type"] == "text":
        deltas = [{"type": "text_delta", "text": part} for part in _halves(block["text"])]
        return block | {"text": ""}, deltas
    if block["type"] == "thinking":
        deltas = [
            {"type": "thinking_delta", "thinking": part} for part in _halves(block["thinking"])
        ]
        deltas.append({"type": "signature_delta", "signature": block["signature"]})
        return block | {"thinking": "", "signature": ""}, deltas
    parts = _halves(json.dumps(block["input"]))
    deltas = [{"type": "input_json_delta", "partial_json": part} for part in parts]
    return block | {"input": {}}, deltas
