"""`[server] control`: a unix socket where root and the gateway's user are administrators."""

import json
import os
import shutil
import socket
import stat
import subprocess
import tempfile
from pathlib import Path

import pytest

import configuration
from address import Address, loopback
from client import Client

KEYS = {
    "key ops": {"secret": "ops-key-0123456789", "scopes": "admin"},
    "key desk": {"secret": "desk-key-0123456789", "scopes": "chat"},
}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")


@pytest.fixture
def control(tmp_path):
    return tmp_path / "control.sock"


@pytest.fixture
def open_control():
    """In a folder that other users reach."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder) / "control.sock"


def started(gateway, control, sections=(), **server):
    return gateway({**dict(sections), "server": {"control": control, **server}})


def at(path):
    return Client(Address(path=path))


def test_its_peers_are_administrators_with_keys_and_without(gateway, control):
    for sections in ({}, KEYS):
        running = started(gateway, control, sections)
        assert f"control={control}" in running.await_log("control=")
        assert at(control).get("/v1/bots").status == 200
        assert at(control).message("hi").data["content"] == "hi"
        assert running.client().get("/v1/bots").status == (401 if sections else 200)
        running.stop()
        assert not control.exists()


def test_the_host_field_and_a_wrong_key_do_not_matter_there(gateway, control):
    started(gateway, control, KEYS)
    fields = {"Host": "postern.example", "Authorization": "Bearer wrong", "Via": "1.1 x"}
    assert at(control).request("GET", "/v1/stats", None, fields).status == 200


@needs_root
@pytest.mark.parametrize(("sections", "status"), [({}, 200), (KEYS, 401)])
def test_another_user_needs_a_key(gateway, open_control, sections, status):
    running = started(gateway, open_control, sections, socket_mode="0666")
    for fields, wanted in (([], status), (["-H", "x-api-key: ops-key-0123456789"], 200)):
        asked = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", *fields]
        done = subprocess.run(
            [*asked, "--unix-socket", open_control, "http://localhost/v1/bots"],
            user=65534,
            group=65534,
            extra_groups=[],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout == str(wanted)
    assert "peer=control" not in running.log


@needs_root
def test_a_socket_that_may_not_be_used_says_who_may(gateway, binary, open_control):
    started(gateway, open_control)
    copy = open_control.parent / "postern"
    shutil.copy(binary, copy)
    done = subprocess.run(
        [copy, "status", "-u", f"unix:{open_control}"],
        user=65534,
        group=65534,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "permission denied" in done.stderr and "sudo -u postern" in done.stderr


def test_it_has_the_mode_of_the_file(gateway, control):
    started(gateway, control, socket_mode="0600")
    assert stat.S_IMODE(control.stat().st_mode) == 0o600


def test_a_stale_one_is_replaced(gateway, control):
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(control))
    started(gateway, control)
    assert at(control).get("/healthz").status == 200


def in_vain(postern, tmp_path, control):
    file = tmp_path / "in-vain.conf"
    server = {"listen": loopback(), "control": control}
    file.write_text(configuration.rendered({"server": server}))
    done = postern("run", "-c", file)
    assert done.returncode == 1
    return done.stderr


def test_that_of_a_running_gateway_is_left_alone(gateway, postern, tmp_path, control):
    started(gateway, control)
    told = in_vain(postern, tmp_path, control)
    assert str(control) in told and "running" in told
    assert at(control).get("/healthz").status == 200


def test_a_folder_that_is_missing_is_told(postern, tmp_path):
    path = tmp_path / "missing/control.sock"
    assert f"unix:{path}: No such file" in in_vain(postern, tmp_path, path)


def test_a_path_that_is_too_long_is_invalid(postern, tmp_path):
    told = in_vain(postern, tmp_path, "/" + "c" * 107)
    assert "in-vain.conf:3: control: the path is too long" in told


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"RUNTIME_DIRECTORY": "{0}:/nonexistent", "XDG_RUNTIME_DIR": "/x"}, "control.sock"),
        ({"XDG_RUNTIME_DIR": "{0}"}, "postern.sock"),
    ],
)
def test_its_standard_places(gateway, postern, tmp_path, variables, name):
    environment = {key: value.format(tmp_path) for key, value in variables.items()}
    running = gateway(environment=environment)
    assert at(tmp_path / name).get("/healthz").status == 200
    assert postern("status", environment=environment).returncode == 0
    # A second gateway of the same user runs nevertheless.
    second = gateway(environment=environment)
    assert str(tmp_path / name) in second.await_log("control_unavailable")
    running.stop()
    assert not (tmp_path / name).exists()


def test_there_is_none_without_a_place(gateway):
    running = gateway()
    assert "control" not in running.log


def test_it_has_places_of_its_own(gateway, postern, control, tmp_path):
    running = started(gateway, control, max_connections=2, max_connections_per_ip=0)
    clients = []
    while len(clients) < 2:
        client = running.addresses[0].connect()
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        # The connection that found the gateway ready may still have its place.
        if b" 200 " in client.recv(65536):
            clients.append(client)
    assert running.client().message("hi").status == 503
    done = postern("status", "--json", "-c", tmp_path / "postern-0.conf")
    # The one that found the socket may still be counted.
    assert json.loads(done.stdout)["connections"] in (3, 4), done.stderr
    for client in clients:
        client.close()


def test_another_path_needs_a_restart(gateway, postern, control, tmp_path):
    started(gateway, control)
    file = tmp_path / "postern-0.conf"
    file.write_text(file.read_text().replace("control.sock", "other.sock"))
    told = postern("reload", "-u", f"unix:{control}")
    assert told.returncode == 0
    assert "after a restart only: [server] control" in told.stdout
