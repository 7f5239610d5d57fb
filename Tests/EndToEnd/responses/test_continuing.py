"""Responses that continue others: `previous_response_id`, `conversation`, and what is stored."""

import threading

import openai
import pytest

import models
import replies
from configuration import integration

pytestmark = pytest.mark.filterwarnings("default")

WITH_TOOLS = ["openai", "anthropic", "responses"]
WEATHER = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {}},
    "strict": False,
}
SNOW = {"type": "function_call_output", "call_id": "call_1", "output": "Snow."}


def said(request):
    """What a backend was sent, as roles and texts."""
    body = request.json
    messages = body.get("messages") or body["input"]
    return [(message.get("role"), message.get("content")) for message in messages]


@pytest.mark.parametrize("type", ["custom", *WITH_TOOLS])
@pytest.mark.parametrize("stream", [False, True])
def test_a_chain(served, type, stream):
    client, server = served(type)
    id = None
    for number in range(4):
        ask = {"model": "support", "input": f"Q{number}", "previous_response_id": id}
        if stream:
            with client.responses.stream(**ask) as events:
                events.until_done()
                done = events.get_final_response()
        else:
            done = client.responses.create(**ask)
        assert done.previous_response_id == id
        id = done.id
    texts = [text for _, text in said(server.requests[3])]
    if type == "responses":
        texts = [text if isinstance(text, str) else text[0]["text"] for text in texts]
    assert texts == ["Q0", models.TEXT, "Q1", models.TEXT, "Q2", models.TEXT, "Q3"]


@pytest.mark.parametrize("type", ["custom", *WITH_TOOLS])
@pytest.mark.parametrize("system", [None, "Be a bot."])
def test_messages_of_the_developer_stay(served, type, system):
    """They are items of their turn. Instructions hold for one request."""
    client, server = served(type, bot={"system": system} if system else {})
    input = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Q0"}]
    create = client.responses.create
    first = create(model="support", input=input, instructions="Be kind.")
    parts = [{"type": "input_text", "text": "Be bold."}]
    input = [{"role": "system", "content": parts}, {"role": "user", "content": "Q1"}]
    second = create(model="support", input=input, previous_response_id=first.id)
    create(model="support", input="Q2", instructions="Be calm.", previous_response_id=second.id)
    create(model="support", input="Q3", previous_response_id=second.id)
    orders = []
    for request in server.requests[2:]:
        body = request.json
        assert "Be kind." not in str(body)
        if type == "anthropic":
            blocks = body["system"]
            texts = [blocks] if isinstance(blocks, str) else [block["text"] for block in blocks]
            roles = [message["role"] for message in body["messages"]]
            assert roles == ["user", "assistant", "user", "assistant", "user"]
        else:
            told = [content for role, content in said(request) if role in ("system", "developer")]
            texts = [text if isinstance(text, str) else text[0]["text"] for text in told]
            if type == "responses" and "instructions" in body:
                texts.insert(1 if system else 0, body["instructions"])
        orders.append(texts)
    own = [system] if system else []
    kept = ["Be brief.", "Be bold."]
    calm = [*kept, "Be calm."] if type == "anthropic" else ["Be calm.", *kept]
    assert orders == [[*own, *calm], [*own, *kept]]


@pytest.mark.parametrize("type", WITH_TOOLS)
@pytest.mark.parametrize("stream", [False, True])
def test_calls_of_functions(served, type, stream):
    """The loop of agents: only the outputs are sent, with the id of the response that calls."""
    client, server = served(type)

    def ask(input, id=None):
        asked = {"model": "support", "input": input, "tools": [WEATHER], "previous_response_id": id}
        if not stream:
            return client.responses.create(**asked)
        with client.responses.stream(**asked) as events:
            events.until_done()
            return events.get_final_response()

    first = ask("Weather?")
    assert first.output[0].type == "function_call"
    second = ask([SNOW], first.id)
    assert second.output_text == models.TEXT
    third = ask("Thanks.", second.id)
    assert third.output[0].type == "function_call"
    body = server.requests[1].json
    if type == "openai":
        assert [message["role"] for message in body["messages"]] == ["user", "assistant", "tool"]
        assert body["messages"][1]["tool_calls"][0]["id"] == "call_1"
    elif type == "anthropic":
        assert body["messages"][1]["content"][0]["type"] == "tool_use"
        assert body["messages"][2]["content"][0]["tool_use_id"] == "call_1"
    else:
        kinds = [item.get("type", item.get("role")) for item in body["input"]]
        assert kinds == ["user", "function_call", "function_call_output"]
    last = server.requests[2].json
    assert len(last.get("messages") or last["input"]) == 5


