"""The failure table for streams: replies that break off at every place and in every way, from every
kind of backend, to clients that get them live or whole, with an integration that can continue them
and without. No truncated reply ever looks complete.

All cases run at once in one gateway. The message says which case a backend plays."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count, product

import pytest

import stream_replies as replies
from backends import Backend, Request
from configuration import integration
from stream_client import Stream, streamed
from stream_cuts import ENDINGS, TOKENS, cuts
from stream_replies import KINDS

pytestmark = pytest.mark.timing

TIMEOUT = 1.5
SLACK = 3
AT_ONCE = 24
ERROR_MESSAGE = "Back in a moment, promised."

DELIVERIES = ["live", "whole"]
SPARES = ["none", "able", "unable"]
ENDED_BY = " (the end)"

BROKEN = {
    "retries": 2,
    "backoff": "10ms",
}
# Only cases that wait in vain have short limits: a busy machine is not a fault.
HASTE = dict.fromkeys(("timeout", "idle_timeout"), f"{TIMEOUT * 1000:.0f}ms")

CUTS = {
    (kind, framing): cuts(kind, is_chunked=framing == "chunked")
    for kind in KINDS
    for framing in ("chunked", "until closed")
}


def what_is_asked(request: Request) -> str:
    """The content of the user's last message."""
    return [content for role, content in request.dialogue if role == "user"][-1]


@dataclass(repr=False)
class Case:
    """One message whose reply breaks off, and the result."""

    kind: str
    framing: str
    cut: str
    ending: str
    delivery: str
    spare: str
    number: int
    stream: Stream = field(default_factory=Stream)
    elapsed: float = 0
    after: Stream = field(default_factory=Stream)
    asked: list[Request] = field(default_factory=list)
    spare_asked: list[Request] = field(default_factory=list)
    asked_after: list[Request] = field(default_factory=list)

    @property
    def bot(self) -> str:
        haste = "-hasty" if self.ending == "stalled" else ""
        return f"{self.kind}-{self.delivery}-{self.spare}{haste}"

    @property
    def content(self) -> str:
        return "|".join([self.kind, self.framing, self.cut, self.ending, str(self.number)])

    @property
    def place(self):
        return CUTS[self.kind, self.framing][self.cut]

    @property
    def delivered(self) -> str:
        """The part of the broken reply that the client sees."""
        return self.place.text if self.delivery == "live" else ""

    @property
    def is_saved(self) -> bool:
        """Whether another integration completes the reply."""
        return self.spare == "able" or (self.spare == "unable" and not self.delivered)

    @property
    def outcome(self) -> str:
        return "timeout" if self.ending == "stalled" else "interrupted"

    @property
    def tries(self) -> int:
        """How often the broken integration is asked."""
        if self.place.is_finished or self.delivered or self.ending == "stalled":
            return 1
        return 2 if self.place.tokens else 3

    def play(self, client, primary: Backend, spare: Backend) -> "Case":
        conversation = {"bot": self.bot, "conversation_id": f"c-{self.number}"}
        start = time.monotonic()
        self.stream = streamed(client, self.content, **conversation)
        self.elapsed = time.monotonic() - start
        self.asked = [x for x in primary.requests if what_is_asked(x) == self.content]
        self.spare_asked = [x for x in spare.requests if what_is_asked(x) == self.content]
        again = f"well|{self.number}"
        self.after = streamed(client, again, **conversation)
        self.asked_after = [x for x in primary.requests if what_is_asked(x) == again]
        return self


def broken(request: Request):
    """Plays what the message says."""
    asked = what_is_asked(request)
    if asked.startswith("well|"):
        return replies.stream(kind_at(request), ["Well ", "again."])
    kind, framing, cut, ending, _ = asked.split("|")
    return CUTS[kind, framing][cut].answer(ending)


def kind_at(request: Request) -> str:
    return request.target.removeprefix("/")


def going_on(request: Request):
    """Completes any reply, in its own kind."""
    return replies.stream(kind_at(request), ["…", ENDED_BY], model="spare-model")


@pytest.fixture(scope="module")
def cases(gateways, backends):
    """Starts every case, in one gateway; `cases(…)` waits for the wanted ones."""
    primary, spare = backends(broken), backends(going_on)
    sections: dict = {"server": {"max_connections": 2000, "max_connections_per_ip": 0}}
    for kind, delivery, way, haste in product(KINDS, DELIVERIES, SPARES, ("", "-hasty")):
        bot = f"{kind}-{delivery}-{way}{haste}"
        sections[f"bot {bot}"] = {"delivery": delivery, "error_message": ERROR_MESSAGE}
        url, type = primary.url.replace("chat", kind), replies.type_of(kind)
        limits = HASTE if haste else {}
        sections[f"integration {bot}"] = integration(url, type, bot=bot) | BROKEN | limits
        if way != "none":
            url = spare.url.replace("chat", kind)
            sections[f"integration spare-{bot}"] = integration(
                url, type, bot=bot, fallback=True, prefill=way == "able"
            )
    client = gateways(sections).client()
    numbers = count()
    planned = [
        Case(kind, framing, cut, ending, delivery, way, next(numbers))
        for (kind, framing), places in CUTS.items()
        for cut, place in places.items()
        for ending in ENDINGS
        for delivery in DELIVERIES
        for way in SPARES
        # Before the first token it makes no difference whether an integration can continue.
        if place.tokens or way != "unable"
        if framing == "chunked" or (way == "able" and ending == "closed")
    ]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        playing = [(case, pool.submit(case.play, client, primary, spare)) for case in planned]

        def those(**wanted: object) -> list[Case]:
            chosen = [
                future.result()
                for case, future in playing
                if all(getattr(case, name) == value for name, value in wanted.items())
            ]
            assert chosen
            return chosen

        yield those


