"""Slack's side: signed events, and a server that takes `chat.postMessage` by its documentation, and
has files."""

import contextlib
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
TOKEN = "xoxb-not-a-real-token"


def signed(body: bytes, secret: str = SECRET, at: float | None = None) -> dict[str, str]:
    """The fields of a request of Slack's."""
    timestamp = str(int(time.time() if at is None else at))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256)
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": "v0=" + digest.hexdigest(),
        "Content-Type": "application/json",
    }


def event(text: str = "Hi", **members: object) -> dict:
    """An event about a direct message, or with other members."""
    message = {
        "type": "message",
        "channel": "D1",
        "channel_type": "im",
        "user": "U1",
        "text": text,
        "ts": f"{time.time():.6f}",
        **members,
    }
    return {
        "type": "event_callback",
        "team_id": "T1",
        "event_id": "Ev1",
        "event": message,
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
    }


class Slack:
    """A server with `chat.postMessage`, and with files for requests that have the token."""

    def __init__(self):
        self.sent: list[dict] = []
        self.violations: list[str] = []
        self.files: dict[str, bytes] = {}
        self.answers: deque[tuple[int, dict, dict]] = deque()
        self._changed = threading.Condition()
        handler = type("Handler", (Handler,), {"slack": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def file(self, name: str, type: str, content: bytes) -> dict:
        """A file, as events have it."""
        self.files[f"/files/{name}"] = content
        url = self.url.removesuffix("/api") + f"/files/{name}"
        return {"name": name, "mimetype": type, "url_private": url, "size": len(content)}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def await_sent(self, count: int, timeout: float = 15) -> list[dict]:
        with self._changed:
            reached = self._changed.wait_for(lambda: len(self.sent) >= count, timeout)
        assert reached, f"{count} messages did not come within {timeout} s: {self.sent}"
        return self.sent

    def post(self, path: str, fields: dict, body: dict) -> tuple[int, dict, dict]:
        if path != "/api/chat.postMessage":
            return 404, {}, {"ok": False, "error": "unknown_method"}
        if self.answers:
            return self.answers.popleft()
        if fields["Authorization"] != f"Bearer {TOKEN}":
            return 200, {}, {"ok": False, "error": "invalid_auth"}
        if not set(body) <= {"channel", "text", "thread_ts", "mrkdwn", "unfurl_links"}:
            self.violations.append(f"unknown members: {set(body)}")
        if not isinstance(body.get("text"), str) or not 1 <= len(body["text"]) <= 4000:
            self.violations.append(f"text of {len(body.get('text', ''))} characters")
        with self._changed:
            self.sent.append(body | {"at": time.monotonic()})
            self._changed.notify_all()
        return 200, {}, {"ok": True, "channel": body["channel"], "ts": "1.1"}


class Handler(BaseHTTPRequestHandler):
    slack: Slack
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        # A gateway that is killed does not close its connections in good order.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        content = self.slack.files.get(self.path)
        is_allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        status, body = (200, content) if content is not None and is_allowed else (404, b"no")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self.headers["Content-Type"].startswith("application/json"):
            self.slack.violations.append(f"type {self.headers['Content-Type']}")
        status, fields, answer = self.slack.post(self.path, dict(self.headers), body)
        text = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
