"""A bot in Slack: events that are signed, and replies in their threads."""

import json
import threading
import time
from collections.abc import Callable, Iterator

import pytest

import replies
from configuration import integration
from postern import Gateway
from slack import SECRET, TOKEN, Slack, event, signed

KEY = "0123456789abcdef"
PATH = "/v1/channels/work"


@pytest.fixture
def slack(gateway: object) -> Iterator[Slack]:
    server = Slack()
    yield server
    server.close()
    assert server.violations == []


@pytest.fixture
def on_slack(gateway, backend, slack) -> Callable[..., Gateway]:
    """Starts a gateway whose bot is in Slack."""

    def start(script=None, **channel: object) -> Gateway:
        only: dict = {"type": "echo"}
        if script is not None:
            start.backend = backend(script)
            only = integration(start.backend.url)
        settings = {
            "type": "slack",
            "token": TOKEN,
            "secret": SECRET,
            "allow": "*",
            "api_url": slack.url,
            "gather": 0,
        }
        return gateway(
            {
                "key ops": {"secret": KEY, "scopes": "admin"},
                "bot support": {},
                "integration only": only,
                "channel work": settings | channel,
            }
        )

    return start


def post(gateway: Gateway, body: dict, **options: object):
    text = json.dumps(body).encode()
    return gateway.client().request("POST", PATH, text, signed(text, **options))


def test_answers_the_challenge(on_slack):
    answer = post(on_slack(), {"type": "url_verification", "challenge": "3eZbrw1a"})
    assert (answer.status, answer.json) == (200, {"challenge": "3eZbrw1a"})


def test_answers_a_direct_message(on_slack, slack):
    running = on_slack(replies.document({"content": "**Hi** <you> & [me](https://a.example)"}))
    assert post(running, event("Hello &amp; hi")).status == 200
    sent = slack.await_sent(1)[0]
    assert sent["text"] == "*Hi* &lt;you&gt; &amp; <https://a.example|me>"
    assert sent["channel"] == "D1" and "thread_ts" not in sent
    request = on_slack.backend.requests[0]
    assert request.messages == [("user", "Hello & hi")]
    assert request.json["user"] == {"id": "U1", "platform": "slack"}
    assert request.json["metadata"]["chat_id"] == "D1"


def test_answers_in_the_thread(on_slack, slack):
    running = on_slack()
    in_channel = {"channel": "C1", "channel_type": "channel"}
    post(running, event("talk", **in_channel, ts="1.0"))
    post(running, event("<@UBOT> one", **in_channel, ts="2.0"))
    post(running, event("<@UBOT> one", type="app_mention", channel="C1", ts="2.0"))
    post(running, event("<@UBOT> two", **in_channel, ts="3.0", thread_ts="2.0"))
    sent = slack.await_sent(2)
    time.sleep(0.3)
    assert [(one["text"], one["thread_ts"]) for one in sent] == [
        ("@UBOT one", "2.0"),
        ("@UBOT two", "2.0"),
    ]


def test_repeated_events_do_nothing_again(on_slack, slack):
    running = on_slack()
    body = event("once", ts="5.0")
    text = json.dumps(body).encode()
    for retry in range(3):
        fields = signed(text) | ({"X-Slack-Retry-Num": str(retry)} if retry else {})
        assert running.client().request("POST", PATH, text, fields).status == 200
    post(running, event("twice", ts="6.0"))
    assert [one["text"] for one in slack.await_sent(2)] == ["once", "twice"]


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Signature": ""},
        {"X-Slack-Request-Timestamp": str(int(time.time()) - 400)},
        {"X-Slack-Request-Timestamp": str(int(time.time()) + 400)},
        {"X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Request-Timestamp": None},
        {"X-Slack-Signature": None},
    ],
)
def test_wrong_signatures_are_refused(on_slack, slack, change):
    running = on_slack()
    text = json.dumps(event()).encode()
    fields = {key: value for key, value in (signed(text) | change).items() if value is not None}
    answer = running.client().request("POST", PATH, text, fields)
    assert (answer.status, answer.error["code"]) == (401, "invalid_signature")
    old = signed(text, at=time.time() - 301)
    assert running.client().request("POST", PATH, text, old).status == 401
    other = signed(text + b" ")
    assert running.client().request("POST", PATH, text, other).status == 401
    wrong = signed(text, secret="another-secret")
    assert running.client().request("POST", PATH, text, wrong).status == 401
    time.sleep(0.2)
    assert slack.sent == []


