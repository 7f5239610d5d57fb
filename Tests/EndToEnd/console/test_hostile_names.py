"""Names and messages of users and backends that try to be more than text."""

import pytest

import replies
from configuration import integration

NAMES = [
    "<script>alert(1)</script>",
    "\u202eesrever",
    "w" * 250,
    "a&amp;b \"quoted\" 'single'",
]


@pytest.mark.parametrize("name", NAMES, ids=["markup", "bidi", "long", "quotes"])
def test_names_and_failures_are_texts(browser, gateway, backend, name):
    error = {"error": {"message": f"<img src=x onerror=alert(1)> {name}", "code": "broken"}}
    bad = backend(replies.document(error, "400 Bad Request"))
    running = gateway(
        {
            "bot support": {"name": f'"{name}"' if '"' not in name else name},
            "integration gpt": {**integration(bad.url), "name": name},
            "integration spare": {"type": "echo", "fallback": True},
        }
    )
    body = {"content": name, "conversation_id": "<b>c</b>", "user": {"id": "<i>u</i>"}}
    assert running.client().post("/v1/bots/support/messages", body).status == 200
    exchange = running.client().get("/v1/exchanges").data[0]["id"]
    browser.resize((360, 740))
    for page, text in (
        ("/overview", "gpt"),
        ("/exchanges", "support"),
        (f"/exchanges/{exchange}", "<b>c</b>"),
        ("/conversations?bot=support", "<b>c</b>"),
        ("/conversations/support/%3Cb%3Ec%3C%2Fb%3E", "<i>u</i>"),
        ("/configuration", "gpt"),
        ("/configuration/bots/support", "Bot support"),
    ):
        browser.open(f"http://{running.addresses[0]}", page)
        browser.sees(text)
        assert not browser.all("main script, main img, main b, main i:not(.span i)"), page
        assert browser.run("return document.documentElement.scrollWidth") <= 360, page
