"""Files under and over the configuration file: the host's defaults, and the folder conf.d."""

import json
import re
import shlex
import subprocess

import pytest

from address import loopback
from managed import refusal
from postern import Gateway
from reloading import await_that

SERVER = "[server]\nlisten = LISTEN\n"


@pytest.fixture
def folder(tmp_path):
    """A folder with a file postern.conf, and conf.d beside it."""
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "postern.conf").write_text("[bot a]\nwindow = 5\nname = Own\n")
    return tmp_path


def printed(postern, folder, **environment):
    done = postern("check", "-c", folder / "postern.conf", "--print", environment=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_later_file_wins_by_the_bytes_of_its_name(postern, folder):
    (folder / "conf.d/b.conf").write_text("[bot a]\nwindow = 7\n")
    (folder / "conf.d/B.conf").write_text("[bot a]\nwindow = 6\nerror_message = Sorry\n")
    (folder / "conf.d/10.conf").write_text("[log]\nlevel = debug\n")
    for ignored in [".z.conf", "z.conf~", "z.conf.bak", "README"]:
        (folder / "conf.d" / ignored).write_text("[nonsense\n")
    text = printed(postern, folder)
    assert f"# {folder}/conf.d/b.conf:2\nwindow = 7\n" in text
    assert f"# {folder}/conf.d/B.conf:3\nerror_message = Sorry\n" in text
    assert f"# {folder}/postern.conf:3\nname = Own\n" in text
    assert f"# {folder}/conf.d/10.conf:2\nlevel = debug\n" in text
    assert "# default\n" in text


def test_other_places_are_chosen_by_variables(postern, folder, tmp_path):
    (folder / "conf.d/a.conf").write_text("[bot a]\nwindow = 7\n")
    defaults = tmp_path / "factory.conf"
    defaults.write_text("[bot a]\nwindow = 3\n[context]\nwindow = 4\n[log]\nformat = json\n")
    other = tmp_path / "other"
    other.mkdir()
    (other / "x.conf").write_text("[bot a]\nwindow = 9\n")

    text = printed(postern, folder, POSTERN_DEFAULTS=str(defaults), POSTERN_CONF_D=str(other))
    assert f"# {other}/x.conf:2\nwindow = 9\n" in text
    assert f"# {defaults}:6\nformat = json\n" in text
    # Empty means without one.
    assert "window = 5\n" in printed(postern, folder, POSTERN_CONF_D="")
    # Standard input has layers only if they are named.
    done = postern("check", "-c", "-", "--print", stdin="", environment={"POSTERN_CONF_D": other})
    assert "window = 9\n" in done.stdout
    assert "# line 1\n" in postern("check", "-c", "-", "--print", stdin="[log]\n").stdout


def test_a_file_of_another_name_stands_alone(postern, folder):
    (folder / "conf.d/a.conf").write_text("[nonsense\n")
    file = folder / "other.conf"
    file.write_text("[log]\n")
    assert postern("check", "-c", file).returncode == 0
    assert postern("check", "-c", folder / "postern.conf").returncode == 1


def test_errors_name_the_file_and_its_line(postern, folder):
    (folder / "conf.d/a.conf").write_text("\n[bot a]\nwindow = 0\n[bott b]\n")
    (folder / "conf.d/b.conf").symlink_to("/nonexistent")
    done = postern("check", "-c", folder / "postern.conf")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert lines[0].startswith(f"{folder}/conf.d/a.conf:3: window: 0 is too small")
    assert lines[1].startswith(f"{folder}/conf.d/a.conf:4: unknown section [bott]")
    assert lines[2] == (
        f"{folder}/conf.d/b.conf:1: the file cannot be read: No such file or directory"
    )


def test_a_fifo_among_the_files_does_not_block(postern, folder):
    subprocess.run(["mkfifo", folder / "conf.d/a.conf"], check=True)
    done = postern("check", "-c", folder / "postern.conf")
    assert "a.conf:1: the file cannot be read" in done.stderr


# The host's own places, in a namespace that has nothing of this host.
HOST = """
mount -t tmpfs none /etc && mount -t tmpfs none /usr/share
mkdir -p /etc/postern/conf.d /usr/share/postern
printf '[context]\\nwindow = 3\\n[bot house]\\n' > /usr/share/postern/defaults.conf
printf '[bot house]\\nwindow = 9\\n' > /etc/postern/conf.d/10.conf
"""


def on_a_host(binary, script):
    """Runs a script on a host with defaults and conf.d; `$postern` is the binary."""
    command = f"set -e; postern={shlex.quote(str(binary))}\n{HOST}{script}"
    return subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin"},
    )


