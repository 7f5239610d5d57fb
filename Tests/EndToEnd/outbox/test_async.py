"""`Prefer: respond-async`: messages whose clients do not wait for the reply."""

import threading
import time

import pytest

import replies
from backends import hold, in_turn
from client import messages_path
from configuration import integration
from receivers import accepted, echo, result, submit


def test_answers_at_once_and_gives_the_reply_when_it_is_there(gateway, backend):
    released = threading.Event()
    server = backend(lambda request: [hold(released), *echo(request)])
    client = gateway({"integration a": integration(server.url)}).client()
    answer = submit(client, "One", conversation_id="c1")
    assert answer.status == 202
    assert answer.field("Preference-Applied") == "respond-async"
    data = answer.json["data"]
    assert data == {"id": data["id"], "conversation_id": "c1", "status": "queued"}
    path = f"/v1/messages/{data['id']}"
    assert answer.field("Location") == path
    server.await_requests(1)
    assert client.get(path).data == {**data, "status": "running"}
    released.set()
    done = result(client, data["id"])
    assert done["status"] == "done"
    assert (done["id"], done["conversation_id"]) == (data["id"], "c1")
    assert (done["role"], done["content"]) == ("assistant", "re:One")
    assert done["integration"]["id"] == "a"
    assert [attempt["outcome"] for attempt in done["attempts"]] == ["ok"]
    # It is a turn like any other.
    client.message("Two", conversation_id="c1")
    assert server.requests[-1].messages == [
        ("user", "One"), ("assistant", "re:One"), ("user", "Two")
    ]  # fmt: skip


def test_makes_a_conversation_where_none_is_named(gateway):
    data = submit(gateway().client()).json["data"]
    assert data["conversation_id"].startswith("conv_")


def test_a_long_poll_ends_with_the_result(gateway, backend):
    released = threading.Event()
    server = backend(lambda request: [hold(released), *echo(request)])
    client = gateway({"integration a": integration(server.url)}).client()
    message = accepted(client)
    start = time.monotonic()
    answer = client.get(f"/v1/messages/{message}", headers={"Prefer": "wait=1"})
    assert 0.9 < time.monotonic() - start < 3
    assert answer.data["status"] == "running"
    assert answer.field("Preference-Applied") == "wait=1"
    threading.Timer(0.3, released.set).start()
    start = time.monotonic()
    answer = client.get(f"/v1/messages/{message}", headers={"prefer": 'foo; a=b, WAIT="30"'})
    assert answer.data["status"] == "done"
    assert time.monotonic() - start < 3


def test_waits_for_a_while_where_the_client_wants_it(gateway, backend):
    released = threading.Event()
    server = backend(lambda request: [hold(released), *echo(request)])
    client = gateway({"integration a": integration(server.url)}).client()
    answer = submit(client, headers={"Prefer": "respond-async, wait=1"})
    assert (answer.status, answer.json["data"]["status"]) == (202, "running")
    released.set()
    answer = submit(client, headers={"Prefer": "wait=10, respond-async"})
    assert answer.data["content"] == "re:Hello"
    assert answer.field("Preference-Applied") == "wait=10"


def test_a_failure_is_a_result(gateway, backend):
    server = backend(replies.failure("500 Internal Server Error"))
    client = gateway({"integration a": integration(server.url)}).client()
    failed = result(client, accepted(client))
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "all_integrations_failed"
    assert failed["error"]["type"] == "backend_error"
    assert [attempt["outcome"] for attempt in failed["attempts"]] == ["http_error"]


def test_order_within_a_conversation_also_with_clients_that_wait(gateway, backend):
    server = backend(lambda request: echo(request))
    client = gateway(
        {"integration a": integration(server.url), "bot default": {"window": 200}}
    ).client()
    expected = []
    with client.open() as waiting, client.open() as other:
        for number in range(6):
            accepted(client, f"a{number}", conversation_id="c")
            expected.append(f"a{number}")
            if number % 3 == 1:
                connection = waiting if number == 1 else other
                connection.send(client.message_request(f"s{number}", conversation_id="c"))
                time.sleep(0.05)
                expected.append(f"s{number}")
        for connection in (waiting, other):
            assert connection.read_response().status == 200
    result(client, accepted(client, "last", conversation_id="c"))
    asked = [request.messages[-1][1] for request in server.requests]
    assert asked == [*expected, "last"]
    said = [content for role, content in server.requests[-1].messages if role == "assistant"]
    assert said == [f"re:{content}" for content in expected]


