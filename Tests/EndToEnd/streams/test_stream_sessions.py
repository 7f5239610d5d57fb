"""Streams among other requests: idempotency keys, the order in a conversation, old clients, the
end of the gateway, and the comments that keep a silent stream alive."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

import replies as whole
import stream_replies as replies
from backends import hold, in_turn, send, wait
from client import messages_path
from configuration import integration
from stream_client import Stream, events_of, read_stream, stream_request, streamed

SILENCE = 15
LONG = SILENCE + 1.5


def slowly(*tokens, after=0.0, before_end=0.0):
    """Silent before the first token, or after it."""
    data = [replies.chunk(piece.data) for piece in replies.pieces("openai", tokens)]
    first, rest = b"".join(data[:2]), b"".join(data[2:]) + b"0\r\n\r\n"
    return [wait(after), send(replies.head("openai") + first), wait(before_end), send(rest)]


@pytest.fixture(scope="module")
def running(gateways, backends):
    """One gateway for the whole file, with long messages that are under way from the start:
    `running.long` are their streams."""
    servers = {
        "quick": backends(replies.stream("openai", ["a", "b"])),
        "late": backends(slowly("a", "b", after=LONG)),
        "hesitant": backends(slowly("a", "b", before_end=LONG)),
        "failing": backends([wait(LONG), *whole.failure("401 Unauthorized")]),
    }
    sections: dict = {"bot whole": {"delivery": "whole"}}
    for bot, server in servers.items():
        sections[f"bot {bot}"] = {}
        sections[f"integration {bot}"] = integration(server.url, "openai", bot=bot, timeout="60s")
    sections["integration whole"] = integration(
        servers["hesitant"].url, "openai", bot="whole", timeout="60s"
    )
    started = gateways(sections)
    client = started.client()
    plan = {
        "late": {"bot": "late", "conversation_id": "c"},
        "queued": {"bot": "late", "conversation_id": "c"},
        "hesitant": {"bot": "hesitant"},
        "failing": {"bot": "failing"},
        "whole": {"bot": "whole"},
    }
    started.servers = servers

    def begin_and_leave(message):
        with client.open() as connection:
            connection.send(stream_request(client, **message))
            stream = Stream()
            for _ in events_of(connection, stream):
                pass
            return stream

    with ThreadPoolExecutor() as pool:
        started.began_at = time.monotonic()
        started.long = {"late": pool.submit(begin_and_leave, plan.pop("late"))}
        servers["late"].await_requests(1)
        queued = client.open()
        queued.send(stream_request(client, **plan.pop("queued")))
        started.queued = queued
        for name, message in plan.items():
            started.long[name] = pool.submit(begin_and_leave, message)
        yield started
        queued.close()


@pytest.fixture
def service(running, gateway, backend):
    """A gateway with one integration for one test."""

    def start(script, **sections):
        server = backend(script)
        started = gateway({"integration gpt": integration(server.url, "openai"), **sections})
        return started, server

    return start


def with_key(client, content="Hello", key="k-1", **rest):
    return streamed(client, content, headers={"Idempotency-Key": key}, **rest)


def test_a_repetition_gets_the_same_message(service):
    running, server = service(replies.stream("openai", ["a", "b"]))
    client = running.client()
    first, second = with_key(client), with_key(client)
    assert first.message == second.message
    assert second.deltas == ["ab"]
    assert len(server.requests) == 1
    with_other_body = with_key(client, "Something else")
    assert (with_other_body.status, with_other_body.failure["error"]["code"]) == (
        409,
        "idempotency_key_reused",
    )


def test_a_repetition_meanwhile_waits_for_the_same_message(service):
    released = threading.Event()
    begun = [replies.chunk(piece.data) for piece in replies.pieces("openai", ["a", "b"])]
    head = replies.head("openai") + b"".join(begun[:2])
    rest = b"".join(begun[2:]) + b"0\r\n\r\n"
    running, server = service([send(head), hold(released), send(rest)])
    client, headers = running.client(), {"Idempotency-Key": "k"}
    with client.open() as first, client.open() as second:
        live = Stream()
        first.send(stream_request(client, headers=headers))
        events = events_of(first, live)
        next(events)
        second.send(stream_request(client, headers=headers))
        client.get("/healthz")
        # The client that had it live leaves: the other one is answered nevertheless.
        first.close()
        client.get("/healthz")
        released.set()
        stream = read_stream(second)
    assert stream.deltas == ["ab"] and live.deltas == ["a"]
    assert len(server.requests) == 1


def test_a_failed_stream_is_not_repeated(service):
    cut = replies.raw("openai", replies.token("openai", "a"))
    running, server = service(in_turn(cut, replies.stream("openai", ["ab"])))
    assert with_key(running.client()).message is None
    assert with_key(running.client()).text == "ab"
    assert len(server.requests) == 2


def test_a_client_that_leaves_a_stream_may_ask_again(service):
    talking = replies.stream("openai", ["a"] * 50, interval=0.1)
    running, server = service(in_turn(talking, replies.stream("openai", ["ab"])))
    client = running.client()
    with client.open() as connection:
        connection.send(stream_request(client, headers={"Idempotency-Key": "k-1"}))
        next(events_of(connection, Stream()))
    assert server.connections[0].left.wait(2)
    assert with_key(client).text == "ab"


def test_streams_of_a_conversation_come_one_after_the_other(service):
    running, server = service(
        lambda request: replies.stream("openai", [request.dialogue[-1][1], "!"], interval=0.03)
    )
    client = running.client()
    streams = []
    with client.open() as one, client.open() as two, client.open() as three:
        for number, connection in enumerate([one, two, three]):
            connection.send(stream_request(client, f"m{number}", conversation_id="c"))
            client.get("/healthz")
        with ThreadPoolExecutor() as pool:
            streams = list(pool.map(read_stream, [one, two, three]))
    assert [stream.text for stream in streams] == ["m0!", "m1!", "m2!"]
    for earlier, later in pairwise(streams):
        assert earlier.events[-1].at <= later.events[0].at
    last = server.requests[2].dialogue
    assert [content for _, content in last] == ["m0", "m0!", "m1", "m1!", "m2"]


def test_a_stream_that_is_left_leaves_the_context_as_it_was(service):
    talking = replies.stream("openai", ["a"] * 50, interval=0.1)
    running, server = service(in_turn(talking, replies.stream("openai", ["ab"])))
    client = running.client()
    with client.open() as connection:
        connection.send(stream_request(client, "first", conversation_id="c"))
        next(events_of(connection, Stream()))
    assert streamed(client, "second", conversation_id="c").text == "ab"
    assert server.requests[1].dialogue == [("user", "second")]


def test_the_connection_is_kept_after_a_stream(running):
    client = running.client()
    message = stream_request(client, bot="quick")
    with client.open() as connection:
        for _ in range(3):
            connection.send(message)
            assert read_stream(connection).text == "ab"
        connection.send(message * 3)
        assert [read_stream(connection).text for _ in range(3)] == ["ab"] * 3


def test_a_client_of_http_1_0(running):
    """HTTP/1.0 has no chunks: the end of the connection is the end of the body."""
    client = running.client()
    with client.open() as connection:
        message = stream_request(client, bot="quick")
        connection.send(message.replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        stream = Stream()
        kinds = [event.type for event in events_of(connection, stream)]
    assert kinds == ["delta", "delta", "message"]
    assert not stream.values("Transfer-Encoding") and not stream.values("Content-Length")


def test_other_methods_are_not_allowed(running):
    for method in ["HEAD", "GET", "PUT"]:
        response = running.client().request(method, messages_path("quick"))
        assert response.status == 405
        assert response.field("Allow") == "POST"


@pytest.mark.parametrize("stream", ["yes", 1, "true", [], {}, 0])
def test_stream_is_a_boolean(running, stream):
    response = running.client().message(bot="quick", stream=stream)
    assert (response.status, response.error["param"]) == (400, "stream")


@pytest.mark.parametrize("stream", [None, False])
def test_no_stream_is_no_stream(service, stream):
    running, server = service(whole.reply("openai", "ab"))
    assert running.client().message(stream=stream).data["content"] == "ab"
    assert "stream" not in server.requests[0].json


def test_fields_of_a_stream(running):
    stream = streamed(running.client(), bot="quick", headers={"X-Request-Id": "mine"})
    assert stream.values("X-Request-Id") == ["mine"]
    assert stream.values("Cache-Control") == ["no-store"]
    assert stream.values("X-Accel-Buffering") == ["no"]
    assert not [key for key, _ in stream.fields if key.lower().startswith("access-control")]


def test_the_end_waits_for_streams(service):
    running, _ = service(replies.stream("openai", ["a", "b", "c"], interval=0.15))
    client = running.client()
    with client.open() as connection:
        connection.send(stream_request(client))
        stream = Stream()
        events = events_of(connection, stream)
        next(events)
        running.process.terminate()
        assert [event.type for event in events] == ["delta", "delta", "message"]
        assert stream.is_whole
    assert running.await_exit(3) == 0


def test_a_stream_that_is_not_waited_for_does_not_look_whole(service):
    """A second SIGTERM ends the gateway at once."""
    running, server = service([*slowly("a", "b", before_end=60)])
    client = running.client()
    with client.open() as connection:
        connection.send(stream_request(client))
        stream = Stream()
        events = events_of(connection, stream)
        next(events)
        running.process.terminate()
        running.await_log("stopping")
        running.process.terminate()
        with pytest.raises(ConnectionError):
            list(events)
    assert not stream.is_whole and stream.message is None
    assert running.await_exit(3) == 0
    assert server.connections[0].left.wait(1)


@pytest.mark.timing
def test_a_silent_stream_gets_comments(running):
    """Every 15 s: before the first token and after it, while the reply is kept back, and while
    other messages of the conversation come first."""
    started = running.began_at
    streams = {name: future.result() for name, future in running.long.items()}
    for name, stream in streams.items():
        assert len(stream.comments) == 1, name
        assert SILENCE - 0.5 < stream.comments[0] - started < SILENCE + 2
        assert stream.is_whole
    assert streams["late"].deltas == streams["hesitant"].deltas == ["a", "b"]
    assert streams["whole"].deltas == ["ab"]
    assert streams["failing"].failure["attempts"][0]["outcome"] == "auth_failed"
    queued = Stream()
    running.queued.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        next(events_of(running.queued, queued))
    assert len(queued.comments) == 1 and not queued.events
