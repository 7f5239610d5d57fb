"""What a client gets, and which messages the gateway remembers."""

import re
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import hold, in_turn
from client import messages_path
from configuration import integration

MESSAGE_MEMBERS = {
    "id",
    "conversation_id",
    "role",
    "content",
    "integration",
    "fallback",
    "attempts",
    "attachments",
    "metadata",
    "created_at",
}


@pytest.fixture
def support(gateway):
    """A gateway with one bot, `support`, and one integration, `gpt`."""

    def start(url, type="custom", bot=None, server=None, **settings):
        return gateway(
            {
                "server": server or {},
                "bot support": bot or {},
                "integration gpt": integration(url, type, **settings),
            }
        )

    return start


def ask(running, content="Hello", **rest):
    """Sends a message to the bot `support`, which must succeed."""
    response = running.client().message(content, bot="support", **rest)
    assert response.status == 200, response.body
    return response


def test_without_configuration_the_default_bot_echoes(gateway):
    data = gateway().client().message("hi").data
    assert set(data) == MESSAGE_MEMBERS
    assert (data["role"], data["content"], data["fallback"]) == ("assistant", "hi", False)
    assert data["integration"]["id"] == "echo"
    assert data["attachments"] == []
    assert [attempt["outcome"] for attempt in data["attempts"]] == ["ok"]


def test_an_ordinary_http_client_is_answered(gateway):
    address = gateway().addresses[0]
    request = urllib.request.Request(
        f"http://{address}{messages_path()}",
        data=b'{"content":"hi"}',
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        assert response.status == 200
        assert b'"content":"hi"' in response.read().replace(b'": "', b'":"')


def test_the_reply_has_the_documented_shape(support, backend):
    running = support(backend(replies.reply("openai")).url, "openai", name="OpenAI GPT-4")
    response = ask(running, conversation_id="conv_123")
    assert response.field("Content-Type").split(";")[0] == "application/json"
    assert set(response.json) == {"data"}
    data = response.data
    assert set(data) == MESSAGE_MEMBERS
    assert re.fullmatch(r"msg_[A-Za-z0-9_-]+", data["id"])
    assert data["conversation_id"] == "conv_123"
    assert (data["role"], data["content"]) == ("assistant", "Hi!")
    assert data["integration"] == {"id": "gpt", "name": "OpenAI GPT-4"}
    assert data["fallback"] is False
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", data["created_at"])
    (attempt,) = data["attempts"]
    assert set(attempt) == {"integration", "outcome", "status", "duration_ms"}
    assert (attempt["integration"], attempt["outcome"], attempt["status"]) == ("gpt", "ok", 200)
    assert isinstance(attempt["duration_ms"], int) and 0 <= attempt["duration_ms"] < 5000
    assert data["metadata"]["model"] == "gpt-4o-2024-08-06"
    assert data["metadata"]["usage"]["total_tokens"] == 11


def test_ids_of_messages_differ(support, backend):
    running = support(backend(replies.custom()).url)
    assert len({ask(running).data["id"] for _ in range(20)}) == 20


def test_a_conversation_id_is_made_and_then_remembered(support, backend):
    server = backend(replies.custom("Hi!"))
    running = support(server.url)
    made = ask(running, "one").data["conversation_id"]
    assert re.fullmatch(r"[\x21-\x7e]{1,128}", made)
    assert ask(running, "two").data["conversation_id"] != made
    assert ask(running, "three", conversation_id=made).data["conversation_id"] == made
    assert server.requests[2].messages == [
        ("user", "one"),
        ("assistant", "Hi!"),
        ("user", "three"),
    ]


def test_conversations_of_two_bots_are_apart(gateway, backend):
    server = backend(replies.custom("Hi!"))
    running = gateway(
        {
            "bot a": {},
            "bot b": {},
            "integration for-a": integration(server.url, bot="a"),
            "integration for-b": integration(server.url, bot="b"),
        }
    )
    for bot in ["a", "b"]:
        assert running.client().message(bot, bot=bot, conversation_id="same").status == 200
    assert [request.messages for request in server.requests] == [[("user", "a")], [("user", "b")]]


def newest(history, window):
    """What a window has in it: it begins with the user, as dialogues must."""
    messages = history[-window:]
    return messages[1:] if messages[0][0] == "assistant" else messages


@pytest.mark.parametrize("type", replies.TYPES)
@pytest.mark.parametrize("window", [1, 2, 3, 4, 7])
def test_the_window_holds_the_newest_messages_in_order(support, backend, type, window):
    turns = 5
    server = backend(in_turn(*(replies.reply(type, f"answer {i}") for i in range(turns))))
    running = support(server.url, type, bot={"window": window, "system": "Be terse."})
    history = []
    for turn in range(turns):
        ask(running, f"question {turn}", conversation_id="c")
        history.append(("user", f"question {turn}"))
        sent = server.requests[turn].dialogue
        assert sent == newest(history, window)
        history.append(("assistant", f"answer {turn}"))


def test_the_window_of_the_context_section_holds_for_every_bot(gateway, backend):
    server = backend(replies.custom("a"))
    running = gateway(
        {"context": {"window": 3}, "bot support": {}, "integration gpt": integration(server.url)}
    )
    for turn in range(4):
        ask(running, str(turn), conversation_id="c")
    assert server.requests[3].messages == [("user", "2"), ("assistant", "a"), ("user", "3")]


def test_parts_pass_as_they_are(support, backend):
    parts = (
        b'[ {"type":"text","text":"What is \\u0066his?"} ,'
        b'{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":1.0}}]'
    )
    server = backend(replies.custom())
    running = support(server.url)
    response = running.client().post(messages_path("support"), b'{"content":%s}' % parts)
    assert response.status == 200
    assert parts in server.requests[0].body


def test_parts_are_remembered_as_they_were(support, backend):
    parts = [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "u"}}]
    server = backend(replies.custom("Nice."))
    running = support(server.url)
    ask(running, parts, conversation_id="c")
    ask(running, "And?", conversation_id="c")
    assert server.requests[1].messages == [
        ("user", parts),
        ("assistant", "Nice."),
        ("user", "And?"),
    ]


