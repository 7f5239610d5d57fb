"""`POST /v1/responses` with OpenAI's own SDK, for integrations of all types."""

import json

import openai
import pydantic
import pytest

import models
import replies
from backends import finish, send
from configuration import integration

pytestmark = pytest.mark.filterwarnings("default")

TYPES = ["custom", "openai", "anthropic", "responses", "echo"]
WITH_TOOLS = ["openai", "anthropic", "responses"]
WEATHER = {
    "type": "function",
    "name": "weather",
    "description": "The weather.",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}
PNG = "data:image/png;base64,iVBORw0KGgo="


def sequence(events):
    """The types of events, repetitions left out; their numbers must rise by one."""
    assert [event.sequence_number for event in events] == list(range(len(events)))
    types = [event.type.removeprefix("response.") for event in events]
    return [type for place, type in enumerate(types) if place == 0 or types[place - 1] != type]


@pytest.mark.parametrize("type", TYPES)
def test_a_response(served, type):
    client, server = served(type)
    done = client.responses.create(model="support", input="Hello")
    text = "Hello" if type == "echo" else models.TEXT
    assert (done.output_text, done.status, done.object) == (text, "completed", "response")
    assert done.id.startswith("resp_") and done.error is None and done.incomplete_details is None
    assert done.tools == [] and done.tool_choice == "auto" and done.parallel_tool_calls is True
    if type in WITH_TOOLS:
        assert (done.usage.input_tokens, done.usage.total_tokens) == (9, 11)
        assert done.model == replies.document_of(type)["model"]
    if type == "responses":
        assert server.requests[0].json == {
            "model": "responses-model",
            "input": [{"role": "user", "content": "Hello"}],
        }
        assert done.usage.input_tokens_details.cached_tokens == 4
    elif server:
        assert server.requests[0].messages == [("user", "Hello")]


@pytest.mark.parametrize("type", TYPES)
def test_a_stream(served, type):
    client, _ = served(type)
    events = list(client.responses.create(model="support", input="Hello", stream=True))
    assert sequence(events) == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.delta",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    text = "Hello" if type == "echo" else models.TEXT
    assert "".join(e.delta for e in events if e.type == "response.output_text.delta") == text
    done = events[-1].response
    assert done.output_text == text and done.status == "completed"
    assert {e.response.id for e in events if hasattr(e, "response")} == {done.id}
    items = {e.item_id for e in events if hasattr(e, "item_id")}
    items |= {e.item.id for e in events if hasattr(e, "item")}
    assert items == {done.output[0].id}
    assert done.usage is not None


@pytest.mark.parametrize("type", TYPES)
def test_the_helper_for_streams(served, type):
    client, _ = served(type)
    with client.responses.stream(model="support", input="Hello") as stream:
        kinds = {event.type for event in stream}
        done = stream.get_final_response()
    assert "response.output_text.done" in kinds
    assert done.output_text == ("Hello" if type == "echo" else models.TEXT)


@pytest.mark.parametrize("type", WITH_TOOLS)
@pytest.mark.parametrize("stream", [False, True])
def test_tools(served, type, stream):
    client, server = served(type)
    ask = {"model": "support", "tools": [WEATHER], "tool_choice": "required"}
    messages = [{"role": "user", "content": "Hello"}]
    if stream:
        with client.responses.stream(input=messages, **ask) as events:
            kinds = sequence(list(events))
            done = events.get_final_response()
        assert kinds == [
            "created",
            "in_progress",
            "output_item.added",
            "function_call_arguments.delta",
            "function_call_arguments.done",
            "output_item.done",
            "completed",
        ]
    else:
        done = client.responses.create(input=messages, **ask)
    (call,) = done.output
    assert (call.type, call.call_id, call.name) == ("function_call", "call_1", "weather")
    assert json.loads(call.arguments) == models.CALL
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "Snow."}
    sent = [*messages, call.model_dump(exclude_none=True, exclude={"parsed_arguments"}), output]
    done = client.responses.create(input=sent, model="support", tools=[WEATHER])
    assert done.output_text == models.TEXT
    body = server.requests[-1].json
    if type == "responses":
        assert body["input"] == sent and body["tools"] == [WEATHER]
    elif type == "openai":
        assert body["messages"][1]["tool_calls"][0]["id"] == "call_1"
        assert body["messages"][2] == {
            "role": "tool",
            "tool_call_id": "call_1",
            "content": "Snow.",
        }
        function = {key: WEATHER[key] for key in ("name", "description", "parameters", "strict")}
        assert body["tools"] == [{"type": "function", "function": function}]
    else:
        assert body["messages"][1]["content"][0]["input"] == models.CALL
        assert body["messages"][2]["content"][0]["tool_use_id"] == "call_1"


class Person(pydantic.BaseModel):
    name: str
    age: int


