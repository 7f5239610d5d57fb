"""`GET /v1/exchanges` with `Accept: text/event-stream`: each exchange as it ends."""

import contextlib
import signal
import time

import pytest

from client import messages_path
from exchanges import exchanges, following, next_exchange, two_bots
from managed import KEYS, KEYS_AND_BOTS, Managed


def test_exchanges_come_as_they_end(gateway, backend):
    client = two_bots(gateway, backend)
    with following(client) as (_, all_of_them), following(client, "?bot=other") as (_, others):
        client.message(bot="support")
        client.message(bot="other")
        seen = [next_exchange(all_of_them) for _ in range(2)]
        assert seen[::-1] == exchanges(client)
        assert next_exchange(others) == seen[1]


def test_a_slow_follower_is_told_how_many_it_missed(gateway):
    running = gateway({"server": {"idle_timeout": "60s"}})
    client = running.client()
    with following(client, buffer=4096) as (_, stream):
        before = running.resident_kilobytes()
        for _ in range(8000):
            client.message()
        assert running.resident_kilobytes() - before < 1000
        seen = skipped = 0
        while seen + skipped < 8000:
            block = next(stream)
            if block.startswith(b"event: exchange"):
                seen += 1
            elif b"skipped" in block:
                skipped += int(block.split()[1])
            if seen and not skipped and seen % 50 == 0:
                client.message()
        assert seen > 0 and skipped > 0


def test_only_some_can_follow(gateway):
    client = gateway().client()
    with contextlib.ExitStack() as stack:
        for _ in range(16):
            stack.enter_context(following(client))
        response = client.get("/v1/exchanges", {"Accept": "text/event-stream"})
        assert (response.status, response.error["code"]) == (503, "overloaded")
        assert exchanges(client) == []
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        with contextlib.suppress(AssertionError), following(client):
            return
    raise AssertionError("those that have left still count")


def test_followers_end_with_their_key(binary, tmp_path):
    served = Managed(binary, tmp_path, KEYS_AND_BOTS)
    try:
        served.client.key = KEYS["read"]
        with following(served.client) as (_, read_stream):
            served.client.key = KEYS["admin"]
            with following(served.client) as (_, admin_stream):
                text = served.text.replace(KEYS["read"], "another-key-0123456789")
                served.file.write_text(text)
                assert not [block for block in read_stream if not block.startswith(b":")]
                served.post(messages_path("a"), {"content": "Hi"})
                assert next_exchange(admin_stream)["bot"] == "a"
    finally:
        served.running.stop()


def test_followers_do_not_hold_up_the_end(gateway):
    running = gateway()
    with following(running.client()) as (_, stream):
        running.signal(signal.SIGTERM)
        assert running.await_exit(3) == 0
        assert all(block.startswith(b":") for block in stream)


@pytest.mark.timing
def test_silence_is_broken_by_comments(gateway):
    client = gateway().client()
    with following(client) as (_, stream):
        next(stream)
        start = time.monotonic()
        assert next(stream).startswith(b":")
        assert 14 < time.monotonic() - start < 17
