"""Calls of tools, thinking, and what replies have beside them: each whole and streamed, to the
clients of each interface."""

import json
import time

import pytest

import configuration as configurations
import models
import replies
from backends import finish, send, wait
from models import STREAM, event

HELLO = [{"role": "user", "content": "Hello"}]
PATHS = {
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
    """A stream of OpenAI's kin: its chunks."""
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


@pytest.fixture
def ask(one_integration):
    """Sends one message to a gateway with one integration; returns the answer."""

    def send_one(face, type, script, stream=False, **settings):
        running, _ = one_integration(type, script, **settings)
        body = {"content": "Hello", "stream": stream}
        if face != "native":
            body = {"model": "support", "max_tokens": 64, "messages": HELLO, "stream": stream}
        answer = running.client().post(PATHS[face], body)
        if not stream or not answer.body.startswith((b"event", b"data", b":")):
            return answer.json
        lines = answer.body.splitlines()
        return [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]

    return send_one


def calls_of(face, answer):
    """The calls in an answer: identifier, name and arguments; and why it ended."""
    if face == "openai" and isinstance(answer, dict):
        choice = answer["choices"][0]
        made = choice["message"].get("tool_calls", [])
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
                    call[2] += function.get("arguments") or ""
        return [tuple(call) for _, call in sorted(merged.items())], reason
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


PARIS = '{"city":"Paris"}'
ROME = '{"city": "Rome"}'


def function(arguments=PARIS, name="weather"):
    return {"name": name, "arguments": arguments}


def piece(index, arguments=None, id=None, name=None, **rest):
    made = {}
    if name is not None:
        made["name"] = name
    if arguments is not None:
        made["arguments"] = arguments
    call = {"index": index, "function": made, **rest}
    return {"tool_calls": [call if id is None else {**call, "id": id}]}


ONE = [("weather", PARIS)]
TWO = [("weather", PARIS), ("weather", ROME)]
# What the backend streams, what it sends whole, and the calls.
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
    "no index": (
        [{"tool_calls": [{"id": "a", "function": function()}]}],
        [{"id": "a", "function": function()}],
        ONE,
    ),
}


