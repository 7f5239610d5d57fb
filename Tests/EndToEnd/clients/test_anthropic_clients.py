"""`POST /v1/messages` and `GET /v1/models` with Anthropic's own SDK."""

import asyncio

import anthropic
import pytest

import models
import replies
from sdks import opened

pytestmark = pytest.mark.filterwarnings("default")

KEY = "key-of-the-tests-1"
HELLO = [{"role": "user", "content": "Hello"}]
TOOL = {"name": "weather", "description": "d", "input_schema": {"type": "object"}}
ASK = {"model": "support", "max_tokens": 64, "messages": HELLO}


@pytest.fixture
def served(one_integration):
    """An SDK client of a gateway with one integration, and the backend if there is one."""

    def start(type, script=None, bot=None, **settings):
        running, server = one_integration(type, script, bot, **settings)
        return sdk(running), server

    return start


def sdk(running, **options):
    base = f"http://{running.addresses[0].authority}"
    settings = {"base_url": base, "api_key": KEY, "max_retries": 0, "timeout": 20}
    return opened(anthropic.Anthropic(**settings | options))


@pytest.mark.parametrize("type", models.TYPES)
def test_a_message(served, type):
    client, server = served(type)
    done = client.messages.create(**ASK)
    assert [block.type for block in done.content] == ["text"]
    assert done.content[0].text == ("Hello" if type == "echo" else models.TEXT)
    assert (done.type, done.role, done.stop_reason) == ("message", "assistant", "end_turn")
    assert done.id.startswith("msg_")
    if type in ("openai", "anthropic"):
        assert (done.usage.input_tokens, done.usage.output_tokens) == (9, 2)
        assert done.model == replies.document_of(type)["model"]
        sent = server.requests[0].json
        assert (sent["model"], sent["max_tokens"]) == (f"{type}-model", 64)
    else:
        assert done.model == "support"


@pytest.mark.parametrize("type", models.TYPES)
def test_a_stream(served, type):
    client, _ = served(type)
    with client.messages.stream(**ASK) as stream:
        text = "".join(stream.text_stream)
        done = stream.get_final_message()
    assert text == done.content[0].text == ("Hello" if type == "echo" else models.TEXT)
    assert done.stop_reason == "end_turn"
    if type in ("openai", "anthropic"):
        assert done.usage.output_tokens == 2
        assert done.model == {"openai": "gpt-4o-real", "anthropic": "claude-real"}[type]
    kinds = [event.type for event in client.messages.create(**ASK, stream=True)]
    assert (kinds[0], kinds[-2:]) == ("message_start", ["message_delta", "message_stop"])


@pytest.mark.parametrize("type", models.TYPES)
def test_many_at_once(served, type):
    client, _ = served(type)

    async def ask():
        async with anthropic.AsyncAnthropic(base_url=client.base_url, api_key=KEY) as calls:
            whole = [calls.messages.create(**ASK) for _ in range(5)]
            answers = [answer.content[0].text for answer in await asyncio.gather(*whole)]
            async with calls.messages.stream(**ASK) as stream:
                return {*answers, await stream.get_final_text()}

    assert asyncio.run(ask()) == {"Hello" if type == "echo" else models.TEXT}


@pytest.mark.parametrize("type", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
def test_tools(served, type, stream):
    client, server = served(type)
    if stream:
        with client.messages.stream(**ASK, tools=[TOOL]) as events:
            done = events.get_final_message()
    else:
        done = client.messages.create(**ASK, tools=[TOOL], tool_choice={"type": "any"})
    assert done.stop_reason == "tool_use"
    (call,) = done.content
    assert (call.type, call.id, call.name) == ("tool_use", "call_1", "weather")
    assert call.input == models.CALL
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "Snow."}
    messages = [
        *HELLO,
        {"role": "assistant", "content": done.content},
        {"role": "user", "content": [result]},
    ]
    done = client.messages.create(**ASK | {"messages": messages}, tools=[TOOL])
    assert done.content[0].text == models.TEXT
    sent = server.requests[-1].json["messages"]
    if type == "openai":
        assert sent[1]["tool_calls"][0]["id"] == "call_1"
        assert sent[2] == {"role": "tool", "tool_call_id": "call_1", "content": "Snow."}
    else:
        assert sent[2]["content"] == [result]


@pytest.mark.parametrize("type", ["openai", "custom"])
def test_images(served, type):
    client, server = served(type)
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    content = [{"type": "image", "source": source}, {"type": "text", "text": "What is it?"}]
    client.messages.create(**ASK | {"messages": [{"role": "user", "content": content}]})
    assert server.requests[0].dialogue[0][1] == [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        {"type": "text", "text": "What is it?"},
    ]


