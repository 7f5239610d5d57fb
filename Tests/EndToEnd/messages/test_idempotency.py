"""`Idempotency-Key`: the same key, bot and body within 10 minutes returns the first answer,
without asking a backend again; another body gets 409."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import hold, in_turn, stall
from client import messages_path
from configuration import integration

WELL = replies.custom("Well.")
MESSAGE = {"content": "Hello", "conversation_id": "c"}


@pytest.fixture
def service(gateway, backend, tmp_path):
    """Two bots at one backend; returns the gateway and the backend."""

    def start(script=WELL, sync=None, **settings):
        server = backend(script)
        running = gateway(
            {
                "server": {"max_connections_per_ip": 0},
                "context": {"file": tmp_path / "ring", "sync": sync} if sync else {},
                "bot default": {},
                "bot other": {},
                "integration a": integration(
                    server.url, bot="default", **{"timeout": "5s", **settings}
                ),
                "integration b": integration(server.url, bot="other"),
            }
        )
        return running, server

    return start


def send(client, key="key-1", document=MESSAGE, bot="default"):
    return client.post(messages_path(bot), document, {"Idempotency-Key": key})


def idempotent_request(client, key="key-1", document=MESSAGE):
    """The bytes of such a message, for a connection that the test keeps."""
    headers = {**client.request_headers(), "Idempotency-Key": key}
    named = "".join(f"{name}: {value}\r\n" for name, value in headers.items() if name != "Host")
    plain = client.message_request(**document)
    line_and_host_end = plain.index(b"\r\n", plain.index(b"Host:")) + 2
    return plain[:line_and_host_end] + named.encode() + plain[line_and_host_end:]


def test_the_first_answer_comes_again(service):
    running, server = service()
    client = running.client()
    first, *again = [send(client) for _ in range(4)]
    assert first.status == 200
    for response in again:
        assert response.status == 200
        assert response.body == first.body
    assert len(server.requests) == 1


def test_each_answer_has_a_request_id_of_its_own(service):
    """It names the request, not the message, so that logs tell the two apart."""
    running, _ = service()
    first, second = send(running.client()), send(running.client())
    assert first.field("X-Request-Id") != second.field("X-Request-Id")


def test_the_turn_is_stored_once(service):
    running, server = service()
    client = running.client()
    send(client)
    send(client)
    client.message("And?", conversation_id="c")
    assert server.requests[-1].messages == [
        ("user", "Hello"),
        ("assistant", "Well."),
        ("user", "And?"),
    ]


def test_a_message_without_a_conversation_gets_the_same_one_again(service):
    running, server = service()
    ids = [
        send(running.client(), document={"content": "Hi"}).data["conversation_id"] for _ in range(2)
    ]
    assert ids[0] == ids[1]
    assert len(server.requests) == 1


def test_another_body_is_a_conflict(service):
    running, server = service()
    client = running.client()
    first = send(client)
    response = send(client, document={**MESSAGE, "content": "Something else"})
    assert response.status == 409
    assert response.error["type"] == "conflict_error"
    assert len(server.requests) == 1
    assert send(client).body == first.body


def test_another_interface_is_another_message(gateway):
    """The same bytes mean something else there, and the answer has another form."""
    client = gateway().client()
    document = {
        "content": "Hello",
        "model": "default",
        "messages": [{"role": "user", "content": "Hello"}],
        "max_tokens": 9,
    }
    paths = [messages_path(), "/v1/chat/completions", "/v1/messages"]
    for first in paths:
        again = {"Idempotency-Key": f"key of {first}"}
        answer = client.post(first, document, again)
        assert answer.status == 200
        for path in paths:
            response = client.post(path, document, again)
            assert response.status == (200 if path == first else 409)
            assert path != first or response.body == answer.body


def test_another_key_is_another_message(service):
    running, server = service()
    ids = {send(running.client(), key).data["id"] for key in ("key-1", "key-2", "KEY-1", "key-10")}
    assert len(ids) == len(server.requests) == 4


def test_another_bot_is_another_message(service):
    running, server = service()
    client = running.client()
    assert send(client).data["id"] != send(client, bot="other").data["id"]
    assert send(client, bot="other", document={"content": "x"}).status == 409
    assert len(server.requests) == 2


def test_without_a_key_nothing_is_the_same(service):
    running, server = service()
    ids = {running.client().message(**MESSAGE).data["id"] for _ in range(3)}
    assert len(ids) == len(server.requests) == 3


def test_another_caller_does_not_get_the_answer(gateway, backend):
    """A key that another client chose as well must not return that client's reply."""
    server = backend(in_turn(replies.custom("for ann"), replies.custom("for bob")))
    keys = {"ann": "ann-secret-0001", "bob": "bob-secret-0002"}
    running = gateway(
        {
            **{f"key {name}": {"secret": secret} for name, secret in keys.items()},
            "integration gpt": integration(server.url),
        }
    )
    contents = [
        send(running.client(keys[name]), document={"content": "Hi"}).data["content"]
        for name in ("ann", "bob", "ann")
    ]
    assert contents == ["for ann", "for bob", "for ann"]


def test_another_key_is_another_caller_whatever_a_proxy_adds(gateway, backend):
    server = backend(in_turn(replies.custom("for ann"), replies.custom("for bob")))
    running = gateway(
        {
            "key ann": {"secret": "ann-secret-0001"},
            "key bob": {"secret": "bob-secret-0002"},
            "integration gpt": integration(server.url),
        }
    )
    contents = [
        running.client()
        .post(
            messages_path("default"),
            {"content": "Hi"},
            {"Idempotency-Key": "k", "Authorization": "Basic cHJveHk6", "x-api-key": secret},
        )
        .data["content"]
        for secret in ("ann-secret-0001", "bob-secret-0002", "ann-secret-0001")
    ]
    assert contents == ["for ann", "for bob", "for ann"]


