"""Backends over bare sockets. Each answers by a script of actions, byte by byte, and keeps every
request as it arrived."""

import contextlib
import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

POLL_PEER_LEFT = select.POLLRDHUP | select.POLLHUP | select.POLLERR


class ConnectionOver(Exception):
    """The script ended the connection, or the peer left."""


@dataclass(frozen=True)
class Request:
    """One request, parsed and as it arrived, and the time of its last byte."""

    raw: bytes
    body: bytes
    arrived_at: float

    @cached_property
    def lines(self) -> list[str]:
        return self.raw.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")

    @property
    def method(self) -> str:
        return self.lines[0].split(" ")[0]

    @property
    def target(self) -> str:
        return self.lines[0].split(" ")[1]

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        return [
            (name, value.strip()) for name, _, value in (x.partition(":") for x in self.lines[1:])
        ]

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def field(self, name: str) -> str:
        values = self.values(name)
        assert len(values) == 1, f"{name} came {len(values)} times in {self.fields}"
        return values[0]

    @cached_property
    def json(self) -> dict:
        return json.loads(self.body)

    @property
    def messages(self) -> list[tuple[str, object]]:
        """Role and content of each message."""
        return [(message["role"], message["content"]) for message in self.json["messages"]]

    @property
    def dialogue(self) -> list[tuple[str, object]]:
        """The messages without the system message, which the window does not count."""
        return [message for message in self.messages if message[0] != "system"]


class Connection:
    """The backend's end of one connection. `left_at` is the time when it saw that the peer had
    left."""

    def __init__(self, accepted: socket.socket):
        self.socket = accepted
        self.accepted_at = time.monotonic()
        self.left = threading.Event()
        self.left_at: float | None = None
        self.sent = 0
        self._buffer = b""

    def send(self, data: bytes) -> None:
        try:
            while data:
                count = self.socket.send(data)
                self.sent += count
                data = data[count:]
        except OSError as error:
            self._note_peer_left()
            raise ConnectionOver from error

    def wait(self, seconds: float | None) -> None:
        """Waits, but not after the peer has left."""
        poll = select.poll()
        poll.register(self.socket, POLL_PEER_LEFT)
        if poll.poll(None if seconds is None else seconds * 1000):
            self._note_peer_left()
            raise ConnectionOver

    def read_request(self) -> Request:
        head = self._read(lambda data: data.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in data else None)
        fields = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
        }
        if fields.get(b"expect", b"").lower() == b"100-continue":
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = int(fields.get(b"content-length", b"0"))
        assert b"transfer-encoding" not in fields, "backends are sent bodies of known length"
        body = self._read(lambda data: length if len(data) >= length else None)
        return Request(head + body, body, time.monotonic())

    def swallow(self) -> None:
        """Receives the first bytes, and ignores them."""
        try:
            self.socket.recv(65536)
        except OSError as error:
            self._note_peer_left()
            raise ConnectionOver from error

    def close(self, reset: bool = False) -> None:
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def interrupt(self) -> None:
        """Wakes the thread that serves this connection, so that it ends."""
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def _read(self, complete: Callable[[bytes], int | None]) -> bytes:
        while (end := complete(self._buffer)) is None:
            try:
                data = self.socket.recv(65536)
            except OSError:
                data = b""
            if not data:
                self._note_peer_left()
                raise ConnectionOver
            self._buffer += data
        taken, self._buffer = self._buffer[:end], self._buffer[end:]
        return taken

    def _note_peer_left(self) -> None:
        self.left_at = time.monotonic()
        self.left.set()


Action = Callable[[Connection], None]
Answer = Sequence[Action]
Script = Answer | Callable[[Request], Answer]


def send(data: bytes) -> Action:
    return lambda connection: connection.send(data)


def wait(seconds: float) -> Action:
    return lambda connection: connection.wait(seconds)


