"""A bot in Telegram: what comes in, who is answered, and what goes out."""

import base64
import time

import pytest

import replies
from backends import wait
from client import unused_tcp_socket
from configuration import integration
from telegram import ANN, GROUP, TOKEN, USERNAME, Refused

BOB = {"id": 8, "is_bot": False, "first_name": "Bob", "username": "bob"}


def said(text: str):
    """A backend that always says this."""
    return replies.document({"content": text})


def channel_of(gateway) -> dict:
    return gateway.client().get("/v1/status").data["channels"][0]


def test_answers_a_message(on_telegram, telegram):
    gateway = on_telegram()
    telegram.write("Hello")
    assert telegram.await_sent(1)[0]["text"] == "Hello"
    telegram.await_confirmed()
    deadline = time.monotonic() + 5
    while (channel := channel_of(gateway))["replies"] < 1:
        assert time.monotonic() < deadline
    assert (channel["state"], channel["messages"]) == ("ready", 1)
    assert channel["last_update_at"] and channel["strangers"] == []
    assert 'postern_channel_up{channel="home"} 1' in gateway.client().get("/metrics").body.decode()


def test_backend_sees_who_wrote(on_telegram, telegram):
    on_telegram(said("Hi!"))
    update = telegram.write("Hello")
    telegram.await_sent(1)
    body = on_telegram.backend.requests[0].json
    assert body["user"] == {
        "id": "7",
        "platform": "telegram",
        "name": "Ann Lee",
        "username": "Ann_L",
    }
    message = update["message"]
    assert body["metadata"] == {
        "channel": "telegram",
        "chat_id": "7",
        "message_id": str(message["message_id"]),
    }
    assert body["conversation_id"] == "telegram-home-7"


def test_keeps_the_conversation_and_begins_another(on_telegram, telegram):
    on_telegram(said("Hi!"))
    for text in ("One", "Two"):
        telegram.write(text)
        telegram.await_confirmed()
    telegram.await_sent(2)
    assert len(on_telegram.backend.requests[1].messages) == 3
    telegram.write("/new")
    telegram.write("Three")
    sent = telegram.await_sent(4)
    assert "new conversation" in sent[2]["text"]
    assert on_telegram.backend.requests[2].messages == [("user", "Three")]
    telegram.write("/new@" + USERNAME.upper() + " Four")
    telegram.await_sent(5)
    assert on_telegram.backend.requests[3].messages == [("user", "Four")]


def test_start_is_not_for_the_bot(on_telegram, telegram):
    on_telegram(said("Hi!"), bot={"name": "Home Bot"})
    telegram.write("/start")
    assert "Home Bot" in telegram.await_sent(1)[0]["text"]
    telegram.await_confirmed()
    assert on_telegram.backend.requests == []


@pytest.mark.parametrize("allow", ["7", "@ann_l", "@ANN_L, 99", "*"])
def test_answers_who_is_allowed(on_telegram, telegram, allow):
    on_telegram(allow=allow)
    telegram.write("Hello")
    telegram.await_sent(1)


def test_shows_who_is_not_allowed(on_telegram, telegram, postern):
    gateway = on_telegram(allow="@bo, 77")
    telegram.write("Hello", user=BOB, chat={"id": 8, "type": "private"})
    telegram.write("Hello again", user=BOB, chat={"id": 8, "type": "private"})
    telegram.await_confirmed()
    stranger = channel_of(gateway)["strangers"][0]
    assert (stranger["id"], stranger["username"], stranger["messages"]) == ("8", "bob", 2)
    assert telegram.sent == []
    assert "user=8" in gateway.await_log("channel_stranger")
    assert gateway.log.count("channel_stranger") == 1


def test_without_allow_no_message_is_answered(gateway, telegram):
    running = gateway(
        {
            "integration only": {"type": "echo"},
            "channel home": {"token": TOKEN, "api_url": telegram.url},
        }
    )
    telegram.write("Hello")
    telegram.await_confirmed()
    assert channel_of(running)["strangers"][0]["id"] == "7"
    assert telegram.sent == []


