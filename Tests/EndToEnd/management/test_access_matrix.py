"""The tables of docs/access.md: every endpoint by every kind of key, every setting by the API."""

import json
import re

import pytest

from client import form, messages_path
from managed import JSON, KEYS, KEYS_AND_BOTS, Managed, refusal
from repository import ROOT

DOCUMENT = (ROOT / "docs/access.md").read_text()
INTEGRATIONS = {"a": "ia", "b": "ib", "none": "inone"}
COLUMNS = {
    "no key": (None, "b"),
    "`chat`": ("chat", "b"),
    "`read`": ("read", "b"),
    "`write`": ("write", "b"),
    "`admin`": ("admin", "b"),
    "own bot": ("a", "a"),
    "other bot": ("a", "b"),
    "no such bot": ("a", "none"),
}


def table(first):
    """The rows of a table as dictionaries, found by its first column's title."""
    lines = DOCUMENT[DOCUMENT.index(f"| {first} |") :].split("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


ENDPOINTS = table("endpoint")
SETTINGS = table("section")


def ask(served, endpoint, key, bot):
    """A request that would change nothing. Its body names the bot where the path does not."""
    method, path = endpoint.strip("`").split(" ")
    response = "resp_" + "0" * 24
    if "{response}" in path and bot in ("a", "b"):
        admin = {"Authorization": f"Bearer {KEYS['admin']}"}
        made = served.client.post("/v1/responses", {"model": bot, "input": "Hi"}, admin)
        response = made.json["id"]
    names = {"bot": bot, "integration": INTEGRATIONS[bot], "exchange": bot, "response": response}
    names["message"] = "msg_none"
    if "{message}" in path and bot in ("a", "b"):
        admin = {"Authorization": f"Bearer {KEYS['admin']}", "Prefer": "respond-async"}
        answer = served.client.post(messages_path(bot), {"content": "Hi"}, admin)
        names["message"] = answer.json["data"]["id"]
    target = path.format(conversation="c", channel="none", file="main.js", **names)
    if "{conversation}" in path:
        target += f"?bot={bot}"
    fields = {"Authorization": f"Bearer {KEYS[key]}"} if key else {}
    if "{exchange}" in path and bot in ("a", "b"):
        # Another row may have deleted it.
        admin = {"Authorization": f"Bearer {KEYS['admin']}", "X-Request-Id": bot}
        assert served.client.post(messages_path(bot), {"content": "Hi"}, admin).status == 200
    body = None
    if method in ("POST", "PATCH"):
        chat = {"model": bot, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 9}
        message = {"content": "Hi"} if path.endswith(("messages", "test")) else {}
        if path == "/v1/responses":
            chat = {"model": bot, "input": "Hi"}
        if path.startswith("/api/"):
            message = {**chat, "stream": False, "prompt": "Hi"}
        is_chat = path in ("/v1/messages", "/v1/chat/completions", "/v1/responses")
        is_passed = path.endswith(
            ("/embeddings", "/completions", "/moderations", "_tokens", "/speech")
        )
        body = json.dumps(chat if is_chat or is_passed else message).encode()
        fields |= JSON
        if path.endswith(("transcriptions", "translations")):
            body, fields["Content-Type"] = form({"model": bot, "file": "x"})
    if method == "DELETE":
        fields["If-Match"] = '"none"'
    return served.client.request(method, target, body, fields)


@pytest.fixture(scope="module")
def served(binary, tmp_path_factory):
    served = Managed(binary, tmp_path_factory.mktemp("matrix"), KEYS_AND_BOTS)
    yield served
    served.running.stop()


@pytest.mark.parametrize("row", ENDPOINTS, ids=lambda row: row["endpoint"].strip("`"))
def test_each_endpoint_is_served_as_the_table_says(served, row):
    for column, (key, bot) in COLUMNS.items():
        wanted = row[column]
        if wanted == "–":
            continue
        response = ask(served, row["endpoint"], key, bot)
        case = f"{row['endpoint']}, {column}: {response.status} {response.body!r}"
        if wanted == "yes":
            assert response.status not in (401, 403), case
        else:
            assert str(response.status) == wanted, case
            if "/api/" in row["endpoint"]:
                # Ollama's errors have no code.
                assert isinstance(response.error, str), case
                continue
            code = "invalid_key" if wanted == "401" else "insufficient_scope"
            assert response.error["code"] == code, case
    assert served.text.encode() == served.original


def test_what_is_foreign_looks_like_what_is_missing(served):
    for row in ENDPOINTS:
        if row["other bot"] == "–":
            continue
        foreign, missing = (ask(served, row["endpoint"], "a", bot) for bot in ("b", "none"))
        assert (foreign.status, foreign.body) == (missing.status, missing.body), row["endpoint"]


def test_the_table_has_every_endpoint(served):
    paths = served.client.get("/openapi.json").json["paths"]
    described = {f"`{method.upper()} {path}`" for path, item in paths.items() for method in item}
    assert described == {row["endpoint"] for row in ENDPOINTS}


VALUES = {
    "aliases": "gpt-4o",
    "callback": "https://app.example/replies",
    "callback_secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "drop": "seed",
    "serves": "chat",
    "headers": {"X": "y"},
    "params": {"x": 1},
    "type": "echo",
    "bot": "b",
    "breaker": 0,
}


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: f"{row['section']} {row['setting']}")
def test_each_setting_is_changed_as_the_table_says(served, row):
    kind, setting = row["section"].strip("`[]"), row["setting"].strip("`")
    assert row["in the file"] == "yes"
    served.client.key = KEYS["admin"]
    if setting == "all":
        for path in (
            f"/v1/{kind}",
            f"/v1/{kind}s",
            f"/v1/{kind}s/{kind}",
            f"/v1/configuration/{kind}",
        ):
            for response in (served.patch(path, {}), served.post(path, {})):
                assert response.status in (404, 405), path
        return
    target = "/v1/bots/b" if kind == "bot" else "/v1/integrations/ib"
    member = {"header.": "headers", "param.": "params"}.get(setting, setting)
    current = served.data(target)
    assert member in current
    if row["by the API"] == "no":
        for value in ("/etc/passwd", "/nonexistent", "x", 1):
            response = served.patch(target, {member: value})
            assert refusal(response) == (403, "administrator_only", member)
    else:
        value = VALUES.get(member, current[member])
        value = (
            value
            if value is not None
            else {"model": "m", "max_tokens": 5, "max_tokens_limit": 5}.get(member)
        )
        response = served.patch(target, {member: value})
        assert response.status == 200, response.body
    served.file.write_bytes(served.original)


def test_the_table_has_every_setting(served):
    served.client.key = KEYS["admin"]
    names = {"headers": "header.", "params": "param."}
    for kind, target in (("bot", "/v1/bots/b"), ("integration", "/v1/integrations/ib")):
        members = {names.get(member, member) for member in served.data(target)} - {"id"}
        rows = {row["setting"].strip("`") for row in SETTINGS if row["section"] == f"`[{kind}]`"}
        assert rows == members
    text = (ROOT / "packaging/postern.conf").read_text()
    kinds = set(re.findall(r"^#? ?\[(\w+)", text, re.M))
    assert kinds <= {row["section"].strip("`[]") for row in SETTINGS}
