"""The guides: what a reader does with them, from the first block of a page to the last."""

import json
import re

import pytest

import guide
from guide_session import Session
from repository import ROOT

PAGES = {str(page.relative_to(ROOT / "docs")): page for page in guide.pages()}
BLOCKS = [block for page in PAGES.values() for block in guide.blocks(page)]

# How many blocks are run, at least, and how many are not, at most.
RUN = 66
LEFT_OUT = 11


def test_each_fence_says_what_becomes_of_its_block():
    unknown = [f"{block}: {block.fence!r}" for block in BLOCKS if block.fence not in guide.FENCES]
    assert not unknown


def test_nearly_all_commands_are_run():
    """A block that needs a vendor's program, or a machine of its own, is not run."""
    run = [block for block in BLOCKS if block.fence in guide.COMMANDS]
    left_out = [str(block) for block in BLOCKS if block.fence == "sh no-run"]
    assert len(run) >= RUN
    assert len(left_out) <= LEFT_OUT, left_out


def test_an_output_follows_a_command():
    for page in PAGES.values():
        commands = {*guide.COMMANDS, "python"}
        fences = [block for block in guide.blocks(page) if block.fence != "text"]
        for before, block in zip([None, *fences], fences, strict=False):
            assert block.fence != "output" or (before and before.fence in commands), str(block)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_works_as_it_stands(page, binary, backend, tmp_path):
    session = Session(binary, tmp_path, backend)
    try:
        for block in guide.blocks(PAGES[page]):
            session.follow(block)
    finally:
        session.close()


def test_troubleshooting_has_every_outcome_and_every_error(gateway):
    text = (ROOT / "docs/troubleshooting.md").read_text()
    document = gateway().client().get("/openapi.json")
    outcomes = document.json["components"]["schemas"]["Outcome"]["enum"]
    assert re.findall(r"^### `(\w+)`$", text, re.MULTILINE) == outcomes
    errors = document.json["components"]["responses"].values()
    codes = re.findall(r'"const": "(\w+)", "description"', json.dumps(list(errors)))
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == sorted(set(codes))
