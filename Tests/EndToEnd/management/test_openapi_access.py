"""Access to every endpoint that the gateway describes, with every kind of key."""

import pytest

from managed import JSON, KEYS, KEYS_AND_BOTS, refusal

# What a key of each scope may do.
REACHES = {
    "chat": {"chat"},
    "read": {"read"},
    "write": {"write"},
    "admin": {"chat", "read", "write", "admin"},
}
NAMES = {
    "bot": "a",
    "integration": "ia",
    "conversation": "none",
    "exchange": "none",
    "file": "main.js",
    "response": "none",
    "message": "none",
    "channel": "none",
}
OPEN = {("get", "/healthz"), ("get", "/readyz"), ("get", "/openapi.json")}
OPEN |= {("get", "/"), ("get", "/console/{file}")}
# Its requests are signed.
OPEN |= {("post", "/v1/channels/{channel}")}
METHODS = {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"}


@pytest.fixture
def served(managed):
    return managed(KEYS_AND_BOTS)


def described(served):
    """Each operation: method, path and description."""
    document = served.client.get("/openapi.json").json
    return [
        (method, path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def target(path):
    return path.format_map(NAMES) + ("?bot=a" if "{conversation}" in path else "")


def ask(served, method, path, **fields):
    """A request that changes nothing, with whatever key it is sent."""
    body = None
    if method in ("post", "patch"):
        fields["Content-Type"] = JSON["Content-Type"]
        body = b"{}"
    if method == "delete":
        fields["If-Match"] = '"none"'
    return served.client.request(method.upper(), target(path), body, fields)


def presented(key):
    """A key in each of the ways to send it."""
    return [
        {"Authorization": f"Bearer {key}"},
        {"x-api-key": key},
        {"Authorization": "Basic eDp5", "x-api-key": key},
    ]


def test_all_endpoints_but_a_few_want_a_key(served):
    for method, path, operation in described(served):
        case = f"{method} {path}"
        assert (operation["security"] == []) == ((method, path) in OPEN), case
        for fields in [{}, *presented("wrong-key-0123456789"), {"Authorization": KEYS["admin"]}]:
            response = ask(served, method, path, **fields)
            if (method, path) in OPEN:
                there = 404 if "{channel}" in path else 200
                assert response.status == there, f"{case} {fields}"
            else:
                assert refusal(response)[:2] == (401, "invalid_key"), f"{case} {fields}"
                assert response.field("WWW-Authenticate") == "Bearer", case
                assert "401" in operation["responses"], case
    assert served.file.read_bytes() == served.original


def test_each_endpoint_wants_a_key_of_its_scope(served):
    for method, path, operation in described(served):
        if operation["security"] == []:
            continue
        [scope] = {scope for way in operation["security"] for [scope] in way.values()}
        for name, scopes in REACHES.items():
            case = f"{method} {path} by {name}"
            for fields in presented(KEYS[name]):
                response = ask(served, method, path, **fields)
                if scope in scopes:
                    assert response.status not in (401, 403, 405, 500), f"{case}: {response.body}"
                    assert str(response.status) in operation["responses"], case
                else:
                    assert refusal(response)[:2] == (403, "insufficient_scope"), case
                    assert "403" in operation["responses"], case
    assert served.file.read_bytes() == served.original


def test_a_key_of_another_bot_reaches_nothing_of_this_one(served):
    """Every resource that a path names belongs to a bot."""
    served.client.key = KEYS["a"]
    elsewhere = {"bot": "b", "integration": "ib"}
    for method, path, _ in described(served):
        if not any(f"{{{name}}}" in path for name in elsewhere):
            continue
        response = ask(served, method, path.replace("{bot}", "b").replace("{integration}", "ib"))
        assert refusal(response)[:2] == (403, "insufficient_scope"), f"{method} {path}"
    assert served.file.read_bytes() == served.original


def test_a_path_takes_the_methods_that_are_described(served):
    served.client.key = KEYS["admin"]
    operations = described(served)
    for path in {path for _, path, _ in operations}:
        allowed = {method.upper() for method, other, _ in operations if other == path}
        allowed |= {"HEAD"} if "GET" in allowed else set()
        for method in METHODS - allowed - {"OPTIONS"}:
            response = ask(served, method, path)
            assert response.status == 405, f"{method} {path}"
            assert set(response.field("Allow").split(", ")) == allowed, f"{method} {path}"
        response = ask(served, "OPTIONS", path)
        assert response.status == 204, path
        assert set(response.field("Allow").split(", ")) == allowed | {"OPTIONS"}, path
