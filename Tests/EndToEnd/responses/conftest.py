"""Fixtures for tests of OpenAI's Responses."""

import openai
import pytest

from sdks import opened


@pytest.fixture
def sdk():
    """OpenAI's SDK for a running gateway."""

    def make(running, key="key-of-the-tests-1"):
        base = f"http://{running.addresses[0].authority}/v1"
        return opened(openai.OpenAI(base_url=base, api_key=key, max_retries=0, timeout=20))

    return make


@pytest.fixture
def served(one_integration, sdk):
    """The SDK's client of a gateway with one integration, and the backend if there is one."""

    def start(type, script=None, bot=None, **settings):
        running, server = one_integration(type, script, bot, **settings)
        return sdk(running), server

    return start
