"""The uplink is down, for a while: messages that wait are answered when it is back, in order.

`scripts/outage` runs this with an outage of 60 s."""

import os
import time

import pytest

import replies
from configuration import integration
from receivers import SECRET, accepted, deliveries, echo, result
from telegram import TOKEN, Telegram

pytestmark = pytest.mark.timing

DOWN = int(os.environ.get("POSTERN_OUTAGE", 12))


@pytest.fixture
def telegram(gateway):
    server = Telegram()
    yield server
    server.close()
    assert server.violations == []


def test_messages_wait_until_an_integration_can_be_reached(gateway, backend):
    gone = backend(echo)
    gone.close()
    running = gateway({
        # With retries and a breaker, as people have them.
        "integration a": {"type": "custom", "webhook_url": gone.url, "connect_timeout": "1s"},
    })  # fmt: skip
    client = running.client()
    messages = [
        accepted(client, f"{name}{number}", conversation_id=name)
        for number in range(4)
        for name in "abc"
    ]
    time.sleep(DOWN)
    statuses = {client.get(f"/v1/messages/{message}").data["status"] for message in messages}
    assert statuses <= {"queued", "running"}
    assert client.get("/v1/status").data["outbox"]["queued"] >= len(messages) - 3
    server = backend(echo, port=gone.port)
    came_back = time.monotonic()
    for message in messages:
        assert result(client, message)["content"].startswith("re:")
    assert time.monotonic() - came_back < 10
    for name in "abc":
        asked = [
            request.messages[-1][1]
            for request in server.requests
            if request.messages[-1][1].startswith(name)
        ]
        assert asked == [f"{name}{number}" for number in range(4)]


def test_everything_is_delivered_soon_after_the_uplink_is_back(gateway, backend, telegram):
    """Backend, receiver and Telegram are away while programs send and people write. Afterwards all
    is answered, in order, within 10 s."""
    server, receiver = backend(echo), backend(replies.document({}))
    running = gateway({
        "integration a": {"type": "custom", "webhook_url": server.url},
        "bot default": {"callback": receiver.url, "callback_secret": SECRET},
        "channel home": {"token": TOKEN, "api_url": telegram.url, "allow": 7, "gather": 0},
    })  # fmt: skip
    client = running.client()
    telegram.await_calls("getUpdates", 2)
    for one in (server, receiver):
        one.close()
    telegram.go_away()
    went_away = time.monotonic()
    messages: dict[str, list[str]] = {"a": [], "b": [], "c": []}
    written: list[str] = []
    while time.monotonic() - went_away < DOWN:
        for name, ids in messages.items():
            ids.append(accepted(client, f"{name}{len(ids)}", conversation_id=name))
        written.append(f"t{len(written)}")
        telegram.write(written[-1])
        time.sleep(DOWN / 20)
    assert not any(
        client.get(f"/v1/messages/{message}").data["status"] in ("done", "failed")
        for ids in messages.values()
        for message in ids
    )
    back = backend(replies.document({}), port=receiver.port)
    telegram.come_back()
    backend(echo, port=server.port)
    came_back = time.monotonic()
    back.await_requests(sum(map(len, messages.values())), timeout=30)
    by_callback = time.monotonic() - came_back
    telegram.await_sent(len(written), timeout=30)
    in_telegram = time.monotonic() - came_back
    print(
        f"{DOWN} s: {len(back.requests)} callbacks after {by_callback:.1f} s, "
        f"{len(telegram.sent)} replies in Telegram after {in_telegram:.1f} s"
    )
    assert max(by_callback, in_telegram) < 10
    sent = deliveries(back)
    for name, ids in messages.items():
        came = [message for message, content in sent if content.startswith(f"re:{name}")]
        assert came == ids
    assert [one["text"] for one in telegram.sent] == [f"re:{text}" for text in written]


def test_a_message_is_given_up_after_hold(gateway, backend):
    gone = backend(echo)
    gone.close()
    running = gateway({"integration a": integration(gone.url), "outbox": {"hold": "3s"}})
    client = running.client()
    message = accepted(client)
    failed = result(client, message)
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "all_integrations_failed"
    running.await_log("message_given_up")


def test_ten_thousand_messages_wait_in_16_megabytes(gateway, backend, tmp_path):
    gone = backend(echo)
    gone.close()
    sections = {
        "integration a": integration(gone.url),
        "outbox": {"size": "16M", "file": tmp_path / "outbox.ring"},
        "server": {"max_connections_per_ip": 0},
    }
    running = gateway(sections)
    client = running.client()
    accepted(client, "first")
    before = running.resident_kilobytes()
    with client.open() as connection:
        request = client.message_request("x" * 500).replace(
            b"\r\n\r\n", b"\r\nPrefer: respond-async\r\n\r\n", 1
        )
        for start in range(0, 10_000, 50):
            count = min(50, 10_000 - start)
            for _ in range(count):
                connection.send(request)
                assert connection.read_response().status == 202
    grown = running.resident_kilobytes() - before
    print(f"10,000 messages: {grown} KB more")
    assert grown < 8000
    assert client.get("/v1/outbox").json["meta"]["total"] == 10_001
    starts = []
    for _ in range(4):
        running.process.kill()
        running.process.wait()
        running.process.returncode = 0
        start_time = time.monotonic()
        running = gateway(sections)
        starts.append(time.monotonic() - start_time)
        assert running.client().get("/v1/outbox").json["meta"]["total"] == 10_001
    print(f"started in {min(starts) * 1000:.0f} ms")
    # The machine may be busy with other things at one of them.
    assert min(starts) < 0.2
