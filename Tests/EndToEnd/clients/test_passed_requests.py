"""`POST /v1/embeddings`, `/v1/completions` and `/v1/moderations`, with OpenAI's own SDK and raw."""

import json
import threading

import openai
import pytest

import replies
import stream_replies as streams
from backends import finish, hold, reset, send, stall, wait
from client import request_bytes
from configuration import integration
from sdks import opened

EMBEDDINGS = {
    "object": "list",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.1, 2.50, -1e-3]}],
    "model": "embed-1",
    "usage": {"prompt_tokens": 5, "total_tokens": 5},
    "vendor": {"any": ["thing"]},
}
COMPLETION = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1,
    "model": "text-1",
    "choices": [{"text": " world", "index": 0, "logprobs": None, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
MODERATION = {
    "id": "modr-1",
    "model": "moderation-1",
    "results": [{"flagged": False, "categories": {}, "category_scores": {}}],
}
ANSWERS = {"embeddings": EMBEDDINGS, "completions": COMPLETION, "moderations": MODERATION}
REQUESTS = {
    "embeddings": {"model": "search", "input": "Hello", "dimensions": 3, "user": "u1"},
    "completions": {"model": "search", "prompt": "Hello", "max_tokens": 5, "seed": 7},
    "moderations": {"model": "search", "input": ["a", "b"]},
}
PATHS = sorted(ANSWERS)


def serving(server, purposes, **settings):
    return integration(
        server.url.removesuffix("/chat") + "/v1/chat/completions",
        "openai",
        serves=purposes,
        **settings,
    )


@pytest.fixture
def served(gateway, backend):
    """A gateway with one integration for a purpose, and its backend."""

    def start(path, script=None, **settings):
        server = backend(script or replies.document(ANSWERS[path]))
        sections = {"bot search": {}, "integration only": serving(server, path, **settings)}
        return gateway(sections), server

    return start


@pytest.mark.parametrize("path", PATHS)
def test_it_is_passed_on_but_for_the_model(served, path):
    running, server = served(path, drop="seed")
    response = running.client().post(f"/v1/{path}", REQUESTS[path])
    assert (response.status, response.json) == (200, ANSWERS[path])
    [request] = server.requests
    assert request.target == f"/v1/{path}"
    sent = REQUESTS[path] | {"model": "openai-model"}
    sent.pop("seed", None)
    assert request.json == sent
    assert response.field("X-Postern-Attempts").startswith("only;outcome=ok;status=200;")


def test_numbers_arrive_byte_for_byte(served):
    body = b'{"data":[{"embedding":[0.10,1E5,123456789012345678901234567890]}],"object":"list"}'
    running, _ = served("embeddings", replies.document(body))
    assert running.client().post("/v1/embeddings", REQUESTS["embeddings"]).body == body


@pytest.mark.parametrize("path", PATHS)
def test_another_integration_answers_after_a_failure(gateway, backend, path):
    down = backend(replies.failure("500 Internal Server Error"))
    chats = backend(replies.document(replies.openai_document()))
    spare = backend(replies.document(ANSWERS[path]))
    running = gateway(
        {
            "bot search": {},
            "integration down": serving(down, path, retries=1, backoff="1ms"),
            "integration chats": serving(chats, "chat", fallback=True),
            "integration spare": serving(spare, f"chat, {path}", fallback=True),
        }
    )
    response = running.client().post(f"/v1/{path}", REQUESTS[path])
    assert (response.status, response.json) == (200, ANSWERS[path])
    assert (len(down.requests), len(chats.requests), len(spare.requests)) == (2, 0, 1)
    chat = running.client().post("/v1/bots/search/messages", {"content": "Hi"})
    assert chat.data["integration"]["id"] in ("chats", "spare")
    assert len(down.requests) == 2


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (replies.document({"object": "list", "data": []}), "missing_content"),
        (replies.document({"error": {"message": "No", "type": "x"}}), "http_error"),
        (replies.document(b"[1"), "invalid_json"),
        (replies.document(replies.openai_document()), "missing_content"),
        (replies.failure("401 Unauthorized"), "auth_failed"),
        (replies.failure("429 Too Many Requests"), "rate_limited"),
    ],
)
def test_failures_are_told_as_those_of_messages(served, answer, outcome):
    running, _ = served("embeddings", answer)
    response = running.client().post("/v1/embeddings", REQUESTS["embeddings"])
    assert (response.status, response.error["code"]) == (502, "all_integrations_failed")
    assert f"outcome={outcome};" in response.field("X-Postern-Attempts")
    statistics = running.client().get("/v1/stats").json["data"][0]
    assert statistics["attempts"][outcome] == 1


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("broken", "outcome"),
    [
        ({"finish_reason": "error"}, "interrupted"),
        ({"finish_reason": "weather"}, "interrupted"),
        ({"finish_reason": "stop", "error": {"code": 502, "message": "x"}}, "http_error"),
    ],
)
def test_a_completion_that_ended_badly_is_not_passed_off_as_whole(served, stream, broken, outcome):
    reply = COMPLETION | {"choices": [COMPLETION["choices"][0] | broken]}
    script = replies.document(reply)
    if stream:
        script = streams.raw("openai", streams.event("openai", reply) + b"data: [DONE]\n\n")
    running, _ = served("completions", script)
    response = running.client().post(
        "/v1/completions", REQUESTS["completions"] | {"stream": stream}
    )
    assert (response.status, response.error["code"]) == (502, "all_integrations_failed")
    assert f"outcome={outcome};" in response.field("X-Postern-Attempts")


