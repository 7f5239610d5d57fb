"""Which integrations are asked, what their failures are called, and what the client gets."""

import threading
import time
from collections import Counter

import pytest

import replies
from backends import finish, in_turn, reset, send, stall, wait
from client import unused_tcp_socket
from configuration import integration

ERROR_MESSAGE = "Back in a moment, promised."
LARGE = replies.custom("x" * 200_000)

# What the primary integration does, and the outcome of its attempt.
FAILURES = {
    "500": (replies.failure("500 Internal Server Error"), "http_error"),
    "502 in HTML": (replies.document(b"<html>Bad gateway</html>", "502 Bad Gateway"), "http_error"),
    "503": (replies.failure("503 Service Unavailable"), "http_error"),
    "529": (replies.failure("529 Overloaded"), "http_error"),
    "404": (replies.failure("404 Not Found"), "http_error"),
    "422": (replies.failure("422 Unprocessable Content"), "http_error"),
    "redirect": (replies.failure("302 Found", headers={"Location": "/other"}), "http_error"),
    "401": (replies.failure("401 Unauthorized"), "auth_failed"),
    "403": (replies.failure("403 Forbidden"), "auth_failed"),
    "429": (replies.failure("429 Too Many Requests"), "rate_limited"),
    "context too long": (
        replies.failure("400 Bad Request", "context_length_exceeded"),
        "context_too_long",
    ),
    "not JSON": (replies.document(b"Hi!"), "invalid_json"),
    "HTML": (
        replies.document(b"<html></html>", headers={"Content-Type": "text/html"}),
        "invalid_json",
    ),
    "JSON twice": (replies.document(b'{"content":"a"}{"content":"b"}'), "invalid_json"),
    "trailing comma": (replies.document(b'{"content":"a",}'), "invalid_json"),
    "not UTF-8": (replies.document(b'{"content":"\xff"}'), "invalid_json"),
    "no content": (replies.document({"answer": "Hi!"}), "missing_content"),
    "empty content": (replies.document({"content": ""}), "missing_content"),
    "content null": (replies.document({"content": None}), "missing_content"),
    "an array": (replies.document([{"content": "Hi!"}]), "missing_content"),
    "too large": (LARGE, "too_large"),
    "length a lie": (
        [send(replies.http(b'{"content":"Hi!"}', headers={"Content-Length": "99"})), finish()],
        "interrupted",
    ),
    "closed unanswered": ([finish()], "interrupted"),
    "reset unanswered": ([reset()], "interrupted"),
    "silent": ([stall()], "timeout"),
}


@pytest.fixture
def pair(gateway):
    """A bot with a primary and a spare integration."""

    def start(primary_url, spare_url, **settings):
        settings = {"timeout": "500ms", "max_response": "100K", **settings}
        return gateway(
            {
                "bot support": {"error_message": ERROR_MESSAGE},
                "integration primary": integration(primary_url, **settings),
                "integration spare": integration(
                    spare_url, fallback=True, timeout="500ms", max_response="100K"
                ),
            }
        )

    return start


def check_failed_attempt(attempt, outcome):
    assert attempt["integration"] == "primary"
    assert attempt["outcome"] == outcome
    assert isinstance(attempt["duration_ms"], int)
    assert isinstance(attempt["message"], str) and attempt["message"]


@pytest.mark.parametrize(("answer", "outcome"), FAILURES.values(), ids=FAILURES.keys())
def test_the_spare_answers_where_the_primary_fails(pair, backend, answer, outcome):
    primary, spare = backend(answer), backend(replies.custom("from the spare"))
    data = pair(primary.url, spare.url).client().message(bot="support").data
    assert (data["content"], data["fallback"]) == ("from the spare", True)
    assert data["integration"]["id"] == "spare"
    failed, served = data["attempts"]
    check_failed_attempt(failed, outcome)
    assert (served["integration"], served["outcome"]) == ("spare", "ok")
    assert len(primary.requests) == len(spare.requests) == 1


