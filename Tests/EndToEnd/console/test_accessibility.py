"""The console for people who see, hear or move otherwise: each page, in two colours and sizes."""

import pytest
from selenium.webdriver.common.keys import Keys

import browser as browsers
import replies
from configuration import integration

PAGES = [
    "/overview",
    "/chat",
    "/exchanges",
    "/exchanges/EXCHANGE",
    "/conversations?bot=support",
    "/conversations/support/c1",
    "/configuration",
    "/configuration/bots/support",
    "/configuration/integrations/gpt",
    "/connect",
]


@pytest.fixture(scope="module")
def running(gateways, backends):
    """A gateway about which every page has something to show, and something wrong."""
    bad = backends(replies.failure("401 Unauthorized"))
    sections = {
        "recorder": {"content": "yes"},
        "bot support": {"name": "Support Bot"},
        "integration gpt": {
            **integration(bad.url, "openai"),
            "header.Authorization": "Bearer header-secret",
        },
        "integration spare": {"type": "echo", "fallback": True},
    }
    running = gateways(sections)
    for text in ("Hello", "<b>Hello</b>", "w" * 3000, "\u202eמה שלומך"):
        body = {"content": text, "conversation_id": "c1", "user": {"id": "u" * 128}}
        assert running.client().post("/v1/bots/support/messages", body).status == 200
    return running


def show(browser, running, page):
    if "EXCHANGE" in page:
        exchange = running.client().get("/v1/exchanges").data[0]["id"]
        page = page.replace("EXCHANGE", exchange)
    browser.open(f"http://{running.addresses[0]}", page)
    browser.until(lambda: browser.all("main h1"))
    browser.until(lambda: "Loading…" not in browser.text)


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing(browser, running, page):
    for size in (browsers.PHONE, browsers.DESKTOP):
        browser.resize(size)
        for scheme in ("light", "dark"):
            browser.colours(scheme)
            show(browser, running, page)
            if "/configuration/" in page:
                browser.run("document.querySelector('details').open = true")
            assert browser.violations() == [], (size, scheme)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_wider_than_a_small_phone(browser, running, page):
    browser.resize((320, 640))
    show(browser, running, page)
    assert browser.run("return document.documentElement.scrollWidth") <= 320


def test_the_dialogs_are_sound(browser, running):
    show(browser, running, "/configuration/integrations/gpt")
    browser.type("weight", "5")
    browser.click("Review and save…")
    browser.sees("+weight = 5")
    assert browser.violations() == []
    browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    browser.until(lambda: not browser.all("dialog"))


def test_the_keyboard_reaches_everything_and_is_nowhere_caught(browser, running):
    show(browser, running, "/overview")
    seen = []
    for _ in range(40):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        active = browser.driver.switch_to.active_element
        seen.append(active.text or active.get_attribute("aria-label") or active.tag_name)
        if len(seen) == 1:
            assert seen == ["Skip to content"]
            assert active.is_displayed()
        elif active.tag_name != "body":
            outline = browser.run("return getComputedStyle(arguments[0]).outlineStyle", active)
            assert outline != "none", seen
    assert {"Overview", "Connect", "Reload", "Filter integrations", "gpt", "spare"} <= set(seen)
    # After the last one it begins again.
    assert len(seen) > len(set(seen))


def test_the_skip_link_leads_to_the_page(browser, running):
    show(browser, running, "/exchanges")
    browser.driver.switch_to.active_element.send_keys(Keys.TAB, Keys.ENTER)
    browser.until(lambda: browser.driver.switch_to.active_element.get_attribute("id") == "main")
    assert browser.driver.current_url.endswith("#/exchanges")
    browser.sees("Exchanges")


def test_a_change_of_page_is_told(browser, running):
    show(browser, running, "/overview")
    browser.click("Connect")
    browser.until(lambda: browser.all("#announcer")[0].text == "Connect")
    assert browser.driver.title == "Connect · Postern"
    current = [one.text for one in browser.all("nav [aria-current=page]")]
    assert current == ["Connect"]


def test_every_page_of_the_navigation_is_tried(browser, running):
    show(browser, running, "/overview")
    links = {one.get_attribute("href").partition("#")[2] for one in browser.all("nav a")}
    assert links <= {page.partition("?")[0] for page in PAGES}
