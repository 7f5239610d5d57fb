"""`GET /v1/stats` since the beginning and for the last day, and what replies cost."""

import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import replies
from configuration import integration
from managed import Managed

USAGE = {"prompt_tokens": 1000, "completion_tokens": 100}
CACHED = {**USAGE, "prompt_tokens_details": {"cached_tokens": 600}}


def answer(usage=None):
    document = replies.openai_document("Hi!")
    document["usage"] = {**(usage or USAGE), "total_tokens": 1100}
    return replies.document(document)


class Kept:
    """A gateway with a ring in a file, which can be ended and started again."""

    def __init__(self, gateway, backend, folder: Path):
        self.start_gateway = gateway
        self.usage = USAGE
        server = backend(lambda _: answer(self.usage))
        broken = backend(lambda _: replies.failure("400 Bad Request"))
        self.file = folder / "context.ring.statistics"
        self.sections = {
            "context": {"file": folder / "context.ring", "sync": "always"},
            "bot support": {},
            "integration first": integration(
                server.url, "openai", model="m", price_input="2.50", price_output="10"
            ),
            "bot other": {},
            "integration broken": integration(broken.url, bot="other", retries=0),
        }
        self.sections["integration first"]["bot"] = "support"
        self.start()

    def start(self):
        self.running = self.start_gateway(self.sections)
        self.client = self.running.client()

    def kill(self):
        """`kill -9`; the gateway is not expected to end well."""
        self.running.signal(signal.SIGKILL)
        self.running.process.wait()
        self.running.process.returncode = 0

    def stop(self):
        self.running.stop()

    def counts(self, name="first", part="total"):
        data = self.client.get("/v1/stats").data
        return {entry["integration"]: entry for entry in data}[name][part]


@pytest.fixture
def kept(gateway, backend, tmp_path):
    return Kept(gateway, backend, tmp_path)


def test_they_outlive_a_restart(kept):
    for _ in range(3):
        assert kept.client.message(bot="support").status == 200
    assert kept.client.message(bot="other").status == 502
    before = kept.counts(), kept.counts("broken")
    assert before[0]["attempts"]["ok"] == before[0]["drawn"] == 3
    assert before[1]["attempts"]["http_error"] == 1
    assert before[0]["cost"] == 3 * 0.0035
    assert before[1]["cost"] is None
    kept.stop()
    kept.start()
    assert (kept.counts(), kept.counts("broken")) == before
    assert kept.counts(part="attempts")["ok"] == 0, "the others begin with the process"
    kept.client.message(bot="support")
    assert kept.counts()["attempts"]["ok"] == 4
    assert kept.counts()["tokens"] == {"input": 4000, "output": 400}
    assert kept.counts(part="attempts")["ok"] == 1


def test_the_last_day_begins_with_an_hour(kept):
    kept.client.message(bot="support")
    day, total = kept.counts(part="day"), kept.counts()
    assert {**day, "since": None} == {**total, "since": None}
    now = datetime.now(UTC)
    since = datetime.fromisoformat(total["since"])
    assert now - timedelta(minutes=2) < since <= now
    # It was not there a day ago.
    assert day["since"] == total["since"]
    kept.stop()
    kept.start()
    kept.client.message(bot="support")
    assert kept.counts(part="day")["attempts"]["ok"] == 2


def test_a_kill_loses_nothing_with_always(kept):
    chat = {"model": "support", "messages": [{"role": "user", "content": "Hi"}]}
    for round in range(1, 6):
        assert kept.client.message(bot="support").status == 200
        # Neither of these leaves a turn in the ring.
        assert kept.client.post("/v1/chat/completions", chat).status == 200
        assert kept.client.message(bot="other").status == 502
        kept.kill()
        kept.start()
        assert kept.counts()["attempts"]["ok"] == 2 * round
        assert kept.counts("broken")["attempts"]["http_error"] == round


def test_nothing_is_written_while_idle(kept):
    kept.client.message(bot="support")
    time.sleep(0.3)
    before = kept.file.stat()
    assert before.st_size == 3 * 65536
    for _ in range(20):
        kept.client.get("/v1/stats")
        time.sleep(0.02)
    assert kept.file.stat() == before
    for _ in range(50):
        kept.client.message(bot="support")
    after = kept.file.stat()
    assert (after.st_size, after.st_ino) == (before.st_size, before.st_ino)
    assert after.st_mtime_ns > before.st_mtime_ns


def test_they_are_saved_within_a_duration(kept):
    kept.stop()
    kept.sections["context"]["sync"] = "500ms"
    kept.start()
    kept.client.message(bot="other")
    time.sleep(1.5)
    kept.kill()
    kept.start()
    assert kept.counts("broken")["attempts"]["http_error"] == 1


def test_an_integration_that_comes_back(kept):
    kept.client.message(bot="support")
    section = kept.sections.pop("integration first")
    kept.stop()
    kept.start()
    kept.running.await_log("statistics_without_integration")
    kept.client.message(bot="other")
    kept.sections["integration renamed"] = section
    kept.stop()
    kept.start()
    assert kept.counts("renamed")["attempts"]["ok"] == 0
    kept.sections["integration first"] = kept.sections.pop("integration renamed")
    kept.stop()
    kept.start()
    assert kept.counts()["attempts"]["ok"] == 1


