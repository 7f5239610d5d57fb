"""Changes if the file cannot be written, or if the process dies."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from managed import PLAIN, Managed, refusal

CHANGES = [
    ("POST", "/v1/bots", {"name": "x"}),
    ("POST", "/v1/bots/a/integrations", {"name": "x", "type": "echo"}),
    ("PATCH", "/v1/bots/a", {"window": 6}),
    ("PATCH", "/v1/integrations/gpt", {"weight": 6}),
    ("DELETE", "/v1/bots/a", None),
    ("DELETE", "/v1/integrations/gpt", None),
]


@pytest.fixture
def served(managed):
    return managed(PLAIN)


def ask(served: Managed, method: str, target: str, document: object):
    body = None if document is None else json.dumps(document).encode()
    return served.client.request(method, target, body, {"Content-Type": "application/json"})


def test_an_invalid_file_is_left_alone(served):
    everything = served.everything()
    text = served.text + "[bot b]\nwindow = secret-0123\n[limits]\nin_fligth = 3\n"
    served.file.write_text(text)
    for change in CHANGES:
        response = ask(served, *change)
        assert refusal(response) == (409, "configuration_invalid", None)
        message = response.error["message"]
        assert f"{served.file}:9: " in message and f"{served.file}:11: " in message
    assert served.text == text
    assert served.everything() == everything
    served.file.write_bytes(served.original)
    assert served.patch("/v1/bots/a", {"window": 6}).status == 200


def test_a_file_that_is_gone_is_not_made_again(served):
    served.file.unlink()
    for change in CHANGES:
        response = ask(served, *change)
        assert refusal(response) == (503, "configuration_not_writable", None)
        assert "No such file" in response.error["message"]
    assert not served.file.exists()


@pytest.fixture
def unprivileged(binary):
    """A gateway in a folder of its own, for which the modes of files hold."""
    if os.geteuid() != 0:
        pytest.skip("needs a user to change to")
    nobody = 65534
    identity = [f"--reuid={nobody}", f"--regid={nobody}", "--clear-groups"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        executable = Path(shutil.copy(binary, folder / "postern"))
        os.chown(folder, nobody, nobody)
        (folder / "postern.conf").touch()
        os.chown(folder / "postern.conf", nobody, nobody)
        served = Managed(executable, folder, PLAIN, wrapper=("setpriv", *identity))
        yield served
        served.running.stop()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_read_only_stays(unprivileged, what):
    served = unprivileged
    folder = served.file.parent
    before = set(folder.iterdir())
    (served.file if what == "file" else folder).chmod(0o444 if what == "file" else 0o555)
    for change in CHANGES:
        response = ask(served, *change)
        assert refusal(response) == (503, "configuration_not_writable", None)
        assert str(served.file) in response.error["message"]
    assert served.file.read_bytes() == served.original
    assert set(folder.iterdir()) == before
    assert served.data("/v1/bots/a")["window"] == 5


@pytest.fixture
def on_small_disk(binary, tmp_path):
    """A gateway whose file is on a file system of 64 KB of its own; its folder as the gateway
    sees it."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        pytest.skip("mount namespaces are not for us")
    folder, seed = tmp_path / "disk", tmp_path / "postern.conf"
    folder.mkdir()
    mount = f"cp {folder}/postern.conf {seed} && mount -t tmpfs -o size=64k tmpfs {folder}"
    script = f'{mount} && cp {seed} {folder} && exec "$@"'
    served = Managed(binary, folder, PLAIN, wrapper=("unshare", "-rm", "sh", "-c", script, "sh"))
    yield served, Path(f"/proc/{served.running.process.pid}/root{folder}")
    served.running.stop()


def fill(file: Path) -> None:
    """Takes all the space that is left."""
    with file.open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(512)):
            pass


def test_a_full_disk_leaves_the_file_whole(on_small_disk):
    served, folder = on_small_disk
    fill(folder / "filler")
    for change in CHANGES:
        response = ask(served, *change)
        assert refusal(response) == (503, "configuration_not_writable", None)
        assert "No space left" in response.error["message"]
    assert (folder / "postern.conf").read_bytes() == served.original
    assert {path.name for path in folder.iterdir()} == {"postern.conf", "filler"}
    assert served.data("/v1/bots/a")["window"] == 5
    (folder / "filler").unlink()
    assert served.patch("/v1/bots/a", {"window": 6}).status == 200
    assert b"window = 6" in (folder / "postern.conf").read_bytes()


