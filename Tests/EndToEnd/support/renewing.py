"""A certificate that is renewed while a gateway serves it."""

import shutil
import time
from pathlib import Path

from address import Address
from client import Client


class Pair:
    """The two files that a gateway is configured with, in a folder of their own."""

    def __init__(self, folder: Path, certificates):
        self.folder, self.certificates = folder, certificates
        folder.mkdir()
        self.certificate, self.key = folder / "tls.pem", folder / "tls.key"

    def write(self, name: str) -> None:
        leaf = self.certificates.leaf(name)
        shutil.copy(leaf, self.certificate)
        shutil.copy(leaf.with_suffix(".key"), self.key)

    def rename(self, name: str) -> None:
        leaf = self.certificates.leaf(name)
        for source, place in ((leaf, self.certificate), (leaf.with_suffix(".key"), self.key)):
            shutil.copy(source, place.with_suffix(".new"))
            place.with_suffix(".new").rename(place)


def name_shown(address: Address) -> str:
    """The common name of the certificate that a new connection is shown."""
    with Client(address).open() as connection:
        subject = connection.socket.getpeercert()["subject"]
    return dict(field for (field,) in subject)["commonName"]


def await_name(running, name: str) -> None:
    deadline = time.monotonic() + 5
    while name_shown(running.addresses[0]) != name:
        assert time.monotonic() < deadline, running.log
        time.sleep(0.02)
