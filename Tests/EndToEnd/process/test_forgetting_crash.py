"""Deleting thousands of conversations: in pieces, and through crashes."""

import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from address import loopback
from client import Client, request_bytes
from configuration import rendered
from postern import Gateway


class Served:
    """Gateways, one after another, with one ring."""

    def __init__(self, binary, folder, memory=48 << 20, sync="5s"):
        self.binary = binary
        self.folder = folder
        self.address = loopback()
        sections = {
            "server": {"listen": self.address, "max_connections_per_ip": 0},
            "context": {"file": folder / "context.ring", "memory": memory, "sync": sync},
            "bot a": {},
            "bot b": {},
        }
        self.file = folder / "postern.conf"
        self.file.write_text(rendered(sections))
        self.start()

    def start(self):
        self.running = Gateway(
            [self.binary, "run", "-c", self.file], [self.address], self.folder / "postern.log"
        ).await_readiness(20)
        self.client = self.running.client()

    def fill(self, conversations, user, bot="a", size=2000, turns=1):
        """Conversations whose texts tell the place of each turn."""
        with ThreadPoolExecutor(8) as pool:
            list(
                pool.map(
                    lambda part: self._fill(part, conversations, user, bot, size, turns), range(8)
                )
            )

    def _fill(self, part, conversations, user, bot, size, turns):
        with self.client.open() as connection:
            for turn in range(turns):
                for number in range(part, conversations, 8):
                    document = {
                        "content": f"{user}-{turn} " + "x" * size,
                        "conversation_id": f"{user}-{number}",
                        "user": {"id": user},
                    }
                    fields = self.client.request_headers({"Content-Type": "application/json"})
                    body = json.dumps(document).encode()
                    connection.send(request_bytes("POST", f"/v1/bots/{bot}/messages", fields, body))
                    assert connection.read_response().status == 200

    def total(self, user, bot="a"):
        return self.client.get(f"/v1/bots/{bot}/conversations?user={user}").json["meta"]["total"]


@pytest.fixture
def served(binary, tmp_path):
    made = []

    def make(**options):
        made.append(Served(binary, tmp_path, **options))
        return made[-1]

    yield make
    for one in made:
        one.running.stop()


def test_other_requests_are_answered_during_a_deletion(served):
    """A message waits for a piece of the deletion, not for all of it."""
    one = served(memory=128 << 20)
    one.fill(20_000, "ann")
    one.fill(200, "bob")
    slowest = []
    is_over = threading.Event()

    def watch():
        with one.client.open() as connection:
            while not is_over.is_set():
                start = time.monotonic()
                connection.send(
                    request_bytes("GET", "/healthz", one.client.request_headers(), None)
                )
                assert connection.read_response("GET").status == 200
                slowest.append(time.monotonic() - start)

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    time.sleep(0.1)
    before = len(slowest)
    start = time.monotonic()
    try:
        count = one.client.request("DELETE", "/v1/bots/a/conversations?user=ann").data["deleted"]
        elapsed = time.monotonic() - start
    finally:
        is_over.set()
        watching.join()
    during = slowest[before:]
    print(f"{count} conversations in {elapsed * 1000:.0f} ms; slowest {max(during) * 1000:.0f} ms")
    assert count == 20_000
    assert one.total("ann") == 0
    assert one.total("bob") == 200
    assert len(during) >= 3, "answered meanwhile"


@pytest.mark.parametrize("sync", ["always", "5s"])
@pytest.mark.parametrize("query", ["?user=ann", ""])
def test_a_crash_in_the_middle_leaves_a_sound_ring(served, sync, query):
    one = served(memory=24 << 20, sync=sync)
    one.fill(1500, "ann", turns=2, size=1500)
    one.fill(100, "bob", bot="b")
    left = 1500
    for delay in [0.002, 0.005, 0.01, 0.02]:
        connection = one.client.open()
        connection.send(
            request_bytes(
                "DELETE", f"/v1/bots/a/conversations{query}", one.client.request_headers(), None
            )
        )
        time.sleep(delay)
        one.running.signal(signal.SIGKILL)
        one.running.process.wait()
        connection.close()
        one.start()
        assert "context_unreadable" not in one.running.log
        found = one.total("ann")
        assert found <= left
        left = found
        assert one.total("bob", bot="b") == 100
        page = one.client.get("/v1/bots/a/conversations?per_page=100").json["data"]
        for conversation in page[:10] + page[-10:]:
            messages = one.client.get(f"/v1/conversations/{conversation['id']}/messages?bot=a").data
            said = [m["content"].split(" ")[0] for m in messages if m["role"] == "user"]
            # The oldest turns, in order.
            assert said == [f"ann-{turn}" for turn in range(len(said))]
    response = one.client.request("DELETE", f"/v1/bots/a/conversations{query}")
    if left or query == "?user=ann":
        assert response.data["deleted"] == left
    contents = (one.folder / "context.ring").read_bytes()
    assert b"ann-" not in contents
    assert contents.count(b"bob-") >= 100


def test_a_deletion_that_was_answered_outlives_a_crash(served):
    one = served(memory=8 << 20, sync="always")
    one.fill(300, "ann", size=500)
    one.fill(20, "bob", size=500)
    assert one.client.request("DELETE", "/v1/bots/a/conversations?user=ann").data == {
        "deleted": 300
    }
    one.running.signal(signal.SIGKILL)
    one.running.process.wait()
    one.start()
    assert "context_recovered" not in one.running.log
    assert one.total("ann") == 0
    assert one.total("bob") == 20
    assert Client(one.address).message("?", bot="a", conversation_id="ann-1").status == 200
