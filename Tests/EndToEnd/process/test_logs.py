"""What the log tells, and what it never tells."""

import json
import os
import re

import pytest

import replies
from client import messages_path
from configuration import integration

SECRETS = {"header.Authorization": "Bearer sk-secret-of-a-header", "header.X-Team": "team-secret-1"}
QUESTION = "a question that only the user may see"
LEVELS = ["error", "warning", "info", "debug"]
ANSWER = "an answer that only the user may see"


@pytest.fixture
def exchange(gateway, backend):
    """One message served by the second of two integrations, and one that fails."""

    def run(**log):
        broken = backend(replies.failure("500 Oops"))
        sound = backend(replies.custom(ANSWER))
        running = gateway(
            {
                "log": log,
                "bot support": {"system": "a system message that is for the model alone"},
                "integration primary": integration(broken.url, bot="support", **SECRETS),
                "integration spare": integration(
                    sound.url, bot="support", fallback=True, **SECRETS
                ),
                "bot broken": {},
                "integration alone": integration(broken.url, bot="broken"),
            }
        )
        for bot, id in [("support", "request-served"), ("broken", "request-failed")]:
            running.client().post(
                messages_path(bot),
                {
                    "content": QUESTION,
                    "conversation_id": f"conversation-of-{bot}",
                    "metadata": {"note": "metadata that only the backend may see"},
                },
                {"X-Request-Id": id},
            )
        running.stop()
        return running.log

    return run


def lines_with(log, text):
    return [line for line in log.splitlines() if text in line]


def test_text_has_one_line_per_exchange(exchange):
    log = exchange(format="text", level="info")
    (served,) = lines_with(log, "request-served")
    for fact in ["support", "conversation-of-support", "spare", "ok"]:
        assert re.search(rf"\b{fact}\b", served), served
    assert re.search(r"\d+ ?ms\b|\bms=\d+|duration_ms=\d+", served), served
    (failed,) = lines_with(log, "request-failed")
    for fact in ["broken", "conversation-of-broken", "http_error"]:
        assert re.search(rf"\b{fact}\b", failed), failed


def test_json_has_one_object_per_line(exchange):
    log = exchange(format="json", level="info")
    entries = [json.loads(line) for line in log.splitlines()]
    assert all(isinstance(entry, dict) for entry in entries)
    (served,) = [entry for entry in entries if "request-served" in entry.values()]
    for fact in ["support", "conversation-of-support", "spare", "ok", 2]:
        assert fact in served.values(), served
    (failed,) = [entry for entry in entries if "request-failed" in entry.values()]
    for fact in ["broken", "conversation-of-broken", "http_error", 1]:
        assert fact in failed.values(), failed
    for entry in [served, failed]:
        durations = [value for key, value in entry.items() if "ms" in key]
        assert durations and all(isinstance(value, int | float) for value in durations)


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("level", LEVELS)
def test_no_level_tells_messages_or_secrets(exchange, level, format):
    log = exchange(level=level, format=format)
    for text in ["may see", "for the model alone", "sk-secret", "team-secret"]:
        assert text not in log


def test_levels_are_thresholds(exchange):
    """A level logs the events of its own severity, and of every higher one."""
    written = {}
    for level in LEVELS:
        entries = map(json.loads, exchange(level=level, format="json").splitlines())
        written[level] = [(entry["level"], entry["event"]) for entry in entries]
    for count, level in enumerate(LEVELS, start=1):
        severe = [entry for entry in written["debug"] if entry[0] in LEVELS[:count]]
        assert written[level] == severe
    assert {level for level, _ in written["debug"]} == {"warning", "info", "debug"}
    assert written["warning"] and len(written["warning"]) < len(written["info"])


def test_each_line_tells_when(exchange):
    for line in exchange(format="text").splitlines():
        assert re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", line), line


