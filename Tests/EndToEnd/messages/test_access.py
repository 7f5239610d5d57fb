"""Which keys are accepted, what each may see, and what the log says about it."""

import hashlib
import re
import shlex
import time

import pytest

import replies
from address import Address, free_port, loopback
from client import messages_path
from configuration import integration

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


def events(running, name):
    """The fields of an event's lines in the log."""
    lines = [line for line in running.log.splitlines() if f" {name} " in line]
    return [dict(part.partition("=")[::2] for part in shlex.split(line)) for line in lines]


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


def test_the_log_warns_where_there_are_no_keys(gateway):
    running, locked = gateway(), gateway(KEYS)
    assert len(events(running, "no_keys")) == 1
    assert events(locked, "no_keys") == []


@pytest.mark.parametrize("name", ["api-key", "Api-Key"])
def test_a_key_may_come_as_azures_clients_send_it(gateway, name):
    client = gateway(KEYS).client()
    response = client.post(messages_path(), {"content": "hi"}, {name: PLAIN})
    assert response.status == 200
    response = client.post(messages_path(), {"content": "hi"}, {name: PLAIN + "x"})
    assert response.status == 401


def test_what_is_longer_than_any_key_is_not_hashed(gateway):
    """A thousand digests make a thousand hashes of a key."""
    keys = {
        f"key k{n}": {"secret": hashed(f"key-number-{n:06}"), "scopes": "chat"} for n in range(1000)
    }
    running = gateway(keys)
    client = running.client()

    def ticks(key: str) -> int:
        before = running.cpu_ticks()
        for _ in range(50):
            assert client.get("/v1/models", {"x-api-key": key}).status == 401
        return running.cpu_ticks() - before

    assert ticks("x" * 8000) < ticks("x" * 500) / 2


# Who did what


def test_refusals_are_logged_for_fail2ban(gateway):
    running = gateway(KEYS)
    client = running.client("wrong-key-0123456789")
    for _ in range(5):
        assert client.message("hi").status == 401
    lines = events(running, "access_refused")
    assert 1 <= len(lines) <= 2
    first = lines[0]
    assert (first["peer"], first["status"], first["code"]) == ("127.0.0.1", "401", "invalid_key")
    assert first["path"] == messages_path()
    time.sleep(1.1)
    assert running.client(READER).message("hi").status == 403
    running.await_log("status=403")
    last = events(running, "access_refused")[-1]
    assert (last["status"], last["code"], last["key"]) == ("403", "insufficient_scope", "eye")
    assert int(last["left_out"]) >= 3
    pattern = re.compile(r"access_refused peer=(\S+) status=401 code=invalid_key\b")
    assert pattern.search(running.log)[1] == "127.0.0.1"
    assert "wrong-key" not in running.log


def test_the_exchange_names_the_key(gateway):
    running = gateway(KEYS)
    assert running.client(PLAIN).message("hi").status == 200
    assert running.client(ADMIN).message("hi").status == 200
    running.await_log("key=ops")
    assert [event["key"] for event in events(running, "exchange")] == ["web", "ops"]
    assert PLAIN not in running.log and ADMIN not in running.log


# Who sees what


@pytest.fixture
def failing(gateway, backend):
    """Bots that answer and fail, and keys of scope `chat` alone that see attempts or do not."""
    ok, down = backend(replies.custom("Hi.")), backend(replies.failure("500 Internal Server Error"))
    return gateway(
        {
            "key blind": {"secret": "key-that-sees-nothing", "scopes": "chat"},
            "key seeing": {"secret": "key-that-sees-all", "scopes": "chat", "show_attempts": "yes"},
            "key reading": {"secret": "key-that-reads-too", "scopes": "chat, read"},
            "bot well": {},
            "bot ill": {},
            "integration zebra": {**integration(ok.url, bot="well"), "name": "Zebra & Co"},
            "integration gnu": {**integration(down.url, bot="ill", retries=0), "name": "Gnu Inc"},
        }
    )


FORMS = {
    "native": (lambda bot: messages_path(bot), lambda _: {"content": "hi"}),
    "openai": (lambda _: "/v1/chat/completions", lambda bot: {"model": bot, "messages": HELLO}),
    "anthropic": (
        lambda _: "/v1/messages",
        lambda bot: {"model": bot, "messages": HELLO, "max_tokens": 9},
    ),
}
HELLO = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("bot", ["well", "ill"])
@pytest.mark.parametrize("stream", [False, True])
def test_attempts_are_for_those_who_may_see_them(failing, form, bot, stream):
    path, body = FORMS[form]
    document = {**body(bot), "stream": stream}
    shown = failing.client("key-that-sees-nothing").post(path(bot), document)
    text = shown.body + repr(shown.fields).encode()
    for word in (b"zebra", b"Zebra", b"gnu", b"Gnu", b"attempts", b"Attempts"):
        assert word not in text
    assert shown.status == (200 if bot == "well" else 502)
    for key in ("key-that-sees-all", "key-that-reads-too"):
        seen = failing.client(key).post(path(bot), document)
        assert bool(seen.values("X-Postern-Attempts")) == (not stream or bot == "ill")
        if form == "native":
            assert b'"attempts":[{"integration":' in seen.body


def test_sdks_do_not_repeat_what_was_retried(failing):
    for form in FORMS:
        path, body = FORMS[form]
        response = failing.client("key-that-sees-nothing").post(path("ill"), body("ill"))
        assert response.status == 502
        assert response.field("x-should-retry") == "false"
        response = failing.client("key-that-sees-nothing").post(path("well"), body("well"))
        assert response.values("x-should-retry") == []