def test_steps_count_as_one_turn(served):
    """`window` counts a question with its calls and their outputs once; none stands alone."""
    client, server = served("openai", bot={"window": 3})
    for _ in range(3):
        done = client.responses.create(model="support", input="Weather?", tools=[WEATHER])
        for _ in range(4):
            done = client.responses.create(
                model="support", input=[SNOW], tools=[WEATHER], previous_response_id=done.id
            )
        done = client.responses.create(
            model="support", input="Next.", tools=[WEATHER], previous_response_id=done.id
        )
        roles = [role for role, _ in said(server.requests[-1])]
        assert roles == ["user", "assistant"] + ["tool", "assistant"] * 4 + ["user"]
        client.responses.create(
            model="support", input="Last.", tools=[WEATHER], previous_response_id=done.id
        )
        assert [role for role, _ in said(server.requests[-1])] == ["user", "assistant", "user"]


def test_an_earlier_response_is_continued(served):
    client, server = served("openai")
    first = client.responses.create(model="support", input="One")
    second = client.responses.create(model="support", input="Two", previous_response_id=first.id)
    other = client.responses.create(model="support", input="Zwei", previous_response_id=first.id)
    client.responses.create(model="support", input="Drei", previous_response_id=other.id)
    texts = [text for _, text in said(server.requests[-1])]
    assert texts == ["One", models.TEXT, "Zwei", models.TEXT, "Drei"]
    client.responses.create(model="support", input="Three", previous_response_id=second.id)
    texts = [text for _, text in said(server.requests[-1])]
    assert texts == ["One", models.TEXT, "Two", models.TEXT, "Three"]


