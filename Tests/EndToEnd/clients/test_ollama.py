"""Ollama's interface with Ollama's own library, and by hand."""

import asyncio
import json

import httpx
import ollama
import pytest

import models
import replies
import tool_loop
from backends import finish, send
from configuration import integration
from sdks import opened

pytestmark = pytest.mark.filterwarnings("default")

KEY = "key-of-the-tests-1"
HELLO = [{"role": "user", "content": "Hello"}]
PNG = b"\x89PNG\r\n\x1a\n"
TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
WITH_TOOLS = ["custom", "openai", "anthropic", "responses"]
VENDORS = WITH_TOOLS[1:]


def host(running):
    return f"http://{running.addresses[0].authority}"


def library(running, key=KEY):
    client = ollama.Client(host=host(running), headers={"Authorization": f"Bearer {key}"})
    opened(client._client)
    return client


@pytest.fixture
def served(one_integration):
    """Ollama's client of a gateway with one integration, and the backend if there is one."""

    def start(type, script=None, bot=None, **settings):
        running, server = one_integration(type, script, bot, **settings)
        return library(running), server

    return start


def said(type):
    return "Hello" if type == "echo" else models.TEXT


def calls_of(message):
    return [(call.function.name, call.function.arguments) for call in message.tool_calls or []]


# Ollama's library


@pytest.mark.parametrize("type", models.TYPES)
def test_a_chat(served, type):
    client, server = served(type)
    done = client.chat(model="support", messages=HELLO)
    assert (done.message.role, done.message.content) == ("assistant", said(type))
    assert (done.done, done.done_reason) == (True, "stop")
    assert done.total_duration >= done.prompt_eval_duration >= 0
    assert done.eval_duration > 0 and done.load_duration == 0
    if type in VENDORS:
        assert (done.prompt_eval_count, done.eval_count) == (9, 2)
        assert done.model == replies.document_of(type)["model"]
        assert server.requests[0].json["model"] == f"{type}-model"
    else:
        assert done.model == "support"


@pytest.mark.parametrize("type", models.TYPES)
def test_a_stream(served, type):
    client, _ = served(type)
    parts = list(client.chat(model="support", messages=HELLO, stream=True))
    assert "".join(part.message.content for part in parts) == said(type)
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    assert parts[-1].done_reason == "stop" and parts[-1].total_duration > 0
    if type == "openai":
        assert len(parts) == 4 and parts[-1].eval_count == 2


@pytest.mark.parametrize("type", models.TYPES)
def test_a_prompt(served, type):
    client, server = served(type)
    assert client.generate(model="support", prompt="Hello").response == said(type)
    parts = list(client.generate(model="support", prompt="Hello", system="S", stream=True))
    assert "".join(part.response for part in parts) == said(type)
    assert parts[-1].done_reason == "stop"
    if type == "openai":
        sent = server.requests[1].json["messages"]
        assert sent == [{"role": "system", "content": "S"}, {"role": "user", "content": "Hello"}]


@pytest.mark.parametrize("type", models.TYPES)
def test_many_at_once(served, type):
    client, _ = served(type)

    async def ask():
        headers = {"Authorization": f"Bearer {KEY}"}
        calls = ollama.AsyncClient(host=str(client._client.base_url), headers=headers)
        whole = [calls.chat(model="support", messages=HELLO) for _ in range(5)]
        answers = {answer.message.content for answer in await asyncio.gather(*whole)}
        text = ""
        async for part in await calls.chat(model="support", messages=HELLO, stream=True):
            text += part.message.content
        await calls._client.aclose()
        return {*answers, text}

    assert asyncio.run(ask()) == {said(type)}


