"""`GET /v1/exchanges`: the flight recorder."""

import threading
import time

import pytest

import replies
import stream_replies
from backends import stall
from client import messages_path
from configuration import integration
from exchanges import exchanges, following, next_exchange, two_bots
from managed import KEYS, KEYS_AND_BOTS, Managed
from receivers import submit
from stream_client import streamed

MEMBERS = {
    *("id", "request_id", "bot", "conversation_id", "user", "key", "interface", "streamed"),
    *("started_at", "duration_ms", "waited_ms", "first_content_ms", "outcome", "status"),
    *("integration", "fallback", "turns_left_out", "request_bytes", "reply_bytes", "tokens"),
    "attempts",
}
ATTEMPT = {
    *("integration", "outcome", "status", "started_ms", "duration_ms", "dns_ms", "connect_ms"),
    *("tls_ms", "first_byte_ms", "first_content_ms", "request_bytes", "response_bytes"),
}


def last(client, **expected):
    """The exchange that ended last."""
    record = exchanges(client)[0]
    assert set(record) - {"content", "attempts_left_out"} == MEMBERS | ({"cost"} & set(record))
    for attempt in record["attempts"]:
        assert set(attempt) - {"message"} == ATTEMPT
    assert {name: record[name] for name in expected} == expected
    return record


# What is recorded


def test_a_reply(one_integration):
    running, _ = one_integration("openai")
    client = running.client()
    answer = client.message(
        "Hello", "support", conversation_id="c1", user={"id": "ann"}, metadata={"a": 1}
    )
    record = last(
        client,
        id=answer.data["id"],
        request_id=answer.field("X-Request-Id"),
        bot="support",
        conversation_id="c1",
        user="ann",
        key=None,
        interface="native",
        streamed=False,
        outcome="ok",
        status=200,
        integration="only",
        fallback=False,
        first_content_ms=None,
        turns_left_out=0,
        reply_bytes=len(replies.json_bytes(answer.data["content"])),
    )
    usage = answer.data["metadata"]["usage"]
    assert record["tokens"]["input"] == usage["prompt_tokens"]
    assert record["tokens"]["output"] == usage["completion_tokens"]
    assert record["request_bytes"] > len("Hello")
    assert record["duration_ms"] >= record["waited_ms"] >= 0
    (attempt,) = record["attempts"]
    assert (attempt["integration"], attempt["outcome"], attempt["status"]) == ("only", "ok", 200)
    assert "message" not in attempt
    assert 0 < attempt["connect_ms"] <= attempt["first_byte_ms"] <= attempt["duration_ms"] + 1
    assert attempt["tls_ms"] is None
    assert attempt["request_bytes"] > 0 and attempt["response_bytes"] > 0


def test_one_by_its_id_or_that_of_its_request(one_integration):
    client = one_integration("echo")[0].client()
    answer = client.message(bot="support")
    record = last(client)
    for name in (answer.data["id"], answer.field("X-Request-Id")):
        assert client.get(f"/v1/exchanges/{name}").data == record
    missing = client.get("/v1/exchanges/msg_none")
    assert (missing.status, missing.error["code"]) == (404, "exchange_not_found")


def test_a_stream(one_integration):
    client = one_integration("openai")[0].client()
    streamed(client, bot="support")
    record = last(client, streamed=True, outcome="ok", status=200)
    (attempt,) = record["attempts"]
    assert attempt["started_ms"] + attempt["first_content_ms"] == record["first_content_ms"]
    assert attempt["first_content_ms"] <= attempt["duration_ms"]


@pytest.mark.parametrize("face", ["openai", "anthropic"])
def test_other_interfaces(one_integration, face):
    client = one_integration("openai")[0].client()
    path = {"openai": "/v1/chat/completions", "anthropic": "/v1/messages"}[face]
    body = {"model": "support", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9}
    assert client.post(path, body).status == 200
    last(client, interface=face, outcome="ok", bot="support")


def test_a_fallback(gateway, backend):
    client = two_bots(gateway, backend)
    client.message(bot="support")
    record = last(client, outcome="ok", integration="spare", fallback=True)
    first, second = record["attempts"]
    assert (first["outcome"], first["status"], second["outcome"]) == ("http_error", 400, "ok")
    assert first["message"]
    assert first["started_ms"] + first["duration_ms"] <= second["started_ms"] + 1


