"""Postern against a server of both formats that other authors wrote: a LiteLLM proxy."""

import pytest

import configuration
from litellm_proxy import KEY, REPLY

PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}
MODELS = {"openai": "gpt", "anthropic": "claude"}


@pytest.fixture
def through_litellm(gateway, litellm_proxy):
    """A gateway whose only integration is the proxy, in one of its formats."""

    def start(type, model=None, header=None):
        return gateway(section(litellm_proxy, type, model, header))

    return start


def section(proxy, type, model=None, header=None):
    settings = {
        "model": model or MODELS[type],
        "timeout": "60s",
        **(header or {"header.Authorization": f"Bearer {KEY}"}),
    }
    return {
        "bot default": {"system": "Be terse."},
        "integration proxy": configuration.integration(proxy.url + PATHS[type], type, **settings),
    }


@pytest.mark.parametrize("type", PATHS)
def test_a_conversation(through_litellm, type):
    running = through_litellm(type)
    for turn in range(3):
        data = running.client().message(f"Question {turn}", conversation_id="c").data
        assert data["content"] == REPLY
        assert data["attempts"][0]["outcome"] == "ok"
        assert data["metadata"]["usage"]
        assert data["metadata"]["model"]


def test_anthropic_keys_go_in_x_api_key(through_litellm):
    running = through_litellm("anthropic", header={"header.x-api-key": KEY})
    assert running.client().message().data["content"] == REPLY


@pytest.mark.parametrize("type", PATHS)
def test_parts(through_litellm, type):
    parts = [{"type": "text", "text": "What is this?"}]
    assert through_litellm(type).client().message(parts).data["content"] == REPLY


@pytest.mark.parametrize("type", PATHS)
def test_an_unknown_model_is_a_failure(through_litellm, type):
    response = through_litellm(type, model="no-such-model").client().message()
    assert response.status == 502
    assert response.outcomes == ["http_error"]


def test_the_test_command(postern, litellm_proxy, tmp_path):
    file = tmp_path / "postern.conf"
    for type in PATHS:
        file.write_text(configuration.rendered(section(litellm_proxy, type)))
        done = postern("test", "-c", file)
        assert done.returncode == 0, done.stdout + done.stderr
        assert KEY not in done.stdout + done.stderr
