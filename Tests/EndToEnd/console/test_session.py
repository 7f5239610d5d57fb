"""Keys, lost connections, and a gateway that restarts, while the console is open."""

import time

import pytest

from managed import KEYS, KEYS_AND_BOTS, Managed


@pytest.fixture
def keyed(binary, tmp_path):
    managed = Managed(binary, tmp_path, KEYS_AND_BOTS)
    yield managed
    managed.running.stop()


def base(running):
    return f"http://{running.addresses[0]}"


def enter(browser, key):
    browser.type("API key", key)
    browser.click("Use key")


def test_a_key_is_asked_for_and_stays_in_the_tab(browser, keyed):
    browser.open(base(keyed.running))
    browser.sees("API key")
    enter(browser, "a-wrong-key")
    browser.sees("The gateway does not accept this key.")
    enter(browser, KEYS["admin"])
    browser.sees("All is well")
    assert browser.run("return Object.values(sessionStorage)") == [KEYS["admin"]]
    assert browser.run("return [localStorage.length, document.cookie]") == [0, ""]
    assert KEYS["admin"] not in browser.driver.current_url
    browser.driver.refresh()
    browser.sees("All is well")


def test_without_a_key_the_page_says_how_to_go_on(browser, keyed):
    browser.open(base(keyed.running))
    browser.sees("API key")
    browser.click("Cancel")
    browser.sees("A key is needed")
    browser.click("Use another key")
    enter(browser, KEYS["read"])
    browser.sees("All is well")


def test_a_key_that_may_not_read_is_told_so(browser, keyed):
    browser.open(base(keyed.running))
    enter(browser, KEYS["chat"])
    browser.sees("The key's scopes do not allow this")
    browser.go("/chat")
    browser.sees("A new conversation")
    browser.type("Message", "Hello there")
    browser.click("Send")
    browser.until(lambda: "Hello there" in browser.all(".said.assistant")[0].text)


@pytest.mark.parametrize("scopes", [None, "chat"])
def test_aliases_are_not_bots(browser, gateway, scopes):
    keys = {"key web": {"secret": KEYS["chat"], "scopes": scopes}} if scopes else {}
    running = gateway({"bot support": {"aliases": "gpt-4o, gpt-*"}, "bot shop": {}, **keys})
    browser.open(base(running))
    if scopes:
        enter(browser, KEYS["chat"])

    def await_bots(expected):
        browser.until(
            lambda: (
                expected
                == {
                    one.get_attribute("value")
                    for one in browser.all("option", browser.field("Bot"))
                }
            )
        )

    whole = set() if scopes else {"support/echo", "shop/echo-shop"}
    browser.go("/chat")
    await_bots({"support", "shop"} | whole)
    browser.go("/connect")
    await_bots({"support", "shop"})


def test_a_key_for_one_bot_sees_that_bot(browser, keyed):
    browser.open(base(keyed.running))
    enter(browser, KEYS["a"])
    browser.sees("All is well", "Bot a")
    assert "Bot b" not in browser.text


def test_a_key_that_ends_in_mid_session_loses_nothing_typed(browser, keyed):
    browser.open(base(keyed.running), "/configuration/bots/a")
    enter(browser, KEYS["admin"])
    browser.type("system", "You are terse.")
    text = keyed.text.replace(KEYS["admin"], "another-key-0123456789")
    keyed.file.write_text(text)
    keyed.running.await_log("reload")
    browser.until(
        lambda: (
            keyed.client.get("/v1/bots", {"Authorization": f"Bearer {KEYS['admin']}"}).status == 401
        )
    )
    browser.click("Review and save…")
    browser.sees("The gateway does not accept this key.")
    enter(browser, "another-key-0123456789")
    browser.sees("+system = You are terse.")
    browser.click("Save")
    browser.sees("Saved. It applies now.")
    assert "system = You are terse." in keyed.text


def test_a_lost_connection_is_shown_and_ends(browser, binary, tmp_path):
    managed = Managed(binary, tmp_path, "[server]\nlisten = LISTEN\n[bot a]\n")
    browser.open(base(managed.running))
    browser.sees("All is well")
    managed.running.stop()
    browser.sees("The gateway does not answer.", "What you see is of")
    # What was there is still shown, and marked.
    browser.sees("All is well")
    assert browser.run("return document.body.classList.contains('stale')")
    from postern import Gateway

    again = Gateway(
        [binary, "run", "-c", managed.file],
        managed.running.addresses,
        tmp_path / "again.log",
    ).await_readiness()
    browser.click("Try now")
    browser.until(lambda: "does not answer" not in browser.text)
    assert not browser.run("return document.body.classList.contains('stale')")
    again.stop()


def test_an_idle_page_asks_at_most_once_a_second_and_a_closed_one_never(browser, gateway):
    running = gateway({"bot a": {}})
    client = running.client()

    def answered():
        text = client.get("/metrics").body.decode()
        line = next(one for one in text.splitlines() if 'responses_total{class="2xx"}' in one)
        return int(float(line.split(" ")[-1]))

    for page in ("/overview", "/exchanges", "/chat", "/conversations", "/configuration"):
        browser.open(base(running), page)
        browser.until(lambda: not browser.all("main p.muted") or "Loading…" not in browser.text)
        time.sleep(0.5)
        before = answered()
        time.sleep(2)
        assert answered() - before - 1 <= 2, page
    # A page that is not seen is as good as closed.
    browser.open(base(running))
    browser.sees("All is well")
    first = browser.driver.current_window_handle
    browser.driver.switch_to.new_window("tab")
    time.sleep(0.5)
    before = answered()
    time.sleep(2.5)
    assert answered() - before == 1
    browser.driver.close()
    browser.driver.switch_to.window(first)


def test_the_first_paint_is_fast(browser, gateway):
    running = gateway({"bot a": {}})
    script = """
        const paint = performance.getEntriesByName("first-contentful-paint")[0];
        return paint ? paint.startTime : 0;"""
    times = []
    for _ in range(5):
        browser.open(base(running))
        times.append(browser.until(lambda: browser.run(script)))
    assert sorted(times)[2] < 100, times