@pytest.fixture
def host(binary):
    if on_a_host(binary, "true").returncode != 0:
        pytest.skip("no mount namespace can be made here")
    return lambda script: on_a_host(binary, script)


def test_the_standard_file_has_the_defaults_of_the_host(host):
    done = host(
        "printf '[log]\\nlevel = debug\\n' > /etc/postern/postern.conf\n$postern check --print"
    )
    assert done.returncode == 0, done.stderr
    assert "# /usr/share/postern/defaults.conf:2\nwindow = 3\n" in done.stdout
    assert "# /etc/postern/conf.d/10.conf:2\nwindow = 9\n" in done.stdout
    assert "# /etc/postern/postern.conf:2\nlevel = debug\n" in done.stdout


def test_the_layers_alone_are_a_configuration(host):
    done = host("$postern check")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "/etc/postern/postern.conf: valid\n"


def test_a_gateway_without_the_file_finds_it_later(host):
    """The vendor's defaults serve until the administrator writes a file."""
    done = host(
        """
        printf '[server]\nlisten = unix:/etc/postern/p.sock\n' > /etc/postern/conf.d/20.conf
        $postern run 2>/etc/log &
        sleep 0.7
        printf '[bot house]\nname = Mine\n' > /etc/postern/postern.conf
        sleep 0.7
        rm /etc/postern/postern.conf
        sleep 1.5
        kill $!
        wait $!
        cat /etc/log
        """
    )
    log = done.stdout
    assert " listening " in log, log + done.stderr
    assert "no_configuration" not in log
    assert "configuration_reloaded" in log
    # A file that has been there is missed.
    assert "/etc/postern/postern.conf: No such file or directory" in log
    assert log.splitlines()[-1].split()[1:3] == ["info", "stopped"]


def test_a_file_elsewhere_has_nothing_of_the_host(host):
    done = host(
        "echo '[log]' > /etc/postern/test.conf; $postern check --print -c /etc/postern/test.conf"
    )
    assert "# line 1\n[log]\n" in done.stdout, done.stderr
    assert "house" not in done.stdout


# ---- A running gateway


@pytest.fixture
def layered(managed):
    """A gateway whose bot `a` has a part in each file."""

    def start(**files):
        served = managed(SERVER + "[bot a]\nname = Own\n[integration i]\nbot = a\ntype = echo\n")
        folder = served.file.with_name("conf.d")
        served.conf_d = folder
        return served

    return start


def window(served):
    return served.data("/v1/bots/a")["window"]


def test_files_of_conf_d_appear_change_and_vanish(layered):
    served = layered()
    log = served.running
    assert window(served) == 10
    served.conf_d.mkdir()
    file = served.conf_d / "10-window.conf"
    for value in [6, 7]:
        file.write_text(f"[bot a]\nwindow = {value}\n")
        await_that(lambda value=value: window(served) == value, log)
    late = served.conf_d / "20.conf"
    late.write_text("[bot a]\nwindow = 8\n")
    await_that(lambda: window(served) == 8, log)
    late.write_text("[bot a]\nwindow = 0\n")
    line = log.await_log("configuration_invalid")
    assert f"{late}:2: window: 0 is too small" in line
    assert window(served) == 8
    reasons = served.get("/readyz").json["reasons"]
    assert reasons[0].startswith(f"{late}:2: window")
    late.unlink()
    await_that(lambda: window(served) == 7, log)
    file.unlink()
    await_that(lambda: window(served) == 10, log)
    assert 'changed="[bot a]"' in log.log


def test_a_mounted_volume_changes_by_a_link(layered):
    """As Kubernetes changes a mounted ConfigMap: the link `..data` leads elsewhere in one step."""
    served = layered()
    volume = served.file.with_name("volume")
    for number in (1, 2):
        (volume / f"..{number}").mkdir(parents=True)
        (volume / f"..{number}/10.conf").write_text(f"[bot a]\nwindow = {number}\n")
    (volume / "..data").symlink_to("..1")
    (volume / "10.conf").symlink_to("..data/10.conf")
    served.conf_d.symlink_to(volume)
    await_that(lambda: window(served) == 1, served.running)
    (volume / "..new").symlink_to("..2")
    (volume / "..new").rename(volume / "..data")
    await_that(lambda: window(served) == 2, served.running)


def test_the_layers_change_under_load(layered):
    """Messages are answered, and each answer is one of a whole configuration."""
    served = layered()
    served.conf_d.mkdir()
    file = served.conf_d / "10.conf"
    client = served.running.client()
    for number in range(1, 30):
        new = file.with_name("new")
        new.write_text(f"[bot a]\nwindow = {number}\n")
        new.rename(file)
        assert client.message("hi", bot="a").status == 200
    await_that(lambda: window(served) == 29, served.running)
    assert "configuration_invalid" not in served.running.log


