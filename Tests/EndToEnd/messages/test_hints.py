"""What of a client's request only hints never makes it fail, whichever backend it goes to; and the
draw is among integrations that can be sent the request."""

import json

import pytest

import models
import replies
import stream_replies as streams
from configuration import integration

STREAMED = streams.stream("openai")
HELLO = [{"role": "user", "content": "Hello"}]
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}
OTHER = {"openai": "anthropic", "anthropic": "openai"}
PNG = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
PDF = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}


def ask(running, face, headers=None, model="support", **fields):
    body = {"model": model, "max_tokens": 64, "messages": HELLO, **fields}
    return running.client().post(PATHS[face], body, headers)


HINTS = {
    "anthropic": [
        {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}]}},
        {"cache_control": {"type": "ephemeral"}},
        {"output_config": {"effort": "max"}},
        {"output_config": {"effort": "xhigh"}},
        {"thinking": {"type": "enabled", "budget_tokens": 31999}},
        {"thinking": {"type": "adaptive"}},
        {"service_tier": "auto"},
        {"metadata": {"user_id": "u" * 200}},
        {"speed": "fast"},
        {"tools": []},
    ],
    "openai": [
        {"reasoning_effort": "xhigh"},
        {"reasoning_effort": "none"},
        {"reasoning": {"effort": "high"}},
        {"service_tier": "flex"},
        {"store": True},
        {"metadata": {"a": "b"}},
        {"prompt_cache_key": "k"},
        {"prediction": {"type": "content", "content": "x"}},
        {"verbosity": "low"},
        {"thinking": {"type": "enabled"}},
        {"context_management": {"edits": []}},
    ],
}


@pytest.mark.parametrize("face", PATHS)
def test_a_hint_never_fails(one_integration, face):
    """At a backend of the other interface; one of the same gets it as it is."""
    running, server = one_integration(OTHER[face])
    same, backend = one_integration(face)
    known = {"model", "max_tokens", "messages", "reasoning_effort", "output_config"}
    for hint in HINTS[face]:
        assert ask(running, face, **hint).status == 200, hint
        assert set(server.requests[-1].json) <= known, hint
        assert ask(same, face, **hint).status == 200, hint
        assert backend.requests[-1].json.items() >= hint.items()


@pytest.mark.parametrize(
    ("face", "field"),
    [
        ("anthropic", {"mcp_servers": [{"url": "x"}]}),
        ("anthropic", {"container": "c"}),
        ("anthropic", {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}),
        ("openai", {"presence_penalty": 1}),
        ("openai", {"logprobs": True}),
        ("openai", {"n": 2}),
    ],
)
def test_what_asks_for_more_is_refused_by_name(one_integration, face, field):
    running, server = one_integration(OTHER[face])
    refused = ask(running, face, **field)
    assert (refused.status, refused.error["code"]) == (400, "unsupported_parameter")
    assert refused.error["param"].split("[")[0] == next(iter(field))
    assert not server.requests


@pytest.mark.parametrize("type", ["openai", "anthropic", "custom"])
@pytest.mark.parametrize(
    "thread", [{"type": "create"}, {"type": "continue", "previous_message_id": "msg_1"}]
)
def test_threads_are_refused_in_words_that_sdks_know(one_integration, type, thread):
    running, server = one_integration(type)
    refused = ask(running, "anthropic", thread=thread)
    body = json.loads(refused.body)
    assert (refused.status, body["error"]["param"]) == (400, "thread")
    assert body["error"]["details"]["error_code"] == "thread_unsupported_request"
    assert not server.requests
    assert ask(running, "anthropic", thread=None).status == 200


# The draw


@pytest.mark.parametrize("sticky", [False, True])
@pytest.mark.parametrize(
    ("face", "field"),
    [
        ("openai", {"presence_penalty": 0.5}),
        ("openai", {"logit_bias": {"1": 2}}),
        ("openai", {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]}),
        ("anthropic", {"container": "c"}),
        ("anthropic", {"tools": [{"type": "bash_20250124", "name": "bash"}]}),
    ],
)
def test_the_draw_is_among_those_that_can_be_sent_it(gateway, backend, face, field, sticky):
    servers = {type: backend(models.model(type)) for type in PATHS}
    running = gateway(
        {
            "bot support": {"sticky": sticky},
            **{
                f"integration {type}": integration(server.url, type)
                for type, server in servers.items()
            },
        }
    )
    for _ in range(12):
        response = ask(running, face, **field)
        assert response.status == 200
        assert response.field("X-Postern-Attempts").count("outcome=") == 1
    assert len(servers[face].requests) == 12
    assert not servers[OTHER[face]].requests
    drawn = {row["integration"]: row["drawn"] for row in running.client().get("/v1/stats").data}
    assert drawn == {face: 12, OTHER[face]: 0}
    # Without the field, both are drawn.
    for _ in range(40):
        ask(running, face)
    if not sticky:
        assert servers[OTHER[face]].requests


