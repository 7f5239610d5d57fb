"""Fixtures for tests of streams."""

import json

import pytest

from vendor_replies import HELLO, PATHS


@pytest.fixture
def ask(one_integration):
    """Sends one message to a gateway with one integration; returns the answer."""

    def send_one(face, type, script, stream=False, /, **settings):
        running, _ = one_integration(type, script, **settings)
        body = {"content": "Hello", "stream": stream}
        if face != "native":
            body = {"model": "support", "max_tokens": 64, "messages": HELLO, "stream": stream}
        answer = running.client().post(PATHS[face], body)
        if face == "ollama" and stream:
            return [json.loads(line) for line in answer.body.splitlines()]
        if not stream or not answer.body.startswith((b"event", b"data", b":")):
            return answer.json
        lines = answer.body.splitlines()
        return [json.loads(line[6:]) for line in lines if line.startswith(b"data: {")]

    return send_one
