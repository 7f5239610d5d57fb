"""Fixtures: the binary, gateways, backends, certificates."""

import json
import os
import random
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

import certificates as making
import configuration as configurations
import models
import replies
import sdks
from address import Address, loopback
from backends import Answer, Backend, Script
from litellm_proxy import LiteLLMProxy
from managed import ENVIRONMENT, TWO, Managed
from postern import Gateway, run_command
from repository import ROOT
from terminal import Terminal


@pytest.fixture(scope="session")
def binary() -> Path:
    """The release binary under test."""
    path = Path(os.environ.get("POSTERN_BINARY", ROOT / ".build/release/postern")).resolve()
    if not path.exists():
        pytest.exit(f"{path} is missing: swift build -c release", returncode=4)
    return path


@pytest.fixture(scope="session")
def postern(binary: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs one of the commands: `postern("check", "-c", file)`."""
    return lambda *arguments, **options: run_command(binary, *map(str, arguments), **options)


@cache
def serves_https(binary: Path) -> bool:
    """Whether a binary can serve HTTPS; the static one cannot."""
    versions = subprocess.run([binary, "version", "--json"], check=True, capture_output=True)
    return "gnutls" in json.loads(versions.stdout)["libraries"]


def started_gateways(binary: Path, folder: Path) -> Iterator[Callable[..., Gateway]]:
    """A function that starts gateways. At the end each must stop well."""
    started: list[Gateway] = []

    def start(
        sections: configurations.Sections | None = None,
        addresses: Sequence[Address] = (),
        environment: Mapping[str, str] | None = None,
        wrapper: Sequence[str] = (),
    ) -> Gateway:
        addresses = addresses or [loopback()]
        server = {"listen": ", ".join(map(str, addresses)), **(sections or {}).get("server", {})}
        if "tls_certificate" in server and not serves_https(binary):
            pytest.skip("this build serves no HTTPS")
        sections = {**(sections or {}), "server": server}
        file = folder / f"postern-{len(started)}.conf"
        file.write_text(configurations.rendered(sections))
        log = folder / f"postern-{len(started)}.log"
        command = [*wrapper, binary, "run", "-c", file]
        new = Gateway(command, addresses, log, environment)
        new.secrets = configurations.secrets(sections)
        started.append(new)
        return new.await_readiness(60 if wrapper else 10)

    yield start
    for running in started:
        running.stop()


def started_backends() -> Iterator[Callable[..., Backend]]:
    """A function that starts backends. They are closed at the end."""
    started: list[Backend] = []

    def start(script: Script, greeting: Answer = (), **options) -> Backend:
        started.append(Backend(script, greeting, **options))
        return started[-1]

    yield start
    for running in started:
        running.close()


# Backends end before the gateways do, so that no request is under way then: hence their order here.


@pytest.fixture
def gateway(binary: Path, tmp_path: Path) -> Iterator[Callable[..., Gateway]]:
    """Starts gateways for one test."""
    yield from started_gateways(binary, tmp_path)


@pytest.fixture
def backend(gateway: object) -> Iterator[Callable[..., Backend]]:
    """Starts backends for one test."""
    yield from started_backends()


@pytest.fixture
def terminal(binary: Path) -> Iterator[Callable[..., Terminal]]:
    """Runs commands of the binary in terminals: `terminal("status", "--watch", columns=200)`."""
    started: list[Terminal] = []

    def start(*arguments: object, **options) -> Terminal:
        started.append(Terminal([binary, *map(str, arguments)], **options))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def generator() -> random.Random:
    """Random numbers from `POSTERN_SEED`, or from a new seed. pytest shows it if the test fails."""
    seed = int(os.environ.get("POSTERN_SEED", random.SystemRandom().getrandbits(32)))
    print(f"POSTERN_SEED={seed}")
    return random.Random(seed)


@pytest.fixture(autouse=True)
def closed_clients() -> Iterator[None]:
    """Closes the clients that a test has opened."""
    yield
    sdks.close_all()


@pytest.fixture
def one_integration(
    gateway: Callable[..., Gateway], backend: Callable[..., Backend]
) -> Callable[..., tuple[Gateway, Backend | None]]:
    """Starts gateways whose bot `support` has one integration; returns the gateway and its
    backend. The backend answers as models do, unless `script` says otherwise. `echo` has no
    backend."""

    def start(
        type: str, script: Script | None = None, bot: dict | None = None, **settings: object
    ) -> tuple[Gateway, Backend | None]:
        server = None if type == "echo" else backend(script or models.model(type))
        only: dict = {"type": type}
        if server is not None:
            only = configurations.integration(server.url, type, **settings)
        server_section = {"ollama": True}
        sections = {"server": server_section, "bot support": bot or {}, "integration only": only}
        return gateway(sections), server

    return start


@pytest.fixture
def of_errors(
    gateway: Callable[..., Gateway], backend: Callable[..., Backend]
) -> Callable[[str], Gateway]:
    """Starts a gateway that refuses in many ways, with a key that may chat and a key that only
    reads."""

    def start(key: str) -> Gateway:
        scripts = {
            "filter": replies.failure("400 Bad Request", "content_filter"),
            "down": replies.failure("503 Service Unavailable"),
        }
        integrations = {
            f"integration {name}": configurations.integration(backend(script).url, "openai")
            for name, script in scripts.items()
        }
        return gateway(
            {
                "server": {"max_body": "2K"},
                "key chat": {"secret": key, "scopes": "chat"},
                "key read": {"secret": "key-that-only-reads", "scopes": "read"},
                "bot support": {},
                **integrations,
            }
        )

    return start


@pytest.fixture(scope="module")
def gateways(
    binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Gateway]]:
    """Starts gateways for a whole file of tests."""
    yield from started_gateways(binary, tmp_path_factory.mktemp("gateways"))


@pytest.fixture(scope="module")
def backends(gateways: object) -> Iterator[Callable[..., Backend]]:
    """Starts backends for a whole file of tests."""
    yield from started_backends()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> making.Certificates:
    return making.Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def litellm_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteLLMProxy]:
    """An independent server of OpenAI's and Anthropic's formats."""
    proxy = LiteLLMProxy(tmp_path_factory.mktemp("litellm"))
    yield proxy
    proxy.stop()


@pytest.fixture
def managed(binary: Path, tmp_path: Path) -> Iterator[Callable[..., Managed]]:
    """Starts gateways whose file the management API changes."""
    started: list[Managed] = []

    def start(text: str | bytes = "[server]\nlisten = LISTEN\n", **options) -> Managed:
        folder = tmp_path / f"managed-{len(started)}"
        folder.mkdir()
        started.append(Managed(binary, folder, text, **options))
        return started[-1]

    yield start
    for one in started:
        one.running.stop()


@pytest.fixture
def two(managed: Callable[..., Managed]) -> Managed:
    """A gateway with two bots, and integrations with everything that can be secret."""
    return managed(TWO, **ENVIRONMENT)