def damage(file, change):
    contents = bytearray(file.read_bytes())
    file.write_bytes(bytes(change(contents) or contents))


@pytest.mark.parametrize(
    "change",
    [
        lambda contents: contents[:0] or b"\0",
        lambda contents: contents[:100],
        lambda contents: contents[: len(contents) // 2],
        lambda contents: contents + b"x",
        lambda _: b"garbage" * 1000,
        lambda _: b"PostStat" * 30000,
        lambda _: b"x" * (2 << 20),
    ],
    ids=["empty", "short", "half", "long", "garbage", "marks", "huge"],
)
def test_a_damaged_file_is_survived(kept, change):
    kept.client.message(bot="support")
    kept.stop()
    damage(kept.file, change)
    kept.start()
    assert kept.client.message(bot="support").status == 200
    count = kept.counts()["attempts"]["ok"]
    assert count in (1, 2)
    kept.stop()
    kept.start()
    assert kept.counts()["attempts"]["ok"] == count


def test_every_damaged_byte_is_survived(kept, generator):
    for _ in range(5):
        kept.client.message(bot="support")
    kept.stop()
    original = kept.file.read_bytes()
    places = [place for place, byte in enumerate(original) if byte]
    for place in generator.sample(places, 20):
        kept.file.write_bytes(original)
        damage(kept.file, lambda contents, at=place: contents.__setitem__(at, contents[at] ^ 0x55))
        kept.start()
        assert "statistics_recovered" in kept.running.log, "of three slots one was damaged"
        assert kept.counts()["attempts"]["ok"] in (3, 4, 5)
        kept.stop()


def test_another_size_of_the_ring_keeps_them(kept):
    kept.client.message(bot="support")
    for memory, size in [("64K", 3 * 8192), ("1M", 3 * 16384)]:
        kept.stop()
        kept.sections["context"]["memory"] = memory
        kept.start()
        assert kept.counts()["attempts"]["ok"] == 1
        assert kept.file.stat().st_size == size


def test_without_a_file_they_begin_with_the_process(gateway):
    client = gateway().client()
    client.message()
    (entry,) = client.get("/v1/stats").data
    assert entry["total"]["attempts"]["ok"] == entry["day"]["attempts"]["ok"] == 1


def test_a_file_that_cannot_be_made(gateway, tmp_path):
    (tmp_path / "context.ring.statistics").mkdir()
    running = gateway({"context": {"file": tmp_path / "context.ring"}})
    running.await_log("statistics_not_written")
    assert running.client().message().status == 200


# Money


def metric(client, name):
    lines = client.get("/metrics").body.decode().splitlines()
    return [line.rpartition(" ")[2] for line in lines if line.startswith(name + "{")]


def test_cost_is_exact_everywhere(kept):
    for _ in range(100):
        kept.client.message(bot="support")
    body = kept.client.get("/v1/stats").body
    assert b'"cost":0.35,' in body
    assert metric(kept.client, "postern_cost_total") == ["0.35"]
    record = kept.client.get("/v1/exchanges").data[0]
    assert record["cost"] == 0.0035
    kept.client.message(bot="other")
    assert kept.client.get("/v1/exchanges").data[0]["cost"] is None


def test_cached_tokens_have_their_own_price(kept):
    kept.sections["integration first"]["price_cached"] = "0.5"
    kept.usage = CACHED
    kept.stop()
    kept.start()
    kept.client.message(bot="support")
    record = kept.client.get("/v1/exchanges").data[0]
    assert record["tokens"] == {"input": 1000, "output": 100, "cached": 600}
    assert record["cost"] == 0.0023
    assert kept.counts()["cached_tokens"] == 600


def test_prices_by_the_api(binary, backend, tmp_path):
    server = backend(lambda _: answer())
    text = (
        "[server]\nlisten = LISTEN\n[integration gpt]\ntype = openai\nmodel = m\n"
        f"webhook_url = {server.url}\nprice_input = 2.50\n"
    )
    served = Managed(binary, tmp_path, text)
    try:
        target = "/v1/integrations/gpt"
        shown = served.data(target)
        assert shown["price_input"] == 2.5
        assert shown["price_output"] is None
        assert served.patch(target, {"price_input": shown["price_input"]}).status == 200
        assert served.text.encode() == served.original
        served.client.message()
        for value, written in [
            (4, "4"),
            ("0.15", "0.15"),
            (0.000001, "0.000001"),
            (1e-05, "0.00001"),
        ]:
            response = served.patch(target, {"price_output": value})
            assert response.status == 200, response.body
            assert f"price_output = {written}\n" in served.text
        served.patch(target, {"price_output": 20})
        served.client.message()
        assert served.data("/v1/stats")[0]["cost"] == 0.007
        for value in (-1, "x", 1000000, 0.0000001, "1e3", True, "01", ".5", "1.", "1,5"):
            response = served.patch(target, {"price_output": value})
            assert response.status == 400, (value, response.body)
        assert served.patch(target, {"price_output": None}).status == 200
        assert "price_output" not in served.text
    finally:
        served.running.stop()
