"""Which keys may use which part of the management API."""

import pytest

from managed import JSON, KEYS, KEYS_AND_BOTS, refusal

# Method, path with the bot as {bot}, scope, and the status of a request that is allowed.
ENDPOINTS = [
    ("GET", "/v1/bots", "read", 200),
    ("POST", "/v1/bots", "write", 400),
    ("GET", "/v1/bots/{bot}", "read", 200),
    ("PATCH", "/v1/bots/{bot}", "write", 200),
    ("DELETE", "/v1/bots/{bot}", "write", 412),
    ("GET", "/v1/bots/{bot}/integrations", "read", 200),
    ("POST", "/v1/bots/{bot}/integrations", "write", 400),
    ("GET", "/v1/bots/{bot}/conversations", "read", 200),
    ("DELETE", "/v1/bots/{bot}/conversations", "write", 200),
    ("GET", "/v1/integrations", "read", 200),
    ("GET", "/v1/integrations/i{bot}", "read", 200),
    ("PATCH", "/v1/integrations/i{bot}", "write", 200),
    ("DELETE", "/v1/integrations/i{bot}", "write", 412),
    ("POST", "/v1/integrations/i{bot}/test", "write", 200),
    ("GET", "/v1/integrations/i{bot}/preview", "read", 409),
    ("GET", "/v1/conversations/c?bot={bot}", "read", 404),
    ("DELETE", "/v1/conversations/c?bot={bot}", "write", 404),
    ("GET", "/v1/conversations/c/messages?bot={bot}", "read", 404),
]
REACHES = {"chat": {"chat"}, "read": {"read"}, "write": {"write"}, "admin": {"read", "write"}}
METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"]


def ask(served, method, target, key, bot="a"):
    body = b"{}" if method in ("POST", "PATCH") else None
    fields = {**JSON, **({"Authorization": f"Bearer {key}"} if key else {})}
    if method == "DELETE":
        fields["If-Match"] = '"none"'
    return served.client.request(method, target.replace("{bot}", bot), body, fields)


@pytest.fixture
def served(managed):
    return managed(KEYS_AND_BOTS)


def test_each_endpoint_wants_a_key_of_its_scope(served):
    for method, target, scope, through in ENDPOINTS:
        case = f"{method} {target}"
        assert refusal(ask(served, method, target, None))[:2] == (401, "invalid_key"), case
        assert refusal(ask(served, method, target, "wrong-key"))[:2] == (401, "invalid_key"), case
        for name, scopes in REACHES.items():
            response = ask(served, method, target, KEYS[name])
            if scope in scopes:
                assert response.status == through, f"{case} by {name}: {response.body}"
            else:
                assert refusal(response)[:2] == (403, "insufficient_scope"), f"{case} by {name}"
    assert served.file.read_bytes() == served.original


def test_a_path_takes_its_methods_alone(served):
    for path in {target for _, target, _, _ in ENDPOINTS}:
        allowed = {method for method, target, _, _ in ENDPOINTS if target == path}
        allowed |= {"HEAD"} if "GET" in allowed else set()
        for method in set(METHODS) - allowed - {"OPTIONS"}:
            response = ask(served, method, path, KEYS["admin"])
            assert response.status == 405, f"{method} {path}"
            assert set(response.field("Allow").split(", ")) == allowed
        response = ask(served, "OPTIONS", path, KEYS["admin"])
        assert response.status == 204, path
        assert set(response.field("Allow").split(", ")) == allowed | {"OPTIONS"}


def test_a_key_of_some_bots_reaches_no_other(served):
    for method, target, _, through in ENDPOINTS:
        if "{bot}" not in target:
            continue
        case = f"{method} {target}"
        assert ask(served, method, target, KEYS["a"], "a").status == through, case
        assert refusal(ask(served, method, target, KEYS["a"], "b"))[0] == 403, case
    assert served.client.message("x", bot="b").status == 401


def test_a_key_of_some_bots_sees_them_alone(served):
    served.client.key = KEYS["a"]
    page = served.get("/v1/bots").json
    assert [bot["id"] for bot in page["data"]] == ["a"]
    assert page["meta"]["total"] == 1
    page = served.get("/v1/integrations").json
    assert [integration["id"] for integration in page["data"]] == ["ia"]
    assert page["meta"]["total"] == 1


def test_a_key_of_some_bots_neither_adds_one_nor_gives_any_away(served):
    served.client.key = KEYS["a"]
    assert refusal(served.post("/v1/bots", {"id": "c"}))[:2] == (403, "insufficient_scope")
    for bot in ["b", "none"]:
        response = served.patch("/v1/integrations/ia", {"bot": bot})
        assert refusal(response)[:2] == (403, "insufficient_scope")
    assert served.file.read_bytes() == served.original


def test_a_key_of_some_bots_changes_nothing_that_has_moved_in_the_file(served):
    """The file as it is at that moment decides."""
    served.client.key = KEYS["a"]
    text = served.text.replace("[integration ia]\nbot = a", "[integration ia]\nbot = b")
    served.file.write_text(text)
    for response in [
        served.patch("/v1/integrations/ia", {"weight": 2}),
        served.delete("/v1/integrations/ia"),
    ]:
        assert refusal(response)[:2] == (403, "insufficient_scope")
    assert served.text == text
