"""kill -9 loses no message that was answered 202: each has one reply, one turn in the context, and
one id over all callbacks.

`scripts/outbox-crashes` runs this with a thousand crashes."""

import os
import signal
import threading
import time

import pytest

import replies
from address import loopback
from configuration import integration, rendered
from postern import Gateway
from receivers import SECRET, echo, result, submit, verified

CRASHES = int(os.environ.get("POSTERN_CRASHES", 10))
CONVERSATIONS = 6
MOST_LOAD = 0.15


def send_until_crash(client, conversation, accepted, serial):
    """Sends message after message until the gateway is gone; notes the ones that were accepted."""
    try:
        while True:
            said = f"{conversation}/{next(serial)}"
            answer = submit(client, said, conversation_id=conversation)
            if answer.status == 202:
                accepted.append((answer.json["data"]["id"], said))
            else:
                assert answer.error["code"] == "outbox_full"
                time.sleep(0.02)
    except (OSError, ConnectionError):
        pass


@pytest.mark.parametrize("sync", ["5s", "always"])
def test_each_message_has_one_reply_and_one_turn(binary, backend, tmp_path, generator, sync):
    server = backend(echo)
    receiver = backend(replies.document({}, "204 No Content"))
    address = loopback()
    file = tmp_path / "postern.conf"
    file.write_text(
        rendered({
            "server": {"listen": str(address)},
            "context": {"file": tmp_path / "context.ring", "window": 200, "sync": sync},
            "outbox": {"file": tmp_path / "outbox.ring", "size": "8M"},
            "bot default": {"callback": receiver.url, "callback_secret": SECRET},
            "integration a": integration(server.url),
            "log": {"level": "warning"},
        })
    )  # fmt: skip
    accepted = {f"c{number}": [] for number in range(CONVERSATIONS)}
    serials = {name: iter(range(1_000_000)) for name in accepted}

    def start():
        log = tmp_path / "postern.log"
        return Gateway([binary, "run", "-c", file], [address], log).await_readiness()

    for _ in range(CRASHES):
        gateway = start()
        client = gateway.client()
        threads = [
            threading.Thread(target=send_until_crash, args=(client, name, ids, serials[name]))
            for name, ids in accepted.items()
        ]
        for thread in threads:
            thread.start()
        time.sleep(generator.uniform(0, MOST_LOAD))
        gateway.process.send_signal(signal.SIGKILL)
        gateway.process.wait()
        for thread in threads:
            thread.join()
    gateway = start()
    client = gateway.client()
    everything = [(name, *pair) for name, pairs in accepted.items() for pair in pairs]
    assert everything, "no message was accepted"
    for _, message, said in everything:
        assert result(client, message, 60)["content"] == f"re:{said}"
    await_callbacks(receiver, {message for _, message, _ in everything})
    check_callbacks(receiver, everything)
    for name, pairs in accepted.items():
        check_context(client, server, name, [said for _, said in pairs])
    gateway.stop(timeout=20)


def await_callbacks(receiver, expected):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if expected <= {request.field("webhook-id") for request in receiver.requests}:
            return
        time.sleep(0.1)
    raise AssertionError("not all replies were delivered")


def check_callbacks(receiver, everything):
    said = {message: said for _, message, said in everything}
    bodies = {}
    for request in list(receiver.requests):
        message = request.field("webhook-id")
        # A message whose 202 the crash cut off has a reply, too.
        if message in said:
            assert request.json["data"]["content"] == f"re:{said[message]}"
        assert bodies.setdefault(message, request.body) == request.body
    verified(receiver.requests[-1])
    contents = list(bodies.values())
    assert len(set(contents)) == len(contents), "a reply has two ids"
    # At most the deliveries that were in flight at a crash are repeated.
    assert len(receiver.requests) - len(bodies) <= CRASHES * 8


def check_context(client, server, conversation, said):
    """Each message that was accepted is in the context once, in order, with its reply."""
    client.message("and now?", conversation_id=conversation)
    sent = next(
        request.messages
        for request in reversed(server.requests)
        if request.messages[-1] == ("user", "and now?")
        and request.json["conversation_id"] == conversation
    )[:-1]
    users = [content for role, content in sent if role == "user"]
    assert [content for role, content in sent if role == "assistant"] == [
        f"re:{content}" for content in users
    ]
    assert len(set(users)) == len(users), "a message has two turns"
    kept = [content for content in said if content in set(users)]
    # The window has the newest: none of those is missing.
    assert kept == said[len(said) - len(kept) :]
    assert kept == [content for content in users if content in set(said)]
    assert len(kept) >= min(len(said), 90)
