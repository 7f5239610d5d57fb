"""A backend that is rebooted under load, again and again."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from address import free_port
from configuration import integration
from load import quick_backend

REBOOTS = int(os.environ.get("POSTERN_REBOOTS", "5"))
CLIENTS = 256


@pytest.mark.timing
@pytest.mark.parametrize("breaker", ["0", "5/30s"])
def test_no_message_fails_that_had_the_time(gateway, generator, breaker):
    """Each reboot resets all connections, idle ones and those with a request, and refuses new ones
    for up to half a second. The deadline leaves time for all tries. All that fails at once is one
    failure to the breaker."""
    port = free_port()
    stopped = threading.Event()
    tries = {"retries": 50, "backoff": "50ms", "timeout": "30s", "breaker": breaker}
    running = gateway(
        {
            "server": {"max_connections": 2 * CLIENTS},
            "limits": {"in_flight": 2 * CLIENTS},
            "integration gpt": integration(f"http://127.0.0.1:{port}/", "openai", **tries),
        }
    )
    client = running.client(timeout=60)

    def ask(number):
        answers = []
        while not stopped.is_set():
            answers.append(client.message(conversation_id=f"c-{number}"))
        return answers

    with ThreadPoolExecutor(CLIENTS) as pool:
        with quick_backend(delay=0.1, port=port):
            asking = [pool.submit(ask, number) for number in range(CLIENTS)]
            time.sleep(1)
        for _ in range(REBOOTS):
            time.sleep(generator.uniform(0, 0.3))
            with quick_backend(delay=0.1, port=port):
                time.sleep(generator.uniform(0.5, 1.5))
        with quick_backend(port=port):
            stopped.set()
            answers = [answer for future in asking for answer in future.result()]
    failed = [answer for answer in answers if answer.status != 200]
    assert not failed, f"{len(failed)} of {len(answers)}: {failed[0].body.decode()}"
    assert len(answers) > CLIENTS * REBOOTS
    assert any(len(answer.attempts) > 1 for answer in answers), "no reboot was noticed"
