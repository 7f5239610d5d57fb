"""An idle gateway sleeps: it makes no system call, also while a channel waits for messages.

`POSTERN_LONG=1` watches it over several polls."""

import os
import subprocess
import time

import pytest

from telegram import TOKEN, Telegram

pytestmark = pytest.mark.timing
IS_LONG = bool(os.environ.get("POSTERN_LONG"))
SECONDS = 160 if IS_LONG else 6


@pytest.fixture
def telegram():
    server = Telegram()
    yield server
    server.close()
    assert server.violations == []


def system_calls(running, folder) -> list[str]:
    """The system calls that ended within a while: each thread waits in one all the time."""
    # Not beside the configuration: the gateway watches that folder.
    (folder / "traces").mkdir()
    trace = folder / "traces" / "trace"
    command = ["strace", "-f", "-qq", "-o", trace, "-p", str(running.process.pid)]
    tracer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    time.sleep(SECONDS)
    if tracer.poll() is not None:
        pytest.skip("strace cannot trace here")
    tracer.terminate()
    tracer.wait(10)
    lines = trace.read_text().splitlines()
    return [line for line in lines if " = " in line and "(unavailable)" not in line]


@pytest.mark.timeout(SECONDS + 60)
@pytest.mark.parametrize("has_channel", [True, False])
def test_an_idle_gateway_makes_no_system_call(gateway, telegram, tmp_path, has_channel):
    channel = {"token": TOKEN, "api_url": telegram.url, "allow": 7}
    running = gateway(
        {
            "context": {"file": tmp_path / "context.ring", "sync": "1s"},
            "outbox": {"file": tmp_path / "outbox.ring"},
            "integration only": {"type": "echo"},
        }
        | ({"channel home": channel} if has_channel else {})
    )
    if has_channel:
        telegram.write("Hello")
        telegram.await_sent(1)
        telegram.await_confirmed()
    assert running.client().message("Hello").status == 200
    # The last flushes.
    time.sleep(4)
    before = len(telegram.calls)
    calls = system_calls(running, tmp_path)
    polls = len(telegram.calls) - before
    if IS_LONG and has_channel:
        # Each poll lasts 50 s, and there is no other request.
        assert polls == 3
        assert len(calls) < polls * 40
    else:
        assert polls == 0
        assert calls == []
