"""`POST /v1/audio/speech`, `/v1/audio/transcriptions` and `/v1/audio/translations`, with OpenAI's
own SDK and raw."""

import hashlib
import io
import json
import random
import threading
import time

import openai
import pytest

import replies
from backends import finish, hold, repeat, reset, send, stall, wait
from client import form, request_bytes
from configuration import integration
from sdks import opened

SPEECH = {"model": "voice", "input": "Hello", "voice": "alloy", "speed": 1.0}
AUDIO = bytes(range(256)) * 40
RECORDING = {"file": AUDIO, "model": "voice", "language": "de"}
TEXT = {"text": "Guten Tag", "usage": {"type": "tokens", "input_tokens": 14, "output_tokens": 3}}
PATHS = {
    "speech": "/v1/audio/speech",
    "transcription": "/v1/audio/transcriptions",
    "translation": "/v1/audio/translations",
}


def head(type="audio/mpeg", *fields):
    return "\r\n".join(["HTTP/1.1 200 OK", f"Content-Type: {type}", *fields, "", ""]).encode()


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


CHUNKED = "Transfer-Encoding: chunked"
LAST = b"0\r\n\r\n"


def streamed(*pieces, type="audio/mpeg"):
    return [send(head(type, CHUNKED) + b"".join(map(chunk, pieces)) + LAST)]


def whole(body=AUDIO, type="audio/mpeg"):
    return [send(replies.http(body, headers={"Content-Type": type}))]


def events(*data, type=None):
    name = f"event: {type}\n" if type else ""
    return [f"{name}data: {json.dumps(one)}\n\n".encode() for one in data]


def serving(server, purposes="speech, transcription", **settings):
    url = server.url.removesuffix("/chat") + "/v1/chat/completions"
    return integration(url, "openai", serves=purposes, **settings)


@pytest.fixture
def served(gateway, backend):
    """A gateway with one integration, and its backend."""

    def start(script, bot=None, **settings):
        server = backend(script)
        return gateway({"bot voice": bot or {}, "integration only": serving(server, **settings)}), (
            server
        )

    return start


@pytest.fixture
def pair(gateway, backend):
    """A gateway whose first integration fails in some way, and whose second one does not."""

    def start(script, good, **settings):
        bad, spare = backend(script), backend(good)
        running = gateway(
            {
                "bot voice": {},
                "integration bad": serving(bad, **settings),
                "integration spare": serving(spare, fallback=True),
            }
        )
        return running, bad, spare

    return start


def opened_speech(running, body=None, connection=None):
    """A connection on which speech was asked for."""
    client = running.client()
    connection = connection or client.open()
    fields = client.request_headers({"Content-Type": "application/json"})
    connection.send(
        request_bytes("POST", PATHS["speech"], fields, json.dumps(body or SPEECH).encode())
    )
    return connection


def record(running, parts=None, path="transcription", headers=None, boundary="b0undary"):
    body, type = form(parts or RECORDING, boundary)
    return running.client().request(
        "POST", PATHS[path], body, {"Content-Type": type, **(headers or {})}
    )


def statistics(running, place=0):
    return running.client().get("/v1/stats").json["data"][place]["attempts"]


def sdk(running):
    authority = running.addresses[0].authority
    return opened(
        openai.OpenAI(
            base_url=f"http://{authority}/v1", api_key="key-of-the-tests-1", max_retries=0
        )
    )


# ---- Speech


@pytest.mark.parametrize(
    "script",
    [
        streamed(AUDIO[:10], AUDIO[10:]),
        whole(),
        [send(head(*["audio/mpeg", "Connection: close"]) + AUDIO), finish()],
    ],
    ids=["chunks", "length", "until the end"],
)
def test_speech_is_passed_on_but_for_the_model(served, script):
    running, server = served(script, drop="speed")
    response = running.client().post(PATHS["speech"], SPEECH)
    assert (response.status, response.body) == (200, AUDIO)
    assert response.field("Content-Type") == "audio/mpeg"
    [request] = server.requests
    assert request.target == PATHS["speech"]
    assert request.field("Accept") == "*/*"
    sent = SPEECH | {"model": "openai-model"}
    del sent["speed"]
    assert request.json == sent
    assert statistics(running)["ok"] == 1
    [exchange] = running.client().get("/v1/exchanges").json["data"]
    assert exchange["outcome"] == "ok"


