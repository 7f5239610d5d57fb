"""Proxies that tests look into: HTTP, with and without TLS, and SOCKS 5."""

import base64
import contextlib
import select
import socket
import ssl
import threading
from dataclasses import dataclass, field

from address import free_port


class Refused(Exception):
    """The proxy has refused a connection, or the peer has left."""


def receive(peer: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = peer.recv(count - len(data))
        if not part:
            raise Refused
        data += part
    return data


def pass_on(one: socket.socket, other: socket.socket) -> None:
    """Passes bytes on in both directions, until one side ends."""
    while True:
        # What TLS has decoded already does not make a socket readable.
        pending = isinstance(one, ssl.SSLSocket) and one.pending()
        for ready in [one] if pending else select.select([one, other], [], [])[0]:
            data = ready.recv(65536)
            if not data:
                return
            (other if ready is one else one).sendall(data)


@dataclass
class Proxy:
    """A proxy that runs until the test ends. `seen` has the targets, as it was given them. `status`
    is its answer to CONNECT, or its reply code of SOCKS."""

    scheme: str = "http"
    user: str = ""
    password: str = ""
    status: int | None = None
    tls: ssl.SSLContext | None = None
    seen: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.port = free_port()
        self.listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, credentials: str = "") -> str:
        return f"{self.scheme}://{credentials}127.0.0.1:{self.port}"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer: socket.socket) -> None:
        with contextlib.suppress(OSError, Refused):
            if self.tls is not None:
                peer = self.tls.wrap_socket(peer, server_side=True)
            with peer:
                self._socks(peer) if self.scheme.startswith("socks") else self._http(peer)

    # HTTP

    def _http(self, peer: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += receive(peer, 1)
        self.heads.append(head)
        method, target, _ = head.split(b"\r\n")[0].decode().split(" ")
        self.seen.append(target)
        wanted = base64.b64encode(f"{self.user}:{self.password}".encode())
        if self.user and b"Proxy-Authorization: Basic " + wanted + b"\r\n" not in head:
            peer.sendall(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n"
                b'Proxy-Authenticate: Basic realm="x"\r\nConnection: close\r\n\r\n'
            )
            return
        if self.status is not None:
            peer.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % self.status)
            return
        if method == "CONNECT":
            host, _, port = target.rpartition(":")
            backend = socket.create_connection((host, int(port)))
            peer.sendall(b"HTTP/1.1 200 Connected\r\nX-From-Proxy: yes\r\n\r\n")
        else:
            authority, _, path = target.removeprefix("http://").partition("/")
            host, _, port = authority.partition(":")
            backend = socket.create_connection((host, int(port)))
            lines = head.replace(target.encode(), b"/" + path.encode(), 1).split(b"\r\n")
            backend.sendall(b"\r\n".join(x for x in lines if not x.startswith(b"Proxy-")))
        with backend:
            pass_on(peer, backend)

    # SOCKS 5, RFC 1928 and RFC 1929

    def _socks(self, peer: socket.socket) -> None:
        _, count = receive(peer, 2)
        method = 2 if self.user else 0
        if method not in receive(peer, count):
            peer.sendall(b"\x05\xff")
            raise Refused
        peer.sendall(bytes([5, method]))
        if self.user:
            user = receive(peer, receive(peer, 2)[1]).decode()
            password = receive(peer, receive(peer, 1)[0]).decode()
            is_right = (user, password) == (self.user, self.password)
            peer.sendall(b"\x01\x00" if is_right else b"\x01\x01")
            if not is_right:
                raise Refused
        kind = receive(peer, 4)[3]
        if kind == 3:
            host = receive(peer, receive(peer, 1)[0]).decode()
        else:
            host = socket.inet_ntoa(receive(peer, 4))
        port = int.from_bytes(receive(peer, 2), "big")
        self.seen.append(f"{host}:{port}")
        peer.sendall(bytes([5, self.status or 0, 0, 1]) + bytes(6))
        if self.status:
            raise Refused
        with socket.create_connection((host, port)) as backend:
            pass_on(peer, backend)