def test_failures(gateway, backend):
    broken = backend(lambda _: replies.failure("400 Bad Request"))
    slow = backend(lambda _: [stall()])
    filtered = {
        "choices": [
            {"index": 0, "finish_reason": "content_filter", "message": {"role": "assistant"}}
        ]
    }
    filtering = backend(lambda _: replies.document(filtered))
    client = gateway(
        {
            "bot broken": {},
            "bot slow": {},
            "bot filtering": {},
            "bot closed": {},
            "integration b": integration(broken.url, bot="broken", retries=0),
            "integration s": integration(slow.url, bot="slow", retries=0, timeout="100ms"),
            "integration f": integration(filtering.url, "openai", bot="filtering", model="m"),
            "integration c": integration(
                "http://missing.invalid/",
                bot="closed",
                retries=0,
                allow_http="yes",
                breaker="1/1h",
            ),
        }
    ).client()
    for bot, outcome, status, attempt in [
        ("broken", "all_integrations_failed", 502, "http_error"),
        ("slow", "all_integrations_failed", 504, "timeout"),
        ("filtering", "content_filter", 400, "content_filtered"),
        ("closed", "all_integrations_failed", 502, "dns_failed"),
        ("closed", "all_integrations_failed", 503, "breaker_open"),
    ]:
        answer = client.message(bot=bot)
        assert answer.status == status
        record = last(client, bot=bot, outcome=outcome, status=status)
        assert [entry["outcome"] for entry in record["attempts"]] == [attempt]
        assert record["tokens"] == {"input": None, "output": None, "cached": None}
        assert answer.error["code"] == outcome
    (attempt,) = record["attempts"]
    assert attempt["started_ms"] is None


def test_a_stream_that_breaks_off(one_integration):
    start = stream_replies.pieces("openai", ["One ", "two ", "three"])[:2]
    answer = stream_replies.body([piece.data for piece in start], "openai")
    client = one_integration("openai", lambda _: answer, retries=0)[0].client()
    stream = streamed(client, bot="support")
    assert stream.failure["error"]["code"] == "all_integrations_failed"
    record = last(client, outcome="all_integrations_failed", status=502, streamed=True)
    assert record["reply_bytes"] > 0 and record["first_content_ms"] is not None


def test_a_client_that_leaves(one_integration):
    running, server = one_integration("openai", lambda _: [stall()])
    client = running.client()
    with client.open() as connection:
        connection.send(client.message_request(bot="support"))
        server.await_requests()
    deadline = time.monotonic() + 5
    while not exchanges(client) and time.monotonic() < deadline:
        time.sleep(0.01)
    record = last(client, outcome="cancelled", status=None, integration="only")
    (attempt,) = record["attempts"]
    assert attempt["outcome"] == "cancelled"
    assert attempt["request_bytes"] > 0 and attempt["connect_ms"] > 0


def test_refusals(gateway, backend):
    slow = backend(lambda _: [stall()])
    running = gateway(
        {
            "limits": {"queue_per_conversation": 0, "per_user": "1/h"},
            "bot support": {},
            "integration only": integration(slow.url, timeout="20s"),
        }
    )
    client = running.client()
    with client.open() as connection:
        connection.send(client.message_request(bot="support", conversation_id="c"))
        slow.await_requests()
        assert client.message(bot="support", conversation_id="c").status == 429
        last(client, outcome="conversation_busy", status=429, attempts=[], integration=None)
    with client.open() as connection:
        connection.send(client.message_request(bot="support", user={"id": "u"}))
        slow.await_requests(2)
        assert client.message(bot="support", user={"id": "u"}).status == 429
        last(client, outcome="user_rate_exceeded", status=429, user="u")


def test_a_refusal_of_a_message_that_would_wait(gateway, backend):
    running = gateway(
        {
            "limits": {"per_user": "1/h"},
            "bot support": {},
            "integration only": integration(backend(replies.custom()).url),
        }
    )
    client = running.client()
    assert client.message(bot="support", user={"id": "u"}).status == 200
    answer = submit(client, bot="support", user={"id": "u"}, conversation_id="c")
    assert (answer.status, answer.error["code"]) == (429, "user_rate_exceeded")
    last(
        client,
        outcome="user_rate_exceeded",
        request_id=answer.field("X-Request-Id"),
        conversation_id="c",
        user="u",
        attempts=[],
        integration=None,
    )
    running.await_log("message_refused")
    assert exchanges(client)[1]["outcome"] == "ok"


def test_many_attempts_are_the_first_and_the_last(gateway, backend):
    broken = backend(lambda _: replies.failure("500 Oops"))
    settings = integration(broken.url, fallback="yes", retries=2, backoff="1ms", breaker="0")
    sections = {f"integration i{number}": settings for number in range(10)}
    client = gateway({"bot support": {}, **sections}).client()
    client.message(bot="support")
    record = last(client, attempts_left_out=14)
    assert len(record["attempts"]) == 16
    starts = [attempt["started_ms"] for attempt in record["attempts"]]
    assert starts == sorted(starts)