@pytest.mark.parametrize("delivery", ["live", "whole"])
def test_speech_begins_before_it_has_ended(served, delivery):
    heard = threading.Event()
    running, _ = served(
        [
            send(head("audio/ogg", CHUNKED) + chunk(b"begin")),
            hold(heard),
            send(chunk(b"end") + LAST),
        ],
        {"delivery": delivery},
    )
    with opened_speech(running) as connection:
        status, fields = connection.read_head()
        assert (status, dict(fields)["Content-Type"]) == (200, "audio/ogg")
        pieces = connection.read_pieces(is_chunked=True)
        assert next(pieces) == b"begin"
        heard.set()
        assert list(pieces) == [b"end"]


JSON_ERROR = {"error": {"message": "No", "type": "x"}}


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (replies.failure("500 Internal Server Error"), "http_error"),
        (replies.failure("401 Unauthorized"), "auth_failed"),
        (replies.document(JSON_ERROR), "http_error"),
        (replies.document({"audio": "x"}), "missing_content"),
        (whole(b"<html>", "text/html"), "invalid_json"),
        (whole(b""), "missing_content"),
        (streamed(), "missing_content"),
        ([send(head("audio/mpeg", CHUNKED)), finish()], "interrupted"),
        ([send(head("audio/mpeg", "Content-Length: 9")), reset()], "interrupted"),
        ([finish()], "interrupted"),
        ([stall()], "timeout"),
        ([send(head("audio/mpeg", CHUNKED)), stall()], "timeout"),
        (streamed(*events(JSON_ERROR), type="text/event-stream"), "http_error"),
    ],
)
def test_before_the_first_byte_another_integration_speaks(pair, script, outcome):
    running, _, spare = pair(script, whole(), timeout="300ms")
    response = running.client().post(PATHS["speech"], SPEECH)
    assert (response.status, response.body) == (200, AUDIO)
    assert response.field("Content-Type") == "audio/mpeg"
    assert len(spare.requests) == 1
    assert statistics(running)[outcome] == 1


BEGUN = send(head("audio/mpeg", CHUNKED) + chunk(b"begin"))


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([BEGUN, finish()], "interrupted"),
        ([BEGUN, wait(0.2), reset()], "interrupted"),
        ([send(head("audio/mpeg", "Content-Length: 9") + b"begin"), finish()], "interrupted"),
        ([BEGUN, stall()], "timeout"),
        ([BEGUN, send(b"not a chunk\r\n"), stall()], "interrupted"),
    ],
    ids=["end", "reset", "short", "stall", "nonsense"],
)
def test_after_the_first_byte_a_failure_cuts_the_connection(pair, script, outcome):
    running, _, spare = pair(script, whole(), idle_timeout="300ms")
    with opened_speech(running) as connection:
        connection.read_head()
        pieces = connection.read_pieces(is_chunked=True)
        assert next(pieces) == b"begin"
        with pytest.raises((ConnectionError, ValueError)):
            list(pieces)
    assert spare.requests == []
    assert sum(statistics(running).values()) == 1
    with pytest.raises(openai.OpenAIError) as cut:
        sdk(running).audio.speech.create(input="x", model="voice", voice="alloy")
    assert isinstance(cut.value, openai.APIConnectionError)


def test_a_bot_whose_integrations_all_fail_says_so(served):
    running, _ = served(replies.failure("503 Service Unavailable"))
    response = running.client().post(PATHS["speech"], SPEECH)
    assert (response.status, response.error["code"]) == (502, "all_integrations_failed")


def test_a_client_that_leaves_cancels(served):
    running, server = served([BEGUN, stall()])
    with opened_speech(running) as connection:
        connection.read_head()
        next(connection.read_pieces(is_chunked=True))
    [backend] = server.await_connections()
    assert backend.left.wait(5)
    [exchange] = running.client().get("/v1/exchanges").json["data"]
    assert exchange["outcome"] == "cancelled"


def test_a_slow_client_slows_the_backend_down(served):
    running, server = served([send(head("audio/mpeg", CHUNKED)), repeat(chunk(bytes(65536)))])
    before = running.resident_kilobytes()
    with opened_speech(running) as connection:
        connection.read_head()
        [backend] = server.await_connections()
        sent = -1
        while sent < backend.sent:
            sent = backend.sent
            time.sleep(0.5)
        # The kernel's buffers have it.
        assert 0 < sent < 32 << 20
        assert running.resident_kilobytes() - before < 1024
        taken = 0
        for piece in connection.read_pieces(is_chunked=True):
            taken += len(piece)
            if taken > sent + (1 << 20):
                break