def test_bots_and_edits_are_passed_over(on_slack, slack):
    running = on_slack()
    for members in (
        {"bot_id": "B1"},
        {"subtype": "message_changed"},
        {"user": "UBOT"},
        {"edited": {"user": "U1", "ts": "1"}},
        {"type": "reaction_added"},
    ):
        assert post(running, event("x", **members)).status == 200
    assert post(running, {"type": "event_callback"}).status == 200
    assert post(running, {"what": 7}).status == 200
    post(running, event("last"))
    assert [one["text"] for one in slack.await_sent(1)] == ["last"]


def test_who_is_not_allowed_is_shown(on_slack, slack):
    running = on_slack(allow="U9")
    assert post(running, event("x")).status == 200
    channel = running.client(KEY).get("/v1/status").data["channels"][0]
    assert channel["strangers"][0]["id"] == "U1"
    assert slack.sent == []


def test_rate_limit_is_obeyed(on_slack, slack):
    running = on_slack()
    slack.answers.append((429, {"Retry-After": "2"}, {"ok": False, "error": "ratelimited"}))
    start = time.monotonic()
    post(running, event("x"))
    assert slack.await_sent(1)[0]["at"] - start > 1.9


def test_files_go_to_the_bot(on_slack, slack):
    running = on_slack(replies.document({"content": "A cat"}))
    files = [
        slack.file("cat.png", "image/png", b"\x89PNG"),
        slack.file("voice.mp4", "audio/mp4", b"sound"),
        {"name": "far.png", "mimetype": "image/png", "url_private": "http://127.0.0.1:9/x"},
        {"name": "large.png", "mimetype": "image/png", "size": 99 << 20},
    ]
    assert post(running, event("Look", subtype="file_share", files=files)).status == 200
    assert slack.await_sent(1)[0]["text"] == "A cat"
    text, image, audio = on_slack.backend.requests[0].messages[0][1]
    assert text["text"].splitlines() == [
        "Look",
        "[the photo far.png cannot be fetched]",
        "[the photo large.png is too large]",
    ]
    assert image["image_url"]["url"] == "data:image/png;base64,iVBORw=="
    assert audio["input_audio"] == {"data": "c291bmQ=", "format": "m4a"}


def test_quick_messages_are_one(on_slack, slack):
    running = on_slack(replies.document({"content": "Hi!"}), gather="600ms")
    posted = [
        threading.Thread(target=post, args=(running, event(text, ts=f"{number}.0")))
        for number, text in enumerate(["One", "Two"], 1)
    ]
    for one in posted:
        one.start()
        time.sleep(0.2)
    for one in posted:
        one.join()
    slack.await_sent(1)
    assert [one.messages for one in on_slack.backend.requests] == [[("user", "One\nTwo")]]
    # Each of them is known.
    for number in (1, 2):
        assert post(running, event("again", ts=f"{number}.0")).status == 200
    time.sleep(0.3)
    assert len(slack.sent) == 1


def test_wrong_token_is_shown(on_slack, slack):
    running = on_slack(token="xoxb-wrong-one")
    post(running, event("x"))
    running.await_log("channel_stopped")
    reasons = running.client(KEY).get("/readyz").json["reasons"]
    assert any("invalid_auth" in reason for reason in reasons)


def test_final_errors_are_not_repeated(on_slack, slack):
    running = on_slack()
    slack.answers.append((200, {}, {"ok": False, "error": "channel_not_found"}))
    post(running, event("one"))
    running.await_log("channel_not_found")
    post(running, event("two"))
    assert [one["text"] for one in slack.await_sent(1)] == ["two"]


def test_long_reply_is_split(on_slack, slack):
    text = "\n".join(f"line {number} " + "x" * 60 for number in range(150))
    running = on_slack(replies.document({"content": text}))
    post(running, event("go"))
    sent = slack.await_sent(3)
    assert "\n".join(one["text"] for one in sent[:3]).count("line ") == 150


def test_telegram_takes_no_requests(gateway):
    running = gateway(
        {
            "integration only": {"type": "echo"},
            "channel home": {"token": "1:x", "allow": 7, "api_url": "http://127.0.0.1:9"},
        }
    )
    for name in ("home", "other"):
        answer = running.client().request(
            "POST", f"/v1/channels/{name}", b"{}", {"Content-Type": "application/json"}
        )
        assert answer.status == 404