def test_conversations_do_not_wait_for_each_other(gateway, backend):
    released = threading.Event()
    server = backend(
        lambda request: (
            [hold(released), *echo(request)] if "slow" in request.messages[-1][1] else echo(request)
        )
    )
    client = gateway({"integration a": integration(server.url)}).client()
    slow = accepted(client, "slow", conversation_id="a")
    behind = accepted(client, "next", conversation_id="a")
    assert result(client, accepted(client, "fast", conversation_id="b"))["content"] == "re:fast"
    assert client.get(f"/v1/messages/{behind}").data["status"] == "queued"
    released.set()
    assert result(client, slow)["content"] == "re:slow"
    assert result(client, behind)["content"] == "re:next"


def test_delete_gives_a_message_up(gateway, backend):
    released = threading.Event()
    server = backend(lambda request: [hold(released), *echo(request)])
    client = gateway({"integration a": integration(server.url)}).client()
    running = accepted(client, "one", conversation_id="c")
    queued = accepted(client, "two", conversation_id="c")
    last = accepted(client, "three", conversation_id="c")
    server.await_requests(1)
    assert client.delete(f"/v1/messages/{queued}").status == 204
    assert client.delete(f"/v1/messages/{running}").status == 204
    assert server.connections[0].left.wait(5), "the backend's request is cancelled"
    released.set()
    assert result(client, last)["content"] == "re:three"
    for gone in (running, queued):
        answer = client.get(f"/v1/messages/{gone}")
        assert (answer.status, answer.error["code"]) == (404, "message_not_found")
        assert client.delete(f"/v1/messages/{gone}").status == 404
    client.message("four", conversation_id="c")
    assert ("user", "one") not in server.requests[-1].messages


def test_the_same_idempotency_key_is_the_same_message(gateway, backend):
    server = backend(lambda request: echo(request))
    client = gateway({"integration a": integration(server.url)}).client()
    key = {"Idempotency-Key": "k1"}
    first = accepted(client, "once", headers=key)
    assert accepted(client, "once", headers=key) == first
    result(client, first)
    assert accepted(client, "once", headers=key) == first
    again = submit(client, "other", headers=key)
    assert (again.status, again.error["code"]) == (409, "idempotency_key_reused")
    assert "still kept" in again.error["message"]
    waits = client.post(messages_path("default"), {"content": "other"}, headers=key)
    assert (waits.status, waits.error["code"]) == (409, "idempotency_key_reused")
    assert "still kept" in waits.error["message"]
    assert len(server.requests) == 1


def test_a_message_that_is_repeated_with_another_preference_is_the_same(gateway, backend):
    released = threading.Event()
    server = backend(lambda request: [hold(released), *echo(request)])
    client = gateway({"integration a": integration(server.url)}).client()

    def send(content, prefer=None, path=None, **rest):
        fields = {"Idempotency-Key": "k1", **({"Prefer": prefer} if prefer else {})}
        return client.post(path or messages_path(), {"content": content, **rest}, headers=fields)

    first = send("once", "respond-async").json["data"]
    server.await_requests(1)
    # Without the preference it gets the first answer, as the message is now.
    again = send("once")
    assert (again.status, again.json["data"]) == (202, {**first, "status": "running"})
    assert send("other").error["code"] == "idempotency_key_reused"
    assert send("once", stream=True).status == 409
    chat = {"model": "default", "messages": [{"role": "user", "content": "once"}]}
    assert send("once", path="/v1/chat/completions", **chat).status == 409
    released.set()
    result(client, first["id"])
    again = send("once")
    assert (again.status, again.data["id"]) == (200, first["id"])
    assert again.data["content"] == "re:once"
    assert len(server.requests) == 1


def test_a_message_that_was_answered_is_not_put_into_the_outbox(gateway, backend):
    server = backend(lambda request: echo(request))
    client = gateway({"integration a": integration(server.url)}).client()
    key = {"Idempotency-Key": "k1"}
    first = client.post(messages_path(), {"content": "once"}, headers=key)
    again = submit(client, "once", headers=key)
    assert (again.status, again.data) == (200, first.data)
    assert submit(client, "other", headers=key).status == 409
    assert client.get("/v1/outbox").json["meta"]["total"] == 0
    assert len(server.requests) == 1


def test_a_message_that_failed_may_be_repeated(gateway, backend):
    server = backend(in_turn(replies.failure("400 Bad Request"), replies.custom("Well.")))
    client = gateway({"integration a": integration(server.url)}).client()
    key = {"Idempotency-Key": "k1"}
    assert result(client, accepted(client, "once", headers=key))["status"] == "failed"
    again = client.post(messages_path(), {"content": "once"}, headers=key)
    assert (again.status, again.data["content"]) == (200, "Well.")


