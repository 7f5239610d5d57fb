"""`GET /v1/stats` and `GET /metrics` tell exactly what has happened, at once."""

import re
import time
from collections import Counter

import pytest
from prometheus_client.parser import text_string_to_metric_families

import replies
import stream_replies
from backends import stall, wait
from client import messages_path, request_bytes, unused_tcp_socket
from configuration import integration, rendered

OUTCOMES = [
    *("ok", "timeout", "dns_failed", "connect_failed", "tls_failed", "auth_failed"),
    *("rate_limited", "http_error", "invalid_json", "missing_content", "too_large"),
    *("interrupted", "context_too_long", "content_filtered", "loading", "breaker_open"),
]

LINE = re.compile(
    r"# (HELP|TYPE) postern_[a-z0-9_]+ .+"
    r'|postern_[a-z0-9_]+(\{[a-z_]+="[^"\\\n]*"(,[a-z_]+="[^"\\\n]*")*\})? [0-9.]+'
)


def statistics(client):
    """The statistics of each integration."""
    response = client.get("/v1/stats")
    assert response.json["meta"] == {
        "page": 1,
        "per_page": 20,
        "total": len(response.data),
    }
    return {entry["integration"]: entry for entry in response.data}


def metrics(client):
    """Every sample: its name and its labels' values, in the order of their names."""
    response = client.get("/metrics")
    assert response.status == 200
    assert response.field("Content-Type") == "text/plain; version=0.0.4; charset=utf-8"
    text = response.body.decode()
    assert text.endswith("\n")
    for line in text.splitlines():
        assert LINE.fullmatch(line), line
    families = list(text_string_to_metric_families(text))
    names = [family.name for family in families]
    assert len(names) == len(set(names)), "a family stands in one piece"
    samples = {}
    for family in families:
        assert family.type in ("counter", "gauge", "summary"), family
        assert family.documentation
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            assert (sample.name, *labels) not in samples
            samples[(sample.name, *labels)] = sample.value
    return samples


def test_begins_with_nothing(gateway):
    client = gateway().client()
    (entry,) = client.get("/v1/stats").data
    for part in (entry.pop("total"), entry.pop("day")):
        assert part.pop("since")
        assert part == {name: entry[name] for name in part}
        assert "attempts" in part
    assert [entry] == [
        {
            "integration": "echo",
            "bot": "default",
            "state": "ready",
            "in_flight": 0,
            "waiting": 0,
            "drawn": 0,
            "share": {"drawn": None, "configured": 1},
            "attempts": dict.fromkeys(OUTCOMES, 0),
            "cancelled": 0,
            "hedged": 0,
            "fallbacks": {"served": 0, "served_for": 0},
            "latency_ms": {"p50": None, "p95": None, "p99": None},
            "tokens": {"input": 0, "output": 0},
            "cached_tokens": 0,
            "cost": None,
            "breaker": {"state": "closed", "remaining_ms": 0},
        }
    ]


def test_shares_are_those_of_the_messages(gateway):
    """Weights of 3 : 1 over 400 messages: exactly what the clients saw, and close to the
    weights."""
    client = gateway(
        {
            "integration a": {"type": "echo", "weight": 3},
            "integration b": {"type": "echo", "weight": 1},
            "integration off": {"type": "echo", "weight": 7, "enabled": False},
            "integration spare": {"type": "echo", "weight": 7, "fallback": True},
        }
    ).client()
    served = Counter(client.message().data["integration"]["id"] for _ in range(400))
    found = statistics(client)
    samples = metrics(client)
    for name in ("a", "b", "off", "spare"):
        assert found[name]["attempts"]["ok"] == served[name]
        assert found[name]["drawn"] == served[name]
        assert found[name]["share"]["drawn"] == pytest.approx(served[name] / 400)
        assert samples["postern_integration_draws_total", "default", name] == served[name]
    configured = [found[name]["share"]["configured"] for name in ("a", "b", "off", "spare")]
    assert configured == [0.75, 0.25, 0, 0]
    # Five standard deviations.
    assert found["a"]["share"]["drawn"] == pytest.approx(0.75, abs=0.11)
    assert samples["postern_exchanges_total", "reply"] == 400


