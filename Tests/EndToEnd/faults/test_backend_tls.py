"""The certificates of backends are checked."""

from pathlib import Path

import pytest

import replies
from configuration import integration


@pytest.fixture
def attempt(gateway, backend, certificates):
    """Asks a backend with the given certificate; returns the response and the backend."""

    def ask(certificate, host="127.0.0.1", **settings):
        context = certificates.server_context(certificate)
        server = backend(replies.custom("Hi!"), tls=context)
        url = server.url.replace("127.0.0.1", host)
        running = gateway({"integration gpt": integration(url, **settings)})
        return running.client().message(), server

    return ask


@pytest.fixture
def ca_file(certificates):
    return certificates.authority


def test_a_certificate_of_the_own_authority_is_trusted(attempt, certificates, ca_file):
    response, _ = attempt(certificates.leaf(), ca_file=ca_file)
    assert response.data["content"] == "Hi!"


def test_the_name_may_be_one_of_several(attempt, certificates, ca_file):
    leaf = certificates.leaf("names", "DNS:other.example,DNS:localhost")
    response, _ = attempt(leaf, host="localhost", ca_file=ca_file)
    assert response.data["content"] == "Hi!"


def check_not_trusted(response, server):
    assert response.status == 502
    assert response.outcomes == ["tls_failed"]
    assert response.attempts[0]["message"]
    assert not server.requests, "nothing is told to a server that is not trusted"


def test_an_unknown_authority_is_not_trusted(attempt, certificates):
    check_not_trusted(*attempt(certificates.leaf()))


def test_a_self_signed_certificate_is_not_trusted(attempt, certificates, ca_file):
    check_not_trusted(*attempt(certificates.self_signed()))
    check_not_trusted(*attempt(certificates.self_signed(), ca_file=ca_file))


def test_an_expired_certificate_is_not_trusted(attempt, certificates, ca_file):
    check_not_trusted(*attempt(certificates.leaf("expired", days=-1), ca_file=ca_file))


def test_a_certificate_for_another_name_is_not_trusted(attempt, certificates, ca_file):
    leaf = certificates.leaf("elsewhere", "DNS:elsewhere.example")
    check_not_trusted(*attempt(leaf, ca_file=ca_file))
    check_not_trusted(*attempt(leaf, host="localhost", ca_file=ca_file))


def test_the_common_name_alone_does_not_count(attempt, certificates, ca_file):
    leaf = certificates.leaf("localhost", "DNS:elsewhere.example")
    check_not_trusted(*attempt(leaf, host="localhost", ca_file=ca_file))


def test_connections_are_used_again(gateway, backend, certificates, ca_file):
    server = backend(replies.custom(), tls=certificates.server_context(certificates.leaf()))
    running = gateway({"integration gpt": integration(server.url, ca_file=ca_file)})
    for _ in range(3):
        assert running.client().message().status == 200
    assert len(server.connections) == 1


def test_one_authority_does_not_vouch_for_another_integration(
    gateway, backend, certificates, ca_file
):
    """A connection that one integration may use does not serve another that may not use it."""
    server = backend(replies.custom(), tls=certificates.server_context(certificates.leaf()))
    running = gateway(
        {
            "bot a": {},
            "bot b": {},
            "integration trusting": integration(server.url, bot="a", ca_file=ca_file),
            "integration wary": integration(server.url, bot="b"),
        }
    )
    assert running.client().message(bot="a").status == 200
    assert running.client().message(bot="b").outcomes == ["tls_failed"]


SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


def read_bytes(running):
    """How many bytes the gateway has read by read(2), from files and descriptors."""
    fields = Path(f"/proc/{running.process.pid}/io").read_text().split()
    return int(fields[fields.index("rchar:") + 1])


@pytest.mark.skipif(
    not SYSTEM_AUTHORITIES.exists(), reason=f"the system has no {SYSTEM_AUTHORITIES}"
)
def test_the_systems_authorities_are_read_once(gateway, backend, certificates, ca_file):
    """They are not read for each connection: that would delay all others, and cost a megabyte
    each."""
    server = backend(replies.custom(), tls=certificates.server_context(certificates.leaf()))
    running = gateway(
        {
            "bot system": {},
            "bot own": {},
            "integration system": integration(server.url, bot="system"),
            "integration own": integration(server.url, bot="own", ca_file=ca_file),
        }
    )
    before = read_bytes(running)
    for _ in range(5):
        assert running.client().message(bot="system").outcomes == ["tls_failed"]
        assert running.client().message(bot="own").status == 200
    assert read_bytes(running) - before < 1.5 * SYSTEM_AUTHORITIES.stat().st_size


def test_an_authority_of_its_own_may_be_replaced(gateway, backend, certificates, tmp_path):
    ca_file = tmp_path / "authority.pem"
    ca_file.write_bytes(certificates.self_signed("other").read_bytes())
    server = backend(replies.custom(), tls=certificates.server_context(certificates.leaf()))
    running = gateway({"integration gpt": integration(server.url, ca_file=ca_file)})
    assert running.client().message().outcomes == ["tls_failed"]
    ca_file.write_bytes(certificates.authority.read_bytes())
    assert running.client().message().status == 200
