"""The table of everything that a backend can do wrong, and the outcome of each."""

import gzip
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate

import replies
from backends import Answer, Request, Script, drip, finish, reset, send, stall, swallow, wait

RETRIES = 2
BACKOFF = 0.05
TIMEOUT = 0.6
CONNECT_TIMEOUT = 0.3
RETRY_AFTER_MAX = 3
MAX_RESPONSE = 100 << 10

# A backend's own words, which no client may see.
SAID = "the-backend-said-so-6174"

# A status line has arrived, but not the whole head.
ANY_STATUS = -1

# How often a backend is asked for one message.
ONCE = {1}
ONCE_MORE = {2}
AGAIN = {1 + RETRIES}
AT_LEAST_ONCE_MORE = {2, 1 + RETRIES}
UNSPECIFIED = {1, 2, 1 + RETRIES}

NOT_JSON = {"invalid_json"}
NO_CONTENT = {"missing_content"}

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
BODY = b'{"content":"%s"}' % SAID.encode()
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
WHOLE = OK + LENGTH + b"\r\n" + BODY


@dataclass(frozen=True, repr=False)
class Fault:
    """One row: the outcome of each attempt, and how many there are. `takes` is how long an
    attempt lasts, `rests` how long Postern is told to wait before the next one, both in seconds.
    `certificate` is one that is not to be trusted; `plain` is asked over https nevertheless;
    `place` is an address without a backend."""

    outcomes: set[str]
    tries: set[int]
    script: Script = ()
    greeting: Answer = ()
    status: int | None = None
    takes: float = 0
    rests: float = 0
    certificate: str = ""
    plain: bool = False
    place: str = ""

    @property
    def is_curable(self) -> bool:
        """Whether the backend can be made well for the next message."""
        return not (self.place or self.certificate or self.plain)


def error(status: str, headers: Mapping[str, str] | None = None, **members: object) -> Answer:
    """An error response in OpenAI's form."""
    details = {"message": SAID, "type": "error", "code": "broken", **members}
    return replies.document({"error": details}, status, headers)