TEXTS = {
    "unicode": "Grüße, 世界 🌍",
    "controls": "a\tb\nc\rd\be\ff\x00g\x1f",
    "quotes": "\"\\/'",
    "separators": "\u2028\u2029\ufeff",
    "long": "x" * 100_000,
    "blanks": "   ",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_text_arrives_as_it_was_sent_both_ways(support, backend, text):
    server = backend(replies.custom(text))
    running = support(server.url)
    assert ask(running, text, conversation_id="c").data["content"] == text
    ask(running, "and", conversation_id="c")
    assert server.requests[1].messages == [("user", text), ("assistant", text), ("user", "and")]


def test_a_half_of_a_surrogate_pair_passes(support, backend):
    server = backend(replies.document(b'{"content":"\\ud83d"}'))
    running = support(server.url)
    response = running.client().post(messages_path("support"), b'{"content":"\\ude00"}')
    assert response.data["content"] == "\ud83d"
    assert server.requests[0].messages == [("user", "\ude00")]


def test_metadata_of_the_backend_comes_back_byte_for_byte(support, backend):
    numbers = b'{"model":"m","big":123456789012345678901234567890,"exact":0.70,"e":1E+2}'
    server = backend(
        replies.document(
            b'{"content":"Hi!","attachments":[{"type":"image","url":"u","n":1.0}],'
            b'"metadata":%s,"trace":"t-1"}' % numbers
        )
    )
    response = ask(support(server.url))
    for piece in [b"123456789012345678901234567890", b"0.70", b"1E+2", b'"n":1.0']:
        assert piece in response.body
    data = response.data
    assert data["attachments"] == [{"type": "image", "url": "u", "n": 1.0}]
    assert data["metadata"]["model"] == "m"
    assert "t-1" in str(data["metadata"]), "everything else that the backend sent"


def test_messages_of_one_conversation_are_answered_in_order(support, backend):
    released = threading.Event()
    server = backend(in_turn([hold(released), *replies.custom("one")], replies.custom("more")))
    running = support(server.url)
    with ThreadPoolExecutor() as pool:
        first = pool.submit(ask, running, "first", conversation_id="c")
        server.await_requests(1)
        others = []
        for name in ["second", "third"]:
            others.append(pool.submit(ask, running, name, conversation_id="c"))
            ask(running, f"beside {name}", conversation_id=f"beside-{name}")
        asked = [request.messages[-1][1] for request in server.requests]
        assert asked == ["first", "beside second", "beside third"]
        released.set()
        first.result(), *(other.result() for other in others)
    turns = [request.messages for request in server.requests if "beside" not in str(request.json)]
    assert turns == [
        [("user", "first")],
        [("user", "first"), ("assistant", "one"), ("user", "second")],
        [
            ("user", "first"),
            ("assistant", "one"),
            ("user", "second"),
            ("assistant", "more"),
            ("user", "third"),
        ],
    ]


def test_different_conversations_are_answered_in_parallel(support, backend):
    released = threading.Event()
    server = backend([hold(released), *replies.custom()])
    running = support(server.url)
    with ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(ask, running, conversation_id=f"c{i}") for i in range(20)]
        server.await_requests(20)
        released.set()
        assert {future.result().data["content"] for future in asked} == {"Hi!"}


def test_a_failed_exchange_leaves_no_trace(support, backend):
    server = backend(
        in_turn(
            replies.custom("one"),
            replies.failure("500 Internal Server Error"),
            replies.document(b"not JSON"),
            replies.custom("two"),
        )
    )
    running = support(server.url)
    ask(running, "first", conversation_id="c")
    for failing in ["lost", "lost too"]:
        response = running.client().message(failing, bot="support", conversation_id="c")
        assert response.status == 502
    ask(running, "second", conversation_id="c")
    assert server.requests[3].messages == [
        ("user", "first"),
        ("assistant", "one"),
        ("user", "second"),
    ]


def test_a_message_whose_client_left_leaves_no_trace(support, backend):
    released = threading.Event()
    server = backend(in_turn([hold(released), *replies.custom("lost")], replies.custom("kept")))
    running = support(server.url)
    with running.client().open() as connection:
        connection.send(
            running.client().message_request("lost", bot="support", conversation_id="c")
        )
        (abandoned,) = server.await_connections(1)
        server.await_requests(1)
    assert abandoned.left.wait(5)
    ask(running, "kept", conversation_id="c")
    assert server.requests[1].messages == [("user", "kept")]


def test_history_survives_a_change_of_integration(gateway, backend):
    flaky = backend(in_turn(replies.custom("from gpt"), replies.failure("500 Oops")))
    spare = backend(replies.custom("from spare"))
    running = gateway(
        {
            "bot support": {},
            "integration gpt": integration(flaky.url),
            "integration spare": integration(spare.url, fallback=True),
        }
    )
    ask(running, "one", conversation_id="c")
    assert ask(running, "two", conversation_id="c").data["fallback"] is True
    assert spare.requests[0].messages == [
        ("user", "one"),
        ("assistant", "from gpt"),
        ("user", "two"),
    ]
