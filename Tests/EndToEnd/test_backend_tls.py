"""Contract 4: certificates of backends are checked."""

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
    """A connection that one integration may use is no way in for one that may not."""
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
