"""Calls of tools, whole and streamed, to the clients of OpenAI's, Anthropic's and Ollama's
interfaces."""

import json

import pytest

import replies
from vendor_replies import (
    MESSAGE,
    PARIS,
    anthropic_stream,
    blocks,
    chunks,
    completion,
    function,
    openai_stream,
)

FACES = ["openai", "anthropic", "ollama"]
ENDED = {"openai": "tool_calls", "anthropic": "tool_use", "ollama": "stop"}


def calls_of(face, answer):
    """The calls in an answer: identifier, name and arguments; and why it ended."""
    if face == "openai" and isinstance(answer, dict):
        choice = answer["choices"][0]
        made = choice["message"].get("tool_calls", [])
        assert all(call["type"] for call in made)
        calls = [(c["id"], c["function"]["name"], c["function"]["arguments"]) for c in made]
        return calls, choice["finish_reason"]
    if face == "openai":
        merged, reason = {}, None
        for chunk in answer:
            for choice in chunk["choices"]:
                reason = choice.get("finish_reason") or reason
                for piece in choice["delta"].get("tool_calls") or []:
                    if piece["index"] not in merged:
                        # Nothing goes out before both are there.
                        assert piece["id"] and piece["function"]["name"]
                    call = merged.setdefault(piece["index"], ["", "", ""])
                    call[0] += piece.get("id") or ""
                    function = piece.get("function", {})
                    call[1] += function.get("name") or ""
                    # A string, whatever form the backend gave them.
                    call[2] += function.get("arguments", "")
        return [tuple(call) for _, call in sorted(merged.items())], reason
    if face == "ollama":
        lines = [answer] if isinstance(answer, dict) else answer
        made = [call for line in lines for call in line["message"].get("tool_calls", [])]
        assert [call["function"]["index"] for call in made] == list(range(len(made)))
        functions = [(call["id"], call["function"]) for call in made]
        calls = [(id, f["name"], json.dumps(f["arguments"])) for id, f in functions]
        return calls, lines[-1]["done_reason"]
    if isinstance(answer, dict):
        made = [block for block in answer["content"] if block["type"] == "tool_use"]
        calls = [(block["id"], block["name"], json.dumps(block["input"])) for block in made]
        return calls, answer["stop_reason"]
    calls, reason, open_block = [], None, None
    for each in answer:
        if each["type"] == "content_block_start":
            assert open_block is None
            open_block = each["index"]
            if each["content_block"]["type"] == "tool_use":
                block = each["content_block"]
                assert block["input"] == {}
                calls.append([block["id"], block["name"], ""])
        elif each["type"] == "content_block_delta":
            assert each["index"] == open_block
            if each["delta"]["type"] == "input_json_delta":
                calls[-1][2] += each["delta"]["partial_json"]
        elif each["type"] == "content_block_stop":
            assert each["index"] == open_block
            open_block = None
        elif each["type"] == "message_delta":
            reason = each["delta"]["stop_reason"]
    assert open_block is None
    return [tuple(call) for call in calls], reason


ROME = '{"city": "Rome"}'


NULL = object()


def piece(index, arguments=None, id=None, name=None, **rest):
    made = {}
    if name is not None:
        made["name"] = name
    if arguments is not None:
        made["arguments"] = None if arguments is NULL else arguments
    call = {"index": index, "function": made, **rest}
    return {"tool_calls": [call if id is None else {**call, "id": id}]}


