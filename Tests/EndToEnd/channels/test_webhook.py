"""Signed requests of programs: each is a message, and its reply goes to the bot's callback."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

import replies

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
PATH = "/v1/channels/in"


@pytest.fixture
def callback(backend):
    return backend(replies.document({}))


@pytest.fixture
def running(gateway, callback):
    return gateway(
        {
            "bot support": {"callback": callback.url, "callback_secret": SECRET},
            "integration only": {"type": "echo"},
            "channel in": {"type": "webhook", "secret": f"{OTHER} {SECRET}"},
        }
    )


def post(running, body: dict, secret: str = SECRET, id: str = "msg_1", age: float = 0, **fields):
    text = json.dumps(body)
    at = datetime.now(UTC) - timedelta(seconds=age)
    signature = Webhook(secret).sign(id, at, text)
    fields = {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
        "Content-Type": "application/json",
        **{name.replace("_", "-"): value for name, value in fields.items()},
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    return running.client().request("POST", PATH, text.encode(), fields)


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_reply_goes_to_the_callback(running, callback, secret):
    body = {
        "content": "Hello",
        "conversation_id": "c1",
        "user": {"id": "u1", "platform": "x"},
        "metadata": {"n": 1.0},
        "stream": True,
    }
    answer = post(running, body, secret)
    assert answer.status == 202
    data = answer.json["data"]
    assert data["conversation_id"] == "c1"
    sent = callback.await_requests(1)[0]
    Webhook(SECRET).verify(sent.body, dict(sent.fields))
    assert sent.json["type"] == "message.done"
    assert (sent.json["data"]["id"], sent.json["data"]["content"]) == (data["id"], "Hello")


def test_platform_is_webhook(gateway, backend):
    server = backend(replies.document({"content": "Hi!"}))
    running = gateway(
        {
            "bot support": {},
            "integration only": {"type": "custom", "webhook_url": server.url},
            "channel in": {"type": "webhook", "secret": SECRET},
        }
    )
    post(running, {"content": "Hello", "user": {"id": "u1", "platform": "x", "name": "Ann"}})
    body = server.await_requests(1)[0].json
    assert body["user"] == {"id": "u1", "name": "Ann", "platform": "webhook"}


def test_repeated_requests_do_nothing_again(running, callback):
    answers = [post(running, {"content": "Hello"}) for _ in range(3)]
    # 200 once the reply is there.
    assert {answer.status for answer in answers} <= {200, 202}
    assert len({answer.json["data"]["id"] for answer in answers}) == 1
    assert post(running, {"content": "Other"}).status == 409
    assert post(running, {"content": "Other"}, id="msg_2").status == 202
    callback.await_requests(2)
    time.sleep(0.3)
    assert len(callback.requests) == 2


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"secret": "whsec_" + "A" * 32}, {}),
        ({"age": 301}, {}),
        ({"age": -301}, {}),
        ({}, {"webhook_id": "msg_9"}),
        ({}, {"webhook_id": None}),
        ({}, {"webhook_timestamp": "soon"}),
        ({}, {"webhook_timestamp": None}),
        ({}, {"webhook_signature": None}),
        ({}, {"webhook_signature": "v1,"}),
        ({}, {"webhook_signature": "v1a,AAAA"}),
    ],
)
def test_wrong_signatures_are_refused(running, callback, options, fields):
    answer = post(running, {"content": "Hello"}, **options, **fields)
    assert (answer.status, answer.error["code"]) == (401, "invalid_signature")
    assert running.client().get("/v1/outbox").json["data"] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"content": ""}, 400), ({"content": 7}, 400), ({"Content": "x"}, 400)],
)
def test_messages_are_checked(running, body, status):
    assert post(running, body).status == status


def test_other_types_are_refused(running):
    assert post(running, {"content": "x"}, Content_Type="text/plain").status == 415
