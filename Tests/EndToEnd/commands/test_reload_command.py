"""`postern reload`: the file is read again, and what is found is shown."""

import json

import pytest

from address import loopback
from configuration import rendered
from postern import Gateway


@pytest.fixture
def served(gateway, tmp_path):
    gateway({"server": {"control": tmp_path / "c.sock"}, "bot a": {}})
    return tmp_path / "postern-0.conf"


def changed(file, old, new):
    file.write_text(file.read_text().replace(old, new))


def test_a_valid_file_applies(served, postern):
    changed(served, "[bot a]", "[bot b]")
    done = postern("reload", "-c", served)
    assert (done.returncode, done.stdout) == (0, "reloaded: the file applies\n")
    bots = json.loads(postern("status", "--json", "-c", served).stdout)["bots"]
    assert [bot["id"] for bot in bots] == ["b"]


def test_an_invalid_file_is_refused_with_each_line(served, postern):
    changed(served, "[bot a]", "[bot a]\nwindow = 0\nsistem = x")
    done = postern("reload", "-c", served)
    assert done.returncode == 1
    assert done.stdout == ""
    line = served.read_text().splitlines().index("window = 0") + 1
    assert f"{served}:{line}: window: " in done.stderr
    assert f"{served}:{line + 1}: unknown key 'sistem'" in done.stderr
    assert "postern: the file was refused" in done.stderr
    status = json.loads(postern("status", "--json", "-c", served).stdout)
    assert status["last_reload"]["applied"] is False
    assert len(status["last_reload"]["findings"]) == 2
    assert len(status["reasons"]) == 2
    shown = postern("status", "-c", served).stdout
    assert "configuration REFUSED" in shown and "window: " in shown


def test_a_warning_is_shown(served, postern):
    changed(served, "[bot a]", "[bot a]\n[integration e]\ntype = echo\nweight = 0")
    done = postern("reload", "-c", served)
    assert done.returncode == 0
    assert ": warning: " in done.stderr


def test_a_file_that_is_gone_is_refused(served, postern, tmp_path):
    served.rename(tmp_path / "elsewhere")
    done = postern("reload", "-u", f"unix:{tmp_path / 'c.sock'}")
    assert done.returncode == 1
    assert str(served) in done.stderr


def test_a_file_that_cannot_be_read_leaves_the_url(served, postern, tmp_path):
    for path, reason in [(tmp_path / "none", "No such file"), (tmp_path, "it is a folder")]:
        done = postern("reload", "-c", path)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"{path}: {reason}" in done.stderr and "-u unix:" in done.stderr


def test_a_key_needs_the_scope_admin(gateway, postern, tmp_path):
    secret = "a-key-0123456789abc"
    running = gateway({"key ops": {"secret": secret, "scopes": "read, write"}})
    key = tmp_path / "key"
    key.write_text(f"{secret}\n\n[key ops]\n")
    url = f"http://{running.addresses[0]}/"
    done = postern("reload", "-u", url, "-k", key)
    assert (done.returncode, done.stdout) == (1, "")
    assert "scopes do not allow" in done.stderr and "with -k" not in done.stderr
    assert postern("status", "-u", url, environment={"POSTERN_KEY": secret}).returncode == 0
    refused = postern("status", "-u", url).stderr
    assert "valid key" in refused and "with -k" in refused


def test_a_gateway_without_a_file_says_so(binary, postern, tmp_path):
    sock = tmp_path / "c.sock"
    text = rendered({"server": {"listen": loopback(), "control": sock}})
    file = tmp_path / "stdin.conf"
    file.write_text(text)
    command = ["sh", "-c", f"exec {binary} run -c - < {file}"]
    running = Gateway(command, [], tmp_path / "log")
    running.await_log("control=")
    done = postern("reload", "-u", f"unix:{sock}")
    assert done.returncode == 1
    assert "without a configuration file" in done.stderr
    running.stop()
