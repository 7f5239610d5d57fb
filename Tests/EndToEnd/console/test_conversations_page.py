"""The conversations: the list, one of them, and forgetting."""

import pytest


@pytest.fixture
def running(gateway):
    running = gateway(
        {
            "bot a": {},
            "bot b": {},
            "integration ia": {"bot": "a", "type": "echo"},
            "integration ib": {"bot": "b", "type": "echo"},
        }
    )
    client = running.client()
    for user, conversation in (("ann", "c1"), ("ann", "c2"), ("bob", "c3")):
        body = {"content": f"I am {user}", "conversation_id": conversation, "user": {"id": user}}
        assert client.post("/v1/bots/a/messages", body).status == 200
    return running


def names(browser):
    return [one.text for one in browser.all("tbody th")]


def test_the_list_and_the_user(browser, running):
    browser.open(f"http://{running.addresses[0]}", "/conversations")
    browser.sees("3 conversations")
    assert names(browser) == ["c3", "c2", "c1"]
    browser.type("User", "ann\n")
    browser.until(lambda: names(browser) == ["c2", "c1"])
    browser.choose("Bot", "b")
    browser.sees("None is kept.")


def test_one_is_read_continued_and_deleted(browser, running):
    browser.open(f"http://{running.addresses[0]}", "/conversations")
    browser.click("c3")
    browser.sees("Conversation c3", "I am bob", "User bob")
    browser.click("Continue in the chat")
    browser.until(lambda: len(browser.all(".said")) == 2)
    browser.go("/conversations/a/c3")
    browser.click("Delete…")
    browser.sees("this cannot be undone")
    browser.click("Cancel")
    browser.click("Delete…")
    browser.click("Delete", browser.all("dialog")[0])
    browser.sees("2 conversations")
    assert running.client().get("/v1/conversations/c3?bot=a").status == 404


def test_all_of_a_user(browser, running):
    browser.open(f"http://{running.addresses[0]}", "/conversations?bot=a&user=ann")
    browser.sees("2 conversations")
    browser.click("Delete all of this user…")
    browser.sees("Delete 2 conversations?", "of the user ann")
    browser.click("Delete", browser.all("dialog")[0])
    browser.sees("None is kept.")
    data = running.client().get("/v1/bots/a/conversations").data
    assert [one["id"] for one in data] == ["c3"]
    browser.type("User", "\n")
    browser.click("Delete all of this bot…")
    browser.click("Delete", browser.all("dialog")[0])
    browser.sees("None is kept.")
