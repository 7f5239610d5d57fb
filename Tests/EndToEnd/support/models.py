"""Backends that answer as models do: whole or as a stream, with text or a tool call, in the
format of each type."""

import json

import replies
from backends import Answer, Request, finish, send

TEXT = "Hello, you!"
CALL = {"city": "Tromsø"}
TYPES = [*replies.TYPES, "echo"]
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"


def model(type: str):
    """A script: calls the tool that it is offered, and then says TEXT."""

    def script(request: Request) -> Answer:
        body = request.json
        calls = bool(body.get("tools")) and not has_results(body)
        if not body.get("stream"):
            return replies.document(document(type, calls))
        return [send(STREAM + b"".join(events(type, calls))), finish()]

    return script


def cut(type: str, count: int):
    """A script: a stream that ends after that many events, without a finish."""

    def script(_: Request) -> Answer:
        return [send(STREAM + b"".join(events(type, False)[:count])), finish()]

    return script


def whole_or_stream(type: str, whole: dict):
    """A script: this reply, whole or as a stream."""

    def script(request: Request) -> Answer:
        if not request.json.get("stream"):
            return replies.document(whole)
        make = {"openai": _chunks_of, "anthropic": _events_of, "responses": responses_events}
        return [send(STREAM + b"".join(make[type](whole))), finish()]

    return script


def says(type: str, text: str, end: str = "stop"):
    """A script: a text, which ends so, whole or as a stream."""
    whole = replies.document_of(type, text)
    if end == "length":
        if type == "openai":
            whole["choices"][0]["finish_reason"] = end
        elif type == "anthropic":
            whole["stop_reason"] = "max_tokens"
        else:
            whole["status"] = "incomplete"
            whole["incomplete_details"] = {"reason": "max_output_tokens"}
    return whole_or_stream(type, whole)


def _chunks_of(whole: dict) -> list[bytes]:
    choice = whole["choices"][0]
    message = choice["message"]
    thought = message.get("reasoning_content")
    deltas = [{"reasoning_content": thought}] if thought else []
    deltas += [{"content": piece} for piece in pieces_of(message["content"])]
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": whole["model"]}
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]})
    return [event({**chunk, "choices": [each]}) for each in choices] + [b"data: [DONE]\n\n"]


def _events_of(whole: dict) -> list[bytes]:
    text = whole["content"][0]["text"]
    block = {"type": "text", "text": ""}
    delta = {"type": "text_delta", "text": text}
    payloads = [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": whole["stop_reason"]}},
        {"type": "message_stop"},
    ]
    return [event(payload, payload["type"]) for payload in payloads]


def has_results(body: dict) -> bool:
    if "input" in body:
        return body["input"][-1].get("type") == "function_call_output"
    last = body["messages"][-1]
    content = last["content"] if isinstance(last["content"], list) else []
    return last["role"] == "tool" or any(part["type"] == "tool_result" for part in content)


def document(type: str, calls: bool) -> dict:
    whole = replies.document_of(type, TEXT)
    function = {"name": "weather", "arguments": json.dumps(CALL)}
    call = {"id": "call_1", "type": "function", "function": function}
    if calls and type == "custom":
        whole = {"content": None, "tool_calls": [call]}
    elif calls and type == "openai":
        whole["choices"][0]["message"] |= {"content": None, "tool_calls": [call]}
        whole["choices"][0]["finish_reason"] = "tool_calls"
    elif calls and type == "anthropic":
        whole["content"] = [{"type": "tool_use", "id": "call_1", "name": "weather", "input": CALL}]
        whole["stop_reason"] = "tool_use"
    elif calls and type == "responses":
        whole["output"] = [
            {
                "type": "function_call",
                "id": "fc_1",
                "status": "completed",
                "call_id": "call_1",
                "name": "weather",
                "arguments": json.dumps(CALL),
            }
        ]
    return whole


def events(type: str, calls: bool) -> list[bytes]:
    make = {
        "custom": custom_events,
        "openai": openai_events,
        "anthropic": anthropic_events,
        "responses": lambda calls: responses_events(document("responses", calls)),
    }
    return make[type](calls)


def custom_events(calls: bool) -> list[bytes]:
    return [event(delta) for delta in deltas_of(calls)] + [b"data: [DONE]\n\n"]


