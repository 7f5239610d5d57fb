"""Kept connections to backends: stale ones, those that lead nowhere, and names that move."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
import stream_replies
from address import Address, free_port
from backends import finish, reset, send, wait
from configuration import integration
from networks import Hosts, namespace

WELL = replies.custom("Well.")


class Stale:
    """The script of a backend whose connections end with their next request, up to a number of
    them. It answers the first `count` requests together."""

    def __init__(self, count, ending):
        self.count = count
        self.ending = ending
        self.backend = None

    def __call__(self, request):
        if len(self.backend.connections) > self.count:
            return WELL
        answered = len(self.backend.requests) <= self.count
        return [self._gather, *WELL] if answered else [self.ending()]

    def _gather(self, connection):
        self.backend.await_requests(self.count)


@pytest.mark.parametrize("ending", [finish, reset], ids=["FIN", "RST"])
@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize("streams", [False, True])
def test_connections_that_went_stale_together(gateway, backend, retries, ending, streams):
    """Sixteen kept connections end with their next request, as after a restart of the backend.
    No message fails, no attempt is told, and the breaker does not learn of it."""
    script = Stale(16, ending)
    script.backend = backend(script)
    settings = {"retries": retries, "breaker": "1/30s", "stream": streams}
    running = gateway({"integration gpt": integration(script.backend.url, **settings)})
    with ThreadPoolExecutor(16) as pool:
        for _ in range(2):
            messages = [pool.submit(running.client().message) for _ in range(16)]
            answers = [message.result() for message in messages]
            assert [answer.outcomes for answer in answers] == [["ok"]] * 16
    (only,) = running.client().get("/v1/stats").data
    assert only["breaker"]["state"] == "closed"
    assert {name: count for name, count in only["attempts"].items() if count} == {"ok": 32}


@pytest.mark.parametrize("ending", [finish, reset], ids=["FIN", "RST"])
def test_stale_connections_with_tls(gateway, backend, certificates, ending):
    script = Stale(4, ending)
    script.backend = backend(script, tls=certificates.server_context(certificates.leaf()))
    settings = {"breaker": "1/30s", "ca_file": certificates.authority}
    running = gateway({"integration gpt": integration(script.backend.url, **settings)})
    with ThreadPoolExecutor(4) as pool:
        for _ in range(2):
            messages = [pool.submit(running.client().message) for _ in range(4)]
            assert [message.result().outcomes for message in messages] == [["ok"]] * 4


@pytest.mark.parametrize("ending", [finish, reset], ids=["FIN", "RST"])
def test_the_second_connection_counts(gateway, backend, ending):
    """A new connection that ends, too, is a failure of the backend's."""
    server = backend(lambda _: WELL if len(server.requests) == 1 else [ending()])
    client = gateway(
        {"integration gpt": integration(server.url, retries=1, backoff="1ms")}
    ).client()
    assert client.message().status == 200
    response = client.message()
    assert response.status == 502
    assert response.outcomes == ["interrupted"] * 2
    # The first attempt on the kept connection and on a new one, and the second.
    assert len(server.requests) == 1 + 2 + 1


