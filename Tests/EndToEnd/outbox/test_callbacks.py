"""`callback`: replies that are POSTed to their receiver, as Standard Webhooks have it."""

import threading
import time

import pytest
from standardwebhooks import WebhookVerificationError

import replies
from backends import finish, hold, in_turn, repeat, send, stall
from configuration import integration
from networks import Hosts
from receivers import OTHER_SECRET, SECRET, accepted, deliveries, echo, result, verified

OK = replies.document({}, "204 No Content")


@pytest.fixture
def start(gateway, backend):
    """A gateway, a client of it, the backend of its bot, and the receiver of its callback."""

    def start(script, outbox=None, secret=SECRET, answer=echo, **bot):
        server, receiver = backend(answer), backend(script)
        running = gateway({
            "integration a": integration(server.url),
            "bot default": {"callback": receiver.url, "callback_secret": secret, **bot},
            "outbox": outbox or {},
        })  # fmt: skip
        return running, running.client(), server, receiver

    return start


def delivery(client, message, timeout=10):
    """How the delivery of a message ended."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        entry = client.get(f"/v1/outbox/{message}").data
        if entry["delivery"] not in ("waiting", "none"):
            return entry["delivery"]
        time.sleep(0.05)
    raise AssertionError(f"{entry} after {timeout} s")


def test_posts_the_reply_signed(start):
    _, client, _, receiver = start(OK)
    message = accepted(client, "One", conversation_id="c")
    request = receiver.await_requests(1)[0]
    assert request.method == "POST"
    assert request.field("Content-Type") == "application/json"
    assert request.field("webhook-id") == message
    body = verified(request)
    assert set(body) == {"type", "timestamp", "data"}
    assert body["type"] == "message.done"
    assert body["data"] == result(client, message)
    assert body["data"]["content"] == "re:One"
    assert delivery(client, message) == "delivered"
    with pytest.raises(WebhookVerificationError):
        verified(request, OTHER_SECRET)


def test_posts_a_failure(start):
    _, client, _, receiver = start(OK, answer=replies.failure("400 Bad Request"))
    message = accepted(client)
    body = verified(receiver.await_requests(1)[0])
    assert body["type"] == "message.failed"
    assert (body["data"]["id"], body["data"]["status"]) == (message, "failed")
    assert body["data"]["error"]["code"] == "all_integrations_failed"


def test_signs_with_each_of_several_secrets(start):
    _, client, _, receiver = start(OK, secret=f"{SECRET} {OTHER_SECRET}")
    accepted(client)
    request = receiver.await_requests(1)[0]
    assert len(request.field("webhook-signature").split(" ")) == 2
    assert verified(request, SECRET) == verified(request, OTHER_SECRET)


def test_clients_that_wait_have_no_callback(start):
    _, client, _, receiver = start(OK)
    assert client.message().status == 200
    time.sleep(0.3)
    assert not receiver.requests


def test_tries_again_with_the_same_id_and_body(start):
    running, client, _, receiver = start(
        in_turn(
            replies.document({}, "500 Internal Server Error"),
            replies.document({}, "429 Too Many Requests", {"Retry-After": "1"}),
            OK,
        )
    )
    message = accepted(client)
    first, second, third = receiver.await_requests(3)
    assert first.body == second.body == third.body
    assert {request.field("webhook-id") for request in (first, second, third)} == {message}
    assert 0.8 < second.arrived_at - first.arrived_at < 2
    assert 0.9 < third.arrived_at - second.arrived_at < 2
    # Each try has a time and a signature of its own.
    assert verified(first) == verified(third)
    assert first.field("webhook-timestamp") != third.field("webhook-timestamp")
    assert delivery(client, message) == "delivered"
    assert "receiver_failing" in running.log and "receiver_recovered" in running.log


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "422 Unprocessable"])
def test_other_refusals_are_final(start, status):
    running, client, _, receiver = start(in_turn(replies.document({}, status), OK))
    message = accepted(client)
    assert delivery(client, message) == "failed"
    assert status[:3] in running.await_log("reply_not_delivered")
    other = accepted(client)
    assert delivery(client, other) == "delivered"
    assert len(receiver.requests) == 2
    # The administrator may have it sent again.
    assert client.post(f"/v1/outbox/{message}/retry", {}).data["delivery"] == "waiting"
    assert delivery(client, message) == "delivered"
    answer = client.post(f"/v1/outbox/{message}/retry", {})
    assert (answer.status, answer.error["code"]) == (409, "nothing_to_retry")


def test_410_disables_the_receiver(start):
    _, client, _, receiver = start(in_turn(replies.document({}, "410 Gone"), OK))
    first = accepted(client)
    assert delivery(client, first) == "failed"
    second = accepted(client)
    assert delivery(client, second) == "failed"
    assert len(receiver.requests) == 1
    reasons = client.get("/readyz").json["reasons"]
    assert any("callback:default is disabled" in reason for reason in reasons)
    shown = client.get("/v1/status").data["outbox"]["receivers"]
    assert [(one["name"], one["state"]) for one in shown] == [("callback:default", "disabled")]
    assert (
        'postern_outbox_receiver_up{receiver="callback:default"} 0'
        in client.get("/metrics").body.decode()
    )
    client.post(f"/v1/outbox/{second}/retry", {})
    assert delivery(client, second) == "delivered"
    assert not client.get("/readyz").json.get("reasons")


def test_redirects_are_not_followed(start, backend):
    other = backend(OK)
    _, client, _, receiver = start(
        in_turn(replies.document({}, "307 Temporary Redirect", {"Location": other.url}), OK)
    )
    message = accepted(client)
    assert delivery(client, message) == "delivered"
    assert len(receiver.requests) == 2 and not other.requests


@pytest.mark.parametrize("kind", ["silent", "endless", "lying", "garbage"])
def test_a_bad_receiver_harms_no_one_else(start, kind):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    script = {
        "silent": [stall()],
        "endless": [send(head + b"Transfer-Encoding: chunked\r\n\r\n"),
                    repeat(b"10000\r\n" + b"x" * 65536 + b"\r\n")],
        "lying": [send(head + b"Content-Length: 99\r\n\r\nshort"), finish()],
        "garbage": [send(b"\x00\xffnot http\r\n\r\n"), finish()],
    }[kind]  # fmt: skip
    running, client, _, receiver = start(script)
    before = running.resident_kilobytes()
    messages = [accepted(client, f"{number}", conversation_id=f"c{number}") for number in range(20)]
    receiver.await_requests(1)
    for message in messages:
        assert result(client, message)["status"] == "done"
    start_time = time.monotonic()
    assert client.message("me, too").status == 200
    assert time.monotonic() - start_time < 1
    assert running.resident_kilobytes() - before < 3000
    if kind in ("endless", "lying"):
        # The status was said: what follows does not matter.
        assert delivery(client, messages[0]) == "delivered"


def test_replies_to_one_conversation_keep_their_order(start):
    released = threading.Event()

    def script(request):
        is_first = request.json["data"]["content"] == "re:c0"
        return [hold(released), *OK] if is_first else OK

    _, client, _, receiver = start(script)
    messages = [accepted(client, f"c{number}", conversation_id="c") for number in range(4)]
    other = accepted(client, "d0", conversation_id="d")
    assert delivery(client, other) == "delivered"
    assert delivery_states(client, messages) == ["waiting"] * 4
    released.set()
    assert delivery(client, messages[-1]) == "delivered"
    in_c = [content for _, content in deliveries(receiver) if content.startswith("re:c")]
    assert in_c == [f"re:c{number}" for number in range(4)]


def delivery_states(client, messages):
    return [client.get(f"/v1/outbox/{message}").data["delivery"] for message in messages]


def test_a_reply_is_given_up_after_hold(start):
    running, client, _, _ = start(replies.document({}, "503 Busy"), outbox={"hold": "2s"})
    message = accepted(client)
    assert delivery(client, message, 8) == "failed"
    assert "[outbox] hold" in running.await_log("reply_not_delivered")


def test_a_receiver_that_is_away_gets_its_replies_when_it_is_back(start, backend):
    running, client, _, receiver = start(OK)
    receiver.close()
    messages = [accepted(client, f"{number}", conversation_id="c") for number in range(5)]
    running.await_log("receiver_failing")
    time.sleep(1)
    back = backend(OK, port=receiver.port)
    came_back = time.monotonic()
    back.await_requests(5)
    assert time.monotonic() - came_back < 10
    assert [message for message, _ in deliveries(back)] == messages


def test_survives_a_restart(gateway, backend, tmp_path):
    server, receiver = backend(echo), backend(replies.document({}, "503 Busy"))
    sections = {
        "integration a": integration(server.url),
        "bot default": {"callback": receiver.url, "callback_secret": SECRET},
        "outbox": {"file": tmp_path / "outbox.ring"},
        "context": {"file": tmp_path / "context.ring"},
    }
    running = gateway(sections)
    message = accepted(running.client(), "One", conversation_id="c")
    receiver.await_requests(1)
    running.process.kill()
    running.process.wait()
    running.process.returncode = 0
    receiver.script = OK
    again = gateway(sections)
    client = again.client()
    assert delivery(client, message) == "delivered"
    assert receiver.requests[0].json == receiver.requests[-1].json
    assert client.get(f"/v1/messages/{message}").data["content"] == "re:One"
    assert len(server.requests) == 1
    client.message("Two", conversation_id="c")
    assert server.requests[-1].messages.count(("user", "One")) == 1


INSIDE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.2", "169.254.169.254", "100.64.0.1"),
    *("0.0.0.0", "::1", "fd00::1", "fe80::1", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3"),
]


def test_a_public_name_may_not_lead_to_a_private_address(gateway, backend, tmp_path):
    """The owner of a public name chooses its addresses. A private name is the administrator's."""
    receiver = backend(OK)
    names = {f"app{number}.example": address for number, address in enumerate(INSIDE)}
    hosts = Hosts(tmp_path / "hosts")
    hosts.set({**names, "app.lan": "127.0.0.1"})
    running = gateway(
        {
            "bot home": {"callback": f"http://app.lan:{receiver.port}/", "callback_secret": SECRET},
            "integration home": {"type": "echo", "bot": "home"},
        }
        | {
            f"bot b{number}": {
                "callback": f"https://{name}:{receiver.port}/",
                "callback_secret": SECRET,
            }
            for number, name in enumerate(names)
        }
        | {
            f"integration i{number}": {"type": "echo", "bot": f"b{number}"}
            for number in range(len(names))
        },
        wrapper=hosts.wrapper,
    )
    client = running.client()
    for number in range(len(names)):
        accepted(client, bot=f"b{number}")
    assert delivery(client, accepted(client, bot="home")) == "delivered"
    deadline = time.monotonic() + 10
    while len(reasons := refused_receivers(client)) < len(names):
        shown = client.get("/v1/status").data["outbox"]["receivers"]
        assert time.monotonic() < deadline, [one for one in shown if one["name"] not in reasons]
        time.sleep(0.05)
    assert len(receiver.connections) == len(receiver.requests) == 1


def refused_receivers(client) -> list[str]:
    receivers = client.get("/v1/status").data["outbox"]["receivers"]
    return [
        one["name"]
        for one in receivers
        if one["state"] == "failing" and "private addresses" in (one["reason"] or "")
    ]


def test_http_needs_a_private_name(postern, tmp_path):
    file = tmp_path / "postern.conf"
    file.write_text(f"[bot a]\ncallback = http://app.example/x\ncallback_secret = {SECRET}\n")
    done = postern("check", "-c", file)
    assert done.returncode == 1
    assert "callback: http:// to 'app.example'" in done.stderr + done.stdout
