"""Certificates that are renewed while the gateway serves, and messages about bad ones."""

import os
import re
import shutil
import signal
import ssl
import time

import pytest

import replies
from address import Address, free_port
from configuration import integration, rendered
from https import https
from renewing import Pair, await_name, name_shown

RSA_1024 = ("rsa:1024",)


@pytest.fixture
def pair(tmp_path, certificates):
    pair = Pair(tmp_path / "tls", certificates)
    pair.write("first")
    return pair


@pytest.fixture
def served(gateway, certificates, pair):
    return https(gateway, certificates, certificate=pair.certificate)


@pytest.mark.parametrize("way", ["write", "rename"])
def test_a_renewed_certificate_applies(served, pair, way):
    assert name_shown(served.addresses[0]) == "first"
    for name in ("second", "third"):
        getattr(pair, way)(name)
        await_name(served, name)
    assert len(re.findall(r" certificate_changed expires=\d{4}-", served.log)) == 2
    assert "error" not in served.log


def test_open_connections_stay(served, pair):
    client = served.client()
    with client.open() as connection:
        connection.send(client.message_request("one"))
        assert connection.read_response().status == 200
        pair.write("second")
        await_name(served, "second")
        connection.send(client.message_request("two"))
        assert connection.read_response().data["content"] == "two"


def test_links_are_followed(gateway, certificates, tmp_path):
    """As certbot has them: live/host/fullchain.pem leads to ../../archive/host/fullchain1.pem."""
    archive, live = tmp_path / "archive", tmp_path / "live"
    archive.mkdir()
    live.mkdir()
    files = {"fullchain": live / "fullchain.pem", "privkey": live / "privkey.pem"}

    def renew(number: int) -> None:
        leaf = certificates.leaf(f"renewal{number}")
        for kind, source in (("privkey", leaf.with_suffix(".key")), ("fullchain", leaf)):
            shutil.copy(source, archive / f"{kind}{number}.pem")
        for kind, link in files.items():
            link.unlink(missing_ok=True)
            link.symlink_to(f"../archive/{kind}{number}.pem")

    renew(1)
    server = {"tls_certificate": files["fullchain"], "tls_key": files["privkey"]}
    running = https(gateway, certificates, {"server": server})
    for number in (2, 3):
        renew(number)
        await_name(running, f"renewal{number}")


def test_a_link_to_a_folder_is_followed(gateway, certificates, tmp_path):
    """As Kubernetes has secrets: tls.crt leads to ..data/tls.crt, and ..data to a folder that is
    replaced by the next one in one step."""
    volume = tmp_path / "volume"
    volume.mkdir()

    def renew(number: int) -> None:
        leaf, folder = certificates.leaf(f"secret{number}"), volume / f"..2026_{number}"
        folder.mkdir()
        shutil.copy(leaf, folder / "tls.crt")
        shutil.copy(leaf.with_suffix(".key"), folder / "tls.key")
        (volume / "..data_tmp").symlink_to(folder.name)
        (volume / "..data_tmp").rename(volume / "..data")
        if number > 1:
            shutil.rmtree(volume / f"..2026_{number - 1}")

    renew(1)
    for name in ("tls.crt", "tls.key"):
        (volume / name).symlink_to(f"..data/{name}")
    server = {"tls_certificate": volume / "tls.crt", "tls_key": volume / "tls.key"}
    running = https(gateway, certificates, {"server": server})
    for number in (2, 3):
        renew(number)
        await_name(running, f"secret{number}")


def test_a_pair_may_be_replaced_one_after_the_other(served, pair, certificates):
    leaf = certificates.leaf("second")
    shutil.copy(leaf, pair.certificate)
    time.sleep(0.5)
    assert name_shown(served.addresses[0]) == "first"
    shutil.copy(leaf.with_suffix(".key"), pair.key)
    await_name(served, "second")
    assert " configuration_invalid " not in served.log


