"""kill -9 at random moments loses nothing that was taken, and makes nothing twice: messages whose
clients do not wait, their callbacks, and messages to a bot in Telegram and in Slack.

`scripts/outbox-crashes` runs this with a thousand kills."""

import json
import os
import signal
import threading
import time
from itertools import groupby

import pytest

from address import loopback
from backends import wait
from configuration import integration, rendered
from postern import Gateway
from receivers import SECRET, submit, verified
from replies import document
from slack import SECRET as SLACK_SECRET
from slack import TOKEN as SLACK_TOKEN
from slack import Slack, event, signed
from telegram import ANN, TOKEN, Telegram

KILLS = int(os.environ.get("POSTERN_CRASHES", 12))
# After that many kills everything must come to its end, and is checked.
ROUND = max(4, min(20, KILLS // 3))
MOST_LOAD = 0.3
# How many kills of 100 come while the gateway starts.
EARLY = 15


def words(content) -> str:
    """What a person said in a message, which may have a photo."""
    return content if isinstance(content, str) else content[0]["text"]


class Sender:
    """A client that does not wait for replies. What a crash cuts off is sent again, under the same
    key."""

    def __init__(self, conversation: str, random):
        self.conversation = conversation
        self.random = random
        self.accepted: dict[str, str] = {}
        self.cut_off: str | None = None
        self.count = 0
        self.refused = 0

    def run(self, client) -> None:
        while True:
            self.send(client)
            time.sleep(self.random.uniform(0, 0.03))

    def send(self, client) -> None:
        if self.cut_off is None:
            self.count += 1
            self.cut_off = f"{self.conversation}/{self.count}"
        said = self.cut_off
        # A client may be unsure whether a message was taken, even if it was.
        if self.accepted and self.random.random() < 0.1:
            said = self.random.choice(list(self.accepted))
        answer = submit(
            client, said, conversation_id=self.conversation, headers={"Idempotency-Key": said}
        )
        if answer.status == 503:
            # What was delivered makes room after a few flushes.
            assert answer.error["code"] == "outbox_full"
            self.refused += 1
            return
        assert answer.status == 202, answer.body
        message = answer.json["data"]["id"]
        assert self.accepted.setdefault(said, message) == message, "a message has two ids"
        if said == self.cut_off:
            self.cut_off = None


class Waiter:
    """A client that waits for replies, in a conversation of others that do not."""

    def __init__(self, conversation: str):
        self.conversation = conversation
        self.answered: list[str] = []
        self.count = 0

    def run(self, client) -> None:
        while True:
            self.count += 1
            said = f"{self.conversation}/waits {self.count}"
            answer = client.message(said, conversation_id=self.conversation)
            assert answer.data["content"] == f"re:{said}"
            self.answered.append(said)


class Person:
    """Someone who writes in Telegram, sometimes with a photo."""

    def __init__(self, chat: int, town: "Town"):
        self.chat = {"id": chat, "type": "private"}
        self.conversation = f"telegram-home-{chat}"
        self.telegram = town.telegram
        self.random = town.random
        self.is_over = town.is_over
        self.said: list[str] = []

    def run(self, _) -> None:
        while not self.is_over.is_set():
            said = f"{self.chat['id']}/{len(self.said) + 1}"
            self.said.append(said)
            if self.random.random() < 0.1:
                photo = [{"file_id": "cat", "file_size": 3}]
                self.telegram.write(None, chat=self.chat, user=ANN, caption=said, photo=photo)
            else:
                self.telegram.write(said, chat=self.chat, user=ANN)
            time.sleep(self.random.uniform(0, 0.08))

    def replies(self) -> list[tuple[str, float]]:
        """What the bot has said to this person, and when."""
        sent = [one for one in list(self.telegram.sent) if one["chat_id"] == self.chat["id"]]
        return [(one["text"].removeprefix("re:"), one["at"]) for one in sent]


class Colleague:
    """Someone who writes in Slack, which posts a message again until it is answered."""

    def __init__(self, channel: str, town: "Town"):
        self.channel = channel
        self.conversation = f"slack-work-{channel}"
        self.slack = town.slack
        self.random = town.random
        self.said: list[str] = []
        self.is_answered = True

    def run(self, client) -> None:
        while True:
            self.post(client)
            time.sleep(self.random.uniform(0, 0.03))

    def post(self, client) -> None:
        if self.is_answered:
            self.said.append(f"{self.channel}/{len(self.said) + 1}")
            self.is_answered = False
        files = [self.slack.file("cat", "image/png", b"cat")] if len(self.said) % 10 == 0 else []
        body = event(self.said[-1], channel=self.channel, ts=f"{len(self.said)}.0", files=files)
        text = json.dumps(body).encode()
        answer = client.request("POST", "/v1/channels/work", text, signed(text))
        # A gateway that has no room is asked again.
        self.is_answered = answer.status == 200
        assert answer.status in (200, 503), answer.body

    def replies(self) -> list[tuple[str, float]]:
        sent = [one for one in list(self.slack.sent) if one["channel"] == self.channel]
        return [(one["text"].removeprefix("re:"), one["at"]) for one in sent]


class Town:
    """A gateway that is killed again and again, and all who talk to it."""

    def __init__(self, binary, backend, folder, random):
        self.binary, self.folder, self.random = binary, folder, random
        self.address = loopback()
        self.telegram = Telegram()
        self.telegram.files["cat"] = b"cat"
        # The answer comes after a while, so that a kill may come before it.
        self.telegram.on_send = lambda _: time.sleep(random.uniform(0, 0.03))
        self.slack = Slack()
        self.backend = backend(self.reply)
        self.receiver = backend(lambda _: [self.pause(), *document({}, "204 No Content")])
        self.is_over = threading.Event()
        self.kills: list[float] = []
        self.repeated = {"callbacks": 0, "replies to people": 0}
        self.done = {"messages": 0, "refused": 0, "messages of people": 0}

    def pause(self):
        return wait(self.random.uniform(0, 0.03))

    def reply(self, request):
        return [self.pause(), *document({"content": f"re:{words(request.messages[-1][1])}"})]

    def start(self, sync: str) -> Gateway:
        file = self.folder / "postern.conf"
        people = {"allow": "*", "gather": self.random.choice(["0", "50ms"])}
        sections = {
            "server": {"listen": self.address},
            "context": {"memory": "16M", "file": self.folder / "context.ring", "sync": sync},
            "outbox": {"file": self.folder / "outbox.ring", "size": "8M"},
            "limits": {"queue_per_conversation": 1000},
            "bot default": {"callback": self.receiver.url, "callback_secret": SECRET},
            "integration a": integration(self.backend.url),
            "channel home": {"token": TOKEN, "api_url": self.telegram.url} | people,
            "channel work": {"type": "slack", "token": SLACK_TOKEN, "secret": SLACK_SECRET}
            | {"api_url": self.slack.url, **people},
            "log": {"level": "warning"},
        }
        file.write_text(rendered(sections))
        log = self.folder / "postern.log"
        self.running = Gateway([self.binary, "run", "-c", file], [self.address], log)
        return self.running

    def close(self) -> None:
        self.running.process.kill()
        self.telegram.close()
        self.slack.close()

    def live_until_kill(self, everyone, sync: str) -> None:
        """Starts a gateway, and kills it while everyone talks to it."""
        running = self.start(sync)
        if self.random.randrange(100) < EARLY:
            time.sleep(self.random.uniform(0, 0.06))
            self.kill(running)
            return
        running.await_readiness(60)
        client = running.client()
        self.is_over.clear()
        faults: list[BaseException] = []
        threads = [
            threading.Thread(target=run_until_end, args=(one, client, faults)) for one in everyone
        ]
        for thread in threads:
            thread.start()
        time.sleep(self.random.uniform(0, MOST_LOAD))
        self.kill(running)
        self.is_over.set()
        for thread in threads:
            thread.join()
        assert not faults, faults

    def kill(self, running: Gateway) -> None:
        self.kills.append(time.monotonic())
        running.process.send_signal(signal.SIGKILL)
        running.process.wait()
        running.check_log()

    def forget(self) -> None:
        self.backend.forget_requests()
        self.receiver.forget_requests()
        self.telegram.calls.clear()
        self.telegram.sent.clear()
        self.slack.sent.clear()


def run_until_end(one, client, faults: list) -> None:
    """Runs until the gateway is gone."""
    try:
        one.run(client)
    except OSError:
        pass
    except BaseException as fault:
        faults.append(fault)


@pytest.fixture
def town(binary, backend, tmp_path, generator):
    made = Town(binary, backend, tmp_path, generator)
    yield made
    made.close()


def test_kills_lose_nothing_and_make_nothing_twice(town, generator):
    number = 0
    while len(town.kills) < KILLS:
        number += 1
        sync = ["5s", "always", "never"][number % 3]
        senders = [Sender(f"c{number}-{index}", generator) for index in range(3)]
        waiter = Waiter(senders[0].conversation)
        colleague = Colleague(f"D{number}", town)
        people = [Person(10 * number + index, town) for index in range(2)]
        people.append(colleague)
        for _ in range(min(ROUND, KILLS - len(town.kills))):
            town.live_until_kill([*senders, waiter, *people], sync)
        running = town.start(sync).await_readiness(60)
        client = running.client()
        for sender in senders:
            while sender.cut_off is not None:
                sender.send(client)
                time.sleep(0.01)
        while not colleague.is_answered:
            colleague.post(client)
        town.telegram.await_confirmed(60)
        check_callbacks(town, senders)
        for sender in senders:
            check_results(client, sender)
        check_people(town, people)
        for sender in senders:
            answered = waiter.answered if sender.conversation == waiter.conversation else []
            check_context(client, sender.conversation, list(sender.accepted), answered)
        for person in people:
            check_context(client, person.conversation, person.said, [])
        running.stop(timeout=40)
        town.forget()
        print(f"{len(town.kills)} kills: {town.done}, repeated {town.repeated}", flush=True)
    assert all(town.done[name] for name in ("messages", "messages of people"))
    assert town.telegram.violations == town.slack.violations == []


def check_results(client, sender: Sender) -> None:
    """Each message that was accepted has its reply under its id, unless it made room because its
    reply was delivered."""
    for said, message in sender.accepted.items():
        answer = client.get(f"/v1/messages/{message}")
        if answer.status != 404:
            data = answer.data
            assert data["status"] == "done"
            assert (data["id"], data["content"]) == (message, f"re:{said}")


def check_callbacks(town: Town, senders: list[Sender]) -> None:
    expected = {message for sender in senders for message in sender.accepted.values()}
    town.done["messages"] += len(expected)
    town.done["refused"] += sum(sender.refused for sender in senders)
    until(lambda: expected <= {one.field("webhook-id") for one in list(town.receiver.requests)})
    verified(town.receiver.requests[-1])
    bodies: dict[str, bytes] = {}
    for request in town.receiver.requests:
        message = request.field("webhook-id")
        assert bodies.setdefault(message, request.body) == request.body
    # Each message has one id, also for its receiver.
    assert set(bodies) == expected
    for sender in senders:
        came = [
            (request.field("webhook-id"), request.arrived_at)
            for request in town.receiver.requests
            if request.json["data"]["conversation_id"] == sender.conversation
        ]
        order = list(sender.accepted.values())
        town.repeated["callbacks"] += check_deliveries(came, order, town.kills)


def check_people(town: Town, people: list[Person | Colleague]) -> None:
    for person in people:
        town.done["messages of people"] += len(person.said)
        until(lambda one=person: set(one.said) <= set(lines(text for text, _ in one.replies())))
        came = person.replies()
        texts = [text for text, _ in groupby(text for text, _ in came)]
        # What was gathered is answered at once, each message in one reply.
        assert lines(texts) == person.said
        town.repeated["replies to people"] += check_deliveries(came, texts, town.kills)


def lines(texts) -> list[str]:
    return [line for text in texts for line in text.split("\n")]


def check_deliveries(came: list[tuple[str, float]], order: list[str], kills: list[float]) -> int:
    """The replies of one conversation came in order, each once: only the one that was on its way
    at a kill is repeated, at once. Returns how many were."""
    rows = [list(row) for _, row in groupby(came, key=lambda one: one[0])]
    assert [row[0][0] for row in rows] == order
    for row in rows:
        # The receiver may have noted the first a little later than it came.
        between = sum(row[0][1] - 0.5 < kill < row[-1][1] for kill in kills)
        assert len(row) - 1 <= between, f"{row[0][0]} came {len(row)} times over {between} kills"
    return sum(len(row) - 1 for row in rows)


def check_context(client, conversation: str, taken: list[str], answered: list[str]) -> None:
    """Each message is in the context once, with its reply: those that were taken in their order,
    and those that a client has seen answered."""
    kept = []
    page = 1
    while True:
        path = f"/v1/conversations/{conversation}/messages?bot=default&per_page=100&page={page}"
        answer = client.get(path).json
        kept += [(turn["role"], words(turn["content"])) for turn in answer["data"]]
        if len(kept) >= answer["meta"]["total"]:
            break
        page += 1
    users = [content for role, content in kept if role == "user"]
    assert kept[1::2] == [("assistant", f"re:{content}") for content in users]
    said = lines(users)
    assert len(set(said)) == len(said), "a message has two turns"
    assert [line for line in said if "waits" not in line] == taken
    assert set(answered) <= set(said)


def until(condition, timeout: float = 60) -> None:
    deadline = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < deadline, "not all replies were delivered"
        time.sleep(0.05)