FAILURES = {
    "http_error": replies.failure("500 Internal Server Error"),
    "auth_failed": replies.failure("401 Unauthorized"),
    "rate_limited": replies.failure("429 Too Many Requests"),
    "invalid_json": replies.document(b"Hi!"),
    "missing_content": replies.document({}),
    "timeout": [stall()],
}


def test_counts_attempts_and_fallbacks(gateway, backend):
    """Each integration fails in a different way, two of them with a retry; one spare serves all."""
    sections = {"integration spare": {"type": "echo", "bot": "http_error", "fallback": True}}
    for outcome, answer in FAILURES.items():
        sections[f"bot {outcome}"] = {}
        sections[f"integration {outcome}"] = integration(
            backend(answer).url, bot=outcome, timeout="200ms"
        )
    sections["integration http_error"] |= {"retries": 1, "backoff": "1ms"}
    client = gateway(sections).client()
    for outcome in FAILURES:
        assert client.message(bot=outcome).status in (200, 502, 504)
    found = statistics(client)
    samples = metrics(client)
    for outcome in FAILURES:
        count = 2 if outcome == "http_error" else 1
        counts = {name: n for name, n in found[outcome]["attempts"].items() if n}
        assert counts == {outcome: count}
        key = "postern_integration_attempts_total", outcome, outcome, outcome
        assert samples[key] == count
        assert found[outcome]["latency_ms"]["p50"] is None
    assert found["http_error"]["fallbacks"] == {"served": 0, "served_for": 1}
    assert found["spare"]["fallbacks"] == {"served": 1, "served_for": 0}
    assert samples["postern_integration_replaced_replies_total", "http_error", "http_error"] == 1
    assert samples["postern_integration_fallback_replies_total", "http_error", "spare"] == 1
    assert samples["postern_exchanges_total", "reply"] == 1
    assert samples["postern_exchanges_total", "failed"] == len(FAILURES) - 2
    assert samples["postern_exchanges_total", "timed_out"] == 1
    assert samples["postern_http_responses_total", "5xx"] == len(FAILURES) - 1


@pytest.mark.parametrize("type", replies.TYPES)
def test_sums_tokens(gateway, backend, type):
    document = replies.document_of(type)
    if type == "custom":
        usage = {"prompt_tokens": 9, "completion_tokens": 2}
        document |= {"metadata": {"usage": usage}}
    served = backend(replies.document(document))
    client = gateway({"integration main": integration(served.url, type)}).client()
    for _ in range(3):
        assert client.message().status == 200
    assert statistics(client)["main"]["tokens"] == {"input": 27, "output": 6}
    samples = metrics(client)
    assert samples["postern_integration_input_tokens_total", "default", "main"] == 27
    assert samples["postern_integration_output_tokens_total", "default", "main"] == 6


def test_counts_events_of_streams_that_are_passed_over(gateway, backend):
    kind = "openai"
    good = [piece.data for piece in stream_replies.pieces(kind, ["Once", " upon"])]
    bad = stream_replies.event(kind, b"thinking...")
    server = backend(stream_replies.body([bad, *good[:1], bad, *good[1:]], kind))
    settings = integration(server.url, kind, stream="yes")
    client = gateway({"integration main": settings}).client()
    for _ in range(2):
        assert client.message().data["content"] == "Once upon"
    assert metrics(client)["postern_integration_skipped_events_total", "default", "main"] == 4


