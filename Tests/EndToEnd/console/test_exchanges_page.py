"""The exchanges: as they end, filtered, and one in full."""

import replies
from configuration import integration


def start(gateway, backend, **sections):
    bad = backend(replies.failure("401 Unauthorized"))
    good = backend(replies.custom("Hi"))
    return gateway(
        {
            "bot support": {},
            "bot shop": {},
            "integration gpt": {**integration(bad.url), "bot": "support"},
            "integration spare": {**integration(good.url), "bot": "support", "fallback": True},
            "integration echo": {"bot": "shop", "type": "echo"},
            **sections,
        }
    )


def rows(browser):
    return [one.text for one in browser.all("tbody tr")]


def test_each_exchange_is_listed_as_it_ends(browser, gateway, backend):
    running = start(gateway, backend)
    client = running.client()
    browser.open(f"http://{running.addresses[0]}", "/exchanges")
    browser.sees("No exchange yet.")
    client.message("Hello", bot="shop")
    browser.until(lambda: len(rows(browser)) == 1)
    client.message("Hello", bot="support")
    browser.until(lambda: len(rows(browser)) == 2)
    assert "support" in rows(browser)[0]
    assert "after 1 failed attempt" in rows(browser)[0]
    # A list that was read later is the same.
    browser.driver.refresh()
    browser.until(lambda: len(rows(browser)) == 2)
    assert "shop" in rows(browser)[1]


def test_the_filters(browser, gateway, backend):
    running = start(gateway, backend)
    client = running.client()
    client.message("Hello", bot="shop")
    client.message("Hello", bot="support")
    browser.open(f"http://{running.addresses[0]}", "/exchanges")
    browser.until(lambda: len(rows(browser)) == 2)
    browser.choose("Bot", "shop")
    browser.until(lambda: len(rows(browser)) == 1 and "shop" in rows(browser)[0])
    # The stream is filtered, too.
    client.message("Hello", bot="support")
    client.message("Hello", bot="shop")
    browser.until(lambda: len(rows(browser)) == 2)
    assert all("shop" in row for row in rows(browser))
    browser.choose("Bot", "")
    browser.choose("Outcome", "auth_failed")
    browser.until(lambda: len(rows(browser)) == 2 and "support" in rows(browser)[0])
    assert browser.driver.current_url.endswith("#/exchanges?outcome=auth_failed")


def test_one_exchange_in_full(browser, gateway, backend):
    running = start(gateway, backend, recorder={"content": "yes"})
    running.client().message("Hello <b>there</b>", bot="support")
    browser.open(f"http://{running.addresses[0]}", "/exchanges")
    browser.until(lambda: len(rows(browser)) == 1)
    browser.all("tbody a")[0].click()
    browser.sees("Attempts", "auth_failed 401", "the backend refuses the key (401)", "first byte")
    browser.sees("Hello <b>there</b>")
    assert len(browser.all(".timeline li")) == 2
    browser.click("All exchanges")
    browser.until(lambda: len(rows(browser)) == 1)


def test_an_exchange_that_is_gone(browser, gateway, backend):
    running = start(gateway, backend)
    browser.open(f"http://{running.addresses[0]}", "/exchanges/nosuch")
    browser.sees("There is no such exchange")


def test_older_exchanges_are_a_page_away(browser, gateway, backend):
    running = start(gateway, backend)
    client = running.client()
    for _ in range(60):
        client.message("Hello", bot="shop")
    browser.open(f"http://{running.addresses[0]}", "/exchanges")
    browser.until(lambda: len(rows(browser)) == 50)
    browser.click("Show older")
    browser.until(lambda: len(rows(browser)) == 60)
