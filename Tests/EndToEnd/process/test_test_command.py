"""`postern test`: one message through integrations, without a running gateway."""

import pytest

import configuration
import replies
from backends import finish, send, stall
from client import unused_tcp_socket
from configuration import integration


@pytest.fixture
def tested(postern, tmp_path):
    """Runs `postern test` with a configuration."""

    def run(sections, *arguments):
        file = tmp_path / "postern.conf"
        file.write_text(configuration.rendered(sections))
        done = postern("test", "-c", file, *arguments)
        for secret in configuration.secrets(sections):
            assert secret not in done.stdout + done.stderr
        return done

    return run


def line_about(done, name):
    """The line of the table for one integration."""
    lines = [line for line in done.stdout.splitlines() if name in line.split()]
    assert lines, f"nothing about {name} in {done.stdout!r}, {done.stderr!r}"
    return lines[0]


@pytest.mark.parametrize("type", replies.TYPES)
def test_a_well_integration_passes(tested, backend, type):
    server = backend(replies.reply(type, "Bonjour"))
    settings = {"header.Authorization": "Bearer secret-of-the-backend"}
    done = tested({"integration gpt": integration(server.url, type, **settings)})
    assert done.returncode == 0, done.stderr
    assert "ok" in line_about(done, "gpt").split()
    (request,) = server.requests
    assert request.field("Authorization") == "Bearer secret-of-the-backend"
    assert request.dialogue[0][0] == "user"


def test_echo_passes(tested):
    done = tested({"bot support": {}})
    assert done.returncode == 0
    assert "ok" in line_about(done, "echo").split()


def test_what_serves_no_chat_is_asked_for_what_it_serves(tested, backend):
    server = backend(replies.document({"data": [{"embedding": [1]}]}))
    url = server.url.removesuffix("/chat") + "/v1/chat/completions"
    done = tested(
        {
            "integration search": integration(url, "openai", serves="moderations, embeddings"),
            "integration voice": integration(url, "openai", serves="speech, transcription"),
        }
    )
    assert done.returncode == 0, done.stderr
    assert "ok" in line_about(done, "search").split()
    assert "integration voice: not tested" in done.stdout
    [request] = server.requests
    assert (request.target, request.json["input"]) == ("/v1/embeddings", "Hello!")


def test_the_message_may_be_given(tested, backend):
    server = backend(replies.custom())
    done = tested({"integration gpt": integration(server.url)}, "-m", "Grüße, wie geht's?")
    assert done.returncode == 0
    assert server.requests[0].messages == [("user", "Grüße, wie geht's?")]


FAILURES = {
    "auth_failed": replies.failure("401 Unauthorized"),
    "rate_limited": replies.failure("429 Too Many Requests"),
    "http_error": replies.failure("500 Oops"),
    "invalid_json": replies.document(b"<html>"),
    "missing_content": replies.document({"answer": 1}),
    "interrupted": [send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), finish()],
    "timeout": [stall()],
    "too_large": replies.custom("x" * 5000),
}


@pytest.mark.parametrize(("outcome", "answer"), FAILURES.items(), ids=FAILURES.keys())
def test_a_failure_is_named_and_status_1(tested, backend, outcome, answer):
    server = backend(answer)
    done = tested({"integration gpt": integration(server.url, timeout="500ms", max_response="1K")})
    assert done.returncode == 1
    assert outcome in line_about(done, "gpt").split()
    assert len(done.stdout.splitlines()) >= 2, "what to do about it is told as well"


def test_a_backend_that_is_slow_is_told_from_one_that_cannot_be_reached(tested, backend):
    server = backend([send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"), stall()])
    done = tested({"integration gpt": integration(server.url, timeout="500ms")})
    heads = done.stdout.splitlines()[0].split()
    times = dict(zip(heads, line_about(done, "gpt").split(), strict=False))
    assert times["CONNECT"] != "-"
    assert "200" in line_about(done, "gpt").split()


@pytest.mark.parametrize("size", [70_000, 110_000, 300_000])
def test_too_many_header_fields_are_told_as_such(tested, backend, size):
    for line in [b"X: " + b"x" * size + b"\r\n", b"X: y\r\n" * (size // 6)]:
        server = backend([send(b"HTTP/1.1 200 OK\r\n" + line), stall()])
        done = tested({"integration gpt": integration(server.url, timeout="5s")})
        assert "too_large" in line_about(done, "gpt").split()
        assert "header fields are larger" in done.stdout
        assert "max_response" not in done.stdout


def test_a_refused_connection_is_named(tested):
    with unused_tcp_socket() as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        done = tested({"integration gpt": integration(url)})
    assert done.returncode == 1
    assert "connect_failed" in line_about(done, "gpt").split()


def test_every_integration_is_tested_and_one_failure_decides(tested, backend):
    well, ill = backend(replies.custom()), backend(replies.failure("500 Oops"))
    done = tested(
        {
            "bot a": {},
            "bot b": {},
            "integration well": integration(well.url, bot="a"),
            "integration ill": integration(ill.url, bot="b", fallback=True),
            "integration unused": integration(well.url, bot="b", weight=0),
        }
    )
    assert done.returncode == 1
    assert "ok" in line_about(done, "well").split()
    assert "http_error" in line_about(done, "ill").split()
    assert "ok" in line_about(done, "unused").split()


def test_names_choose_integrations(tested, backend):
    well, ill = backend(replies.custom()), backend(replies.failure("500 Oops"))
    sections = {
        "integration well": integration(well.url),
        "integration fine": integration(well.url),
        "integration ill": integration(ill.url),
    }
    done = tested(sections, "well", "fine")
    assert done.returncode == 0
    assert not ill.requests and len(well.requests) == 2
    assert "ill" not in done.stdout.split()


def test_an_unknown_name_is_told(tested, backend):
    server = backend(replies.custom())
    done = tested({"integration gpt": integration(server.url)}, "gpd")
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("postern: ") and "gpd" in done.stderr
    assert not server.requests
