"""The failure table: for each fault of a backend, what the client gets, how often each backend is
asked, at what distance and in what time.

All rows of `fault_table.py` run at once, each with bots and backends of its own. Each test then
judges its own row."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest

import replies
from backends import Backend
from client import Response, blackhole, unused_tcp_socket
from configuration import integration
from fault_table import (
    ANY_STATUS,
    BACKOFF,
    CONNECT_TIMEOUT,
    FAULTS,
    MAX_RESPONSE,
    ONCE,
    RETRIES,
    RETRY_AFTER_MAX,
    SAID,
    SOUND,
    TIMEOUT,
    Fault,
)

pytestmark = pytest.mark.timing

KEY = "sk-wall-key-8271"
ERROR_MESSAGE = "Back in a moment, promised."
SLACK = 1
AT_ONCE = 16

SETTINGS = {
    "retries": RETRIES,
    "backoff": f"{BACKOFF * 1000:.0f}ms",
    "connect_timeout": f"{CONNECT_TIMEOUT * 1000:.0f}ms",
    "retry_after_max": f"{RETRY_AFTER_MAX}s",
    "max_response": MAX_RESPONSE,
    "header.Authorization": f"Bearer {KEY}",
}


@dataclass(repr=False)
class Case:
    """One bot whose integration meets a fault, and the result."""

    fault: Fault
    bot: str
    url: str
    server: Backend | None
    arrivals: list[float] = field(default_factory=list)
    response: Response | None = None
    elapsed: float = 0
    response_after: Response | None = None

    def play(self, client) -> "Case":
        start = time.monotonic()
        self.response = client.message(bot=self.bot)
        self.elapsed = time.monotonic() - start
        if self.server is not None:
            self.note_arrivals()
        if self.fault.is_curable:
            self.server.greeting, self.server.script = (), replies.custom("Well again.")
        self.response_after = client.message(bot=self.bot if self.fault.is_curable else "healthy")
        return self

    def note_arrivals(self) -> None:
        """When the backend was asked: by its connections, if the fault lets no request through."""
        requests = [request.arrived_at for request in self.server.requests]
        connections = [connection.accepted_at for connection in self.server.connections]
        self.arrivals = requests or connections

    @property
    def failed(self) -> list[dict]:
        return [attempt for attempt in self.response.attempts if attempt["outcome"] != "ok"]


@pytest.fixture(scope="module")
def place_backend(backends, certificates):
    """Prepares what a fault needs; returns its URL and its backend, if there is one."""
    certified = {
        "expired": certificates.leaf("expired", days=-1),
        "elsewhere": certificates.leaf("elsewhere", "DNS:elsewhere.example"),
        "stranger": certificates.self_signed(),
    }
    with ExitStack() as stack:
        ports = {
            "unused": stack.enter_context(unused_tcp_socket()).getsockname()[1],
            "blackhole": stack.enter_context(blackhole()),
        }

        def place(fault):
            if fault.place == "nameless":
                return "https://no-such-host.invalid/", None
            if fault.place:
                return f"http://127.0.0.1:{ports[fault.place]}/", None
            if fault.certificate:
                context = certificates.server_context(certified[fault.certificate])
                server = backends(replies.custom(), tls=context)
                return server.url, server
            server = backends(fault.script, fault.greeting)
            return server.url.replace("http:", "https:" if fault.plain else "http:"), server

        yield place


@pytest.fixture(scope="module")
def cases(gateways, backends, place_backend, certificates):
    """Starts every case, in one gateway; `cases(name, way)` waits for one of them."""
    spare = backends(replies.custom("from the spare"))
    sections: dict = {
        "server": {"max_connections_per_ip": 0},
        "bot healthy": {},
        "integration healthy": integration(
            backends(replies.custom("Well again.")).url, bot="healthy"
        ),
    }
    planned = {}
    for number, (name, fault) in enumerate(FAULTS.items()):
        for way in ("spared", "alone"):
            bot = f"{way}-{number}"
            url, server = place_backend(fault)
            planned[name, way] = Case(fault, bot, url, server)
            settings = {**SETTINGS, "bot": bot}
            if "timeout" in fault.outcomes:
                # The others have time: a busy machine is not a fault.
                settings["timeout"] = f"{TIMEOUT * 1000:.0f}ms"
            if fault.certificate:
                settings["ca_file"] = certificates.authority
            sections[f"bot {bot}"] = {"error_message": ERROR_MESSAGE}
            sections[f"integration {bot}"] = integration(url, **settings)
            if way == "spared":
                sections[f"integration spare-{number}"] = integration(
                    spare.url, bot=bot, fallback=True, timeout="10s"
                )
    # A gateway of their own, because a gateway has at most 256 bots.
    sound: dict = {}
    for number, (name, script) in enumerate(SOUND.items()):
        bot, server = f"sound-{number}", backends(script)
        planned[name, "sound"] = Case(Fault(set(), ONCE), bot, server.url, server)
        sound[f"bot {bot}"] = {}
        sound[f"integration {bot}"] = integration(server.url, **{**SETTINGS, "bot": bot})
    clients = {True: gateways(sound).client(), False: gateways(sections).client()}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        playing = {
            (name, way): pool.submit(case.play, clients[way == "sound"])
            for (name, way), case in planned.items()
        }
        yield lambda name, way: playing[name, way].result()


rows = pytest.mark.parametrize("name", FAULTS)
ways = pytest.mark.parametrize("way", ["spared", "alone"])


@rows
def test_the_spare_answers(cases, name):
    case = cases(name, "spared")
    data = case.response.data
    assert (data["content"], data["fallback"]) == ("from the spare", True)
    served = data["attempts"][-1]
    assert served["integration"] == data["integration"]["id"] == case.bot.replace("spared", "spare")
    assert (served["outcome"], served["status"]) == ("ok", 200)
    assert case.response.outcomes.count("ok") == 1


@rows
def test_alone_the_client_is_told(cases, name):
    case = cases(name, "alone")
    assert case.response.status == (504 if case.response.outcomes[-1] == "timeout" else 502)
    assert set(case.response.json) == {"error", "attempts"}
    assert case.response.error == {
        "type": "backend_error",
        "code": "all_integrations_failed",
        "message": ERROR_MESSAGE,
    }


@ways
@rows
def test_each_attempt_tells_what_happened(cases, name, way):
    case = cases(name, way)
    assert len(case.failed) in case.fault.tries, case.response.outcomes
    for attempt in case.failed:
        assert attempt["integration"] == case.bot
        assert attempt["outcome"] in case.fault.outcomes
        assert isinstance(attempt["message"], str) and attempt["message"]
        assert attempt["duration_ms"] >= case.fault.takes * 1000 - 50 or case.fault.place
        assert attempt["duration_ms"] <= (case.fault.takes + SLACK) * 1000
        if case.fault.status != ANY_STATUS:
            assert attempt.get("status") == case.fault.status


@ways
@rows
def test_it_is_asked_as_often_as_it_is_told(cases, name, way):
    case = cases(name, way)
    if case.server is not None:
        assert len(case.arrivals) == len(case.failed)


@ways
@rows
def test_further_tries_come_after_their_wait(cases, name, way):
    """Between two tries: the wait that the backend asks for, or at most the doubled backoff."""
    case = cases(name, way)
    for number, (earlier, later) in enumerate(zip(case.arrivals, case.arrivals[1:], strict=False)):
        longest_wait = case.fault.rests + 1.1 if case.fault.rests else BACKOFF * 2**number
        assert later - earlier >= case.fault.rests + case.fault.takes - 0.05
        assert later - earlier <= longest_wait + case.fault.takes + SLACK


@ways
@rows
def test_it_is_over_in_time(cases, name, way):
    case = cases(name, way)
    again = len(case.failed) - 1
    waits = sum(max(case.fault.rests + 1.1, BACKOFF) for _ in range(again))
    if not case.fault.rests:
        waits = sum(BACKOFF * 2**number for number in range(again))
    assert case.elapsed <= case.fault.takes * len(case.failed) + waits + SLACK


@ways
@rows
def test_the_next_message_is_served(cases, name, way):
    response = cases(name, way).response_after
    assert (response.data["content"], response.data["fallback"]) == ("Well again.", False)
    assert response.outcomes == ["ok"]


@ways
@rows
def test_nothing_of_backend_or_key_is_told(cases, name, way):
    response = cases(name, way).response
    told = response.body + repr(response.fields).encode()
    assert SAID.encode() not in told
    assert KEY.encode() not in told


@pytest.mark.parametrize("name", SOUND)
def test_what_is_unusual_but_sound_is_served_at_once(cases, name):
    case = cases(name, "sound")
    assert case.response.data["content"] == SAID
    assert case.response.outcomes == ["ok"]
    assert len(case.arrivals) == 1
    assert case.elapsed < SLACK
    assert case.response_after.data["content"] == "Well again."