def test_several_continue_one_at_once(served):
    client, server = served("openai")
    first = client.responses.create(model="support", input="One")
    made = {}

    def ask(number):
        made[number] = client.responses.create(
            model="support", input=f"Q{number}", previous_response_id=first.id
        )

    threads = [threading.Thread(target=ask, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, response in made.items():
        client.responses.create(model="support", input="And?", previous_response_id=response.id)
        texts = [text for _, text in said(server.requests[-1])]
        assert texts == ["One", models.TEXT, f"Q{number}", models.TEXT, "And?"]


def test_a_conversation(served):
    client, server = served("openai")
    create = client.responses.create
    first = create(model="support", input="One", conversation="my conv".replace(" ", "/"))
    assert first.conversation.id == "my/conv"
    second = create(model="support", input="Two", conversation={"id": "my/conv"})
    create(model="support", input="Three", previous_response_id=second.id)
    texts = [text for _, text in said(server.requests[-1])]
    assert texts == ["One", models.TEXT, "Two", models.TEXT, "Three"]
    assert client.responses.retrieve(first.id).output_text == models.TEXT
    # Chat Completions continue it, too.
    client.chat.completions.create(
        model="support",
        messages=[{"role": "user", "content": "Four"}],
        extra_headers={"X-Conversation-Id": "my/conv"},
    )
    assert [text for _, text in said(server.requests[-1])][-3:] == ["Three", models.TEXT, "Four"]
    with pytest.raises(openai.BadRequestError) as refused:
        create(model="support", input="x", conversation="c", previous_response_id=first.id)
    assert refused.value.param == "conversation"


def test_nothing_is_stored(served):
    client, server = served("openai")
    first = client.responses.create(model="support", input="One")
    second = client.responses.create(
        model="support", input="Two", previous_response_id=first.id, store=False
    )
    assert second.store is False
    assert [text for _, text in said(server.requests[-1])] == ["One", models.TEXT, "Two"]
    for id in (second.id, client.responses.create(model="support", input="x", store=False).id):
        with pytest.raises(openai.NotFoundError) as missing:
            client.responses.retrieve(id)
        assert missing.value.code == "response_not_found"
        with pytest.raises(openai.NotFoundError) as missing:
            client.responses.create(model="support", input="y", previous_response_id=id)
        assert missing.value.param == "previous_response_id"
    # The conversation is as it was.
    client.responses.create(model="support", input="Drei", previous_response_id=first.id)
    assert [text for _, text in said(server.requests[-1])] == ["One", models.TEXT, "Drei"]


@pytest.mark.parametrize("type", WITH_TOOLS)
def test_what_is_stored(served, type):
    client, _ = served(type)
    input = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
    ]
    made = client.responses.create(
        model="support", input=input, tools=[WEATHER], metadata={"a": "b"}
    )
    kept = client.responses.retrieve(made.id)
    assert (kept.id, kept.output, kept.usage) == (made.id, made.output, made.usage)
    assert (kept.status, kept.model, kept.metadata) == ("completed", made.model, {"a": "b"})
    items = client.responses.input_items.list(made.id, order="asc")
    assert [item.role for item in items] == ["developer", "user"]
    assert items.data[1].content[0].text == "Weather?"
    newest = client.responses.input_items.list(made.id, limit=1)
    assert newest.data[0].role == "user" and newest.has_more
    assert [item.role for item in newest] == ["user", "developer"]
    plain = client.responses.create(model="support", input="Hi")
    (item,) = client.responses.input_items.list(plain.id)
    assert (item.role, item.content[0].text) == ("user", "Hi")


def test_deleting(served):
    client, server = served("openai")
    ids = [None]
    for number in range(3):
        done = client.responses.create(
            model="support", input=f"Q{number}", previous_response_id=ids[-1]
        )
        ids.append(done.id)
    client.responses.delete(ids[2])
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(ids[2])
    with pytest.raises(openai.NotFoundError):
        client.responses.delete(ids[2])
    client.responses.create(model="support", input="Q3", previous_response_id=ids[3])
    texts = [text for _, text in said(server.requests[-1])]
    assert texts == ["Q0", models.TEXT, "Q2", models.TEXT, "Q3"]
    client.responses.delete(ids[3])
    client.responses.delete(ids[1])
    for id in ids[1:]:
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(id)


@pytest.mark.parametrize("id", ["resp_", "resp_1", "x", "resp_" + "0" * 24, "resp_%00", "a/b"])
def test_ids_that_are_none(served, id):
    client, _ = served("echo")
    with pytest.raises(openai.NotFoundError) as missing:
        client.responses.create(model="support", input="y", previous_response_id=id)
    assert missing.value.code == "response_not_found"


def test_after_a_restart(binary, gateway, backend, sdk, tmp_path):
    server = backend(models.model("openai"))
    sections = {
        "context": {"file": tmp_path / "context.ring", "memory": "256K", "sync": "always"},
        "bot support": {},
        "integration only": integration(server.url, "openai"),
    }
    running = gateway(sections)
    made = sdk(running).responses.create(model="support", input="Weather?", tools=[WEATHER])
    running.stop()
    client = sdk(gateway(sections))
    assert client.responses.retrieve(made.id).output == made.output
    done = client.responses.create(
        model="support", input=[SNOW], tools=[WEATHER], previous_response_id=made.id
    )
    assert done.output_text == models.TEXT
    assert [role for role, _ in said(server.requests[-1])] == ["user", "assistant", "tool"]


def test_overwritten(gateway, backend, sdk):
    server = backend(models.model("openai"))
    running = gateway(
        {
            "context": {"memory": "64K"},
            "bot support": {},
            "integration only": integration(server.url, "openai"),
        }
    )
    client = sdk(running)
    first = client.responses.create(model="support", input="One")
    for _ in range(12):
        client.responses.create(model="support", input="x" * 8000)
    with pytest.raises(openai.NotFoundError) as missing:
        client.responses.create(model="support", input="Two", previous_response_id=first.id)
    assert missing.value.code == "response_not_found"


def test_the_same_request_twice(served):
    client, server = served("openai")
    fields = {"Idempotency-Key": "k1"}
    made = [
        client.responses.create(model="support", input="Hi", extra_headers=fields) for _ in range(2)
    ]
    assert made[0].id == made[1].id and len(server.requests) == 1


def test_the_context_repairs_itself(served):
    """A conversation that has become too long for the model is answered with fewer turns."""
    too_long = {
        "error": {"code": "context_length_exceeded", "message": "maximum context length is 8192"}
    }

    def script(request):
        if len(request.json["messages"]) > 3:
            return replies.document(too_long, "400 Bad Request")
        return models.model("openai")(request)

    client, _ = served("openai", script)
    id = None
    for number in range(5):
        done = client.responses.create(model="support", input=f"Q{number}", previous_response_id=id)
        id = done.id
        assert done.output_text == models.TEXT


def test_turns_for_other_interfaces(served, one_integration):
    """Management shows the text of such turns, and the items beside it."""
    client, _ = served("openai")
    client.responses.create(model="support", input="Weather?", tools=[WEATHER], conversation="c1")
    client.responses.create(model="support", input=[SNOW], conversation="c1")
    listed = client.get("/conversations/c1/messages", cast_to=object)["data"]
    assert [message["content"] for message in listed] == ["Weather?", "", "", models.TEXT]
    assert listed[1]["response"]["output"][0]["name"] == "weather"
    assert listed[2]["response"]["input"] == [SNOW]


def test_large_parts_are_not_kept(gateway, backend, sdk):
    server = backend(models.model("responses"))
    running = gateway(
        {
            "context": {"largest_part": "1K"},
            "bot support": {},
            "integration only": integration(server.url, "responses"),
        }
    )
    client = sdk(running)
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 4000}
    text = {"type": "input_text", "text": "What is it?"}
    first = client.responses.create(
        model="support", input=[{"role": "user", "content": [text, image]}]
    )
    assert image in server.requests[0].json["input"][0]["content"]
    client.responses.create(model="support", input="And?", previous_response_id=first.id)
    parts = server.requests[1].json["input"][0]["content"]
    assert parts[0] == text and parts[1]["type"] == "input_text"
    assert "image, image/png" in parts[1]["text"]
