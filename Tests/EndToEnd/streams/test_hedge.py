"""`hedge`: where a stream has brought nothing for some time, the next integration is asked, too."""

import time

import pytest

import stream_replies as replies
from backends import send, stall, wait
from configuration import integration
from stream_client import streamed

TOKENS = ["Once ", "upon ", "a time."]
STORY = "".join(TOKENS)

SILENT = {
    "silent": [stall()],
    "silent after the head": [send(replies.head("openai")), stall()],
}


@pytest.fixture
def pair(gateway):
    def start(first, second, hedge="500ms", **bot):
        settings = {"timeout": "20s", "breaker": "1/30s"}
        return gateway(
            {
                "bot default": {"hedge": hedge, **bot},
                "integration first": integration(first.url, "openai", **settings),
                "integration second": integration(second.url, "openai", fallback=True),
            }
        ).client()

    return start


def numbers(client, name):
    return next(x for x in client.get("/v1/stats").data if x["integration"] == name)


@pytest.mark.parametrize("delivery", ["live", "whole"])
@pytest.mark.parametrize("script", SILENT.values(), ids=SILENT.keys())
def test_the_second_is_heard_where_the_first_is_silent(pair, backend, script, delivery):
    first, second = backend(script), backend(replies.stream("openai", TOKENS))
    client = pair(first, second, delivery=delivery)
    start = time.monotonic()
    stream = streamed(client)
    assert 0.4 < time.monotonic() - start < 3
    assert stream.data["content"] == STORY
    assert [x["outcome"] for x in stream.data["attempts"]] == ["timeout", "ok"]
    assert "hedge" in stream.data["attempts"][0]["message"]
    silent = numbers(client, "first")
    assert (silent["hedged"], silent["cancelled"]) == (1, 1)
    assert sum(silent["attempts"].values()) == 0
    assert silent["breaker"]["state"] == "closed"
    (connection,) = first.connections
    assert connection.left.wait(5)


def test_the_first_is_heard_where_it_speaks_first(pair, backend):
    first = backend([wait(1), *replies.stream("openai", TOKENS)])
    second = backend([stall()])
    client = pair(first, second)
    stream = streamed(client)
    assert stream.data["integration"]["id"] == "first"
    assert [x["outcome"] for x in stream.data["attempts"]] == ["ok"]
    assert (numbers(client, "first")["hedged"], numbers(client, "second")["cancelled"]) == (1, 1)


def test_a_stream_that_has_begun_is_not_hedged(pair, backend):
    first = backend(replies.stream("openai", TOKENS, interval=0.4))
    second = backend(replies.stream("openai", ["no"]))
    client = pair(first, second, hedge="1200ms")
    assert streamed(client).data["content"] == STORY
    assert not second.requests


def test_it_is_off_by_default(pair, backend):
    first = backend([wait(1), *replies.stream("openai", TOKENS)])
    second = backend(replies.stream("openai", ["no"]))
    assert streamed(pair(first, second, hedge="no")).data["content"] == STORY
    assert not second.requests
