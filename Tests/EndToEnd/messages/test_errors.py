"""Which requests are refused, with which status, before anything is done."""

import json
import re

import pytest

import json_cases
import replies
from client import messages_path, request_bytes
from configuration import integration

JSON_TYPE = {"Content-Type": "application/json"}


@pytest.fixture
def service(gateway, backend):
    """A gateway whose bot `default` asks a backend; returns its client and the backend."""
    server = backend(replies.custom())
    running = gateway({"integration gpt": integration(server.url)})
    return running.client(), server


def check_refused(response, server, status, type):
    assert response.status == status, response.body
    assert response.error["type"] == type
    assert not server.requests, "nothing is done about a request that is refused"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_operations_are_well(service, path):
    client, _ = service
    assert client.get(path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/healthz/",
        "/healthz/x",
        "//healthz",
        "/v1",
        "/v1/bots/default/messages/",
        "/v1/bots//messages",
        "/v1/bots/unknown/messages",
        "/v1/bots/default/messages/../messages",
        "/v2/bots/default/messages",
        "/v1/bots/" + "x" * 200 + "/messages",
        "/v1/bots/%00/messages",
        "/v1/bots%2Fdefault/messages",
    ],
)
def test_an_unknown_path_is_404(service, path):
    client, server = service
    check_refused(client.post(path, {"content": "hi"}), server, 404, "not_found_error")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", messages_path(), "POST"),
        ("PUT", messages_path(), "POST"),
        ("DELETE", messages_path(), "POST"),
        ("PATCH", messages_path(), "POST"),
        ("POST", "/healthz", "GET"),
        ("DELETE", "/readyz", "GET"),
        ("FROBNICATE", "/healthz", "GET"),
    ],
)
def test_a_wrong_method_is_405_and_told_the_right_one(service, method, path, allowed):
    client, server = service
    response = client.request(method, path, b"{}" if method != "GET" else None, JSON_TYPE)
    check_refused(response, server, 405, "invalid_request_error")
    methods = {method.strip() for method in response.field("Allow").split(",")}
    assert allowed in methods and methods <= {allowed, "HEAD", "OPTIONS"}


def test_head_is_get_without_a_body(service):
    client, _ = service
    with client.open() as connection:
        headers = client.request_headers()
        connection.send(request_bytes("HEAD", "/healthz", headers))
        assert connection.read_response("HEAD").status == 200
        connection.send(request_bytes("GET", "/healthz", headers))
        assert connection.read_response("GET").status == 200


@pytest.mark.parametrize(
    "type",
    [
        None,
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "application/json-seq",
        "text/plain; application/json",
        "text/plain, application/json",
        "xapplication/json",
    ],
)
def test_a_body_that_is_not_json_by_its_type_is_415(service, type):
    client, server = service
    headers = {} if type is None else {"Content-Type": type}
    response = client.request("POST", messages_path(), b'{"content":"hi"}', headers)
    check_refused(response, server, 415, "invalid_request_error")


@pytest.mark.parametrize(
    "type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "application/json ; charset=utf-8",
    ],
)
def test_every_spelling_of_the_json_type_is_taken(service, type):
    client, _ = service
    assert client.post(messages_path(), {"content": "hi"}, {"Content-Type": type}).status == 200


INVALID_JSON = {
    "nothing": b"",
    "blank": b"  ",
    "a bare word": b'{"content": hi}',
    "single quotes": b"{'content': 'hi'}",
    "trailing comma": b'{"content":"hi",}',
    "cut": b'{"content":"hi"',
    "cut in a string": b'{"content":"hi',
    "twice": b'{"content":"hi"}{"content":"hi"}',
    "something after it": b'{"content":"hi"} x',
    "NaN": b'{"content":"hi","metadata":NaN}',
    "leading zero": b'{"content":"hi","metadata":01}',
    "line break in a string": b'{"content":"a\nb"}',
    "NUL in a string": b'{"content":"a\0b"}',
    "NUL after it": b'{"content":"hi"}\0',
    "invalid UTF-8": b'{"content":"\xff"}',
    "overlong UTF-8": b'{"content":"\xc0\x80"}',
    "surrogate in UTF-8": b'{"content":"\xed\xa0\x80"}',
    "UTF-16": '{"content":"hi"}'.encode("utf-16"),
    "comment": b'{"content":"hi"/* */}',
    "65 levels": b'{"content":"hi","metadata":{"a":' + b"[" * 63 + b"]" * 63 + b"}}",
}


