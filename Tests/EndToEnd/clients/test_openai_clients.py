"""`POST /v1/chat/completions` and `GET /v1/models` with OpenAI's own SDK."""

import asyncio
import json

import openai
import pytest

import models
import replies
from configuration import integration
from sdks import opened

pytestmark = pytest.mark.filterwarnings("default")

KEY = "key-of-the-tests-1"
HELLO = [{"role": "user", "content": "Hello"}]
TOOL = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}},
}
PNG = "data:image/png;base64,iVBORw0KGgo="


@pytest.fixture
def served(one_integration):
    """An SDK client of a gateway with one integration, and the backend if there is one."""

    def start(type, script=None, bot=None, **settings):
        running, server = one_integration(type, script, bot, **settings)
        return sdk(running), server

    return start


def sdk(running, **options):
    settings = {"base_url": base(running), "api_key": KEY, "max_retries": 0, "timeout": 20}
    return opened(openai.OpenAI(**settings | options))


def base(running):
    return f"http://{running.addresses[0].authority}/v1"


@pytest.mark.parametrize("type", models.TYPES)
def test_a_completion(served, type):
    client, server = served(type)
    done = client.chat.completions.create(model="support", messages=HELLO)
    choice = done.choices[0]
    assert choice.message.content == ("Hello" if type == "echo" else models.TEXT)
    assert (choice.message.role, choice.finish_reason) == ("assistant", "stop")
    assert (done.object, done.id[:9]) == ("chat.completion", "chatcmpl-")
    if type in ("openai", "anthropic"):
        assert (done.usage.prompt_tokens, done.usage.total_tokens) == (9, 11)
        assert done.model == replies.document_of(type)["model"]
        assert server.requests[0].json["model"] == f"{type}-model"
    else:
        assert done.model == "support"


