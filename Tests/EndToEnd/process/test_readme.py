"""README.md: its commands, its SDK snippet and its configuration work as they stand there."""

import re
import subprocess
import sys

import pytest

import models
from address import loopback
from postern import BARE_ENVIRONMENT, Gateway
from repository import ROOT

ADDRESS = "127.0.0.1:8080"
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
SECRETS = {"OPENAI_API_KEY": "openai-secret", "ANTHROPIC_API_KEY": "anthropic-secret"}


def blocks(language: str) -> list[str]:
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(command: list, **options) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def echo(gateway):
    """The built-in default at another port; returns its address."""
    return str(gateway().addresses[0])


def test_the_first_chat(echo):
    (command,) = [block for block in blocks("sh") if "curl" in block]
    assert ADDRESS in command
    answer = run(["bash", "-c", command.replace(ADDRESS, echo)])
    assert '"content":"Hello"' in answer


def test_the_sdk_snippet(echo):
    (snippet,) = blocks("python")
    assert ADDRESS in snippet
    assert run([sys.executable, "-c", snippet.replace(ADDRESS, echo)]) == "Hello\n"


@pytest.fixture
def example(backend, tmp_path):
    """The A/B test as `postern.conf` in a folder, with backends of the test; returns the folder
    and the address."""
    address = loopback()
    (text,) = blocks("ini")
    for type, url in {
        "openai": "https://api.openai.com",
        "anthropic": "https://api.anthropic.com",
        "local": "http://127.0.0.1:11434",
    }.items():
        assert url in text
        server = backend(models.model("anthropic" if type == "anthropic" else "openai"))
        text = text.replace(url, server.url)
    (tmp_path / "postern.conf").write_text(f"[server]\nlisten = {address}\n{text}")
    return tmp_path, address


def test_the_a_b_test(binary, example):
    folder, address = example
    (block,) = [block for block in blocks("sh") if "check -c" in block]
    commands = [line.replace(".build/release/postern", str(binary)) for line in block.splitlines()]
    environment = {**BARE_ENVIRONMENT, **SECRETS}
    assert "valid" in run(["bash", "-c", commands[0]], cwd=folder, env=environment)
    tested = run(["bash", "-c", commands[1]], cwd=folder, env=environment)
    assert re.findall(r"^(\w+) +ok ", tested, re.MULTILINE) == ["gpt", "claude", "local"]
    command = ["bash", "-c", f"exec {commands[2]}"]
    log = folder / "log"
    running = Gateway(command, [address], log, environment, directory=folder).await_readiness()
    try:
        response = running.client().post("/v1/bots/default/messages", {"content": "Hello"})
        assert response.json["data"]["integration"]["id"] in ("gpt", "claude")
    finally:
        running.stop()


def test_links_lead_somewhere():
    for file in DOCUMENTS:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text()):
            assert (file.parent / link).exists(), f"{file.name}: {link}"


def test_anchors_exist():
    """A link to a heading names an existing one, in the form that GitHub gives it."""
    for file in DOCUMENTS:
        for link, anchor in re.findall(r"\]\(([^)#:]*)#([^)]+)\)", file.read_text()):
            target = (file.parent / link) if link else file
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            slugs = {
                re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings
            }
            assert anchor in slugs, f"{file.name}: {link}#{anchor}"
