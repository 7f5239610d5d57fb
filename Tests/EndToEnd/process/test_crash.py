"""kill -9 loses no turn that was answered (with `[context] file`), and no more of the statistics
than `sync` allows.

`scripts/crash` runs this with a thousand crashes."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from address import loopback
from configuration import integration, rendered
from postern import Gateway

CRASHES = int(os.environ.get("POSTERN_CRASHES", 12))
CONVERSATIONS = 8
MOST_LOAD = 0.12
# It holds all turns between two crashes several times, and is overwritten every few crashes.
RING = 2 << 20


def reply_to_last(request):
    """Names the message that it answers, so that a wrong pair of message and reply is seen."""
    usage = {"prompt_tokens": 7, "completion_tokens": 3}
    return replies.document(
        {"content": "re:" + request.messages[-1][1], "metadata": {"usage": usage}}
    )


def talk(client, conversation, answered, generator):
    """Sends message after message until the gateway is gone; notes the ones that were answered."""
    number = 0
    try:
        while True:
            # Up to several pages, so that records cross pages in every way.
            said = f"{conversation}/{number}/" + "x" * generator.choice([0, 10, 200, 1000, 9000])
            data = client.message(said, conversation_id=conversation).data
            assert data["content"] == "re:" + said
            answered.append(said)
            number += 1
    except (OSError, ConnectionError):
        pass


def history(client, server, conversation):
    """What a backend is sent of the conversation."""
    client.message("and now?", conversation_id=conversation)
    sent = [
        request.messages
        for request in reversed(server.requests)
        if request.json["conversation_id"] == conversation
    ]
    assert sent[0][-1] == ("user", "and now?")
    return sent[0][:-1]


def check(found, conversation, answered):
    """Whole turns, in order, none twice: all that were answered, and perhaps the next one, whose
    answer did not reach the client."""
    said = [content for role, content in found if role == "user"]
    assert found == [pair for x in said for pair in (("user", x), ("assistant", "re:" + x))]
    assert said[: len(answered)] == answered, f"of {conversation}, {len(answered)} were answered"
    assert len(said) <= len(answered) + 1


def counted(client):
    """How many replies the statistics have since the beginning."""
    (entry,) = client.get("/v1/stats").data
    assert entry["total"]["tokens"] == {
        "input": 7 * entry["total"]["attempts"]["ok"],
        "output": 3 * entry["total"]["attempts"]["ok"],
    }
    return entry["total"]["attempts"]["ok"]


@pytest.mark.parametrize("sync", ["5s", "always"])
def test_nothing_that_was_answered_is_lost(binary, backend, tmp_path, generator, sync):
    server = backend(reply_to_last)
    address = loopback()
    file = tmp_path / "postern.conf"
    sections = {
        "server": {"listen": address, "max_connections_per_ip": 0},
        "context": {
            "file": tmp_path / "context.ring",
            "memory": RING,
            "sync": sync,
            "window": 200,
        },
        "integration gpt": integration(server.url),
    }
    file.write_text(rendered(sections))
    total = recovered = 0
    started = time.monotonic()

    def start():
        command = [binary, "run", "-c", file]
        return Gateway(command, [address], tmp_path / "postern.log").await_readiness()

    running = start()
    size = None
    for crash in range(CRASHES // 2):
        before = counted(running.client())
        answered = {f"crash{crash}-{number}": [] for number in range(CONVERSATIONS)}
        with ThreadPoolExecutor(CONVERSATIONS) as pool:
            client = running.client()
            done = [pool.submit(talk, client, *item, generator) for item in answered.items()]
            time.sleep(generator.uniform(0, MOST_LOAD))
            running.signal(signal.SIGKILL)
            running.await_exit()
            for future in done:
                future.result()
        running.check_log()
        running = start()
        recovered += "context_recovered" in running.log
        assert "statistics_unreadable" not in running.log
        count = sum(map(len, answered.values()))
        after = counted(running.client())
        if sync == "always":
            assert before + count <= after <= before + count + CONVERSATIONS
        else:
            # The process was younger than `sync`: it may not have saved any.
            assert after <= before + count + CONVERSATIONS
        kept = (tmp_path / "context.ring.statistics").stat().st_size
        assert kept == (size or kept)
        size = kept
        for conversation, said in answered.items():
            check(history(running.client(), server, conversation), conversation, said)
            total += len(said)
        server.forget_requests()
    running.stop()
    print(
        f"{sync}: {CRASHES // 2} crashes, {total} answered turns, all there; "
        f"{recovered} torn turns erased; {time.monotonic() - started:.0f} s"
    )
