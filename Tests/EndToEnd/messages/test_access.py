"""Which clients are served, with keys and without."""

import hashlib
import re

import pytest

from address import Address, free_port, loopback
from client import messages_path

PLAIN = "plain-key-for-the-web-0123456789"
ADMIN = "admin-key-0123456789abcdef"
READER = "reader-key-0123456789abcdef"


def hashed(key: str, salt: bytes = bytes(range(16))) -> str:
    return f"sha256:{salt.hex()}:{hashlib.sha256(salt + key.encode()).hexdigest()}"


KEYS = {
    "key web": {"secret": PLAIN, "scopes": "chat"},
    "key ops": {"secret": hashed(ADMIN), "scopes": "admin"},
    "key eye": {"secret": hashed(READER, b"another salt 016"), "scopes": "read"},
}


def check_keys_required(response):
    assert response.status == 403
    assert (response.error["type"], response.error["code"]) == ("permission_error", "keys_required")


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:1",
        "LocalHost",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.9.9.9",
        "[::1]",
        "[::1]:80",
    ],
)
def test_without_keys_a_loopback_host_is_served(gateway, host):
    client = gateway().client()
    assert client.post(messages_path(), {"content": "hi"}, {"Host": host}).status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evillocalhost",
        "127.evil.example",
        "192.168.0.1",
        "0.0.0.0",
        "[::2]",
        "128.0.0.1",
    ],
)
def test_without_keys_any_other_host_is_refused(gateway, host):
    """A web page must not get access by DNS rebinding."""
    client = gateway().client()
    check_keys_required(client.post(messages_path(), {"content": "hi"}, {"Host": host}))


@pytest.mark.parametrize(
    "host",
    ["localhost@evil.example", "localhost evil.example", "localhost,evil.example", "[::1", ""],
)
def test_without_keys_a_mangled_host_is_refused(gateway, host):
    client = gateway().client()
    response = client.post(messages_path(), {"content": "hi"}, {"Host": host})
    assert response.status in (400, 403)


@pytest.mark.parametrize("name", ["Forwarded", "X-Forwarded-For", "x-forwarded-for"])
@pytest.mark.parametrize("value", ["for=192.0.2.1", "127.0.0.1", ""])
def test_without_keys_a_proxy_is_refused(gateway, name, value):
    """A proxy on the same host must not give access to other hosts."""
    client = gateway().client()
    check_keys_required(client.post(messages_path(), {"content": "hi"}, {name: value}))


def test_without_keys_unix_socket_peers_are_served(gateway, tmp_path):
    client = gateway(addresses=[Address(path=tmp_path / "postern.sock")]).client()
    assert client.message("hi").data["content"] == "hi"
    check_keys_required(client.post(messages_path(), {"content": "hi"}, {"Host": "evil.example"}))


@pytest.mark.parametrize("key", [PLAIN, ADMIN], ids=["plain", "hashed"])
@pytest.mark.parametrize(
    "form",
    ["Authorization: Bearer {}", "authorization: bearer {}", "x-api-key: {}", "X-API-Key: {}"],
)
def test_a_key_is_taken_in_either_header(gateway, key, form):
    name, _, value = form.format(key).partition(": ")
    client = gateway(KEYS).client()
    assert client.post(messages_path(), {"content": "hi"}, {name: value}).status == 200


INVALID_KEYS = {
    "none": {},
    "empty": {"Authorization": ""},
    "scheme alone": {"Authorization": "Bearer"},
    "empty bearer": {"Authorization": "Bearer "},
    "empty x-api-key": {"x-api-key": ""},
    "another": {"Authorization": "Bearer some-other-key-0123456789"},
    "beginning": {"x-api-key": PLAIN[:-1]},
    "with more behind": {"x-api-key": PLAIN + "x"},
    "another case": {"x-api-key": PLAIN.upper()},
    "its hash": {"x-api-key": hashed(ADMIN)},
    "digest alone": {"x-api-key": hashed(ADMIN).rpartition(":")[2]},
    "another scheme": {"Authorization": f"Basic {PLAIN}"},
    "no scheme": {"Authorization": PLAIN},
    "its name": {"x-api-key": "web"},
    "very long": {"x-api-key": "x" * 10_000},
}


@pytest.mark.parametrize("headers", INVALID_KEYS.values(), ids=INVALID_KEYS.keys())
def test_an_invalid_key_is_401(gateway, headers):
    response = gateway(KEYS).client().post(messages_path(), {"content": "hi"}, headers)
    assert response.status == 401
    assert response.error["type"] == "authentication_error"
    assert response.error["code"] == "invalid_key"


def test_a_key_without_the_scope_is_403(gateway):
    response = gateway(KEYS).client(READER).message("hi")
    assert response.status == 403
    assert response.error["type"] == "permission_error"
    assert response.error["code"] == "insufficient_scope"


def test_with_keys_hosts_and_proxies_do_not_matter(gateway):
    client = gateway(KEYS).client(PLAIN)
    for headers in [
        {"Host": "bot.example.com"},
        {"X-Forwarded-For": "192.0.2.1"},
        {"Forwarded": "for=x"},
    ]:
        assert client.post(messages_path(), {"content": "hi"}, headers).status == 200


def test_with_keys_loopback_needs_one_too(gateway, tmp_path):
    addresses = [loopback(), Address(path=tmp_path / "postern.sock")]
    running = gateway(KEYS, addresses=addresses)
    for number in range(len(addresses)):
        assert running.client(address=number).message("hi").status == 401
        assert running.client(PLAIN, address=number).message("hi").status == 200


def test_with_keys_every_address_may_be_served(gateway):
    port = free_port()
    server = {"listen": f"0.0.0.0:{port}"}
    running = gateway({"server": server, **KEYS}, addresses=[Address("127.0.0.1", port)])
    assert running.client(PLAIN).message("hi").status == 200


def test_a_key_may_come_from_a_file(gateway, tmp_path):
    file = tmp_path / "key"
    file.write_text(PLAIN + "\n")
    running = gateway({"key web": {"secret": f"${{file:{file}}}", "scopes": "chat"}})
    assert running.client(PLAIN).message("hi").status == 200
    assert running.client("wrong-key-0123456789").message("hi").status == 401


def test_a_made_key_is_served_where_its_section_allows(postern, gateway):
    done = postern("key", "web")
    assert (done.returncode, done.stderr) == (0, "")
    key, _, section = done.stdout.partition("\n\n")
    assert re.fullmatch(r"postern_[0-9a-f]{64}", key)
    assert section.startswith("[key web]\nsecret = sha256:")
    assert key.removeprefix("postern_") not in section
    keys = dict(line.split(" = ") for line in section.splitlines()[1:])
    running = gateway({"bot a": {}, "bot b": {}, "key web": {**keys, "bots": "a"}})
    assert running.client(key).message(bot="a").status == 200
    assert running.client(key).message(bot="b").status == 403
    assert running.client(key[:-1]).message(bot="a").status == 401


def test_no_two_made_keys_are_the_same(postern):
    made = {postern("key").stdout for _ in range(5)}
    assert len(made) == 5
    assert all("\n[key default]\n" in text for text in made)
    salts = {re.search(r"sha256:([0-9a-f]{32}):[0-9a-f]{64}\n", text)[1] for text in made}
    assert len(salts) == 5
