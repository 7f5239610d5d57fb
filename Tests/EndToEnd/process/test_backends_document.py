"""docs/backends.md: every vendor's section is valid as it stands there, and each vendor has one."""

import re

import pytest

from repository import ROOT

TEXT = (ROOT / "docs" / "backends.md").read_text()
SECTIONS = dict(re.findall(r"^### ([^\n]+)\n\n```ini\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
VENDORS = {
    "OpenAI",
    "Azure OpenAI",
    "Anthropic",
    "Gemini",
    "Mistral",
    "DeepSeek",
    "Groq",
    "xAI",
    "OpenRouter",
    "Together",
    "Perplexity",
    "Ollama",
    "llama.cpp",
    "vLLM",
    "LM Studio",
}


def settings(section: str) -> dict[str, str]:
    """The settings of a section, by name."""
    return dict(line.split(" = ", 1) for line in section.splitlines() if " = " in line)


def test_each_vendor_has_a_section():
    assert set(SECTIONS) >= VENDORS
    table = {row[0]: row[1:] for row in re.findall(r"^\| \[(.+?)\]\(#.*?\) \| (.*)$", TEXT, re.M)}
    assert set(table) == set(SECTIONS)
    for vendor, (row,) in table.items():
        found = settings(SECTIONS[vendor])
        assert row.startswith(f"`{found['type']}` | `{found['webhook_url']}` | "), vendor


@pytest.mark.parametrize("vendor", SECTIONS)
def test_the_section_is_valid(postern, tmp_path, vendor):
    """Without an error, and without a warning."""
    section = SECTIONS[vendor]
    names = re.findall(r"\$\{(\w+)\}", section)
    file = tmp_path / "postern.conf"
    file.write_text(section)
    done = postern("check", "-c", file, environment=dict.fromkeys(names, "sk-0123456789"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert not done.stderr, done.stderr
    assert done.stdout == f"{file}: valid\n", done.stdout


@pytest.mark.parametrize("vendor", SECTIONS)
def test_a_section_is_short(vendor):
    assert len(SECTIONS[vendor].splitlines()) <= 6
