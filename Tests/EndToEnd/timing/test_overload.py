"""More than can be served. Admitted messages are answered, the others are refused at once and
cheaply, and operations answer within 50 ms.

`scripts/crowd` runs the crowd with 5,000 clients."""

import os
import resource
import statistics
import time

import pytest

from configuration import integration
from crowd import Crowd
from load import quick_backend

pytestmark = pytest.mark.timing

CLIENTS = int(os.environ.get("POSTERN_CROWD_CLIENTS", 500))
IN_FLIGHT = int(os.environ.get("POSTERN_CROWD_IN_FLIGHT", 64))
DELAY = float(os.environ.get("POSTERN_CROWD_DELAY", 1))
PROMPTLY = 0.05
# The connection, the request, the transfer with its buffers, and the exchange.
KILOBYTES_PER_MESSAGE = 64


@pytest.fixture
def crowded(gateway):
    """A gateway that takes every connection; returns it while its backend runs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = 3 * CLIENTS + 1000
    if hard != resource.RLIM_INFINITY and hard < needed:
        pytest.skip(f"{needed} descriptors are needed, {hard} allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))

    def start(url, in_flight):
        return gateway(
            {
                "server": {"max_connections": CLIENTS + 100, "max_connections_per_ip": 0},
                "limits": {"in_flight": in_flight},
                "log": {"level": "error"},
                "integration slow": integration(url, "openai", timeout="60s"),
            }
        )

    yield start
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def come(running, clients, spread=0.0):
    """Starts a crowd. Returns its visits, and how many seconds `/healthz` took meanwhile, over a
    connection that was open before: the kernel's queue of new connections is not measured."""
    latencies = []
    with running.client().open() as probe:
        crowd = Crowd(running.addresses[0], "default", clients, spread=spread)
        while crowd.is_there:
            start = time.monotonic()
            probe.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert probe.read_response("GET").status == 200
            latencies.append(time.monotonic() - start)
            time.sleep(0.02)
    return crowd.visits(), sorted(latencies)


def tell(name, running, done, before, latencies):
    """Prints the figures of `scripts/crowd`."""
    growth = running.peak_resident_kilobytes() - before
    counts = {status: sum(visit.status == status for visit in done) for status in (200, 503, 0)}
    print(
        f"{name}: {len(done)} clients, {counts[200]} served, {counts[503]} told to come again, "
        f"{counts[0]} lost; peak RSS {growth} kB above {before} kB; "
        f"/healthz median {statistics.median(latencies) * 1000:.2f} ms, "
        f"slowest {latencies[-1] * 1000:.2f} ms of {len(latencies)}"
    )


def test_a_crowd_beyond_in_flight(crowded):
    """All at once: as many as allowed are served, all others are refused."""
    with quick_backend(DELAY) as url:
        running = crowded(url, IN_FLIGHT)
        client = running.client()
        assert client.message().status == 200
        before = running.resident_kilobytes()
        done, latencies = come(running, CLIENTS)
        tell("a crowd beyond in_flight", running, done, before, latencies)
        assert {visit.status for visit in done} == {200, 503}
        served = [visit for visit in done if visit.status == 200]
        refused = [visit for visit in done if visit.status == 503]
        assert len(served) >= IN_FLIGHT
        assert all(visit.retry_after >= 1 for visit in refused)
        assert all(visit.seconds >= DELAY - 0.05 for visit in served)
        assert latencies[len(latencies) * 95 // 100] < PROMPTLY
        assert client.message().status == 200


def test_a_crowd_that_is_admitted(crowded):
    """All at once, and all within `in_flight`: all are served, and the cost of each is bounded."""
    with quick_backend(DELAY) as url:
        running = crowded(url, CLIENTS)
        client = running.client()
        assert client.message().status == 200
        before = running.resident_kilobytes()
        done, latencies = come(running, CLIENTS)
        tell("a crowd that is admitted", running, done, before, latencies)
        assert {visit.status for visit in done} == {200}
        growth = running.peak_resident_kilobytes() - before
        assert growth < KILOBYTES_PER_MESSAGE * CLIENTS
        assert latencies[len(latencies) * 95 // 100] < PROMPTLY


def test_a_patient_crowd_is_served_in_the_end(crowded):
    """Clients that heed `Retry-After` all get an answer."""
    clients, in_flight, delay = 60, 20, 0.1
    with quick_backend(delay) as url:
        running = crowded(url, in_flight)
        done = Crowd(running.addresses[0], "default", clients, patient=True).visits()
        assert {visit.status for visit in done} == {200}


def test_ten_times_the_load(crowded):
    """For two seconds, ten times the load that can be served: the usual number is served."""
    in_flight, delay, seconds = 4, 0.1, 2
    capacity = in_flight / delay
    with quick_backend(delay) as url:
        running = crowded(url, in_flight)
        before = running.cpu_ticks()
        offered = int(10 * capacity * seconds)
        done, latencies = come(running, offered, spread=seconds)
        ticks = running.cpu_ticks() - before
    served = [visit for visit in done if visit.status == 200]
    refused = [visit for visit in done if visit.status == 503]
    assert len(served) + len(refused) == offered
    assert 0.7 * capacity * seconds <= len(served) <= 1.2 * capacity * seconds + in_flight
    assert statistics.median(visit.seconds for visit in refused) < PROMPTLY
    assert statistics.median(visit.seconds for visit in served) < delay + 0.1
    assert latencies[len(latencies) * 95 // 100] < PROMPTLY
    assert ticks <= offered / 10, "hundredths of a second: a refusal takes a millisecond at most"
