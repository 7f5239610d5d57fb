"""A LiteLLM proxy with canned replies: a server of OpenAI's and Anthropic's formats by other
authors."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from address import free_port

KEY = "sk-litellm-e2e-secret"
REPLY = "Hello from a canned reply"

CONFIGURATION = f"""\
model_list:
  - model_name: gpt
    litellm_params: {{model: openai/gpt-4o, api_key: none, mock_response: {REPLY}}}
  - model_name: claude
    litellm_params:
      {{model: anthropic/claude-3-5-sonnet-20240620, api_key: none, mock_response: {REPLY}}}
general_settings: {{master_key: {KEY}}}
"""


class LiteLLMProxy:
    """Runs for the whole session: it takes seconds to start."""

    def __init__(self, folder: Path, timeout: float = 90):
        file = folder / "litellm.yaml"
        file.write_text(CONFIGURATION)
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = folder / "litellm.log"
        command = Path(sys.executable).with_name("litellm")
        port = self.url.rpartition(":")[2]
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                [command, "--config", file, "--host", "127.0.0.1", "--port", port],
                stdout=output,
                stderr=output,
                env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},
            )
        self._await_readiness(timeout)

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await_readiness(self, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        while not self._answers():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"LiteLLM did not start: {self._log.read_text()}")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/liveliness", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False
