"""Guides: the pages of docs that a reader follows, and their fenced blocks.

The word after the fence says what a test does with a block:

| fence | |
|---|---|
| `sh` | is run by bash, with the variables that earlier blocks have set |
| `sh fails` | the same, and must fail |
| `sh no-run` | is not run: it needs something that no test has |
| `python` | is run |
| `ini` | a whole configuration: is checked, must have no warning, and becomes the file |
| `ini add` | sections to add at the end of the file; the whole is checked in the same way |
| `ini mistake` | sections to add at the end of the file, which then must be invalid |
| `output` | what the block before prints; `…` stands for anything |
| `text` | is not run |
| any other | a file, which the first line names in a comment |

The file of an `ini` block is `postern.conf`, unless its first line names another in a comment."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from repository import ROOT

FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"\A(?:#|//|<!--) (\S*[/.]\S*)(?: -->)?\n")
CONFIGURATIONS = {"ini", "ini add", "ini mistake"}
COMMANDS = {"sh", "sh fails"}
FILES = {"systemd", "nginx", "caddy", "html", "yaml", "fail2ban", "sudoers", "logrotate"}
FENCES = {*CONFIGURATIONS, *COMMANDS, *FILES, "sh no-run", "python", "output", "text"}


@dataclass(frozen=True)
class Block:
    """One fenced block. `line` is that of its fence."""

    page: Path
    line: int
    fence: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file(self) -> str:
        """The file that it is, or belongs to."""
        named = FILE.match(self.text)
        return named[1] if named else "postern.conf"

    @property
    def serves(self) -> bool:
        """Whether it starts a gateway, in a terminal of its own."""
        return self.fence == "sh" and bool(re.search(r"^(\w+=\S+ )*postern run\b", self.text, re.M))


def pages() -> list[Path]:
    docs = ROOT / "docs"
    named = [docs / f"{name}.md" for name in ("start", "operations", "troubleshooting")]
    return [*named, *sorted((docs / "recipes").glob("*.md"))]


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text()
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(page, line, match[1].strip(), match[2])
