"""The failure table: which integration is asked again, when, and which is asked next."""

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

import replies
from backends import in_turn, stall
from configuration import integration

PROMPTLY = 0.3
BUSY = replies.failure("503 Service Unavailable")
WELL = replies.custom("Well.")


def busy(seconds, status="503 Service Unavailable"):
    return replies.failure(status, headers={"Retry-After": str(seconds)})


@pytest.fixture
def pair(gateway):
    """A bot with a primary and a spare integration; `settings` are those of the primary."""

    def start(primary, spare, bot=(), **settings):
        settings = {"retries": 2, "backoff": "20ms", **settings}
        return gateway(
            {
                "bot support": dict(bot),
                "integration primary": integration(primary.url, **settings),
                "integration spare": integration(spare.url, fallback=True),
            }
        ).client()

    return start


def tried(response):
    """The integrations that were asked, in order, with their outcomes."""
    return [(attempt["integration"], attempt["outcome"]) for attempt in response.attempts]


def test_a_further_try_may_succeed(pair, backend):
    failures = [BUSY, replies.failure("429 Too Many Requests")]
    primary, spare = backend(in_turn(*failures, WELL)), backend(replies.custom())
    response = pair(primary, spare).message(bot="support", conversation_id="c")
    assert (response.data["content"], response.data["fallback"]) == ("Well.", False)
    assert tried(response) == [
        ("primary", "http_error"),
        ("primary", "rate_limited"),
        ("primary", "ok"),
    ]
    assert not spare.requests


def test_a_further_try_sends_the_same_again(pair, backend):
    primary = backend(in_turn(BUSY, BUSY, WELL))
    pair(primary, backend(WELL)).message("Hi", bot="support", user={"id": "u"}, metadata={"a": 1})
    first, *again = primary.requests
    assert [request.raw for request in again] == [first.raw] * 2


def test_a_turn_enters_the_context_once_however_often_it_was_tried(pair, backend):
    primary = backend(in_turn(BUSY, WELL, BUSY, BUSY, BUSY, WELL))
    spare = backend(replies.custom("From the spare."))
    client = pair(primary, spare)
    for content in ("one", "two", "three"):
        assert client.message(content, bot="support", conversation_id="c").status == 200
    assert primary.requests[-1].messages == [
        ("user", "one"),
        ("assistant", "Well."),
        ("user", "two"),
        ("assistant", "From the spare."),
        ("user", "three"),
    ]


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_retries_are_as_many_as_configured(pair, backend, retries):
    primary, spare = backend(BUSY), backend(WELL)
    response = pair(primary, spare, retries=retries, backoff="1ms").message(bot="support")
    assert response.status == 200
    assert len(primary.requests) == 1 + retries


def test_retries_are_2_where_nothing_is_configured(gateway, backend):
    server = backend(BUSY)
    section = {"webhook_url": server.url, "backoff": "1ms"}
    client = gateway({"integration gpt": section}).client()
    assert client.message().outcomes == ["http_error"] * 3


def test_every_integration_has_its_own_tries_before_the_next_is_asked(gateway, backend):
    broken = backend(BUSY)
    tries = {"primary": 2, "first": 0, "second": 1}
    running = gateway(
        {
            "bot support": {},
            **{
                f"integration {name}": integration(
                    broken.url,
                    fallback=name != "primary",
                    retries=retries,
                    backoff="1ms",
                    weight=10 - place,
                )
                for place, (name, retries) in enumerate(tries.items())
            },
        }
    )
    response = running.client().message(bot="support")
    assert response.status == 502
    asked = [attempt["integration"] for attempt in response.attempts]
    assert asked == ["primary"] * 3 + ["first"] + ["second"] * 2


@pytest.mark.timing
def test_backoff_doubles_and_is_jittered(gateway, backend):
    """Of many exchanges no wait is longer than backoff * 2^n. The longest ones show the
    doubling. They differ, so that requests that failed together do not come back together."""
    backoff, count, slack = 0.1, 32, 0.15
    server = backend(BUSY)
    running = gateway(
        {
            "server": {"max_connections_per_ip": 0},
            "integration gpt": integration(server.url, retries=3, backoff="100ms"),
        }
    )
    client = running.client()
    with ThreadPoolExecutor(count) as pool:
        ids = [f"conversation-{number}" for number in range(count)]
        done = list(pool.map(lambda id: client.message(conversation_id=id).status, ids))
    assert set(done) == {502}
    arrivals = defaultdict(list)
    for request in server.requests:
        arrivals[request.json["conversation_id"]].append(request.arrived_at)
    waits = [[later - earlier for earlier, later in pairwise(times)] for times in arrivals.values()]
    assert {len(times) for times in waits} == {3}
    for number in range(3):
        longest = backoff * 2**number
        of_this_try = [times[number] for times in waits]
        assert max(of_this_try) <= longest + slack
        assert max(of_this_try) > longest / 2
        assert max(of_this_try) - min(of_this_try) > longest / 4


