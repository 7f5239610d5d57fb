"""How replies end, on each interface, whole and streamed: half a reply is never passed off as a
whole one, and a refusal by the backend's policy is final.

One gateway serves all cases. Each has a bot whose first integration is the case, and whose fallback
is sound."""

import gzip
import json
import zlib

import pytest

import replies
import stream_replies as streams
from configuration import integration
from faces import FACES, ask

SPARE = "from the spare"
HALF = "Half of a repl"
WHOLE = "A whole reply."

faces = pytest.mark.parametrize("face", FACES)
ways = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


def completion(content=WHOLE, reason: str | None = "stop", /, message=(), **choice):
    """A chat completion."""
    message = {"role": "assistant", "content": content, **dict(message)}
    first = {"index": 0, "message": message, "finish_reason": reason, **choice}
    return {"id": "g", "object": "chat.completion", "created": 1, "model": "x", "choices": [first]}


def message(content, reason):
    """A message of Anthropic's."""
    blocks = [{"type": "text", "text": content}] if content else []
    return {**replies.anthropic_document(), "content": blocks, "stop_reason": reason}


def chunk(content=None, reason=None, /, delta=(), **choice):
    """A chunk of a chat completion."""
    delta = {**({} if content is None else {"content": content}), **dict(delta)}
    return {"id": "g", "choices": [{"index": 0, "delta": delta, "finish_reason": reason, **choice}]}


ERROR = {"code": 502, "message": "Error processing stream"}
DONE = b"[DONE]"

# Whole replies by type.
BROKEN_BODIES = {
    "an error in the choice": ("openai", completion(HALF, None, error=ERROR)),
    "an error in the choice, and an end": ("openai", completion(HALF, error=ERROR)),
    "an error in the message": ("openai", completion(HALF, message={"error": ERROR})),
    "an error beside the choices": ("openai", {**completion(HALF), "error": ERROR}),
    "error": ("openai", completion(HALF, "error")),
    "ERROR": ("openai", completion(HALF, "ERROR")),
    "network_error": ("openai", completion(HALF, "network_error")),
    "abort": ("openai", completion(HALF, "abort")),
    "an unknown word": ("openai", completion(HALF, "weather")),
    "an unknown stop_reason": ("anthropic", message(HALF, "weather")),
    "error of anthropic": ("anthropic", message(HALF, "error")),
    "error of custom": ("custom", {"content": HALF, "finish_reason": "error"}),
    "an error beside the content": ("custom", {"content": HALF, "error": "broken"}),
}

# Replies that ended well, and why: in the words of the interfaces of OpenAI and Anthropic.
ENDS = {
    "MAX_TOKENS": ("length", "max_tokens"),
    "model_length": ("length", "max_tokens"),
    "max_tokens": ("length", "max_tokens"),
    "Length": ("length", "max_tokens"),
    "": ("stop", "end_turn"),
    "STOP": ("stop", "end_turn"),
    "eos": ("stop", "end_turn"),
    "eos_token": ("stop", "end_turn"),
    "COMPLETE": ("stop", "end_turn"),
    "end_turn": ("stop", "end_turn"),
    "stop_sequence": ("stop", "stop_sequence"),
    "SAFETY": ("content_filter", "refusal"),
    "content_filter": ("content_filter", "refusal"),
    "sensitive": ("content_filter", "refusal"),
}

# Streams of events, the half of a reply first.
BROKEN_STREAMS = {
    "error": [chunk(HALF), chunk("", "error"), DONE],
    "network_error": [chunk(HALF), chunk(None, "network_error"), DONE],
    "insufficient_system_resource": [chunk(HALF), chunk("", "insufficient_system_resource"), DONE],
    "an unknown word": [chunk(HALF), chunk("", "weather"), DONE],
    "an error in the choice": [chunk(HALF), chunk("", "error", error=ERROR), DONE],
    "an error in the choice alone": [chunk(HALF), chunk("", None, error=ERROR), DONE],
    "an error, then the end": [chunk(HALF), {"error": ERROR}, chunk("", "stop"), DONE],
    "a chunk that is cut": [
        chunk(HALF),
        b'{"choices":[{"delta":{"content":"n',
        chunk("100 mg."),
        DONE,
    ],
    "another id": [chunk(HALF), {**chunk("Another"), "id": "h"}, chunk("", "stop"), DONE],
    "no end": [chunk(HALF)],
}

FILTERED_BODIES = {
    "content_filter": ("openai", completion(None, "content_filter")),
    "content_filter without a message": (
        "openai",
        {"choices": [{"index": 0, "finish_reason": "content_filter"}]},
    ),
    "content_filter with reasoning": (
        "openai",
        completion("", "content_filter", message={"reasoning_content": "Hm."}),
    ),
    "SAFETY": ("openai", completion("", "SAFETY")),
    "refusal": ("anthropic", message("", "refusal")),
    "an error with 200": ("openai", {"error": {"code": "content_filter", "message": "No."}}),
}

