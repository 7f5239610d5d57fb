"""The certificates of backends are checked."""

import re
import shutil
import socket
import ssl
import threading
from contextlib import suppress
from pathlib import Path

import pytest

import replies
from configuration import integration, rendered
from renewing import Pair


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


# MARK: Mutual TLS


@pytest.fixture
def mutual(gateway, backend, certificates, ca_file):
    """Asks a backend that wants a certificate of the authority; returns the gateway and the
    backend."""

    def start(version=ssl.TLSVersion.TLSv1_3, **settings):
        context = certificates.server_context(certificates.leaf())
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates.authority)
        context.maximum_version = version
        server = backend(replies.custom("Hi!"), tls=context)
        settings = {"ca_file": ca_file, "retries": 1, "backoff": "10ms", **settings}
        return gateway({"integration gpt": integration(server.url, **settings)}), server

    return start


def shown(certificate: Path) -> dict[str, Path]:
    return {"client_certificate": certificate, "client_key": certificate.with_suffix(".key")}


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_certificate_is_shown(mutual, certificates, version):
    running, server = mutual(version, **shown(certificates.leaf("client")))
    for _ in range(2):
        assert running.client().message().data["content"] == "Hi!"
    assert len(server.connections) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_client_certificate_that_is_wanted_is_advised(mutual, version):
    """The alert of TLS 1.3 comes after the handshake, and is lost if the connection is reset."""
    running, server = mutual(version)
    response = running.client().message()
    assert response.status == 502
    assert set(response.outcomes) <= {"tls_failed", "interrupted"}
    assert "client_certificate" in response.attempts[0]["message"]
    assert not server.requests


@pytest.fixture
def wary(certificates):
    """The port of a server that refuses clients in good order: with an alert, then the end."""
    context = certificates.server_context(certificates.leaf())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                with suppress(ssl.SSLError):
                    context.wrap_socket(connection.dup(), server_side=True)
                connection.settimeout(1)
                with suppress(OSError):
                    while connection.recv(4096):
                        pass

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.parametrize("is_shown", [False, True])
def test_a_backend_that_refuses_the_client_is_not_asked_again(
    gateway, certificates, ca_file, wary, is_shown
):
    settings = shown(certificates.self_signed()) if is_shown else {}
    url = f"https://127.0.0.1:{wary}/"
    running = gateway({"integration gpt": integration(url, ca_file=ca_file, **settings)})
    response = running.client().message()
    assert response.outcomes == ["tls_failed"]
    assert "client_certificate" in response.attempts[0]["message"]
    assert "alert" in response.attempts[0]["message"]


def test_a_client_certificate_may_be_replaced(mutual, certificates, tmp_path):
    pair = Pair(tmp_path / "client", certificates)
    for source, place in (
        (certificates.self_signed(), pair.certificate),
        (certificates.self_signed().with_suffix(".key"), pair.key),
    ):
        shutil.copy(source, place)
    names = {"client_certificate": pair.certificate, "client_key": pair.key}
    running, _ = mutual(**names)
    assert running.client().message().status == 502
    pair.write("client")
    assert running.client().message().status == 200


def test_one_client_certificate_does_not_serve_another_integration(
    gateway, backend, certificates, ca_file
):
    context = certificates.server_context(certificates.leaf())
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(certificates.authority)
    server = backend(replies.custom(), tls=context)
    common = {"ca_file": ca_file, "retries": 0}
    known = shown(certificates.leaf("client"))
    running = gateway(
        {
            "bot a": {},
            "bot b": {},
            "integration known": integration(server.url, bot="a", **common, **known),
            "integration unknown": integration(server.url, bot="b", **common),
        }
    )
    assert running.client().message(bot="a").status == 200
    assert running.client().message(bot="b").status == 502
    assert len(server.requests) == 1


def test_a_client_certificate_is_checked_with_the_configuration(postern, tmp_path, certificates):
    one, two = certificates.leaf("client"), certificates.leaf("client2")
    file = tmp_path / "check.conf"
    for settings, told in [
        ({"client_certificate": one}, "client_certificate: mutual TLS needs client_key as well"),
        (
            {"client_certificate": one, "client_key": two.with_suffix(".key")},
            "client_certificate: it does not work with client_key",
        ),
        (
            {"client_certificate": one.with_suffix(".key"), "client_key": one},
            "client_certificate: .*swap the two",
        ),
        (shown(tmp_path / "absent.pem"), "client_certificate: .*cannot be read"),
    ]:
        file.write_text(
            rendered({"integration gpt": integration("https://127.0.0.1:9", **settings)})
        )
        done = postern("check", "-c", file)
        assert done.returncode == 1
        assert re.search(told, done.stderr), done.stderr
