"""Fixtures: a scripted Telegram, and gateways whose bot is there."""

from collections.abc import Callable, Iterator

import pytest

from configuration import integration
from postern import Gateway
from telegram import TOKEN, Telegram


@pytest.fixture
def telegram(gateway: object) -> Iterator[Telegram]:
    """A server of Telegram's. It takes nothing that the documentation does not allow."""
    server = Telegram()
    yield server
    server.close()
    assert server.violations == []


@pytest.fixture
def on_telegram(gateway, backend, telegram) -> Callable[..., Gateway]:
    """Starts a gateway whose bot is in Telegram. The backend is `echo`, unless `script` has
    another one."""

    def start(script=None, sections=None, bot=None, **channel: object) -> Gateway:
        only: dict = {"type": "echo"}
        if script is not None:
            server = backend(script)
            only = integration(server.url)
            start.backend = server
        settings = {"token": TOKEN, "api_url": telegram.url, "allow": "7", "gather": 0}
        running = gateway(
            {
                "bot support": bot or {},
                "integration only": only,
                "channel home": settings | channel,
                **(sections or {}),
            }
        )
        running.secrets = running.secrets | {TOKEN}
        return running

    return start
