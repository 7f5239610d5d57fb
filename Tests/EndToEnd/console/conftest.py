"""A browser for all tests of the folder."""

import pytest

import browser as browsers


@pytest.fixture(scope="session")
def window():
    """The browser. Tests take `browser`, which also checks what it logs."""
    with browsers.started() as started:
        yield started


@pytest.fixture
def browser(window):
    """The browser. At the end it must have logged nothing: no error, no violation."""
    window.resize(browsers.DESKTOP)
    window.colours("light")
    window.complaints()
    yield window
    complaints = window.complaints()
    window.driver.get("about:blank")
    assert complaints == []