def test_tells_latencies(gateway, backend):
    """Of ten replies eight take 20 ms, and two take 300 ms."""
    delays = iter([0.02] * 8 + [0.3] * 2)
    served = backend(lambda _: [wait(next(delays)), *replies.custom()])
    client = gateway({"integration main": integration(served.url)}).client()
    for _ in range(10):
        client.message()
    latency = statistics(client)["main"]["latency_ms"]
    assert 19 <= latency["p50"] < 200
    assert 290 <= latency["p95"] < 600
    assert latency["p95"] <= latency["p99"]
    samples = metrics(client)
    name = "postern_integration_latency_seconds"
    assert samples[name, "default", "main", "0.5"] == latency["p50"] / 1000
    assert samples[name, "default", "main", "0.99"] == latency["p99"] / 1000
    assert samples[f"{name}_count", "default", "main"] == 10
    assert 0.76 <= samples[f"{name}_sum", "default", "main"] < 3


def test_shows_the_breaker(gateway):
    with unused_tcp_socket() as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        settings = integration(url, breaker="2/1h")
        client = gateway({"integration main": settings}).client()
        for _ in range(3):
            client.message()
    found = statistics(client)["main"]
    assert found["attempts"]["connect_failed"] == 2
    assert found["attempts"]["breaker_open"] == 1
    assert found["breaker"]["state"] == "open"
    assert 3_500_000 < found["breaker"]["remaining_ms"] <= 3_600_000
    samples = metrics(client)
    assert samples["postern_integration_breaker_open", "default", "main"] == 1
    assert samples["postern_exchanges_total", "unavailable"] == 1


def test_a_reload_keeps_the_counts(gateway):
    sections = {"integration a": {"type": "echo"}, "integration b": {"type": "echo", "weight": 0}}
    running = gateway(sections)
    client = running.client()
    for _ in range(5):
        client.message()
    file = running.log_path.with_suffix(".conf")
    text = file.read_text()
    file.write_text(text + "[bot default]\n")
    running.await_log("configuration_reloaded")
    found = statistics(client)
    assert found["a"]["attempts"]["ok"] == 5
    server = {"listen": ", ".join(map(str, running.addresses))}
    file.write_text(rendered({"server": server, "integration b": {"type": "echo"}}))
    deadline = time.monotonic() + 5
    while "a" in (found := statistics(client)):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert found["b"]["share"] == {"drawn": None, "configured": 1}
    assert metrics(client)["postern_configuration_valid",] == 1
    file.write_text("[nonsense]\n")
    running.await_log("configuration_invalid")
    assert metrics(client)["postern_configuration_valid",] == 0


@pytest.mark.timing
def test_answers_at_once_whatever_backends_do(gateway, backend):
    """Messages wait for a dead backend; requests to the gateway itself are answered within 50
    ms."""
    dead = backend([stall()])
    client = gateway({"integration main": integration(dead.url, timeout="60s")}).client()
    waiting = [client.open() for _ in range(3)]
    for number, connection in enumerate(waiting):
        conversation = "same" if number else "other"
        connection.send(client.message_request(conversation_id=conversation))
    deadline = time.monotonic() + 5
    while metrics(client)["postern_exchanges_queued",] < 1:
        assert time.monotonic() < deadline
    assert metrics(client)["postern_exchanges_in_flight",] == 2
    for path in ("/metrics", "/v1/stats"):
        times = []
        for _ in range(5):
            start = time.monotonic()
            assert client.get(path).status == 200
            times.append(time.monotonic() - start)
        assert min(times) < 0.05
    for connection in waiting:
        connection.close()
    while (samples := metrics(client))["postern_exchanges_total", "cancelled"] < 3 or samples[
        "postern_exchanges_in_flight",
    ]:
        assert time.monotonic() < deadline
    # The message that waited may have started before the gateway saw that its client had left.
    assert samples["postern_integration_cancelled_attempts_total", "default", "main"] in (2, 3)