@pytest.mark.parametrize(("answer", "outcome"), FAILURES.values(), ids=FAILURES.keys())
def test_the_client_is_told_where_all_fail(pair, backend, answer, outcome):
    primary, spare = backend(answer), backend(answer)
    response = pair(primary.url, spare.url).client().message(bot="support")
    assert response.status == (504 if outcome == "timeout" else 502)
    assert response.error["type"] == "backend_error"
    assert response.error["code"] == "all_integrations_failed"
    assert response.error["message"] == ERROR_MESSAGE
    assert set(response.json) == {"error", "attempts"}
    first, second = response.attempts
    check_failed_attempt(first, outcome)
    assert second["integration"] == "spare"


@pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
def test_an_attempt_tells_the_status_that_came(pair, backend, status):
    primary, spare = backend(replies.failure(f"{status} X")), backend(replies.custom())
    data = pair(primary.url, spare.url).client().message(bot="support").data
    assert data["attempts"][0]["status"] == status


@pytest.mark.parametrize(
    ("last", "status"),
    [([stall()], 504), (replies.failure("500 Oops"), 502)],
    ids=["timeout", "error"],
)
def test_the_last_failure_decides_between_502_and_504(pair, backend, last, status):
    first = replies.failure("500 Oops") if status == 504 else [stall()]
    response = pair(backend(first).url, backend(last).url).client().message(bot="support")
    assert response.status == status


def test_a_refused_connection(pair, backend):
    with unused_tcp_socket() as closed:
        port = closed.getsockname()[1]
        running = pair(f"http://127.0.0.1:{port}/", backend(replies.custom()).url)
        data = running.client().message(bot="support").data
    check_failed_attempt(data["attempts"][0], "connect_failed")
    assert data["attempts"][0].get("status") is None


def test_a_name_that_does_not_exist(pair, backend):
    running = pair(
        "http://no-such-host.invalid.internal/", backend(replies.custom()).url, timeout="10s"
    )
    data = running.client().message(bot="support").data
    check_failed_attempt(data["attempts"][0], "dns_failed")


def test_a_backend_that_does_not_speak_tls(pair, backend):
    plain = backend(replies.custom(), greeting=[send(b"SSH-2.0-OpenSSH_9.2\r\n")])
    url = plain.url.replace("http:", "https:")
    data = pair(url, backend(replies.custom()).url).client().message(bot="support").data
    check_failed_attempt(data["attempts"][0], "tls_failed")


def test_a_filtered_request_goes_to_no_other_integration(pair, backend):
    error = {"message": "Your prompt was too rude.", "code": "content_policy_violation"}
    primary = backend(replies.document({"error": error}, "400 Bad Request"))
    spare = backend(replies.custom())
    response = pair(primary.url, spare.url).client().message(bot="support")
    assert response.status == 400
    assert "Your prompt was too rude." in response.error["message"]
    assert not spare.requests


def test_why_a_request_was_filtered_is_told_without_secrets(gateway, backend):
    error = {"message": "Refused for key sk-verysecret.", "code": "content_filter"}
    filtering = backend(replies.document({"error": error}, "400 Bad Request"))
    headers = {"header.Authorization": "Bearer sk-verysecret"}
    client = gateway({"integration a": integration(filtering.url, **headers)}).client()
    assert client.message().error["message"] == "Refused for key ****."


@pytest.mark.parametrize(
    ("status", "outcome", "asked"),
    [("500 Oops", "http_error", 2), ("429 Slow", "rate_limited", 2), ("401 No", "auth_failed", 1)],
)
@pytest.mark.parametrize("is_announced", [True, False])
def test_an_error_counts_by_its_status_however_large_it_is(
    gateway, backend, status, outcome, asked, is_announced
):
    page = b"x" * 100_000
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\n"
    head += f"Content-Length: {len(page)}\r\n" if is_announced else "Connection: close\r\n"
    failing = backend([send(head.encode() + b"Retry-After: 0\r\n\r\n" + page), finish()])
    spare = backend(replies.custom("Well."))
    settings = {"max_response": "10K", "retries": 1, "backoff": "1ms", "breaker": 0}
    client = gateway(
        {
            "integration a": integration(failing.url, **settings),
            "integration b": integration(spare.url, fallback=True),
        }
    ).client()
    response = client.message()
    assert response.outcomes == [outcome] * asked + ["ok"]
    assert len(failing.requests) == asked


