"""Listens as a service manager does, then becomes the service: sd_listen_fds(3).

socket_activation.py ADDRESS[,ADDRESS…] COMMAND…
An ADDRESS is a port of 127.0.0.1, the path of a unix socket, or kept:PATH: what the process that
listens at this unix socket has kept of an earlier service comes from there."""

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


def kept(path: str) -> list[int]:
    with socket.socket(socket.AF_UNIX) as keeper:
        keeper.connect(path)
        descriptors = socket.recv_fds(keeper, 1, 16)[1]
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    return descriptors


addresses, *command = sys.argv[1:]
opened, names = [], []
for address in addresses.split(","):
    kind, _, path = address.rpartition(":")
    found = kept(path) if kind == "kept" else [listening(address)]
    opened += found
    names += ["listener" if kind == "kept" else "unit"] * len(found)
# Above the numbers that they get, so that none is overwritten.
descriptors = [os.dup2(one, 100 + n) for n, one in enumerate(opened)]
for number, descriptor in enumerate(descriptors):
    os.dup2(descriptor, FIRST + number, inheritable=True)
    os.close(descriptor)
os.environ |= {
    "LISTEN_PID": str(os.getpid()),
    "LISTEN_FDS": str(len(descriptors)),
    "LISTEN_FDNAMES": ":".join(names),
}
os.execv(command[0], command)
