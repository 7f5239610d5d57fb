"""One question on each interface, whole and streamed, and what the client is told."""

import json
from dataclasses import dataclass

from client import Client, messages_path

FACES = ["native", "openai", "anthropic", "ollama"]
PATHS = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages", "ollama": "/api/chat"}
MESSAGES = [{"role": "user", "content": "Hello"}]


@dataclass
class Told:
    """What a client has understood. `end` is why the reply ended, `None` without an end."""

    status: int
    text: str = ""
    end: str | None = None
    error: dict | None = None


def ask(client: Client, face: str, bot: str, stream: bool = False) -> Told:
    """Sends one message to a bot."""
    if face == "native":
        response = client.post(messages_path(bot), {"content": "Hello", "stream": stream})
    else:
        path = PATHS[face]
        body = {"model": bot, "max_tokens": 64, "messages": MESSAGES, "stream": stream}
        response = client.post(path, body)
    if response.status != 200:
        return Told(response.status, error=_error(response.json))
    if face == "ollama":
        lines = [json.loads(line) for line in response.body.splitlines()]
        assert stream or len(lines) == 1
        return _lines(lines)
    if stream:
        return _streamed(face, response.body)
    return _whole(face, response.json)


def _error(body: dict) -> dict:
    """Ollama's is its message alone."""
    error = body["error"]
    return {"message": error} if isinstance(error, str) else error


def _lines(lines: list[dict]) -> Told:
    """Ollama's objects: the last is done, or an error."""
    told = Told(200)
    for line in lines:
        if "error" in line:
            told.error = _error(line)
        else:
            told.text += line["message"]["content"]
            told.end = line.get("done_reason")
        assert line is lines[-1] or line["done"] is False
    return told


def _whole(face: str, body: dict) -> Told:
    if face == "native":
        return Told(200, body["data"]["content"], "message")
    if face == "openai":
        choice = body["choices"][0]
        return Told(200, choice["message"]["content"], choice["finish_reason"])
    texts = [block["text"] for block in body["content"] if block["type"] == "text"]
    return Told(200, "".join(texts), body["stop_reason"])


def _streamed(face: str, body: bytes) -> Told:
    told = Told(200)
    for block in body.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "data" not in fields or fields["data"] == "[DONE]":
            continue
        data = json.loads(fields["data"])
        if "error" in data:
            told.error = data["error"]
        elif face == "native":
            told.text += data.get("content", "") if fields["event"] == "delta" else ""
            told.end = "message" if fields["event"] == "message" else told.end
        elif face == "openai":
            for choice in data["choices"]:
                told.text += choice["delta"].get("content") or ""
                told.end = choice["finish_reason"] or told.end
        else:
            delta = data.get("delta", {})
            told.text += delta.get("text", "")
            told.end = delta.get("stop_reason") or told.end
    return told