@pytest.mark.timing
def test_a_wait_blocks_no_other_message(gateway, backend):
    primary = backend(in_turn(busy(1), WELL))
    client = gateway({"integration gpt": integration(primary.url, retries=1)}).client()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.message, conversation_id="waiting")
        primary.await_requests(1)
        time.sleep(0.1)
        start = time.monotonic()
        assert client.message(conversation_id="other").data["content"] == "Well."
        assert client.get("/healthz").status == 200
        assert time.monotonic() - start < PROMPTLY
        assert not waiting.done()
        assert waiting.result().outcomes == ["http_error", "ok"]


# `Retry-After` compared with the configuration.
LONGER_THAN = {
    "retry_after_max": ({}, {"retry_after_max": "1s"}),
    "what is left": ({"deadline": "1500ms"}, {"retry_after_max": "10s"}),
}


@pytest.mark.timing
@pytest.mark.parametrize(("bot", "settings"), LONGER_THAN.values(), ids=LONGER_THAN.keys())
@pytest.mark.parametrize("status", ["429 X", "503 X", "529 X"])
def test_a_retry_after_that_is_too_long_moves_on_at_once(pair, backend, status, bot, settings):
    primary, spare = backend(busy(2, status)), backend(WELL)
    start = time.monotonic()
    response = pair(primary, spare, bot, **settings).message(bot="support")
    assert time.monotonic() - start < PROMPTLY
    assert [name for name, _ in tried(response)] == ["primary", "spare"]
    assert len(primary.requests) == 1


@pytest.mark.timing
def test_a_retry_after_that_is_too_long_ends_it_without_a_fallback(gateway, backend):
    server = backend(busy(3600, "429 Too Many Requests"))
    client = gateway({"integration gpt": integration(server.url, retries=2)}).client()
    start = time.monotonic()
    response = client.message()
    assert time.monotonic() - start < PROMPTLY
    assert (response.status, response.outcomes) == (502, ["rate_limited"])


@pytest.mark.timing
def test_a_retry_after_replaces_the_backoff(pair, backend):
    """It replaces a backoff that is longer, and the two are not added."""
    primary = backend(in_turn(busy(1), WELL))
    start = time.monotonic()
    response = pair(primary, backend(WELL), backoff="8s").message(bot="support")
    assert tried(response) == [("primary", "http_error"), ("primary", "ok")]
    assert 1 <= time.monotonic() - start < 2.2
    first, second = primary.requests
    assert second.arrived_at - first.arrived_at >= 0.99


def test_a_timeout_is_not_tried_again(pair, backend):
    primary = backend([stall()])
    response = pair(primary, backend(WELL), timeout="300ms").message(bot="support")
    assert tried(response) == [("primary", "timeout"), ("spare", "ok")]


def test_a_failure_not_worth_repeating_ends_the_tries(pair, backend):
    primary = backend(in_turn(BUSY, replies.failure("401 Unauthorized"), WELL))
    response = pair(primary, backend(WELL)).message(bot="support")
    assert tried(response) == [
        ("primary", "http_error"),
        ("primary", "auth_failed"),
        ("spare", "ok"),
    ]


OPENAI_TOO_LONG = "This model's maximum context length is 8192 tokens. However, you requested 9000."
TOO_LONG = {
    "openai": {"error": {"message": OPENAI_TOO_LONG, "code": "context_length_exceeded"}},
    "anthropic": {
        "type": "error",
        "error": {
            "type": "invalid_request_error",
            "message": "prompt is too long: 210000 tokens > 200000 maximum",
        },
    },
    "vllm": {"object": "error", "message": OPENAI_TOO_LONG, "type": "BadRequestError", "code": 400},
    "llama.cpp": {
        "error": {
            "code": 400,
            "message": "the request exceeds the available context size. try increasing it",
            "type": "exceed_context_size_error",
        }
    },
    "mistral": {
        "object": "error",
        "message": "Prompt contains 40000 tokens, too large for model with 32768 maximum context "
        "length",
        "type": "invalid_request_error",
        "code": "3051",
    },
    "gemini": [
        {
            "error": {
                "code": 400,
                "message": "The input token count (1200000) exceeds the maximum number of tokens "
                "allowed (1048576).",
                "status": "INVALID_ARGUMENT",
            }
        }
    ],
    "lm studio": {
        "error": "Trying to keep the first 5000 tokens when context the overflows. However, the "
        "model is loaded with context length of only 4096 tokens, which is not enough."
    },
    "plain text": OPENAI_TOO_LONG.encode(),
}
REASON = "Your prompt was too rude for us."
FILTERED = {
    "openai": {"error": {"message": REASON, "code": "content_policy_violation"}},
    "azure": {
        "error": {
            "message": REASON,
            "code": "content_filter",
            "status": 400,
            "innererror": {"code": "ResponsibleAIPolicyViolation"},
        }
    },
}