@pytest.mark.parametrize("format", ["text", "json"])
def test_identifiers_cannot_forge_lines(gateway, format):
    running = gateway({"log": {"format": format}})
    id = '"\\}\x7b,forged=1'
    assert running.client().message(conversation_id=id).status == 200
    running.client().get("/healthz", {"X-Request-Id": "a\tforged"})
    running.client().get("/%0Aforged%0D%1b[31m")
    running.stop()
    for line in running.log.splitlines():
        assert not line.startswith("forged")
        assert "\x1b" not in line
        if format == "json":
            json.loads(line)


def test_the_start_is_told(gateway):
    running = gateway()
    assert str(running.addresses[0]) in running.log


def test_the_command_line_has_no_secret(gateway, backend):
    """Neither has the command line that `ps` shows."""
    server = backend(replies.custom())
    running = gateway(
        {"integration gpt": integration(server.url, **{"header.X-Key": "${TOKEN}"})},
        environment={"TOKEN": "secret-of-the-environment"},
    )
    running.client().message()
    assert server.requests[0].field("X-Key") == "secret-of-the-environment"
    with open(f"/proc/{running.process.pid}/cmdline", "rb") as file:
        assert b"secret" not in file.read()
    assert "secret-of-the-environment" not in running.log


def test_debug_logs_each_attempt_with_the_words_of_the_backend(gateway, backend):
    key = "sk-the-key-of-this-backend"
    broken = backend(
        replies.document({"error": {"message": f"Incorrect key {key} given"}}, "401 No")
    )
    running = gateway(
        {
            "log": {"level": "debug", "format": "json"},
            "integration gpt": integration(broken.url, **{"header.Authorization": f"Bearer {key}"}),
        }
    )
    running.client().post(messages_path(), {"content": "Hi"}, {"X-Request-Id": "request-1"})
    running.stop()
    entries = [json.loads(line) for line in running.log.splitlines()]
    (attempt,) = [entry for entry in entries if entry["event"] == "attempt"]
    assert attempt["level"] == "debug"
    assert attempt["request_id"] == "request-1"
    assert (attempt["integration"], attempt["outcome"]) == ("gpt", "auth_failed")
    assert attempt["status"] == 401
    assert attempt["backend"] == "Incorrect key **** given"
    assert attempt["message"]


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize("is_journal", [True, False])
def test_lines_for_the_journal_begin_with_their_priority(
    gateway, backend, tmp_path, format, is_journal
):
    """As sd-daemon(3) has it. `JOURNAL_STREAM` is inherited by processes whose standard error is
    another file."""
    log = tmp_path / "postern-0.log"
    log.touch()
    device, inode = log.stat().st_dev, log.stat().st_ino
    running = gateway(
        {
            "log": {"format": format, "level": "debug"},
            "integration gpt": integration(backend(replies.failure("401 No")).url),
        },
        environment={"JOURNAL_STREAM": f"{device}:{inode if is_journal else inode + 1}"},
    )
    running.client().message()
    running.stop()
    lines = running.log.splitlines()
    priorities = {"warning": "<4>", "info": "<6>", "debug": "<7>"}
    seen = set()
    for line in lines:
        prefix = line[:3] if is_journal else ""
        rest = line.removeprefix(prefix)
        if format == "json":
            level = json.loads(rest)["level"]
        elif is_journal:
            level = rest.split()[0]
        else:
            level = rest.split()[1]
        assert prefix == (priorities[level] if is_journal else "")
        seen.add(level)
    assert seen == set(priorities)


def test_a_file_that_a_rotation_empties_begins_again(gateway):
    """logrotate's `copytruncate`: the file that standard error leads to is cut, and stays open."""
    running = gateway()
    running.client().message("hi")
    running.await_log(" exchange ")
    running.log_path.write_bytes(b"")
    running.client().message("hi")
    running.await_log(" exchange ")
    assert re.match(r"\d{4}-", running.log), running.log[:40]


def test_no_socket_receives_the_log_in_place_of_a_closed_standard_error(gateway):
    shell = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"]
    running = gateway(wrapper=shell)
    assert running.client().message("hi").data["content"] == "hi"
    folder = f"/proc/{running.process.pid}/fd"
    assert [os.readlink(f"{folder}/{number}") for number in range(3)] == ["/dev/null"] * 3