def test_a_read_only_file_system_leaves_the_file_whole(on_small_disk):
    served, folder = on_small_disk

    def remount(options: str) -> None:
        inside = ["nsenter", "-t", str(served.running.process.pid), "-U", "-m"]
        mount = ["mount", "-o", f"remount,{options}", str(served.file.parent)]
        subprocess.run([*inside, "--preserve-credentials", *mount], check=True)

    remount("ro")
    for change in CHANGES:
        response = ask(served, *change)
        assert refusal(response) == (503, "configuration_not_writable", None)
        assert "Read-only file system" in response.error["message"]
    assert (folder / "postern.conf").read_bytes() == served.original
    assert served.data("/v1/bots/a")["window"] == 5
    remount("rw")
    assert served.patch("/v1/bots/a", {"window": 6}).status == 200
    assert b"window = 6" in (folder / "postern.conf").read_bytes()


def test_a_file_that_is_a_mount_point_is_told(binary, tmp_path):
    """As containers have it. A rename cannot replace it; what is written outside arrives."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        pytest.skip("mount namespaces are not for us")
    folder = tmp_path / "inside"
    folder.mkdir()
    outside = tmp_path / "outside.conf"
    script = f"cp {folder}/postern.conf {outside} && mount --bind {outside} {folder}/postern.conf"
    wrapper = ("unshare", "-rm", "sh", "-c", f'{script} && exec "$@"', "sh")
    served = Managed(binary, folder, PLAIN, wrapper=wrapper)
    response = served.patch("/v1/bots/a", {"window": 6})
    assert refusal(response) == (503, "configuration_not_writable", None)
    assert "mount its folder instead" in response.error["message"]
    assert outside.read_bytes() == served.original
    outside.write_bytes(served.original.replace(b"window = 5", b"window = 7"))
    served.running.await_log("configuration_reloaded")
    assert served.data("/v1/bots/a")["window"] == 7
    served.running.stop()


@pytest.mark.parametrize(
    ("fault", "isWritten"),
    [
        ("fsync,fdatasync:error=EIO:when=1", False),
        ("fsync,fdatasync:error=EIO:when=2", True),
        ("renameat2:error=EIO", False),
        ("renameat2:error=ENOSPC", False),
        ("renameat2:error=EROFS", False),
        ("fchmod:error=EPERM", False),
    ],
)
def test_a_fault_of_storage_leaves_the_file_whole_and_is_told_as_it_is(served, fault, isWritten):
    # The worker's thread must exist before it can be traced.
    assert served.patch("/v1/bots/a", {"window": 5}).status == 200
    with served.running.injected(fault):
        response = served.patch("/v1/bots/a", {"window": 6})
    assert response.status == 503, response.body
    written = served.original.replace(b"window = 5", b"window = 6")
    if isWritten:
        assert response.error["code"] == "configuration_not_confirmed"
        assert "storage has not confirmed it" in response.error["message"]
        assert served.file.read_bytes() == written
    else:
        assert response.error["code"] == "configuration_not_writable"
        assert served.file.read_bytes() == served.original
    assert served.data("/v1/bots/a")["window"] == (6 if isWritten else 5)
    assert {path.name for path in served.file.parent.iterdir()} == {"postern.conf", "postern.log"}
    assert served.patch("/v1/bots/a", {"window": 6}).status == 200
    assert served.file.read_bytes() == written


@pytest.mark.parametrize("fault", ["write:error=EIO", "write:error=ENOSPC"])
def test_a_fault_of_writing_leaves_the_file_whole(served, fault):
    """`write` also wakes the loop: only the one on the file may fail."""
    assert served.patch("/v1/bots/a", {"window": 5}).status == 200
    wanted = served.original.replace(b"window = 5", b"window = 6")
    with served.running.injected(f"{fault}:when=1"):
        response = served.patch("/v1/bots/a", {"window": 6})
    assert response.status in (200, 503)
    assert served.file.read_bytes() == (wanted if response.status == 200 else served.original)
    assert {path.name for path in served.file.parent.iterdir()} == {"postern.conf", "postern.log"}


def test_killed_at_any_moment_it_leaves_the_old_file_or_the_new(managed, generator):
    for _ in range(6):
        served = managed(PLAIN)
        answered = 5
        stop = threading.Event()

        def kill(served=served, stop=stop):
            time.sleep(generator.uniform(0.02, 0.12))
            stop.set()
            served.running.process.kill()

        thread = threading.Thread(target=kill, daemon=True)
        thread.start()
        window = answered
        while not stop.is_set():
            window = window % 200 + 1
            try:
                if served.patch("/v1/bots/a", {"window": window}).status == 200:
                    answered = window
            except OSError:
                break
        thread.join()
        served.running.process.wait()
        served.running.stop = lambda: None
        found = int(re.search(r"window = (\d+)", served.text)[1])
        assert found in (answered, window)
        assert served.file.read_bytes() == served.original.replace(
            b"window = 5", b"window = %d" % found
        )
