"""Conversations as the ring has them."""

import re

import pytest

from managed import refusal

TEXT = "[server]\nlisten = LISTEN\n[context]\nmemory = 64K\n[bot a]\n[bot b]\n"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
def served(managed):
    return managed(TEXT)


def say(served, conversation, *contents, bot="a"):
    for content in contents:
        response = served.client.message(content, bot=bot, conversation_id=conversation)
        assert response.status == 200


def listed(served, query="", bot="a"):
    page = served.get(f"/v1/bots/{bot}/conversations{query}").json
    return [one["id"] for one in page["data"]], page["meta"]["total"]


def test_the_latest_conversation_comes_first(served):
    for name in ["one", "two", "three", "one"]:
        say(served, name, "x")
    say(served, "of-b", "x", bot="b")
    assert listed(served) == (["one", "three", "two"], 3)
    assert listed(served, "?per_page=2&page=2") == (["two"], 3)
    assert listed(served, "?page=9") == ([], 3)
    assert listed(served, bot="b") == (["of-b"], 1)
    assert refusal(served.get("/v1/bots/a/conversations?page=x"))[2] == "page"


def test_a_conversation_and_its_messages(served):
    parts = [{"type": "text", "text": "Hi"}]
    say(served, "one", "Hello", parts)
    data = served.data("/v1/conversations/one?bot=a")
    assert (data["id"], data["bot"], data["messages"]) == ("one", "a", 4)
    assert TIME.fullmatch(data["created_at"]) and TIME.fullmatch(data["updated_at"])
    assert data["created_at"] <= data["updated_at"]
    page = served.get("/v1/conversations/one/messages?bot=a").json
    assert page["meta"] == {"page": 1, "per_page": 20, "total": 4}
    shown = [(one["role"], one["content"], one.get("integration")) for one in page["data"]]
    assert shown[:3] == [
        ("user", "Hello", None),
        ("assistant", "Hello", "echo"),
        ("user", parts, None),
    ]
    assert all(TIME.fullmatch(one["created_at"]) for one in page["data"])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 20, 100])
def test_pages_of_messages_meet_without_gap_or_overlap(served, size):
    """After the ring has wrapped the oldest turns are missing, and positions count from the
    rest."""
    say(served, "one", *(f"m{number}" for number in range(40)))
    text = "x" * 1000
    say(served, "other", *[text] * 8)
    say(served, "one", *(f"n{number} {text}" for number in range(25)))
    total = served.get("/v1/conversations/one/messages?bot=a").json["meta"]["total"]
    assert total == served.data("/v1/conversations/one?bot=a")["messages"]
    assert 0 < total < 130 and total % 2 == 0
    collected = []
    for page in range(1, total // size + 2):
        query = f"?bot=a&page={page}&per_page={size}"
        data = served.data(f"/v1/conversations/one/messages{query}")
        assert len(data) == max(0, min(size, total - (page - 1) * size))
        collected += data
    assert [one["role"] for one in collected] == ["user", "assistant"] * (total // 2)
    names = [one["content"].split(" ")[0] for one in collected[::2]]
    every = [f"m{number}" for number in range(40)] + [f"n{number}" for number in range(25)]
    assert names == every[-len(names) :]


def test_a_deleted_conversation_begins_again(served):
    say(served, "one", "secret")
    say(served, "one", "other", bot="b")
    response = served.delete("/v1/conversations/one?bot=a")
    assert (response.status, response.body) == (204, b"")
    for target in ["/v1/conversations/one?bot=a", "/v1/conversations/one/messages?bot=a"]:
        assert refusal(served.get(target))[:2] == (404, "conversation_not_found")
    assert served.delete("/v1/conversations/one?bot=a").status == 404
    assert served.data("/v1/conversations/one?bot=b")["messages"] == 2
    say(served, "one", "again")
    assert served.data("/v1/conversations/one?bot=a")["messages"] == 2


def test_the_bot_must_be_named_where_there_are_several(served, managed):
    assert refusal(served.get("/v1/conversations/one")) == (400, "invalid_parameter", "bot")
    assert refusal(served.get("/v1/conversations/one?bot=none"))[:2] == (404, "bot_not_found")
    alone = managed()
    say(alone, "one", "x", bot="default")
    assert alone.data("/v1/conversations/one")["bot"] == "default"


@pytest.mark.parametrize("name", ["", "x" * 129, "x" * 300, "%00", "a%20b", "%C3%A4"])
def test_what_is_no_identifier_names_no_conversation(served, name):
    target = f"/v1/conversations/{name}"
    for response in [
        served.get(f"{target}?bot=a"),
        served.get(f"{target}/messages?bot=a"),
        served.delete(f"{target}?bot=a"),
    ]:
        assert refusal(response)[:2] == (404, "conversation_not_found")


def test_any_identifier_can_be_asked_for(served):
    name = "a/b?c#d%e&f+g"
    say(served, name, "x")
    assert served.data("/v1/conversations/a%2Fb%3Fc%23d%25e%26f+g?bot=a")["id"] == name
    assert listed(served) == ([name], 1)
