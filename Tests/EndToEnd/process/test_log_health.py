"""What the log tells of integrations that fail, and of their breakers: each change once, with
the reason."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import hold, in_turn
from client import unused_tcp_socket
from configuration import integration

WELL = replies.custom("Hi!")
WRONG_KEY = replies.failure("401 Unauthorized")
BUSY = replies.failure("503 Service Unavailable")


@pytest.fixture
def logged(gateway):
    """Starts a gateway whose log is JSON; returns it, and a function for its entries of some
    events."""

    def start(sections, level="info"):
        running = gateway({"log": {"format": "json", "level": level}, **sections})

        def entries(*events):
            lines = [json.loads(line) for line in running.log.splitlines()]
            return [line for line in lines if line["event"] in events]

        return running, entries

    return start


def test_a_failed_message_says_why(logged, backend):
    """The lines of the exchange and of the attempt have the status and what to do."""
    running, entries = logged({"integration gpt": integration(backend(WRONG_KEY).url)}, "debug")
    answer = running.client().message()
    running.stop()
    (attempt,) = entries("attempt")
    (exchange,) = entries("exchange")
    for line in (attempt, exchange):
        assert (line["outcome"], line["status"]) == ("auth_failed", 401)
        assert line["message"] == answer.attempts[0]["message"]
    assert (attempt["level"], exchange["level"]) == ("debug", "warning")


def test_a_message_that_was_answered_at_last_says_what_failed(logged, backend):
    running, entries = logged(
        {
            "integration primary": integration(backend(BUSY).url, retries=1, backoff="1ms"),
            "integration second": integration(backend(WRONG_KEY).url, fallback=True),
            "integration third": integration(backend(WELL).url, fallback=True),
        }
    )
    answer = running.client().message()
    running.stop()
    (exchange,) = entries("exchange")
    assert (exchange["level"], exchange["outcome"]) == ("info", "ok")
    assert "status" not in exchange, "that of a failed attempt would contradict the outcome"
    busy, _, key, _ = (attempt.get("message") for attempt in answer.attempts)
    assert exchange["message"] == f"primary: {busy} | second: {key}"


def test_failures_are_told_once_and_recovery_with_their_number(logged, backend):
    server = backend(WRONG_KEY)
    running, entries = logged({"integration gpt": integration(server.url, breaker=0)})
    client = running.client()
    for _ in range(3):
        client.message()
    time.sleep(0.2)
    server.script = WELL
    assert client.message().status == client.message().status == 200
    running.stop()
    failing, recovered = entries("integration_failing", "integration_recovered")
    assert failing["level"] == "warning"
    assert (failing["bot"], failing["integration"]) == ("default", "gpt")
    assert (failing["outcome"], failing["status"]) == ("auth_failed", 401)
    assert "key" in failing["message"]
    assert (recovered["event"], recovered["level"]) == ("integration_recovered", "info")
    assert recovered["failures"] == 3
    assert 200 <= recovered["ms"] < 10_000


def test_an_integration_that_comes_and_goes_is_told_once_a_minute(logged, backend):
    server = backend(WRONG_KEY)
    running, entries = logged({"integration gpt": integration(server.url, breaker=0)})
    for _ in range(5):
        server.script = WRONG_KEY
        running.client().message()
        server.script = WELL
        running.client().message()
    running.stop()
    assert len(entries("integration_failing")) == len(entries("integration_recovered")) == 1


@pytest.mark.parametrize("status", ["400 Bad Request", "413 Too Large", "422 Unprocessable"])
def test_a_request_at_fault_does_not_make_the_integration_fail(logged, backend, status):
    running, entries = logged(
        {"integration gpt": integration(backend(replies.failure(status)).url)}
    )
    running.client().message()
    running.stop()
    assert not entries("integration_failing")
    assert entries("exchange")[0]["status"] == int(status[:3])


def test_a_model_that_is_missing_does(logged, backend):
    running, entries = logged(
        {"integration gpt": integration(backend(replies.failure("404 No")).url)}
    )
    running.client().message()
    running.stop()
    assert "model's name" in entries("integration_failing")[0]["message"]


def test_the_breaker_tells_its_changes(logged, backend):
    server = backend(BUSY)
    running, entries = logged(
        {"integration gpt": integration(server.url, retries=0, breaker="2/300ms")}, level="debug"
    )
    client = running.client()
    for _ in range(3):
        client.message()
    (opened,) = entries("breaker_opened")
    assert opened["level"] == "warning"
    assert (opened["integration"], opened["outcome"], opened["status"]) == (
        "gpt",
        "http_error",
        503,
    )
    assert opened["message"] and 0 < opened["retry_ms"] <= 300
    skipped = entries("exchange")[-1]
    assert skipped["outcome"] == "breaker_open"
    assert opened["message"] in skipped["message"], "what is not asked says why it failed before"
    time.sleep(0.4)
    client.message()
    time.sleep(0.4)
    server.script = WELL
    assert client.message().status == 200
    running.stop()
    changes = entries("breaker_opened", "breaker_half_open", "breaker_closed")
    assert [(line["event"], line["level"]) for line in changes] == [
        ("breaker_opened", "warning"),
        ("breaker_half_open", "debug"),
        ("breaker_opened", "debug"),
        ("breaker_half_open", "debug"),
        ("breaker_closed", "info"),
    ]
    assert changes[-1]["ms"] >= 700


def test_a_fallback_that_answers_is_told_with_the_reason(logged, backend):
    primary, spare = backend(WRONG_KEY), backend(WELL)
    running, entries = logged(
        {
            "integration primary": integration(primary.url, breaker="2/60s"),
            "integration spare": integration(spare.url, fallback=True),
        }
    )
    client = running.client()
    for _ in range(4):
        assert client.message().data["fallback"]
    (told,) = entries("answered_by_fallback")
    assert told["level"] == "warning"
    assert (told["integration"], told["by"], told["replies"]) == ("primary", "spare", 1)
    assert (told["outcome"], told["status"]) == ("auth_failed", 401)
    assert "key" in told["message"]
    assert {line["level"] for line in entries("exchange")} == {"info"}


def test_a_probe_that_fails_is_told(logged, backend):
    with unused_tcp_socket() as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        running, entries = logged(
            {"integration gpt": integration(f"{url}/chat", probe_url=f"{url}/health")}
        )
        running.await_log("integration_failing")
    (failing,) = entries("integration_failing")
    assert failing["outcome"] == "connect_failed"
    assert failing["message"].startswith("probe: no connection to the host and port of probe_url")


def test_a_probe_that_succeeds_tells_of_the_recovery(logged, backend):
    server = backend(BUSY)
    url = server.url.replace("/chat", "/health")
    running, entries = logged(
        {"integration gpt": integration(server.url, probe_url=url, probe_interval="100ms")}
    )
    running.await_log("integration_failing")
    server.script = WELL
    running.await_log("integration_recovered")
    assert entries("integration_recovered")[0]["failures"] >= 1


def test_another_address_is_told_to_work(logged, backend):
    """The administrator who corrects an integration is told that it works."""
    broken, sound = backend(WRONG_KEY), backend(WELL)
    running, _ = logged({"integration gpt": integration(broken.url)})
    running.client().message()
    file = running.log_path.with_suffix(".conf")
    file.write_text(file.read_text().replace(str(broken.port), str(sound.port)))
    running.await_log("configuration_reloaded")
    assert running.client().message().status == 200
    running.await_log("integration_recovered")


def test_the_client_that_leaves_is_told(logged, backend):
    running, entries = logged({"integration gpt": integration(backend([]).url)})
    client = running.client(timeout=0.3)
    with pytest.raises(TimeoutError):
        client.message()
    running.await_log("cancelled")
    assert entries("exchange")[0]["message"] == "the client left before the answer"


def test_messages_that_a_limit_refuses_are_told_once_a_minute(logged, backend):
    running, entries = logged(
        {
            "limits": {"per_user": "1/m"},
            "integration gpt": integration(backend(WELL).url),
        }
    )
    statuses = [running.client().message(user={"id": "ann"}).status for _ in range(4)]
    assert statuses == [200, 429, 429, 429]
    running.stop()
    (refused,) = entries("message_refused")
    assert (refused["level"], refused["limit"], refused["bot"]) == (
        "warning",
        "per_user",
        "default",
    )
    assert "ann" not in running.log


def test_debug_tells_of_requests_that_are_refused(logged, backend):
    """With the code, and without what the client has sent."""
    running, entries = logged({"integration gpt": integration(backend(WELL).url)}, "debug")
    client = running.client()
    client.get("/v1/nowhere")
    client.message("Hello", bot="stranger")
    client.post("/v1/chat/completions", {"model": "gpt", "messages": "canary"})
    running.stop()
    refused = entries("request_refused")
    assert [(line["status"], line["code"]) for line in refused] == [
        (404, "not_found"),
        (404, "bot_not_found"),
        (400, "invalid_parameter"),
    ]
    assert refused[0]["path"] == "/v1/nowhere"
    assert "canary" not in running.log


def test_debug_shows_how_a_message_is_answered(logged, backend):
    """Attempts as they begin and end, with sizes and phases, the wait before a retry, and the
    turn."""
    server = backend(in_turn(BUSY, WELL))
    running, entries = logged(
        {"integration gpt": integration(server.url, retries=1, backoff="20ms")}, "debug"
    )
    assert running.client().message().status == 200
    running.stop()
    events = entries("attempt_started", "attempt", "retry", "turn_kept", "exchange")
    assert [line["event"] for line in events] == [
        "attempt_started",
        "attempt",
        "retry",
        "attempt_started",
        "attempt",
        "turn_kept",
        "exchange",
    ]
    started, failed, retry, _, answered, kept, _ = events
    assert started["bytes"] == len(server.requests[0].body)
    assert (failed["status"], failed["backend"]) == (503, "It broke.")
    assert failed["connect_ms"] <= failed["first_byte_ms"] <= failed["ms"] + 1
    assert (retry["after"], retry["wait_ms"] <= 20) == ("http_error", True)
    assert answered["received"] == len(replies.json_bytes(replies.custom_document()))
    assert kept["evicted"] == 0


def test_debug_tells_what_a_message_waits_for(logged, backend):
    released = threading.Event()
    server = backend([hold(released), *WELL])
    running, entries = logged(
        {"integration gpt": integration(server.url, max_in_flight=1)}, "debug"
    )
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(running.client().message, conversation_id="a")
        server.await_requests()
        second = pool.submit(running.client().message, conversation_id="a")
        running.await_log('"for":"conversation"')
        third = pool.submit(running.client().message, conversation_id="b")
        running.await_log('"for":"place"')
        released.set()
        assert {first.result().status, second.result().status, third.result().status} == {200}
    assert entries("waiting")[1]["waiting"] == 1


def test_debug_tells_what_is_left_out_and_learned(logged, backend):
    """A context that is too long: the turns that are left out, and the limit."""
    too_long = replies.document(
        {
            "error": {
                "code": "context_length_exceeded",
                "message": "This model's maximum context length is 100 tokens. However, your "
                "messages resulted in 400 tokens.",
            }
        },
        "400 Bad Request",
    )
    server = backend(in_turn(WELL, WELL, too_long, WELL))
    running, entries = logged({"integration gpt": integration(server.url)}, "debug")
    for _ in range(3):
        assert running.client().message(conversation_id="c").status == 200
    running.stop()
    (repaired,) = entries("request_repaired")
    assert (repaired["without"], repaired["turns"]) == ("turns", 1)
    (learned,) = entries("context_limit_learned")
    assert learned["tokens"] == 100


def test_debug_tells_of_turns_that_are_overwritten(logged, backend):
    running, entries = logged(
        {"context": {"memory": "64K"}, "integration gpt": integration(backend(WELL).url)}, "debug"
    )
    for number in range(4):
        assert running.client().message("x" * 20_000, conversation_id=f"c{number}").status == 200
    running.stop()
    assert [line["evicted"] for line in entries("turn_kept")][-1] >= 1


def test_a_reload_tells_what_has_changed(logged, backend):
    server = backend(WELL)
    running, entries = logged(
        {"bot a": {}, "integration gpt": integration(server.url, bot="a")}, "debug"
    )
    file = running.log_path.with_suffix(".conf")
    file.write_text(file.read_text().replace("[bot a]", "[bot a]\nname = Ann") + "\n[bot b]\n")
    running.await_log("configuration_reloaded")
    (reloaded,) = entries("configuration_reloaded")
    assert reloaded["changed"] == "[bot a], [bot b]"
    assert entries("configuration_read")[-1]["because"] == "changed"
