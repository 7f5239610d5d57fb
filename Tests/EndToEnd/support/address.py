"""Where a gateway listens, and how to connect to it."""

import errno
import random
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

_random = random.SystemRandom()


@dataclass(frozen=True)
class Address:
    """One listening address. `tls` is what the client needs in order to trust it, if it speaks
    HTTPS."""

    host: str = ""
    port: int = 0
    path: Path | None = None
    tls: ssl.SSLContext | None = None

    def __str__(self) -> str:
        """The form that `[server] listen` takes."""
        if self.path is not None:
            return f"unix:{self.path}"
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """The value of a client's `Host` field."""
        return "localhost" if self.path is not None else str(self)

    def connect(self, timeout: float = 30, receive_buffer: int | None = None) -> socket.socket:
        if self.path is not None:
            connection = socket.socket(socket.AF_UNIX)
            target: object = str(self.path)
        else:
            connection = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET)
            target = (self.host, self.port)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if receive_buffer is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.settimeout(timeout)
        try:
            connection.connect(target)
            if self.tls is not None:
                return self.tls.wrap_socket(connection, server_hostname=self.host)
        except BaseException:
            connection.close()
            raise
        return connection


def free_port(host: str = "127.0.0.1") -> int:
    """A port on which no process listens now, and which the kernel gives to no connection: tests
    that run beside this one would take it."""
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    while True:
        port = _random.randrange(10_000, first)
        with socket.socket(family) as probe:
            try:
                probe.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port


def loopback() -> Address:
    return Address("127.0.0.1", free_port())
