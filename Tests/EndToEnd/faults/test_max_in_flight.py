"""`max_in_flight`: how many messages a backend gets at once, and how the others wait."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import replies
import stream_replies
from backends import hold, send, stall, wait
from configuration import integration
from stream_client import stream_request

WELL = replies.custom("Well.")


class Counter:
    """A backend that counts how many messages it has at once."""

    def __init__(self, seconds: float):
        self.seconds = seconds
        self.now = self.most = 0
        self.lock = threading.Lock()

    def __call__(self, _):
        def begin(_):
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)

        def end(_):
            with self.lock:
                self.now -= 1

        return [begin, wait(self.seconds), end, *WELL]


def test_there_are_never_more_at_once(gateway, backend):
    counter = Counter(0.05)
    server = backend(counter)
    client = gateway({"integration gpt": integration(server.url, max_in_flight=3)}).client()
    with ThreadPoolExecutor(40) as pool:
        answers = list(pool.map(lambda _: client.message(), range(80)))
    assert all(answer.outcomes == ["ok"] for answer in answers)
    assert counter.most == 3


def test_they_come_in_order_of_arrival(gateway, backend):
    server = backend(Counter(0.2))
    client = gateway({"integration gpt": integration(server.url, max_in_flight=1)}).client()
    with ThreadPoolExecutor(8) as pool:
        answers = []
        for number in range(8):
            answers.append(pool.submit(client.message, str(number)))
            time.sleep(0.05)
        for answer in answers:
            assert answer.result().outcomes == ["ok"]
    assert [x.messages[-1][1] for x in server.requests] == [str(number) for number in range(8)]


def test_what_waits_too_long_goes_to_the_next(gateway, backend):
    released = threading.Event()
    primary, spare = backend([hold(released), *WELL]), backend(WELL)
    client = gateway(
        {
            "bot default": {"deadline": "3s"},
            "integration gpt": integration(primary.url, max_in_flight=1, timeout="3s"),
            "integration spare": integration(spare.url, fallback=True, timeout="1s"),
        }
    ).client()
    # It has no fallback, so that it keeps its place for the whole deadline.
    alone = {"model": "default/gpt", "messages": [{"role": "user", "content": "Hello"}]}
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.post, "/v1/chat/completions", alone)
        primary.await_requests()
        second = client.message()
        released.set()
        first.result()
    assert second.outcomes == ["timeout", "ok"]
    assert "max_in_flight" in second.attempts[0]["message"]
    assert len(primary.requests) == 1


def test_a_stream_holds_its_place_and_a_client_that_leaves_gives_it_back(gateway, backend):
    head = stream_replies.head("custom")
    server = backend(lambda request: [send(head), stall()] if request.json.get("stream") else WELL)
    client = gateway({"integration gpt": integration(server.url, max_in_flight=1)}).client()
    with client.open() as stream, ThreadPoolExecutor(1) as pool:
        stream.send(stream_request(client))
        server.await_requests()
        with client.open() as impatient:
            impatient.send(client.message_request("leaves"))
            time.sleep(0.2)
        waiting = pool.submit(client.message, "waits")
        time.sleep(0.5)
        assert len(server.requests) == 1
        stream.close()
        assert waiting.result().outcomes == ["ok"]
    assert [x.messages[-1][1] for x in server.requests] == ["Hello", "waits"]
