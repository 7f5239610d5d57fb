"""`scripts/run` alone ends with a gateway that answers."""

import os
import subprocess

import pytest

from address import loopback
from postern import Gateway
from repository import ROOT


@pytest.mark.skipif("POSTERN_BINARY" in os.environ, reason="it builds a binary of its own")
def test_run_builds_and_serves(tmp_path):
    address = loopback()
    configuration = tmp_path / "postern.conf"
    configuration.write_text(f"[server]\nlisten = {address}\n")
    command = [ROOT / "scripts/run", "-c", configuration.name]
    running = Gateway(command, [address], tmp_path / "log", os.environ, directory=tmp_path)
    running.await_readiness(100)
    answer = subprocess.run(
        [
            *("curl", "--silent", "--fail", "-d", '{"content":"hi"}'),
            *("-H", "Content-Type: application/json"),
            f"http://{address}/v1/bots/default/messages",
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    assert '"hi"' in answer.stdout
    running.stop()