@pytest.mark.parametrize("body", INVALID_JSON.values(), ids=INVALID_JSON.keys())
def test_invalid_json_is_400_with_the_position(service, body):
    client, server = service
    response = client.post(messages_path(), body)
    check_refused(response, server, 400, "invalid_request_error")
    assert response.error["code"] == "invalid_json"
    assert re.search(r"\d", response.error["message"]), response.error["message"]


def test_the_position_is_right(service):
    """It may count from 0 or 1, in bytes or in lines and columns, but it must move with the
    mistake."""
    client, _ = service

    def numbers(blanks):
        response = client.post(messages_path(), b'{"content":' + b" " * blanks + b"hi}")
        return [int(number) for number in re.findall(r"\d+", response.error["message"])]

    assert [b - a for a, b in zip(numbers(10), numbers(110), strict=True)].count(100) >= 1


def test_64_levels_are_taken(service):
    client, server = service
    nested = b"[" * 62 + b"]" * 62
    body = b'{"content":"hi","metadata":{"a":' + nested + b"}}"
    assert client.post(messages_path(), body).status == 200
    assert nested in server.requests[0].body


WRONG_MESSAGES = {
    "an array": [],
    "a string": "hi",
    "a number": 1,
    "null": None,
    "no content": {},
    "content of another case": {"Content": "hi"},
    "content null": {"content": None},
    "content empty": {"content": ""},
    "content a number": {"content": 1},
    "content an object": {"content": {"type": "text", "text": "hi"}},
    "content no parts": {"content": []},
    "content parts that are not objects": {"content": ["hi"]},
    "conversation empty": {"content": "hi", "conversation_id": ""},
    "conversation of 129 characters": {"content": "hi", "conversation_id": "x" * 129},
    "conversation with a blank": {"content": "hi", "conversation_id": "a b"},
    "conversation with a tab": {"content": "hi", "conversation_id": "a\tb"},
    "conversation with a line break": {"content": "hi", "conversation_id": "a\r\nX: y"},
    "conversation with NUL": {"content": "hi", "conversation_id": "a\0b"},
    "conversation with DEL": {"content": "hi", "conversation_id": "a\x7f"},
    "conversation not ASCII": {"content": "hi", "conversation_id": "café"},
    "conversation a number": {"content": "hi", "conversation_id": 5},
    "user a string": {"content": "hi", "user": "u"},
    "user.id of 129 characters": {"content": "hi", "user": {"id": "x" * 129}},
    "user.id with a blank": {"content": "hi", "user": {"id": "a b"}},
    "user.id not ASCII": {"content": "hi", "user": {"id": "ü"}},
    "user.id empty": {"content": "hi", "user": {"id": ""}},
    "user.id a number": {"content": "hi", "user": {"id": 5}},
    "stream a string": {"content": "hi", "stream": "yes"},
}


@pytest.mark.parametrize("document", WRONG_MESSAGES.values(), ids=WRONG_MESSAGES.keys())
def test_a_message_of_the_wrong_shape_is_400(service, document):
    client, server = service
    response = client.post(messages_path(), document)
    check_refused(response, server, 400, "invalid_request_error")
    assert response.error["code"] != "invalid_json"


@pytest.mark.parametrize("id", ["x", "x" * 128, "!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", '"'])
def test_identifiers_are_printable_ascii(service, id):
    client, server = service
    response = client.message(conversation_id=id, user={"id": id})
    assert response.data["conversation_id"] == id
    assert server.requests[0].json["conversation_id"] == id
    assert server.requests[0].json["user"]["id"] == id


def test_unknown_members_do_no_harm(service):
    client, _ = service
    assert client.message(unknown={"a": [1, 2, 3]}).status == 200


def test_a_body_too_large_is_413(gateway, backend):
    server = backend(replies.custom())
    running = gateway({"server": {"max_body": "1K"}, "integration gpt": integration(server.url)})
    client = running.client()
    frame = len(b'{"content": ""}')
    assert client.message("x" * (1024 - frame)).status == 200
    server.requests.clear()
    response = client.message("x" * (1025 - frame))
    check_refused(response, server, 413, "invalid_request_error")


def test_a_length_too_large_is_413_before_the_body_is_sent(service):
    client, server = service
    with client.open() as connection:
        headers = client.request_headers({**JSON_TYPE, "Content-Length": str(1 << 40)})
        connection.send(request_bytes("POST", messages_path(), headers))
        check_refused(connection.read_response(), server, 413, "invalid_request_error")


