"""The configuration: forms with help, tests and previews, and lines that are about to change."""

import re

import pytest
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

import replies
from configuration import integration
from managed import SERVER

TEXT = (
    SERVER
    + """
# The shop's own bot.
[bot shop]
name = Shop

[integration gpt]
bot = shop
type = openai
webhook_url = http://127.0.0.1:9/v1
model = m
header.Authorization = Bearer header-secret
param.temperature = 0.2
weight = 3
"""
)


@pytest.fixture
def shop(managed):
    return managed(TEXT)


def show(browser, shop, page):
    browser.open(f"http://{shop.running.addresses[0]}", page)


def test_a_change_is_shown_as_lines_before_it_is_made(browser, shop):
    show(browser, shop, "/configuration/integrations/gpt")
    browser.sees("The share in the draw")
    browser.type("weight", "7")
    browser.click("Review and save…")
    browser.sees("Lines of the file that change", "-weight = 3", "+weight = 7", "[integration gpt]")
    browser.click("Cancel")
    assert shop.text.encode() == shop.original
    browser.click("Review and save…")
    browser.click("Save")
    browser.sees("Saved. It applies now.")
    assert shop.text == shop.original.decode().replace("weight = 3", "weight = 7")
    assert shop.data("/v1/integrations/gpt")["weight"] == 7
    # There is nothing more to save.
    save = next(one for one in browser.all("button") if one.text == "Review and save…")
    assert not save.is_enabled()


def test_the_form_has_every_setting_with_its_help(browser, shop):
    schemas = shop.get("/openapi.json").json["components"]["schemas"]
    for kind, page in (("Bot", "bots/shop"), ("Integration", "integrations/gpt")):
        show(browser, shop, f"/configuration/{page}")
        browser.sees("more settings")
        browser.press("details summary")
        labels = {one.text for one in browser.all(".field > label, legend")}
        members = schemas[kind]["properties"]
        assert set(members) - {"id"} <= labels
        for member in members.values():
            assert (
                re.sub("`", "", member["description"])[:60] in browser.text
                or "section" in member["description"]
            )


def test_secrets_stay_as_they_are(browser, shop):
    show(browser, shop, "/configuration/integrations/gpt")
    value = browser.field("Value of Authorization in headers")
    assert value.get_attribute("value") == "****"
    browser.type("model", "m-2")
    browser.click("Review and save…")
    browser.sees("+model = m-2")
    browser.click("Save")
    browser.sees("Saved.")
    assert "Bearer header-secret" in shop.text
    assert "header-secret" not in browser.run("return document.documentElement.outerHTML")


def test_header_fields_and_parameters_are_added_and_removed(browser, shop):
    show(browser, shop, "/configuration/integrations/gpt")
    browser.sees("headers")
    browser.press("details summary")
    browser.press("[aria-label='Add to headers']")
    name, value = browser.all("fieldset")[0].find_elements("css selector", ".pair:last-child input")
    name.send_keys("X-New")
    value.send_keys("new-value")
    browser.press("[aria-label='Remove temperature from params']")
    browser.click("Review and save…")
    browser.sees("+header.X-New = ****", "-param.temperature = 0.2")
    browser.click("Save")
    browser.sees("Saved.")
    assert "header.X-New = new-value\n" in shop.text
    assert "temperature" not in shop.text
    assert "header.Authorization = Bearer header-secret" in shop.text


def test_an_invalid_value_is_explained_at_its_field(browser, shop):
    show(browser, shop, "/configuration/integrations/gpt")
    browser.type("weight", "many")
    browser.click("Review and save…")
    field = browser.until(lambda: browser.all("[aria-invalid]"))[0]
    assert field == browser.field("weight")
    assert browser.run("return document.activeElement === arguments[0]", field)
    assert "weight" in browser.all(".field .bad")[0].text or browser.text
    assert shop.text.encode() == shop.original


