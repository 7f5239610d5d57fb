"""Integrations of `type = responses`, for clients of the other interfaces."""

import json

import pytest

import models
import replies
from faces import ask

TOOLS = {
    "openai": [{"type": "function", "function": {"name": "weather", "parameters": {}}}],
    "anthropic": [{"name": "weather", "input_schema": {"type": "object"}}],
}
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


@pytest.mark.parametrize("face", ["native", "openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
def test_texts(one_integration, face, stream):
    running, server = one_integration("responses", bot={"system": "Be terse."})
    told = ask(running.client(), face, "support", stream)
    end = {"native": "message", "openai": "stop", "anthropic": "end_turn"}[face]
    assert (told.text, told.end) == (models.TEXT, end)
    body = server.requests[0].json
    assert body["input"] == [
        {"role": "system", "content": "Be terse."},
        {"role": "user", "content": "Hello"},
    ]
    assert body["store"] is False and body["model"] == "responses-model"
    if face != "native":
        assert body["max_output_tokens"] == 64


@pytest.mark.parametrize("face", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
def test_calls_of_tools(one_integration, face, stream):
    running, server = one_integration("responses")
    messages = [{"role": "user", "content": "Weather?"}]
    body = {
        "model": "support",
        "max_tokens": 64,
        "messages": messages,
        "tools": TOOLS[face],
        "stream": stream,
    }
    answer = running.client().post(PATHS[face], body)
    assert answer.status == 200
    assert b"call_1" in answer.body and b"weather" in answer.body
    assert (b"tool_calls" if face == "openai" else b"tool_use") in answer.body
    if face == "openai":
        function = {"name": "weather", "arguments": json.dumps(models.CALL)}
        call = {"id": "call_1", "type": "function", "function": function}
        messages += [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "Snow."},
        ]
    else:
        use = {"type": "tool_use", "id": "call_1", "name": "weather", "input": models.CALL}
        result = {"type": "tool_result", "tool_use_id": "call_1", "content": "Snow."}
        messages += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
    answer = running.client().post(PATHS[face], {**body, "stream": False})
    assert models.TEXT.encode() in answer.body
    items = server.requests[1].json["input"]
    assert [item.get("type") for item in items] == [None, "function_call", "function_call_output"]
    assert items[1]["call_id"] == items[2]["call_id"] == "call_1"
    assert items[2]["output"] == "Snow."


@pytest.mark.parametrize("face", ["native", "openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
def test_thinking(one_integration, face, stream):
    whole = replies.responses_document("Four.")
    thought = {"type": "summary_text", "text": "Two and two."}
    whole["output"].insert(0, {"type": "reasoning", "id": "rs_9", "summary": [thought]})
    running, _ = one_integration("responses", models.whole_or_stream("responses", whole))
    told = ask(running.client(), face, "support", stream)
    assert told.text == "Four."


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ({"status": "failed", "error": {"code": "server_error", "message": "x"}}, "http_error"),
        ({"status": "in_progress"}, "interrupted"),
        ({"status": "incomplete", "incomplete_details": {"reason": "new"}}, "interrupted"),
        ({"output": []}, "missing_content"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_replies_that_did_not_end_well(one_integration, body, outcome, stream):
    whole = {**replies.responses_document(), **body}
    script = models.whole_or_stream("responses", whole)
    if body.get("status") == "in_progress":
        script = lambda _: replies.document(whole)  # noqa: E731
    running, _ = one_integration("responses", script, stream="yes" if stream else "no")
    answer = running.client().post("/v1/bots/support/messages", {"content": "Hi"})
    assert answer.status == 502
    assert answer.json["attempts"][0]["outcome"] == outcome


def test_errors_that_matter(one_integration):
    error = {"error": {"code": "context_length_exceeded", "message": "Too long."}}
    running, _ = one_integration("responses", lambda _: replies.document(error, "400 Bad Request"))
    answer = running.client().post("/v1/bots/support/messages", {"content": "Hi"})
    assert answer.json["attempts"][0]["outcome"] == "context_too_long"


def test_the_recorder_and_the_check(one_integration, postern, tmp_path):
    running, _ = one_integration("echo")
    client = running.client()
    made = client.post("/v1/responses", {"model": "support", "input": "Hi"}).json
    exchange = client.get(f"/v1/exchanges/{made['id']}").json["data"]
    assert exchange["interface"] == "responses"
    file = tmp_path / "one.conf"
    file.write_text(
        "[integration a]\ntype = responses\nmodel = m\n"
        "webhook_url = https://api.openai.com/v1/chat/completions\n"
        "header.Authorization = Bearer x\n"
    )
    checked = postern("check", "-c", file)
    assert "https://api.openai.com/v1/responses" in checked.stdout + checked.stderr
