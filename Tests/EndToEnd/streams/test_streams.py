"""Streams of sound and of odd backends: which events arrive, in which pieces, for clients that
ask for a stream and for others. One gateway serves all of them, each with a bot."""

import pytest

import replies as whole
import stream_replies as replies
from backends import drip, send, wait
from configuration import integration
from stream_client import streamed
from stream_replies import KINDS

MAX_RESPONSE = 4096
STREAM_SETTINGS = ["yes", "no", "auto"]
TOKENS = ["Once ", "upon ", "a time."]
STORY = "".join(TOKENS)

kinds = pytest.mark.parametrize("kind", KINDS)
framed_as_events = pytest.mark.parametrize("kind", ["openai", "anthropic", "custom"])


def obedient(kind):
    """Streams if it is asked to."""

    def script(request):
        if request.json.get("stream"):
            return replies.stream(kind, TOKENS)
        return whole.reply(replies.type_of(kind), STORY)

    return script


def events(kind, *data):
    return replies.body(data, kind)


def data_of(kind, tokens=TOKENS):
    return [piece.data for piece in replies.pieces(kind, tokens)]


# Events that cannot have a part of the reply.
GARBAGE = {
    "no JSON": b"thinking...",
    "an array": b"[1,2]",
    "a string": b'"Once"',
    "null": b"null",
    "too deep": b"[" * 200 + b"]" * 200,
    "nothing": b"",
}

# Events that may have had a part of it.
GAPS = {
    "half an object": b'{"content":',
    "the other half": b'not "}}]}',
    "wrong UTF-8": b'{"content":"\xff\xfe"}',
    "a control character": b'{"content":"\x01"}',
}

# Ways to write an event stream. None changes its meaning.
SPELLINGS = {
    "LF": lambda data: data,
    "CRLF": lambda data: data.replace(b"\n", b"\r\n"),
    "CR": lambda data: data.replace(b"\n", b"\r"),
    "a byte-order mark": lambda data: b"\xef\xbb\xbf" + data,
    "comments": lambda data: b": hello\n\n" + data.replace(b"data:", b":\n: data: x\ndata:"),
    "no blank after the colon": lambda data: data.replace(b"data: ", b"data:"),
    "other fields": lambda data: data.replace(b"data:", b"id: 7\nretry: 10\nnonsense\ndata:"),
    "several data lines": lambda data: data.replace(b'{"', b'{\ndata: "'),
    "empty lines": lambda data: b"\n\n\n" + data.replace(b"\n\n", b"\n\n\n\n"),
}