def test_a_change_by_another_is_shown_and_nothing_typed_is_lost(browser, shop):
    show(browser, shop, "/configuration/integrations/gpt")
    browser.type("model", "mine")
    assert shop.patch("/v1/integrations/gpt", {"weight": 9, "model": "theirs"}).status == 200
    browser.click("Review and save…")
    browser.click("Save")
    browser.sees(
        "It was changed since you opened it",
        "weight: 3 is now 9",
        "model: m is now theirs",
        "you change it, too",
    )
    assert browser.field("model").get_attribute("value") == "mine"
    browser.click("Review and save…")
    browser.sees("-model = theirs", "+model = mine")
    browser.click("Save")
    browser.sees("Saved.")
    current = shop.data("/v1/integrations/gpt")
    assert (current["model"], current["weight"]) == ("mine", 9)


def test_leaving_with_changes_is_asked_about(browser, shop):
    show(browser, shop, "/configuration/integrations/gpt")
    browser.type("model", "mine")
    browser.click("Overview")
    question = WebDriverWait(browser.driver, 10).until(expected_conditions.alert_is_present())
    assert question.text == "Leave without saving?"
    question.dismiss()
    assert browser.field("model").get_attribute("value") == "mine"
    browser.click("Overview")
    WebDriverWait(browser.driver, 10).until(expected_conditions.alert_is_present()).accept()
    browser.sees("All is well")


def test_a_bot_and_an_integration_are_added_and_deleted(browser, shop):
    show(browser, shop, "/configuration")
    browser.sees("1 bot, 1 integration")
    browser.click("Add a bot")
    browser.type("id", "help")
    browser.type("system", "You help.\nYou are brief.")
    browser.click("Review and save…")
    browser.sees("+[bot help]", '+system = "You help.\\nYou are brief."')
    browser.click("Save")
    browser.sees("Bot help")
    browser.go("/configuration")
    browser.click("Add an integration")
    browser.type("id", "spare")
    browser.choose("type", "echo")
    browser.click("Review and save…")
    browser.sees("+[integration spare]", "+type = echo")
    browser.click("Save")
    browser.sees("Integration spare", "Try it")
    assert shop.data("/v1/integrations/spare")["bot"] == "shop"
    browser.click("Delete…")
    browser.sees("-[integration spare]")
    browser.click("Delete", browser.all("dialog")[0])
    # The file has no other for the bot, which therefore echoes.
    browser.sees("2 bots, 2 integrations")
    assert shop.get("/v1/integrations/spare").status == 404


def test_a_test_message_and_the_request(browser, managed, backend):
    good, bad = backend(replies.custom("I am here.")), backend(replies.failure("401 Unauthorized"))
    text = SERVER + "[bot a]\n"
    for name, server in (("good", good), ("bad", bad)):
        settings = integration(server.url, **{"header.X-Secret": "header-secret"})
        text += f"[integration {name}]\n" + "".join(f"{k} = {v}\n" for k, v in settings.items())
    shop = managed(text)
    show(browser, shop, "/configuration/integrations/good")
    browser.type("Message", "Are you there?")
    browser.click("Send a test message")
    browser.sees("I am here.", "first byte")
    assert good.requests[0].messages[-1] == ("user", "Are you there?")
    browser.click("Show the request")
    browser.sees(f"POST {good.url}", "X-Secret: ****")
    browser.go("/configuration/integrations/bad")
    browser.sees("Integration bad")
    browser.click("Send a test message")
    browser.sees("auth_failed", "the backend refuses the key (401)", "The backend says: ")


def test_a_file_that_is_invalid_is_named(browser, shop):
    show(browser, shop, "/configuration/integrations/gpt")
    browser.type("weight", "7")
    shop.file.write_bytes(shop.original + b"nonsense\n")
    browser.click("Review and save…")
    browser.sees("The configuration file is invalid", f"postern.conf:{len(TEXT.splitlines()) + 1}")
    assert browser.field("weight").get_attribute("value") == "7"
