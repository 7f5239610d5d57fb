"""Conversations that are longer than a model takes."""

import pytest

import replies
from configuration import integration
from local_model import LocalModel, in_members


def in_words(tokens, limit):
    message = (
        f"This model's maximum context length is {limit} tokens. However, you requested {tokens} "
        "tokens. Please reduce the length of the messages."
    )
    error = {"message": message, "type": "invalid_request_error", "code": "context_length_exceeded"}
    return replies.document({"error": error}, "400 Bad Request")


def without_numbers(tokens, limit):
    error = {
        "message": "Your input exceeds the context window of this model.",
        "code": "context_length_exceeded",
    }
    return replies.document({"error": error}, "400 Bad Request")


WAYS = [in_members, in_words, without_numbers]


def talking(gateway, backend, model, context=None, **settings):
    server = backend(model)
    sections = {
        "context": {"window": 40, **(context or {})},
        "integration gpt": integration(server.url, "openai", **settings),
    }
    return gateway(sections), server


@pytest.mark.parametrize("window", range(1, 8))
def test_the_list_begins_with_the_user(gateway, backend, window):
    model = LocalModel(1 << 20, in_members)
    running, server = talking(gateway, backend, model, {"window": window})
    for number in range(6):
        response = running.client().message(f"{number}", conversation_id="c")
        assert response.status == 200, response.body
        assert "postern" not in response.data["metadata"]
    assert len(server.requests[-1].messages) == 1 + (window - 1) // 2 * 2


@pytest.mark.parametrize("refuse", WAYS, ids=lambda way: way.__name__)
def test_a_conversation_outgrows_its_model(gateway, backend, refuse):
    model = LocalModel(500, refuse)
    running, server = talking(gateway, backend, model)
    client = running.client()
    for number in range(30):
        before = len(server.requests)
        response = client.message(f"{number} " + "word " * 50, conversation_id="c")
        assert response.status == 200, response.body
        assert [a["outcome"] for a in response.data["attempts"]][-1] == "ok"
        sent = server.requests[-1].messages
        assert sent[-1][1].startswith(f"{number} ")
        left_out = response.data["metadata"].get("postern", {}).get("turns_left_out", 0)
        assert left_out == min(number, 19) - (len(sent) - 1) // 2
        if number >= 10:
            assert len(server.requests) - before <= 2
    assert left_out > 0
    # The limit is remembered: few messages need a repair.
    assert model.refused <= 4
    # Nothing is deleted.
    kept = client.get("/v1/conversations/c/messages?per_page=100").json["meta"]["total"]
    assert kept == 60


def test_the_new_message_alone_is_too_long(gateway, backend):
    model = LocalModel(500, in_members)
    running, server = talking(gateway, backend, model)
    client = running.client()
    for number in range(3):
        assert client.message(f"{number}", conversation_id="c").status == 200
    response = client.message("word " * 1000, conversation_id="c")
    assert response.status == 502
    assert {a["outcome"] for a in response.json["attempts"]} == {"context_too_long"}
    assert [len(request.messages) for request in server.requests[3:]][-1] == 1
    # The conversation continues, and the breaker has counted nothing.
    assert client.message("again", conversation_id="c").status == 200


def test_a_fallback_gets_the_whole_window(gateway, backend):
    small = backend(LocalModel(100, in_members))
    large = backend(LocalModel(1 << 20, in_members))
    running = gateway(
        {
            "context": {"window": 40},
            "integration small": integration(small.url, "openai"),
            "integration large": integration(large.url, "openai", fallback="yes"),
        }
    )
    client = running.client()
    for number in range(8):
        assert client.message(f"{number} " + "word " * 8, conversation_id="c").status == 200
    response = client.message("word " * 100, conversation_id="c")
    assert response.data["integration"]["id"] == "large"
    assert len(large.requests[-1].messages) == 17
    assert "postern" not in response.data["metadata"]


@pytest.mark.parametrize("stream", [False, True])
def test_the_same_message_is_answered_through_each_interface(gateway, backend, stream):
    running, _ = talking(gateway, backend, LocalModel(500, in_members))
    client = running.client()
    for number in range(8):
        body = {
            "model": "default/gpt",
            "messages": [{"role": "user", "content": f"{number} " + "word " * 60}],
            "conversation": "c",
            "stream": stream,
        }
        response = client.post("/v1/chat/completions", body)
        assert response.status == 200, response.body
        assert b'"error"' not in response.body


def test_a_number_of_tokens_is_kept_to(gateway, backend):
    model = LocalModel(1 << 20, in_members)
    running, server = talking(gateway, backend, model, {"window_tokens": 400})
    client = running.client()
    for number in range(20):
        response = client.message(f"{number} " + "word " * 50, conversation_id="c")
        assert response.status == 200
    assert sum(8 + len(content) // 4 for _, content in server.requests[-1].messages) <= 400
    assert len(server.requests[-1].messages) >= 3
    assert response.data["metadata"]["postern"]["turns_left_out"] > 0


def test_no_number_of_tokens_still_repairs(gateway, backend):
    model = LocalModel(500, in_members)
    running, _ = talking(gateway, backend, model, {"window_tokens": "no"})
    client = running.client()
    for number in range(12):
        assert client.message(f"{number} " + "word " * 50, conversation_id="c").status == 200
    assert model.refused >= 3


def test_a_limit_outlives_a_restart(binary, gateway, backend, tmp_path):
    model = LocalModel(500, in_members)
    context = {"file": tmp_path / "context.ring"}
    running, server = talking(gateway, backend, model, context)
    client = running.client()
    for number in range(12):
        assert client.message(f"{number} " + "word " * 50, conversation_id="c").status == 200
    refused = model.refused
    assert refused
    running.stop()
    again = gateway(
        {
            "context": {"window": 40, **context},
            "integration gpt": integration(server.url, "openai"),
        }
    )
    for number in range(5):
        response = again.client().message(f"{number} " + "word " * 50, conversation_id="c")
        assert response.status == 200
    assert model.refused == refused


PHOTO = "data:image/jpeg;base64," + "A" * 100_000


def test_a_large_part_is_sent_once(gateway, backend):
    server = backend(replies.document(replies.openai_document("I see.")))
    running = gateway({"integration gpt": integration(server.url, "openai")})
    client = running.client()
    content = [
        {"type": "text", "text": "What is this? " + "x" * 70_000},
        {"type": "image_url", "image_url": {"url": PHOTO}},
        {"type": "input_audio", "input_audio": {"format": "wav", "data": "A" * 80_000}},
        {"type": "image_url", "image_url": {"url": "https://example.com/small.png"}},
    ]
    assert client.message(content, conversation_id="c").status == 200
    assert server.requests[0].messages[0][1] == content
    assert client.message("And now?", conversation_id="c").status == 200
    kept = server.requests[1].messages[0][1]
    assert kept[0] == content[0] and kept[3] == content[3]
    assert kept[1] == {"type": "text", "text": "[image, image/jpeg, 98 KB, no longer available]"}
    assert kept[2] == {"type": "text", "text": "[audio, wav, 79 KB, no longer available]"}


def test_what_is_large_is_a_setting(gateway, backend):
    server = backend(replies.document(replies.openai_document("I see.")))
    running = gateway(
        {
            "context": {"largest_part": "1M"},
            "integration gpt": integration(server.url, "openai"),
        }
    )
    client = running.client()
    content = [{"type": "image_url", "image_url": {"url": PHOTO}}]
    assert client.message(content, conversation_id="c").status == 200
    assert client.message("And now?", conversation_id="c").status == 200
    assert server.requests[1].messages[0][1] == content