ONE = [("weather", PARIS)]
TWO = [("weather", PARIS), ("weather", ROME)]
# The backend's stream, its whole reply, and the calls in them.
CALLS = {
    "sound": (
        [piece(0, "", "a", "weather"), piece(0, PARIS[:5]), piece(0, PARIS[5:])],
        [{"id": "a", "type": "function", "function": function()}],
        ONE,
    ),
    "object": (
        [piece(0, {"city": "Paris"}, "a", "weather")],
        [{"id": "a", "type": "function", "function": function({"city": "Paris"})}],
        ONE,
    ),
    "object after the name": (
        [piece(0, None, "a", "weather"), piece(0, {"city": "Paris"})],
        [{"id": "a", "type": "function", "function": function({"city": "Paris"})}],
        ONE,
    ),
    "no arguments": (
        [piece(0, None, "a", "weather")],
        [{"id": "a", "type": "function", "function": {"name": "weather"}}],
        [("weather", "{}")],
    ),
    "null arguments": (
        [piece(0, "", "a", "weather")],
        [{"id": "a", "type": "function", "function": function(None)}],
        [("weather", "{}")],
    ),
    "arguments that begin with null": (
        [piece(0, NULL, "a", "weather"), piece(0, PARIS)],
        [{"id": "a", "type": None, "function": function()}],
        ONE,
    ),
    "object without members": (
        [piece(0, {}, "a", "weather")],
        [{"id": "a", "type": "function", "function": function({})}],
        [("weather", "{}")],
    ),
    "object after an empty one": (
        [piece(0, {}, "a", "weather"), piece(0, {"city": "Paris"})],
        [{"id": "a", "type": "function", "function": function({"city": "Paris"})}],
        ONE,
    ),
    "identifier before the name": (
        [piece(0, None, "a"), piece(0, PARIS[:5], None, "weather"), piece(0, PARIS[5:])],
        [{"id": "a", "type": "function", "function": function()}],
        ONE,
    ),
    "name before the identifier": (
        [piece(0, PARIS[:5], None, "weather"), piece(0, PARIS[5:], "a")],
        [{"id": "a", "type": "function", "function": function()}],
        ONE,
    ),
    "no identifier": (
        [piece(0, PARIS, None, "weather")],
        [{"type": "function", "function": function()}],
        ONE,
    ),
    "empty identifiers at one place": (
        [piece(0, PARIS, "", "weather"), piece(0, ROME, "", "weather")],
        [{"id": "", "function": function()}, {"id": "", "function": function(ROME)}],
        TWO,
    ),
    "one identifier for two calls": (
        [piece(0, PARIS, "a", "weather"), piece(1, ROME, "a", "weather")],
        [{"id": "a", "function": function()}, {"id": "a", "function": function(ROME)}],
        TWO,
    ),
    "by turns": (
        [
            piece(0, "", "a", "weather"),
            piece(1, "", "b", "weather"),
            piece(0, PARIS[:5]),
            piece(1, ROME[:7]),
            piece(0, PARIS[5:]),
            piece(1, ROME[7:]),
        ],
        [{"id": "a", "function": function()}, {"id": "b", "function": function(ROME)}],
        TWO,
    ),
    "repeated identifier and name": (
        [piece(0, PARIS[:5], "a", "weather"), piece(0, PARIS[5:], "a", "weather")],
        [{"id": "a", "function": function()}],
        ONE,
    ),
    "the old word": (
        [piece(0, PARIS, "a", "weather")],
        [{"id": "a", "type": "function", "function": function()}],
        ONE,
    ),
    "no index": (
        [{"tool_calls": [{"id": "a", "function": function()}]}],
        [{"id": "a", "function": function()}],
        ONE,
    ),
}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("reason", ["tool_calls", "stop"])
@pytest.mark.parametrize("case", CALLS)
def test_calls(ask, face, stream, reason, case):
    deltas, whole, expected = CALLS[case]
    if case == "the old word":
        reason = "function_call"
    script = replies.document(completion({"content": None, "tool_calls": whole}, reason))
    if stream:
        first = {"role": "assistant", "content": None}
        script = openai_stream(*chunks(first, *deltas, reason=reason))
    calls, ended = calls_of(face, ask(face, "openai", script, stream))
    told = [(name, arguments) for _, name, arguments in calls]
    if face != "openai" or case.startswith("object"):
        told = [(name, json.loads(arguments)) for name, arguments in told]
        expected = [(name, json.loads(arguments)) for name, arguments in expected]
    assert told == expected
    assert ended == ENDED[face]
    identifiers = [identifier for identifier, _, _ in calls]
    assert all(identifiers) and len(set(identifiers)) == len(identifiers)
    if case == "sound":
        assert identifiers == ["a"]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("arguments", ['{}{"location":"P"}', "[1]", '{"a"'])
def test_arguments_that_are_no_object(ask, face, stream, arguments):
    """OpenAI's clients get the text; for the others the reply is broken."""
    call = {"id": "a", "type": "function", "function": function(arguments)}
    script = replies.document(completion({"tool_calls": [call]}, "tool_calls"))
    if stream:
        script = openai_stream(*chunks(piece(0, arguments, "a", "weather"), reason="tool_calls"))
    answer = ask(face, "openai", script, stream)
    if face == "openai":
        assert calls_of(face, answer)[0] == [("a", "weather", arguments)]
    else:
        last = answer[-1] if isinstance(answer, list) else answer
        assert last.get("type") == "error" or (face == "ollama" and last["error"])


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("id", ["a", None])
@pytest.mark.parametrize("input", [{"a": 1}, {}, {"a": {"b": [1, 2]}}])
@pytest.mark.parametrize("is_text", [False, True])
def test_inputs_that_a_block_begins_with(ask, face, stream, id, input, is_text):
    came = json.dumps(input) if is_text else input
    block = {"type": "tool_use", **({"id": id} if id else {}), "name": "look", "input": came}
    whole = {**MESSAGE, "content": [block], "stop_reason": "end_turn"}
    script = anthropic_stream(blocks([block])) if stream else replies.document(whole)
    calls, reason = calls_of(face, ask(face, "anthropic", script, stream))
    ((identifier, name, arguments),) = calls
    assert name == "look" and json.loads(arguments or "{}") == input
    assert identifier == id if id else identifier
    assert reason == ENDED[face]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("face", FACES)
def test_the_old_call_of_a_function(ask, face, stream):
    old = function(PARIS)
    script = replies.document(completion({"content": None, "function_call": old}, "function_call"))
    if stream:
        pieces = [{"name": "weather", "arguments": ""}, {"arguments": PARIS}]
        deltas = [{"function_call": part} for part in pieces]
        script = openai_stream(*chunks(*deltas, reason="function_call"))
    answer = ask(face, "openai", script, stream)
    if face == "openai" and stream:
        came = [chunk["choices"][0]["delta"].get("function_call") for chunk in answer]
        assert [part for part in came if part] == pieces
        assert answer[-1]["choices"][0]["finish_reason"] == "function_call"
    elif face == "openai":
        assert answer["choices"][0]["message"]["function_call"] == old
    else:
        ((identifier, name, arguments),) = calls_of(face, answer)[0]
        assert identifier and name == "weather" and json.loads(arguments) == json.loads(PARIS)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("content", [None, "Let me look."])
def test_custom_backends_call_tools(ask, face, stream, content):
    call = {"id": "a", "type": "function", "function": function()}
    script = replies.document({"content": content, "tool_calls": [call], "metadata": {"m": 1}})
    if stream:
        pieces = [piece(0, None, "a", "weather"), piece(0, PARIS[:5]), piece(0, PARIS[5:])]
        said = [{"content": content}] if content else []
        script = openai_stream(*said, *pieces)
    answer = ask(face, "custom", script, stream)
    calls, ended = calls_of(face, answer)
    assert [(id, name, json.loads(text)) for id, name, text in calls] == [
        ("a", "weather", json.loads(PARIS))
    ]
    assert ended == ENDED[face]