def stall() -> Action:
    """Sends nothing more, until the peer has left."""
    return lambda connection: connection.wait(None)


def swallow() -> Action:
    """Receives the first bytes, such as those that begin a TLS handshake."""
    return Connection.swallow


def drip(data: bytes, interval: float) -> Action:
    """Sends one byte at a time."""

    def action(connection: Connection) -> None:
        for byte in data:
            connection.send(bytes([byte]))
            connection.wait(interval)

    return action


def repeat(data: bytes) -> Action:
    """Sends the same data again and again, as fast as possible, until the peer has left."""

    def action(connection: Connection) -> None:
        while True:
            connection.send(data)

    return action


def hold(released: threading.Event) -> Action:
    """Waits until the test releases it, or the peer has left."""

    def action(connection: Connection) -> None:
        while not released.wait(0.005):
            connection.wait(0)

    return action


def finish() -> Action:
    """Closes in good order (FIN)."""

    def action(connection: Connection) -> None:
        connection.close()
        raise ConnectionOver

    return action


def reset() -> Action:
    """Closes in disorder (RST)."""

    def action(connection: Connection) -> None:
        connection.close(reset=True)
        raise ConnectionOver

    return action


def in_turn(*answers: Answer) -> Callable[[Request], Answer]:
    """The first answer to the first request, and so on; the last answer to all others."""
    lock = threading.Lock()
    remaining = list(answers)

    def script(_: Request) -> Answer:
        with lock:
            return remaining.pop(0) if len(remaining) > 1 else remaining[0]

    return script


class Backend:
    """A listening server. `greeting` is what it does with a connection before any request. A new
    port is chosen where none is given, and a socket made where no listener is."""

    def __init__(
        self,
        script: Script,
        greeting: Answer = (),
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        listener: socket.socket | None = None,
    ):
        self.script = script
        self.greeting = greeting
        self.tls = tls
        self.requests: list[Request] = []
        self.connections: list[Connection] = []
        self._changed = threading.Condition()
        self._closing = False
        self._listener = listener or socket.create_server((host, port), backlog=512)
        self.host = host
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The URL for integrations."""
        return f"{'https' if self.tls else 'http'}://{self.host}:{self.port}/chat"

    def await_requests(self, count: int = 1, timeout: float = 10) -> list[Request]:
        """Waits until that many requests have come, and returns all."""
        with self._changed:
            reached = self._changed.wait_for(lambda: len(self.requests) >= count, timeout)
        assert reached, f"{len(self.requests)} of {count} requests came within {timeout} s"
        return self.requests

    def forget_requests(self) -> None:
        with self._changed:
            self.requests.clear()

    def await_connections(self, count: int = 1, timeout: float = 10) -> list[Connection]:
        with self._changed:
            reached = self._changed.wait_for(lambda: len(self.connections) >= count, timeout)
        assert reached, f"{len(self.connections)} of {count} connections came within {timeout} s"
        return self.connections

    def close(self) -> None:
        with self._changed:
            self._closing = True
            connections = list(self.connections)
        with contextlib.suppress(OSError):
            # Ends the wait for a connection. A listener that was closed already has no such wait.
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in connections:
            connection.interrupt()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(accepted,), daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        connection = Connection(accepted)
        with self._changed:
            if self._closing:
                accepted.close()
                return
            self.connections.append(connection)
            self._changed.notify_all()
        try:
            if self.tls is not None:
                connection.socket = self.tls.wrap_socket(accepted, server_side=True)
            self._perform(connection, self.greeting)
            while True:
                request = connection.read_request()
                with self._changed:
                    self.requests.append(request)
                    self._changed.notify_all()
                script = self.script
                self._perform(connection, script(request) if callable(script) else script)
        except (ConnectionOver, ssl.SSLError, OSError):
            connection.close()

    @staticmethod
    def _perform(connection: Connection, answer: Answer) -> None:
        for action in answer:
            action(connection)