SPOKEN = events(
    {"type": "speech.audio.delta", "audio": "AAAA"},
    {"type": "speech.audio.delta", "audio": "BBBB"},
    {"type": "speech.audio.done", "usage": {"input_tokens": 5, "output_tokens": 9}},
)


@pytest.mark.parametrize("named", [False, True])
def test_events_of_speech_pass_as_they_are(served, named):
    pieces = SPOKEN
    if named:
        pieces = [b"event: speech.audio.delta\n" + piece for piece in SPOKEN]
    running, server = served(streamed(*pieces, type="text/event-stream"))
    response = running.client().post(PATHS["speech"], SPEECH | {"stream_format": "sse"})
    assert response.field("Content-Type") == "text/event-stream"
    assert response.body == b"".join(pieces)
    assert server.requests[0].json["stream_format"] == "sse"
    [counts] = running.client().get("/v1/stats").json["data"]
    assert (counts["tokens"]["input"], counts["tokens"]["output"]) == (5, 9)


@pytest.mark.parametrize("end", [finish(), stall(), send(chunk(events(JSON_ERROR)[0]) + LAST)])
def test_events_of_speech_that_break_off_are_cut(served, end):
    type = head("text/event-stream", CHUNKED)
    running, _ = served([send(type + chunk(SPOKEN[0])), end], idle_timeout="300ms")
    with opened_speech(running) as connection:
        connection.read_head()
        pieces = connection.read_pieces(is_chunked=True)
        taken = [next(pieces)]
        with pytest.raises((ConnectionError, ValueError)):
            taken.extend(pieces)
    taken = b"".join(taken)
    assert taken.startswith(SPOKEN[0])
    assert b'"error"' in taken
    assert b"No" not in taken


def test_an_idempotency_key_is_ignored_where_speech_is_passed_on(served):
    running, server = served(whole())
    for _ in range(2):
        fields = {"Idempotency-Key": "k"}
        assert running.client().post(PATHS["speech"], SPEECH, fields).body == AUDIO
    assert len(server.requests) == 2


@pytest.mark.timing
def test_nothing_is_put_into_audio_while_it_is_silent(served):
    """Streams of text get a comment after 15 seconds."""
    running, _ = served([wait(17), *whole()], timeout="30s", idle_timeout="30s")
    assert running.client(timeout=60).post(PATHS["speech"], SPEECH).body == AUDIO


def test_the_sdk_speaks(served):
    heard = threading.Event()
    running, _ = served(
        [send(head("audio/wav", CHUNKED) + chunk(AUDIO)), hold(heard), send(chunk(b"end") + LAST)]
    )
    client = sdk(running)
    asked = {"model": "voice", "voice": "alloy", "input": "Hello"}
    with client.audio.speech.with_streaming_response.create(**asked) as response:
        assert response.headers["content-type"] == "audio/wav"
        pieces = response.iter_bytes()
        first = next(pieces)
        assert AUDIO.startswith(first)
        heard.set()
        assert first + b"".join(pieces) == AUDIO + b"end"
    assert client.audio.speech.create(**asked).content == AUDIO + b"end"


# ---- Transcription


@pytest.mark.parametrize("path", ["transcription", "translation"])
@pytest.mark.parametrize("order", [["file", "model", "language"], ["model", "language", "file"]])
def test_a_recording_is_passed_on_but_for_the_model(served, path, order):
    running, server = served(replies.document(TEXT))
    parts = {name: RECORDING[name] for name in order}
    response = record(running, parts, path)
    assert (response.status, response.json) == (200, TEXT)
    assert response.field("X-Postern-Attempts").startswith("only;outcome=ok;status=200;")
    [request] = server.requests
    assert request.target == PATHS[path]
    body, type = form(parts | {"model": "openai-model"})
    assert (request.body, request.field("Content-Type")) == (body, type)
    [counts] = running.client().get("/v1/stats").json["data"]
    assert (counts["tokens"]["input"], counts["tokens"]["output"]) == (14, 3)


