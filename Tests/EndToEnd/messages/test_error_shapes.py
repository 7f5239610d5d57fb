"""Every error has the shape of the interface that its path belongs to."""

import json

import pytest

import models
import replies
from backends import finish, send
from configuration import integration

JSON = {"Content-Type": "application/json"}
CHAT = {"model": "support", "messages": [{"role": "user", "content": "Hello"}]}
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}


def check_shape(face, body):
    error = body["error"]
    if face == "openai":
        assert set(body) == {"error"}
        assert set(error) == {"message", "type", "param", "code"}
    else:
        assert (set(body), body["type"]) == ({"type", "error"}, "error")
        assert {"type", "message"} <= set(error) <= {"type", "message", "code", "param"}
    return error["code"]


@pytest.fixture(scope="module")
def running(gateways, backends):
    broken = backends(replies.failure("500 Internal Server Error"))
    return gateways(
        {
            "server": {"max_body": "2K"},
            "bot support": {},
            "integration down": integration(broken.url, "openai"),
        }
    )


REFUSALS = [
    ("GET", "", {}, None, 405, "method_not_allowed"),
    ("POST", "/no/thing", JSON, b"{}", 404, "not_found"),
    ("POST", "", {"Content-Type": "text/plain"}, b"{}", 415, "unsupported_media_type"),
    ("POST", "", JSON, b'{"a" 1}', 400, "invalid_json"),
    ("POST", "", JSON, b"[]", 400, "invalid_request"),
    ("POST", "", JSON, b" " * 3000, 413, "body_too_large"),
    ("POST", "", {**JSON, "X-Forwarded-For": "::1"}, b"{}", 403, "keys_required"),
    ("POST", "", JSON, json.dumps(CHAT).encode(), 502, "all_integrations_failed"),
    (
        "POST",
        "",
        {**JSON, "X-Conversation-Id": "a b"},
        json.dumps(CHAT).encode(),
        400,
        "invalid_parameter",
    ),
]


@pytest.mark.parametrize("face", PATHS)
@pytest.mark.parametrize(("method", "more", "headers", "body", "status", "code"), REFUSALS)
def test_refusals(running, face, method, more, headers, body, status, code):
    response = running.client().request(method, PATHS[face] + more, body, headers)
    assert response.status == status
    assert check_shape(face, response.json) == code


OTHER_PATHS = ["embeddings", "completions", "moderations", "audio/speech", "audio/transcriptions"]


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_requests_that_are_passed_on_are_refused_in_openais_shape(running, path):
    client = running.client()
    refusals = [
        ("GET", "", {}, None, 405, "method_not_allowed"),
        ("POST", "/no/thing", JSON, b"{}", 404, "not_found"),
        ("POST", "", {"Content-Type": "text/plain"}, b"{}", 415, "unsupported_media_type"),
    ]
    for method, more, headers, body, status, code in refusals:
        response = client.request(method, f"/v1/{path}{more}", body, headers)
        assert response.status == status
        assert check_shape("openai", response.json) == code


def test_models_have_the_shape_of_the_clients_interface(running):
    for headers, face in [({}, "openai"), ({"anthropic-version": "2023-06-01"}, "anthropic")]:
        response = running.client().request("GET", "/v1/models/unknown", headers=headers)
        assert response.status == 404
        assert check_shape(face, response.json) == "model_not_found"


@pytest.mark.parametrize("face", PATHS)
def test_inside_a_stream(gateway, backend, face):
    running = gateway(
        {
            "bot support": {"error_message": "Not now."},
            "integration cut": integration(backend(models.cut("openai", 2)).url, "openai"),
        }
    )
    response = running.client().post(PATHS[face], json.dumps({**CHAT, "stream": True}).encode())
    assert response.status == 200
    *_, last = response.body.decode().strip().split("\n\n")
    kind, _, data = last.rpartition("data: ")
    assert kind == ("" if face == "openai" else "event: error\n")
    assert check_shape(face, json.loads(data)) == "all_integrations_failed"


@pytest.mark.parametrize("face", PATHS)
def test_a_stream_that_is_continued(gateway, backend, face):
    """The client sees one unbroken reply. OpenAI's interface also names the integration that
    ended it."""
    rest = [models.event({"choices": [{"index": 0, "delta": {"content": "you!"}}], "model": "two"})]
    done = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "model": "two"}
    second = backend([send(models.STREAM + b"".join(rest) + models.event(done)), finish()])
    running = gateway(
        {
            "bot support": {},
            "integration one": integration(backend(models.cut("openai", 2)).url, "openai"),
            "integration two": integration(second.url, "openai", fallback=True, prefill=True),
        }
    )
    response = running.client().post(PATHS[face], json.dumps({**CHAT, "stream": True}).encode())
    text = response.body.decode()
    events = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
    assert not [event for event in events if "error" in event]
    if face == "openai":
        assert "".join(e["choices"][0]["delta"].get("content", "") for e in events) == models.TEXT
        assert [events[0]["model"], events[-1]["model"]] == ["gpt-4o-real", "two"]
        assert text.endswith("data: [DONE]\n\n")
    else:
        texts = [e["delta"]["text"] for e in events if e["type"] == "content_block_delta"]
        assert "".join(texts) == models.TEXT
        assert events[-1]["type"] == "message_stop"
    assert second.requests[0].json["messages"][-1] == {"role": "assistant", "content": "Hello, "}


def test_what_has_no_equivalent_is_an_attempt_that_failed_to_our_own_clients(gateway, backend):
    claude = backend(models.model("anthropic"))
    running = gateway({"integration claude": integration(claude.url, "anthropic")})
    response = running.client().message([{"type": "input_audio"}])
    assert (response.status, response.outcomes) == (502, ["http_error"])
    assert not claude.requests