def test_a_model_that_does_not_serve_it_is_unknown(gateway, backend):
    server = backend(replies.document(EMBEDDINGS))
    client = gateway(
        {
            "bot search": {},
            "bot chat": {},
            "integration only": {"bot": "search", **serving(server, "embeddings")},
            "integration echo": {"bot": "chat", "type": "echo"},
        }
    ).client()
    message = {"messages": [{"role": "user", "content": "Hi"}]}
    for path, body in {
        "/v1/embeddings": {"model": "chat", "input": "x"},
        "/v1/moderations": {"model": "search", "input": "x"},
        "/v1/completions": {"model": "search/only", "prompt": "x"},
        "/v1/chat/completions": {"model": "search", **message},
    }.items():
        response = client.post(path, body)
        assert (response.status, response.error["code"]) == (404, "model_not_found"), path
        assert "serves" in response.error["message"]
    assert server.requests == []


def test_a_repeated_key_is_answered_once(served):
    running, server = served("embeddings")
    client = running.client()
    fields = {"Idempotency-Key": "k1"}
    first, again = (client.post("/v1/embeddings", REQUESTS["embeddings"], fields) for _ in range(2))
    assert (first.body, again.body) == (first.body, first.body)
    assert len(server.requests) == 1
    other = client.post("/v1/embeddings", REQUESTS["embeddings"] | {"input": "x"}, fields)
    assert other.status == 409


def sdk(running):
    authority = running.addresses[0].authority
    return opened(
        openai.OpenAI(
            base_url=f"http://{authority}/v1", api_key="key-of-the-tests-1", max_retries=0
        )
    )


def test_the_sdk(gateway, backend):
    scripts = {path: backend(replies.document(answer)) for path, answer in ANSWERS.items()}
    running = gateway(
        {
            "bot search": {"aliases": "text-embedding-3-small"},
            **{f"integration {path}": serving(scripts[path], path) for path in PATHS},
        }
    )
    client = sdk(running)
    # The SDK asks for base64; a backend that gives numbers is understood, too.
    found = client.embeddings.create(
        model="text-embedding-3-small", input="x", encoding_format="float"
    )
    assert found.data[0].embedding == EMBEDDINGS["data"][0]["embedding"]
    assert found.usage.prompt_tokens == 5
    assert client.moderations.create(model="search", input="x").results[0].flagged is False
    assert client.completions.create(model="search", prompt="x").choices[0].text == " world"
    pieces = list(client.completions.create(model="search", prompt="x", stream=True))
    assert "".join(piece.choices[0].text for piece in pieces) == " world"
    assert scripts["completions"].requests[-1].json["stream"] is True


def piece(text, **more):
    choice = {"text": text, "index": 0, "logprobs": None, "finish_reason": None}
    return {"id": "cmpl-1", "object": "text_completion", "created": 1, "choices": [choice], **more}


PIECES = [f"data: {json.dumps(one)}\n\n".encode() for one in (piece(" wor"), piece("ld"))]
USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":4,"completion_tokens":2}}\n\n'
DONE = b"data: [DONE]\n\n"
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunks(*pieces):
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in pieces)


LAST = b"0\r\n\r\n"
STREAMED = REQUESTS["completions"] | {"stream": True}


