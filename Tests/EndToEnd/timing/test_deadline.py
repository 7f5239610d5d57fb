"""`timeout`, `connect_timeout` and `deadline` hold in every phase of an exchange."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import drip, hold, repeat, send, stall, wait
from client import blackhole
from configuration import integration, rendered

pytestmark = pytest.mark.timing

SLACK = 0.3
EARLY = 0.05
WELL = replies.custom("Well.")
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = b'{"content":"%s"}' % (b"x" * 100)
HUNG = [stall()]


def slowly(data):
    """Sends the same data again and again, ten times a second."""

    def action(connection):
        while True:
            connection.send(data)
            connection.wait(0.1)

    return action


# Ways of a backend to look alive: none of it is the whole reply.
PHASES = {
    "silent": [stall()],
    "status line by bytes": [drip(replies.http(BODY), 0.1)],
    "endless fields, slowly": [send(OK), slowly(b"X-A: b\r\n")],
    "interim responses, slowly": [slowly(b"HTTP/1.1 100 Continue\r\n\r\n")],
    "silent after the headers": [send(replies.http(BODY)[: -len(BODY)]), stall()],
    "body by bytes": [send(replies.http(BODY)[: -len(BODY)]), drip(BODY, 0.1)],
    "body without length by bytes": [send(OK + b"\r\n"), drip(BODY, 0.1)],
    "chunks of a byte": [send(CHUNKED), slowly(b"1\r\n \r\n")],
    "chunk extension by bytes": [send(CHUNKED + b"1;"), drip(b"x" * 100, 0.1)],
    "trailers, slowly": [
        send(replies.chunked(BODY)[:-2]),
        slowly(b"X-A: b\r\n"),
    ],
    "blanks before the JSON": [send(OK + b"\r\n"), slowly(b" ")],
}


@pytest.fixture
def alone(gateway):
    """A gateway with a bot of one integration."""

    def start(url, deadline="120s", **settings):
        sections = {
            "bot support": {"deadline": deadline},
            "integration gpt": integration(url, **settings),
        }
        return gateway(sections).client()

    return start


def timed(client, bot="support", content="Hello", **members):
    start = time.monotonic()
    response = client.message(content, bot=bot, **members)
    return response, time.monotonic() - start


@pytest.fixture(scope="module")
def phase(gateways, backends):
    """All phases at once, in one gateway; `phase(name, limit)` waits for the result of one, with
    a short `timeout` or a short `deadline`."""
    sections: dict = {"server": {"max_connections_per_ip": 0}}
    bots = {}
    for number, (name, script) in enumerate(PHASES.items()):
        for limit in ("timeout", "deadline"):
            bot = bots[name, limit] = f"{limit}-{number}"
            short = {limit: "500ms"}
            sections[f"bot {bot}"] = short if limit == "deadline" else {}
            settings = short if limit == "timeout" else {"retries": 2}
            sections[f"integration {bot}"] = integration(backends(script).url, bot=bot, **settings)
    client = gateways(sections).client()
    with ThreadPoolExecutor(len(bots)) as pool:
        running = {key: pool.submit(timed, client, bot) for key, bot in bots.items()}
        yield lambda *key: running[key].result()


@pytest.mark.parametrize("name", PHASES)
def test_timeout_holds_in_every_phase(phase, name):
    response, elapsed = phase(name, "timeout")
    assert response.status == 504, response.body
    assert response.outcomes == ["timeout"]
    assert 0.5 - EARLY <= elapsed <= 0.5 + SLACK


@pytest.mark.parametrize("name", PHASES)
def test_the_deadline_holds_in_every_phase(phase, name):
    response, elapsed = phase(name, "deadline")
    assert response.status == 504, response.body
    assert elapsed <= 0.5 + SLACK


def test_timeout_holds_while_the_request_is_sent(alone, backend):
    """A backend that accepts and never reads: the message is larger than the buffers of the
    sockets."""
    deaf = backend((), greeting=[stall()])
    with_large_body = alone(deaf.url, timeout="500ms")
    response, elapsed = timed(with_large_body, content="x" * 250_000)
    assert response.outcomes == ["timeout"]
    assert 0.5 - EARLY <= elapsed <= 0.5 + SLACK


def test_timeout_starts_again_with_each_try(alone, backend):
    """Two tries that each take most of it: `timeout` limits one try, `deadline` the exchange."""
    slow_failure = [wait(0.4), *replies.failure("503 X")]
    client = alone(backend(slow_failure).url, timeout="600ms", retries=2, backoff="10ms")
    response, elapsed = timed(client)
    assert response.outcomes == ["http_error"] * 3
    assert elapsed >= 1.2


def test_connect_timeout_holds_where_nothing_answers(alone):
    with blackhole() as port:
        client = alone(f"http://127.0.0.1:{port}/", connect_timeout="300ms", timeout="30s")
        response, elapsed = timed(client)
    assert response.outcomes == ["connect_failed"]
    assert 0.3 - EARLY <= elapsed <= 0.3 + SLACK


@pytest.mark.parametrize(
    "greeting", [[stall()], [drip(bytes.fromhex("160303003d") + bytes(61), 0.1)]]
)
def test_connect_timeout_covers_the_tls_handshake(alone, backend, greeting):
    plain = backend((), greeting)
    url = plain.url.replace("http:", "https:")
    response, elapsed = timed(alone(url, connect_timeout="300ms", timeout="30s"))
    assert response.status in (502, 504)
    assert response.outcomes[0] in ("connect_failed", "tls_failed")
    assert elapsed <= 0.3 + SLACK


def test_connect_timeout_does_not_limit_the_reply(alone, backend):
    client = alone(backend([wait(0.6), *WELL]).url, connect_timeout="200ms")
    assert timed(client)[0].data["content"] == "Well."


def test_the_shorter_of_both_holds(alone):
    with blackhole() as port:
        client = alone(f"http://127.0.0.1:{port}/", connect_timeout="30s", timeout="300ms")
        response, elapsed = timed(client)
    assert response.status in (502, 504)
    assert 0.3 - EARLY <= elapsed <= 0.3 + SLACK


@pytest.fixture
def chain(gateway):
    """A bot that asks integrations one after another, each with settings of its own."""

    def start(deadline, *servers):
        sections: dict = {"bot support": {"deadline": deadline}}
        for place, (url, settings) in enumerate(servers):
            sections[f"integration number-{place}"] = integration(
                url, fallback=place > 0, weight=100 - place, **settings
            )
        return gateway(sections).client()

    return start


PATIENT = {"timeout": "30s"}


def test_a_primary_that_hangs_leaves_its_fallback_a_fair_share(chain, backend):
    """Even if its own `timeout` would use up the whole deadline."""
    client = chain("2s", (backend(HUNG).url, PATIENT), (backend(WELL).url, PATIENT))
    response, elapsed = timed(client)
    assert (response.data["content"], response.data["fallback"]) == ("Well.", True)
    assert response.outcomes == ["timeout", "ok"]
    assert elapsed < 2


def test_a_fallback_has_time_for_more_than_a_quick_answer(chain, backend):
    """A share that is only enough for an instant answer would be useless."""
    slow = backend([wait(0.4), *WELL])
    client = chain("2s", (backend(HUNG).url, PATIENT), (slow.url, PATIENT))
    response, elapsed = timed(client)
    assert response.data["fallback"]
    assert elapsed < 2 + SLACK


def test_every_fallback_has_a_share(chain, backend):
    hung = backend(HUNG)
    client = chain("2s", *[(hung.url, PATIENT)] * 3, (backend(WELL).url, PATIENT))
    response, elapsed = timed(client)
    assert response.data["integration"]["id"] == "number-3"
    assert elapsed < 2


def test_a_share_that_is_not_used_goes_to_the_next_ones(chain, backend):
    """The last one gets all the time that is left, not only its share."""
    broken = (backend(replies.failure("401 X")).url, PATIENT)
    slow = backend([wait(1.2), *WELL])
    client = chain("2s", broken, broken, broken, (slow.url, PATIENT))
    assert timed(client)[0].data["content"] == "Well."


def test_alone_an_integration_has_the_whole_deadline(alone, backend):
    client = alone(backend([wait(0.8), *WELL]).url, deadline="1200ms", timeout="30s", retries=2)
    assert timed(client)[0].data["content"] == "Well."


def test_waits_and_further_tries_leave_the_fallback_its_share(chain, backend):
    """A backend that is always busy, with waits that alone would exceed the deadline."""
    busy = backend(replies.failure("503 X"))
    trying = {"retries": 100, "backoff": "1s"}
    client = chain("2s", (busy.url, trying), (backend(WELL).url, PATIENT))
    response, elapsed = timed(client)
    assert response.data["fallback"]
    assert elapsed < 2


def test_retry_after_leaves_the_fallback_its_share(chain, backend):
    """The wait fits once, but not several times."""
    busy = backend(replies.failure("429 X", headers={"Retry-After": "1"}))
    client = chain("2500ms", (busy.url, {"retries": 100}), (backend(WELL).url, PATIENT))
    response, elapsed = timed(client)
    assert response.data["fallback"]
    assert elapsed < 2.5


def test_a_deadline_that_ends_in_a_wait_is_not_exceeded(alone, backend):
    """No try begins that could not be answered in time."""
    server = backend(replies.failure("503 X"))
    client = alone(server.url, deadline="500ms", retries=100, backoff="8s")
    response, elapsed = timed(client)
    assert response.status in (502, 504)
    assert response.error["code"] == "all_integrations_failed"
    assert elapsed <= 0.5 + SLACK


def test_waiting_for_another_message_counts(gateway, backend):
    released = threading.Event()
    server = backend([hold(released), *WELL])
    running = gateway(
        {
            "bot support": {"deadline": "800ms"},
            "integration gpt": integration(server.url, timeout="30s"),
        }
    )
    client = running.client()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(timed, client, conversation_id="c")
        server.await_requests(1)
        response, elapsed = timed(client, conversation_id="c")
        assert response.status == 504
        assert elapsed <= 0.8 + SLACK
        assert first.result()[0].status == 504
    released.set()


def test_a_backend_that_pours_does_not_delay_another_deadline(gateway, backend):
    pouring = backend([send(OK + b"\r\n"), repeat(b" " * 65536)])
    running = gateway(
        {
            "bot pouring": {},
            "bot support": {"deadline": "500ms"},
            "integration pouring": integration(
                pouring.url, bot="pouring", timeout="1s", max_response="1G"
            ),
            "integration hung": integration(backend(HUNG).url, bot="support"),
        }
    )
    client = running.client()
    with ThreadPoolExecutor(1) as pool:
        poured = pool.submit(client.message, bot="pouring")
        response, elapsed = timed(client)
        assert response.status == 504
        assert elapsed <= 0.5 + SLACK
        assert poured.result().status in (502, 504)


UNFITTING = {
    "timeout beyond the deadline": ({"deadline": "10s"}, [{"timeout": "30s"}]),
    "timeouts together beyond it": (
        {"deadline": "40s"},
        [{"timeout": "30s"}, {"timeout": "30s", "fallback": True}],
    ),
}


@pytest.mark.parametrize(("bot", "chosen"), UNFITTING.values(), ids=UNFITTING.keys())
def test_check_warns_of_timeouts_that_do_not_fit(postern, tmp_path, bot, chosen):
    file = tmp_path / "postern.conf"
    write_configuration(file, bot, chosen)
    done = postern("check", "-c", file)
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "warning" in line]
    assert warnings
    assert all(line.startswith(f"{file}:") for line in warnings)
    assert any("deadline" in line for line in warnings)


def test_check_does_not_warn_of_what_fits(postern, tmp_path):
    file = tmp_path / "postern.conf"
    write_configuration(file, {"deadline": "120s"}, [{}, {"fallback": True}])
    done = postern("check", "-c", file)
    assert done.returncode == 0
    assert "warning" not in done.stdout + done.stderr


def write_configuration(file, bot, chosen):
    sections: dict = {"bot support": bot}
    for place, settings in enumerate(chosen):
        section = {"webhook_url": "http://127.0.0.1:9/", **settings}
        sections[f"integration number-{place}"] = section
    file.write_text(rendered(sections))
