"""`[server] listen`: the addresses at which the gateway can be reached."""

import re
import socket
import ssl
import stat
import subprocess

import pytest

import configuration
import replies
from address import Address, free_port, loopback
from https import https
from networks import namespace


def ipv6_loopback():
    return Address("::1", free_port("::1"))


def without_ipv6():
    try:
        free_port("::1")
    except OSError:
        return True
    return False


needs_ipv6 = pytest.mark.skipif(without_ipv6(), reason="this machine has no IPv6 loopback")


@needs_ipv6
def test_ipv6(gateway):
    assert gateway(addresses=[ipv6_loopback()]).client().message("hi").data["content"] == "hi"


def test_unix_socket(gateway, tmp_path):
    running = gateway(addresses=[Address(path=tmp_path / "postern.sock")])
    assert running.client().message("hi").data["content"] == "hi"


def test_unix_socket_is_gone_after_the_end(gateway, tmp_path):
    path = tmp_path / "postern.sock"
    running = gateway(addresses=[Address(path=path)])
    assert stat.S_ISSOCK(path.stat().st_mode)
    running.stop()
    assert not path.exists()


@pytest.mark.parametrize("mode", [None, "0600", "666"])
def test_a_unix_socket_has_the_mode_of_the_file(gateway, tmp_path, mode):
    path = tmp_path / "postern.sock"
    gateway({"server": {"socket_mode": mode} if mode else {}}, addresses=[Address(path=path)])
    assert stat.S_IMODE(path.stat().st_mode) == int(mode or "0660", 8)


def test_a_stale_unix_socket_is_replaced(gateway, tmp_path):
    path = tmp_path / "postern.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    assert path.exists()
    assert gateway(addresses=[Address(path=path)]).client().message("hi").status == 200


def start_in_vain(postern, tmp_path, address, **server):
    """Runs a gateway that cannot start; returns its messages."""
    file = tmp_path / "in-vain.conf"
    file.write_text(configuration.rendered({"server": {"listen": address, **server}}))
    done = postern("run", "-c", file)
    assert done.returncode == 1
    return done.stdout + done.stderr


def test_a_unix_socket_in_use_is_not_taken_away(gateway, postern, tmp_path):
    address = Address(path=tmp_path / "postern.sock")
    running = gateway(addresses=[address])
    assert str(address.path) in start_in_vain(postern, tmp_path, address)
    assert running.client().message("hi").status == 200


def test_a_file_that_is_no_socket_is_not_taken_away(postern, tmp_path):
    path = tmp_path / "postern.sock"
    path.write_text("precious")
    told = start_in_vain(postern, tmp_path, Address(path=path))
    assert str(path) in told and "not a socket" in told
    assert path.read_text() == "precious"


def test_a_port_in_use_is_told(gateway, postern, tmp_path):
    running = gateway()
    told = start_in_vain(postern, tmp_path, running.addresses[0])
    assert "postern: " in told and str(running.addresses[0]) in told
    assert "in use" in told.lower()


@pytest.mark.parametrize("host", ["192.0.2.1", pytest.param("2001:db8::1", marks=needs_ipv6)])
def test_an_address_may_come_later(gateway, tmp_path, host):
    """The host's network is not up yet when the gateway starts."""
    here, there = Address(path=tmp_path / "postern.sock"), Address(host, 8080)
    sections = {
        "server": {"listen": f"{here}, {there}"},
        "key web": {"secret": "0123456789abcdef0123", "scopes": "chat"},
    }
    with namespace() as network:
        running = gateway(sections, [here], wrapper=network.wrapper)
        assert str(there) in running.await_log("address_missing")
        network.add_address(host)
        url = f"http://{there}/healthz"
        done = subprocess.run(
            [*network.wrapper, "curl", "-s", url], capture_output=True, text=True, check=True
        )
        assert done.stdout == '{"status":"ok"}'


def test_several_addresses(gateway, tmp_path):
    addresses = [loopback(), loopback(), Address(path=tmp_path / "postern.sock")]
    if not without_ipv6():
        addresses.append(ipv6_loopback())
    running = gateway(addresses=addresses)
    for number in range(len(addresses)):
        assert running.client(address=number).message("hi").data["content"] == "hi"


def test_conversations_are_the_same_by_every_address(gateway, backend, tmp_path):
    server = backend(replies.custom("a"))
    running = gateway(
        {"integration gpt": configuration.integration(server.url)},
        addresses=[loopback(), Address(path=tmp_path / "postern.sock")],
    )
    for number in range(2):
        assert running.client(address=number).message("q", conversation_id="c").status == 200
    assert len(server.requests[1].messages) == 3


def test_https(gateway, certificates):
    running = https(gateway, certificates)
    assert running.client().message("hi").data["content"] == "hi"
    with running.client().open() as connection:
        assert connection.socket.version() in ("TLSv1.2", "TLSv1.3")
        for _ in range(3):
            connection.send(running.client().message_request())
            assert connection.read_response().status == 200


def test_https_sends_long_replies_whole(gateway, certificates):
    text = "x" * 200_000
    assert https(gateway, certificates).client().message(text).data["content"] == text


def test_https_refuses_old_versions(gateway, certificates):
    running = https(gateway, certificates)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    address = running.addresses[0]
    with socket.create_connection((address.host, address.port), 5) as plain:
        with pytest.raises((ssl.SSLError, ConnectionError)), old.wrap_socket(plain):
            pass


def test_plain_http_to_https_does_no_harm(gateway, certificates):
    running = https(gateway, certificates)
    address = running.addresses[0]
    with socket.create_connection((address.host, address.port), 5) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        plain.settimeout(5)
        assert b" 200 " not in plain.recv(4096)
    assert running.client().get("/healthz").status == 200


@pytest.mark.parametrize("missing", ["tls_certificate", "tls_key"])
def test_a_certificate_that_is_not_there_is_told(postern, certificates, tmp_path, missing):
    certificate = certificates.leaf()
    server = {"tls_certificate": certificate, "tls_key": certificate.with_suffix(".key")}
    server[missing] = tmp_path / "absent.pem"
    told = start_in_vain(postern, tmp_path, loopback(), **server)
    assert re.search(rf"in-vain\.conf:\d+: {missing}\b.*No such file", told)


def test_an_invalid_certificate_is_reported(postern, certificates, tmp_path):
    certificate, broken = certificates.leaf(), tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    told = start_in_vain(
        *(postern, tmp_path, loopback()),
        tls_certificate=broken,
        tls_key=certificate.with_suffix(".key"),
    )
    assert re.search(r"in-vain\.conf:\d+: tls_certificate: .*does not work with tls_key", told)
