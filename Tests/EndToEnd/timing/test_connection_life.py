"""How long a connection to a backend is used. Only with `POSTERN_LONG=1`: it takes five minutes."""

import os
import time

import pytest

from configuration import integration
from replies import custom

LONGEST = 300
"""Seconds for which docs/http.md says that a connection is used."""

pytestmark = [
    pytest.mark.timing,
    pytest.mark.skipif("POSTERN_LONG" not in os.environ, reason="POSTERN_LONG=1 runs it"),
]


@pytest.mark.timeout(LONGEST + 60)
def test_a_busy_connection_is_replaced(gateway, backend):
    """A message every second keeps one connection busy, until it has been used for long enough."""
    server = backend(lambda _: custom("Well."))
    client = gateway({"integration gpt": integration(server.url)}).client()
    start = time.monotonic()
    while len(server.connections) < 2:
        age = time.monotonic() - start
        assert age < LONGEST + 2, "the first connection is still used"
        assert client.message().outcomes == ["ok"]
        time.sleep(1)
    assert age > LONGEST - 5, "the first connection was not kept"
