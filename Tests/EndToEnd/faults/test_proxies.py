"""`proxy`: how requests reach a backend, and the messages when they do not."""

from urllib.parse import urlsplit

import pytest

import replies
from address import free_port
from configuration import integration
from proxies import Proxy

SECRET = "pass-word-0815"


@pytest.fixture
def proxy():
    """Starts proxies."""
    started = []

    def start(*arguments, **options):
        started.append(Proxy(*arguments, **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def through(gateway):
    """Asks a backend once through a proxy."""

    def ask(url, way, environment=None, **settings):
        sections = {"integration gpt": integration(url, proxy=way, **settings)}
        running = gateway(sections, environment=environment)
        running.secrets.add(SECRET)
        response = running.client().message()
        assert SECRET.encode() not in response.body
        return response

    return ask


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
@pytest.mark.parametrize("secure", [False, True])
@pytest.mark.parametrize("credentials", [False, True])
def test_messages_go_through_the_proxy(
    through, proxy, backend, certificates, scheme, secure, credentials
):
    """A password may have any characters, percent-encoded."""
    way = proxy(scheme, *(["user", f"{SECRET}@:/%"] if credentials else []))
    settings = {"ca_file": certificates.authority} if secure else {}
    tls = certificates.server_context(certificates.leaf()) if secure else None
    server = backend(replies.custom("Hi!"), tls=tls)
    userinfo = f"user:{SECRET}%40%3A%2F%25@" if credentials else ""
    response = through(server.url, way.url(userinfo), **settings)
    assert response.data["content"] == "Hi!"
    (target,) = way.seen
    assert f"127.0.0.1:{server.port}" in target
    assert target.startswith("http://") == (scheme == "http" and not secure)
    if scheme == "http" and secure:
        # The proxy sees neither fields nor text of the message, and the backend no password.
        assert b"X-Bot-Id" not in way.heads[0]
        assert not server.requests[0].values("Proxy-Authorization")


def test_a_proxy_may_speak_tls(through, proxy, backend, certificates):
    way = proxy("https", tls=certificates.server_context(certificates.leaf()))
    server = backend(replies.custom("Hi!"))
    response = through(server.url, way.url(), ca_file=certificates.authority)
    assert response.data["content"] == "Hi!"
    assert len(way.seen) == 1
    assert through(server.url, way.url()).outcomes == ["tls_failed"]


@pytest.mark.parametrize(("scheme", "host"), [("socks5", "127.0.0.1"), ("socks5h", "localhost")])
def test_who_resolves_the_name(through, proxy, backend, scheme, host):
    way, server = proxy(scheme), backend(replies.custom("Hi!"))
    url = server.url.replace("127.0.0.1", "localhost")
    assert through(url, way.url()).outcomes == ["ok"]
    assert way.seen == [f"{host}:{server.port}"]


def test_connections_through_a_proxy_are_kept(gateway, proxy, backend):
    way, server = proxy(), backend(replies.custom("Hi!"))
    client = gateway({"integration gpt": integration(server.url, proxy=way.url())}).client()
    assert [client.message().outcomes for _ in range(3)] == [["ok"]] * 3
    assert len(server.connections) == 1


def test_the_environment_does_not_matter(through, proxy, backend):
    """Neither its proxies nor its exceptions."""
    way, other, server = proxy(), proxy(), backend(replies.custom("Hi!"))
    names = ["http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
    environment = dict.fromkeys(names, other.url())
    environment |= {"NO_PROXY": "*", "no_proxy": "127.0.0.1"}
    assert through(server.url, way.url(), environment).outcomes == ["ok"]
    assert (len(way.seen), len(other.seen)) == (1, 0)


FAILURES = {
    "nothing listens": ("http", {}, "no connection to the proxy"),
    "CONNECT is refused": ("http", {"status": 403}, "the proxy does not connect"),
    "CONNECT fails": ("http", {"status": 502}, "the proxy does not connect"),
    "CONNECT wants a password": ("http", {"user": "u"}, "user and password"),
    "SOCKS is refused": ("socks5h", {"status": 2}, "the proxy does not connect"),
    "SOCKS fails": ("socks5", {"status": 5}, "the proxy does not connect"),
    "SOCKS wants a password": ("socks5", {"user": "u"}, "user and password"),
}


@pytest.mark.parametrize("credentials", ["", f"u:{SECRET}@"])
@pytest.mark.parametrize("case", FAILURES)
def test_failures_of_a_proxy_are_told(through, proxy, case, credentials):
    scheme, options, advice = FAILURES[case]
    way = proxy(scheme, **{"password": "another", **options})
    if case == "nothing listens":
        way.close()
    response = through(f"https://127.0.0.1:{free_port()}/", way.url(credentials))
    assert response.outcomes == ["connect_failed"]
    assert advice in response.attempts[0]["message"]
    assert "proxy" in response.attempts[0]["message"]


def test_a_password_that_a_proxy_wants_for_http_is_told(through, proxy, backend):
    way = proxy(user="u", password="p")
    response = through(backend(replies.custom()).url, way.url())
    (attempt,) = response.attempts
    assert (attempt["outcome"], attempt["status"]) == ("http_error", 407)
    assert "the proxy wants a user and a password (407)" in attempt["message"]


def test_the_password_is_shown_nowhere(managed, postern, tmp_path):
    """Also if it is written into the file."""
    for value in f"http://user:{SECRET}@proxy:3128", "http://user:${PASSWORD}@proxy:3128":
        text = (
            "[server]\nlisten = LISTEN\n[integration gpt]\ntype = custom\n"
            f"webhook_url = http://127.0.0.1:9/\nproxy = {value}\n"
        )
        one = managed(text, PASSWORD=SECRET)
        shown = one.get("/v1/integrations/gpt")
        assert shown.data["proxy"] == ("****" if "$" in value else "http://****@proxy:3128")
        # Sent back as shown, nothing changes.
        assert one.patch("/v1/integrations/gpt", {"proxy": shown.data["proxy"]}).status == 200
        assert SECRET not in one.get("/v1/integrations/gpt/preview").body.decode()
    file = tmp_path / "postern.conf"
    file.write_text(text.replace("LISTEN", "127.0.0.1:1").replace("${PASSWORD}", SECRET))
    done = postern("check", "-c", file, "--print")
    assert "proxy = http://****@proxy:3128" in done.stdout
    assert SECRET not in done.stdout + done.stderr
    assert urlsplit(value).hostname == "proxy"
