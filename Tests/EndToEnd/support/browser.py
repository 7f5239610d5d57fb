"""Chromium without a window, and what a user of the console does in it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from importlib import resources
from typing import TypeVar

from selenium import webdriver
from selenium.common.exceptions import (
    NoSuchElementException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

Result = TypeVar("Result")
PHONE = (360, 740)
DESKTOP = (1280, 800)

# What the browser itself logs about an answer that the page handles.
EXPECTED = ("Failed to load resource",)


class Browser:
    """A browser that shows one console."""

    def __init__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in (
            "--headless=new",
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-gpu",
            "--no-first-run",
        ):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.ChromeService("/usr/bin/chromedriver")
        self.driver = webdriver.Chrome(options=options, service=service)
        self.base = ""
        self.resize(DESKTOP)

    def close(self) -> None:
        self.driver.quit()

    # What a user does

    def resize(self, size: tuple[int, int]) -> None:
        self.command(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )

    def colours(self, scheme: str) -> None:
        """Shows pages in `light` or `dark` from now on."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.command("Emulation.setEmulatedMedia", features=features)

    def command(self, name: str, **parameters: object) -> dict:
        return self.driver.execute_cdp_cmd(name, parameters)

    def open(self, base: str, page: str = "/overview") -> None:
        """Shows a page of a console as in a new tab, without a key."""
        self.driver.get("about:blank")
        self.base = base
        self.driver.get(f"{base}/healthz")
        self.run("sessionStorage.clear()")
        self.driver.get(f"{base}/#{page}")

    def go(self, page: str) -> None:
        """Goes to a page of the console that is open."""
        self.run(f"location.hash = {page!r}")

    def click(self, text: str, within: WebElement | None = None) -> None:
        """Presses the button or link with this text."""

        def press() -> bool:
            for found in self.all("button, a, summary", within):
                if found.is_displayed() and found.text.strip() == text and found.is_enabled():
                    found.click()
                    return True
            return False

        self.until(press, f"there is no {text!r} to press")

    def press(self, selector: str) -> None:
        """Presses the first element of a selector, wherever it is on the page."""
        found = self.until(lambda: self.all(selector)[0])
        self.run("arguments[0].scrollIntoView({block: 'center'})", found)
        found.click()

    def type(self, label: str, text: str) -> None:
        """Types into the field with this label."""
        field = self.field(label)
        field.clear()
        field.send_keys(text)

    def choose(self, label: str, value: str) -> None:
        """Chooses a value in a list."""
        self.run(
            "arguments[0].value = arguments[1];"
            "arguments[0].dispatchEvent(new Event('change', {bubbles: true}))",
            self.field(label),
            value,
        )

    def field(self, label: str) -> WebElement:
        """The control that a label names, as assistive technology finds it."""
        script = """
            for (const one of document.querySelectorAll("input, select, textarea")) {
              const names = [...one.labels ?? []].map((label) => label.textContent.trim());
              const isShown = one.offsetParent !== null || one.type === "file";
              if (isShown && (names.includes(arguments[0])
                || one.getAttribute("aria-label") === arguments[0])) return one;
            }
            return null;"""
        return self.until(lambda: self.run(script, label), f"there is no field {label!r}")

    # What a user sees

    def run(self, script: str, *arguments: object) -> object:
        return self.driver.execute_script(script, *arguments)

    def all(self, selector: str, within: WebElement | None = None) -> list[WebElement]:
        return (within or self.driver).find_elements(By.CSS_SELECTOR, selector)

    @property
    def text(self) -> str:
        """All that is shown."""
        return self.run("return document.body.innerText")

    def until(self, check: Callable[[], Result], message: str = "", timeout: float = 10) -> Result:
        """Waits for something that holds, and returns it. Elements may be missing meanwhile."""
        deadline = time.monotonic() + timeout
        while True:
            with contextlib.suppress(
                IndexError, NoSuchElementException, StaleElementReferenceException
            ):
                result = check()
                if result:
                    return result
            if time.monotonic() > deadline:
                raise AssertionError(f"{message or 'it did not happen'}; shown is:\n{self.text}")
            time.sleep(0.03)

    def sees(self, *texts: str, timeout: float = 10) -> None:
        """Waits until all of these texts are shown."""
        for text in texts:
            self.until(lambda text=text: text in self.text, f"{text!r} is not shown", timeout)

    def complaints(self) -> list[str]:
        """What the browser has logged since the last time: errors, violations of the policy."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")
            and not any(text in entry["message"] for text in EXPECTED)
        ]

    def violations(self) -> list[str]:
        """What axe-core finds wrong with the page for people who use it in other ways."""
        source = (resources.files("axe_core_python") / "axe.min.js").read_text()
        self.run(source)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run().then((result) => done(result.violations),"
            "(error) => done([{id: String(error), nodes: []}]))"
        )
        return [
            f"{one['id']}: {[node['html'][:200] for node in one['nodes'][:3]]}" for one in found
        ]


@contextlib.contextmanager
def started() -> Iterator[Browser]:
    browser = Browser()
    try:
        yield browser
    finally:
        with contextlib.suppress(WebDriverException):
            browser.close()


ENTER = Keys.ENTER