@pytest.mark.parametrize("part", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 103 Early Hints\r\n\r\n"])
def test_a_part_of_a_reply_counts(gateway, backend, part):
    """What fails after the reply has begun is not sent again: the backend has acted upon it."""
    server = backend(lambda _: WELL if len(server.requests) == 1 else [send(part), reset()])
    client = gateway({"integration gpt": integration(server.url)}).client()
    assert client.message().status == 200
    assert client.message().outcomes == ["interrupted"]
    assert len(server.requests) == 2


@pytest.mark.timing
@pytest.mark.parametrize("count", [1, 300])
def test_a_reply_that_waits_while_the_gateway_is_stopped_counts(gateway, backend, count):
    """The reply comes within `timeout`; that the process ran only after it is not the backend's
    doing. A long one takes several turns to read."""
    text = "Well. " * 170 * count
    server = backend([wait(0.3), *replies.custom(text)])
    settings = {"timeout": "1s", "max_response": "1M"}
    running = gateway({"integration gpt": integration(server.url, **settings)})
    with ThreadPoolExecutor() as pool:
        for _ in range(5):
            asked = len(server.requests)
            message = pool.submit(running.client().message)
            server.await_requests(asked + 1)
            with running.paused():
                time.sleep(1.5)
            assert message.result().outcomes == ["ok"]
            assert message.result().data["content"] == text


@pytest.mark.timing
@pytest.mark.parametrize("kind", stream_replies.KINDS)
def test_a_stream_that_waits_while_the_gateway_is_stopped_goes_on(gateway, backend, kind):
    """The next token comes within `idle_timeout`."""
    server = backend(stream_replies.stream(kind, ["One ", "two ", "three."], interval=0.3))
    settings = {"idle_timeout": "1s", "stream": True}
    type = stream_replies.type_of(kind)
    running = gateway({"integration gpt": integration(server.url, type, **settings)})
    with ThreadPoolExecutor() as pool:
        message = pool.submit(running.client().message)
        server.await_requests(1)
        time.sleep(0.4)
        with running.paused():
            time.sleep(1.5)
        assert message.result().data["content"] == "One two three."


def test_a_name_that_moves_is_looked_up_again(gateway, backend, tmp_path):
    """The old address is dead: the next message goes to the new one, without a further try."""
    hosts = Hosts(tmp_path / "hosts")
    port = free_port()
    hosts.set({"moving.internal": "127.0.0.1"})
    old = backend(replies.custom("Old."), port=port)
    url = f"http://moving.internal:{port}/chat"
    sections = {"integration gpt": integration(url)}
    client = gateway(sections, wrapper=hosts.wrapper).client()
    assert client.message().data["content"] == "Old."
    new = backend(replies.custom("New."), host="127.0.0.2", port=port)
    hosts.set({"moving.internal": "127.0.0.2"})
    old.close()
    answers = [client.message() for _ in range(3)]
    assert [answer.data["content"] for answer in answers] == ["New."] * 3
    assert len(new.requests) == 3


def test_a_name_is_looked_up_again_after_a_failed_connection(gateway, backend, tmp_path):
    """Whatever was looked up a moment ago."""
    hosts = Hosts(tmp_path / "hosts")
    port = free_port()
    hosts.set({"moving.internal": "127.0.0.1"})
    sections = {"integration gpt": integration(f"http://moving.internal:{port}/chat")}
    client = gateway(sections, wrapper=hosts.wrapper).client()
    assert client.message().outcomes == ["connect_failed"]
    backend(replies.custom("New."), host="127.0.0.2", port=port)
    hosts.set({"moving.internal": "127.0.0.2"})
    assert client.message().data["content"] == "New."


@pytest.mark.timing
@pytest.mark.parametrize("timeout", [3, 30])
def test_a_kept_connection_that_leads_nowhere_is_noticed(gateway, backend, tmp_path, timeout):
    """All that is sent on it is lost, as by a firewall that has forgotten the connection: the
    message is answered on a new one, before `timeout` is over."""
    with namespace() as network:
        server = backend(WELL, listener=network.listener())
        sections = {"integration gpt": integration(server.url, timeout=f"{timeout}s")}
        address = Address(path=tmp_path / "socket")
        running = gateway(sections, [address], wrapper=network.wrapper)
        assert running.client().message().outcomes == ["ok"]
        network.swallow(server.connections[0].socket.getpeername()[1])
        start = time.monotonic()
        assert running.client().message().outcomes == ["ok"]
        assert time.monotonic() - start < timeout / 2 + 1
        assert len(server.connections) == 2


@pytest.mark.timing
def test_a_backend_that_reads_slowly_is_not_taken_for_dead(gateway, backend):
    """A new connection on which a long request makes no progress is left alone: the backend may be
    busy."""
    server = backend(WELL, greeting=[wait(4)])
    settings = {"timeout": "9s", "connect_timeout": "1s"}
    client = gateway({"integration gpt": integration(server.url, **settings)}).client()
    assert client.message("x" * 7_000_000).outcomes == ["ok"]
    assert len(server.connections) == 1
