"""Backends that load their model: messages wait for them, `probe_url` and `warm` find out."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import replies
from backends import hold, stall, wait
from client import request_bytes, unused_tcp_socket
from configuration import integration
from managed import SERVER

WELL = replies.custom("Well.")

# The answers of real servers while they load a model.
LOADING = {
    "llama.cpp": (
        "503 Service Unavailable",
        {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
    ),
    "llama.cpp, older": ("503 Service Unavailable", {"status": "loading model"}),
    "Ollama": (
        "500 Internal Server Error",
        {"error": "unexpected server status: llm server loading model"},
    ),
    "LM Studio": ("503 Service Unavailable", {"error": {"message": "Model is loading. Wait."}}),
    "Hugging Face": (
        "503 Service Unavailable",
        {"error": "Model a/b is currently loading", "estimated_time": 20.0},
    ),
    "TGI": ("503 Service Unavailable", {"error": "Model is warming up", "error_type": "health"}),
    "FastAPI": ("503 Service Unavailable", {"detail": "The model is not ready yet"}),
    "plain text": ("503 Service Unavailable", b"Loading model"),
}


class Loader:
    """A backend that loads for some seconds from its first request on. Its probe says so, too."""

    def __init__(self, seconds: float, status: str, body: object):
        self.seconds = seconds
        self.loading = replies.document(body, status)
        self.ready_at: float | None = None

    @property
    def is_ready(self) -> bool:
        if self.ready_at is None:
            self.ready_at = time.monotonic() + self.seconds
        return time.monotonic() >= self.ready_at

    def __call__(self, request):
        if request.method == "GET":
            return replies.document({"status": "ok"}) if self.is_ready else self.loading
        return WELL if self.is_ready else self.loading


@pytest.fixture
def alone(gateway):
    """A bot whose only integration would be left alone after one failure."""

    def start(server, **settings):
        settings = {"breaker": "1/30s", "timeout": "5s", **settings}
        return gateway({"integration gpt": integration(server.url, **settings)}).client()

    return start


def state_of(client, name="gpt"):
    return next(x for x in client.get("/v1/stats").data if x["integration"] == name)


@pytest.mark.parametrize(("status", "body"), LOADING.values(), ids=LOADING.keys())
def test_a_message_waits_until_the_model_is_loaded(alone, backend, status, body):
    server = backend(Loader(1.5, status, body))
    client = alone(server)
    start = time.monotonic()
    response = client.message()
    assert response.data["content"] == "Well."
    assert 1.4 < time.monotonic() - start < 4
    assert response.outcomes == ["loading", "ok"]
    numbers = state_of(client)
    assert (numbers["state"], numbers["breaker"]["state"]) == ("ready", "closed")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        ("500 Internal Server Error", {"error": "error loading model: no such file"}),
        ("503 Service Unavailable", {"error": "overloaded, please try again"}),
        ("404 Not Found", {"error": {"message": "Loading model"}}),
    ],
    ids=["cannot load", "overloaded", "404"],
)
def test_what_fails_is_not_loading(alone, backend, status, body):
    client = alone(backend(replies.document(body, status)), breaker=0)
    assert client.message().outcomes == ["http_error"]


def test_many_messages_wait_and_the_backend_is_not_asked_by_each(alone, backend):
    server = backend(Loader(3, *LOADING["llama.cpp"]))
    client = alone(server)
    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(client.message)
        server.await_requests()
        time.sleep(0.1)
        others = [pool.submit(client.message) for _ in range(19)]
        time.sleep(1)
        numbers = state_of(client)
        assert (numbers["state"], numbers["waiting"]) == ("loading", 20)
        ready = client.get("/readyz")
        assert ready.status == 200
        assert "loading" in ready.json["reasons"][0]
        assert client.get("/v1/status").data["reasons"] == ready.json["reasons"]
        assert b'integration_state{bot="default",integration="gpt",state="loading"} 1' in (
            client.get("/metrics").body
        )
        assert len(server.requests) < 8
        for answer in [first, *others]:
            assert answer.result().data["content"] == "Well."


def test_the_next_integration_keeps_its_time(gateway, backend):
    loading = backend(replies.document(LOADING["Ollama"][1], "503 Service Unavailable"))
    client = gateway(
        {
            "bot default": {"deadline": "4s"},
            "integration gpt": integration(loading.url, timeout="2s"),
            "integration spare": integration(backend(WELL).url, timeout="1s", fallback=True),
        }
    ).client()
    start = time.monotonic()
    response = client.message()
    assert response.outcomes == ["loading", "ok"]
    assert 2.5 < time.monotonic() - start < 3.9


def test_it_ends_with_the_deadline(gateway, backend):
    loading = backend(replies.document(LOADING["llama.cpp"][1], "503 Service Unavailable"))
    running = gateway(
        {"bot default": {"deadline": "2s"}, "integration gpt": integration(loading.url)}
    )
    response = running.client().message()
    assert (response.status, response.outcomes) == (504, ["loading"])


# MARK: probe_url


def health(server):
    return server.url.replace("/chat", "/health")


def test_a_probe_runs_only_while_the_backend_is_in_doubt(alone, backend):
    is_well = threading.Event()
    is_well.set()

    def script(request):
        if not is_well.is_set():
            return replies.failure("500 Internal Server Error")
        return replies.document({"status": "ok"}) if request.method == "GET" else WELL

    server = backend(script)
    client = alone(server, probe_url=health(server), probe_interval="300ms")
    server.await_requests()
    assert client.message().outcomes == ["ok"]
    time.sleep(1)
    assert [x.method for x in server.requests] == ["GET", "POST"]
    assert server.requests[0].target == "/health"
    is_well.clear()
    assert client.message().outcomes == ["http_error"]
    assert state_of(client)["state"] == "down"
    assert client.message().outcomes == ["breaker_open"]
    with client.open() as connection:
        connection.send(request_bytes("GET", "/readyz", client.request_headers()))
        assert connection.read_head()[0] == 503
    is_well.set()
    time.sleep(0.8)
    assert state_of(client)["state"] == "ready"
    assert client.message().outcomes == ["ok"]
    count = len(server.requests)
    time.sleep(1)
    assert len(server.requests) == count


def test_a_probe_that_says_loading_keeps_messages_waiting(alone, backend):
    loader = Loader(1.5, *LOADING["llama.cpp"])
    server = backend(loader)
    client = alone(server, probe_url=health(server), probe_interval="200ms")
    server.await_requests()
    time.sleep(0.1)
    assert state_of(client)["state"] == "loading"
    response = client.message()
    assert response.outcomes == ["ok"]
    assert loader.is_ready


def test_silence_while_loading_is_borne(alone, backend):
    """The backend loads at its first message, says nothing meanwhile, and gives the load up if the
    connection closes. Only its probe tells."""
    loading = replies.document({"status": "loading model"}, "503 Service Unavailable")
    ready_at: list[float] = []

    def script(request):
        if request.method == "GET":
            is_loading = ready_at and time.monotonic() < ready_at[0]
            return loading if is_loading else replies.document({})
        ready_at.append(time.monotonic() + 3)
        return [wait(3), *WELL]

    server = backend(script)
    client = alone(server, probe_url=health(server), probe_interval="500ms", timeout="1500ms")
    server.await_requests()
    assert client.message().outcomes == ["ok"]
    assert len(ready_at) == 1


@pytest.mark.parametrize("is_own", [True, False])
def test_keys_go_to_the_backends_own_probe_alone(alone, backend, is_own):
    server, other = backend(WELL), backend(replies.document({}))
    client = alone(
        server,
        probe_url=health(server if is_own else other),
        **{"header.Authorization": "Bearer sk-probe-1234"},
    )
    (probe,) = (server if is_own else other).await_requests()
    assert probe.values("Authorization") == (["Bearer sk-probe-1234"] if is_own else [])
    assert (probe.method, probe.body) == ("GET", b"")
    assert client.message().outcomes == ["ok"]


def test_the_api_sets_a_probe_by_the_rules_of_addresses(managed):
    served = managed(
        SERVER + "[integration gpt]\nwebhook_url = http://127.0.0.1:9/\n"
        "header.Authorization = Bearer sk-12345678\n"
    )
    for url in [
        "http://169.254.169.254/",
        "http://metadata.google.internal/",
        "file:///etc/passwd",
    ]:
        response = served.patch("/v1/integrations/gpt", {"probe_url": url})
        assert response.status == 400, url
    response = served.patch("/v1/integrations/gpt", {"probe_url": "http://127.0.0.1:8/health"})
    assert response.status == 200
    assert response.data["probe_url"] == "http://127.0.0.1:8/health"


# MARK: warm


def test_a_message_warms_the_model_and_others_wait_for_it(alone, backend):
    loaded = threading.Event()
    first = threading.Event()

    def script(_):
        if first.is_set():
            return WELL
        first.set()
        return [hold(loaded), *WELL]

    server = backend(script)
    client = alone(server, warm=True)
    (warming,) = server.await_requests()
    assert warming.messages == [("user", "Hi")]
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(client.message)
        time.sleep(0.5)
        assert len(server.requests) == 1
        assert state_of(client)["state"] == "loading"
        loaded.set()
        assert answer.result().outcomes == ["ok"]
    numbers = state_of(client)
    assert numbers["attempts"]["ok"] == 1
    assert numbers["state"] == "ready"


@pytest.mark.parametrize("type", ["openai", "anthropic"])
def test_it_asks_for_one_token(gateway, backend, type):
    server = backend(replies.reply(type))
    gateway({"integration gpt": integration(server.url, type, warm=True, max_tokens=900)})
    (request,) = server.await_requests()
    assert request.json["max_tokens"] == 1
    assert not request.json.get("stream")


def test_a_backend_that_starts_later_is_warmed(gateway, backend):
    """Until it is there messages fail at once, and its breaker counts them alone."""
    with unused_tcp_socket() as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/chat"
        running = gateway({"integration gpt": integration(url, warm=True, probe_interval="300ms")})
        client = running.client()
        time.sleep(0.5)
        assert state_of(client)["state"] == "down"
        assert client.message().outcomes == ["connect_failed"]
    assert running.log.count("integration_failing") == 1


def test_a_silent_backend_is_not_waited_for_by_warm_alone(gateway, backend):
    """What never answers takes the deadline's part of a message, and the spare answers."""
    client = gateway(
        {
            "bot default": {"deadline": "3s"},
            "integration gpt": integration(backend([stall()]).url, warm=True, timeout="1s"),
            "integration spare": integration(backend(WELL).url, fallback=True, timeout="1s"),
        }
    ).client()
    response = client.message()
    assert response.outcomes == ["loading", "ok"]
    assert "raise deadline" in response.attempts[0]["message"]
