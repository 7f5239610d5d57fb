"""Without keys: programs of this host are served, and requests from elsewhere are refused."""

import pytest

from address import Address
from client import messages_path


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


@pytest.mark.parametrize(
    "name",
    [
        "Via",
        "X-Real-IP",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Forwarded",
        "CF-Connecting-IP",
        "CF-Ray",
        "True-Client-IP",
        "X-Client-IP",
        "X-Cluster-Client-IP",
        "Fastly-Client-IP",
        "X-Original-Forwarded-For",
        "X-Envoy-External-Address",
        "Fly-Client-IP",
    ],
)
def test_without_keys_what_tells_of_a_proxy_is_refused(gateway, name):
    client = gateway().client()
    for field in (name, name.lower(), name.upper()):
        for target in ("/healthz", "/v1/bots", "/openapi.json"):
            check_keys_required(client.get(target, {field: "192.0.2.1"}))
        check_keys_required(client.post(messages_path(), {"content": "hi"}, {field: ""}))


@pytest.mark.parametrize(
    "fields",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Origin": "https://127.0.0.1.evil.example"},
        {"Origin": "moz-extension://x"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_without_keys_a_web_page_of_another_site_is_refused(gateway, fields):
    client = gateway().client()
    check_keys_required(client.request("POST", "/v1/integrations/echo/test", None, fields))
    check_keys_required(client.request("DELETE", "/v1/bots/default", None, fields))
    check_keys_required(client.get("/v1/bots", fields))
    check_keys_required(client.post(messages_path(), {"content": "hi"}, fields))


def test_without_keys_the_own_page_is_served(gateway):
    client = gateway().client()
    own = {"Origin": f"http://{client.address.authority}", "Sec-Fetch-Site": "same-origin"}
    assert client.post(messages_path(), {"content": "hi"}, own).status == 200
    assert client.get("/v1/bots", {"Sec-Fetch-Site": "none"}).status == 200


@pytest.mark.parametrize(
    ("line", "fields", "status"),
    [
        ("HTTP/1.0", "Host: {host}\r\nConnection: close\r\n", 403),
        ("HTTP/1.0", "Host: localhost\r\nConnection: Close\r\n", 403),
        ("HTTP/1.0", "Host: {host}\r\n", 200),
        ("HTTP/1.0", "Connection: close\r\n", 200),
        ("HTTP/1.1", "Host: {host}\r\nConnection: close\r\n", 200),
    ],
)
def test_without_keys_a_plain_nginx_is_refused(gateway, line, fields, status):
    """By `proxy_pass` alone nginx sends HTTP/1.0 with Host and `Connection: close`."""
    client = gateway().client()
    with client.open() as connection:
        head = f"GET /v1/bots {line}\r\n" + fields.format(host=client.address.authority)
        connection.send(f"{head}\r\n".encode())
        response = connection.read_response("GET")
    assert response.status == status
