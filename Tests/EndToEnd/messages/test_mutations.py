"""Hundreds of changed requests, each as the first, the second and the only request over TLS: what a
strict reader refuses is refused and the connection closed; all else is answered as it reads it."""

import pytest

from chunked_bodies import Incomplete
from client import Client, Connection
from https import https
from mutations import BODY, FOLLOWING, KEY, mutations
from strict_requests import requests

KEYS = {"key all": {"secret": KEY, "scopes": "admin"}}


def expected(text: bytes) -> list | None:
    """The requests that the text has; `None` if more must come."""
    try:
        return list(requests(text))
    except Incomplete:
        return None


def check(connection: Connection, text: bytes, wanted: list) -> None:
    connection.send_if_open(text)
    for request in wanted:
        # What is asked with HEAD has no body, and no mutation asks so.
        response = connection.read_response("GET")
        assert response.field("X-Request-Id")
        if request is None:
            assert response.status in (400, 413, 417, 431, 505), response
            assert response.error["type"] == "invalid_request_error", response
        elif request.body == BODY and request.method == b"POST":
            assert response.data["content"] == "hi", response
        else:
            assert response.status in (200, 204, 400, 404, 405), response
            assert b"not valid HTTP" not in response.body, response
    if wanted[-1] is None or not wanted[-1].stays_open:
        assert connection.is_closed_within(2), "what follows was read as a request"


@pytest.mark.parametrize("place", ["first", "second", "TLS"])
def test_mutations(gateway, certificates, place):
    is_secure = place == "TLS"
    running = https(gateway, certificates, KEYS) if is_secure else gateway(KEYS)
    before = FOLLOWING if place == "second" else b""
    client = Client(running.addresses[0], timeout=5)
    failures, refused, incomplete = [], 0, 0
    for mutation in mutations():
        wanted = expected(before + mutation)
        if wanted is None:
            incomplete += 1
            continue
        refused += wanted[-1] is None
        with client.open() as connection:
            try:
                check(connection, before + mutation, wanted)
            except (AssertionError, OSError, KeyError) as error:
                failures.append(f"{mutation!r}: {error!r}")
    print(f"{refused} refused, {incomplete} incomplete")
    assert not failures, f"{len(failures)}:\n" + "\n".join(failures[:20])
    assert refused > 600
    assert incomplete < 20
    assert running.client().get("/healthz").status == 200