@pytest.mark.parametrize(
    ("type", "body"),
    [
        ("text/plain; charset=utf-8", b"Guten Tag\n"),
        ("text/plain", b""),
        ("application/x-subrip", b"1\n00:00:00,000 --> 00:00:01,000\nGuten Tag\n"),
        ("text/vtt", b"WEBVTT\n\n00:00.000 --> 00:01.000\nGuten Tag\n"),
        ("application/json", b'{"text":""}'),
        ("application/json", b'"Guten Tag"'),
        ("application/json", b'{"task":"transcribe","segments":[],"text":"x","vendor":1e0}'),
    ],
)
def test_any_format_passes(served, type, body):
    running, _ = served(whole(body, type))
    response = record(running)
    assert (response.status, response.body) == (200, body)
    assert response.field("Content-Type") == type


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        (replies.failure("500 Internal Server Error"), "http_error"),
        (replies.document(JSON_ERROR), "http_error"),
        (whole(json.dumps(JSON_ERROR).encode(), "text/plain"), "http_error"),
        (replies.document(replies.openai_document()), "missing_content"),
        (replies.document(b'{"text":"Gu'), "invalid_json"),
        (whole(b"<html>", "text/html"), "missing_content"),
        ([send(head("text/plain", "Content-Length: 9") + b"Gut"), finish()], "interrupted"),
        ([stall()], "timeout"),
    ],
)
def test_another_integration_gets_the_whole_recording(pair, script, outcome):
    running, bad, spare = pair(
        script, replies.document(TEXT), timeout="300ms", retries=1, backoff="1ms"
    )
    body, _ = form(RECORDING | {"model": "openai-model"})
    assert record(running).json == TEXT
    assert [request.body for request in bad.requests + spare.requests] == [body] * (
        len(bad.requests) + 1
    )
    assert statistics(running)[outcome] == len(bad.requests)


def test_a_repeated_key_is_answered_once(served):
    running, server = served(whole(b"Guten Tag", "text/plain"))
    fields = {"Idempotency-Key": "k"}
    first, again = (record(running, headers=fields) for _ in range(2))
    assert (first.body, first.field("Content-Type")) == (again.body, again.field("Content-Type"))
    assert len(server.requests) == 1
    assert record(running, RECORDING | {"language": "fr"}, headers=fields).status == 409


HEARD = events(
    {"type": "transcript.text.delta", "delta": "Guten "},
    {"type": "transcript.text.delta", "delta": "Tag"},
    {"type": "transcript.text.done", "text": "Guten Tag"},
)


def test_the_sdk_hears(served):
    more = threading.Event()
    answers = {
        b"stream": [
            send(head("text/event-stream", CHUNKED) + chunk(HEARD[0])),
            hold(more),
            send(b"".join(map(chunk, HEARD[1:])) + LAST),
        ],
        b'"text"': whole(b"1\n00:00 --> 00:01\nx\n", "text/plain"),
    }

    def script(request):
        for mark, answer in answers.items():
            if mark in request.body:
                return answer
        return replies.document(TEXT)

    running, _ = served(script, {"delivery": "whole"})
    client = sdk(running)
    asked = {"model": "voice", "file": ("a.wav", io.BytesIO(AUDIO))}
    assert client.audio.transcriptions.create(**asked).text == "Guten Tag"
    asked["file"] = ("a.wav", io.BytesIO(AUDIO))
    assert client.audio.translations.create(**asked).text == "Guten Tag"
    asked["file"] = ("a.wav", io.BytesIO(AUDIO))
    stream = client.audio.transcriptions.create(**asked, stream=True)
    first = next(stream)
    assert first.delta == "Guten "
    more.set()
    assert [event.type for event in stream] == ["transcript.text.delta", "transcript.text.done"]


@pytest.mark.parametrize("end", [b"", b"data: [DONE]\n\n"])
def test_a_stream_without_an_event_for_its_end_passes(served, end):
    """As some servers send it. Its last chunk says that it is whole."""
    pieces = events({"text": "Guten"}, {"text": "Tag"}) + ([end] if end else [])
    running, _ = served(streamed(*pieces, type="text/event-stream; charset=utf-8"))
    response = record(running, RECORDING | {"stream": "true"})
    assert response.body == b"".join(pieces)


