"""The bytes that each kind of backend is sent."""

import re

import pytest

import replies
from backends import send
from client import messages_path
from configuration import integration


@pytest.fixture
def sent(gateway, backend):
    """Sends one message through one integration, and returns the backend's request."""

    def exchange(type, body=b'{"content":"Hello"}', bot=None, **settings):
        server = backend(replies.reply(type))
        running = gateway(
            {
                "bot support": bot or {},
                "integration gpt": integration(server.url, type, **settings),
            }
        )
        response = running.client().post(messages_path("support"), body)
        assert response.status == 200, response.body
        (request,) = server.requests
        return request

    return exchange


@pytest.mark.parametrize("type", replies.TYPES)
def test_every_request_is_a_plain_post(sent, type):
    request = sent(type)
    assert (request.method, request.target) == ("POST", "/chat")
    assert request.lines[0].endswith(" HTTP/1.1")
    assert re.fullmatch(r"127\.0\.0\.1:\d+", request.field("Host"))
    assert request.field("Content-Type").split(";")[0] == "application/json"
    assert int(request.field("Content-Length")) == len(request.body)
    assert not request.values("Expect")
    assert re.search(r"postern/\d+\.\d+", request.field("User-Agent"), re.IGNORECASE)


def test_the_target_keeps_its_query(gateway, backend):
    server = backend(replies.custom())
    running = gateway(
        {"integration gpt": integration(server.url.replace("/chat", "/a/b%20c?x=1&y=%2F"))}
    )
    assert running.client().message().status == 200
    assert server.requests[0].target == "/a/b%20c?x=1&y=%2F"


@pytest.mark.parametrize("type", replies.TYPES)
def test_headers_name_bot_integration_conversation_and_platform(sent, type):
    body = b'{"content":"x","conversation_id":"conv-7","user":{"id":"u","platform":"pigeon"}}'
    request = sent(type, body)
    values = [value for name, value in request.fields if name.lower().startswith("x-")]
    for value in ["support", "gpt", "conv-7", "pigeon"]:
        assert value in values


def test_a_platform_cannot_forge_headers(gateway, backend):
    server = backend(replies.custom())
    running = gateway({"integration gpt": integration(server.url)})
    response = running.client().message(user={"id": "u", "platform": "a\r\nX-Forged: b"})
    assert response.status in (200, 400)
    assert not [request for request in server.requests if request.values("X-Forged")]


@pytest.mark.parametrize("type", replies.TYPES)
def test_configured_headers_are_sent_as_configured(sent, type):
    request = sent(
        type,
        **{
            "header.Authorization": "Bearer secret-of-the-backend",
            "header.X-Quoted": '"  inner  blanks"',
            "header.X-Signs": "a=b; c:d #e",
            "header.x-lower": "v",
            "header.X-UTF8": "Grüße",
        },
    )
    assert request.field("Authorization") == "Bearer secret-of-the-backend"
    assert request.field("X-Quoted") == "inner  blanks"
    assert request.field("X-Signs") == "a=b; c:d #e"
    assert request.field("x-lower") == "v"
    assert request.field("X-UTF8").encode("latin-1").decode() == "Grüße"


@pytest.mark.parametrize(
    ("type", "header", "value"),
    [
        ("custom", "User-Agent", "mine/1"),
        ("openai", "user-agent", "mine/1"),
        ("anthropic", "anthropic-version", "2099-01-01"),
        ("anthropic", "Anthropic-Version", "2099-01-01"),
        ("custom", "Accept", "text/x-mine"),
        ("custom", "Content-Type", "application/x-mine+json"),
    ],
)
def test_a_configured_header_wins_over_an_added_one(sent, type, header, value):
    assert sent(type, **{f"header.{header}": value}).field(header) == value


def test_the_custom_format(sent):
    request = sent(
        "custom",
        b'{"content":"Hello","conversation_id":"c-1","metadata":{"any":"thing"},'
        b'"user":{"id":"u-1","name":"John Doe","platform":"web","username":"johndoe"}}',
        bot={"name": "Support Bot", "system": "Be terse."},
    )
    assert request.json == {
        "messages": [
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "Hello"},
        ],
        "conversation_id": "c-1",
        "user": {"id": "u-1", "name": "John Doe", "platform": "web", "username": "johndoe"},
        "bot": {"id": "support", "name": "Support Bot"},
        "metadata": {"any": "thing"},
    }