@pytest.mark.parametrize("type", ["openai", "anthropic", "responses"])
def test_structured_output(served, type):
    script = models.says(type, '{"name": "Ann", "age": 7}')
    client, server = served(type, script)
    done = client.responses.parse(model="support", input="Who?", text_format=Person)
    assert done.output_parsed == Person(name="Ann", age=7)
    body = server.requests[0].json
    if type == "openai":
        format = body["response_format"]
        assert format["json_schema"]["name"] == "Person" and format["json_schema"]["strict"] is True
    elif type == "anthropic":
        assert body["output_config"]["format"]["type"] == "json_schema"
    else:
        assert body["text"]["format"]["name"] == "Person"


def test_input_in_all_its_forms(served):
    client, server = served("openai", bot={"system": "Be terse."})
    client.responses.create(
        model="support",
        instructions="Be kind.",
        input=[
            {"role": "developer", "content": "Be brief."},
            {
                "type": "message",
                "role": "user",
                "content": [
                    {"type": "input_text", "text": "What is it?"},
                    {"type": "input_image", "image_url": PNG, "detail": "low"},
                    {"type": "input_file", "filename": "a.pdf", "file_data": "data:x"},
                ],
            },
            {
                "type": "reasoning",
                "id": "rs_1",
                "summary": [{"type": "summary_text", "text": "Hm."}],
            },
            {
                "type": "message",
                "role": "assistant",
                "id": "msg_1",
                "status": "completed",
                "content": [{"type": "output_text", "text": "I look.", "annotations": []}],
            },
            {"type": "function_call", "call_id": "a", "name": "look", "arguments": "{}"},
            {"type": "function_call", "call_id": "b", "name": "look", "arguments": "{}"},
            {
                "type": "function_call_output",
                "call_id": "a",
                "output": [
                    {"type": "input_text", "text": "One"},
                    {"type": "input_image", "image_url": PNG},
                ],
            },
            {"type": "function_call_output", "call_id": "b", "output": "Two"},
            {"role": "user", "content": "So?"},
        ],
    )
    call = {"type": "function", "function": {"name": "look", "arguments": "{}"}}
    image = {"type": "image_url", "image_url": {"url": PNG}}
    assert server.requests[0].json["messages"] == [
        {"role": "system", "content": "Be terse."},
        {"role": "system", "content": "Be kind."},
        {"role": "developer", "content": "Be brief."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}},
                {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:x"}},
            ],
        },
        {
            "role": "assistant",
            "content": "I look.",
            "reasoning_content": "Hm.",
            "tool_calls": [{"id": "a", **call}, {"id": "b", **call}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "One"},
        {"role": "tool", "tool_call_id": "b", "content": "Two"},
        {"role": "user", "content": [image]},
        {"role": "user", "content": "So?"},
    ]


def test_fields_of_the_request(served):
    client, server = served("openai")
    done = client.responses.create(
        model="support",
        input="Hello",
        temperature=0.5,
        top_p=0.9,
        max_output_tokens=50,
        reasoning={"effort": "low", "summary": "auto"},
        text={"format": {"type": "json_object"}, "verbosity": "low"},
        truncation="auto",
        metadata={"a": "b"},
        user="u1",
        parallel_tool_calls=False,
        include=["reasoning.encrypted_content"],
        prompt_cache_key="k",
        service_tier="auto",
        store=False,
    )
    assert server.requests[0].json == {
        "model": "openai-model",
        "messages": [{"role": "user", "content": "Hello"}],
        "temperature": 0.5,
        "top_p": 0.9,
        "max_tokens": 50,
        "reasoning_effort": "low",
        "response_format": {"type": "json_object"},
        "verbosity": "low",
        "user": "u1",
    }
    assert done.metadata == {"a": "b"} and done.temperature == 0.5 and done.max_output_tokens == 50
    assert done.text.format.type == "json_object" and done.parallel_tool_calls is False
    assert done.store is False and done.truncation == "auto"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"tools": [{"type": "web_search"}]}, "tools[0]"),
        ({"tools": [WEATHER, {"type": "mcp", "server_label": "x"}]}, "tools[1]"),
        ({"background": True}, "background"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]"),
        ({"extra_body": {"new_thing": 1}}, "new_thing"),
        ({"tools": [WEATHER], "tool_choice": {"type": "file_search"}}, "tool_choice"),
    ],
)
def test_what_has_no_equivalent(served, fields, name):
    client, server = served("openai")
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(**{"model": "support", "input": "Hello", **fields})
    assert (refused.value.code, refused.value.param) == ("unsupported_parameter", name)
    assert not server.requests


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"input": []}, "input"),
        ({"input": ""}, "input"),
        ({"input": [{"role": "user"}]}, "input[0]"),
        ({"input": [{"role": "narrator", "content": "x"}]}, "input[0].role"),
        ({"input": [{"type": "function_call_output", "output": "x"}]}, "input[0].call_id"),
        ({"instructions": ["x"]}, "instructions"),
    ],
)
def test_what_is_malformed(served, fields, name):
    client, _ = served("openai")
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(**{"model": "support", "input": "Hello", **fields})
    assert (refused.value.code, refused.value.param) == ("invalid_parameter", name)


