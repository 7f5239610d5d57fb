"""What the flight recorder has."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import replies
from client import Connection, request_bytes
from configuration import integration


def exchanges(client, query=""):
    response = client.get(f"/v1/exchanges{query}")
    assert response.status == 200, response.body
    return response.data


def two_bots(gateway, backend):
    """A bot whose first integration fails, and one that echoes."""
    broken = backend(lambda _: replies.failure("400 Bad Request"))
    good = backend(lambda _: replies.custom("Hi!"))
    return gateway(
        {
            "bot support": {},
            "bot other": {},
            "integration first": integration(broken.url, bot="support", retries=0),
            "integration spare": integration(good.url, bot="support", fallback="yes"),
            "integration echo": {"type": "echo", "bot": "other"},
        }
    ).client()


@contextmanager
def following(client, query="", buffer=None) -> Iterator[tuple[Connection, Iterator[bytes]]]:
    """A stream of exchanges, and its blocks. A block that has not come is waited for."""
    with Connection(client.address, 30, buffer) as connection:
        fields = client.request_headers({"Accept": "text/event-stream"})
        connection.send(request_bytes("GET", f"/v1/exchanges{query}", fields))
        status, fields = connection.read_head()
        assert status == 200
        assert ("Content-Type", "text/event-stream") in fields
        yield connection, blocks(connection)


def blocks(connection):
    rest = b""
    for piece in connection.read_pieces(is_chunked=True):
        *whole, rest = (rest + piece).split(b"\n\n")
        yield from whole


def next_exchange(stream):
    for block in stream:
        if block.startswith(b"event: exchange\ndata: "):
            return json.loads(block[22:])
    raise AssertionError("the stream has ended")