def refusal(status: str, tries: set[int], outcome: str = "http_error", rests: float = 0, **headers):
    """The row of an error status. A field's name is written with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(
        {outcome}, tries, error(status, fields), status=int(status.split(" ")[0]), rests=rests
    )


def retry_after_date(status: str, seconds: int) -> Script:
    """Names a time, which has no fractions of a second."""

    def script(_: Request) -> Answer:
        date = formatdate(time.time() + seconds, usegmt=True)
        return error(status, {"Retry-After": date})

    return script


def sound(value: object, outcomes: set[str], tries: set[int] = ONCE, **headers: str) -> Fault:
    """The row of a 200 with a wrong body. Mostly asking again would bring the same."""
    fields = {name.replace("_", "-"): text for name, text in headers.items()}
    return Fault(outcomes, tries, replies.document(value, headers=fields), status=200)


def cut(answer: bytes, ending, tries: set[int], outcomes: set[str], status: int | None) -> Fault:
    """The row of an answer that ends early."""
    script = [send(answer), ending()] if answer else [ending()]
    return Fault(outcomes, tries, script, status=status)


CONNECTING = {
    "refused": Fault({"connect_failed"}, AGAIN, place="unused"),
    "unroutable": Fault({"connect_failed"}, AGAIN, place="blackhole", takes=CONNECT_TIMEOUT),
    "no such name": Fault({"dns_failed"}, AGAIN, place="nameless", takes=1),
    "closed at once": Fault({"interrupted", "connect_failed"}, AGAIN, greeting=[finish()]),
    "reset at once": Fault({"interrupted", "connect_failed"}, AGAIN, greeting=[reset()]),
    "reset in the request": Fault({"interrupted"}, AGAIN, greeting=[swallow(), reset()]),
    "closed in the request": Fault({"interrupted"}, AGAIN, greeting=[swallow(), finish()]),
    "reset after the request": cut(b"", reset, AGAIN, {"interrupted"}, None),
    "closed after the request": cut(b"", finish, AGAIN, {"interrupted"}, None),
}

ALERT = bytes.fromhex("15030300020228")  # fatal: handshake_failure
TLS_RECORD_CUT = bytes.fromhex("16030300500200")

TLS = {
    "expired": Fault({"tls_failed"}, ONCE, certificate="expired"),
    "another name": Fault({"tls_failed"}, ONCE, certificate="elsewhere"),
    "self-signed": Fault({"tls_failed"}, ONCE, certificate="stranger"),
    "handshake closed at once": Fault(
        {"tls_failed", "interrupted", "connect_failed"}, AGAIN, greeting=[finish()], plain=True
    ),
    "handshake closed": Fault({"tls_failed"}, AGAIN, greeting=[swallow(), finish()], plain=True),
    "handshake reset": Fault({"tls_failed"}, AGAIN, greeting=[swallow(), reset()], plain=True),
    "handshake closed in a record": Fault(
        {"tls_failed"}, AGAIN, greeting=[swallow(), send(TLS_RECORD_CUT), finish()], plain=True
    ),
    "handshake stalls": Fault(
        {"connect_failed", "tls_failed"},
        UNSPECIFIED,
        greeting=[stall()],
        plain=True,
        takes=CONNECT_TIMEOUT,
    ),
    "handshake refused by an alert": Fault(
        {"tls_failed"}, UNSPECIFIED, greeting=[swallow(), send(ALERT), finish()], plain=True
    ),
    "plain HTTP": Fault(
        {"tls_failed"},
        UNSPECIFIED,
        greeting=[
            swallow(),
            send(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
            finish(),
        ],
        plain=True,
    ),
    "SSH": Fault(
        {"tls_failed"}, UNSPECIFIED, greeting=[send(b"SSH-2.0-OpenSSH_9.2\r\n")], plain=True
    ),
}

HALF_HEADERS = b"HTTP/1.1 200 OK\r\nContent-Ty"
INTERIM = b"HTTP/1.1 100 Continue\r\n\r\n"


def silent(answer: bytes, status: int | None) -> Fault:
    """The row of a backend that sends this and nothing more."""
    script = [send(answer), stall()] if answer else [stall()]
    return Fault({"timeout"}, ONCE, script, status=status, takes=TIMEOUT)


SILENCE = {
    "silence": silent(b"", None),
    "silence in the headers": silent(HALF_HEADERS, ANY_STATUS),
    "silence after the headers": silent(OK + LENGTH + b"\r\n", 200),
    "silence in the body": silent(WHOLE[:-5], 200),
    "silence in a body without length": silent(OK + b"\r\n" + BODY[:-5], 200),
    "silence after an interim response": silent(INTERIM, ANY_STATUS),
    "dripping headers": Fault(
        {"timeout"}, ONCE, [drip(WHOLE, 0.1)], status=ANY_STATUS, takes=TIMEOUT
    ),
    "dripping body": Fault(
        {"timeout"}, ONCE, [send(WHOLE[:-17]), drip(WHOLE[-17:], 0.1)], status=200, takes=TIMEOUT
    ),
    "too late": Fault({"timeout"}, ONCE, [wait(2), send(WHOLE)], takes=TIMEOUT),
}

CUT = {
    "closed in the headers": cut(HALF_HEADERS, finish, AGAIN, {"interrupted"}, ANY_STATUS),
    "reset in the headers": cut(HALF_HEADERS, reset, AGAIN, {"interrupted"}, ANY_STATUS),
    "closed after the headers": cut(
        OK + LENGTH + b"\r\n", finish, AT_LEAST_ONCE_MORE, {"interrupted"}, 200
    ),
    "reset after the headers": cut(
        OK + LENGTH + b"\r\n", reset, AT_LEAST_ONCE_MORE, {"interrupted"}, 200
    ),
    "half a body, then closed": cut(WHOLE[:-9], finish, UNSPECIFIED, {"interrupted"}, 200),
    "half a body, then reset": cut(WHOLE[:-9], reset, UNSPECIFIED, {"interrupted"}, 200),
    "half a body without length": cut(
        OK + b"\r\n" + BODY[:-9], finish, UNSPECIFIED, {"interrupted", "invalid_json"}, 200
    ),
    "last chunk missing": cut(
        replies.chunked(BODY)[:-5], finish, UNSPECIFIED, {"interrupted"}, 200
    ),
    "length too long": cut(
        OK + b"Content-Length: 99\r\n\r\n" + BODY, finish, UNSPECIFIED, {"interrupted"}, 200
    ),
}

LARGE = b'{"content":"%s"}' % (SAID.encode() * (MAX_RESPONSE // len(SAID) + 1))

SIZES = {
    "too large, declared": Fault(
        {"too_large"},
        ONCE,
        [send(OK + b"Content-Length: 1073741824\r\n\r\n"), stall()],
        status=200,
    ),
    "too large, with length": Fault(
        {"too_large"}, ONCE, [send(replies.http(LARGE)), stall()], status=200
    ),
    "too large, in chunks": Fault(
        {"too_large"}, ONCE, [send(replies.chunked(LARGE)), stall()], status=200
    ),
    "too large, in gzip": Fault(
        {"too_large"},
        ONCE,
        replies.document(gzip.compress(bytes(50 << 20)), headers={"Content-Encoding": "gzip"}),
        status=200,
    ),
    "too large, until closed": Fault(
        {"too_large"}, ONCE, [send(OK + b"\r\n" + LARGE), stall()], status=200
    ),
    "length too short": Fault(
        NOT_JSON, ONCE, [send(OK + b"Content-Length: 10\r\n\r\n" + BODY), finish()], status=200
    ),
}

BODIES = {
    "no JSON": sound(SAID.encode(), NOT_JSON),
    "half of JSON": sound(BODY[:-2], NOT_JSON),
    "JSON and more": sound(BODY + b"x", NOT_JSON),
    "nothing": sound(b"", NOT_JSON | NO_CONTENT),
    "HTML": sound(b"<html><p>%s" % SAID.encode(), NOT_JSON, Content_Type="text/html"),
    "gzip without a label": sound(gzip.compress(BODY), NOT_JSON),
    "gzip in name only": sound(BODY, {"http_error"}, Content_Encoding="gzip"),
    "an unknown coding": sound(BODY, {"http_error"}, Content_Encoding="rot13"),
    "half of a reply, with an error": sound(
        {"content": SAID, "error": "broken"}, {"http_error"}, ONCE_MORE
    ),
    "half of a reply, given up": sound(
        {"content": SAID, "finish_reason": "error"}, {"interrupted"}, ONCE_MORE
    ),
    "a reply for an unknown reason": sound(
        {"content": SAID, "finish_reason": "weather"}, {"interrupted"}, ONCE_MORE
    ),
    "no content": sound({"answer": SAID}, NO_CONTENT),
    "empty content": sound({"content": "", "answer": SAID}, NO_CONTENT),
    "null content": sound({"content": None, "answer": SAID}, NO_CONTENT),
    "content of another type": sound({"content": 7, "answer": SAID}, NO_CONTENT),
    "an array": sound([{"content": SAID}], NO_CONTENT),
    "an error with 200": sound({"error": {"message": SAID}}, {"http_error"}, ONCE_MORE),
}

STATUSES = {
    "204": Fault(
        NOT_JSON | NO_CONTENT | {"http_error"},
        ONCE,
        [send(b"HTTP/1.1 204 No Content\r\n\r\n")],
        status=204,
    ),
    "301": refusal("301 Moved", ONCE, Location="/elsewhere"),
    "304": Fault({"http_error"}, ONCE, [send(b"HTTP/1.1 304 Not Modified\r\n\r\n")], status=304),
    "307": refusal("307 Temporary Redirect", ONCE, Location="/elsewhere"),
    "400": refusal("400 Bad Request", ONCE),
    "400, too long": Fault(
        {"context_too_long"},
        ONCE,
        error("400 Bad Request", code="context_length_exceeded"),
        status=400,
    ),
    "429, no credit": Fault(
        {"rate_limited"},
        ONCE,
        error("429 Too Many Requests", code="insufficient_quota"),
        status=429,
    ),
    "503, not again": refusal("503 Service Unavailable", ONCE, x_should_retry="false"),
    "401": refusal("401 Unauthorized", ONCE, "auth_failed"),
    "402": refusal("402 Payment Required", ONCE),
    "403": refusal("403 Forbidden", ONCE, "auth_failed"),
    "404": refusal("404 Not Found", ONCE),
    "408": refusal("408 Request Timeout", AGAIN),
    "409": refusal("409 Conflict", ONCE),
    "413": refusal("413 Content Too Large", ONCE),
    "422": refusal("422 Unprocessable Content", ONCE),
    "429": refusal("429 Too Many Requests", AGAIN, "rate_limited"),
    "500": refusal("500 Internal Server Error", AGAIN),
    "500 in HTML": Fault(
        {"http_error"}, AGAIN, replies.document(SAID.encode(), "500 Oops"), status=500
    ),
    "501": refusal("501 Not Implemented", UNSPECIFIED),
    "502": refusal("502 Bad Gateway", AGAIN),
    "503": refusal("503 Service Unavailable", AGAIN),
    "504": refusal("504 Gateway Timeout", AGAIN),
    "520": refusal("520 Unknown Error", AGAIN),
    "524": refusal("524 A Timeout Occurred", AGAIN),
    "529": refusal("529 Overloaded", AGAIN),
}

# Status, outcome, Retry-After, number of tries, and the wait before each further try.
RETRY_AFTER = {
    f"{status}, Retry-After: {value}": refusal(
        f"{status} X", tries, outcome, rests, Retry_After=value
    )
    for status, outcome in [
        (429, "rate_limited"),
        (503, "http_error"),
        (529, "http_error"),
    ]
    for value, tries, rests in [
        ("0", AGAIN, 0),
        ("1", AGAIN, 1),
        ("1.5", AGAIN, 1.5),
        ("0.01", AGAIN, 0),
        ("30", ONCE, 0),
        ("3600", ONCE, 0),
        ("Sun, 06 Nov 2044 08:49:37 GMT", ONCE, 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", AGAIN, 0),
        ("soon", AGAIN, 0),
        ("-5", AGAIN, 0),
        ("99999999999999999999", UNSPECIFIED, 0),
    ]
}

DATES = {
    f"{status}, Retry-After in 2 s by date": Fault(
        {outcome}, AGAIN, retry_after_date(f"{status} X", 2), status=status, rests=1
    )
    for status, outcome in [(429, "rate_limited"), (503, "http_error")]
}

FAULTS: dict[str, Fault] = {
    **CONNECTING,
    **TLS,
    **SILENCE,
    **CUT,
    **SIZES,
    **BODIES,
    **STATUSES,
    **RETRY_AFTER,
    **DATES,
}

# What looks like a fault, but is not one.
SOUND: dict[str, Answer] = {
    "100 first": [send(INTERIM + WHOLE)],
    "102 first, slowly": [send(b"HTTP/1.1 102 Processing\r\n\r\n"), wait(0.1), send(WHOLE)],
    "103 first": [send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + WHOLE)],
    "several first": [send(INTERIM * 5 + WHOLE)],
    "HTTP/1.0": [send(WHOLE.replace(b"1.1", b"1.0", 1)), finish()],
    "HTTP/1.0, until closed": replies.until_closed(BODY),
    "until closed": replies.until_closed(BODY, "1.1"),
    "chunks": [send(replies.chunked(*(BODY[at : at + 7] for at in range(0, len(BODY), 7))))],
    "201": [send(WHOLE.replace(b"200 OK", b"201 Created", 1))],
    "gzip": replies.document(gzip.compress(BODY), headers={"Content-Encoding": "gzip"}),
    "deflate": replies.document(zlib.compress(BODY), headers={"Content-Encoding": "deflate"}),
    "a mark": replies.document(b"\xef\xbb\xbf" + BODY),
    "a stream": replies.document(b"data: %s\n\ndata: [DONE]\n\n" % BODY),
    "a stream with its label": replies.document(
        b": hello\n\ndata: %s\n\ndata: [DONE]" % BODY, headers={"Content-Type": "text/event-stream"}
    ),
    "lines": replies.document(b'%s\n{"done":true}\n' % BODY),
    "JSON with a stream's label": replies.document(
        BODY, headers={"Content-Type": "text/event-stream"}
    ),
    "closed after it": [send(WHOLE), finish()],
    "reset after it": [send(WHOLE), wait(0.05), reset()],
    "Retry-After with 200": replies.document(BODY, headers={"Retry-After": "3600"}),
}
