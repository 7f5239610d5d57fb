"""What TLS is agreed: versions, ciphers, sessions."""

import subprocess
from pathlib import Path

import pytest

from address import Address
from https import https

REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
RSA = ("rsa:2048",)


@pytest.fixture(params=["ecdsa", "rsa"])
def served(request, gateway, certificates):
    options = {"key": RSA} if request.param == "rsa" else {}
    return https(gateway, certificates, certificate=certificates.leaf(request.param, **options))


def agree(address: Address, *options: str | Path) -> str:
    """What openssl says of a connection with these options, with one request; empty if there is no
    agreement."""
    command = ["openssl", "s_client", "-connect", f"{address.host}:{address.port}", *options]
    done = subprocess.run(
        [*map(str, command), "-ign_eof"],
        input=REQUEST,
        capture_output=True,
        timeout=10,
        check=False,
    )
    text = done.stdout.decode(errors="replace")
    return text if "HTTP/1.1 200" in text else ""


def test_versions(served):
    address = served.addresses[0]
    assert "TLSv1.3" in agree(address)
    for version, is_spoken in (("1", False), ("1_1", False), ("1_2", True), ("1_3", True)):
        told = agree(address, f"-tls{version}", "-cipher", "ALL:@SECLEVEL=0")
        assert bool(told) == is_spoken, version


# Without forward secrecy, without authentication of what is encrypted, or without any.
REFUSED = [
    *("AES128-GCM-SHA256", "AES256-SHA", "aNULL", "eNULL", "DES-CBC3-SHA", "kDHE", "PSK"),
    *("ECDHE-RSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM"),
]


@pytest.mark.parametrize("cipher", REFUSED)
def test_weak_ciphers_are_refused(served, cipher):
    assert not agree(served.addresses[0], "-tls1_2", "-cipher", f"{cipher}:@SECLEVEL=0")


def suites(served):
    kind = "RSA" if "rsa.pem" in served.log_path.with_suffix(".conf").read_text() else "ECDSA"
    return [
        f"ECDHE-{kind}-{cipher}"
        for cipher in ("AES256-GCM-SHA384", "CHACHA20-POLY1305", "AES128-GCM-SHA256")
    ]


def test_good_ciphers_are_agreed(served):
    for cipher in suites(served):
        assert f"Cipher is {cipher}" in agree(served.addresses[0], "-tls1_2", "-cipher", cipher)


def test_the_server_prefers(served):
    best, *others = suites(served)
    for order in ([best, *others], [*others, best]):
        told = agree(served.addresses[0], "-tls1_2", "-cipher", ":".join(order))
        assert f"Cipher is {best}" in told
    told = agree(
        *(served.addresses[0], "-tls1_3", "-ciphersuites"),
        "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384",
    )
    assert "Cipher is TLS_AES_256_GCM_SHA384" in told


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_a_session_is_resumed(served, tmp_path, version):
    address, session = served.addresses[0], tmp_path / "session.pem"
    assert "New, TLSv1" in agree(address, f"-{version}", "-sess_out", session)
    for _ in range(3):
        told = agree(address, f"-{version}", "-sess_in", session, "-sess_out", session)
        assert "Reused, TLSv1" in told


@pytest.mark.parametrize("version", ["tls1_2", "tls1_3"])
def test_a_session_ends_with_its_certificate(gateway, certificates, tmp_path, version):
    """Its owner replaces a certificate, and no client sees the old one again."""
    names = iter(("before", "after"))
    link = tmp_path / "tls.pem"

    def lead_to(name):
        for suffix in (".pem", ".key"):
            other = tmp_path / f"new{suffix}"
            other.symlink_to(certificates.leaf(name).with_suffix(suffix))
            other.rename(link.with_suffix(suffix))

    lead_to(next(names))
    running = https(gateway, certificates, certificate=link)
    address, session = running.addresses[0], tmp_path / "session.pem"
    assert "New, TLSv1" in agree(address, f"-{version}", "-sess_out", session)
    lead_to(next(names))
    running.await_log(" certificate_changed ")
    assert "New, TLSv1" in agree(address, f"-{version}", "-sess_in", session)


def test_nothing_is_sent_before_the_handshake_is_over(served):
    """No early data: a copy of it could be sent again."""
    assert "Max Early Data: 0" in agree(served.addresses[0], "-tls1_3")
