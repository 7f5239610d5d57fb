"""The same interface on both sides: clients get what the backend sent."""

import json

import pytest

import replies
from vendor_replies import (
    HELLO,
    MESSAGE,
    PATHS,
    anthropic_stream,
    blocks,
    chunks,
    completion,
    function,
    openai_stream,
)

# What a message in OpenAI's format may have, known to Postern or not.
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


# Chunks that lack what clients read of every chunk, before and after the text.
ODD_CHUNKS = {
    "no choices": {"prompt_filter_results": []},
    "null for choices": {"choices": None},
    "no delta": {"choices": [{"index": 0, "finish_reason": None, "content_filter_results": {}}]},
    "null for a delta": {"choices": [{"index": 0, "delta": None, "finish_reason": None}]},
    "null for an index": {"choices": [{"index": None, "delta": {}, "finish_reason": None}]},
    "nothing": {},
}


@pytest.mark.parametrize("case", ODD_CHUNKS)
def test_chunks_have_what_clients_read(ask, case):
    odd = ODD_CHUNKS[case]
    first, end = chunks({"role": "assistant", "content": "Hi!"})
    usage = {**odd, "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}
    answer = ask("openai", "openai", openai_stream(odd, first, odd, end, odd, usage), True)
    assert all(type(chunk["choices"]) is list for chunk in answer)
    choices = [choice for chunk in answer for choice in chunk["choices"]]
    assert all(choice["index"] == 0 for choice in choices)
    deltas = [choice["delta"] for choice in choices]
    assert "".join(delta.get("content", "") for delta in deltas) == "Hi!"
    if case != "nothing":
        # What else they say is passed on.
        told = json.dumps(answer)
        assert all(name in told for name in odd)
    assert [choice["finish_reason"] for choice in choices if choice["finish_reason"]] == ["stop"]


@pytest.mark.parametrize("face", ["openai", "anthropic", "ollama"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("repeats", [False, True])
def test_a_message_in_place_of_a_delta(ask, face, stream, repeats):
    """Some backends stream all at once, and some repeat all at the end."""
    whole = completion({"content": "Hi!", "reasoning_content": "Hm."})
    sent = [whole]
    if repeats:
        deltas = [{"reasoning_content": "Hm."}, {"content": "Hi"}, {"content": "!"}]
        sent = [*chunks(*deltas)[:-1], whole]
    answer = ask(face, "openai", openai_stream(*sent), stream)
    if face == "openai" and stream:
        assert {chunk["object"] for chunk in answer} == {"chat.completion.chunk"}
    told = json.dumps(answer)
    # OpenAI's clients ignore what they do not know.
    times = 2 if face == "openai" and stream and repeats else 1
    assert told.count("Hm.") == told.count("!") == times


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


# A whole reply for a stream, and the other way round.


def merged(events):
    """The message that Anthropic's clients make of a stream."""
    message = None
    for each in events:
        if each["type"] == "message_start":
            message = {**each["message"], "content": []}
        elif each["type"] == "content_block_start":
            message["content"].append(dict(each["content_block"]))
            text = ""
        elif each["type"] == "content_block_delta":
            block, delta = message["content"][each["index"]], each["delta"]
            if delta["type"] == "input_json_delta":
                text += delta["partial_json"]
                block["input"] = json.loads(text)
            elif delta["type"] == "citations_delta":
                block["citations"] = [*block["citations"], delta["citation"]]
            else:
                (name,) = set(delta) - {"type"}
                block[name] += delta[name]
        elif each["type"] == "message_delta":
            message |= each["delta"]
            message |= {name: each[name] for name in set(each) - {"type", "delta"}}
    return message


def whole(case):
    """The message of a case."""
    reason = {"order": "tool_use", "pause": "pause_turn"}.get(case, "end_turn")
    sent = blocks(*BLOCKS[case], reason=reason, container={"id": "c"})
    sent[-2]["context_management"] = {"applied_edits": []}
    return merged(sent), sent


def test_a_whole_completion_comes_as_a_stream(ask):
    call = {"id": "a", "type": "function", "function": function()}
    signed = {**call, "extra_content": {"google": {"thought_signature": "s"}}}
    message = {"content": "Hi!", "tool_calls": [signed], **MEMBERS}
    logprobs = {"content": [{"token": "Hi!", "logprob": -1.0}]}
    sent = completion(message, "tool_calls", search_results=[{"title": "t"}])
    sent["choices"][0]["logprobs"] = logprobs
    first, *between, last = ask("openai", "openai", replies.document(sent), True, stream="no")
    choices = [chunk["choices"][0] for chunk in (first, *between, last)]
    merged = {}
    for choice in choices:
        assert not merged.keys() & choice["delta"].keys()
        merged |= choice["delta"]
    assert merged.pop("tool_calls") == [{"index": 0, **signed}]
    del message["tool_calls"]
    assert merged == {"role": "assistant", **message}
    # Thinking comes before the text, calls after it.
    order = [name for choice in choices for name in choice["delta"]]
    assert order.index("reasoning_details") < order.index("content") < order.index("tool_calls")
    (known,) = [choice for choice in choices if choice.get("logprobs")]
    assert known["logprobs"] == logprobs and known["delta"]["content"] == "Hi!"
    del first["choices"]
    assert first == {
        **{name: sent[name] for name in ("id", "created", "model", "search_results")},
        "object": "chat.completion.chunk",
    }
    assert [choice["finish_reason"] for choice in choices][-2:] == [None, "tool_calls"]
    assert {(chunk["id"], chunk["model"]) for chunk in (*between, last)} == {("c-1", "m")}


@pytest.mark.parametrize("settings", [{"stream": "no"}, {}])
@pytest.mark.parametrize("case", BLOCKS)
def test_a_whole_message_comes_as_a_stream(ask, case, settings):
    """Whether the backend was not asked for a stream, or does not care."""
    sent, _ = whole(case)
    answer = ask("anthropic", "anthropic", replies.document(sent), True, **settings)
    assert merged(answer) == sent
    assert [each["type"] for each in answer][-2:] == ["message_delta", "message_stop"]


@pytest.mark.parametrize("case", BLOCKS)
def test_a_stream_comes_whole(ask, case):
    sent, events = whole(case)
    answer = ask("anthropic", "anthropic", anthropic_stream(events), False, stream="yes")
    assert answer["content"] == sent["content"]
    assert {**answer, "usage": None} == {**sent, "usage": None}


@pytest.mark.parametrize("case", BLOCKS)
def test_a_stream_that_is_kept_back_is_the_same(ask, case):
    sent, events = whole(case)
    script = anthropic_stream(events)
    answer = ask("anthropic", "anthropic", script, True, bot={"delivery": "whole"})
    assert merged(answer)["content"] == sent["content"]


# What every reply has.


@pytest.mark.parametrize("none", [{}, {"id": None, "model": None}])
def test_a_message_without_an_id_gets_one(ask, none):
    sent = blocks([{"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi!"}])
    sent[0] = {"type": "message_start", "message": {**none, "x": 1}}
    started = ask("anthropic", "anthropic", anthropic_stream(sent), True)[0]["message"]
    assert started["id"].startswith("msg_") and started["model"] == "support"
    assert (started["type"], started["role"], started["x"]) == ("message", "assistant", 1)
    assert started["content"] == [] and started["usage"]["input_tokens"] == 0
    bare = {**none, "content": [{"type": "text", "text": "Hi!"}], "stop_reason": "end_turn"}
    answer = ask("anthropic", "anthropic", replies.document(bare))
    assert answer["id"].startswith("msg_") and answer["model"] == "support"
    assert answer["usage"] == {"input_tokens": 0, "output_tokens": 0}


@pytest.mark.parametrize("none", [{}, {"id": None, "created": None, "model": None}])
def test_a_completion_without_an_id_gets_one(ask, none):
    sent = [{**none, "choices": chunk["choices"]} for chunk in chunks({"content": "Hi!"})]
    answer = ask("openai", "openai", openai_stream(*sent), True)
    assert len({chunk["id"] for chunk in answer}) == 1
    for chunk in answer:
        assert chunk["id"].startswith("chatcmpl-") and chunk["model"] == "support"
        assert chunk["object"] == "chat.completion.chunk" and chunk["created"]
    bare = {**none, "choices": completion({"content": "Hi!"})["choices"]}
    answer = ask("openai", "openai", replies.document(bare))
    assert answer["id"].startswith("chatcmpl-") and answer["model"] == "support"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("stop", "end_turn"),
        ("END_TURN", "end_turn"),
        ("length", "max_tokens"),
        ("compaction", "compaction"),
        ("stop_sequence", "stop_sequence"),
        (None, "end_turn"),
    ],
)
def test_words_of_other_vendors_are_anthropics(ask, stream, word, told):
    text = [{"type": "text", "text": ""}, {"type": "text_delta", "text": "Hi!"}]
    script = anthropic_stream(blocks(text, reason=word))
    if not stream:
        content = [{"type": "text", "text": "Hi!"}]
        script = replies.document({**MESSAGE, "content": content, "stop_reason": word})
    answer = ask("anthropic", "anthropic", script, stream)
    end = answer[-2]["delta"] if stream else answer
    assert end["stop_reason"] == told
