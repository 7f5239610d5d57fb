"""What all tests with clients of other authors need."""

import gc

import pytest


@pytest.fixture(autouse=True)
def collected_afterwards():
    """Lets Python's garbage collector wait until the test is over.

    LiteLLM, for one, leaves streams open. If the collector closes one while httpx holds the lock of
    their pool, the thread waits for itself for ever.
    """
    gc.disable()
    yield
    gc.collect()
    gc.enable()