# Lists


def test_filters_and_pages(gateway, backend):
    client = two_bots(gateway, backend)
    for _ in range(3):
        client.message(bot="support")
        client.message(bot="other")
    everything = client.get("/v1/exchanges").json
    assert everything["meta"] == {"page": 1, "per_page": 20, "total": 6}
    starts = [record["started_at"] for record in everything["data"]]
    assert starts == sorted(starts, reverse=True)
    for query, count in [
        ("bot=support", 3),
        ("bot=none", 0),
        ("integration=first", 3),
        ("integration=spare", 3),
        ("integration=echo", 3),
        ("outcome=ok", 6),
        ("outcome=http_error", 3),
        ("outcome=cancelled", 0),
        ("bot=other&outcome=http_error", 0),
        ("bot=support&integration=spare&outcome=ok", 3),
    ]:
        response = client.get(f"/v1/exchanges?{query}").json
        assert (response["meta"]["total"], len(response["data"])) == (count, count), query
    page = client.get("/v1/exchanges?page=2&per_page=4").json
    assert page["meta"] == {"page": 2, "per_page": 4, "total": 6}
    assert page["data"] == everything["data"][4:]
    assert client.get("/v1/exchanges?per_page=0").status == 400
    refused = client.get("/v1/exchanges?outcome=nope")
    assert refused.status == 400
    assert (refused.error["code"], refused.error["param"]) == ("invalid_parameter", "outcome")
    page = client.get("/v1/exchanges", {"Accept": "application/json, text/event-stream;q=0"}).json
    assert page["meta"]["total"] == 6


def test_keys_see_their_bots_only(binary, tmp_path):
    served = Managed(binary, tmp_path, KEYS_AND_BOTS)
    try:
        ids = {}
        for bot in ("a", "b"):
            served.client.key = KEYS["admin"]
            ids[bot] = served.post(messages_path(bot), {"content": "Hi"}).data["id"]
        assert [record["key"] for record in exchanges(served.client)] == ["admin", "admin"]
        served.client.key = KEYS["a"]
        assert [record["bot"] for record in exchanges(served.client)] == ["a"]
        assert served.get("/v1/exchanges?bot=b").status == 403
        assert served.get(f"/v1/exchanges/{ids['a']}").status == 200
        assert served.get(f"/v1/exchanges/{ids['b']}").status == 403
        assert served.get("/v1/exchanges/none").status == 403
        with following(served.client) as (_, stream):
            served.client.key = KEYS["admin"]
            served.post(messages_path("b"), {"content": "Hi"})
            served.post(messages_path("a"), {"content": "Hi"})
            assert next_exchange(stream)["bot"] == "a"
    finally:
        served.running.stop()


# Memory


def test_none_are_kept_without_memory(gateway):
    client = gateway({"recorder": {"memory": "0"}}).client()
    client.message()
    assert exchanges(client) == []
    with following(client) as (_, stream):
        client.message()
        assert next_exchange(stream)["outcome"] == "ok"


def test_the_newest_replace_the_oldest(gateway):
    running = gateway({"recorder": {"memory": "16K"}})
    client = running.client()
    for _ in range(50):
        client.message(conversation_id="c")
    before = running.resident_kilobytes()
    ids = [client.message(conversation_id="c").data["id"] for _ in range(1000)]
    response = client.get("/v1/exchanges?per_page=100").json
    total = response["meta"]["total"]
    assert 40 < total < 200
    kept = [record["id"] for record in response["data"]]
    assert kept == ids[: -len(kept) - 1 : -1]
    assert running.resident_kilobytes() - before < 200


def test_memory_that_is_too_small_is_an_error(postern, tmp_path):
    file = tmp_path / "postern.conf"
    file.write_text("[recorder]\nmemory = 8K\n")
    done = postern("check", "-c", file)
    assert done.returncode == 1
    assert f"{file}:2: memory: the recorder needs at least 16K" in done.stderr


def test_a_reload_applies_other_settings(binary, tmp_path):
    served = Managed(binary, tmp_path, "[server]\nlisten = LISTEN\n[recorder]\nmemory = 64K\n")
    try:
        ids = [served.client.message().data["id"] for _ in range(10)]
        served.file.write_text(served.text.replace("64K", "16K\ncontent = yes"))
        served.running.await_log("configuration_reloaded")
        ids.append(served.client.message("What I say").data["id"])
        records = exchanges(served.client)
        assert [record["id"] for record in records] == ids[::-1]
        content = {"message": "What I say", "reply": "What I say", "cut": False}
        assert records[0]["content"] == content
        assert "content" not in records[1]
        served.file.write_text(served.text.replace("16K", "0"))
        deadline = time.monotonic() + 5
        while exchanges(served.client) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert exchanges(served.client) == []
    finally:
        served.running.stop()


