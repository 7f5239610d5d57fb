"""Changes while running: a file that cannot be watched or read stops nothing else."""

import os

import pytest

import replies
from client import connections
from configuration import integration
from reloading import Served


@pytest.fixture
def served(gateway):
    return lambda sections, **options: Served(gateway, sections, **options)


def test_a_file_that_could_not_be_watched_for_a_while_is_followed_again(served):
    served = served({"bot a": {}})
    with served.running.injected("inotify_add_watch:error=ENOSPC"):
        replace(served.file, served.text(bot_b={}))
        served.running.await_log(" configuration_not_watched ")
    served.await_reload()
    replace(served.file, served.text(bot_c={}))
    served.await_reload(2)
    assert served.client.message(bot="c").status == 200


def replace(path, text):
    other = path.with_name("new")
    other.write_text(text)
    other.rename(path)


@pytest.mark.parametrize("setting", ["server.tls_key", "bot.system_file", "integration.ca_file"])
def test_what_would_keep_a_reader_waiting_is_refused(served, backend, tmp_path, setting):
    served = served({"bot a": {}, "integration i": integration(backend(replies.custom()).url)})
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    section, key = setting.split(".")
    name = {"server": "server", "bot": "bot_a", "integration": "integration_i"}[section]
    extra = {"tls_certificate": fifo} if section == "server" else {}
    served.file.write_text(served.text(**{name: {key: fifo, **extra}}))
    served.running.await_log(f" {key}: {fifo} cannot be read")
    assert served.client.message(bot="a").status == 200


def test_descriptors_are_taken_up_to_the_hard_limit(gateway):
    limits = {"max_connections": 150, "max_connections_per_ip": 0}
    running = gateway({"server": limits}, wrapper=["prlimit", "--nofile=64:4096"])
    client = running.client()
    with connections(client, 150) as opened:
        for connection in opened:
            connection.send(client.message_request("hi"))
        assert {connection.read_response().status for connection in opened} == {200}
    assert "few_descriptors" not in running.log


def test_too_few_descriptors_are_told(gateway):
    running = gateway(wrapper=["prlimit", "--nofile=256:256"])
    assert " few_descriptors limit=256 " in running.log
    assert running.client().message("hi").status == 200
