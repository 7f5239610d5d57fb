"""Flash is worn by writing: an idle gateway with everything on writes nothing to files.

`POSTERN_LONG=1` watches it for an hour; pytest needs `-o faulthandler_timeout=0` then."""

import os
import re
import subprocess
import time

import pytest

import replies
from client import messages_path
from configuration import integration

SECONDS = 3600 if os.environ.get("POSTERN_LONG") else 70
WRITES = (
    "write,pwrite64,writev,pwritev,fsync,fdatasync,ftruncate,fallocate,"
    "rename,renameat2,openat,unlink"
)


@pytest.mark.timeout(SECONDS + 120)
def test_an_idle_gateway_writes_nothing(gateway, backend, tmp_path):
    server = backend(replies.document(replies.openai_document("fine")))
    running = gateway(
        {
            "context": {"file": tmp_path / "ring", "sync": "1s"},
            # What is finished expires meanwhile.
            "outbox": {"file": tmp_path / "outbox", "keep": "20s"},
            "bot default": {},
            # Probes of a backend that is down go on all the time.
            "integration down": integration(
                "http://127.0.0.1:9/v1",
                "openai",
                probe_url="http://127.0.0.1:9/health",
                probe_interval="2s",
                weight=0,
            ),
            "integration only": integration(server.url, "openai"),
        }
    )
    client = running.client()
    for number in range(3):
        assert client.message("hi", conversation_id=f"c{number}").status == 200
        waiting = client.post(messages_path(), {"content": "hi"}, {"Prefer": "respond-async"})
        assert waiting.status == 202
    # The flush after the last message, and that of the statistics.
    time.sleep(5)
    sizes = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    log_before = len(running.log)
    trace = tmp_path / "trace"
    running_id = str(running.process.pid)
    tracer = subprocess.Popen(
        ["strace", "-f", "-y", "-qq", "-e", f"trace={WRITES}", "-o", trace, "-p", running_id],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(SECONDS)
    if tracer.poll() is not None:
        pytest.skip("strace cannot trace here")
    tracer.terminate()
    tracer.wait(10)
    on_files = [
        line
        for line in trace.read_text().splitlines()
        if re.search(r"(write\w*|sync|ftruncate|fallocate)\(\d+</", line)
        or re.search(r"(rename\w*|unlink)\(|O_(WRONLY|RDWR|CREAT)", line)
    ]
    assert on_files == []
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir() if path != trace}
    assert after == sizes
    # It was alive all the time, and has said nothing.
    assert len(running.log) == log_before
    assert client.get(waiting.field("Location")).status == 404
    assert client.message("hi", conversation_id="c0").status == 200