def test_other_fields_pass_through(served):
    client, server = served("anthropic", bot={"system": "Be terse."}, max_tokens=7)
    client.messages.create(
        **ASK, system="Be kind.", extra_body={"thinking": {"type": "disabled"}, "top_k": 3}
    )
    blocks = [{"type": "text", "text": text} for text in ("Be terse.", "Be kind.")]
    assert server.requests[0].json == {
        "model": "anthropic-model",
        "max_tokens": 64,
        "system": blocks,
        "messages": HELLO,
        "thinking": {"type": "disabled"},
        "top_k": 3,
    }


def test_fields_are_translated(served):
    client, server = served("openai", bot={"system": "Be terse."})
    client.messages.create(
        **ASK,
        system="Be kind.",
        stop_sequences=["x"],
        extra_body={"temperature": 0.5},
        metadata={"user_id": "u"},
        tools=[TOOL],
        tool_choice={"type": "tool", "name": "weather", "disable_parallel_tool_use": True},
    )
    sent = server.requests[0].json
    assert server.requests[0].messages[:2] == [("system", "Be terse."), ("system", "Be kind.")]
    assert sent["tools"][0]["function"] == {
        "name": "weather",
        "description": "d",
        "parameters": {"type": "object"},
    }
    del sent["messages"], sent["tools"]
    assert sent == {
        "model": "openai-model",
        "max_tokens": 64,
        "stop": ["x"],
        "temperature": 0.5,
        "user": "u",
        "tool_choice": {"type": "function", "function": {"name": "weather"}},
        "parallel_tool_calls": False,
    }


def test_a_conversation_continues(served):
    client, server = served("openai")
    named = {"X-Conversation-Id": "c1"}
    for text in ("One", "Two"):
        content = [{"type": "text", "text": text}]
        client.messages.create(
            **ASK | {"messages": [{"role": "user", "content": content}]}, extra_headers=named
        )
    assert server.requests[1].messages == [
        ("user", "One"),
        ("assistant", models.TEXT),
        ("user", "Two"),
    ]


def test_models(served):
    client, _ = served("anthropic", bot={"name": "Support"})
    listed = list(client.models.list())
    assert [(model.id, model.display_name) for model in listed] == [
        ("support", "Support"),
        ("support/only", "Support"),
    ]
    assert all(model.type == "model" and model.created_at.year > 2000 for model in listed)
    assert client.models.retrieve("support").id == "support"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("claude")


# Errors


def test_errors_have_their_types(of_errors):
    running = of_errors(KEY)
    reads = {"api_key": "key-that-only-reads"}
    big = [{"role": "user", "content": "x" * 3000}]
    cases = [
        (anthropic.AuthenticationError, 401, "authentication_error", {"api_key": "wrong"}, {}),
        (anthropic.PermissionDeniedError, 403, "permission_error", reads, {}),
        (anthropic.NotFoundError, 404, "not_found_error", {}, {"model": "claude"}),
        (anthropic.BadRequestError, 400, "invalid_request_error", {}, {"model": "support/filter"}),
        (anthropic.InternalServerError, 502, "api_error", {}, {"model": "support/down"}),
        (anthropic.BadRequestError, 400, "invalid_request_error", {}, {"messages": []}),
        (anthropic.APIStatusError, 413, "request_too_large", {}, {"messages": big}),
    ]
    for error, status, type, options, fields in cases:
        with pytest.raises(error) as raised:
            sdk(running, **options).messages.create(**ASK | fields)
        assert raised.value.status_code == status
        assert raised.value.body["type"] == "error"
        assert raised.value.body["error"]["type"] == type


def test_what_cannot_be_translated_is_refused_by_name(served):
    client, server = served("openai")
    with pytest.raises(anthropic.BadRequestError) as refused:
        client.messages.create(**ASK, extra_body={"mcp_servers": [{"url": "x"}]})
    assert refused.value.body["error"]["param"] == "mcp_servers"
    assert not server.requests


@pytest.mark.parametrize("type", replies.TYPES)
@pytest.mark.parametrize("count", [0, 2, 3])
def test_a_stream_that_breaks_raises(served, type, count):
    client, _ = served(type, models.cut(type, count))
    with pytest.raises(anthropic.APIError), client.messages.stream(**ASK) as stream:
        stream.get_final_message()