def deltas_of(calls: bool) -> list[dict]:
    """In OpenAI's words."""
    if not calls:
        return [{"content": piece} for piece in ("Hello", ", ", "you!")]
    head = {"index": 0, "id": "call_1", "type": "function"}
    first = {**head, "function": {"name": "weather", "arguments": ""}}
    arguments = json.dumps(CALL)
    pieces = [first] + [
        {"index": 0, "function": {"arguments": part}} for part in (arguments[:5], arguments[5:])
    ]
    return [{"tool_calls": [piece]} for piece in pieces]


def openai_events(calls: bool) -> list[bytes]:
    deltas = deltas_of(calls)
    deltas[0]["role"] = "assistant"
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-real"}
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls" if calls else "stop"})
    chunks = [{**chunk, "choices": [choice]} for choice in choices]
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    chunks.append({**chunk, "choices": [], "usage": usage})
    return [event(chunk) for chunk in chunks] + [b"data: [DONE]\n\n"]


def anthropic_events(calls: bool) -> list[bytes]:
    message = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-real",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {"input_tokens": 9, "output_tokens": 1},
    }
    if calls:
        block = {"type": "tool_use", "id": "call_1", "name": "weather", "input": {}}
        arguments = json.dumps(CALL)
        deltas = [
            {"type": "input_json_delta", "partial_json": part}
            for part in (arguments[:5], arguments[5:])
        ]
    else:
        block = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": piece} for piece in ("Hello", ", ", "you!")]
    reason = {"stop_reason": "tool_use" if calls else "end_turn", "stop_sequence": None}
    payloads = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": reason, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ]
    return [event(payload, payload["type"]) for payload in payloads]


def responses_events(whole: dict) -> list[bytes]:
    """A response in events, its texts in pieces."""
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    payloads = [
        {"type": "response.created", "response": begun},
        {"type": "response.in_progress", "response": begun},
    ]
    for place, item in enumerate(whole["output"]):
        about = {"output_index": place, "item_id": item["id"]}
        started = {**item, "status": "in_progress"}
        started |= {key: [] for key in ("content", "summary") if key in item}
        if item["type"] == "function_call":
            started["arguments"] = ""
        payloads.append(
            {"type": "response.output_item.added", "output_index": place, "item": started}
        )
        for number, part in enumerate(item.get("content", [])):
            at = {**about, "content_index": number}
            empty = {**part, "text": ""}
            payloads.append({"type": "response.content_part.added", **at, "part": empty})
            text = part["text"]
            for piece in pieces_of(text):
                delta = {"type": "response.output_text.delta", **at, "delta": piece, "logprobs": []}
                payloads.append(delta)
            done = {"type": "response.output_text.done", **at, "text": text, "logprobs": []}
            payloads += [done, {"type": "response.content_part.done", **at, "part": part}]
        for number, part in enumerate(item.get("summary", [])):
            at = {**about, "summary_index": number}
            kind = "response.reasoning_summary"
            payloads += [
                {"type": f"{kind}_part.added", **at, "part": {**part, "text": ""}},
                {"type": f"{kind}_text.delta", **at, "delta": part["text"]},
                {"type": f"{kind}_text.done", **at, "text": part["text"]},
                {"type": f"{kind}_part.done", **at, "part": part},
            ]
        if item["type"] == "function_call":
            kind = "response.function_call_arguments"
            for piece in pieces_of(item["arguments"]):
                payloads.append({"type": f"{kind}.delta", **about, "delta": piece})
            payloads.append({"type": f"{kind}.done", **about, "arguments": item["arguments"]})
        payloads.append({"type": "response.output_item.done", "output_index": place, "item": item})
    payloads.append({"type": f"response.{whole['status']}", "response": whole})
    return [
        event({**payload, "sequence_number": number}, payload["type"])
        for number, payload in enumerate(payloads)
    ]


def pieces_of(text: str) -> list[str]:
    """A text in three pieces."""
    return [piece for piece in (text[:5], text[5:7], text[7:]) if piece]


def event(payload: dict, type: str | None = None) -> bytes:
    name = f"event: {type}\n" if type else ""
    return f"{name}data: {json.dumps(payload)}\n\n".encode()
