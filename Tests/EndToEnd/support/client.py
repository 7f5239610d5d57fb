"""An HTTP client over bare sockets, so that a test decides about every byte that it sends. Every
answer is checked against the rules for all answers."""

import json
import re
import select
import socket
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from address import Address

ERROR_TYPES = {
    "invalid_request_error",
    "authentication_error",
    "permission_error",
    "not_found_error",
    "conflict_error",
    "rate_limit_error",
    "backend_error",
    "overloaded_error",
    "server_error",
}

ANTHROPIC_ERROR_TYPES = ERROR_TYPES - {"backend_error", "server_error", "conflict_error"} | {
    "api_error",
    "request_too_large",
}


@dataclass(frozen=True)
class Response:
    status: int
    fields: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def field(self, name: str) -> str:
        """The value of a field that must occur exactly once."""
        values = self.values(name)
        assert len(values) == 1, f"{name} came {len(values)} times in {self.fields}"
        return values[0]

    @property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def data(self) -> dict:
        """The object of a success."""
        assert self.status == 200, f"{self.status}: {self.body!r}"
        return self.json["data"]

    @property
    def error(self) -> dict:
        """The object of a failure."""
        assert self.status >= 400, f"{self.status}: {self.body!r}"
        return self.json["error"]

    @property
    def attempts(self) -> list[dict]:
        """The attempts: successes and failures have them in different places."""
        return self.json["data"]["attempts"] if self.status == 200 else self.json["attempts"]

    @property
    def outcomes(self) -> list[str]:
        return [attempt["outcome"] for attempt in self.attempts]

    def check_promises(self, has_body: bool) -> None:
        """The rules for every response, whatever the request was."""
        assert re.fullmatch(r"[\x21-\x7e]{1,128}", self.field("X-Request-Id"))
        cors = [key for key, _ in self.fields if key.lower().startswith("access-control-")]
        assert not cors, f"CORS fields are never sent, but {cors} came"
        if self.status < 400 or not has_body:
            return
        assert self.field("Content-Type").split(";")[0] == "application/json"
        error = self.error
        if isinstance(error, str):
            # Ollama's form.
            assert error and self.json.keys() == {"error"}
            return
        rest = {"param", "details"} if error.get("param") == "thread" else {"param"}
        assert {"type", "code", "message"} <= set(error) <= {"type", "code", "message", *rest}
        is_anthropic = self.json.get("type") == "error"
        assert error["type"] in (ANTHROPIC_ERROR_TYPES if is_anthropic else ERROR_TYPES)
        assert re.fullmatch(r"[a-z0-9_]+", error["code"])
        assert isinstance(error["message"], str) and error["message"]


class Connection:
    """One connection to the gateway."""

    def __init__(self, address: Address, timeout: float = 30, receive_buffer: int | None = None):
        self.address = address
        self.socket = address.connect(timeout, receive_buffer)
        self.buffer = b""

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, reset: bool = False) -> None:
        """Leaves in good order (FIN) or, with `reset`, like a client that crashes (RST)."""
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def send_if_open(self, data: bytes) -> bool:
        """Sends; false after the gateway has closed. For clients that continue to send."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def read_response(self, method: str = "POST") -> Response:
        """The next final response; interim responses are skipped."""
        while True:
            head = self._take_until(b"\r\n\r\n")
            status, fields = _parsed_head(head)
            if status >= 200:
                break
        has_body = method != "HEAD" and status not in (204, 304)
        body = self._take_body(fields) if has_body else b""
        response = Response(status, fields, body)
        response.check_promises(has_body)
        return response

    def read_head(self) -> tuple[int, tuple[tuple[str, str], ...]]:
        """Status and fields of a response whose body is read piece by piece."""
        return _parsed_head(self._take_until(b"\r\n\r\n"))

    def read_pieces(self, is_chunked: bool) -> Iterator[bytes]:
        """The body as it arrives, until its last chunk or, without chunks, until the
        connection's end."""
        if is_chunked:
            while size := int(self._take_until(b"\r\n"), 16):
                yield self._take(size)
                assert self._take(2) == b"\r\n"
            assert self._take_until(b"\r\n") == b"", "no trailers are expected"
            return
        while True:
            if self.buffer:
                yield self._take(len(self.buffer))
            data = self.socket.recv(65536)
            if not data:
                return
            self.buffer += data

    def read_last_status(self) -> int:
        """The status of a response that ends the connection, whatever follows its status line."""
        head = self._take_until(b"\r\n\r\n")
        self.socket.settimeout(2)
        while self.socket.recv(4096):
            pass
        return _parsed_head(head)[0]

    def is_closed_within(self, seconds: float) -> bool:
        """Whether the gateway closes, and sends nothing more."""
        if self.buffer:
            return False
        try:
            readable, _, _ = select.select([self.socket], [], [], seconds)
            return bool(readable) and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def seconds_until_closed(self, limit: float) -> float:
        """How long the gateway keeps the connection; data that it still sends is ignored."""
        start = time.monotonic()
        self.socket.settimeout(limit)
        try:
            while self.socket.recv(65536):
                self.socket.settimeout(max(limit - (time.monotonic() - start), 0.001))
        except ConnectionResetError:
            pass
        except TimeoutError as error:
            raise AssertionError(f"still open after {limit} s") from error
        return time.monotonic() - start

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError(f"closed after {self.buffer!r}")
        self.buffer += data

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._receive()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _take_until(self, mark: bytes) -> bytes:
        while mark not in self.buffer:
            self._receive()
        taken, _, self.buffer = self.buffer.partition(mark)
        return taken

    def _take_body(self, fields: tuple[tuple[str, str], ...]) -> bytes:
        named = {key.lower(): value for key, value in fields}
        if named.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self._take_until(b"\r\n"), 16):
                body += self._take(size)
                assert self._take(2) == b"\r\n"
            assert self._take_until(b"\r\n") == b"", "no trailers are expected"
            return body
        assert "content-length" in named, f"nothing says where the body ends: {fields}"
        return self._take(int(named["content-length"]))