ERRORS = {
    "openai": [{"error": {"message": "overloaded", "type": "server_error", "code": None}}],
    "anthropic": [{"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}],
    "custom": [{"error": "broken"}],
    "ndjson": [{"error": {"message": "broken"}}],
}


def error_event(kind, value):
    return replies.event(kind, value, type="error" if kind == "anthropic" else "")


def with_garbage(kind, garbage):
    """Before the first event, between any two, and after the last one that counts."""
    good = data_of(kind)
    bad = replies.event(kind, garbage)
    return events(kind, bad, *(each for data in good[:-1] for each in (data, bad)), good[-1])


def with_gap(kind, gap, after=0):
    """The gap comes after `after` pieces of the text."""
    good = data_of(kind)
    at = good.index(replies.token(kind, TOKENS[0])) + after
    return events(kind, *good[:at], replies.event(kind, gap), *good[at:])


def split(kind, spelling):
    """One byte per packet."""
    data = SPELLINGS[spelling](b"".join(data_of(kind)))
    return [send(replies.head(kind, is_chunked=False)), drip(data, 0)]


@pytest.fixture(scope="module")
def service(gateways, backends):
    """`service(bot, …)` sends one message to a bot, and reads its streamed answer."""
    sections: dict = {"server": {"max_connections_per_ip": 0}}
    servers = {}

    def add(bot, kind, script, spare=None, **settings):
        server = servers[bot] = backends(script)
        sections[f"bot {bot}"] = {}
        sections[f"integration {bot}"] = integration(
            server.url, replies.type_of(kind), bot=bot, **settings
        )
        if spare is not None:
            sections[f"integration {bot}-spare"] = integration(
                backends(spare).url, replies.type_of(kind), bot=bot, fallback=True
            )

    for kind in KINDS:
        for setting in STREAM_SETTINGS:
            add(f"{kind}-{setting}", kind, obedient(kind), stream=setting)
        sound = replies.stream(kind, ["from the spare"])
        reply = whole.reply(replies.type_of(kind), STORY)
        add(f"{kind}-ignores", kind, reply, stream="yes")
        for number, garbage in enumerate(GARBAGE.values()):
            add(f"{kind}-garbage-{number}", kind, with_garbage(kind, garbage))
        for number, gap in enumerate(GAPS.values()):
            add(f"{kind}-gap-{number}", kind, with_gap(kind, gap), sound, retries=2, backoff="1ms")
            broken = with_gap(kind, gap, after=1)
            add(f"{kind}-late-gap-{number}", kind, broken, sound, retries=2, backoff="1ms")
            add(f"{kind}-whole-gap-{number}", kind, broken, sound, retries=2, backoff="1ms")
            sections[f"bot {kind}-whole-gap-{number}"] = {"delivery": "whole"}
        only_garbage = [replies.event(kind, b"thinking...")] * 3
        add(f"{kind}-only-garbage", kind, events(kind, *only_garbage), retries=2, backoff="10ms")
        good = data_of(kind)
        (error,) = ERRORS[kind]
        failing = error_event(kind, error)
        add(f"{kind}-error-first", kind, events(kind, failing, *good), sound)
        add(f"{kind}-error-later", kind, events(kind, *good[:-3], failing), sound)
        add(f"{kind}-error-last", kind, events(kind, *good, failing), sound)
        add(f"{kind}-empty", kind, replies.stream(kind, []), sound)
        large = replies.stream(kind, ["x" * 100] * (MAX_RESPONSE // 100 + 1))
        add(f"{kind}-large", kind, large, max_response=MAX_RESPONSE)
        add(f"{kind}-fits", kind, replies.stream(kind, ["x"] * 2000), max_response=MAX_RESPONSE)
        endless = [send(replies.head(kind, False)), send(b"data: " + b"x" * 2 * MAX_RESPONSE)]
        add(f"{kind}-endless-event", kind, [*endless, wait(20)], max_response=MAX_RESPONSE)
        add(f"{kind}-huge", kind, replies.stream(kind, ["é" * (1 << 19)]), max_response="3M")
    for kind in ["openai", "anthropic", "custom"]:
        for number, spell in enumerate(SPELLINGS.values()):
            stream = replies.raw(kind, spell(b"".join(data_of(kind))))
            add(f"{kind}-spelt-{number}", kind, stream)
        add(f"{kind}-bytewise", kind, split(kind, "LF"))
        add(f"{kind}-bytewise-crlf", kind, split(kind, "CRLF"))
    add(
        "ndjson-crlf",
        "ndjson",
        replies.raw("ndjson", SPELLINGS["CRLF"](b"".join(data_of("ndjson")))),
    )
    unended = b"".join(data_of("ndjson")).rstrip(b"\n")
    add("ndjson-unended", "ndjson", replies.raw("ndjson", unended))
    filtered = {"error": {"message": "No such talk.", "code": "content_policy_violation"}}
    add("filtered", "openai", events("openai", replies.event("openai", filtered)), sound)
    client = gateways(sections).client()

    def send_one(bot, **rest):
        return streamed(client, bot=bot, **rest)

    send_one.client, send_one.servers = client, servers
    return send_one


@kinds
@pytest.mark.parametrize("setting", STREAM_SETTINGS)
def test_a_backend_is_asked_to_stream_as_configured(service, kind, setting):
    """The reply is the same for a client that streams and for one that does not."""
    bot = f"{kind}-{setting}"
    stream = service(bot)
    answer = service.client.message(bot=bot)
    wished, unwished = service.servers[bot].requests
    assert wished.json.get("stream") is (True if setting != "no" else None)
    assert unwished.json.get("stream") is (True if setting == "yes" else None)
    asks_usage = kind == "openai" and setting != "no"
    assert ("stream_options" in wished.json) == asks_usage
    assert stream.deltas == ([STORY] if setting == "no" else TOKENS)
    assert stream.data["content"] == answer.data["content"] == STORY
    assert answer.json.keys() == {"data"} and stream.data.keys() == answer.data.keys()
    assert stream.values("X-Postern-Attempts") == []
    assert answer.field("Content-Type") == "application/json"


@kinds
def test_model_and_usage_are_those_of_the_stream(service, kind):
    metadata = service(f"{kind}-auto").data["metadata"]
    assert metadata["model"] == "m-1"
    assert metadata["usage"] == replies.usage_of(kind)


@kinds
def test_a_backend_that_does_not_stream_is_fine(service, kind):
    stream = service(f"{kind}-ignores")
    assert stream.deltas == [STORY]
    assert service.client.message(bot=f"{kind}-ignores").data["content"] == STORY
    assert all(asked.json["stream"] for asked in service.servers[f"{kind}-ignores"].requests)


@kinds
@pytest.mark.parametrize("number", range(len(GARBAGE)), ids=GARBAGE)
def test_malformed_events_are_passed_over(service, kind, number):
    stream = service(f"{kind}-garbage-{number}")
    assert stream.deltas == TOKENS
    assert stream.outcomes == ["ok"]


@kinds
@pytest.mark.parametrize("number", range(len(GAPS)), ids=GAPS)
def test_a_gap_breaks_the_reply(service, kind, number):
    """Before the first piece no client sees it: it is tried once more, then elsewhere."""
    stream = service(f"{kind}-gap-{number}")
    assert stream.text == "from the spare"
    assert stream.outcomes == ["invalid_json", "invalid_json", "ok"]


@kinds
@pytest.mark.parametrize("number", range(len(GAPS)), ids=GAPS)
def test_a_gap_after_the_first_piece_ends_the_stream(service, kind, number):
    stream = service(f"{kind}-late-gap-{number}")
    assert stream.text == TOKENS[0]
    assert stream.failure["error"]["code"] == "all_integrations_failed"
    assert stream.outcomes == ["invalid_json"]
    assert service(f"{kind}-whole-gap-{number}").text == "from the spare"


@kinds
def test_nothing_but_malformed_events_is_no_reply(service, kind):
    stream = service(f"{kind}-only-garbage")
    assert (stream.status, stream.outcomes) == (502, ["invalid_json"])


@kinds
def test_an_error_before_any_content_is_not_seen(service, kind):
    stream = service(f"{kind}-error-first")
    assert stream.text == "from the spare"
    assert stream.outcomes == ["http_error", "ok"]


@kinds
def test_an_error_after_content_ends_the_stream(service, kind):
    """No other integration can continue here. The backend's own words are not shown."""
    stream = service(f"{kind}-error-later")
    assert stream.text and STORY.startswith(stream.text)
    assert stream.failure["error"]["code"] == "all_integrations_failed"
    assert stream.outcomes == ["http_error"]


@kinds
def test_an_error_after_the_end_does_not_matter(service, kind):
    assert service(f"{kind}-error-last").data["content"] == STORY


def test_a_filtered_request_goes_to_no_other_integration(service):
    stream = service("filtered")
    assert stream.status == 400
    assert stream.failure["error"]["code"] == "content_filter"
    assert stream.failure["error"]["message"] == "No such talk."


@kinds
def test_a_finish_without_content_is_no_reply(service, kind):
    stream = service(f"{kind}-empty")
    assert stream.text == "from the spare"
    assert stream.outcomes == ["missing_content", "ok"]


@kinds
def test_max_response_limits_streams(service, kind):
    stream = service(f"{kind}-large")
    assert stream.outcomes == ["too_large"]
    assert len(stream.text) <= MAX_RESPONSE
    assert service(f"{kind}-endless-event").outcomes == ["too_large"]
    assert service.client.message(bot=f"{kind}-large").outcomes in (["too_large"], ["ok"])


@kinds
def test_max_response_counts_the_reply_not_its_wrapping(service, kind):
    """Its 2,000 events are far larger than the limit."""
    assert service(f"{kind}-fits").text == "x" * 2000


@framed_as_events
@pytest.mark.parametrize("number", range(len(SPELLINGS)), ids=SPELLINGS)
def test_event_streams_are_read_by_the_letter(service, kind, number):
    stream = service(f"{kind}-spelt-{number}")
    assert stream.deltas == TOKENS
    assert stream.data["metadata"]["model"] == "m-1"


@framed_as_events
@pytest.mark.parametrize("spelling", ["bytewise", "bytewise-crlf"])
def test_one_byte_at_a_time(service, kind, spelling):
    assert service(f"{kind}-{spelling}").deltas == TOKENS


@pytest.mark.parametrize("spelling", ["crlf", "unended"])
def test_lines(service, spelling):
    assert service(f"ndjson-{spelling}").deltas == TOKENS


@kinds
def test_an_event_of_a_megabyte(service, kind):
    assert service(f"{kind}-huge").text == "é" * (1 << 19)
