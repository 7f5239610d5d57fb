"""Certificates are renewed under load: no request fails."""

import os
import re
import shutil
import signal
import subprocess
import threading

import pytest

from client import Client
from https import https
from renewing import Pair, await_name

pytestmark = pytest.mark.timing

RENEWALS = int(os.environ.get("POSTERN_RENEWALS", "10"))


class Load:
    """Clients that send messages until they are stopped, each over one connection or many. They
    trust the authority alone."""

    def __init__(self, client: Client):
        self.client = client
        self.failures: list[str] = []
        self.counts = {"one": 0, "many": 0}
        self.is_over = threading.Event()
        kinds = ["one", "many"] * 2
        self.threads = [threading.Thread(target=self._run, args=(kind,)) for kind in kinds]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join()

    def _run(self, kind: str) -> None:
        try:
            while not self.is_over.is_set():
                with self.client.open() as connection:
                    self._ask(connection, kind)
                    while kind == "one" and not self.is_over.is_set():
                        self._ask(connection, kind)
        except (OSError, AssertionError) as error:
            self.failures.append(f"{kind}: {error!r}")

    def _ask(self, connection, kind: str) -> None:
        connection.send(self.client.message_request("hi"))
        assert connection.read_response().status == 200
        self.counts[kind] += 1


def wrk(address) -> subprocess.Popen | None:
    """Many clients that make a connection for each request; `None` without wrk(1)."""
    if not shutil.which("wrk"):
        return None
    options = ["-t1", "-c8", "-d3600", "--timeout", "10", "-H", "Connection: close"]
    url = f"https://{address.host}:{address.port}/healthz"
    return subprocess.Popen(["wrk", *options, url], stdout=subprocess.PIPE, text=True)


def test_no_request_fails_while_certificates_are_renewed(gateway, certificates, tmp_path):
    pair = Pair(tmp_path / "tls", certificates)
    pair.write("first")
    running = https(gateway, certificates, certificate=pair.certificate)
    before = running.resident_kilobytes()
    load, crowd = Load(running.client()), wrk(running.addresses[0])
    try:
        for number in range(RENEWALS):
            name = ("second", "third", "first")[number % 3]
            (pair.rename if number % 2 else pair.write)(name)
            await_name(running, name)
    finally:
        load.stop()
        told = ""
        if crowd:
            crowd.send_signal(signal.SIGINT)
            told, _ = crowd.communicate(timeout=20)
    after = running.resident_kilobytes()
    print(
        f"{RENEWALS} renewals, {load.counts} requests, {before} kB before, {after} kB after\n{told}"
    )
    assert load.failures == []
    assert "Socket errors" not in told and "Non-2xx" not in told
    assert not crowd or int(re.search(r"(\d+) requests in", told)[1]) > RENEWALS
    assert min(load.counts.values()) > RENEWALS
    assert running.log.count(" certificate_changed ") == RENEWALS
    assert after - before < 4_000