def test_counts_what_goes_through_the_server(gateway):
    client = gateway({"server": {"max_body": "256K"}, "context": {"memory": "64K"}}).client()
    before = metrics(client)
    assert before["postern_build_info", "0.1.0"] == 1
    answer = client.message("x" * 1000, conversation_id="c")
    assert client.get("/nowhere").status == 404
    assert client.request("HEAD", "/v1/stats").status == 200
    # Broken off in the middle of a body without a length.
    with client.open() as connection:
        headers = {**client.request_headers(), "Content-Type": "application/json"}
        chunked = {**headers, "Transfer-Encoding": "chunked"}
        connection.send(request_bytes("POST", messages_path(), chunked))
        connection.send(b"50000\r\n" + b"x" * 0x50000)
        assert connection.read_response().status == 413
    after = metrics(client)
    received = "postern_http_received_body_bytes_total"
    sent = "postern_http_sent_body_bytes_total"
    assert after[received,] - before[received,] > 1000
    assert after[sent,] - before[sent,] > len(answer.body)
    assert after["postern_http_responses_total", "4xx"] == 2
    assert after["postern_http_connections",] >= 1
    assert after["postern_context_turns",] == after["postern_context_conversations",] == 1
    assert 2000 < after["postern_context_used_bytes",] < after["postern_context_capacity_bytes",]
    assert after["postern_uptime_seconds",] > before["postern_uptime_seconds",]
    assert after["postern_log_dropped_lines_total",] == 0


def test_a_key_sees_its_bots(gateway):
    """With the scope read; a key that is limited to bots sees only those."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    callback = {"callback": "http://127.0.0.1:9/", "callback_secret": secret}
    sections = {
        "bot one": callback,
        "bot two": callback,
        "channel x": {"type": "webhook", "bot": "one", "secret": secret},
        "channel y": {"type": "webhook", "bot": "two", "secret": secret},
        "integration a": {"type": "echo", "bot": "one"},
        "integration b": {"type": "echo", "bot": "two"},
        "key chatter": {"secret": "chatter-secret", "scopes": "chat"},
        "key all": {"secret": "all-secret", "scopes": "read"},
        "key second": {"secret": "second-secret", "scopes": "read", "bots": "two"},
    }
    running = gateway(sections)
    for path in ("/v1/stats", "/metrics"):
        assert running.client().get(path).status == 401
        assert running.client("chatter-secret").get(path).status == 403
    for key, names in (("all", {"a", "b"}), ("second", {"b"})):
        client = running.client(f"{key}-secret")
        assert set(statistics(client)) == names
        draws = [name for name in metrics(client) if name[0] == "postern_integration_draws_total"]
        assert {name[2] for name in draws} == names
    receivers = {"callback:one", "callback:two", "channel:x", "channel:y"}
    for key, wanted in (("all", {"x", "y"} | receivers), ("second", set())):
        samples = metrics(running.client(f"{key}-secret"))
        families = ("postern_channel_up", "postern_outbox_receiver_up")
        assert {name[1] for name in samples if name[0] in families} == wanted


def test_is_a_list_with_pages(gateway):
    sections = {f"integration i{number}": {"type": "echo"} for number in range(25)}
    client = gateway(sections).client()
    response = client.get("/v1/stats?page=2&per_page=10")
    assert [entry["integration"] for entry in response.data] == [f"i{n}" for n in range(10, 20)]
    assert response.json["meta"] == {"page": 2, "per_page": 10, "total": 25}
    assert client.get("/v1/stats?per_page=101").status == 400


@pytest.mark.timing
def test_is_prompt_and_small_with_many_integrations(gateway):
    """With as many integrations as are allowed."""
    sections = {f"integration i{number}": {"type": "echo"} for number in range(1024)}
    running = gateway(sections)
    client = running.client()
    client.get("/metrics")
    times = []
    for _ in range(5):
        start = time.monotonic()
        assert client.get("/metrics").status == 200
        times.append(time.monotonic() - start)
    assert min(times) < 0.05
    resident = running.resident_kilobytes()
    for _ in range(20):
        client.get("/metrics")
    # An answer has 2 MB, and the heap may keep space for a few copies; twenty would be 40 MB.
    assert running.resident_kilobytes() <= resident + 8192
