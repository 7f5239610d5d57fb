"""The overview: what fails, why, and what to do, as it happens."""

import time

import replies
from backends import in_turn
from configuration import integration


def start(gateway, backend):
    """A bot whose integration fails at first and has a fallback, and a bot that is well."""
    failing = backend(in_turn(replies.failure("401 Unauthorized"), replies.custom("better")))
    good = backend(replies.custom("Hi"))
    sections = {
        "bot support": {},
        "bot shop": {},
        "integration gpt": {**integration(failing.url), "bot": "support", "price_input": 1},
        "integration spare": {**integration(good.url), "bot": "support", "fallback": True},
        "integration off": {"bot": "support", "type": "echo", "enabled": False},
        "integration echo": {"bot": "shop", "type": "echo"},
    }
    return gateway(sections)


def row(browser, name):
    return next(one for one in browser.all(".integration") if name in one.text.split())


def test_a_failing_backend_is_named_with_the_advice(browser, gateway, backend):
    running = start(gateway, backend)
    client = running.client()
    browser.open(f"http://{running.addresses[0]}")
    browser.sees("All is well", "Bot support", "Bot shop")
    assert [one.text for one in browser.all(".state")] == ["ready", "ready", "off", "ready"]
    assert client.message("Hello", bot="support").status == 200
    browser.sees("1 of 3 integrations in trouble", "the backend refuses the key (401)")
    assert row(browser, "gpt").find_element("css selector", ".state").text == "failing"
    assert "1 of 1" in row(browser, "gpt").text
    # It recovers without a reload of the page.
    assert client.message("Hello", bot="support").status == 200
    browser.sees("All is well")
    assert row(browser, "gpt").find_element("css selector", ".state").text == "ready"
    assert "100\u202f% (set 100\u202f%)" in row(browser, "gpt").text


def test_the_links_of_a_failure_lead_to_what_to_do(browser, gateway, backend):
    running = start(gateway, backend)
    running.client().message("Hello", bot="support")
    browser.open(f"http://{running.addresses[0]}")
    browser.click("What failed")
    browser.sees("Exchanges", "after 1 failed attempt")
    assert browser.field("Integration").get_attribute("value") == "gpt"
    browser.go("/overview")
    browser.click("Configure and test")
    browser.sees("Integration gpt", "Send a test message")


def test_the_filter_and_the_choice_of_those_in_trouble(browser, gateway, backend):
    running = start(gateway, backend)
    running.client().message("Hello", bot="support")
    browser.open(f"http://{running.addresses[0]}")
    browser.sees("4 integrations")
    browser.type("Filter integrations", "shop")
    browser.sees("1 integration")
    assert len(browser.all(".integration")) == 1
    browser.type("Filter integrations", " ")
    browser.run("arguments[0].value = ''", browser.field("Filter integrations"))
    browser.type("Filter integrations", "t")
    browser.choose("Which integrations", "bad")
    browser.until(lambda: [one.text.split()[1] for one in browser.all(".title")] == ["gpt"])


def test_a_reload_tells_what_the_file_lacks(browser, managed):
    managed = managed()
    browser.open(f"http://{managed.running.addresses[0]}")
    browser.click("Reload")
    browser.sees("The file applies.")
    managed.file.write_bytes(managed.original + b"nonsense\n")
    number = len(managed.original.splitlines()) + 1
    browser.click("Reload")
    browser.sees("The file is refused", f"postern.conf:{number}: ")
    # So does the list of what needs attention, without a press.
    browser.until(lambda: f"postern.conf:{number}" in browser.all(".attention")[0].text)
    managed.file.write_bytes(managed.original)
    browser.until(lambda: not browser.all(".attention"))


def test_a_thousand_integrations_stay_fluid(browser, gateway):
    sections = {"bot a": {}}
    for number in range(1024):
        sections[f"integration i{number}"] = {"type": "echo", "bot": "a"}
    running = gateway(sections)
    browser.open(f"http://{running.addresses[0]}")
    browser.sees("50 of 1,024 integrations")
    browser.click("Show more")
    browser.sees("100 of 1,024 integrations")
    begin = time.monotonic()
    browser.type("Filter integrations", "i1023")
    browser.sees("1 integration")
    assert time.monotonic() - begin < 2
    tasks = browser.driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "new PerformanceObserver((list) => done(list.getEntries().map((one) => one.duration)))"
        ".observe({type: 'longtask', buffered: true}); setTimeout(() => done([]), 3000)"
    )
    assert max(tasks, default=0) < 500
    browser.go("/configuration")
    browser.sees("1 bot, 1,024 integrations")
    browser.type("Filter", "i77")
    browser.sees("1 bot, 11 integrations")