def test_a_request_that_no_integration_can_be_sent(gateway, backend):
    server = backend(models.model("anthropic"))
    running = gateway(
        {
            "bot support": {},
            "integration one": integration(server.url, "anthropic"),
            "integration two": integration(server.url, "anthropic"),
            "integration net": integration(server.url, "anthropic", fallback=True),
        }
    )
    refused = ask(running, "openai", logit_bias={"1": 2})
    assert (refused.status, refused.error["param"]) == (400, "logit_bias")
    assert not server.requests


def test_another_may_still_fail(gateway, backend):
    """The one that can be sent the request fails; the other is not its fallback."""
    failing = backend(replies.failure("500 Internal Server Error"))
    running = gateway(
        {
            "bot support": {},
            "integration claude": integration(failing.url, "anthropic"),
            "integration gpt": integration(failing.url, "openai"),
        }
    )
    for _ in range(4):
        assert ask(running, "openai", logit_bias={"1": 2}).status == 502


# Streams that report their usage

REFUSALS = {
    "mistral": {"detail": [{"type": "extra_forbidden", "loc": ["body", "stream_options"]}]},
    "azure": {"error": {"message": "Unrecognized request argument supplied: stream_options"}},
}


@pytest.mark.parametrize("status", ["400 Bad Request", "422 Unprocessable Entity"])
@pytest.mark.parametrize("case", REFUSALS)
def test_a_backend_that_reports_no_usage_is_not_asked_to(one_integration, case, status):
    """It is asked once, for any client, also for one that has asked for it."""
    refused = replies.document(REFUSALS[case], status)
    running, server = one_integration(
        "openai", lambda request: refused if "stream_options" in request.json else STREAMED
    )
    client = running.client()
    first = client.post("/v1/bots/support/messages", {"content": "Hello", "stream": True})
    assert b"event: message" in first.body
    assert ["stream_options" in request.json for request in server.requests] == [True, False]
    wanted = {"stream": True, "stream_options": {"include_usage": True}}
    assert b'"total_tokens": 12' in ask(running, "openai", **wanted).body
    assert ask(running, "anthropic", stream=True).status == 200
    assert len(server.requests) == 4


# The name of the limit

RENAMED = replies.document(
    {
        "error": {
            "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
            "'max_completion_tokens' instead.",
            "type": "invalid_request_error",
            "param": "max_tokens",
            "code": "unsupported_parameter",
        }
    },
    "400 Bad Request",
)


@pytest.mark.parametrize("settings", [{}, {"max_tokens": 9}])
def test_a_model_that_takes_the_newer_name_of_the_limit_gets_it(one_integration, settings):
    well = models.model("openai")
    running, server = one_integration(
        "openai",
        lambda request: RENAMED if "max_tokens" in request.json else well(request),
        **settings,
    )
    for _ in range(2):
        assert ask(running, "anthropic").status == 200
        assert ask(running, "openai").status == 200
        assert running.client().message(bot="support").status == 200
    own = 9 if settings else None
    limits = [request.json.get("max_completion_tokens") for request in server.requests]
    assert limits == [None, 64, 64, own, 64, 64, own]


# Beta features


@pytest.mark.parametrize(
    ("face", "type", "sent"),
    [
        ("anthropic", "anthropic", ["a-2025-01-01,b"]),
        ("openai", "anthropic", ["a-2025-01-01,b"]),
        ("anthropic", "openai", []),
        ("anthropic", "custom", []),
    ],
)
def test_beta_features_are_passed_on(one_integration, face, type, sent):
    running, server = one_integration(type)
    assert ask(running, face, {"anthropic-beta": "a-2025-01-01,b"}).status == 200
    assert server.requests[0].values("anthropic-beta") == sent
    assert ask(running, face).status == 200
    assert server.requests[1].values("anthropic-beta") == []


def test_beta_features_add_up(one_integration):
    running, server = one_integration("anthropic", **{"header.anthropic-beta": "own"})
    ask(running, "anthropic", {"anthropic-beta": "theirs", "Anthropic-Beta": "more"})
    ask(running, "anthropic")
    both = ",".join(server.requests[0].values("anthropic-beta"))
    assert {word.strip() for word in both.split(",")} == {"own", "theirs", "more"}
    assert server.requests[1].values("anthropic-beta") == ["own"]


