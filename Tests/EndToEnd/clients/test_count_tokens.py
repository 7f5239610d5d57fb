"""`POST /v1/messages/count_tokens`, with Anthropic's own SDK."""

import anthropic
import pytest

import replies
from configuration import integration
from sdks import opened

HELLO = [{"role": "user", "content": "Hello, how are you today?"}]


def count(running, model="support", **members):
    client = opened(
        anthropic.Anthropic(
            base_url=f"http://{running.addresses[0].authority}",
            api_key="key-of-the-tests-1",
            max_retries=0,
        )
    )
    return client.messages.count_tokens(model=model, messages=HELLO, **members).input_tokens


def counting(server, **settings):
    return integration(
        server.url.removesuffix("/chat") + "/v1/messages?v=1",
        "anthropic",
        bot="support",
        **settings,
    )


def test_an_anthropic_integration_counts(gateway, backend):
    server = backend(replies.document({"input_tokens": 4711}))
    running = gateway({"bot support": {}, "integration a": counting(server)})
    tool = {"name": "t", "input_schema": {"type": "object"}}
    assert count(running, system="Be brief.", tools=[tool]) == 4711
    [request] = server.requests
    assert request.target == "/v1/messages/count_tokens?v=1"
    assert request.json == {
        "model": "anthropic-model",
        "messages": HELLO,
        "system": "Be brief.",
        "tools": [tool],
    }
    assert request.field("anthropic-version") == "2023-06-01"


@pytest.mark.parametrize(
    "answer",
    [
        replies.failure("400 Bad Request"),
        replies.failure("500 Internal Server Error"),
        replies.document({"tokens": 5}),
        replies.document(b"<html>"),
    ],
)
def test_a_failure_leaves_an_estimate(gateway, backend, answer):
    server = backend(answer)
    running = gateway({"bot support": {}, "integration a": counting(server)})
    assert 5 <= count(running) <= 12
    assert len(server.requests) == 1


@pytest.mark.parametrize("type", ["openai", "custom", "echo"])
def test_for_other_integrations_it_is_estimated(one_integration, type):
    running, server = one_integration(type)
    few = count(running)
    assert 5 <= few <= 12
    assert count(running, system="Be brief, and never say anything twice.") > few + 5
    assert server is None or server.requests == []


def test_the_estimate_follows_what_the_backend_counts(one_integration):
    """A backend that counts twice as many tokens as usual doubles the estimate."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 1, "total_tokens": 1001}
    running, _ = one_integration(
        "openai", replies.document(replies.openai_document() | {"usage": usage})
    )
    before = count(running)
    assert running.client().message(content="x" * 1000, bot="support").status == 200
    assert count(running) > before * 2


def test_what_is_refused(one_integration):
    running, _ = one_integration("echo")
    client = running.client()
    path = "/v1/messages/count_tokens"
    for body, status in [
        ({"model": "support", "messages": []}, 400),
        ({"messages": HELLO}, 400),
        ({"model": "other", "messages": HELLO}, 404),
    ]:
        response = client.post(path, body)
        assert (response.status, response.json["type"]) == (status, "error"), body