def test_the_custom_format_without_what_is_optional(sent):
    document = sent("custom", bot={"name": "Support Bot"}).json
    assert document["messages"] == [{"role": "user", "content": "Hello"}]
    assert document["conversation_id"]
    assert document["bot"] == {"id": "support", "name": "Support Bot"}


@pytest.mark.parametrize("member", ["metadata", "user"])
def test_what_is_only_passed_on_arrives_byte_for_byte(sent, member):
    value = (
        b'{"id":"u", "big":123456789012345678901234567890,"exact":0.70 ,"e":-1.5E+10,\n'
        b'"text":"\\u00e9\\/\xc3\xa9","deep":[[{}],null,true],"id2":"","dup":1,"dup":2}'
    )
    assert value in sent("custom", b'{"content":"Hello","%s":%s}' % (member.encode(), value)).body


def test_the_openai_format(sent):
    request = sent("openai", bot={"system": "Be terse."}, model="gpt-4o")
    document = request.json
    assert document.pop("stream", False) is False
    assert document == {
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": "Be terse."},
            {"role": "user", "content": "Hello"},
        ],
    }


def test_openai_is_sent_max_tokens_where_set(sent):
    assert sent("openai", max_tokens=77).json["max_tokens"] == 77


def test_the_anthropic_format(sent):
    request = sent("anthropic", bot={"system": "Be terse."}, model="claude-3-5-sonnet-latest")
    document = request.json
    assert document.pop("stream", False) is False
    assert document == {
        "model": "claude-3-5-sonnet-latest",
        "max_tokens": 1024,
        "system": "Be terse.",
        "messages": [{"role": "user", "content": "Hello"}],
    }
    assert request.field("anthropic-version") == "2023-06-01"


def test_anthropic_without_a_system_message(sent):
    assert "system" not in sent("anthropic").json


def test_anthropic_is_sent_max_tokens_where_set(sent):
    assert sent("anthropic", max_tokens=77).json["max_tokens"] == 77


@pytest.mark.parametrize("type", replies.TYPES)
def test_params_become_top_level_members_byte_for_byte(sent, type):
    params = {
        "temperature": "0.20",
        "stop": '["a", "b"]',
        "seed": "123456789012345678901234567890",
        "response_format": '{"type":"json_object"}',
        "logprobs": "true",
    }
    request = sent(type, **{f"param.{name}": value for name, value in params.items()})
    for name, value in params.items():
        assert re.search(rf'"{name}"\s*:\s*{re.escape(value)}[,}}]'.encode(), request.body)


def test_the_anthropic_reply_is_understood(gateway, backend):
    server = backend(replies.reply("anthropic", "Bonjour"))
    running = gateway({"integration claude": integration(server.url, "anthropic")})
    data = running.client().message().data
    assert data["content"] == "Bonjour"
    assert data["metadata"]["model"] == "claude-3-5-sonnet-20241022"
    assert data["metadata"]["usage"] == {"input_tokens": 9, "output_tokens": 2}


def test_several_text_blocks_of_anthropic_are_one_content(gateway, backend):
    blocks = [{"type": "text", "text": "Bon"}, {"type": "text", "text": "jour"}]
    reply = {"type": "message", "role": "assistant", "content": blocks, "stop_reason": "end_turn"}
    server = backend(replies.document(reply))
    running = gateway({"integration claude": integration(server.url, "anthropic")})
    assert running.client().message().data["content"] == "Bonjour"


@pytest.mark.parametrize("type", replies.TYPES)
def test_replies_in_chunks_are_understood(gateway, backend, type):
    body = replies.json_bytes(replies.document_of(type, "Bonjour"))
    server = backend([send(replies.chunked(body[:10], body[10:11], body[11:]))])
    running = gateway({"integration gpt": integration(server.url, type)})
    assert running.client().message().data["content"] == "Bonjour"


@pytest.mark.parametrize("type", replies.TYPES)
def test_connections_to_a_backend_are_used_again(gateway, backend, type):
    server = backend(replies.reply(type))
    running = gateway({"integration gpt": integration(server.url, type)})
    for _ in range(5):
        assert running.client().message().status == 200
    assert len(server.connections) == 1