# Content


def test_content_is_not_kept_by_default(one_integration):
    client = one_integration("openai")[0].client()
    client.message("A secret thought", "support")
    response = client.get("/v1/exchanges")
    assert b"secret thought" not in response.body
    assert "content" not in response.data[0]


def with_content(gateway, backend, script, **settings):
    server = backend(script)
    return gateway(
        {
            "recorder": {"content": "yes"},
            "bot support": {},
            "integration only": integration(server.url, "openai", model="m", **settings),
        }
    ).client()


def test_secrets_in_content_are_masked(gateway, backend):
    secret = "sk-0123456789-secret"
    client = with_content(
        gateway,
        backend,
        lambda _: replies.reply("openai", f"Your key is {secret}, is it?"),
        **{"header.Authorization": f"Bearer {secret}"},
    )
    for content in (
        f"My key is {secret}.",
        [{"type": "text", "text": f"My key is {secret}."}],
    ):
        client.message(content, "support")
        assert last(client)["content"] == {
            "message": "My key is ****.",
            "reply": "Your key is ****, is it?",
            "cut": False,
        }
    # One that crosses the place where a long text is cut off.
    for length in range(15_900, 16_100, 3):
        client.message("x" * length + secret, "support")
        assert b"sk-0123" not in client.get("/v1/exchanges?per_page=1").body


def test_long_content_is_cut_off(gateway, backend):
    client = with_content(gateway, backend, lambda _: replies.reply("openai", "ä" * 20000))
    client.message("ö" * 30000, "support")
    content = last(client)["content"]
    assert content["cut"]
    assert set(content["message"]) == {"ö"} and set(content["reply"]) == {"ä"}
    assert len(content["message"]) > 3000 and len(content["reply"]) > 3000
    client.message("ö" * 30000, "support", conversation_id="c")
    assert client.get("/v1/exchanges").json["meta"]["total"] == 2


def test_parts_and_calls_are_told_as_text(gateway, backend):
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a": "b"}'}}
    document = {
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls",
                "message": {"role": "assistant", "content": None, "tool_calls": [call]},
            }
        ]
    }
    client = with_content(gateway, backend, lambda _: replies.document(document))
    parts = [
        {"type": "text", "text": "See:"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    ]
    body = {"model": "support", "messages": [{"role": "user", "content": parts}]}
    client.post("/v1/chat/completions", body)
    assert last(client)["content"] == {
        "message": "See:\n[image, image/png]",
        "reply": 'f {"a": "b"}',
        "cut": False,
    }


def test_exchanges_under_load(gateway, backend):
    """Every exchange comes once, whatever else is going on."""
    server = backend(lambda _: replies.custom("Hi!"))
    running = gateway(
        {
            "recorder": {"memory": "1M"},
            "bot support": {},
            "integration only": integration(server.url),
        }
    )
    client = running.client()
    ids = []

    def talk():
        own = running.client()
        for _ in range(50):
            ids.append(own.message(bot="support").data["id"])

    threads = [threading.Thread(target=talk) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [
        record["id"]
        for page in range(1, 6)
        for record in exchanges(client, f"?per_page=100&page={page}")
    ]
    assert sorted(found) == sorted(ids)


# Forgetting


def test_deleted_conversations_are_forgotten(gateway):
    client = gateway({"recorder": {"content": "yes"}, "bot a": {}, "bot b": {}}).client()
    for bot, conversation, user in [
        ("a", "one", "ann"),
        ("a", "one", "bob"),
        ("a", "two", "bob"),
        ("a", "three", "cid"),
        ("b", "one", "ann"),
    ]:
        client.message(f"Thought of {user}", bot, conversation_id=conversation, user={"id": user})

    def kept():
        return [(x["bot"], x["conversation_id"], x["user"]) for x in exchanges(client)][::-1]

    assert client.request("DELETE", "/v1/conversations/two?bot=a").status == 204
    assert ("a", "two", "bob") not in kept() and len(kept()) == 4
    # A conversation is deleted as a whole.
    assert client.request("DELETE", "/v1/bots/a/conversations?user=ann").data["deleted"] == 1
    assert kept() == [("a", "three", "cid"), ("b", "one", "ann")]
    assert client.request("DELETE", "/v1/bots/a/conversations").status == 200
    assert kept() == [("b", "one", "ann")]
    body = client.get("/v1/exchanges").body
    assert b"bob" not in body and b"cid" not in body