def test_more_messages_than_per_user_stay_at_telegram(on_telegram, telegram):
    running = on_telegram(sections={"limits": {"per_user": "1/h"}})
    telegram.write("One")
    telegram.await_sent(1)
    telegram.write("Two")
    running.await_log("channel_waiting")
    assert "per_user" in running.log.partition("channel_waiting")[2].partition("\n")[0]
    assert len(telegram.updates) == 1


@pytest.mark.parametrize(
    ("groups", "answered"),
    [
        ("mention", ["@" + USERNAME + " hi", "reply", "/new@" + USERNAME + " x"]),
        ("all", ["plain", "@" + USERNAME + " hi", "reply", "/new@" + USERNAME + " x"]),
        ("never", []),
    ],
)
def test_groups(on_telegram, telegram, groups, answered):
    on_telegram(groups=groups)
    bot = {"id": int(TOKEN.partition(":")[0]), "is_bot": True, "first_name": "Test"}
    first = telegram.write("plain", chat=GROUP)
    telegram.write("@" + USERNAME + " hi", chat=GROUP)
    telegram.write("reply", chat=GROUP, reply_to_message={"message_id": 1, "from": bot})
    telegram.write("/new@other_bot x", chat=GROUP)
    telegram.write("/new@" + USERNAME + " x", chat=GROUP)
    telegram.await_confirmed()
    sent = telegram.await_sent(len(answered))
    texts = [text.removeprefix("/new@" + USERNAME + " ") for text in answered]
    # Two conversations are answered at once.
    assert sorted(message["text"] for message in sent) == sorted(texts)
    assert {message["chat_id"] for message in sent} <= {GROUP["id"]}
    if groups == "all":
        # In a group a reply shows what it answers.
        answered = next(message for message in sent if message["text"] == "plain")
        number = first["message"]["message_id"]
        assert answered["reply_parameters"]["message_id"] == number


def test_topics_of_a_forum_are_conversations(on_telegram, telegram):
    on_telegram(said("Hi!"), groups="all")
    for thread in (11, 12):
        forum = {**GROUP, "is_forum": True}
        telegram.write("x", chat=forum, message_thread_id=thread, is_topic_message=True)
    sent = telegram.await_sent(2)
    assert {message["message_thread_id"] for message in sent} == {11, 12}
    conversations = {one.json["conversation_id"] for one in on_telegram.backend.requests}
    assert len(conversations) == 2


def test_quick_messages_are_one(on_telegram, telegram):
    on_telegram(said("Hi!"), gather="800ms")
    telegram.write("One")
    time.sleep(0.2)
    telegram.write("Two")
    telegram.write("other chat", user=BOB, chat={"id": 8, "type": "private"})
    telegram.await_sent(1)
    telegram.await_confirmed()
    assert [one.messages for one in on_telegram.backend.requests] == [[("user", "One\nTwo")]]


def test_photo_goes_to_the_bot(on_telegram, telegram):
    on_telegram(said("A cat"))
    telegram.files["large"] = bytes(range(256)) * 4
    sizes = [
        {"file_id": "small", "file_size": 10, "width": 1, "height": 1},
        {"file_id": "large", "file_size": 1024, "width": 9, "height": 9},
        {"file_id": "huge", "file_size": 9 << 20, "width": 99, "height": 99},
    ]
    telegram.write(caption="What is it?", photo=sizes)
    assert telegram.await_sent(1)[0]["text"] == "A cat"
    data = base64.b64encode(telegram.files["large"]).decode()
    assert on_telegram.backend.requests[0].messages[0][1] == [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}},
    ]


def test_voice_and_documents_go_to_the_bot(on_telegram, telegram):
    on_telegram(said("Heard"))
    telegram.files |= {"v": b"OggS", "p": b"%PDF", "t": "grüß dich".encode()}
    telegram.write(voice={"file_id": "v", "mime_type": "audio/ogg", "duration": 1})
    telegram.write(document={"file_id": "p", "file_name": "a.pdf", "mime_type": "application/pdf"})
    telegram.write(document={"file_id": "t", "file_name": "a.txt", "mime_type": "text/plain"})
    telegram.await_sent(3)
    voice, pdf, text = (one.messages[-1][1] for one in on_telegram.backend.requests)
    assert voice == [{"type": "input_audio", "input_audio": {"data": "T2dnUw==", "format": "ogg"}}]
    assert pdf[0]["file"] == {
        "filename": "a.pdf",
        "file_data": "data:application/pdf;base64,JVBERg==",
    }
    assert text == "document a.txt:\ngrüß dich"


