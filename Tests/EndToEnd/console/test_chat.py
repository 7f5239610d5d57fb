"""The chat: streams, thinking, attempts, images, two conversations side by side."""

import base64
import threading

import pytest

import replies
import stream_replies
from backends import hold, send
from configuration import integration, rendered
from managed import Managed

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
HOSTILE = [
    "<img src=x onerror=alert(1)><script>alert(2)</script>",
    "w" * 10_000,
    "\u202eright to left\u202c מה שלומך",
    "a\n\nb\tc",
]


def start(gateway, **integrations):
    return gateway({"bot support": {}, **{f"integration {k}": v for k, v in integrations.items()}})


def ask(browser, text):
    browser.type("Message", text)
    browser.click("Send")


def reply(browser, number=-1):
    return browser.all(".said.assistant")[number]


def is_done(browser, number=-1):
    browser.until(lambda: browser.all(".said.assistant")[number].get_attribute("aria-busy") is None)
    return reply(browser, number)


def test_a_reply_comes_piece_by_piece(browser, gateway, backend):
    released = threading.Event()
    whole = stream_replies.pieces("openai", ["One ", "two ", "three"])
    data = [piece.data for piece in whole]
    answer = [
        send(stream_replies.head("openai") + b"".join(map(stream_replies.chunk, data[:2]))),
        hold(released),
        send(b"".join(map(stream_replies.chunk, data[2:])) + b"0\r\n\r\n"),
    ]
    running = start(gateway, gpt=integration(backend(answer).url, "openai"))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    ask(browser, "Count")
    browser.until(lambda: "One" in reply(browser).text)
    assert reply(browser).get_attribute("aria-busy") == "true"
    released.set()
    text = is_done(browser).text
    assert "One two three" in text
    assert "gpt · m-1 · 7 tokens in, 5 out" in text
    assert browser.field("Message").get_attribute("value") == ""


def test_the_conversation_goes_on_and_ends(browser, gateway, backend):
    server = backend(replies.custom("Hi"))
    running = start(gateway, gpt=integration(server.url))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    for text in ("first", "second"):
        ask(browser, text)
        is_done(browser)
    assert [content for _, content in server.requests[1].dialogue] == ["first", "Hi", "second"]
    browser.click("New conversation")
    browser.until(lambda: not browser.all(".said"))
    ask(browser, "third")
    is_done(browser)
    assert [content for _, content in server.requests[2].dialogue] == ["third"]


def test_thinking_is_folded(browser, gateway, backend):
    data = [
        stream_replies.event("custom", {"reasoning": "Let me see."}),
        stream_replies.event("custom", {"content": "Four."}),
        stream_replies.event("custom", {"finish_reason": "stop"}),
    ]
    running = start(gateway, gpt=integration(backend(stream_replies.body(data, "custom")).url))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    ask(browser, "2 + 2?")
    text = is_done(browser).text
    assert "Four." in text
    assert "Let me see." not in text
    browser.click("Thinking")
    browser.sees("Let me see.")


def test_what_failed_is_shown_with_the_advice(browser, gateway, backend):
    bad = backend(replies.failure("401 Unauthorized"))
    good = backend(replies.custom("From the spare."))
    running = start(
        gateway, gpt=integration(bad.url), spare={**integration(good.url), "fallback": True}
    )
    browser.open(f"http://{running.addresses[0]}", "/chat")
    ask(browser, "Hello")
    text = is_done(browser).text
    assert "From the spare." in text
    assert "2 attempts" in text
    assert "auth_failed gpt 401" in text
    assert "the backend refuses the key (401)" in text


def test_a_message_without_an_answer_says_why(browser, gateway, backend):
    running = start(gateway, gpt=integration(backend(replies.failure("401 Unauthorized")).url))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    ask(browser, "Hello")
    text = is_done(browser).text
    assert "Sorry, I can't answer right now." in text
    assert "the backend refuses the key (401)" in text


def test_one_integration_alone(browser, gateway, backend):
    first, second = backend(replies.custom("one")), backend(replies.custom("two"))
    running = start(gateway, a=integration(first.url), b=integration(second.url, weight=0))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    browser.choose("Bot", "support/b")
    for _ in range(2):
        ask(browser, "Hello")
        text = is_done(browser).text
        assert "two" in text
        assert "1 attempt" in text
    assert [content for _, content in second.requests[1].dialogue] == ["Hello", "two", "Hello"]
    assert first.requests == []


def test_two_side_by_side(browser, gateway, backend):
    first, second = backend(replies.custom("one")), backend(replies.custom("two"))
    running = start(gateway, a=integration(first.url), b=integration(second.url))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    browser.field("Two side by side").click()
    lists = browser.all(".pane select")
    for control, value in zip(lists, ("support/a", "support/b"), strict=True):
        browser.run(
            "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))",
            control,
            value,
        )
    ask(browser, "Hello")
    browser.until(lambda: len(browser.all(".said.assistant")) == 2)
    assert "one" in is_done(browser, 0).text
    assert "two" in is_done(browser, 1).text
    browser.field("Two side by side").click()
    assert len(browser.all(".pane")) == 1


def test_a_reply_can_be_stopped(browser, gateway, backend):
    released = threading.Event()
    server = backend([hold(released)])
    running = start(gateway, gpt=integration(server.url))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    ask(browser, "Hello")
    server.await_requests(1)
    browser.click("Stop")
    assert "Stopped." in is_done(browser).text
    running.await_log("cancelled")


def test_an_image_goes_with_the_message(browser, gateway, backend, tmp_path):
    server = backend(replies.custom("A pixel."))
    running = start(gateway, gpt=integration(server.url))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    file = tmp_path / "pixel.png"
    file.write_bytes(PIXEL)
    browser.sees("Add image…")
    browser.run("document.querySelector('input[type=file]').hidden = false")
    browser.field("Add images").send_keys(str(file))
    browser.until(lambda: browser.all(".images img"))
    ask(browser, "What is this?")
    is_done(browser)
    ((_, content),) = server.requests[0].dialogue
    assert content[0] == {"type": "text", "text": "What is this?"}
    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,")
    assert browser.all(".said.user img")
    assert not browser.all(".images img")


@pytest.mark.parametrize("text", HOSTILE, ids=["html", "long", "bidi", "lines"])
def test_hostile_texts_are_texts(browser, gateway, backend, text):
    running = start(gateway, gpt=integration(backend(replies.custom(text)).url))
    browser.resize((360, 740))
    browser.open(f"http://{running.addresses[0]}", "/chat")
    browser.run(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))",
        browser.field("Message"),
        text,
    )
    browser.click("Send")
    is_done(browser)
    shown = [one.get_property("textContent") for one in browser.all(".said .text")]
    assert shown == [text, text]
    assert not browser.all(".log img, .log script")
    assert browser.run("return document.documentElement.scrollWidth") <= 360


def test_a_lost_gateway_in_mid_stream(browser, binary, tmp_path, backend):
    released = threading.Event()
    data = stream_replies.pieces("openai", ["One ", "two"])
    answer = [
        send(stream_replies.head("openai") + stream_replies.chunk(data[1].data)),
        hold(released),
    ]
    text = "[server]\nlisten = LISTEN\n" + rendered(
        {"integration gpt": integration(backend(answer).url, "openai")}
    )
    running = Managed(binary, tmp_path, text).running
    browser.open(f"http://{running.addresses[0]}", "/chat")
    ask(browser, "Hello")
    browser.until(lambda: "One" in reply(browser).text)
    running.process.kill()
    text = is_done(browser).text
    assert "One" in text
    assert "broke off" in text or "does not answer" in text
    running.process.wait()