def test_failures_show_no_secret(pair, backend):
    echoing = backend(
        lambda request: replies.document(
            {"error": {"message": f"Incorrect key: {request.values('Authorization')}"}},
            "401 Unauthorized",
        )
    )
    running = pair(
        echoing.url, echoing.url, **{"header.Authorization": "Bearer sk-very-secret-key-123"}
    )
    response = running.client().message(bot="support")
    assert b"sk-very-secret-key-123" not in response.body


def test_fallbacks_are_asked_by_weight_then_by_place_in_the_file(gateway, backend):
    broken = backend(replies.failure("500 Oops"))
    weights = {"low": 1, "high-a": 5, "high-b": 5, "middle": 3}
    running = gateway(
        {
            "bot support": {},
            "integration primary": integration(broken.url),
            **{
                f"integration {name}": integration(broken.url, fallback=True, weight=weight)
                for name, weight in weights.items()
            },
        }
    )
    response = running.client().message(bot="support")
    asked = [attempt["integration"] for attempt in response.attempts]
    assert asked == ["primary", "high-a", "high-b", "middle", "low"]


def test_messages_are_shared_in_proportion_to_weight(gateway):
    running = gateway(
        {
            "bot support": {},
            "integration three": {"type": "echo", "weight": 3},
            "integration one": {"type": "echo", "weight": 1},
            "integration none": {"type": "echo", "weight": 0},
            "integration disabled": {"type": "echo", "weight": 1000, "enabled": False},
            "integration spare": {"type": "echo", "weight": 1000, "fallback": True},
        }
    )
    count = 600
    served = Counter(
        running.client().message(bot="support").data["integration"]["id"] for _ in range(count)
    )
    assert set(served) == {"three", "one"}
    deviation = (count * 0.75 * 0.25) ** 0.5
    assert abs(served["three"] - count * 0.75) < 5 * deviation


def test_a_disabled_fallback_is_not_asked(gateway, backend):
    broken, spare = backend(replies.failure("500 Oops")), backend(replies.custom())
    running = gateway(
        {
            "bot support": {},
            "integration primary": integration(broken.url),
            "integration spare": integration(spare.url, fallback=True, enabled=False),
        }
    )
    assert running.client().message(bot="support").status == 502
    assert not spare.requests


def test_a_healthy_primary_leaves_the_fallback_alone(pair, backend):
    primary, spare = backend(replies.custom("from the primary")), backend(replies.custom())
    data = pair(primary.url, spare.url).client().message(bot="support").data
    assert (data["content"], data["fallback"]) == ("from the primary", False)
    assert not spare.requests


@pytest.mark.timing
def test_the_deadline_bounds_all_attempts_together(gateway, backend):
    silent = backend([stall()])
    running = gateway(
        {
            "bot support": {"deadline": "1s"},
            "integration a": integration(silent.url, timeout="700ms"),
            "integration b": integration(silent.url, timeout="700ms", fallback=True, weight=3),
            "integration c": integration(silent.url, timeout="700ms", fallback=True, weight=2),
        }
    )
    start = time.monotonic()
    response = running.client().message(bot="support")
    assert 0.9 < time.monotonic() - start < 1.5
    assert response.status == 504
    asked = [attempt["integration"] for attempt in response.attempts]
    assert asked in (["a", "b"], ["a", "b", "c"])


def test_the_timeout_covers_the_whole_reply(pair, backend):
    body = b'{"content":"Hi!"}'
    late = [send(replies.http(body)[:-5]), wait(2), send(body[-5:])]
    data = (
        pair(backend(late).url, backend(replies.custom()).url).client().message(bot="support").data
    )
    check_failed_attempt(data["attempts"][0], "timeout")
    assert 450 <= data["attempts"][0]["duration_ms"] < 1000


@pytest.mark.timing
def test_a_failure_in_one_conversation_delays_no_other(pair, backend):
    silent = [stall()]
    running = pair(
        backend(in_turn(silent, replies.custom())).url, backend(silent).url, timeout="5s"
    )
    with running.client().open() as waiting:
        waiting.send(running.client().message_request(bot="support", conversation_id="slow"))
        threading.Event().wait(0.1)
        start = time.monotonic()
        assert running.client().message(bot="support").status == 200
        assert time.monotonic() - start < 0.5