def test_file_that_cannot_be_fetched_is_named(on_telegram, telegram):
    on_telegram(said("Sorry"))
    telegram.write(
        caption="Read this", document={"file_id": "gone", "file_name": "x.zip", "file_size": 5}
    )
    telegram.write(document={"file_id": "big", "file_name": "b.zip", "file_size": 30 << 20})
    telegram.await_sent(2)
    first, second = (one.messages[-1][1] for one in on_telegram.backend.requests)
    assert first.startswith("Read this\n[the document x.zip ")
    assert second == "[the document b.zip is too large]"
    assert telegram.fetched == []


def test_others_are_passed_over(on_telegram, telegram):
    gateway = on_telegram()
    telegram.update(edited_message={"message_id": 1, "text": "x"})
    telegram.update(poll={"id": "1"})
    telegram.write(None, new_chat_title="x")
    telegram.write("x", user={**ANN, "is_bot": True})
    telegram.update(message="what?")
    telegram.update(message={"message_id": 2**70, "chat": {"id": "x"}})
    telegram.write("Hello")
    assert telegram.await_sent(1)[0]["text"] == "Hello"
    telegram.await_confirmed()
    assert channel_of(gateway)["ignored"] == 6


def test_long_reply_is_split(on_telegram, telegram):
    code = "\n".join(f"line{number:04} = {number}" for number in range(700))
    on_telegram(said(f"# Look\n\n```python\n{code}\n```\n\nDone & <over>."))
    telegram.write("Go")
    telegram.await_confirmed()
    sent = telegram.await_sent(3)
    text = "\n".join(message["text"] for message in sent)
    for number in range(700):
        assert f"line{number:04} = {number}" in text
    assert text.endswith("Done & <over>.")
    assert ("code", {"class": "language-python"}) in sent[1]["tags"]
    times = [message["at"] for message in sent]
    assert times == sorted(times)


def test_falls_back_to_plain_text(on_telegram, telegram):
    on_telegram(said("**bold**"))
    telegram.answer_next("sendMessage", Refused(400, "Bad Request: can't parse entities: oops"))
    telegram.write("Go")
    sent = telegram.await_sent(1)
    assert (sent[0]["text"], sent[0]["parse_mode"]) == ("**bold**", None)


def test_waits_as_long_as_telegram_says(on_telegram, telegram):
    on_telegram()
    telegram.answer_next("sendMessage", Refused(429, "Too Many Requests", retry_after=2))
    telegram.write("Hello")
    telegram.await_sent(1)
    first, second = telegram.await_calls("sendMessage", 2)
    assert 1.9 < second.at - first.at < 6


@pytest.mark.parametrize(
    "refusal", [Refused(403, "Forbidden: bot was blocked"), Refused(400, "Bad Request: chat")]
)
def test_final_refusals_are_not_repeated(on_telegram, telegram, refusal):
    gateway = on_telegram()
    telegram.answer_next("sendMessage", refusal)
    telegram.write("One")
    telegram.await_confirmed()
    telegram.write("Two")
    assert telegram.await_sent(1)[0]["text"] == "Two"
    gateway.await_log("channel_reply_refused")


def test_group_that_became_a_supergroup_is_followed(on_telegram, telegram):
    on_telegram()
    telegram.answer_next(
        "sendMessage", Refused(400, "Bad Request: group chat was upgraded", migrate_to_chat_id=-100)
    )
    telegram.write("One")
    assert telegram.await_sent(1)[0]["chat_id"] == -100


def test_typing_is_shown_while_the_bot_thinks(on_telegram, telegram):
    on_telegram([wait(1.5), *said("Hi!")])
    telegram.write("Hello")
    telegram.await_sent(1)
    typing = telegram.await_calls("sendChatAction", 1)
    assert typing[0].parameters == {"chat_id": 7, "action": "typing"}


