"""docs/examples: every management call in each of four languages, as the file has it."""

import os
import re
import subprocess
import sys
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from repository import ROOT

EXAMPLES = ROOT / "docs/examples"
KEY = "an-admin-key-of-the-examples"
LANGUAGES = {
    "management.sh": ["bash"],
    "management.mjs": ["node"],
    "management.php": ["php"],
    "management.py": [sys.executable],
}
MANAGED = {"Bots", "Integrations", "Conversations", "Exchanges", "Outbox"}


class Witness:
    """Forwards requests from a client to the gateway, and notes them."""

    def __init__(self, address):
        self.asked: list[tuple[str, str]] = []
        asked = self.asked

        class Handler(BaseHTTPRequestHandler):
            def forward(self):
                asked.append((self.command, self.path.partition("?")[0]))
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                upstream = HTTPConnection(address.host, address.port, timeout=10)
                upstream.request(self.command, self.path, body or None, dict(self.headers))
                answer = upstream.getresponse()
                content = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("date", "connection"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)
                upstream.close()

            do_GET = do_POST = do_PATCH = do_DELETE = forward

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.mark.parametrize("file", LANGUAGES)
def test_example_makes_every_management_call(gateway, file):
    running = gateway({"key ops": {"secret": KEY, "scopes": "admin"}})
    before = running.client(KEY).get("/v1/bots").json
    witness = Witness(running.addresses[0])
    try:
        done = subprocess.run(
            [*LANGUAGES[file], EXAMPLES / file],
            env={"PATH": os.environ["PATH"], "POSTERN_URL": witness.url, "POSTERN_KEY": KEY},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    finally:
        witness.close()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sk-secret" not in done.stdout
    document = running.client().get("/openapi.json").json
    missing = [
        f"{method} {path}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if MANAGED.intersection(operation["tags"])
        and not any(
            asked_method == method.upper()
            and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), asked_path)
            for asked_method, asked_path in witness.asked
        )
    ]
    assert not missing, f"{file} lacks {missing}"
    assert running.client(KEY).get("/v1/bots").json == before, "nothing is left behind"