@pytest.mark.parametrize("said", TOO_LONG.values(), ids=TOO_LONG.keys())
def test_a_context_too_long_for_one_may_fit_the_next(pair, backend, said):
    primary, spare = backend(replies.document(said, "400 Bad Request")), backend(WELL)
    response = pair(primary, spare).message(bot="support")
    assert response.data["content"] == "Well."
    assert tried(response) == [("primary", "context_too_long"), ("spare", "ok")]


@pytest.mark.parametrize("said", FILTERED.values(), ids=FILTERED.keys())
def test_filtered_content_goes_to_no_other_integration(pair, backend, said):
    primary, spare = backend(replies.document(said, "400 Bad Request")), backend(WELL)
    response = pair(primary, spare).message(bot="support")
    assert response.status == 400
    assert response.error["type"] == "invalid_request_error"
    assert REASON in response.error["message"]
    assert len(primary.requests) == 1
    assert not spare.requests


def test_filtered_content_at_a_later_integration_ends_the_exchange_too(gateway, backend):
    filtered = replies.document(FILTERED["openai"], "400 Bad Request")
    third = backend(WELL)
    running = gateway(
        {
            "bot support": {},
            "integration a": integration(backend(BUSY).url),
            "integration b": integration(backend(filtered).url, fallback=True, weight=2),
            "integration c": integration(third.url, fallback=True),
        }
    )
    response = running.client().message(bot="support")
    assert response.status == 400
    assert REASON in response.error["message"]
    assert not third.requests


def test_a_message_after_one_that_waits_is_answered_after_it(pair, backend):
    """The order within a conversation is kept over waits and further tries."""
    primary = backend(in_turn(busy(1), replies.custom("first"), replies.custom("second")))
    client = pair(primary, backend(WELL))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.message, "one", bot="support", conversation_id="c")
        primary.await_requests(1)
        second = client.message("two", bot="support", conversation_id="c")
    assert (first.result().data["content"], second.data["content"]) == ("first", "second")
    assert primary.requests[-1].messages == [
        ("user", "one"),
        ("assistant", "first"),
        ("user", "two"),
    ]


def test_attempts_are_told_in_a_field_too(pair, backend):
    """`X-Postern-Attempts` tells the attempts briefly, in order, of successes and failures."""
    primary, spare = backend(BUSY), backend(in_turn(WELL, BUSY))
    client = pair(primary, spare)
    for status in (200, 502):
        response = client.message(bot="support")
        assert response.status == status
        briefly = response.field("X-Postern-Attempts").split(", ")
        assert len(response.attempts) == 4
        for brief, attempt in zip(briefly, response.attempts, strict=True):
            assert brief.startswith(f"{attempt['integration']};outcome={attempt['outcome']}")


# Errors in the words of these backends, of the kinds that are worth another try.
WORDED = {
    "anthropic, overloaded": (
        "anthropic",
        "529 Overloaded",
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    ),
    "anthropic, rate limit": (
        "anthropic",
        "429 Too Many Requests",
        {"type": "error", "error": {"type": "rate_limit_error", "message": "Too many tokens"}},
    ),
    "openai, server error": (
        "openai",
        "500 Internal Server Error",
        {"error": {"message": "The server had an error", "type": "server_error", "code": None}},
    ),
    "openai, rate limit": (
        "openai",
        "429 Too Many Requests",
        {"error": {"message": "Limit reached", "type": "requests", "code": "rate_limit_exceeded"}},
    ),
}


@pytest.mark.parametrize(("type", "status", "said"), WORDED.values(), ids=WORDED.keys())
def test_every_type_is_tried_again(gateway, backend, type, status, said):
    server = backend(in_turn(replies.document(said, status), replies.reply(type, "Well.")))
    settings = {"retries": 1, "backoff": "1ms"}
    client = gateway({"integration gpt": integration(server.url, type, **settings)}).client()
    response = client.message()
    assert response.data["content"] == "Well."
    assert len(response.attempts) == 2


@pytest.mark.timing
def test_many_exchanges_that_wait_cost_no_cpu(gateway, backend):
    """And no more memory than their messages: a hundred messages wait for a Retry-After."""
    count = 100
    server = backend(lambda request: busy(2) if len(server.requests) <= count else WELL)
    running = gateway(
        {
            "server": {"max_connections_per_ip": 0},
            "integration gpt": integration(server.url, retries=1),
        }
    )
    with ThreadPoolExecutor(count) as pool:
        messages = [pool.submit(running.client().message) for _ in range(count)]
        server.await_requests(count)
        time.sleep(0.3)
        before = running.cpu_ticks()
        time.sleep(1)
        assert running.cpu_ticks() - before <= 5, "of 100 in a second"
        assert {message.result().status for message in messages} == {200}
