"""Commands, options, exit statuses, and where messages are written."""

import os
import pty
import re
import socket
import subprocess
from pathlib import Path

import pytest

from address import Address
from postern import BARE_ENVIRONMENT, Gateway

COMMANDS = ["run", "check", "test", "key", "import", "version", "help"]
SYSTEM_CONFIGURATION = Path("/etc/postern/postern.conf")
BUILT_IN_ADDRESS = Address("127.0.0.1", 8080)

without_system_configuration = pytest.mark.skipif(
    SYSTEM_CONFIGURATION.exists(), reason=f"{SYSTEM_CONFIGURATION} exists on this machine"
)


def test_version_names_the_program_and_its_version(postern):
    done = postern("version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"postern \d+\.\d+(\.\d+)?\S*\n", done.stdout, re.IGNORECASE)


def test_help_names_every_command(postern):
    done = postern("help")
    assert (done.returncode, done.stderr) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"\b{command}\b", done.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_tells_about_it(postern, command):
    done = postern("help", command)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"postern {command}" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["--frobnicate"],
        ["help", "frobnicate"],
        ["version", "superfluous"],
        ["run", "--frobnicate"],
        ["run", "superfluous"],
        ["run", "-c"],
        ["check", "-c"],
        ["check", "superfluous"],
        ["check", "--prin"],
        ["test", "-m"],
        ["key", "Ops"],
        ["key", "a]"],
        ["key", "a", "b"],
        ["key", "--frobnicate"],
        ["test", "--frobnicate"],
        ["check", "-c", "/dev/null", "-c", "/dev/null", "superfluous"],
        ["check", "--", "-c", "/dev/null"],
        ["test", "-c", "/dev/null", "-c"],
        ["test", "-m", "one", "-mtwo"],
        [""],
        ["check", ""],
        ["check", "-c", ""],
        ["import", ""],
        ["trace", ""],
        ["status", "-u", ""],
        ["conversations", "--user", ""],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2_and_told_on_stderr(postern, arguments):
    done = postern(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "usage" in done.stderr.lower() or done.stderr.startswith("postern: ")


@pytest.mark.parametrize("command", ["check", "run", "test"])
def test_a_missing_file_is_named(postern, command):
    done = postern(command, "-c", "/nonexistent/postern.conf")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("postern: ")
    assert "/nonexistent/postern.conf" in done.stderr


def test_a_folder_is_no_configuration(postern, tmp_path):
    done = postern("check", "-c", tmp_path)
    assert done.returncode == 1
    assert str(tmp_path) in done.stderr


@pytest.mark.parametrize("command", ["check", "run", "test"])
def test_an_invalid_file_is_status_1_for_every_command(postern, tmp_path, command):
    file = tmp_path / "postern.conf"
    file.write_text("[server]\nlisten = 127.0.0.1:notaport\n")
    done = postern(command, "-c", file)
    assert done.returncode == 1
    assert f"{file}:2: " in done.stderr


def test_a_valid_file_passes(postern, tmp_path):
    file = tmp_path / "postern.conf"
    file.write_text("[server]\nlisten = 127.0.0.1:8080\n")
    done = postern("check", "-c", file)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_environment_names_the_file_where_no_option_does(postern, tmp_path):
    good, bad = tmp_path / "good.conf", tmp_path / "bad.conf"
    good.write_text("[context]\nwindow = 5\n")
    bad.write_text("nonsense\n")
    environment = {"POSTERN_CONFIG": str(bad)}
    assert f"{bad}:1: " in postern("check", environment=environment).stderr
    assert postern("check", "-c", good, environment=environment).returncode == 0


def test_a_default_file_that_leads_nowhere_is_not_the_built_in_default(binary):
    """A file with errors must not make the gateway serve the echo bot instead."""
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode != 0:
        pytest.skip("mount namespaces are not for us")
    script = """
        mount -t tmpfs none /etc && mkdir /etc/postern || exit 9
        "$0" check || exit 8
        ln -s /nowhere /etc/postern/postern.conf
        "$0" check
    """
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, binary], capture_output=True, text=True
    )
    assert done.returncode == 1, done.stderr
    assert "built-in" in done.stdout
    assert "/etc/postern/postern.conf: No such file" in done.stderr


def test_what_cannot_be_written_is_a_failure(binary, tmp_path):
    file = tmp_path / "postern.conf"
    file.write_text("")
    for command in [["check"], ["check", "--print"], ["test"]]:
        with open("/dev/full", "w") as full:
            done = subprocess.run([binary, *command, "-c", file], stdout=full, stderr=full)
            assert done.returncode == 1, command
            done = subprocess.run(
                [binary, *command, "-c", file], stdout=full, stderr=subprocess.PIPE, text=True
            )
        assert done.returncode == 1, command
        assert "postern: standard output: No space left on device\n" in done.stderr, command