def damaged(pair, kind):
    leaf = pair.certificates.leaf("second")
    text = leaf.read_bytes()
    match kind:
        case "not a pair":
            shutil.copy(leaf, pair.certificate)
        case "half":
            pair.certificate.write_bytes(text[: len(text) // 2])
        case "empty":
            pair.certificate.write_bytes(b"")
        case "empty key":
            pair.key.write_bytes(b"")
        case "gone":
            pair.certificate.unlink()
        case "swapped":
            shutil.copy(leaf, pair.key)
            shutil.copy(leaf.with_suffix(".key"), pair.certificate)
        case "a folder":
            pair.key.unlink()
            pair.key.mkdir()


DAMAGES = ["not a pair", "half", "empty", "empty key", "gone", "swapped", "a folder"]


@pytest.mark.parametrize("kind", DAMAGES)
def test_the_old_pair_stays_where_the_new_one_is_unusable(served, pair, kind):
    damaged(pair, kind)
    line = served.await_log(" configuration_invalid ")
    assert re.search(r"postern-0\.conf:\d+: tls_(certificate|key): ", line)
    assert name_shown(served.addresses[0]) == "first"
    reasons = served.client().get("/readyz").json["reasons"]
    assert any("tls_" in str(reason) for reason in reasons)
    # The fault is mended.
    if pair.key.is_dir():
        pair.key.rmdir()
    pair.write("second")
    await_name(served, "second")
    assert "reasons" not in served.client().get("/readyz").json


def test_a_hang_up_reads_the_pair_again(served, pair):
    served.signal(signal.SIGHUP)
    served.await_log(" configuration_reloaded ")
    assert name_shown(served.addresses[0]) == "first"
    assert " certificate_changed " not in served.log
    pair.write("second")
    served.signal(signal.SIGHUP)
    await_name(served, "second")


def test_the_configuration_may_name_other_files(served, pair, certificates):
    leaf = certificates.leaf("other-files")
    file = served.log_path.with_suffix(".conf")
    text = file.read_text().replace(str(pair.certificate), str(leaf))
    file.write_text(text.replace(str(pair.key), str(leaf.with_suffix(".key"))))
    await_name(served, "other-files")
    assert " restart_needed " not in served.log
    # The old files are not watched any longer.
    pair.write("second")
    time.sleep(0.5)
    assert name_shown(served.addresses[0]) == "other-files"


def test_files_of_a_folder_that_must_not_be_listed_are_watched(gateway, certificates, pair):
    # Permissions hold for root, too, without these capabilities.
    capabilities = "-dac_override,-dac_read_search"
    prefix = ["setpriv", f"--bounding-set={capabilities}"] if os.getuid() == 0 else []
    pair.folder.chmod(0o311)
    running = gateway(
        {"server": {"tls_certificate": pair.certificate, "tls_key": pair.key}},
        addresses=[Address("127.0.0.1", free_port(), tls=certificates.client_context())],
        wrapper=prefix,
    )
    pair.write("second")
    await_name(running, "second")
    pair.folder.chmod(0o700)


# MARK: Other files that the configuration names


def test_a_system_message_in_a_file_is_watched(gateway, tmp_path, backend):
    prompt, secret = tmp_path / "prompt.txt", tmp_path / "secret"
    prompt.write_text("Be terse.\n")
    secret.write_text("first-secret-1\n")
    server = backend(replies.custom("Well."))
    running = gateway(
        {
            "bot support": {"system_file": prompt},
            "integration gpt": integration(server.url, **{"header.X-Key": f"${{file:{secret}}}"}),
        }
    )
    prompt.write_text("Be kind.\n")
    running.await_log(" configuration_reloaded ")
    running.client().message("hi", bot="support")
    assert "Be kind." in server.requests[-1].body.decode()
    secret.with_suffix(".new").write_text("second-secret-2\n")
    secret.with_suffix(".new").rename(secret)
    deadline = time.monotonic() + 5
    while running.log.count(" configuration_reloaded ") < 2:
        assert time.monotonic() < deadline, running.log
        time.sleep(0.02)
    running.client().message("hi", bot="support")
    assert server.requests[-1].field("X-Key") == "second-secret-2"
    # A file that is written again as it was changes nothing.
    prompt.write_text("Be kind.\n")
    prompt.touch()
    time.sleep(0.4)
    assert running.log.count(" configuration_reloaded ") == 2


def test_credentials_and_authorities_are_watched(gateway, tmp_path):
    credential, authority = tmp_path / "team", tmp_path / "ca.pem"
    credential.write_text("red\n")
    authority.write_text("-----BEGIN CERTIFICATE-----\n1\n")
    settings = {"type": "echo", "ca_file": authority, "header.X-Team": "${credential:team}"}
    running = gateway(
        {"integration e": settings}, environment={"CREDENTIALS_DIRECTORY": str(tmp_path)}
    )
    credential.write_text("blue\n")
    running.await_log(" configuration_reloaded ")
    authority.write_text("-----BEGIN CERTIFICATE-----\n2\n")
    deadline = time.monotonic() + 5
    while running.log.count(" configuration_reloaded ") < 2:
        assert time.monotonic() < deadline, running.log
        time.sleep(0.02)


# MARK: Checks


def check(postern, tmp_path, certificate, key=None):
    file = tmp_path / "check.conf"
    server = {"tls_certificate": certificate, "tls_key": key or certificate.with_suffix(".key")}
    file.write_text(rendered({"server": server}))
    return postern("check", "-c", file)


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [
        ("sound", {"days": 15}, ""),
        ("soon", {"days": 13}, r"warning: tls_certificate: .*expires in 1[23] days: renew it"),
        (
            "tomorrow",
            {"days": 1},
            r"warning: tls_certificate: .*expires in (1 day|less than a day):",
        ),
        ("over", {"days": -1}, r"warning: tls_certificate: .*expired 1 day ago, .*renew it"),
        ("weak", {"key": RSA_1024}, r"warning: tls_certificate: .*RSA with 1024 bits is weak"),
        ("old", {"digest": "sha1"}, r"warning: tls_certificate: .*signed with SHA-1"),
        ("rsa", {"key": ("rsa:2048",)}, ""),
        ("edwards", {"key": ("ed25519",)}, ""),
    ],
)
def test_check_warns_of_a_certificate(postern, tmp_path, certificates, name, options, told):
    done = check(postern, tmp_path, certificates.leaf(f"check-{name}", **options))
    assert done.returncode == 0
    assert "valid" in done.stdout
    assert re.search(rf"^[^ ]*check\.conf:\d+: {told}", done.stderr) if told else not done.stderr


def test_check_warns_of_a_key_that_all_may_read(postern, tmp_path, certificates):
    leaf = certificates.leaf("open")
    leaf.with_suffix(".key").chmod(0o644)
    done = check(postern, tmp_path, leaf)
    assert done.returncode == 0
    assert re.search(r"warning: tls_key: .*can read.*chmod o= /", done.stderr)


def test_check_says_what_is_wrong(postern, tmp_path, certificates):
    leaf, other = certificates.leaf("one"), certificates.leaf("two")
    locked = tmp_path / "locked.key"
    locked.write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END")
    for certificate, key, told in [
        (leaf.with_suffix(".key"), leaf, "tls_certificate: .*swap the two"),
        (leaf, other.with_suffix(".key"), "tls_certificate: .*does not work with tls_key"),
        (leaf, other, "tls_key: .*no private key"),
        (leaf.with_suffix(".key"), leaf.with_suffix(".key"), "tls_certificate: .*no certificate"),
        (leaf, locked, "tls_key: .*password"),
    ]:
        done = check(postern, tmp_path, certificate, key)
        assert done.returncode == 1
        assert re.search(told, done.stderr), done.stderr
        assert "MII" not in done.stderr


def test_start_and_reload_warn_as_check_does(gateway, certificates, pair):
    soon = certificates.leaf("soon", days=5)
    running = https(gateway, certificates, certificate=soon)
    told = r"tls_certificate: the certificate expires in [45] days: renew it"
    assert re.search(told, running.log)
    running.signal(signal.SIGHUP)
    assert re.search(told, running.await_log(" configuration_warning "))


def expiry(client) -> dict[str, int]:
    text = client.get("/metrics").body.decode()
    found = re.findall(r"^postern_(certificate_\w+) (-?\d+)$", text, re.MULTILINE)
    return {name: int(value) for name, value in found}


def test_metrics_have_the_expiry(gateway, certificates, pair):
    assert expiry(gateway().client()) == {}
    running = https(gateway, certificates, certificate=pair.certificate)
    values = expiry(running.client())
    month = 30 * 86400
    assert month - 600 < values["certificate_expiry_seconds"] <= month
    end = values["certificate_expiry_timestamp_seconds"]
    assert abs(end - values["certificate_expiry_seconds"] - time.time()) < 2
    certificates.leaf("longer", days=60)
    pair.write("longer")
    await_name(running, "longer")
    assert expiry(running.client())["certificate_expiry_seconds"] > month


def test_an_expired_certificate_is_served_nevertheless(gateway, certificates):
    """The clients decide, and a gateway that does not start helps none of them."""
    over = certificates.leaf("over", days=-1)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    running = gateway(
        {"server": {"tls_certificate": over, "tls_key": over.with_suffix(".key")}},
        addresses=[Address("127.0.0.1", free_port(), tls=trusting)],
    )
    assert "expired 1 day ago" in running.log
    assert expiry(running.client())["certificate_expiry_seconds"] < 0
