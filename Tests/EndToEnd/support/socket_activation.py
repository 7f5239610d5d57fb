"""Listens as a service manager does, then becomes the service: sd_listen_fds(3).

socket_activation.py ADDRESS[,ADDRESS…] COMMAND…
An ADDRESS is a port of 127.0.0.1, or the path of a unix socket."""

import os
import socket
import sys

FIRST = 3


def listening(address: str) -> int:
    if address.startswith("/"):
        one = socket.socket(socket.AF_UNIX)
        one.bind(address)
    else:
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind(("127.0.0.1", int(address)))
    one.listen()
    return one.detach()


addresses, *command = sys.argv[1:]
# Opened above the numbers that they get, so that none is overwritten.
descriptors = [
    os.dup2(listening(address), 100 + n) for n, address in enumerate(addresses.split(","))
]
for number, descriptor in enumerate(descriptors):
    os.dup2(descriptor, FIRST + number, inheritable=True)
    os.close(descriptor)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(descriptors))}
os.execv(command[0], command)