def _parsed_head(head: bytes) -> tuple[int, tuple[tuple[str, str], ...]]:
    status_line, *lines = head.decode("latin-1").split("\r\n")
    match = re.fullmatch(r"HTTP/1\.[01] (\d{3}) [\x20-\x7e]*", status_line)
    assert match, status_line
    fields = [re.fullmatch(r"([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*", line) for line in lines]
    assert all(fields), head
    return int(match[1]), tuple((found[1], found[2]) for found in fields if found)


def request_bytes(
    method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
) -> bytes:
    """A well-formed HTTP/1.1 request."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{key}: {value}" for key, value in headers.items())]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")


def form(parts: Mapping[str, str | bytes], boundary: str = "b0undary") -> tuple[bytes, str]:
    """A form as clients send it, and its `Content-Type`. The part `file` has a file's name."""
    body = b""
    for name, value in parts.items():
        file = '; filename="a.wav"\r\nContent-Type: audio/wav' if name == "file" else ""
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        content = value if isinstance(value, bytes) else value.encode()
        body += head.encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def messages_path(bot: str = "default") -> str:
    return f"/v1/bots/{bot}/messages"


@dataclass
class Client:
    """Ordinary requests, each on a connection of its own."""

    address: Address
    key: str | None = None
    timeout: float = 30
    headers: dict[str, str] = field(default_factory=dict)

    def open(self) -> Connection:
        return Connection(self.address, self.timeout)

    def request_headers(self, headers: Mapping[str, str] | None = None) -> dict[str, str]:
        """Every ordinary request's fields, overridden and extended by `headers`."""
        authorization = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        base = {"Host": self.address.authority, **authorization, **self.headers}
        return {**base, **(headers or {})}

    def request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        with self.open() as connection:
            connection.send(request_bytes(method, target, self.request_headers(headers), body))
            return connection.read_response(method)

    def get(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        return self.request("GET", target, headers=headers)

    def post(
        self, target: str, document: object, headers: Mapping[str, str] | None = None
    ) -> Response:
        """`document` is sent as JSON, or as it is if it is bytes."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.request(
            "POST", target, body, {"Content-Type": "application/json", **(headers or {})}
        )

    def delete(self, target: str, headers: Mapping[str, str] | None = None) -> Response:
        return self.request("DELETE", target, headers=headers)

    def message_request(self, content: object = "Hello", bot: str = "default", **rest) -> bytes:
        """The bytes of a message, for a test that sends them itself."""
        body = json.dumps({"content": content, **rest}).encode()
        headers = self.request_headers({"Content-Type": "application/json"})
        return request_bytes("POST", messages_path(bot), headers, body)

    def message(self, content: object = "Hello", bot: str = "default", **rest) -> Response:
        """Sends one message; `rest` are further members of its object."""
        return self.post(messages_path(bot), {"content": content, **rest})


@contextmanager
def connections(client: Client, count: int) -> Iterator[list[Connection]]:
    """That many connections, closed at the end."""
    with ExitStack() as stack:
        yield [stack.enter_context(client.open()) for _ in range(count)]


@contextmanager
def blackhole() -> Iterator[int]:
    """A port at which connecting neither succeeds nor fails: its backlog is full."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def unused_tcp_socket() -> socket.socket:
    """A bound socket that does not listen: connecting to its port is refused while it lives."""
    closed = socket.socket()
    closed.bind(("127.0.0.1", 0))
    return closed
