"""The package on a Debian with a booted systemd: what is done with it, and what it survives."""

import re
import time

import pytest
from machine import Machine, await_value

CONFIGURATION = "/etc/postern/postern.conf"
FIVE_LINES = """[integration gpt]
type = openai
webhook_url = https://api.openai.com/v1/chat/completions
model = gpt-4o
header.Authorization = Bearer ${OPENAI_API_KEY}
"""


def install(machine: Machine, package: str) -> str:
    return machine.run(
        "apt-get", "install", "--yes", "-qq", "--no-install-recommends", "--allow-downgrades",
        f"/packages/{package}",
    )  # fmt: skip


def version(machine: Machine) -> str:
    return machine.run("dpkg-query", "-W", "-f", "${Version}", "postern")


@pytest.fixture(scope="module")
def installed(machine) -> Machine:
    """A machine on which the package has just been installed, and the first message is answered."""
    start = time.monotonic()
    install(machine, "postern.deb")
    after_installation = time.monotonic() - start
    assert machine.message("Hello")["content"] == "Hello"
    machine.seconds_to_answer = time.monotonic() - start
    print(f"installed in {after_installation:.1f} s, answered in {machine.seconds_to_answer:.1f} s")
    return machine


@pytest.fixture
def machine_with_service(installed) -> Machine:
    """The installed machine. Afterwards its configuration, unit and service are as before."""
    before = installed.read(CONFIGURATION) + "\n"
    yield installed
    installed.restore()
    installed.write(CONFIGURATION, before)
    installed.run("systemctl", "reset-failed", "postern")
    installed.run("systemctl", "restart", "postern")


def test_a_message_is_answered_within_10_s_of_the_installation(installed):
    assert installed.seconds_to_answer < 10


def test_the_service_runs_and_tells_how_it_is(installed):
    assert installed.show("ActiveState") == "active"
    assert installed.show("UnitFileState") == "enabled"
    assert installed.show("NRestarts") == "0"
    assert installed.show("StatusText") == "serving 1 bot, all integrations are ready"
    assert installed.run("stat", "-c", "%U", f"/proc/{installed.process}") == "postern"
    assert "postern" in installed.run("postern", "status")


def test_the_service_is_hardened(installed):
    report = installed.run("systemd-analyze", "security", "postern.service")
    exposure = re.search(r"Overall exposure level for postern\.service: ([\d.]+)", report)
    assert float(exposure[1]) <= 1.2


def test_five_lines_make_a_real_backend(machine_with_service):
    machine = machine_with_service
    text = machine.read(CONFIGURATION) + "\n"
    commented = "".join(f"#{line}\n" for line in FIVE_LINES.splitlines())
    assert text.count(commented) == 1
    lines = FIVE_LINES.replace("https://api.openai.com", "http://127.0.0.1:9000").replace(
        "${OPENAI_API_KEY}", "sk-test"
    )
    with machine.backend() as requests:
        machine.write(CONFIGURATION, text.replace(commented, lines))
        assert "reloaded" in machine.run("postern", "reload")
        answer = machine.message("Hello")
        assert answer["content"] == "You said: Hello"
        assert answer["integration"]["id"] == "gpt"
        assert requests.read_text() == "Bearer sk-test\n"


def test_systemctl_reload_waits_for_the_new_configuration(machine_with_service):
    machine = machine_with_service
    process = machine.process
    for number in range(5):
        machine.run("sh", "-c", f"printf '\\n[bot b{number}]\\n' >>{CONFIGURATION}")
        machine.run("systemctl", "reload", "postern")
        assert machine.show("ActiveState") == "active"
        assert machine.show("StatusText").startswith(f"serving {number + 2} bots")
        assert machine.message("Hello", bot=f"b{number}")["content"] == "Hello"
    assert machine.process == process


def test_systemd_may_reload_by_itself(machine_with_service, suite):
    """Type=notify-reload of systemd 253 and later: SIGHUP, and the protocol of RELOADING."""
    if suite == "bookworm":
        pytest.skip("systemd 252 does not know Type=notify-reload")
    machine = machine_with_service
    machine.override("[Service]\nType=notify-reload\nExecReload=\n")
    machine.run("systemctl", "restart", "postern")
    process = machine.process
    machine.run("sh", "-c", f"printf '\\n[bot second]\\n' >>{CONFIGURATION}")
    machine.run("systemctl", "reload", "postern")
    assert machine.message("Hello", bot="second")["content"] == "Hello"
    assert machine.process == process


def test_a_configuration_that_is_refused_fails_the_reload_and_not_the_service(machine_with_service):
    machine = machine_with_service
    machine.run("sh", "-c", f"printf '\\n[boot b]\\n' >>{CONFIGURATION}")
    assert "failed" in machine.run("systemctl", "reload", "postern", check=False)
    assert machine.show("ActiveState") == "active"
    assert "boot" in machine.show("StatusText")
    assert machine.message("Hello")["content"] == "Hello"


def test_a_process_that_hangs_is_replaced(machine_with_service):
    machine = machine_with_service
    machine.override("[Service]\nWatchdogSec=2\n")
    machine.run("systemctl", "restart", "postern")
    process = machine.process
    machine.signal("STOP", process)
    await_value(lambda: machine.process not in (0, process), 30)
    assert machine.message("Hello")["content"] == "Hello"
    assert "Watchdog timeout" in machine.journal()