def test_the_api_changes_the_file_alone(layered):
    served = layered()
    served.conf_d.mkdir()
    over = served.conf_d / "10.conf"
    over.write_text("[bot a]\nwindow = 7\n[bot b]\n[integration j]\nbot = b\ntype = echo\n")
    await_that(lambda: window(served) == 7, served.running)
    kept = over.read_bytes()

    refused = served.patch("/v1/bots/a", {"window": 5})
    assert refusal(refused) == (409, "in_other_file", "window")
    assert f"{over}:2" in refused.error["message"]
    assert refusal(served.patch("/v1/bots/a", {"window": None})) == (409, "in_other_file", "window")
    # What applies already is left as it is.
    assert served.patch("/v1/bots/a", {"window": 7}).status == 200
    assert served.text == served.original.decode()

    # A section of another file gets one in the file, with the change alone.
    assert served.patch("/v1/integrations/j", {"weight": 3}).data["weight"] == 3
    assert served.text == served.original.decode().rstrip("\n") + "\n[integration j]\nweight = 3\n"
    for path in ["/v1/integrations/j", "/v1/bots/b", "/v1/bots/a"]:
        refused = served.delete(path)
        assert refusal(refused) == (409, "in_other_file", None), path
        assert str(over) in refused.error["message"]
    created = served.post("/v1/bots", {"id": "j2", "name": "New"})
    assert created.status == 201
    assert served.post("/v1/bots", {"id": "b"}).status == 409
    assert over.read_bytes() == kept


def test_an_invalid_layer_stops_changes(layered):
    served = layered()
    served.conf_d.mkdir()
    bad = served.conf_d / "bad.conf"
    bad.write_text("[bot a]\nwindow = none\n")
    served.running.await_log("configuration_invalid")
    refused = served.patch("/v1/bots/a", {"window": 5})
    assert refusal(refused) == (409, "configuration_invalid", None)
    assert f"{bad}:2: window" in refused.error["message"]


# ---- What another version knows


def test_a_rollback_ignores_what_it_does_not_know(binary, postern, tmp_path):
    address = loopback()
    file = tmp_path / "p.conf"
    text = (
        f"[server]\nlisten = {address}\nquantum = yes\n[future]\nx = 1\n"
        "[log]\nformat = cbor\n"
        "[bot a]\nsticky = sometimes\n[integration new]\ntype = telepathy\n"
        "webhook_url = http://127.0.0.1:9/\n[integration old]\ntype = echo\n"
        "[channel new]\ntype = pigeon\ntoken = 1:x\n"
    )
    file.write_text(text)
    assert postern("check", "-c", file).returncode == 1
    done = postern("check", "-c", file, "--ignore-unknown")
    assert done.returncode == 0
    assert [re.match(r"\S+:(\d+): warning: ", line)[1] for line in done.stderr.splitlines()] == [
        "3",
        "4",
        "7",
        "9",
        "11",
        "16",
    ]
    running = Gateway(
        [binary, "run", "-c", file, "--ignore-unknown"], [address], tmp_path / "log"
    ).await_readiness()
    client = running.client()
    assert running.log.count("configuration_warning") == 6
    # Its token is not sent to another service.
    assert client.get("/v1/status").json["data"]["channels"] == []
    reply = client.post("/v1/bots/a/messages", {"content": "Hi", "user": {"id": "u"}})
    assert reply.status == 200, reply.json
    # An edit keeps what is ignored, also if an object is sent back, and a reload ignores it, too.
    kind = {"Content-Type": "application/json"}
    whole = client.get("/v1/integrations/new").data
    assert (whole["type"], whole["enabled"]) == ("echo", False)
    for path, document in [("integrations/new", whole), ("bots/a", {"sticky": False, "window": 6})]:
        body = json.dumps(document).encode()
        assert client.request("PATCH", f"/v1/{path}", body, kind).status == 200
    assert file.read_text() == text.replace("sometimes\n", "sometimes\nwindow = 6\n")
    file.write_text(text)
    running.await_log("configuration_reloaded")
    running.stop()


def test_the_version_for_programs(postern):
    done = postern("version", "--json")
    found = json.loads(done.stdout)
    assert f"postern {found['version']}\n" == postern("version").stdout
    assert found["build"] == "release"
    libraries = found["libraries"]
    for name in ["libmicrohttpd", "libcurl", "gnutls", "zlib"]:
        assert re.fullmatch(r"\d+\.\d+[0-9.]*", libraries[name]), name
    assert libraries["libcurl_resolver"]
    assert set(libraries) > {"libcurl_tls", "libyaml"}