# System blocks, images, documents


@pytest.mark.parametrize(
    ("system", "content"),
    [
        ([{"type": "text", "text": "A"}, {"type": "text", "text": "B"}], "A\n\nB"),
        ([{"type": "text", "text": "A", "cache_control": {"type": "ephemeral"}}], "A"),
        ([{"type": "text", "text": ""}, {"type": "text", "text": 'ü"\n'}], 'ü"\n'),
        ("A", "A"),
    ],
)
@pytest.mark.parametrize("type", ["openai", "custom"])
def test_system_blocks_are_one_string(one_integration, type, system, content):
    running, server = one_integration(type)
    assert ask(running, "anthropic", system=system).status == 200
    assert server.requests[0].messages == [("system", content), ("user", "Hello")]


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (
            {"type": "image", "source": PNG},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        ),
        (
            {"type": "image", "source": {"type": "url", "url": "https://a.example/b.png"}},
            {"type": "image_url", "image_url": {"url": "https://a.example/b.png"}},
        ),
        (
            {"type": "document", "title": "a.pdf", "source": PDF},
            {
                "type": "file",
                "file": {
                    "filename": "a.pdf",
                    "file_data": "data:application/pdf;base64,JVBERi0=",
                },
            },
        ),
    ],
)
@pytest.mark.parametrize("type", ["openai", "custom"])
def test_what_tools_show_follows_as_a_message(one_integration, type, block, part):
    running, server = one_integration(type)
    text = {"type": "text", "text": "Look:"}
    results = [
        {"type": "tool_result", "tool_use_id": "t1", "content": [text, block]},
        {"type": "tool_result", "tool_use_id": "t2", "content": [block]},
        {"type": "tool_result", "tool_use_id": "t3", "content": "plain"},
    ]
    uses = [{"type": "tool_use", "id": f"t{n}", "name": "f", "input": {}} for n in (1, 2, 3)]
    messages = [
        *HELLO,
        {"role": "assistant", "content": uses},
        {"role": "user", "content": [*results, {"type": "text", "text": "Well?"}]},
    ]
    assert ask(running, "anthropic", messages=messages).status == 200
    *_, first, second, third, user = server.requests[0].messages
    assert first == ("tool", "Look:")
    assert second[0] == "tool" and second[1]
    assert third == ("tool", "plain")
    assert user == ("user", [part, part, {"type": "text", "text": "Well?"}])


# Settings


@pytest.mark.parametrize("type", ["openai", "anthropic", "custom"])
@pytest.mark.parametrize("face", PATHS)
def test_dropped_fields_are_not_passed_on(one_integration, face, type):
    running, server = one_integration(type, drop="temperature, stop, stop_sequences")
    fields = {"openai": {"stop": ["x"]}, "anthropic": {"stop_sequences": ["x"]}}[face]
    assert ask(running, face, temperature=0.5, top_p=0.5, **fields).status == 200
    sent = server.requests[0].json
    assert sent["top_p"] == 0.5
    assert not {"temperature", "stop", "stop_sequences"} & set(sent)


@pytest.mark.parametrize("type", ["openai", "anthropic", "custom"])
@pytest.mark.parametrize("face", PATHS)
def test_a_client_gets_no_more_tokens_than_it_may(one_integration, face, type):
    running, server = one_integration(type, max_tokens_limit=100)
    for wanted, sent in [(99, 99), (100, 100), (101, 100), (32000, 100)]:
        assert ask(running, face, max_tokens=wanted).status == 200
        assert server.requests[-1].json["max_tokens"] == sent
    thinking = {"type": "enabled", "budget_tokens": 2048}
    assert ask(running, "anthropic", max_tokens=9000, thinking=thinking).status == 200
    if type == "anthropic":
        assert "thinking" not in server.requests[-1].json, "it would not fit"


@pytest.mark.parametrize("name", ["messages", "model", "stream", "system", "a b"])
def test_what_cannot_be_dropped(postern, tmp_path, name):
    file = tmp_path / "postern.conf"
    url = "http://127.0.0.1:9/v1/chat/completions"
    text = f"[integration x]\ntype = openai\nmodel = m\nwebhook_url = {url}\ndrop = seed, {name}\n"
    file.write_text(text)
    done = postern("check", "-c", file)
    assert done.returncode == 1
    assert f":5: drop: '{name}'" in done.stderr