@pytest.mark.parametrize(
    "script",
    [
        [send(head("text/event-stream", CHUNKED) + chunk(HEARD[0])), finish()],
        [send(head("text/event-stream", "Connection: close") + HEARD[0]), finish()],
        [send(head("text/event-stream", CHUNKED) + chunk(HEARD[0]) + chunk(b"data: {\n\n") + LAST)],
    ],
)
def test_a_stream_that_breaks_off_does_not_end_well(served, script):
    running, _ = served(script)
    body, type = form(RECORDING | {"stream": "true"})
    client = running.client()
    with client.open() as connection:
        fields = client.request_headers({"Content-Type": type})
        connection.send(request_bytes("POST", PATHS["transcription"], fields, body))
        connection.read_head()
        with pytest.raises((ConnectionError, ValueError)):
            list(connection.read_pieces(is_chunked=True))
    stream = sdk(running).audio.transcriptions.create(
        model="voice", file=("a.wav", io.BytesIO(AUDIO)), stream=True
    )
    with pytest.raises(openai.APIError):
        list(stream)


@pytest.mark.parametrize(
    ("body", "type", "status", "words"),
    [
        (b"{}", "application/json", 415, "multipart/form-data"),
        (b"{}", "multipart/form-data", 400, "boundary"),
        (b"", "multipart/form-data; boundary=b", 400, "begin with the boundary"),
        (form(RECORDING)[0][:-9], form(RECORDING)[1], 400, "ends before"),
        (*form({"file": "x"}), 400, "model is missing"),
        (*form({"model": "voice"}), 400, "file is missing"),
        (*form({"file": "x", "model": "none"}), 404, "no such model"),
        (*form({"file": "x", "model": "text"}), 404, "serves = transcription"),
    ],
)
def test_what_cannot_be_passed_on_is_refused(gateway, backend, body, type, status, words):
    server = backend(replies.document(TEXT))
    running = gateway(
        {
            "bot voice": {},
            "bot text": {},
            "integration only": {"bot": "voice", **serving(server)},
            "integration echo": {"bot": "text", "type": "echo"},
        }
    )
    response = running.client().request(
        "POST", PATHS["transcription"], body, {"Content-Type": type}
    )
    assert (response.status, words in response.error["message"]) == (status, True), response.body
    kind = "not_found_error" if status == 404 else "invalid_request_error"
    assert response.error["type"] == kind
    assert server.requests == []


def test_a_recording_over_max_body_is_refused(gateway, backend):
    server = backend(replies.document(TEXT))
    running = gateway(
        {"server": {"max_body": "8K"}, "bot voice": {}, "integration only": serving(server)}
    )
    response = record(running)
    assert (response.status, response.error["code"]) == (413, "body_too_large")


@pytest.mark.parametrize("field", [{}, {"Idempotency-Key": "k"}])
def test_a_long_recording_needs_little_memory(gateway, backend, field):
    """25 MB, the most that OpenAI takes: held once, and sent twice."""
    recording = random.Random(1).randbytes(25 << 20)
    bad, good = (
        backend(answer)
        for answer in (replies.failure("500 Internal Server Error"), replies.document(TEXT))
    )
    running = gateway(
        {
            "server": {"max_body": "32M"},
            "bot voice": {},
            "integration bad": serving(bad),
            "integration good": serving(good, fallback=True),
        }
    )
    assert record(running, RECORDING | {"file": recording}, headers=field).json == TEXT
    wanted, _ = form(RECORDING | {"file": recording, "model": "openai-model"})
    hashes = {hashlib.sha256(server.requests[0].body).digest() for server in (bad, good)}
    assert hashes == {hashlib.sha256(wanted).digest()}
    peak = running.peak_resident_kilobytes()
    print(f"peak of {peak} KB")
    assert peak < 48 << 10
    assert record(running, RECORDING | {"file": recording}, headers=field).status == 200
    assert running.peak_resident_kilobytes() < 48 << 10


# ---- Integrations without chat


def test_a_bot_without_chat_says_so(served):
    running, server = served(whole())
    response = running.client().message("Hi", "voice")
    assert (response.status, response.error["code"]) == (404, "integration_not_found")
    assert "serves" in response.error["message"]
    assert server.requests == []


def test_audio_is_not_tested_and_not_warmed(gateway, backend):
    server = backend(whole())
    running = gateway({"bot voice": {}, "integration only": serving(server, warm=True)})
    response = running.client().post("/v1/integrations/only/test", {})
    assert (response.status, response.error["code"]) == (409, "no_request")
    assert running.client().post(PATHS["speech"], SPEECH).body == AUDIO
    assert [request.target for request in server.requests] == [PATHS["speech"]]