def test_a_second_one_waits_for_the_first(service):
    released = threading.Event()
    running, server = service([hold(released), *WELL])
    client = running.client()
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(send, client)
        server.await_requests(1)
        others = [pool.submit(send, client) for _ in range(4)]
        time.sleep(0.2)
        assert not any(other.done() for other in others)
        assert len(server.requests) == 1
        released.set()
        assert {other.result().body for other in others} == {first.result().body}
    assert len(server.requests) == 1


@pytest.mark.timing
def test_another_body_conflicts_while_the_first_is_in_flight(service):
    released = threading.Event()
    running, server = service([hold(released), *WELL])
    client = running.client()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, client)
        server.await_requests(1)
        start = time.monotonic()
        assert send(client, document={"content": "Something else"}).status == 409
        assert time.monotonic() - start < 1
        released.set()
        assert first.result().status == 200


def test_the_second_asks_again_if_the_first_has_left(service):
    running, server = service(in_turn([stall()], WELL))
    client = running.client()
    with client.open() as leaving:
        leaving.send(idempotent_request(client))
        server.await_requests(1)
    assert server.connections[0].left.wait(2)
    assert send(client).data["content"] == "Well."
    assert len(server.requests) == 2


def test_one_that_waits_is_answered_where_the_first_leaves(service):
    """By the first one's result, or by a request of its own."""
    released = threading.Event()
    running, server = service(in_turn([hold(released), *WELL], WELL))
    client = running.client()
    with ThreadPoolExecutor(1) as pool, client.open() as leaving:
        leaving.send(idempotent_request(client))
        server.await_requests(1)
        second = pool.submit(send, client)
        time.sleep(0.1)
        leaving.close()
        time.sleep(0.1)
        released.set()
        assert second.result().data["content"] == "Well."
        assert send(client).body == second.result().body


def test_where_all_that_wait_leave_the_backend_is_cancelled(service):
    running, server = service(in_turn([stall()], WELL))
    client = running.client()
    with client.open() as first, client.open() as second:
        first.send(idempotent_request(client))
        server.await_requests(1)
        second.send(idempotent_request(client))
        client.get("/healthz")
        first.close()
        client.get("/healthz")
    for connection in server.connections:
        assert connection.left.wait(2)
    assert send(client).data["content"] == "Well."


def test_one_that_waits_may_leave(service):
    released = threading.Event()
    running, server = service([hold(released), *WELL])
    client = running.client()
    with ThreadPoolExecutor(1) as pool, client.open() as leaving:
        first = pool.submit(send, client)
        server.await_requests(1)
        leaving.send(idempotent_request(client))
        client.get("/healthz")
        leaving.close()
        client.get("/healthz")
        released.set()
        assert send(client).body == first.result().body
    assert len(server.requests) == 1


def test_leaving_while_the_turn_is_stored_keeps_the_answer_for_the_key(service):
    """It is too late to cancel: the turn is kept, and the key stands for its answer."""
    running, server = service(sync="always")
    client = running.client(timeout=5)
    send(client, key="another")
    with running.injected("fdatasync:delay_enter=500000"), client.open() as leaving:
        leaving.send(idempotent_request(client))
        server.await_requests(2)
        time.sleep(0.2)
        leaving.close()
        time.sleep(0.1)
        during = send(client)
    assert during.data["content"] == "Well."
    assert send(client).body == during.body
    assert len(server.requests) == 2


FAILURES = {
    "502": (replies.failure("500 Oops"), 502),
    "504": ([stall()], 504),
}


@pytest.mark.parametrize(("script", "status"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_not_for_ever(service, script, status):
    """Nothing was done, so the same key may ask again."""
    running, server = service(in_turn(script, WELL), timeout="200ms")
    client = running.client()
    assert send(client).status == status
    first = send(client)
    assert first.data["content"] == "Well."
    assert send(client).body == first.body
    assert len(server.requests) == 2


def test_a_replay_is_no_message_in_flight(gateway, backend):
    """It needs no backend, so it is served even if no other message can be."""
    released = threading.Event()
    server = backend(in_turn(WELL, [hold(released), *WELL]))
    running = gateway(
        {"limits": {"in_flight": 1}, "integration gpt": integration(server.url, timeout="5s")}
    )
    client = running.client()
    first = send(client)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.message)
        server.await_requests(2)
        assert send(client).body == first.body
        released.set()
        assert waiting.result().status == 200


@pytest.mark.parametrize("key", ["", "x" * 5000], ids=["empty", "too long"])
def test_a_strange_key_is_refused_or_ignored(service, key):
    running, _ = service()
    assert send(running.client(), key).status in (200, 400)


def test_memory_for_answers_is_bounded(gateway, backend):
    """Of 300 answers of 100 KB, each with a key, not all are kept."""
    server = backend(replies.custom("x" * 100_000))
    running = gateway({"integration gpt": integration(server.url)})
    client = running.client()
    for number in range(30):
        assert send(client, f"warm-up-{number}").status == 200
    before = running.resident_kilobytes()
    for number in range(300):
        assert send(client, f"key-{number}").status == 200
    assert running.resident_kilobytes() - before < 10_000


def test_the_newest_answers_are_the_ones_kept(service):
    running, server = service()
    client = running.client()
    bodies = [send(client, f"key-{number}").body for number in range(50)]
    assert [send(client, f"key-{number}").body for number in range(40, 50)] == bodies[40:]
    assert len(server.requests) == 50
