"""The release binary under valgrind's memcheck: no invalid access, nothing lost at the end."""

import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
import stream_replies
from backends import finish, in_turn, repeat, send, stall, wait
from client import connections, messages_path
from configuration import integration
from repository import SUPPORT
from stream_client import Stream, events_of, stream_request, streamed
from stream_cuts import cuts

VALGRIND = [
    "valgrind",
    "--quiet",
    "--error-exitcode=99",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect,possible",
    "--errors-for-leak-kinds=definite,possible",
    "--track-fds=no",
    f"--suppressions={SUPPORT / 'valgrind.supp'}",
]


pytestmark = pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed")


@pytest.fixture(scope="module")
def binary(binary, tmp_path_factory):
    """Without debug information, because valgrind 3.19 cannot read Swift's. Symbols stay."""
    copy = tmp_path_factory.mktemp("valgrind") / "postern"
    subprocess.run(["strip", "--strip-debug", "-o", copy, binary], check=True)
    return copy


@pytest.mark.timeout(180)
def test_a_short_run_is_clean(gateway, backend):
    silent = backend([stall()])
    servers = {
        "custom": backend(replies.reply("custom")),
        "openai": backend(replies.reply("openai")),
        "anthropic": backend(replies.reply("anthropic")),
    }
    broken = {
        "error": backend(replies.failure("500 Oops")),
        "garbage": backend(replies.document(b"\xff\x00{")),
        "cut": backend([send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"), finish()]),
        "large": backend(replies.custom("x" * 300_000)),
    }
    sections = {f"bot {bot}": {"window": 3} for bot in [*servers, *broken, "silent"]}
    for bot, server in servers.items():
        sections[f"integration {bot}"] = integration(server.url, bot, bot=bot)
    for bot, server in broken.items():
        sections[f"integration {bot}"] = integration(server.url, bot=bot, max_response="100K")
    sections["integration silent"] = integration(silent.url, bot="silent", timeout="2s")
    running = gateway(
        {"context": {"memory": "64K"}, "log": {"level": "debug"}, **sections}, wrapper=VALGRIND
    )
    client = running.client()
    for turn in range(20):
        for bot in servers:
            response = client.message(
                "x" * 100 * turn + "?", bot=bot, conversation_id=f"c{turn % 3}"
            )
            assert response.status == 200
    for bot in broken:
        assert client.message(bot=bot).status == 502
    with ThreadPoolExecutor() as pool:
        asked = [pool.submit(client.message, bot=bot) for bot in [*servers, *broken, "silent"] * 2]
        statuses = {future.result().status for future in asked}
    assert statuses == {200, 502, 504}
    for body in [b"{", b"[]", b'{"content":""}', b"\xff"]:
        assert client.post(messages_path("custom"), body).status == 400
    for wrong in [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\r\n\r\n",
        b"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n",
    ]:
        with client.open() as connection:
            connection.send(wrong)
            connection.seconds_until_closed(15)
    for leaving in range(5):
        with client.open() as connection:
            connection.send(client.message_request(bot="silent"))
            silent.await_requests(3 + leaving)
    file = running.log_path.with_suffix(".conf")
    text = file.read_text()
    for number, changed in enumerate(["[oops", text.replace("window = 3", "window = 4"), text]):
        file.write_text(changed)
        running.await_log("configuration_invalid", 20)
        if number > 0:
            deadline = time.monotonic() + 20
            while running.log.count(" configuration_reloaded ") < number:
                assert time.monotonic() < deadline
                time.sleep(0.05)
        assert client.message(bot="custom").status == 200
    running.stop(timeout=60)


@pytest.mark.timeout(180)
def test_streams_are_clean(gateway, backend):
    """Whole and broken streams, with and without an integration that continues; streams that are
    left, not read, and cut off by a second SIGTERM."""
    kinds = stream_replies.KINDS
    sections: dict = {f"bot {bot}": {} for bot in [*kinds, "pouring"]}
    for kind in kinds:
        places = list(cuts(kind, is_chunked=True).values())
        answers = [stream_replies.stream(kind), *(place.answer("closed") for place in places)]
        type, spare = stream_replies.type_of(kind), backend(stream_replies.stream(kind, ["…"]))
        sections[f"integration {kind}"] = integration(
            backend(in_turn(*answers, stream_replies.stream(kind))).url, type, bot=kind
        )
        sections[f"integration {kind}-spare"] = integration(
            spare.url, type, bot=kind, fallback=True, prefill=kind != "ndjson"
        )
    token = stream_replies.chunk(stream_replies.token("openai", "x" * 1000))
    pouring = backend([send(stream_replies.head("openai")), repeat(token)])
    sections["integration pouring"] = integration(
        pouring.url, "openai", bot="pouring", max_response="100M"
    )
    running = gateway(sections, wrapper=VALGRIND)
    client = running.client()
    ends = [
        streamed(client, bot=kind, conversation_id="c").events[-1].type
        for kind in kinds
        for _ in range(20)
    ]
    assert set(ends) == {"message", "error"}
    for number, reset in enumerate([False, True] * 2):
        leaving = client.open()
        leaving.send(stream_request(client, bot="pouring"))
        pouring.await_requests(1 + number)
        if number > 1:
            next(events_of(leaving, Stream()))
        leaving.close(reset)
    with connections(client, 3) as staying:
        for number, connection in enumerate(staying):
            connection.send(stream_request(client, bot="pouring"))
            pouring.await_requests(5 + number)
        next(events_of(staying[0], Stream()))
        running.signal(signal.SIGTERM)
        running.await_log(" stopping")
        running.stop(timeout=60)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("streaming", [False, True])
def test_clients_that_leave_as_their_answer_comes_do_no_harm(gateway, backend, streaming):
    """Some leave before it, some after it, and some while it waits to be sent."""
    server = backend([wait(0.05), *replies.custom()])
    running = gateway({"integration a": integration(server.url)}, wrapper=VALGRIND)
    client = running.client()
    for _ in range(25):
        leaving = [client.open() for _ in range(16)]
        for connection in leaving:
            connection.send(client.message_request(stream=streaming))
        for connection in leaving:
            time.sleep(0.005)
            connection.close()
    assert client.message().status == 200
    running.stop(timeout=60)


@pytest.mark.timeout(180)
def test_messages_that_wait_are_clean(gateway, backend, tmp_path):
    """Replies that are delivered, fetched, expired, or refused by their receiver; messages that are
    given up while they are queued and while a backend is asked."""
    silent = backend([stall()])
    receiver = backend(in_turn(*[replies.document({})] * 3, replies.document({}, "410 Gone")))
    running = gateway(
        {
            "outbox": {"file": tmp_path / "outbox.ring", "keep": "1s"},
            "context": {"memory": "64K", "file": tmp_path / "context.ring"},
            "bot default": {"callback": receiver.url, "callback_secret": "whsec_" + "MDEy" * 8},
            "integration a": integration(backend(replies.custom()).url, bot="default"),
            "bot silent": {},
            "integration silent": integration(silent.url, bot="silent", timeout="60s"),
        },
        wrapper=VALGRIND,
    )
    client = running.client()

    def send(bot: str, conversation: str) -> str:
        body = {"content": "Hi", "conversation_id": conversation}
        answer = client.post(messages_path(bot), body, {"Prefer": "respond-async"})
        assert answer.status == 202
        return answer.field("Location")

    for number in range(5):
        place = send("default", f"c{number}")
        assert client.get(place, {"Prefer": "wait=20"}).data["status"] == "done"
    receiver.await_requests(4)
    for number in range(3):
        asked, queued = send("silent", f"c{number}"), send("silent", f"c{number}")
        silent.await_requests(number + 1)
        for place in [queued, asked]:
            assert client.delete(place).status == 204
            assert client.get(place).status == 404
    time.sleep(1.5)
    running.stop(timeout=60)


@pytest.mark.parametrize(
    "arguments", [["version"], ["help"], ["nonsense"], ["test", "-c", "/dev/null"]]
)
def test_commands_are_clean(binary, arguments):
    done = subprocess.run([*VALGRIND, binary, *arguments], capture_output=True, text=True)
    assert done.returncode in (0, 2), done.stderr
    assert "==" not in done.stderr
