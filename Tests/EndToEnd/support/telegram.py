"""A server that speaks Telegram's Bot API, by its public documentation, and takes nothing else:
https://core.telegram.org/bots/api"""

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "123456:AAtest_token-of-a-bot_that_is_not_there"
USERNAME = "postern_test_bot"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann", "last_name": "Lee", "username": "Ann_L"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Ann"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Family"}

PARAMETERS = {
    "getMe": set(),
    "getUpdates": {"offset", "limit", "timeout", "allowed_updates"},
    "sendMessage": {
        *("chat_id", "message_thread_id", "text", "parse_mode", "entities"),
        *("link_preview_options", "disable_notification", "reply_parameters"),
    },
    "sendChatAction": {"chat_id", "message_thread_id", "action"},
    "getFile": {"file_id"},
}
TAGS = {"b", "i", "u", "s", "code", "pre", "a", "blockquote"}


class Refused(Exception):
    """Telegram refuses a call."""

    def __init__(self, code: int, description: str, **parameters: int):
        super().__init__(description)
        self.body = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters


@dataclass
class Call:
    """One call of a method."""

    method: str
    parameters: dict
    at: float = field(default_factory=time.monotonic)
    answered_at: float | None = None


class Text(HTMLParser):
    """The text of a message in HTML. Everything that Telegram would not parse is refused."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.feed(html)
        self.close()
        if self.open:
            raise Refused(400, f"Bad Request: can't parse entities: no end tag for {self.open}")

    def handle_starttag(self, tag: str, attributes: list) -> None:
        if tag not in TAGS:
            raise Refused(400, f'Bad Request: can\'t parse entities: unsupported start tag "{tag}"')
        self.open.append(tag)
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise Refused(400, f'Bad Request: can\'t parse entities: unexpected end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text += data


class Telegram:
    """The server. `updates` has what was not confirmed; `sent` the messages of the bot."""

    def __init__(self, token: str = TOKEN):
        self.token = token
        self.calls: list[Call] = []
        self.sent: list[dict] = []
        self.violations: list[str] = []
        self.files: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.updates: deque[dict] = deque()
        self.is_away = False
        self.on_send: Callable[[dict], None] | None = None
        self._answers: dict[str, deque] = {}
        self._changed = threading.Condition()
        self._poll = 0
        self._update = 1000
        self._message = 0
        self._closing = False
        self.port = 0
        self._listen()

    def _listen(self) -> None:
        handler = type("Handler", (Handler,), {"telegram": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def go_away(self) -> None:
        """No connection can be made any more. People go on writing."""
        with self._changed:
            self.is_away = True
            self._changed.notify_all()
        self._server.shutdown()
        self._server.server_close()

    def come_back(self) -> None:
        self.is_away = False
        self._listen()

    # What people do

    def write(self, text: str | None = None, *, chat: dict = PRIVATE, user: dict = ANN, **members):
        """Someone writes a message. Returns the update."""
        self._message += 1
        message = {"message_id": self._message, "date": int(time.time()), "chat": chat}
        message |= {"from": user} | ({} if text is None else {"text": text}) | members
        return self.update(message=message)

    def update(self, **content: object) -> dict:
        with self._changed:
            self._update += 1
            update = {"update_id": self._update, **content}
            self.updates.append(update)
            self._changed.notify_all()
        return update

    # What the server does

    def answer_next(self, method: str, *answers: object) -> None:
        """The next answers to a method: an exception to raise, bytes to send as they are, or a
        function of the parameters."""
        with self._changed:
            self._answers.setdefault(method, deque()).extend(answers)

    def count(self, method: str) -> int:
        return sum(call.method == method for call in self.calls)

    def await_sent(self, count: int, timeout: float = 15) -> list[dict]:
        self._await(lambda: len(self.sent) >= count, timeout, f"{count} messages")
        return self.sent

    def await_calls(self, method: str, count: int, timeout: float = 15) -> list[Call]:
        self._await(lambda: self.count(method) >= count, timeout, f"{count} calls of {method}")
        return [call for call in self.calls if call.method == method]

    def await_confirmed(self, timeout: float = 15) -> None:
        """Waits until the bot has confirmed all updates."""
        self._await(lambda: not self.updates, timeout, "the confirmation of all updates")

    def _await(self, condition: Callable[[], bool], timeout: float, what: str) -> None:
        with self._changed:
            reached = self._changed.wait_for(condition, timeout)
        summary = [(call.method, call.parameters) for call in self.calls[-12:]]
        assert reached, f"{what} did not come within {timeout} s: {summary} {self.sent}"

    def perform(self, method: str, parameters: dict) -> object:
        call = Call(method, parameters)
        with self._changed:
            self.calls.append(call)
            self._changed.notify_all()
            answers = self._answers.get(method)
            answer = answers.popleft() if answers else None
        try:
            if unknown := set(parameters) - PARAMETERS.get(method, set()):
                self.violations.append(f"{method} with {unknown}")
            if isinstance(answer, Exception):
                raise answer
            if isinstance(answer, bytes):
                return answer
            if answer is not None:
                return answer(parameters)
            return getattr(self, method)(**parameters)
        finally:
            with self._changed:
                call.answered_at = time.monotonic()
                self._changed.notify_all()

    def getMe(self) -> dict:
        bot = int(self.token.partition(":")[0])
        return {"id": bot, "is_bot": True, "first_name": "Test", "username": USERNAME}

    def getUpdates(self, offset=0, limit=100, timeout=0, allowed_updates=()) -> list[dict]:
        self._check(type(offset) is int and 1 <= limit <= 100 and 0 <= timeout <= 50, "getUpdates")
        self._check(list(allowed_updates) == ["message", "edited_message"], "allowed_updates")
        with self._changed:
            self._poll += 1
            mine = self._poll
            self._changed.notify_all()
            while self.updates and self.updates[0]["update_id"] < offset:
                self.updates.popleft()
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self.updates or self._closing or self._poll != mine or self.is_away,
                timeout,
            )
            if self._poll != mine:
                raise Refused(
                    409, "Conflict: terminated by other getUpdates request; make sure that only one"
                )
            return list(self.updates)[:limit]

    def sendMessage(self, chat_id, text, parse_mode=None, **others) -> dict:
        self._check(type(chat_id) is int and isinstance(text, str), "sendMessage")
        self._check(parse_mode in (None, "HTML"), "parse_mode")
        reply = others.get("reply_parameters", {})
        self._check(set(reply) <= {"message_id", "allow_sending_without_reply"}, "reply_parameters")
        tags = []
        plain = text
        if parse_mode:
            parsed = Text(text)
            plain, tags = parsed.text, parsed.tags
        if not plain.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(plain.encode("utf-16-le")) > 2 * 4096:
            raise Refused(400, "Bad Request: message is too long")
        message = {"chat_id": chat_id, "text": plain, "tags": tags, "raw": text, **others}
        with self._changed:
            self.sent.append(message | {"at": time.monotonic(), "parse_mode": parse_mode})
            self._changed.notify_all()
        if self.on_send:
            self.on_send(message)
        self._message += 1
        return {"message_id": self._message, "chat": {"id": chat_id}, "text": plain}

    def sendChatAction(self, chat_id, action, message_thread_id=0) -> bool:
        self._check(type(chat_id) is int and action == "typing", "sendChatAction")
        return True

    def getFile(self, file_id) -> dict:
        if file_id not in self.files:
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[file_id])
        if size > 20 << 20:
            raise Refused(400, "Bad Request: file is too big")
        return {"file_id": file_id, "file_size": size, "file_path": f"photos/{file_id}.bin"}

    def _check(self, condition: bool, what: str) -> None:
        if not condition:
            self.violations.append(f"wrong parameters: {what}")


class Handler(BaseHTTPRequestHandler):
    telegram: Telegram
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        # A gateway that is killed does not close its connections in good order.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def do_POST(self) -> None:
        telegram = self.telegram
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if telegram.is_away:
            self.close_connection = True
            return
        try:
            if not self.path.startswith(f"/bot{telegram.token}/"):
                raise Refused(401, "Unauthorized")
            method = self.path.rpartition("/")[2]
            if method not in PARAMETERS:
                raise Refused(404, "Not Found")
            if not self.headers["Content-Type"].startswith("application/json"):
                telegram.violations.append(f"type {self.headers['Content-Type']}")
            result = telegram.perform(method, json.loads(body))
            if isinstance(result, bytes):
                self._send(200, result)
            else:
                self._send(200, json.dumps({"ok": True, "result": result}).encode())
        except Refused as refused:
            self._send(refused.body["error_code"], json.dumps(refused.body).encode())

    def do_GET(self) -> None:
        telegram = self.telegram
        prefix = f"/file/bot{telegram.token}/photos/"
        name = self.path.removeprefix(prefix).removesuffix(".bin")
        telegram.fetched.append(name)
        if self.path.startswith(prefix) and name in telegram.files and not telegram.is_away:
            self._send(200, telegram.files[name], "application/octet-stream")
        else:
            self._send(404, b"not found", "text/plain")

    def _send(self, status: int, body: bytes, type: str = "application/json") -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.send_header("Content-Type", type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
