"""`[context] file` and `sync`: conversations on storage, and everything that can be wrong with
it."""

import os
import resource
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import replies
from address import loopback
from configuration import integration, rendered
from postern import Gateway

RING = 1 << 20


@pytest.fixture
def server(backend):
    return backend(lambda request: replies.custom("re:" + str(request.messages[-1][1])[:20]))


@pytest.fixture
def keeping(gateway, server, tmp_path):
    """Starts gateways with a ring in a file."""

    def start(wrapper=(), **settings):
        context = {"file": tmp_path / "context.ring", "memory": RING, "window": 200, **settings}
        sections = {"context": context, "integration gpt": integration(server.url)}
        return gateway(sections, wrapper=wrapper)

    return start


def said(server, running, conversation="c"):
    """What the user has said in a conversation, as the backend is told."""
    running.client().message("?", conversation_id=conversation)
    return [content for role, content in server.requests[-1].messages if role == "user"][:-1]


def stop(running):
    running.signal(signal.SIGTERM)
    assert running.await_exit() == 0


@pytest.mark.parametrize("sync", ["always", "5s", "1ms", "never"])
def test_conversations_outlive_a_restart(keeping, server, tmp_path, sync):
    running = keeping(sync=sync)
    running.await_log("context_created")
    for number in range(3):
        assert running.client().message(f"m{number}", conversation_id="c").status == 200
    stop(running)
    status = (tmp_path / "context.ring").stat()
    assert status.st_size == RING
    assert stat.S_IMODE(status.st_mode) == 0o600
    running = keeping(sync=sync)
    assert said(server, running) == ["m0", "m1", "m2"]
    assert "context_" not in running.log


@pytest.mark.parametrize("memory", [RING // 2, RING * 4])
def test_a_ring_of_another_size_is_converted(keeping, server, tmp_path, memory):
    running = keeping()
    for number in range(3):
        running.client().message(f"m{number}", conversation_id="c")
    stop(running)
    running = keeping(memory=memory)
    line = running.await_log("context_converted")
    assert f"from_bytes={RING}" in line and "turns=3" in line
    assert (tmp_path / "context.ring").stat().st_size == memory
    assert said(server, running) == ["m0", "m1", "m2"]


def test_damage_costs_what_it_touches(keeping, server, tmp_path):
    running = keeping()
    for number in range(5):
        running.client().message(f"m{number}-" + "x" * 1000, conversation_id="c")
    stop(running)
    file = tmp_path / "context.ring"
    contents = bytearray(file.read_bytes())
    contents[contents.index(b"m2-") + 500] ^= 4
    file.write_bytes(contents)
    running = keeping()
    assert "lost_turns=1" in running.await_log("context_recovered")
    assert [text[:2] for text in said(server, running)] == ["m0", "m1", "m3", "m4"]


@pytest.mark.parametrize("contents", [b"not a ring\n" * 1000, bytes(RING), b"\0"])
def test_what_is_no_ring_is_set_aside(keeping, server, tmp_path, contents):
    file = tmp_path / "context.ring"
    file.write_bytes(contents)
    running = keeping()
    line = running.await_log("context_unreadable")
    assert f"kept_as={file}.unreadable" in line
    assert (tmp_path / "context.ring.unreadable").read_bytes() == contents
    running.client().message("m0", conversation_id="c")
    assert said(server, running) == ["m0"]


@pytest.mark.parametrize(
    ("context", "outbox", "words"),
    [
        ("own.conf", "", "own.conf:2: file: {}/own.conf cannot be used: it is the configuration"),
        ("", "link.conf", "own.conf:4: file: {}/link.conf cannot be used: it is the configuration"),
        ("ring", "ring.statistics", "own.conf:4: file: [context] has the same file"),
    ],
)
def test_no_other_file_of_postern_becomes_a_ring(postern, tmp_path, context, outbox, words):
    own = tmp_path / "own.conf"
    (tmp_path / "link.conf").symlink_to(own)
    lines = [
        *("[context]", f"file = {tmp_path}/{context}" if context else "#"),
        *("[outbox]", f"file = {tmp_path}/{outbox}" if outbox else "#"),
    ]
    own.write_text("\n".join(lines) + "\n")
    before = own.read_text()
    for command in ["check", "run"]:
        done = postern(command, "-c", own)
        assert done.returncode != 0
        assert words.format(tmp_path) in done.stderr
    assert own.read_text() == before


def test_two_gateways_never_share_a_ring(keeping, postern, server, tmp_path):
    running = keeping()
    running.client().message("m0", conversation_id="c")
    other = tmp_path / "other.conf"
    other.write_text(f"[server]\nlisten = 127.0.0.1:0\n[context]\nfile = {tmp_path}/context.ring\n")
    done = postern("run", "-c", other)
    assert done.returncode == 1
    assert f"postern: [context] file: another process uses {tmp_path}/context.ring" in done.stderr
    assert (tmp_path / "context.ring").stat().st_size == RING
    assert said(server, running) == ["m0"]


def test_a_full_disk_shows_at_the_start(keeping, server, tmp_path):
    running = keeping(wrapper=["prlimit", f"--fsize={RING // 2}"])
    line = running.await_log("context_memory_only")
    assert 'reason="pwrite: File too large"' in line
    assert sorted(path.name for path in tmp_path.iterdir() if "ring" in path.name) == []
    assert running.client().get("/readyz").json["reasons"] == [
        "the context is in memory only, until the next start: "
        f"{tmp_path}/context.ring cannot be used: File too large"
    ]
    running.client().message("m0", conversation_id="c")
    assert said(server, running) == ["m0"]


@pytest.mark.parametrize("sync", ["always", "100ms"])
def test_a_disk_that_fails_later_harms_no_message(keeping, server, sync):
    running = keeping(sync=sync)
    assert running.client().get("/readyz").json == {"status": "ready"}
    for number in range(4):
        running.client().message(f"m{number}-" + "x" * 50_000, conversation_id="c")
    limits = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (150_000, limits[1]))
    for number in range(4, 7):
        assert running.client().message(f"m{number}", conversation_id="c").status == 200
    assert 'reason="pwrite: File too large"' in running.await_log("context_not_written")
    assert running.log.count("context_not_written") == 1
    assert running.client().get("/readyz").json == {
        "status": "ready",
        "reasons": ["the context is in memory only: its file cannot be written"],
    }
    assert [text[:2] for text in said(server, running)] == [f"m{number}" for number in range(7)]
    # The file can be written again before the gateway ends, and is written then.
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, limits)
    stop(running)
    running = keeping(sync=sync)
    assert [text[:2] for text in said(server, running)] == [*(f"m{n}" for n in range(7)), "?"]