# Statuses, errors, and the reason that the client is told.
REFUSALS = {
    "moderation": (403, {"code": 403, "message": "Flagged", "metadata": {"reasons": ["x"]}}),
    "invalid_prompt": (400, {"code": "invalid_prompt", "message": "Flagged"}),
    "data_inspection_failed": (400, {"code": "data_inspection_failed", "message": "Flagged"}),
    "1301": (400, {"code": "1301", "message": "Flagged"}),
    "Content Exists Risk": (400, {"message": "Content Exists Risk"}),
    "content_filter": (400, {"code": "content_filter", "message": "Flagged"}),
    "content_policy_violation": (422, {"code": "content_policy_violation", "message": "Flagged"}),
    "another status": (451, {"type": "content_filter", "message": "Flagged"}),
}

FILTERED_STREAMS = {
    "content_filter": [chunk(""), chunk(None, "content_filter"), DONE],
    "reasoning, then content_filter": [
        chunk(None, delta={"reasoning_content": "Hm."}),
        chunk("", "content_filter"),
        DONE,
    ],
    "an error": [{"error": {"code": "content_filter", "message": "No."}}],
}

# Sound replies, in odd frames.
EVENTS = [chunk(WHOLE), chunk("", "stop"), DONE]


def events(data, kind="openai"):
    return b"".join(streams.event(kind, value) for value in data)


SSE = events(EVENTS)
FRAMES = {
    "no label": (SSE, ""),
    "text/plain": (SSE, "text/plain; charset=utf-8"),
    "application/json": (SSE, "application/json"),
    "a comment first": (b": hello\n\n" + SSE, "application/json"),
    "a mark first": (b"\xef\xbb\xbf" + SSE, "application/octet-stream"),
    "an event's type first": (SSE.replace(b"data:", b"event: message\ndata:"), "text/plain"),
    "no last empty line": (SSE.rstrip(b"\n"), "text/event-stream"),
    "no [DONE] and no last empty line": (events(EVENTS[:-1]).rstrip(), "text/event-stream"),
    "JSON as a stream": (json.dumps(completion()).encode(), "text/event-stream"),
    "JSON with a mark": (b"\xef\xbb\xbf" + json.dumps(completion()).encode(), "application/json"),
    "lines as JSON": (
        b"".join(json.dumps(one).encode() + b"\n" for one in EVENTS[:-1]),
        "application/json",
    ),
    "gzip": (gzip.compress(json.dumps(completion()).encode()), "application/json", "gzip"),
    "deflate": (zlib.compress(json.dumps(completion()).encode()), "application/json", "deflate"),
    "a stream in gzip": (gzip.compress(SSE), "text/event-stream", "gzip"),
    "identity": (SSE, "text/event-stream", "identity"),
    "CRLF": (SSE.replace(b"\n", b"\r\n"), "text/html"),
}


def framed(body, label, coding=None):
    fields = {"Content-Type": label}
    if coding:
        fields["Content-Encoding"] = coding
    return [streams.send(replies.http(body, headers=fields))]


@pytest.fixture(scope="module")
def service(gateways, backends):
    """`service(face, bot, stream)` sends one message to a bot."""
    sections: dict = {"server": {"max_connections_per_ip": 0, "ollama": True}}
    spare = backends(replies.reply("openai", SPARE))
    servers = {}

    def add(bot, type, script, settings=(), **bot_settings):
        sections[f"bot {bot}"] = bot_settings
        servers[bot] = backends(script)
        case = integration(servers[bot].url, type, bot=bot, backoff="1ms", **dict(settings))
        sections[f"integration {bot}"] = case
        sections[f"integration {bot}-spare"] = integration(
            spare.url, "openai", bot=bot, fallback=True
        )

    def add_all(kind, cases, make, **rest):
        for number, case in enumerate(cases.values()):
            add(f"{kind}-{number}", *make(case), **rest)

    def body(case):
        return case[0], replies.document(case[1])

    def stream(case):
        return "openai", streams.body([streams.event("openai", one) for one in case], "openai")

    add_all("broken", BROKEN_BODIES, body)
    add_all("torn", BROKEN_STREAMS, stream)
    add_all("torn-unseen", BROKEN_STREAMS, stream, delivery="whole")
    add_all("filtered", FILTERED_BODIES, body)
    add_all("cut-off", FILTERED_STREAMS, stream)
    add_all("framed", FRAMES, lambda case: ("openai", framed(*case)))
    add_all(
        "refused",
        REFUSALS,
        lambda case: ("openai", replies.document({"error": case[1]}, f"{case[0]} Refused")),
    )
    for number, word in enumerate(ENDS):
        add(f"end-{number}", "openai", replies.document(completion(WHOLE, word)))
    refused = replies.document({"error": REFUSALS["moderation"][1]}, "403 Forbidden")
    add("next", "openai", refused, {"on_filter": "next"})
    add("strict", "openai", refused, {"breaker": "1/60s"})
    sections["bot alone"] = {}
    sections["integration alone"] = integration(
        backends(refused).url, "openai", bot="alone", on_filter="next"
    )
    thought = completion("", "length", message={"reasoning_content": "Hm."})
    add("thought", "openai", replies.document(thought), {"breaker": "1/60s"})
    client = gateways(sections).client()

    def send_one(face, bot, stream):
        return ask(client, face, bot, stream)

    send_one.client, send_one.servers = client, servers
    return send_one