def test_response_delay(on_telegram, telegram):
    on_telegram(response_delay="1500ms")
    start = time.monotonic()
    telegram.write("Hello")
    telegram.await_sent(1)
    assert 1.4 < time.monotonic() - start < 5
    assert telegram.count("sendChatAction") == 1


def test_a_restart_keeps_what_a_reply_answers_and_the_delay(on_telegram, telegram, tmp_path):
    sections = {
        "outbox": {"file": tmp_path / "outbox.ring"},
        "context": {"file": tmp_path / "context.ring"},
    }
    settings = {"allow": "*", "groups": "all", "response_delay": "4s", "sections": sections}
    running = on_telegram(**settings)
    start = time.monotonic()
    written = telegram.write("Hello", chat=GROUP)
    telegram.await_confirmed()
    running.process.kill()
    running.process.wait()
    running.process.returncode = 0
    on_telegram(**settings)
    sent = telegram.await_sent(1)[0]
    assert 3.8 < time.monotonic() - start < 9
    assert sent["reply_parameters"]["message_id"] == written["message"]["message_id"]


def test_a_new_conversation_survives_a_restart(on_telegram, telegram, gateway, tmp_path):
    """Also if none of its messages was answered yet."""
    gone = unused_tcp_socket()
    sections = {
        "outbox": {"file": tmp_path / "outbox.ring"},
        "context": {"file": tmp_path / "context.ring"},
        "integration only": integration(f"http://127.0.0.1:{gone.getsockname()[1]}/"),
    }
    running = on_telegram(sections=sections)
    telegram.write("/new One")
    telegram.await_confirmed()
    running.process.kill()
    running.process.wait()
    running.process.returncode = 0
    again = on_telegram(sections=sections)
    telegram.write("Two")
    telegram.await_confirmed()
    waiting = again.client().get("/v1/outbox").json["data"]
    assert len(waiting) == 2
    assert len({one["conversation_id"] for one in waiting}) == 1
    gone.close()


def test_failure_is_said_in_the_bots_words(on_telegram, telegram):
    on_telegram(replies.failure("500 Oops"), bot={"error_message": "Later!"})
    telegram.write("Hello")
    assert telegram.await_sent(1)[0]["text"] == "Later!"


def test_one_request_for_each_poll(on_telegram, telegram):
    """When nothing happens, a request waits at Telegram, and there is no other."""
    on_telegram()
    polls = telegram.await_calls("getUpdates", 2)
    assert polls[-1].parameters["timeout"] == 50
    time.sleep(2)
    assert telegram.count("getUpdates") == 2 and len(telegram.calls) == 2


def test_wrong_token_stops_until_a_reload(on_telegram, telegram, gateway):
    telegram.token = "999:other"
    running = on_telegram()
    assert "Telegram refuses the token" in running.await_log("channel_stopped")
    assert channel_of(running)["state"] == "stopped"
    reasons = running.client().get("/readyz").json["reasons"]
    assert any("channel home is stopped" in reason for reason in reasons)
    telegram.token = TOKEN
    telegram.write("Hello")
    time.sleep(1)
    assert telegram.sent == []
    assert running.client().post("/v1/reload", {}).status == 200
    telegram.await_sent(1)
    assert channel_of(running)["state"] == "ready"


def test_another_poller_is_told_of(on_telegram, telegram):
    telegram.answer_next("getUpdates", Refused(409, "Conflict: terminated by other getUpdates"))
    running = on_telegram()
    assert "409: Conflict" in running.await_log("channel_failing")
    time.sleep(2)
    assert telegram.count("getUpdates") == 1


@pytest.mark.parametrize(
    "answer",
    [
        Refused(500, "Internal Server Error"),
        Refused(429, "Too Many Requests", retry_after=1),
        b"<html>",
        b'{"ok":true}',
        b'{"ok":true,"result":7}',
        b'{"ok":true,"result":[7,{"update_id":"x"}]}',
        b"",
    ],
)
def test_polling_goes_on_after_strange_answers(on_telegram, telegram, answer):
    telegram.answer_next("getUpdates", answer)
    telegram.write("Hello")
    on_telegram()
    telegram.await_sent(1)


