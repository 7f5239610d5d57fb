"""Messages that wait, and the receivers of their replies."""

import json
import time

from standardwebhooks import Webhook

import replies
from backends import Request
from client import Response, messages_path

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


def submit(client, content="Hello", bot="default", headers=None, **members) -> Response:
    """Sends a message whose client does not wait."""
    body = {"content": content, **members}
    return client.post(
        messages_path(bot), body, headers={"Prefer": "respond-async", **(headers or {})}
    )


def accepted(client, content="Hello", **options) -> str:
    """The id of a message that does not wait."""
    answer = submit(client, content, **options)
    assert answer.status == 202, answer.body
    return answer.json["data"]["id"]


def result(client, message: str, timeout: float = 10) -> dict:
    """The object of a message once it has its result."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        headers = {"Prefer": "wait=5"}
        data = client.get(f"/v1/messages/{message}", headers=headers).data
        if data["status"] in ("done", "failed"):
            return data
    raise AssertionError(f"{data} after {timeout} s")


def echo(request: Request):
    """Names the message that it answers."""
    return replies.document({"content": f"re:{request.messages[-1][1]}"})


def verified(request: Request, secret: str = SECRET) -> dict:
    """The body of a callback, after another program has checked its signature."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = {name: request.field(name) for name in names}
    # Checks the time, too.
    body = Webhook(secret).verify(request.body, headers)
    assert body == json.loads(request.body)
    return body


def deliveries(receiver) -> list[tuple[str, str]]:
    """The id and the content of each callback that has come, in order."""
    found = []
    for request in receiver.requests:
        data = request.json["data"]
        assert request.field("webhook-id") == data["id"]
        found.append((data["id"], data.get("content")))
    return found
