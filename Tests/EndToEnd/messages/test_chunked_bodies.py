"""Bodies in chunks are read as a strict parser reads them: random ones, sound and damaged.

`scripts/chunked-bodies` sends a million."""

import json
import os

import pytest

from chunked_bodies import Body, Incomplete, Refused, parse, random_body
from client import Connection, messages_path

COUNT = int(os.environ.get("POSTERN_BODIES", "2000"))
HEAD = (
    f"POST {messages_path()} HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
).encode()
FOLLOWING = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


def expected(text: bytes) -> Body | None:
    """The body that the text begins with, `None` if it is refused or not whole."""
    try:
        return parse(text)
    except (Refused, Incomplete):
        return None


def content(data: bytes) -> str | None:
    """The message's text; `None` for what is not a message of text."""
    try:
        text = json.loads(data)["content"]
    except (ValueError, KeyError, TypeError):
        return None
    return text if isinstance(text, str) else None


def check_body(connection: Connection, text: bytes) -> bool:
    """Sends one body, and compares the result; returns whether the connection stays."""
    body = expected(text + FOLLOWING)
    connection.send_if_open(HEAD + text + FOLLOWING)
    if body is None:
        connection.socket.shutdown(1)
        try:
            response = connection.read_response()
        except (ConnectionError, TimeoutError):
            return False
        assert response.status in (400, 413), (text, response)
        assert connection.is_closed_within(2), text
        return False
    response = connection.read_response()
    if (said := content(body.data)) is not None and said.strip():
        assert response.status == 200, (text, body, response)
        assert response.data["content"] == said, (text, body)
    else:
        assert response.status in (200, 400), (text, body, response)
        assert b"not valid HTTP" not in response.body, (text, body, response)
    if (text + FOLLOWING)[body.end :] != FOLLOWING:
        return False
    assert connection.read_response("GET").status == 200, (text, body)
    return True


@pytest.mark.timeout(7200)
def test_bodies_are_read_as_a_strict_parser_does(gateway, generator):
    client = gateway({"bot default": {}, "integration echo": {"type": "echo"}}).client()
    connection = client.open()
    sound = 0
    for _ in range(COUNT):
        said = "".join(generator.choices('ab0;:"\\ \r\n', k=generator.randint(1, 12)))
        text = random_body(json.dumps({"content": said}).encode(), generator)
        sound += expected(text) is not None
        if not check_body(connection, text):
            connection.close()
            connection = client.open()
    connection.close()
    assert COUNT / 10 < sound < COUNT * 9 / 10, "the bodies test too little"
    print(f"{COUNT} bodies, {sound} of them sound")
