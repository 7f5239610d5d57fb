"""What the packages are made of: the version, the unit, the man pages, the completions."""

import os
import re
import shutil
import subprocess
import time

import pytest

from address import Address, loopback
from client import Client
from repository import ROOT

PACKAGING = ROOT / "packaging"


def output_of(*command, **options) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


def needs(program: str):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not installed")


def test_the_newest_entry_of_the_changelog_is_this_version(binary):
    newest = re.search(r"^## (\S+) \(\d{4}-\d\d-\d\d\)$", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert output_of(binary, "version").split()[-1] == newest[1]


@needs("mandoc")
@pytest.mark.parametrize("page", ["postern.1", "postern.conf.5"])
def test_man_pages_have_no_faults(page):
    # "referenced manual not found" is about other packages.
    lint = subprocess.run(
        ["mandoc", "-T", "lint", PACKAGING / "man" / page], capture_output=True, text=True
    )
    assert [line for line in lint.stdout.splitlines() if "manual not found" not in line] == []


@needs("systemd-analyze")
def test_the_unit_is_hardened():
    report = output_of(
        "systemd-analyze", "security", "--offline=true", PACKAGING / "postern.service"
    )
    exposure = re.search(r"Overall exposure level for postern\.service: ([\d.]+)", report)
    assert float(exposure[1]) <= 1.2


def completed(line: str, folder) -> list[str]:
    """What bash offers for the last word of a command line."""
    words = line.split(" ")
    script = (
        f". '{PACKAGING}/completions/bash/postern'; COMP_WORDS=({' '.join(map(repr, words))});"
        f' COMP_CWORD={len(words) - 1}; _postern; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    return output_of("bash", "-uc", script, cwd=folder).split()


def test_bash_completes_commands_options_and_files(tmp_path):
    (tmp_path / "my.conf").touch()
    assert completed("postern ru", tmp_path) == ["run"]
    assert "check" in completed("postern ", tmp_path)
    assert completed("postern check --p", tmp_path) == ["--print"]
    assert completed("postern help ke", tmp_path) == ["key"]
    assert completed("postern run -c m", tmp_path) == ["my.conf"]
    assert completed("postern test -m ", tmp_path) == []


def test_each_shell_knows_each_command(binary):
    commands = re.findall(r"postern ([a-z]+) ", output_of(binary, "help"))
    assert "run" in commands
    for file in ("bash/postern", "zsh/_postern", "fish/postern.fish"):
        text = (PACKAGING / "completions" / file).read_text()
        assert [name for name in commands if name not in text] == []


# What procd's /etc/rc.common does with a script, as far as this one uses it. The parameters of the
# instance go to a file.
RC_COMMON = """
id() { [ "$2" = postern ]; }
chown() { [ "$1" = postern:postern ]; }
procd_open_instance() { :; }
procd_set_param() { name=$1; shift; for word; do echo "$name $word" >>"$RECORD"; done; }
procd_close_instance() { echo closed >>"$RECORD"; }
. "$1"
PROGRAM=$PROGRAM_UNDER_TEST CONFIGURATION=$FOLDER/postern.conf STATE=$FOLDER/state RUN=$FOLDER/run
"$2"
"""


def await_listener(address: Address, seconds: float = 10):
    end = time.monotonic() + seconds
    while True:
        try:
            return address.connect().close()
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.01)


def test_the_script_for_procd_starts_and_reloads(binary, tmp_path):
    environment = {
        **os.environ,
        "PROGRAM_UNDER_TEST": str(binary),
        "FOLDER": str(tmp_path),
        "RECORD": str(tmp_path / "record"),
    }

    def call(function: str) -> subprocess.CompletedProcess[str]:
        script = PACKAGING / "openwrt/postern"
        command = ["sh", "-euc", RC_COMMON, "rc.common", script, function]
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    file = tmp_path / "postern.conf"
    address = loopback()
    file.write_text("[boot a]\n")
    refused = call("start_service")
    assert refused.returncode != 0
    assert "boot" in refused.stderr
    assert not (tmp_path / "record").exists(), "nothing is started"

    file.write_text(f"[server]\nlisten = 127.0.0.1:{address.port}\n")
    assert call("start_service").returncode == 0
    parameters: dict[str, list[str]] = {}
    for line in (tmp_path / "record").read_text().splitlines():
        name, _, word = line.partition(" ")
        parameters.setdefault(name, []).append(word)
    assert "closed" in parameters
    assert parameters["user"] == ["postern"]
    # As procd does.
    instance = subprocess.Popen(
        parameters["command"], env=dict(word.split("=", 1) for word in parameters["env"])
    )
    try:
        await_listener(address)
        file.write_text(file.read_text() + "[bot second]\n")
        assert call("reload_service").returncode == 0
        assert Client(address).message(bot="second").status == 200
        file.write_text(file.read_text() + "[boot third]\n")
        assert call("reload_service").returncode != 0
    finally:
        instance.terminate()
    assert instance.wait(10) == 0, "procd sends SIGTERM"


def test_the_script_for_openrc_is_valid():
    output_of("sh", "-n", PACKAGING / "openrc/postern")


@needs("zsh")
def test_zsh_reads_its_completions():
    output_of("zsh", "-n", PACKAGING / "completions/zsh/_postern")


@needs("fish")
def test_fish_reads_its_completions():
    output_of("fish", "-n", PACKAGING / "completions/fish/postern.fish")