def test_a_file_of_megabytes_is_told_to_be_too_large(postern, tmp_path):
    file = tmp_path / "postern.conf"
    file.write_bytes(b"#" * 3_000_000)
    done = postern("check", "-c", file)
    assert done.returncode == 1
    assert done.stderr == f"postern: {file}: the file is larger than 1 MiB\n"


@pytest.mark.parametrize("message", ["-can you hear me", "--help", "-m"])
def test_what_follows_an_option_is_its_value(postern, message):
    done = postern("test", "-c", "/dev/null", "-m", message)
    assert (done.returncode, done.stderr) == (0, "")
    assert message in done.stdout


def test_two_dashes_end_the_options(postern):
    done = postern("test", "-c", "/dev/null", "--", "echo")
    assert (done.returncode, done.stderr) == (0, "")
    assert "no [integration -m]" in postern("test", "-c", "/dev/null", "--", "-m").stderr


def test_a_minus_reads_standard_input(postern):
    assert postern("check", "-c", "-", stdin="[context]\nwindow = 5\n").returncode == 0
    done = postern("check", "-c", "-", stdin="[context]\nwindow = 0\n")
    assert done.returncode == 1
    assert re.match(r"[^:\n]+:2: .+", done.stderr)


def test_print_shows_what_is_in_force_and_no_secret(postern, tmp_path):
    key_file = tmp_path / "key"
    key_file.write_text("key-from-a-file-0123456789abcdef\n")
    done = postern(
        *("check", "--print", "-c", "-"),
        stdin=f"""
[bot support]
system = Be terse.
[key ops]
secret = plain-key-secret-0123456789abcdef
scopes = admin
[key web]
secret = ${{file:{key_file}}}
scopes = chat
[integration gpt]
type = openai
webhook_url = https://api.example.com/v1/chat/completions
model = gpt-4o
header.Authorization = Bearer ${{TOKEN}}
header.X-Team = team-header-secret
""",
        environment={"TOKEN": "token-from-the-environment"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    for section in ["[bot support]", "[key ops]", "[key web]", "[integration gpt]"]:
        assert section in done.stdout
    assert "****" in done.stdout
    assert re.search(r"^header\.Authorization = .*\*\*\*\*", done.stdout, re.MULTILINE)
    assert re.search(r"^window = 10$", done.stdout, re.MULTILINE), "defaults apply, too"
    assert re.search(r"^model = gpt-4o$", done.stdout, re.MULTILINE)
    everything = done.stdout + done.stderr
    for secret in ["plain-key", "from-a-file", "from-the-environment", "team-header"]:
        assert secret not in everything


def test_print_of_an_invalid_file_prints_only_errors(postern):
    done = postern("check", "--print", "-c", "-", stdin="[context]\nwindow = 0\n")
    assert (done.returncode, done.stdout) == (1, "")


def test_errors_tell_no_secret(postern):
    done = postern(
        *("check", "-c", "-"),
        stdin="""
[key ops]
secret = sha256:not-hexadecimal-secret
scopes = everything
[integration gpt]
type = openai
webhook_url = https://user:password-in-url@api.example.com/v1
header.Authorization = "Bearer split\\nheader-secret"
""",
    )
    assert done.returncode == 1
    for secret in ["not-hexadecimal-secret", "header-secret", "password-in-url"]:
        assert secret not in done.stderr


@without_system_configuration
def test_run_without_a_file_serves_the_built_in_default_and_says_so(binary, tmp_path):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((BUILT_IN_ADDRESS.host, BUILT_IN_ADDRESS.port))
        except OSError:
            pytest.skip("port 8080, which the built-in default wants, is in use")
    running = Gateway([binary, "run"], [BUILT_IN_ADDRESS], tmp_path / "log").await_readiness()
    answer = running.client().message("hi").data
    running.stop()
    assert "built-in" in running.log
    assert (answer["content"], answer["integration"]["id"]) == ("hi", "echo")


def run_on_terminal(binary: Path, *arguments: str, **environment: str) -> str:
    """What a command writes when stdin, stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [binary, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**BARE_ENVIRONMENT, "TERM": "xterm-256color", **environment},
    )
    os.close(theirs)
    output = b""
    try:
        while data := os.read(ours, 65536):
            output += data
    except OSError:
        pass  # The other side of the terminal is closed: the end.
    os.close(ours)
    process.wait(10)
    return output.decode()


COLOURABLE = [["help"], ["version"], ["check", "-c", "/nonexistent"], ["test", "-c", "/dev/null"]]


@pytest.mark.parametrize("arguments", COLOURABLE, ids=" ".join)
def test_no_colour_with_no_color(binary, arguments):
    assert "\x1b" not in run_on_terminal(binary, *arguments, NO_COLOR="1")


@pytest.mark.parametrize("arguments", COLOURABLE, ids=" ".join)
def test_no_colour_into_a_pipe(postern, arguments):
    done = postern(*arguments, environment={"TERM": "xterm-256color"})
    assert "\x1b" not in done.stdout + done.stderr