@pytest.mark.parametrize("type", WITH_TOOLS)
@pytest.mark.parametrize("stream", [False, True])
def test_tools(served, type, stream):
    client, server = served(type)

    def weather(city: str) -> str:
        """The weather of a city.

        Args:
          city: The city.
        """

    def ask(messages):
        if not stream:
            return [client.chat(model="support", messages=messages, tools=[weather])]
        return list(client.chat(model="support", messages=messages, tools=[weather], stream=True))

    parts = ask(HELLO)
    (calls,) = [calls_of(part.message) for part in parts if part.message.tool_calls]
    assert calls == [("weather", models.CALL)]
    assert parts[-1].done_reason == "stop"
    [message] = [part.message for part in parts if part.message.tool_calls]
    result = {"role": "tool", "tool_name": "weather", "content": "Snow."}
    parts = ask([*HELLO, message, result])
    assert "".join(part.message.content for part in parts) == models.TEXT
    sent = server.requests[-1].json
    messages = sent.get("messages") or sent["input"]
    if type in ("custom", "openai"):
        call, answer = messages[1:]
        assert json.loads(call["tool_calls"][0]["function"]["arguments"]) == models.CALL
        assert answer["tool_call_id"] == call["tool_calls"][0]["id"]
        assert sent["tools"][0]["function"]["parameters"]["required"] == ["city"]
    elif type == "anthropic":
        assert messages[1]["content"][0]["input"] == models.CALL
        assert messages[2]["content"][0]["tool_use_id"] == messages[1]["content"][0]["id"]
    else:
        assert messages[1]["call_id"] == messages[2]["call_id"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("type", ["openai", "anthropic"])
def test_twenty_turns(served, type, stream):
    """A strict backend takes every request of a long loop with tools."""
    client, server = served(type, tool_loop.model(type))
    messages = [{"role": "user", "content": "What is the weather?"}]
    seen = []
    while len(seen) <= tool_loop.TURNS:
        parts = client.chat(model="support", messages=messages, tools=[TOOL], stream=stream)
        parts = list(parts) if stream else [parts]
        text = "".join(part.message.content or "" for part in parts)
        thought = "".join(part.message.thinking or "" for part in parts)
        calls = [call for part in parts for call in calls_of(part.message)]
        seen.append((thought, text, calls))
        if not calls:
            break
        made = [{"function": {"name": name, "arguments": input}} for name, input in calls]
        reply = {"role": "assistant", "content": text, "thinking": thought, "tool_calls": made}
        results = [
            {"role": "tool", "tool_name": name, "content": tool_loop.result(name, input["city"])}
            for name, input in calls
        ]
        messages += [reply, *results]
    assert not server.script.refused
    calls = [[(name, input) for _, name, input in turn.calls] for turn in tool_loop.ALL]
    assert seen == [
        (turn.thought, turn.text, made) for turn, made in zip(tool_loop.ALL, calls, strict=True)
    ]


@pytest.mark.parametrize("type", WITH_TOOLS)
def test_images(served, type):
    client, server = served(type)
    messages = [{"role": "user", "content": "What is it?", "images": [PNG]}]
    client.chat(model="support", messages=messages)
    client.generate(model="support", prompt="What is it?", images=[PNG])
    for request in server.requests:
        body = request.json
        [message] = body.get("messages") or body["input"]
        text, image = message["content"]
        assert text["text"] == "What is it?"
        url = "data:image/png;base64,iVBORw0KGgo="
        if type == "anthropic":
            source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
            assert image["source"] == source
        else:
            assert image["image_url"] == (url if type == "responses" else {"url": url})


@pytest.mark.parametrize("type", VENDORS)
def test_structured_output(served, type):
    client, server = served(type)
    client.chat(model="support", messages=HELLO, format=SCHEMA)
    body = server.requests[0].json
    if type == "openai":
        schema = body["response_format"]["json_schema"]["schema"]
    elif type == "responses":
        schema = body["text"]["format"]["schema"]
    else:
        schema = body["output_config"]["format"]["schema"]
    assert schema == SCHEMA
    if type == "openai":
        client.chat(model="support", messages=HELLO, format="json")
        assert server.requests[1].json["response_format"] == {"type": "json_object"}


def test_options(served):
    client, server = served("openai")
    options = ollama.Options(
        temperature=0.5, top_p=0.9, seed=7, num_predict=99, num_ctx=4096, stop=["A"], top_k=3
    )
    client.chat(model="support", messages=HELLO, options=options, keep_alive="5m", think=False)
    assert server.requests[0].json == {
        "model": "openai-model",
        "messages": HELLO,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 7,
        "max_tokens": 99,
        "stop": ["A"],
    }


@pytest.mark.parametrize("type", WITH_TOOLS)
def test_options_without_an_equivalent_are_hints(served, type):
    client, server = served(type)
    options = {"frequency_penalty": 1, "presence_penalty": 1, "seed": 1, "mirostat": 2, "new": [1]}
    assert client.chat(model="support", messages=HELLO, options=options).done
    sent = "frequency_penalty" in server.requests[0].json
    assert sent == (type in ("custom", "openai"))


@pytest.mark.parametrize("type", VENDORS)
def test_thinking_is_a_hint(served, type):
    """A backend that refuses the effort is asked again without it."""

    def script(request):
        if b"effort" in request.body:
            error = {"message": "Unrecognized request argument: reasoning_effort"}
            return replies.document({"error": error}, "400 Bad Request")
        return models.model(type)(request)

    client, server = served(type, script)
    assert client.chat(model="support", messages=HELLO, think=True).message.content == models.TEXT
    assert b"medium" in server.requests[0].body and len(server.requests) == 2


@pytest.mark.parametrize("stream", [False, True])
def test_what_the_model_thinks(served, stream):
    whole = replies.document_of("openai", "Four.")
    whole["choices"][0]["message"]["reasoning_content"] = "Two and two."
    client, _ = served("openai", models.whole_or_stream("openai", whole))
    parts = client.chat(model="support", messages=HELLO, think="low", stream=stream)
    parts = list(parts) if stream else [parts]
    assert "".join(part.message.thinking or "" for part in parts) == "Two and two."
    assert "".join(part.message.content for part in parts) == "Four."
    parts = client.generate(model="support", prompt="2+2?", stream=stream)
    parts = list(parts) if stream else [parts]
    assert "".join(part.thinking or "" for part in parts) == "Two and two."


@pytest.mark.parametrize("type", VENDORS)
@pytest.mark.parametrize("stream", [False, True])
def test_a_reply_at_its_limit(served, type, stream):
    client, _ = served(type, models.says(type, "Half a", end="length"))
    parts = client.chat(model="support", messages=HELLO, stream=stream)
    assert (list(parts)[-1] if stream else parts).done_reason == "length"


def test_a_conversation_continues(served):
    client, server = served("anthropic", bot={"system": "Be terse."})
    client._client.headers["X-Conversation-Id"] = "c1"
    for text in ("One", "Two"):
        client.chat(model="support", messages=[{"role": "user", "content": text}])
    told = [("user", "One"), ("assistant", models.TEXT), ("user", "Two")]
    assert server.requests[1].messages == told


def test_loading_asks_no_backend(served):
    client, server = served("openai")
    loaded = client.generate(model="support")
    assert (loaded.response, loaded.done, loaded.done_reason) == ("", True, "load")
    [loaded] = client.chat(model="support", messages=[], stream=True)
    assert (loaded.message.content, loaded.done_reason) == ("", "load")
    assert client.generate(model="support", prompt="", keep_alive=0).done_reason == "unload"
    with pytest.raises(ollama.ResponseError) as missing:
        client.generate(model="lost")
    assert missing.value.status_code == 404
    assert not server.requests


# Models


@pytest.fixture
def several(gateway, backend):
    server = backend(models.model("openai"))
    running = gateway(
        {
            "server": {"ollama": True},
            "key all": {"secret": KEY, "scopes": "chat", "show_attempts": True},
            "key one": {"secret": "key-for-one-bot", "scopes": "chat", "bots": "b"},
            "bot a": {"aliases": "*, odd:latest"},
            "bot b": {"aliases": "llama3.2, qwen:7b", "name": "Bee"},
            "integration y": integration(server.url, "openai", bot="a"),
            "integration x": integration(server.url, "openai", bot="b"),
            "integration off": integration(server.url, "openai", bot="b", enabled=False),
        }
    )
    return running, server


def test_models(several):
    running, _ = several
    client = library(running)
    listed = {model.model for model in client.list().models}
    names = {model["id"] for model in running.client(KEY).get("/v1/models").json["data"]}
    assert listed == names >= {"a", "a/y", "b", "b/x", "llama3.2", "qwen:7b"}
    for model in client.list().models:
        assert model.modified_at and len(model.digest) == 64 and model.details.family == "postern"
    limited = library(running, "key-for-one-bot")
    assert [m.model for m in limited.list().models] == ["b", "llama3.2", "qwen:7b", "b/x"]
    shown = client.show("b/x")
    assert {"completion", "tools"} <= set(shown.capabilities)
    assert shown.modelinfo["general.basename"] == "Bee"
    assert client.ps().models == []
    post = running.client(KEY).post
    assert post("/api/show", {"name": "llama3.2:latest"}).status == 200
    assert running.client(KEY).get("/api/version").json == {"version": "0.12.6"}
    for unknown in ("b/y", "b/off", "none"):
        with pytest.raises(ollama.ResponseError) as missing:
            limited.show(unknown)
        assert missing.value.status_code in (403, 404)


@pytest.mark.parametrize(
    ("name", "bot"),
    [
        ("b", "b"),
        ("b:latest", "b"),
        ("b/x:latest", "b"),
        ("llama3.2:latest", "b"),
        ("qwen:7b", "b"),
        ("odd:latest", "a"),
        ("anything:latest", "a"),
    ],
)
def test_names_with_a_tag(several, name, bot):
    running, _ = several
    done = library(running).chat(model=name, messages=HELLO)
    assert done.message.content == models.TEXT
    answer = running.client(KEY).post(
        "/api/chat", {"model": name, "messages": HELLO, "stream": False}
    )
    asked = {"a": "y", "b": "x"}[bot]
    assert answer.field("X-Postern-Attempts").startswith(f"{asked};outcome=ok")


# Errors


def test_errors_have_their_statuses(gateway, backend):
    scripts = {
        "filter": replies.failure("400 Bad Request", "content_filter"),
        "down": replies.failure("503 Service Unavailable"),
    }
    running = gateway(
        {
            "server": {"max_body": "2K", "ollama": True},
            "key chat": {"secret": KEY, "scopes": "chat"},
            "key read": {"secret": "key-that-only-reads", "scopes": "read"},
            "bot support": {"error_message": "Later."},
            **{
                f"integration {name}": integration(backend(script).url, "openai")
                for name, script in scripts.items()
            },
        }
    )
    cases = [
        (401, {"key": "wrong"}, {}),
        (403, {"key": "key-that-only-reads"}, {}),
        (404, {}, {"model": "gpt-4o"}),
        (400, {}, {"model": "support/filter"}),
        (502, {}, {"model": "support/down"}),
        (400, {}, {"messages": [{"role": "user", "images": ["Qk0="]}]}),
        (413, {}, {"messages": [{"role": "user", "content": "x" * 3000}]}),
    ]
    for status, options, fields in cases:
        for stream in (False, True):
            with pytest.raises(ollama.ResponseError) as raised:
                list(
                    library(running, **options).chat(
                        **{"model": "support", "messages": HELLO, "stream": stream, **fields}
                    )
                )
            assert raised.value.status_code == status
            assert raised.value.error and not raised.value.error.startswith("{")
        if status == 502:
            assert raised.value.error == "Later."
    with pytest.raises(ollama.ResponseError, match="suffix"):
        library(running).generate(model="support", prompt="a", suffix="b")


@pytest.mark.parametrize("type", replies.TYPES)
def test_streams_that_are_cut(served, type):
    """Never a line that is done: the reply is cut after each event."""
    count = len(models.events(type, False))
    for length in range(count):
        client, _ = served(type, models.cut(type, length))
        whole = b"".join(models.events(type, False)[:length])
        ends = (b"[DONE]", b'"stop"', b"end_turn", b"response.completed")
        is_done = any(word in whole for word in ends)
        parts = []
        try:
            parts += client.chat(model="support", messages=HELLO, stream=True)
        except ollama.ResponseError:
            assert not is_done
        assert any(part.done for part in parts) == is_done, length


@pytest.mark.parametrize("type", WITH_TOOLS)
def test_calls_that_are_cut(served, type):
    """A call comes whole or not at all."""
    for length in range(len(models.events(type, True))):
        events = b"".join(models.events(type, True)[:length])
        client, _ = served(type, [send(models.STREAM + events), finish()])
        parts = []
        try:
            for part in client.chat(model="support", messages=HELLO, tools=[TOOL], stream=True):
                parts.append(part)
        except ollama.ResponseError:
            assert not any(part.done or part.message.tool_calls for part in parts)
            continue
        assert [call for part in parts for call in calls_of(part.message)] == [
            ("weather", models.CALL)
        ]


def test_a_stream_that_breaks_ends_in_an_error(served):
    client, _ = served("openai", models.cut("openai", 2))
    parts = []
    with pytest.raises(ollama.ResponseError) as broken:
        parts.extend(client.chat(model="support", messages=HELLO, stream=True))
    assert [part.message.content for part in parts] == ["Hello", ", "]
    assert not any(part.done for part in parts)
    assert "try again" in broken.value.error


@pytest.mark.parametrize("type", replies.TYPES)
def test_a_stream_that_another_continues(gateway, backend, type):
    running = gateway(
        {
            "server": {"ollama": True},
            "bot support": {},
            "integration one": integration(backend(models.cut("openai", 2)).url, "openai"),
            "integration two": integration(
                backend(models.model(type)).url, type, fallback=True, prefill=True
            ),
        }
    )
    parts = list(library(running).chat(model="support", messages=HELLO, stream=True))
    assert "".join(part.message.content for part in parts) == "Hello, " + models.TEXT
    assert parts[-1].done_reason == "stop"


def test_the_same_key_gets_the_same_answer(served):
    client, server = served("openai")
    client._client.headers["Idempotency-Key"] = "k"
    first, second = (client.chat(model="support", messages=HELLO) for _ in range(2))
    assert first.message == second.message and len(server.requests) == 1
    with pytest.raises(ollama.ResponseError) as other:
        client.generate(model="support", prompt="Hello")
    assert other.value.status_code == 409


# By hand


def test_what_goes_over_the_wire(one_integration):
    """A stream unless the client says otherwise, an object in each line."""
    running, _ = one_integration("openai")
    answer = httpx.post(f"{host(running)}/api/chat", json={"model": "support", "messages": HELLO})
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["message"]["content"] for line in lines] == ["Hello", ", ", "you!", ""]
    assert [line["done"] for line in lines] == [False, False, False, True]
    whole = {"model": "support", "prompt": "Hello", "stream": False}
    answer = httpx.post(f"{host(running)}/api/generate", json=whole)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["response"] == models.TEXT
    # As curl -d sends it.
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(f"{host(running)}/api/chat", content=b"{}", headers=form)
    assert answer.status_code == 415 and isinstance(answer.json()["error"], str)
    assert httpx.head(f"{host(running)}/").status_code == 200
    assert "<html" in httpx.get(f"{host(running)}/").text
    answer = httpx.get(f"{host(running)}/api/chats")
    assert (answer.status_code, "/api/chat?" in answer.json()["error"]) == (404, True)