def test_a_tool_that_only_one_backend_knows(gateway, backend, sdk):
    """The draw is among the integrations that can express the request."""
    plain, own = backend(models.model("openai")), backend(models.model("responses"))
    running = gateway(
        {
            "bot support": {},
            "integration plain": integration(plain.url, "openai"),
            "integration own": integration(own.url, "responses"),
        }
    )
    for _ in range(8):
        done = sdk(running).responses.create(
            model="support", input="Hello", tools=[{"type": "web_search"}], tool_choice="none"
        )
        assert done.output_text == "" or done.output
    assert len(own.requests) == 8 and not plain.requests


@pytest.mark.parametrize("type", ["openai", "anthropic", "responses"])
@pytest.mark.parametrize("stream", [False, True])
def test_incomplete(served, type, stream):
    client, _ = served(type, models.says(type, "Hel", end="length"))
    if stream:
        events = list(client.responses.create(model="support", input="Hi", stream=True))
        assert events[-1].type == "response.incomplete"
        done = events[-1].response
    else:
        done = client.responses.create(model="support", input="Hi")
    assert (done.status, done.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert done.output_text == "Hel"


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("type", ["openai", "responses"])
def test_thinking(served, type, stream):
    if type == "openai":
        whole = replies.openai_document("Four.")
        whole["choices"][0]["message"]["reasoning_content"] = "Two and two."
    else:
        whole = replies.responses_document("Four.")
        thought = {"type": "summary_text", "text": "Two and two."}
        whole["output"].insert(
            0,
            {"type": "reasoning", "id": "rs_9", "summary": [thought], "encrypted_content": "abc"},
        )
    script = models.whole_or_stream(type, whole)
    client, _ = served(type, script)
    if stream:
        events = list(client.responses.create(model="support", input="2+2?", stream=True))
        kinds = sequence(events)
        assert kinds[2:8] == [
            "output_item.added",
            "reasoning_summary_part.added",
            "reasoning_summary_text.delta",
            "reasoning_summary_text.done",
            "reasoning_summary_part.done",
            "output_item.done",
        ]
        done = events[-1].response
    else:
        done = client.responses.create(model="support", input="2+2?")
    thought, message = done.output
    assert thought.summary[0].text == "Two and two." and message.content[0].text == "Four."
    if type == "responses":
        assert (thought.id, thought.encrypted_content) == ("rs_9", "abc")


def refusing(type):
    """A script: the model refuses, whole or in pieces."""
    if type == "openai":
        whole = replies.openai_document(None)
        whole["choices"][0]["message"]["refusal"] = "I won't."
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        deltas = [{"refusal": "I "}, {"refusal": "won't."}]
        choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        events = [models.event({**chunk, "choices": [choice]}) for choice in choices]
    else:
        whole = replies.document_of("responses")
        [item] = whole["output"]
        item["content"] = [{"type": "refusal", "refusal": "I won't."}]
        at = {"output_index": 0, "item_id": item["id"], "content_index": 0}
        part = {"type": "refusal", "refusal": ""}
        payloads = [
            {"type": "response.created", "response": {**whole, "output": []}},
            {
                "type": "response.output_item.added",
                "output_index": 0,
                "item": {**item, "content": []},
            },
            {"type": "response.content_part.added", **at, "part": part},
            {"type": "response.refusal.delta", **at, "delta": "I "},
            {"type": "response.refusal.delta", **at, "delta": "won't."},
            {"type": "response.refusal.done", **at, "refusal": "I won't."},
            {"type": "response.content_part.done", **at, "part": item["content"][0]},
            {"type": "response.output_item.done", "output_index": 0, "item": item},
            {"type": "response.completed", "response": whole},
        ]
        events = [
            models.event({**payload, "sequence_number": number}, payload["type"])
            for number, payload in enumerate(payloads)
        ]

    def script(request):
        if not request.json.get("stream"):
            return replies.document(whole)
        return [send(models.STREAM + b"".join(events)), finish()]

    return script


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("backend_streams", ["auto", "no"])
@pytest.mark.parametrize("type", ["openai", "responses"])
def test_a_refusal_by_the_model(served, type, stream, backend_streams):
    client, _ = served(type, refusing(type), stream=backend_streams)
    if stream:
        events = list(client.responses.create(model="support", input="Hi", stream=True))
        # A whole reply of the same interface is passed on as it is.
        if (type, backend_streams) != ("responses", "no"):
            told = sequence(events)
            first = told.index("content_part.added")
            assert told[first + 1 : first + 4] == [
                "refusal.delta",
                "refusal.done",
                "content_part.done",
            ]
            assert "output_text.delta" not in told
            [done] = [event for event in events if event.type == "response.refusal.done"]
            assert done.refusal == "I won't."
        response = events[-1].response
    else:
        response = client.responses.create(model="support", input="Hi")
    (part,) = response.output[0].content
    assert (part.type, part.refusal) == ("refusal", "I won't.")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("type", ["openai", "responses"])
def test_a_refusal_in_a_chat(served, type, stream):
    """OpenAI's clients get it where Chat Completions have it."""
    client, _ = served(type, refusing(type))
    create = client.chat.completions.create
    messages = [{"role": "user", "content": "Hi"}]
    done = create(model="support", messages=messages, stream=stream)
    if stream:
        deltas = [choice.delta for chunk in done for choice in chunk.choices]
        said = "".join(delta.refusal or "" for delta in deltas)
        assert said == "I won't." and not any(delta.content for delta in deltas)
    else:
        message = done.choices[0].message
        assert (message.refusal, message.content) == ("I won't.", None)


@pytest.mark.parametrize("type", ["custom", "openai", "anthropic", "responses"])
def test_a_whole_reply_as_a_stream(served, type):
    client, _ = served(type, stream="no")
    events = list(client.responses.create(model="support", input="Hello", stream=True))
    assert sequence(events)[-1] == "completed"
    assert events[-1].response.output_text == models.TEXT


@pytest.mark.parametrize("type", ["custom", "openai", "anthropic", "responses"])
def test_streams_that_are_cut(served, type):
    """Never a `response.completed` that is not: the reply is cut after each event."""
    count = len(models.events(type, False))
    for length in range(count):
        client, _ = served(type, models.cut(type, length))
        whole = b"".join(models.events(type, False)[:length])
        done = any(word in whole for word in (b"[DONE]", b'"stop"', b"end_turn"))
        done = done or b"response.completed" in whole
        try:
            events = list(client.responses.create(model="support", input="Hi", stream=True))
        except openai.APIError:
            assert not done
            continue
        assert (events[-1].type == "response.completed") == done, length
        if not done:
            assert events[-1].type == "response.failed"
            assert events[-1].response.error.code == "all_integrations_failed"
            assert events[-1].response.status == "failed"


def test_a_stream_that_another_continues(gateway, backend, sdk):
    """A passed stream breaks; another backend continues it, and the client sees one reply."""
    for type in ("openai", "responses"):
        broken = backend(models.cut("responses", 6))
        rest = backend(models.says(type, " and more"))
        running = gateway(
            {
                "bot support": {},
                "integration first": integration(broken.url, "responses"),
                "integration second": integration(rest.url, type, fallback=True, prefill=True),
            }
        )
        with sdk(running).responses.stream(model="support", input="Hi") as stream:
            events = list(stream)
            done = stream.get_final_response()
        assert done.output_text == "Hello,  and more"
        deltas = [e.delta for e in events if e.type == "response.output_text.delta"]
        assert "".join(deltas) == done.output_text
        assert len(done.output) == 1 and done.output[0].id == "msg_b1"
        assert sequence(events)[-1] == "completed"


def test_failures(served):
    client, _ = served("responses", lambda _: replies.failure("500 Internal Server Error"))
    with pytest.raises(openai.InternalServerError) as failed:
        client.responses.create(model="support", input="Hi")
    assert failed.value.code == "all_integrations_failed"
    whole = {**replies.responses_document(), "status": "failed", "output": []}
    whole["error"] = {"code": "server_error", "message": "Oh."}
    for stream in (False, True):
        client, _ = served("responses", models.whole_or_stream("responses", whole))
        with pytest.raises(openai.APIError):
            client.responses.create(model="support", input="Hi", stream=stream)


def test_a_refusal_by_policy(served):
    whole = {**replies.responses_document(), "status": "incomplete", "output": []}
    whole["incomplete_details"] = {"reason": "content_filter"}
    client, _ = served("responses", replies_of(whole))
    with pytest.raises(openai.BadRequestError) as refused:
        client.responses.create(model="support", input="Hi")
    assert refused.value.code == "content_filter"


def replies_of(whole):
    return lambda _: replies.document(whole)


def test_events_that_are_lines_apart(served):
    """A stream that ends without a blank line counts."""
    events = b"".join(models.events("responses", False)).rstrip(b"\n")
    script = [send(models.STREAM + events), finish()]
    client, _ = served("responses", lambda _: script)
    events = list(client.responses.create(model="support", input="Hi", stream=True))
    assert events[-1].type == "response.completed"
