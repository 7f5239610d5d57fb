"""What the packages are made of: the version, the unit, the man pages, the completions."""

import re
import shutil
import subprocess

import pytest

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


@needs("zsh")
def test_zsh_reads_its_completions():
    output_of("zsh", "-n", PACKAGING / "completions/zsh/_postern")


@needs("fish")
def test_fish_reads_its_completions():
    output_of("fish", "-n", PACKAGING / "completions/fish/postern.fish")