@pytest.mark.parametrize("type", models.TYPES)
def test_a_stream(served, type):
    client, _ = served(type)
    chunks = list(
        client.chat.completions.create(
            model="support", messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
    )
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    text = "".join(delta.content or "" for delta in deltas)
    assert text == ("Hello" if type == "echo" else models.TEXT)
    assert deltas[0].role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[-1].usage is not None and not chunks[-1].choices
    assert all(chunk.usage is None for chunk in chunks[:-1])
    if type == "openai":
        assert {chunk.model for chunk in chunks} == {"gpt-4o-real"}


@pytest.mark.parametrize("type", ["openai", "anthropic"])
def test_the_helper_for_streams(served, type):
    client, _ = served(type)
    with client.chat.completions.stream(model="support", messages=HELLO) as stream:
        kinds = [event.type for event in stream]
        done = stream.get_final_completion()
    assert "content.done" in kinds
    assert done.choices[0].message.content == models.TEXT


@pytest.mark.parametrize("type", models.TYPES)
def test_many_at_once(served, type):
    client, _ = served(type)

    async def ask():
        async with openai.AsyncOpenAI(base_url=client.base_url, api_key=KEY) as calls:
            create = calls.chat.completions.create
            whole = [create(model="support", messages=HELLO) for _ in range(5)]
            answers = [answer.choices[0].message.content for answer in await asyncio.gather(*whole)]
            text = ""
            async for chunk in await create(model="support", messages=HELLO, stream=True):
                text += chunk.choices[0].delta.content or ""
            return {*answers, text}

    assert asyncio.run(ask()) == {"Hello" if type == "echo" else models.TEXT}


@pytest.mark.parametrize("type", ["openai", "anthropic"])
@pytest.mark.parametrize("stream", [False, True])
def test_tools(served, type, stream):
    client, server = served(type)
    create = client.chat.completions.create
    if stream:
        with client.chat.completions.stream(
            model="support", messages=HELLO, tools=[TOOL]
        ) as events:
            message = events.get_final_completion().choices[0].message
    else:
        done = create(model="support", messages=HELLO, tools=[TOOL], tool_choice="required")
        assert done.choices[0].finish_reason == "tool_calls"
        message = done.choices[0].message
    (call,) = message.tool_calls
    assert (call.id, call.function.name) == ("call_1", "weather")
    assert json.loads(call.function.arguments) == models.CALL
    result = {"role": "tool", "tool_call_id": call.id, "content": "Snow."}
    messages = [*HELLO, message.model_dump(exclude_none=True, exclude={"parsed"}), result]
    done = create(model="support", messages=messages, tools=[TOOL])
    assert done.choices[0].message.content == models.TEXT
    sent = server.requests[-1].json["messages"]
    if type == "anthropic":
        assert sent[1]["content"][0]["input"] == models.CALL
        assert sent[2]["content"][0]["tool_use_id"] == "call_1"
    else:
        assert sent[2] == result


@pytest.mark.parametrize("type", ["custom", "openai", "anthropic", "responses"])
def test_home_assistant(served, type):
    """As Home Assistant's integrations call: the models, then a stream with tools and results as
    JSON, until no tool is called."""
    sync, server = served(type)

    async def converse():
        async with openai.AsyncOpenAI(base_url=sync.base_url, api_key=KEY) as client:
            listed = [model.id async for model in client.with_options(timeout=10).models.list()]
            assert "support" in listed
            messages = [{"role": "system", "content": "You are a home."}, *HELLO]
            said = []
            while len(said) < 10:
                text, calls = "", {}
                async for chunk in await client.chat.completions.create(
                    model="support",
                    messages=messages,
                    tools=[TOOL],
                    tool_choice="auto",
                    max_tokens=150,
                    top_p=1,
                    temperature=0.5,
                    user="01HOME",
                    stream=True,
                    stream_options={"include_usage": True},
                ):
                    for choice in chunk.choices:
                        text += choice.delta.content or ""
                        for piece in choice.delta.tool_calls or []:
                            call = calls.setdefault(piece.index, {"id": piece.id, "arguments": ""})
                            call["name"] = call.get("name") or piece.function.name
                            call["arguments"] += piece.function.arguments or ""
                said.append(text)
                if not calls:
                    break
                made = [
                    {
                        "id": call["id"],
                        "type": "function",
                        "function": {"name": call["name"], "arguments": call["arguments"]},
                    }
                    for call in calls.values()
                ]
                messages.append({"role": "assistant", "content": text, "tool_calls": made})
                messages += [
                    {
                        "role": "tool",
                        "tool_call_id": call["id"],
                        "content": json.dumps({"asked": json.loads(call["arguments"])}),
                    }
                    for call in calls.values()
                ]
            return said

    assert asyncio.run(converse()) == ["", models.TEXT]
    assert len(server.requests) == 2
    # The result is text in a body of JSON.
    assert json.dumps(json.dumps({"asked": models.CALL})).encode() in server.requests[1].body


def test_images(served):
    client, server = served("anthropic")
    part = {"type": "image_url", "image_url": {"url": PNG}}
    client.chat.completions.create(model="support", messages=[{"role": "user", "content": [part]}])
    source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
    assert server.requests[0].dialogue[0][1] == [{"type": "image", "source": source}]


def test_other_fields_pass_through(served):
    client, server = served("openai", bot={"system": "Be terse."}, **{"param.seed": 1})
    messages = [{"role": "developer", "content": "Be kind."}, *HELLO]
    format = {"type": "json_schema", "json_schema": {"name": "n", "schema": {}}}
    client.chat.completions.create(
        model="support",
        messages=messages,
        temperature=0.5,
        seed=7,
        logit_bias={"1": 2},
        response_format=format,
        extra_body={"new_thing": [1]},
    )
    assert server.requests[0].json == {
        "model": "openai-model",
        "messages": [{"role": "system", "content": "Be terse."}, *messages],
        "temperature": 0.5,
        "seed": 7,
        "logit_bias": {"1": 2},
        "response_format": format,
        "new_thing": [1],
    }


def test_several_choices(served):
    whole = replies.openai_document("a")
    whole["choices"].append({**whole["choices"][0], "index": 1})
    client, server = served("openai", replies.document(whole))
    done = client.chat.completions.create(model="support", messages=HELLO, n=2)
    assert [choice.index for choice in done.choices] == [0, 1]
    assert server.requests[0].json["n"] == 2
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(model="support", messages=HELLO, n=2, stream=True)
    assert refused.value.param == "n"


def test_nothing_is_stored_without_a_conversation(served):
    client, server = served("openai")
    for _ in range(2):
        client.chat.completions.create(model="support", messages=HELLO)
    assert server.requests[1].messages == [("user", "Hello")]


def test_a_conversation_continues(served):
    client, server = served("anthropic", bot={"system": "Be terse."})
    named = {"X-Conversation-Id": "c1"}

    def ask(text, **more):
        messages = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": text}]
        return client.chat.completions.create(
            model="support", messages=messages, extra_headers=named, **more
        )

    ask("One")
    assert ask("Two", tools=[TOOL]).choices[0].finish_reason == "tool_calls"
    ask("Three")
    told = [("user", "One"), ("assistant", models.TEXT), ("user", "Three")]
    assert server.requests[2].messages == told, "a call of a tool ends no turn"
    texts = [block["text"] for block in server.requests[2].json["system"]]
    assert texts == ["Be terse.", "Be kind."]


def test_a_pinned_integration(gateway, backend):
    servers = {name: backend(replies.reply("openai", name)) for name in ("one", "two", "rest")}
    failing = backend(replies.failure("500 Internal Server Error"))
    running = gateway(
        {
            "bot support": {},
            **{
                f"integration {name}": integration(server.url, "openai")
                for name, server in servers.items()
            },
            "integration broken": integration(failing.url, "openai", weight=0),
            "integration net": integration(servers["rest"].url, "openai", fallback=True),
        }
    )
    client = sdk(running)
    for name in servers:
        done = client.chat.completions.create(model=f"support/{name}", messages=HELLO)
        assert done.choices[0].message.content == name
    with pytest.raises(openai.InternalServerError) as failed:
        client.chat.completions.create(model="support/broken", messages=HELLO)
    assert failed.value.status_code == 502
    assert failed.value.response.headers["x-postern-attempts"].count("outcome=") == 1


def test_models(gateway, backend):
    server = backend(models.model("openai"))
    running = gateway(
        {
            "key all": {"secret": KEY, "scopes": "chat"},
            "key one": {"secret": "key-for-one-bot", "scopes": "chat", "bots": "b"},
            "bot a": {},
            "bot b": {},
            "integration x": integration(server.url, "openai", bot="b"),
            "integration off": integration(server.url, "openai", bot="b", enabled=False),
        }
    )
    client = sdk(running)
    listed = list(client.models.list())
    assert [model.id for model in listed if model.id.startswith("b")] == ["b", "b/x"]
    assert {model.id for model in listed} >= {"a", "b"}
    assert all((model.object, model.owned_by) == ("model", "postern") for model in listed)
    assert client.models.retrieve("b").id == "b"
    assert client.models.retrieve("b/x").id == "b/x"
    for unknown in ("c", "b/y", "b/off"):
        with pytest.raises(openai.NotFoundError) as missing:
            client.models.retrieve(unknown)
        assert missing.value.code == "model_not_found"
    limited = sdk(running, api_key="key-for-one-bot")
    assert [model.id for model in limited.models.list()] == ["b", "b/x"]
    with pytest.raises(openai.PermissionDeniedError):
        limited.chat.completions.create(model="a", messages=HELLO)
    assert limited.chat.completions.create(model="b", messages=HELLO)


# Errors


def test_errors_have_their_types(of_errors):
    running = of_errors(KEY)
    cases = [
        (openai.AuthenticationError, 401, "invalid_key", {"api_key": "wrong"}, {}),
        (
            openai.PermissionDeniedError,
            403,
            "insufficient_scope",
            {"api_key": "key-that-only-reads"},
            {},
        ),
        (openai.NotFoundError, 404, "model_not_found", {}, {"model": "gpt-4o"}),
        (openai.BadRequestError, 400, "content_filter", {}, {"model": "support/filter"}),
        (openai.InternalServerError, 502, "all_integrations_failed", {}, {"model": "support/down"}),
        (openai.BadRequestError, 400, "invalid_parameter", {}, {"messages": []}),
        (openai.APIStatusError, 413, "body_too_large", {}, {"user": "x" * 3000}),
    ]
    for error, status, code, options, fields in cases:
        with pytest.raises(error) as raised:
            sdk(running, **options).chat.completions.create(
                **{"model": "support", "messages": HELLO, **fields}
            )
        assert (raised.value.status_code, raised.value.code) == (status, code)
        assert raised.value.body.keys() == {"message", "type", "param", "code"}


def test_too_much_at_once(served, gateway, backend):
    running = gateway(
        {
            "limits": {"per_user": "1/m"},
            "bot support": {},
            "integration only": integration(backend(models.model("openai")).url, "openai"),
        }
    )
    create = sdk(running).chat.completions.create
    create(model="support", messages=HELLO, user="u")
    with pytest.raises(openai.RateLimitError) as raised:
        create(model="support", messages=HELLO, user="u")
    assert int(raised.value.response.headers["retry-after"]) > 0


def test_what_cannot_be_translated_is_refused_by_name(served):
    client, server = served("anthropic")
    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(
            model="support", messages=HELLO, logit_bias={"1": 2}, temperature=1
        )
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", "logit_bias")
    assert not server.requests


def test_another_integration_takes_what_one_cannot_be_sent(gateway, backend):
    claude, gpt = backend(models.model("anthropic")), backend(models.model("openai"))
    running = gateway(
        {
            "bot support": {},
            "integration claude": integration(claude.url, "anthropic"),
            "integration gpt": integration(gpt.url, "openai", fallback=True),
        }
    )
    response = sdk(running).chat.completions.with_raw_response.create(
        model="support", messages=HELLO, logit_bias={"1": 2}
    )
    assert response.parse().choices[0].message.content == models.TEXT
    assert response.headers["x-postern-attempts"].startswith("claude;outcome=http_error;ms=")
    assert not claude.requests


@pytest.mark.parametrize("type", replies.TYPES)
@pytest.mark.parametrize("count", [0, 2, 3])
def test_a_stream_that_breaks_raises(served, type, count):
    client, _ = served(type, models.cut(type, count))
    with pytest.raises(openai.APIError):
        list(client.chat.completions.create(model="support", messages=HELLO, stream=True))


def test_the_same_key_gets_the_same_answer(served):
    client, server = served("openai")

    def ask(text):
        return client.chat.completions.create(
            model="support",
            messages=[{"role": "user", "content": text}],
            extra_headers={"Idempotency-Key": "k"},
        )

    assert ask("a").id == ask("a").id
    with pytest.raises(openai.ConflictError):
        ask("b")
    assert len(server.requests) == 1


def test_streams_that_fall_back(gateway, backend):
    running = gateway(
        {
            "bot support": {},
            "integration one": integration(backend(models.cut("openai", 0)).url, "openai"),
            "integration two": integration(
                backend(models.model("anthropic")).url, "anthropic", fallback=True
            ),
        }
    )
    text = "".join(
        chunk.choices[0].delta.content or ""
        for chunk in sdk(running).chat.completions.create(
            model="support", messages=HELLO, stream=True
        )
    )
    assert text == models.TEXT