@pytest.mark.parametrize("face", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("reason", ["tool_calls", "stop"])
@pytest.mark.parametrize("case", CALLS)
def test_calls(ask, face, stream, reason, case):
    deltas, whole, expected = CALLS[case]
    script = replies.document(completion({"content": None, "tool_calls": whole}, reason))
    if stream:
        first = {"role": "assistant", "content": None}
        script = openai_stream(*chunks(first, *deltas, reason=reason))
    calls, ended = calls_of(face, ask(face, "openai", script, stream))
    told = [(name, arguments) for _, name, arguments in calls]
    if face == "anthropic" or case.startswith("object"):
        told = [(name, json.loads(arguments)) for name, arguments in told]
        expected = [(name, json.loads(arguments)) for name, arguments in expected]
    assert told == expected
    assert ended == ("tool_calls" if face == "openai" else "tool_use")
    identifiers = [identifier for identifier, _, _ in calls]
    assert all(identifiers) and len(set(identifiers)) == len(identifiers)
    if case == "sound":
        assert identifiers == ["a"]


@pytest.mark.parametrize("face", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("arguments", ['{}{"location":"P"}', "[1]", '{"a"'])
def test_arguments_that_are_no_object(ask, face, stream, arguments):
    """OpenAI's clients get the text; for Anthropic's the reply is broken."""
    call = {"id": "a", "type": "function", "function": function(arguments)}
    script = replies.document(completion({"tool_calls": [call]}, "tool_calls"))
    if stream:
        script = openai_stream(*chunks(piece(0, arguments, "a", "weather"), reason="tool_calls"))
    answer = ask(face, "openai", script, stream)
    if face == "openai":
        assert calls_of(face, answer)[0] == [("a", "weather", arguments)]
    else:
        last = answer[-1] if isinstance(answer, list) else answer
        assert last["type"] == "error"


@pytest.mark.parametrize("face", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("id", ["a", None])
@pytest.mark.parametrize("input", [{"a": 1}, {}, {"a": {"b": [1, 2]}}])
def test_inputs_that_a_block_begins_with(ask, face, stream, id, input):
    block = {"type": "tool_use", **({"id": id} if id else {}), "name": "look", "input": input}
    whole = {**MESSAGE, "content": [block], "stop_reason": "end_turn"}
    script = anthropic_stream(blocks([block])) if stream else replies.document(whole)
    calls, reason = calls_of(face, ask(face, "anthropic", script, stream))
    ((identifier, name, arguments),) = calls
    assert name == "look" and json.loads(arguments or "{}") == input
    assert identifier == id if id else identifier
    assert reason == ("tool_calls" if face == "openai" else "tool_use")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("face", ["openai", "anthropic"])
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


# What a message of OpenAI's kin may have, known or not.
MEMBERS = {
    "reasoning_details": [{"type": "reasoning.text", "text": "Hm.", "signature": None}],
    "citations": ["https://a.example", "https://b.example"],
    "images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}],
    "audio": {"id": "audio_1", "data": "AA==", "transcript": "Hi!", "expires_at": 7},
    "extra_content": {"google": {"thought_signature": "c2ln"}},
    "unheard_of": {"a": [1.0, None, "\u00e9"]},
}


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("content", ["Hi!", None])
def test_completions_come_as_they_are(one_integration, name, content):
    if content is None and name not in ("images", "audio"):
        content = ""
    call = {"id": "a", "type": "function", "function": function()}
    signed = {**call, "extra_content": {"google": {"thought_signature": "s"}}}
    custom = {"id": "b", "type": "custom", "custom": {"name": "run", "input": "ls"}}
    message = {"content": content, name: MEMBERS[name], "refusal": None}
    if content == "":
        message["tool_calls"] = [signed, custom]
    sent = completion(
        message,
        "tool_calls" if content == "" else "stop",
        usage={"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3, "cost": 0.1},
        search_results=[{"title": "t"}],
    )
    running, _ = one_integration("openai", replies.document(sent))
    answer = running.client().post(PATHS["openai"], {"model": "support", "messages": HELLO})
    assert answer.body == json.dumps(sent).encode()


@pytest.mark.parametrize("name", MEMBERS)
def test_chunks_come_as_they_are(ask, name):
    call = {"index": 0, "id": "a", "type": "function", "function": function()}
    signed = {**call, "extra_content": {"google": {"thought_signature": "s"}}}
    custom = {"index": 1, "id": "b", "type": "custom", "custom": {"name": "run", "input": "ls"}}
    deltas = [
        {"role": "assistant", "content": ""},
        {name: MEMBERS[name]},
        {"content": "Hi!", name: MEMBERS[name]},
        {"tool_calls": [signed]},
        {"tool_calls": [custom]},
    ]
    sent = chunks(*deltas, reason="tool_calls")
    sent[1]["citations"] = ["https://a.example"]
    sent[-1]["unheard_of"] = 1
    answer = ask("openai", "openai", openai_stream(*sent), True)
    assert [json.dumps(chunk) for chunk in answer] == [json.dumps(chunk) for chunk in sent]


BLOCKS = {
    "thinking twice": [
        [
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": "Hm."},
            {"type": "signature_delta", "signature": "s1"},
        ],
        [
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": "Ah."},
            {"type": "signature_delta", "signature": "s2"},
        ],
        [{"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi!"}],
    ],
    "order": [
        [
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": "Hm."},
            {"type": "signature_delta", "signature": "s1"},
        ],
        [{"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi!"}],
        [
            {"type": "tool_use", "id": "t", "name": "look", "input": {}},
            {"type": "input_json_delta", "partial_json": '{"a": 1}'},
        ],
        [
            {"type": "thinking", "thinking": "", "signature": ""},
            {"type": "thinking_delta", "thinking": "Ah."},
            {"type": "signature_delta", "signature": "s2"},
        ],
    ],
    "search": [
        [
            {"type": "server_tool_use", "id": "srv", "name": "web_search", "input": {}},
            {"type": "input_json_delta", "partial_json": '{"query": "x"}'},
        ],
        [
            {
                "type": "web_search_tool_result",
                "tool_use_id": "srv",
                "content": [{"type": "web_search_result", "url": "https://a.example"}],
            }
        ],
        [
            {"type": "text", "text": "", "citations": []},
            {"type": "text_delta", "text": "Hi!"},
            {"type": "citations_delta", "citation": {"type": "x", "cited_text": "y"}},
        ],
    ],
    "redacted": [
        [{"type": "redacted_thinking", "data": "AA=="}],
        [{"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi!"}],
    ],
    "pause": [
        [
            {"type": "server_tool_use", "id": "srv", "name": "web_search", "input": {}},
            {"type": "input_json_delta", "partial_json": '{"query": "x"}'},
        ],
    ],
}


@pytest.mark.parametrize("case", BLOCKS)
def test_events_come_as_they_are(ask, case):
    reason = {"order": "tool_use", "pause": "pause_turn"}.get(case, "end_turn")
    sent = blocks(*BLOCKS[case], reason=reason, container={"id": "c"})
    sent[-2]["context_management"] = {"applied_edits": []}
    answer = ask("anthropic", "anthropic", anthropic_stream(sent), True)
    assert [json.dumps(each) for each in answer] == [json.dumps(each) for each in sent]


@pytest.mark.parametrize("case", BLOCKS)
def test_messages_come_as_they_are(one_integration, case):
    content = []
    for start, *deltas in BLOCKS[case]:
        block = dict(start)
        for delta in deltas:
            if delta["type"] == "input_json_delta":
                block["input"] = json.loads(delta["partial_json"])
            elif delta["type"] == "citations_delta":
                block["citations"] = [delta["citation"]]
            else:
                (name,) = set(delta) - {"type"}
                block[name] += delta[name]
        content.append(block)
    reason = {"order": "tool_use", "pause": "pause_turn"}.get(case, "end_turn")
    sent = {**MESSAGE, "content": content, "stop_reason": reason, "container": {"id": "c"}}
    sent["context_management"] = {"applied_edits": []}
    running, _ = one_integration("anthropic", replies.document(sent))
    body = {"model": "support", "max_tokens": 64, "messages": HELLO}
    assert running.client().post(PATHS["anthropic"], body).body == json.dumps(sent).encode()


def said(face, answer):
    """The reasoning and the text of an answer."""
    if face == "openai":
        parts = (
            [answer["choices"][0]["message"]]
            if isinstance(answer, dict)
            else [choice["delta"] for chunk in answer for choice in chunk["choices"]]
        )
        reasoning = "".join(
            part.get("reasoning_content") or part.get("reasoning") or "" for part in parts
        )
        return reasoning, "".join(part.get("content") or "" for part in parts)
    if face == "anthropic":
        parts = (
            answer["content"]
            if isinstance(answer, dict)
            else [each["delta"] for each in answer if each["type"] == "content_block_delta"]
        )
        return "".join(part.get("thinking", "") for part in parts), "".join(
            part.get("text", "") for part in parts
        )
    if isinstance(answer, dict):
        metadata = answer["data"]["metadata"]
        return (
            metadata.get("reasoning_content") or metadata.get("reasoning"),
            answer["data"]["content"],
        )
    return "".join(each.get("reasoning", "") for each in answer), "".join(
        each.get("content", "") for each in answer
    )


MISTRAL = [
    {"type": "thinking", "thinking": [{"type": "text", "text": "Hmm."}]},
    {"type": "text", "text": "4"},
]
THINKING = {
    "reasoning_content": {"reasoning_content": "Hmm.", "content": "4"},
    "reasoning": {"reasoning": "Hmm.", "content": "4"},
    "both": {"reasoning": "Hmm.", "reasoning_content": "Hmm.", "content": "4"},
    "one empty": {"reasoning": "Hmm.", "reasoning_content": "", "content": "4"},
    "mistral": {"content": MISTRAL},
    "mistral, a text": {"content": [{"type": "thinking", "thinking": "Hmm."}, MISTRAL[1]]},
}


@pytest.mark.parametrize("face", PATHS)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("case", THINKING)
def test_thinking_comes_once(ask, face, stream, case):
    message = THINKING[case]
    script = replies.document(completion(message))
    if stream:
        script = openai_stream(*chunks({"role": "assistant"}, message))
    assert said(face, ask(face, "openai", script, stream)) == ("Hmm.", "4")


@pytest.mark.timing
@pytest.mark.parametrize("face", PATHS)
@pytest.mark.parametrize("type", ["openai", "anthropic"])
def test_thinking_is_a_sign_of_life(ask, face, type):
    """A backend that thinks for longer than its timeout is not given up."""
    if type == "openai":
        events = chunks(*[{"reasoning_content": "."}] * 8, {"content": "Hi!"})
    else:
        thinking = {"type": "thinking", "thinking": "", "signature": ""}
        dots = [{"type": "thinking_delta", "thinking": "."}] * 8
        text = [{"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi!"}]
        events = blocks([thinking, *dots], text)
    script = [send(STREAM)]
    for each in events:
        script += [wait(0.2), send(event(each, each.get("type")))]
    started = time.monotonic()
    answer = ask(face, type, [*script, finish()], True, timeout="1s")
    assert time.monotonic() - started > 1.5
    assert said(face, answer)[0] == "........"
    assert said(face, answer)[1].startswith("Hi!")


@pytest.mark.parametrize("face", PATHS)
@pytest.mark.parametrize("other", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", ["auto", "no"])
def test_a_reply_that_only_thought_is_replaced(gateway, backend, face, other, stream):
    """The client has thinking of both, and the text of the second."""
    thought = event(chunks({"reasoning_content": "Hm."})[0])
    broken = [send(STREAM + thought), finish()]
    first, second = backend(broken), backend(models.model(other))
    running = gateway(
        {
            "bot support": {},
            "integration first": configurations.integration(first.url, "openai", retries=0),
            "integration second": configurations.integration(
                second.url, other, fallback="yes", stream=stream
            ),
        }
    )
    body = {"content": "Hello", "stream": True}
    if face != "native":
        body = {"model": "support", "max_tokens": 64, "messages": HELLO, "stream": True}
    lines = running.client().post(PATHS[face], body).body.splitlines()
    answer = [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]
    reasoning, text = said(face, answer)
    assert (reasoning, text.removesuffix(models.TEXT)) == ("Hm.", "")


TURN = [
    {"role": "user", "content": "Hello"},
    {
        "role": "assistant",
        "content": [
            {"type": "thinking", "thinking": "Hm.", "signature": ""},
            {"type": "thinking", "thinking": "Ah.", "signature": "signed"},
            {"type": "text", "text": "Let me look."},
            {"type": "tool_use", "id": "a", "name": "weather", "input": {}},
        ],
    },
    {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "dry"}]},
]


@pytest.mark.parametrize("type", ["openai", "anthropic"])
@pytest.mark.parametrize("has_call", [True, False])
@pytest.mark.parametrize("is_signed", [True, False])
def test_thinking_goes_back_to_its_kind_of_backend(one_integration, type, has_call, is_signed):
    """Reasoning goes back with the calls that it led to; Anthropic gets what it signed."""
    running, server = one_integration(type)
    user, reply, result = json.loads(json.dumps(TURN))
    if is_signed:
        del reply["content"][0]
    if not has_call:
        del reply["content"][-1]
        result["content"] = "And now?"
    body = {"model": "support", "max_tokens": 64, "messages": [user, reply, result]}
    assert running.client().post(PATHS["anthropic"], body).status == 200
    sent = server.await_requests()[0].json["messages"][1]
    if type == "openai":
        assert sent.get("reasoning_content") == ("Hm." if has_call and not is_signed else None)
        assert sent["content"] == "Let me look."
    else:
        signed = [block for block in reply["content"] if block.get("signature") != ""]
        assert sent == {"role": "assistant", "content": signed}


def test_a_message_that_is_only_unsigned_thinking_is_left_out(one_integration):
    running, server = one_integration("anthropic")
    messages = [TURN[0], {**TURN[1], "content": TURN[1]["content"][:1]}, HELLO[0]]
    body = {"model": "support", "max_tokens": 64, "messages": messages}
    assert running.client().post(PATHS["anthropic"], body).status == 200
    assert [each["role"] for each in server.await_requests()[0].json["messages"]] == ["user"] * 2


def test_signatures_of_thoughts_go_back(one_integration):
    """What a call has beside its function is the backend's own, and goes back as it came."""
    running, server = one_integration("openai")
    extra = {"google": {"thought_signature": "c2ln"}}
    call = {"id": "a", "type": "function", "function": function(), "extra_content": extra}
    messages = [
        HELLO[0],
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "dry"},
    ]
    assert running.client().post(PATHS["openai"], {"model": "support", "messages": messages})
    assert server.await_requests()[0].json["messages"] == messages


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        ({"prompt_tokens": 2006, "completion_tokens": 1, "cache_read_input_tokens": 1920}, 2006),
        ({"prompt_tokens": 10, "completion_tokens": 1, "cache_creation_input_tokens": 5}, 10),
        ({"input_tokens": 86, "output_tokens": 1, "cache_read_input_tokens": 1920}, 2006),
    ],
)
def test_cached_tokens_are_counted_once(one_integration, usage, tokens):
    document = completion({"content": "Hi!"}, usage=usage)
    running, _ = one_integration("openai", replies.document(document))
    running.client().post(PATHS["native"], {"content": "Hello"})
    (only,) = running.client().get("/v1/stats").data
    assert only["tokens"]["input"] == tokens