def numbered(cases):
    return pytest.mark.parametrize("number", range(len(cases)), ids=list(cases))


@faces
@ways
@numbered(BROKEN_BODIES)
def test_a_broken_reply_is_replaced(service, face, stream, number):
    told = service(face, f"broken-{number}", stream)
    assert (told.status, told.text) == (200, SPARE)


@faces
@numbered(BROKEN_STREAMS)
def test_a_torn_stream_ends_in_an_error(service, face, number):
    told = service(face, f"torn-{number}", True)
    assert told.text == HALF
    assert told.error and told.end is None


@faces
@ways
@numbered(BROKEN_STREAMS)
def test_a_torn_stream_that_no_client_saw_is_replaced(service, face, stream, number):
    told = service(face, f"torn-unseen-{number}", stream)
    assert (told.status, told.text) == (200, SPARE)
    assert told.end


@numbered(BROKEN_STREAMS)
def test_half_of_a_reply_is_not_kept(service, number):
    bot, conversation = f"torn-{number}", f"c-{number}"
    fields = {"content": "Hello", "conversation_id": conversation, "stream": True}
    service.client.post(f"/v1/bots/{bot}/messages", fields)
    kept = service.client.get(f"/v1/conversations/{conversation}/messages?bot={bot}")
    assert kept.status == 404 or kept.json["data"] == []


@faces
@ways
@numbered(ENDS)
def test_clients_are_told_why_it_ended_in_their_own_words(service, face, stream, number):
    told = service(face, f"end-{number}", stream)
    openai, anthropic = list(ENDS.values())[number]
    assert told.text == WHOLE
    words = {"native": "message", "openai": openai, "anthropic": anthropic, "ollama": openai}
    assert told.end == words[face]


@faces
@ways
@pytest.mark.parametrize(
    "bot",
    [f"filtered-{n}" for n in range(len(FILTERED_BODIES))]
    + [f"cut-off-{n}" for n in range(len(FILTERED_STREAMS))]
    + [f"refused-{n}" for n in range(len(REFUSALS))],
)
def test_a_refusal_is_final(service, face, stream, bot):
    told = service(face, bot, stream)
    # What the model thought may have gone out before.
    assert told.status == (200 if stream and bot == "cut-off-1" else 400)
    assert (told.text, told.end) == ("", None)
    if face == "native":
        assert (told.error["type"], told.error["code"]) == (
            "invalid_request_error",
            "content_filter",
        )
    elif face == "ollama":
        assert told.error["message"]
    else:
        assert told.error["code"] == "content_filter"


@numbered(REFUSALS)
def test_a_refusal_has_the_reason_and_its_outcome(service, number):
    response = service.client.message(bot=f"refused-{number}")
    assert response.error["message"] == list(REFUSALS.values())[number][1]["message"]
    assert response.outcomes == ["content_filtered"]


def test_a_refusal_is_not_the_breakers_business(service):
    outcomes = [service.client.message(bot="strict").outcomes for _ in range(3)]
    assert outcomes == [["content_filtered"]] * 3


@faces
@ways
def test_a_refusal_may_be_for_the_next_integration(service, face, stream):
    assert service(face, "next", stream).text == SPARE
    told = service(face, "alone", stream)
    assert told.status == 400
    assert face == "ollama" or told.error["code"] == "content_filter"


def test_a_reply_that_only_thought_is_not_the_breakers_business(service):
    for _ in range(2):
        response = service.client.message(bot="thought")
        assert response.outcomes == ["missing_content", "ok"]
        assert "max_tokens" in response.attempts[0]["message"]


@faces
@ways
@numbered(FRAMES)
def test_frames_do_not_matter(service, face, stream, number):
    told = service(face, f"framed-{number}", stream)
    assert (told.text, told.error) == (WHOLE, None)


def test_compression_is_not_asked_for(service):
    bot = f"framed-{list(FRAMES).index('gzip')}"
    assert service("native", bot, False).text == WHOLE
    assert service.servers[bot].requests[-1].values("Accept-Encoding") == []