def test_a_process_that_is_killed_is_replaced(machine_with_service):
    machine = machine_with_service
    process = machine.process
    machine.signal("KILL", process)
    await_value(lambda: machine.process not in (0, process), 30)
    assert machine.message("Hello")["content"] == "Hello"


def test_a_credential_of_root_reaches_the_backend(machine_with_service):
    machine = machine_with_service
    machine.run("sh", "-c", "umask 077; printf sk-secret >/etc/postern/credentials/openai")
    lines = FIVE_LINES.replace("https://api.openai.com", "http://127.0.0.1:9000").replace(
        "${OPENAI_API_KEY}", "${credential:postern_openai}"
    )
    machine.write(CONFIGURATION, machine.read(CONFIGURATION) + "\n" + lines)
    with machine.backend() as requests:
        machine.run("systemctl", "restart", "postern")
        assert machine.message("Hello")["content"] == "You said: Hello"
        assert requests.read_text() == "Bearer sk-secret\n"


# MARK: Under load


def test_32_megabytes_are_enough_for_64_connections(machine_with_service):
    machine = machine_with_service
    with machine.limited_memory(32):
        process = machine.process
        with machine.load(connections=64, kind="kept") as figures:
            time.sleep(3)
            status = machine.read(f"/proc/{process}/status")
        assert machine.process == process
    print(f"with 32 MB: {figures}, {re.search('VmRSS:.*', status)[0]}")
    assert figures["failed"] == 0, figures


@pytest.mark.parametrize("kind", ["fresh", "kept"])
def test_restarts_lose_no_message(machine_with_service, kind):
    machine = machine_with_service
    machine.override("[Unit]\nStartLimitIntervalSec=0\n")
    with machine.load(kind=kind) as figures:
        for _ in range(5):
            time.sleep(0.5)
            machine.run("systemctl", "restart", "postern")
        time.sleep(0.5)
    print(f"5 restarts, {kind} connections: {figures}")
    assert figures["failed"] == 0, figures
    assert figures["answered"] > 200


@pytest.mark.parametrize("kind", ["fresh", "kept"])
def test_upgrade_and_downgrade_lose_no_message(machine_with_service, kind):
    machine = machine_with_service
    before = version(machine)
    processes = {machine.process}
    with machine.load(kind=kind) as figures:
        install(machine, "next.deb")
        assert version(machine) != before
        processes.add(machine.process)
        install(machine, "postern.deb")
        assert version(machine) == before
        processes.add(machine.process)
        time.sleep(0.5)
    print(f"upgrade and downgrade, {kind} connections: {figures}")
    assert len(processes) == 3
    assert figures["failed"] == 0, figures
    assert figures["answered"] > 200


def test_after_a_kill_clients_wait_for_the_next_process(machine_with_service):
    """Only what the killed process had in hand is lost: at most a message for each connection."""
    machine = machine_with_service
    with machine.load(connections=4) as figures:
        time.sleep(0.5)
        process = machine.process
        machine.signal("KILL", process)
        await_value(lambda: machine.process not in (0, process), 30)
        time.sleep(0.5)
    print(f"killed: {figures}")
    assert figures["failed"] <= 4, figures
    assert figures["slowest"] > 1, "RestartSec passes while clients wait"


def test_the_socket_unit_holds_the_port(machine_with_service):
    machine = machine_with_service
    machine.run("systemctl", "stop", "postern")
    machine.run("systemctl", "enable", "--now", "postern.socket")
    try:
        # The first connection starts the service.
        assert machine.message("Hello")["content"] == "Hello"
        assert machine.show("NFileDescriptorStore") == "0"
        with machine.load() as figures:
            time.sleep(0.3)
            machine.run("systemctl", "restart", "postern")
            time.sleep(0.3)
        assert figures["failed"] == 0, figures
        assert "sockets_not_used" not in machine.journal()
    finally:
        machine.run("systemctl", "stop", "postern.socket", "postern")
        machine.run("systemctl", "disable", "postern.socket")


def test_another_address_of_listen_frees_the_port(machine_with_service):
    machine = machine_with_service
    assert machine.show("NFileDescriptorStore") == "1"
    text = machine.read(CONFIGURATION) + "\n"
    moved = text.replace("#listen = 127.0.0.1:8080", "listen = 127.0.0.1:8081")
    machine.write(CONFIGURATION, moved)
    machine.run("systemctl", "restart", "postern")
    await_value(lambda: "127.0.0.1:8081" in machine.journal())
    assert machine.show("NFileDescriptorStore") == "1"
    sockets = [line.split() for line in machine.read("/proc/net/tcp").splitlines()]
    listening = [fields[1] for fields in sockets if fields[3] == "0A"]
    assert listening == ["0100007F:1F91"]


# MARK: The end


def test_purge_leaves_nothing(machine):
    install(machine, "postern.deb")
    assert machine.message("Hello")["content"] == "Hello"
    process = machine.process
    machine.run("apt-get", "purge", "--yes", "-qq", "postern")
    machine.run("test", "!", "-e", f"/proc/{process}")
    left = machine.run(
        "find", "/", "-xdev", "-name", "*postern*", "-not", "-path", "/proc/*",
        "-not", "-path", "/packages/*", "-not", "-path", "/var/log/*",
    )  # fmt: skip
    assert left == ""
    for table in ("passwd", "group"):
        assert "postern" not in machine.run("getent", table)
    assert "postern" not in machine.run("systemctl", "list-units", "--all", "--no-legend")