def each(cases: list[Case], check) -> None:
    """Judges all of them, and names the cases that fail."""
    failures = []
    for case in cases:
        try:
            check(case)
        except AssertionError as error:
            failures.append(f"{case.bot}|{case.content}: {str(error).splitlines()[:1]}")
    assert not failures, f"{len(failures)} of {len(cases)}: " + "\n".join(failures[:20])


kinds = pytest.mark.parametrize("kind", KINDS)
endings = pytest.mark.parametrize("ending", ENDINGS)
deliveries = pytest.mark.parametrize("delivery", DELIVERIES)


@kinds
@endings
@deliveries
def test_no_truncated_reply_looks_complete(cases, kind, ending, delivery):
    def check(case):
        if case.place.is_finished:
            assert case.stream.data["content"] == "".join(TOKENS)
        elif case.is_saved:
            assert case.stream.data["content"] == case.delivered + "…" + ENDED_BY
        else:
            assert case.stream.message is None
            assert case.stream.text == case.delivered
            assert case.stream.is_stream == bool(case.delivered)
            assert case.stream.failure["error"] == {
                "type": "backend_error",
                "code": "all_integrations_failed",
                "message": ERROR_MESSAGE,
            }
            if not case.delivered:
                assert case.stream.status == (504 if case.ending == "stalled" else 502)

    each(cases(kind=kind, ending=ending, delivery=delivery), check)


@kinds
@endings
@deliveries
def test_it_is_asked_again_as_often_as_is_worth_it(cases, kind, ending, delivery):
    def check(case):
        failed = [] if case.place.is_finished else [case.outcome] * case.tries
        served = ["ok"] if case.place.is_finished or case.is_saved else []
        assert case.stream.outcomes == failed + served
        # A try on a kept connection that ends before any byte is made again, on a new one.
        replaced = not case.place.sent and case.ending in ("closed", "reset")
        assert case.tries <= len(case.asked) <= case.tries * (1 + replaced)
        for attempt in case.stream.attempts[: len(failed)]:
            assert attempt["integration"] == case.bot and attempt["message"]
        waits = TIMEOUT * case.tries if case.ending == "stalled" else 0
        assert case.elapsed < waits + SLACK

    each(cases(kind=kind, ending=ending, delivery=delivery), check)


@kinds
@deliveries
def test_the_integration_that_continues_is_told_what_came(cases, kind, delivery):
    """And no integration is told what the client has not seen."""

    def check(case):
        if case.place.is_finished or not case.is_saved:
            assert not case.spare_asked
            return
        (asked,) = case.spare_asked
        assert asked.json["stream"] is True
        *_, user = [message for message in asked.dialogue if message[0] == "user"]
        assert user == ("user", case.content)
        if not case.delivered:
            assert asked.dialogue[-1] == user
            assert "continue_final_message" not in asked.json
            return
        expected = case.delivered.rstrip(" \n") if kind == "anthropic" else case.delivered
        assert asked.dialogue[-1] == ("assistant", expected)
        if kind == "anthropic":
            assert "continue_final_message" not in asked.json
        else:
            assert asked.json["continue_final_message"] is True
            assert asked.json["add_generation_prompt"] is False

    each(cases(kind=kind, delivery=delivery), check)


@kinds
def test_the_reply_names_who_served_it(cases, kind):
    def check(case):
        data, spared = case.stream.data, not case.place.is_finished
        assert data["fallback"] == spared
        assert data["integration"]["id"] == ("spare-" if spared else "") + case.bot
        assert data["metadata"]["model"] == ("spare-model" if spared else "m-1")
        if spared or case.cut == "after the end":
            assert data["metadata"]["usage"] == replies.usage_of(kind)

    each([case for case in cases(kind=kind) if case.place.is_finished or case.is_saved], check)


@kinds
@deliveries
def test_a_turn_is_kept_if_and_only_if_it_was_answered(cases, kind, delivery):
    def check(case):
        assert case.after.data["content"] == "Well again."
        (asked,) = case.asked_after
        user = ("user", f"well|{case.number}")
        if case.stream.message is None:
            assert asked.dialogue == [user]
        else:
            reply = ("assistant", case.stream.message["content"])
            assert asked.dialogue == [("user", case.content), reply, user]

    each(cases(kind=kind, delivery=delivery), check)


@kinds
def test_whole_streams_bring_nothing_of_what_failed(cases, kind):
    """If a spare is well, the answer is whole, without a sign of the failure."""

    def check(case):
        assert case.stream.status == 200 and case.stream.message
        assert len(case.stream.deltas) == 1
        assert case.stream.text in ("".join(TOKENS), "…" + ENDED_BY)

    each([case for case in cases(kind=kind, delivery="whole") if case.spare != "none"], check)