def test_it_is_off_unless_it_is_turned_on(gateway):
    running = gateway({"bot support": {}})
    for method, path in [
        ("POST", "/api/chat"),
        ("POST", "/api/generate"),
        ("POST", "/api/show"),
        ("GET", "/api/tags"),
        ("GET", "/api/ps"),
        ("GET", "/api/version"),
        ("OPTIONS", "/api/chat"),
        ("DELETE", "/api/delete"),
    ]:
        answer = httpx.request(method, host(running) + path)
        assert answer.status_code == 404, path
        error = answer.json()["error"]
        assert error["code"] == "not_found" and "[server] ollama = yes" in error["message"]


def test_a_reload_turns_it_on(managed):
    served = managed("[server]\nlisten = LISTEN\n")
    assert served.get("/api/version").status == 404
    served.file.write_text(served.text + "ollama = yes\n")
    assert served.post("/v1/reload", {}).data["applied"]
    assert served.get("/api/version").status == 200


# Other programs


@pytest.mark.parametrize("type", WITH_TOOLS)
def test_home_assistant(one_integration, type):
    """As Home Assistant's integration "Ollama" calls: the list, then a stream with tools, a
    context size, and no thinking; results of tools as JSON."""
    running, server = one_integration(type)

    async def converse():
        client = ollama.AsyncClient(host=host(running))
        names = [model["model"] for model in (await client.list())["models"]]
        assert "support" in names
        assert "tools" in (await client.show("support")).capabilities
        messages = [
            ollama.Message(role="system", content="You are a home."),
            ollama.Message(role="user", content="Weather?"),
        ]
        text = ""
        for _ in range(3):
            stream = await client.chat(
                model="support",
                messages=list(messages),
                tools=[TOOL],
                stream=True,
                keep_alive="-1s",
                options={"num_ctx": 8192},
                think=False,
            )
            calls, text = [], ""
            async for part in stream:
                text += part["message"].get("content") or ""
                calls += part["message"].get("tool_calls") or []
            messages.append(ollama.Message(role="assistant", content=text, tool_calls=calls))
            if not calls:
                break
            for call in calls:
                result = json.dumps({"asked": call.function.arguments})
                name = call.function.name
                messages.append(ollama.Message(role="tool", content=result, tool_name=name))
        await client._client.aclose()
        return text

    assert asyncio.run(converse()) == models.TEXT
    assert len(server.requests) == 2