def test_a_length_too_large_is_413_instead_of_100_continue(service):
    client, server = service
    with client.open() as connection:
        headers = {**JSON_TYPE, "Content-Length": str(1 << 30), "Expect": "100-continue"}
        connection.send(request_bytes("POST", messages_path(), client.request_headers(headers)))
        check_refused(connection.read_response(), server, 413, "invalid_request_error")


def test_chunks_too_large_together_are_413(service):
    client, server = service
    with client.open() as connection:
        headers = client.request_headers({**JSON_TYPE, "Transfer-Encoding": "chunked"})
        connection.send(request_bytes("POST", messages_path(), headers))
        chunk = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
        for _ in range(20):
            if not connection.send_if_open(chunk):
                break
        check_refused(connection.read_response(), server, 413, "invalid_request_error")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Long": "x" * 17_000},
        {f"X-{i}": "x" * 1000 for i in range(17)},
        {f"X-{i}": "" for i in range(4000)},
    ],
    ids=["one field", "several fields", "many empty fields"],
)
def test_headers_over_16_kilobytes_are_431(service, headers):
    client, server = service
    response = client.post(messages_path(), {"content": "hi"}, headers)
    check_refused(response, server, 431, "invalid_request_error")


def test_headers_up_to_16_kilobytes_are_taken(service):
    client, _ = service
    assert client.post(messages_path(), {"content": "hi"}, {"X-Long": "x" * 15_500}).status == 200


def test_a_target_too_long_is_refused(service):
    client, server = service
    response = client.post("/" + "x" * 20_000, {"content": "hi"})
    assert response.status in (414, 431)
    assert not server.requests


@pytest.mark.parametrize("id", ["abc-123", "7", "550e8400-e29b-41d4-a716-446655440000", "a/b:c_d"])
def test_a_sane_request_id_comes_back(service, id):
    client, _ = service
    for response in [client.message(), client.get("/nothing"), client.get("/healthz")]:
        assert response.field("X-Request-Id")
    assert client.post(messages_path(), {}, {"X-Request-Id": id}).field("X-Request-Id") == id
    assert client.get("/healthz", {"X-Request-Id": id}).field("X-Request-Id") == id
    assert client.get("/nothing", {"X-Request-Id": id}).field("X-Request-Id") == id


@pytest.mark.parametrize("id", ["", "a b", "x" * 300, "caf\xe9", "a\tb"])
def test_a_request_id_that_is_not_sane_is_replaced(service, id):
    client, _ = service
    assert client.get("/healthz", {"X-Request-Id": id}).field("X-Request-Id") != id


def test_request_ids_differ(service):
    client, _ = service
    assert len({client.get("/healthz").field("X-Request-Id") for _ in range(20)}) == 20


def test_a_preflight_gets_no_permission(service):
    client, _ = service
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert client.request("OPTIONS", messages_path(), headers=headers).status == 204
    assert client.get("/healthz", {"Origin": "https://evil.example"}).status == 200


def test_json_is_taken_as_rfc_8259_says(service):
    client, server = service
    wrong = []
    for line, is_valid, document in json_cases.cases():
        if document.startswith(b"[" * 60):
            continue  # Here it is two levels deeper, and would be too deep.
        server.requests.clear()
        body = b'{"content":"hi","metadata":{"document":' + document + b"}}"
        response = client.post(messages_path(), body)
        if response.status != (200 if is_valid else 400):
            wrong.append((line, response.status))
        elif response.status == 400 and response.error["code"] != "invalid_json":
            wrong.append((line, response.error))
        elif response.status == 200 and b'"document":' + document not in server.requests[0].body:
            wrong.append((line, "changed on its way"))
    assert not wrong


def test_json_alone_is_taken_as_rfc_8259_says(service):
    """The same texts as whole bodies: valid ones are refused for their shape, not as JSON."""
    client, _ = service
    wrong = []
    for line, is_valid, document in json_cases.cases():
        response = client.post(messages_path(), document)
        is_refused = response.error["code"] == "invalid_json"
        if response.status != 400 or is_refused == is_valid:
            wrong.append((line, response.status, response.error["code"]))
    assert not wrong


def test_escaped_text_in_errors_stays_json(service):
    client, _ = service
    response = client.post('/v1/bots/"\\<script>/messages', {"content": "hi"})
    assert response.status in (400, 404)
    json.loads(response.body)
