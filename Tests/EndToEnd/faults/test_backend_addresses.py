"""Names of backends that resolve to what only the gateway's own host reaches."""

import subprocess
from urllib.parse import urlsplit

import pytest

import replies
from configuration import integration

HOSTS = """127.0.0.1 localhost good.internal
169.254.169.254 trap.internal
0.0.0.0 zero.internal
::ffff:169.254.169.254 mapped.internal
fd00:ec2::254 metadata.internal
0.0.0.0 both.internal
127.0.0.1 both.internal
"""


@pytest.fixture
def wrapper(tmp_path):
    """Runs a gateway with a hosts file of its own, in a namespace of mounts."""
    hosts = tmp_path / "hosts"
    hosts.write_text(HOSTS)
    mount = f'mount --bind {hosts} /etc/hosts && exec "$@"'
    command = ["unshare", "--map-root-user", "--mount", "sh", "-c", mount, "sh"]
    if subprocess.run([*command, "true"], capture_output=True).returncode:
        pytest.skip("no namespaces here")
    return command


@pytest.fixture
def ask(gateway, backend, wrapper):
    """Sends a message to a bot whose backend has this host; returns the attempt and the backend."""

    def ask(host):
        server = backend(replies.custom("Hi."))
        url = f"http://{host}:{urlsplit(server.url).port}/"
        running = gateway({"integration one": integration(url, retries=3)}, wrapper=wrapper)
        return running.client().message("hi").attempts, server

    return ask


@pytest.mark.parametrize("name", ["trap", "zero", "mapped", "metadata"])
def test_a_name_of_such_an_address_is_refused(ask, name):
    (attempt,), server = ask(f"{name}.internal")
    assert attempt["outcome"] == "connect_failed"
    assert "resolves to an address" in attempt["message"]
    assert attempt["duration_ms"] < 1000
    assert server.requests == []


@pytest.mark.parametrize("host", ["good.internal", "localhost", "127.0.0.1", "0.0.0.0"])
def test_other_names_and_what_the_administrator_writes_are_asked(ask, host):
    (attempt,), server = ask(host)
    assert attempt["outcome"] == "ok"
    assert len(server.requests) == 1


def test_another_address_of_the_name_is_asked(ask):
    (attempt,), server = ask("both.internal")
    assert attempt["outcome"] == "ok"
    assert len(server.requests) == 1
