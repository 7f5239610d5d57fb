"""What the tests of the package share. scripts/package-test runs them."""

import os
from pathlib import Path

import pytest
from machine import Machine, missing

SUITES = os.environ.get("POSTERN_SUITES", "bookworm trixie").split()
ROOTS = Path(os.environ.get("POSTERN_ROOTS", "/nonexistent"))
# It has postern.deb, and next.deb: the same with a higher version.
PACKAGES = Path(os.environ.get("POSTERN_PACKAGES", "/nonexistent"))


@pytest.fixture(scope="session", params=SUITES)
def suite(request) -> str:
    """Debian 12 or 13."""
    return request.param


@pytest.fixture(scope="module")
def machine(suite, tmp_path_factory):
    """A machine of this suite on which the package was never installed."""
    if reason := missing():
        pytest.skip(reason)
    one = Machine(ROOTS / f"{suite}-systemd", PACKAGES, tmp_path_factory.mktemp(suite) / "console")
    yield one
    one.stop()