def test_reload_changes_channels(on_telegram, telegram, gateway, tmp_path):
    running = on_telegram()
    telegram.await_calls("getUpdates", 2)
    file = tmp_path / "postern-0.conf"
    text = file.read_text()
    file.write_text(text.replace("allow = 7", "allow = 99"))
    running.client().post("/v1/reload", {})
    telegram.write("Hello")
    telegram.await_confirmed()
    assert telegram.sent == []
    file.write_text(text[: text.index("[channel")])
    running.client().post("/v1/reload", {})
    polls = telegram.count("getUpdates")
    telegram.write("Are you there?")
    time.sleep(0.5)
    assert telegram.count("getUpdates") == polls and telegram.updates
    file.write_text(text)
    running.client().post("/v1/reload", {})
    assert telegram.await_sent(1)[0]["text"] == "Are you there?"


def test_stop_ends_the_poll_at_once(on_telegram, telegram):
    running = on_telegram()
    telegram.await_calls("getUpdates", 2)
    start = time.monotonic()
    running.stop()
    assert time.monotonic() - start < 2


def test_token_is_nowhere(on_telegram, telegram):
    """The URLs have it in them: what libcurl says of them may not be seen."""
    running = on_telegram(sections={"log": {"level": "debug"}})
    telegram.is_away = True
    telegram.write("Hello")
    running.await_log("channel_failing")
    telegram.is_away = False
    telegram.await_sent(1)
    for path in ("/v1/status", "/readyz", "/v1/outbox", "/v1/exchanges", "/metrics"):
        assert TOKEN not in running.client().get(path).body.decode()
    assert TOKEN not in running.log


def test_outage_of_telegram(on_telegram, telegram):
    """Messages and replies wait; the log has one line about it."""
    running = on_telegram([wait(1), *said("Hi!")])
    telegram.write("One")
    telegram.await_confirmed()
    telegram.is_away = True
    with telegram._changed:
        telegram._changed.notify_all()
    time.sleep(3)
    telegram.write("Two")
    telegram.is_away = False
    assert len(telegram.await_sent(2, timeout=20)) == 2
    telegram.await_confirmed()
    assert running.log.count("channel_failing") == 1
    running.await_log("channel_recovered")


def test_messages_wait_while_no_backend_can_be_reached(on_telegram, telegram, gateway, backend):
    server = backend(said("Hi!"))
    port = server.port
    server.close()
    on_telegram(
        sections={
            "integration only": {
                "type": "custom",
                "webhook_url": f"http://127.0.0.1:{port}/chat",
                "retries": 0,
            }
        }
    )
    telegram.write("One")
    telegram.write("Two")
    telegram.await_confirmed()
    time.sleep(1)
    assert telegram.sent == []
    again = backend(said("Hi!"), port=port)
    telegram.await_sent(2, timeout=20)
    assert [one.messages[-1][1] for one in again.requests] == ["One", "Two"]


def test_hostile_updates(on_telegram, telegram, generator):
    """Whatever Telegram might send, the bot answers the next message."""
    running = on_telegram()
    pieces = [
        None,
        7,
        -1,
        1.5,
        "",
        "x",
        [],
        {},
        [{}],
        True,
        {"id": 7},
        {"id": 2**63},
        "\x00",
        "é" * 99,
    ]
    names = [
        "text",
        "chat",
        "from",
        "photo",
        "voice",
        "entities",
        "message_id",
        "document",
        "sticker",
    ]
    for _ in range(150):
        message = {generator.choice(names): generator.choice(pieces) for _ in range(5)}
        message = {"message_id": 1, "chat": {"id": 7, "type": "private"}, "from": ANN} | message
        telegram.update(message=message)
    telegram.write("The last one")
    telegram.await_confirmed(30)
    deadline = time.monotonic() + 20
    while all(one["text"] != "The last one" for one in telegram.sent):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert channel_of(running)["state"] == "ready"
