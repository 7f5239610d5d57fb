"""What models think: once, as it comes, in the form of each interface, and back to its backend."""

import json
import time

import pytest

import configuration as configurations
import models
import replies
from backends import finish, send, wait
from models import STREAM, event
from vendor_replies import HELLO, PATHS, blocks, chunks, completion, function, openai_stream


def thought(message):
    """The thinking in a message of OpenAI's format, under any of its names."""
    text = message.get("reasoning_content") or message.get("reasoning") or ""
    pieces = message.get("reasoning_details") or []
    return text or "".join(piece.get("text") or piece["summary"] for piece in pieces)


def said(face, answer):
    """The reasoning and the text of an answer."""
    if face == "openai":
        parts = (
            [answer["choices"][0]["message"]]
            if isinstance(answer, dict)
            else [choice["delta"] for chunk in answer for choice in chunk["choices"]]
        )
        return "".join(map(thought, parts)), "".join(part.get("content") or "" for part in parts)
    if face == "anthropic":
        parts = (
            answer["content"]
            if isinstance(answer, dict)
            else [each["delta"] for each in answer if each["type"] == "content_block_delta"]
        )
        return "".join(part.get("thinking", "") for part in parts), "".join(
            part.get("text", "") for part in parts
        )
    if face == "ollama":
        parts = [line["message"] for line in ([answer] if isinstance(answer, dict) else answer)]
        return "".join(part.get("thinking", "") for part in parts), "".join(
            part["content"] for part in parts
        )
    if isinstance(answer, dict):
        metadata = answer["data"]["metadata"]
        return thought(metadata), answer["data"]["content"]
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
    "in pieces": {
        "reasoning_details": [{"type": "x", "text": "Hm"}, {"text": "m."}],
        "content": "4",
    },
    "a summary": {"reasoning_details": [{"type": "y", "summary": "Hmm."}], "content": "4"},
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
    """The client gets the thinking of both, and the text of the second."""
    thought = event(chunks({"reasoning_content": "Hm."})[0])
    broken = [send(STREAM + thought), finish()]
    first, second = backend(broken), backend(models.model(other))
    running = gateway(
        {
            "server": {"ollama": "yes"},
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
    mark = b"" if face == "ollama" else b"data: "
    answer = [json.loads(line[len(mark) :]) for line in lines if line.startswith(mark + b"{")]
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


# How much the model is to think, as clients of each interface say it, and how backends refuse it.
EFFORTS = {
    "anthropic": ("openai", {"thinking": {"type": "enabled", "budget_tokens": 4096}}),
    "openai": ("anthropic", {"reasoning_effort": "low"}),
}
REFUSALS = {
    "anthropic": (
        "400 Bad Request",
        {"error": {"message": "Unrecognized request argument supplied: reasoning_effort"}},
    ),
    "openai": (
        "422 Unprocessable Entity",
        {"detail": [{"loc": ["body", "output_config", "effort"], "msg": "Extra inputs"}]},
    ),
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("face", EFFORTS)
def test_a_refused_effort_is_left_out(one_integration, face, stream):
    """It only hints: the same message is sent without it, and so are later ones."""
    type, effort = EFFORTS[face]
    status, refusal = REFUSALS[face]
    answered = models.model(type)

    def script(request):
        if b'effort":' in request.body:
            return replies.document(refusal, status)
        return answered(request)

    running, server = one_integration(type, script, retries=0, breaker="1/60s")
    body = {"model": "support", "max_tokens": 8192, "messages": HELLO, "stream": stream, **effort}
    for _ in range(2):
        answer = running.client().post(PATHS[face], body)
        assert answer.status == 200 and models.TEXT.split(",")[0].encode() in answer.body
    asked = [b'effort":' in request.body for request in server.await_requests(3)]
    assert asked == [True, False, False]


def test_an_effort_of_the_clients_own_interface_is_its_own(one_integration):
    """The client chose the word: it is told that the backend refuses it."""
    status, refusal = REFUSALS["anthropic"]
    running, server = one_integration("openai", replies.document(refusal, status), retries=0)
    body = {"model": "support", "messages": HELLO, "reasoning_effort": "low"}
    assert running.client().post(PATHS["openai"], body).status == 502
    assert len(server.requests) == 1