def test_a_completion_is_streamed_as_it_comes(served):
    more = threading.Event()
    running, server = served(
        "completions",
        [send(STREAM + chunks(PIECES[0])), hold(more), send(chunks(PIECES[1], USAGE, DONE) + LAST)],
    )
    client = running.client()
    asked = STREAMED | {"stream_options": {"include_usage": True}}
    with client.open() as connection:
        fields = client.request_headers({"Content-Type": "application/json"})
        connection.send(
            request_bytes("POST", "/v1/completions", fields, json.dumps(asked).encode())
        )
        connection.read_head()
        pieces = connection.read_pieces(is_chunked=True)
        assert next(pieces) == PIECES[0]
        more.set()
        assert b"".join(pieces) == PIECES[1] + USAGE + DONE
    assert server.requests[0].json == asked | {"model": "openai-model"}
    [counts] = client.get("/v1/stats").json["data"]
    assert (counts["tokens"]["input"], counts["tokens"]["output"]) == (4, 2)


ERROR = b'data: {"error":{"message":"secret words","type":"x"}}\n\n'


@pytest.mark.parametrize(
    "script",
    [
        [send(STREAM + chunks(PIECES[0]) + LAST)],
        [send(STREAM + chunks(PIECES[0])), finish()],
        [send(STREAM + chunks(PIECES[0])), wait(0.1), reset()],
        [send(STREAM + chunks(PIECES[0])), stall()],
        [send(STREAM + chunks(PIECES[0], ERROR, DONE) + LAST)],
        [send(STREAM + chunks(PIECES[0], b'data: {"choi\n\n', DONE) + LAST)],
    ],
    ids=["no end", "cut", "reset", "stall", "error", "malformed"],
)
def test_a_completion_that_breaks_off_ends_with_an_error(served, script):
    running, _ = served("completions", script, idle_timeout="300ms")
    response = running.client().post("/v1/completions", STREAMED)
    assert response.body.startswith(PIECES[0])
    assert b"[DONE]" not in response.body
    assert b"secret words" not in response.body
    last = json.loads(response.body.split(b"data: ")[-1])
    assert last["error"]["code"] == "all_integrations_failed"
    with pytest.raises(openai.APIError):
        list(sdk(running).completions.create(model="search", prompt="x", stream=True))


@pytest.mark.parametrize(
    "script",
    [
        replies.failure("500 Internal Server Error"),
        [send(STREAM + LAST)],
        [send(STREAM + chunks(DONE) + LAST)],
        [send(STREAM + chunks(USAGE, DONE) + LAST)],
        [send(STREAM + chunks(ERROR) + LAST)],
        [send(STREAM), stall()],
        replies.document({"choices": []}),
    ],
)
def test_another_integration_streams_before_the_first_piece(gateway, backend, script):
    bad = backend(script)
    spare = backend([send(STREAM + chunks(*PIECES, DONE) + LAST)])
    running = gateway(
        {
            "bot search": {},
            "integration bad": serving(bad, "completions", timeout="300ms"),
            "integration spare": serving(spare, "completions", fallback=True),
        }
    )
    response = running.client().post("/v1/completions", STREAMED)
    assert response.body == b"".join(PIECES) + DONE
    assert (len(bad.requests), len(spare.requests)) == (1, 1)


@pytest.mark.parametrize(
    ("bot", "settings"), [({}, {}), ({"delivery": "whole"}, {}), ({}, {"stream": "no"})]
)
def test_a_completion_that_comes_whole_is_one_event(gateway, backend, bot, settings):
    server = backend(replies.document(COMPLETION))
    running = gateway(
        {"bot search": bot, "integration only": serving(server, "completions", **settings)}
    )
    pieces = list(sdk(running).completions.create(model="search", prompt="x", stream=True))
    assert [one.choices[0].text for one in pieces] == [" world"]
    asks = not bot and not settings
    assert server.requests[0].json.get("stream") == (True if asks else None)


def test_the_sdk_streams_a_completion(served):
    running, _ = served("completions", [send(STREAM + chunks(*PIECES, DONE) + LAST)])
    pieces = list(sdk(running).completions.create(model="search", prompt="x", stream=True))
    assert "".join(one.choices[0].text for one in pieces) == " world"


@pytest.mark.parametrize("path", PATHS)
def test_each_purpose_is_tested(served, path):
    running, server = served(path)
    response = running.client().post("/v1/integrations/only/test", {"content": "Hi"})
    assert response.data["attempt"]["outcome"] == "ok"
    assert response.data["content"] == path
    [request] = server.requests
    assert request.target == f"/v1/{path}"
    assert "Hi" in (request.json.get("input"), request.json.get("prompt"))