def test_a_stream_is_for_clients_that_wait(gateway):
    answer = submit(gateway().client(), stream=True)
    assert answer.status == 200
    assert answer.field("Content-Type") == "text/event-stream"
    assert not answer.values("Preference-Applied")


@pytest.mark.parametrize(
    ("body", "status"), [({}, 400), ({"content": ""}, 400), ({"conversationId": "x"}, 400)]
)
def test_an_invalid_message_is_refused_at_once(gateway, body, status):
    client = gateway().client()
    answer = client.post(messages_path(), body, headers={"Prefer": "respond-async"})
    assert answer.status == status
    assert client.get("/v1/outbox").json["meta"]["total"] == 0


def test_a_full_outbox_says_so(gateway, backend):
    released = threading.Event()
    server = backend(lambda request: [hold(released), *echo(request)])
    client = gateway({"integration a": integration(server.url), "outbox": {"size": "64K"}}).client()
    messages = []
    while (answer := submit(client, "x" * 3000, conversation_id="c")).status == 202:
        messages.append(answer.json["data"]["id"])
    assert (answer.status, answer.error["code"]) == (503, "outbox_full")
    assert answer.error["type"] == "overloaded_error"
    assert "[outbox] size" in answer.error["message"]
    assert int(answer.field("Retry-After")) > 0
    assert len(messages) > 10
    released.set()
    # Nothing that was accepted is lost, and what was fetched makes room.
    for message in messages:
        assert result(client, message)["status"] == "done"
    assert submit(client, "x" * 3000).status == 202
    answer = submit(client, "x" * 60_000)
    assert (answer.status, answer.error["code"]) == (413, "body_too_large")


def test_keys_see_the_messages_of_their_bots(gateway):
    client = gateway({
        "key a": {"secret": "aaaaaaaaaaaaaaaa", "scopes": "chat", "bots": "one"},
        "key b": {"secret": "bbbbbbbbbbbbbbbb", "scopes": "chat, read, write", "bots": "two"},
        "key c": {"secret": "cccccccccccccccc", "scopes": "admin"},
        "bot one": {}, "bot two": {},
    }).client  # fmt: skip
    chat, other, admin = (client(letter * 16) for letter in "abc")
    message = accepted(chat, bot="one")
    done = result(chat, message)
    # A key of scope chat alone sees neither attempts nor integrations.
    assert "attempts" not in done and "integration" not in done
    # It looks like one that is missing.
    for missing in (message, "msg_none"):
        assert other.get(f"/v1/messages/{missing}").status == 403
        assert other.delete(f"/v1/outbox/{missing}").status == 403
    assert other.get("/v1/outbox").json["data"] == []
    assert chat.get("/v1/outbox").status == 403
    entry = admin.get("/v1/outbox").json["data"][0]
    assert (entry["id"], entry["bot"], entry["status"]) == (message, "one", "done")
    assert admin.get("/v1/outbox?status=queued").json["data"] == []
    whole = admin.get(f"/v1/outbox/{message}").data
    assert whole["result"]["content"] == "Hello"
    assert admin.delete(f"/v1/outbox/{message}").status == 204
    assert admin.get(f"/v1/messages/{message}").status == 404


def test_what_is_deleted_does_not_wait_any_more(gateway, backend):
    released = threading.Event()
    server = backend(
        lambda request: (
            echo(request) if "me" in request.messages[-1][1] else [hold(released), *echo(request)]
        )
    )
    client = gateway({"integration a": integration(server.url)}).client()
    message = accepted(client, conversation_id="c")
    kept = accepted(client, conversation_id="d")
    server.await_requests(2)
    client.message("me, too", conversation_id="e")
    assert client.delete("/v1/bots/default/conversations").status == 200
    released.set()
    for gone in (message, kept):
        assert client.get(f"/v1/messages/{gone}").status == 404


def test_finished_messages_are_kept_for_a_while(gateway):
    client = gateway({"outbox": {"keep": "1s"}}).client()
    message = accepted(client)
    assert result(client, message)["status"] == "done"
    deadline = time.monotonic() + 5
    while client.get(f"/v1/messages/{message}").status == 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert client.get("/v1/outbox").json["meta"]["total"] == 0
    assert client.get("/v1/status").data["outbox"]["used_bytes"] == 0