@pytest.fixture
def open_folder():
    """A folder that every user may read, unlike those of pytest."""
    folder = Path(tempfile.mkdtemp(prefix="postern-ring-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_file_that_may_not_be_written_is_read(server, tmp_path, binary, open_folder):
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
    if os.geteuid() != 0 or subprocess.run([*nobody, binary, "version"]).returncode != 0:
        pytest.skip("needs to be root, and a binary that other users may run")
    address = loopback()
    file = open_folder / "context.ring"
    configuration = open_folder / "postern.conf"
    sections = {
        "server": {"listen": address},
        "context": {"file": file, "memory": RING},
        "integration gpt": integration(server.url),
    }
    configuration.write_text(rendered(sections))

    def start(wrapper=()):
        command = [*wrapper, binary, "run", "-c", configuration]
        return Gateway(command, [address], tmp_path / "postern.log").await_readiness()

    running = start()
    running.client().message("m0", conversation_id="c")
    running.stop()
    before = file.read_bytes()
    open_folder.chmod(0o555)
    for mode, expected in [(0o444, ["m0"]), (0o400, [])]:
        file.chmod(mode)
        running = start(nobody)
        assert 'reason="open: Permission denied"' in running.await_log("context_memory_only")
        assert said(server, running) == expected
        running.stop()
    assert file.read_bytes() == before


def test_a_file_cut_off_while_in_use_harms_no_message(keeping, server, tmp_path):
    running = keeping()
    running.client().message("m0", conversation_id="c")
    os.truncate(tmp_path / "context.ring", 0)
    running.client().message("m1", conversation_id="c")
    assert said(server, running) == ["m0", "m1"]
    (tmp_path / "context.ring").unlink()
    assert said(server, running) == ["m0", "m1", "?"]


def written_bytes(running):
    fields = Path(f"/proc/{running.process.pid}/io").read_text().split()
    return int(fields[fields.index("write_bytes:") + 1])


@pytest.mark.timing
def test_nothing_is_written_at_idle(keeping):
    running = keeping(sync="50ms")
    running.client().message("m0")
    time.sleep(0.3)
    before = written_bytes(running)
    time.sleep(1)
    assert written_bytes(running) == before


def flushes(running, work, folder):
    """The number of flushes during some work."""
    trace = folder / "trace"
    command = ["strace", "-f", "-e", "trace=fdatasync", "-o", trace, "-p", str(running.process.pid)]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert "attached" in tracer.stderr.readline()
    try:
        work()
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)
        tracer.stderr.close()
    return sum("fdatasync(" in line for line in trace.read_text().splitlines())


def test_messages_at_once_share_a_flush(keeping, tmp_path):
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    running = keeping(sync="always")
    client = running.client()
    client.message("the worker's thread has begun")

    def one_by_one():
        for number in range(20):
            assert client.message(f"m{number}").status == 200

    def at_once():
        with ThreadPoolExecutor(32) as pool:
            assert all(pool.map(lambda _: client.message("m").status == 200, range(320)))

    assert flushes(running, one_by_one, tmp_path) == 20
    assert flushes(running, at_once, tmp_path) < 320


def test_sigterm_answers_what_waits_for_storage(keeping, server):
    running = keeping(sync="always")
    with ThreadPoolExecutor(16) as pool:
        asked = [
            pool.submit(running.client().message, f"m{number}", conversation_id=f"c{number}")
            for number in range(16)
        ]
        server.await_requests(16)
        running.signal(signal.SIGTERM)
        assert all(future.result().status == 200 for future in asked)
    assert running.await_exit() == 0
    running = keeping(sync="always")
    for number in range(16):
        assert said(server, running, f"c{number}") == [f"m{number}"]


@pytest.mark.timing
def test_sixty_four_megabytes_are_taken_up_at_once(keeping, server, tmp_path):
    running = keeping(memory="64M")
    for number in range(300):
        running.client().message(f"m{number}" + "x" * 200_000, conversation_id=f"c{number}")
    stop(running)
    start = time.monotonic()
    running = keeping(memory="64M")
    elapsed = time.monotonic() - start
    assert said(server, running, "c299")[0].startswith("m299")
    print(f"a ring of 64 MB was serving after {elapsed * 1000:.0f} ms")
    assert elapsed < 0.5, "of these at most 150 ms are the ring's, on an idle machine"
