"""The uplink is down, for a while: messages that wait are answered when it is back, in order."""

import time

import pytest

import replies
from configuration import integration
from receivers import SECRET, accepted, deliveries, echo, result

pytestmark = pytest.mark.timing

DOWN = 12


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


def test_everything_is_delivered_soon_after_the_uplink_is_back(gateway, backend):
    server, receiver = backend(echo), backend(replies.document({}))
    server.close()
    receiver.close()
    client = gateway({
        "integration a": {"type": "custom", "webhook_url": server.url},
        "bot default": {"callback": receiver.url, "callback_secret": SECRET},
    }).client()  # fmt: skip
    messages = [accepted(client, f"{number}", conversation_id="c") for number in range(5)]
    time.sleep(DOWN)
    backend(echo, port=server.port)
    back = backend(replies.document({}), port=receiver.port)
    came_back = time.monotonic()
    back.await_requests(5, timeout=15)
    assert time.monotonic() - came_back < 10
    assert [message for message, _ in deliveries(back)] == messages


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
    running.process.kill()
    running.process.wait()
    running.process.returncode = 0
    start_time = time.monotonic()
    again = gateway(sections)
    took = time.monotonic() - start_time
    print(f"started in {took * 1000:.0f} ms")
    assert took < 1
    assert again.client().get("/v1/outbox").json["meta"]["total"] == 10_001
