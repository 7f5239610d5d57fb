"""Rules that the sources keep and that no compiler checks."""

import json
import re
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from repository import ROOT

LONGEST_FILE = 400
IMPORT = re.compile(r"^ *(?:@\w+ +)*(?:[a-z]+ +)?import +(?:[a-z]+ +)?(\w+)", re.MULTILINE)


@cache
def targets() -> dict[str, dict]:
    """Name -> the description of the target in Package.swift."""
    dump = subprocess.run(
        ["swift", "package", "--package-path", ROOT, "dump-package"],
        check=True,
        capture_output=True,
        text=True,
    )
    return {target["name"]: target for target in json.loads(dump.stdout)["targets"]}


def dependencies(name: str) -> set[str]:
    return {
        (dependency.get("byName") or dependency["target"])[0]
        for dependency in targets()[name]["dependencies"]
    }


def sources(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.swift"))


def imports(room: str) -> set[str]:
    """What a room imports from this package."""
    texts = [file.read_text() for file in sources(f"Sources/{room}")]
    return {name for text in texts for name in IMPORT.findall(text)} & set(targets())


def rooms() -> list[str]:
    return sorted(folder.name for folder in (ROOT / "Sources").iterdir())


def c_modules() -> list[str]:
    return sorted(folder.name for folder in (ROOT / "CModules").iterdir())


@pytest.mark.parametrize("module", c_modules())
def test_each_c_module_has_exactly_one_importer(module):
    assert len([room for room in rooms() if module in imports(room)]) == 1


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_what_it_declares(room):
    assert imports(room) <= dependencies(room)


def test_imports_point_down_only():
    """A target depends only on targets that are above it in Package.swift."""
    seen: set[str] = set()
    for name in targets():
        if name in rooms():
            assert dependencies(name) <= seen, name
        seen.add(name)


def test_server_and_client_do_not_know_each_other():
    assert "HTTPClient" not in imports("HTTPServer")
    assert "HTTPServer" not in imports("HTTPClient")


def test_only_the_api_answers_http():
    """Below it, messages and storage know no requests, no responses and no errors of the API."""
    importers = {room for room in rooms() if "HTTPServer" in imports(room)}
    assert importers == {"API", "Postern"}
    assert "HTTPClient" not in imports("Storage")


@pytest.mark.parametrize("room", rooms())
def test_files_are_short(room):
    for file in sources(f"Sources/{room}"):
        assert len(file.read_text().splitlines()) <= LONGEST_FILE, file


@pytest.mark.parametrize("folder", ["Sources", "Tests", "CModules"])
def test_nothing_is_left_to_be_done(folder):
    unfinished = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        file
        for file in (ROOT / folder).rglob("*")
        if file.suffix in (".swift", ".h", ".c") and unfinished.search(file.read_text())
    ]
    assert not found


# What the map names besides files: types of the standard library, a module, flags of system calls.
NOT_FILES = {"ArraySlice", "Gateway", "RENAME_EXCHANGE", "Span", "StaticString", "String"}
NOT_FILES |= {"UnsafeRawBufferPointer"}


def named_in_the_map() -> list[str]:
    """`Room/File`, `File`, `File.member` and the paths of tests, as the map writes them."""
    text = (ROOT / "docs/architecture.md").read_text()
    written = re.findall(r"`((?:[A-Z]\w*/)*[A-Z]\w+(?:\.\w+|/[a-z_/]+\.py)?)`", text)
    return sorted(set(written) - NOT_FILES)


@cache
def places() -> dict[str, list[Path]]:
    """The end of a path, with and without `.swift` -> the files and folders that have it."""
    found: dict[str, list[Path]] = {}
    for path in [ROOT / "Package.swift", *ROOT.glob("[A-Z]*"), *ROOT.glob("[A-Z]*/**/*")]:
        parts = path.relative_to(ROOT).parts
        for start in range(len(parts)):
            end = "/".join(parts[start:])
            for name in {end, end.removesuffix(".swift")}:
                found.setdefault(name, []).append(path)
    return found


@pytest.mark.parametrize("name", named_in_the_map())
def test_the_map_names_what_exists(name):
    if name in places():
        return
    path, _, member = name.partition(".")
    declared = [file.read_text() for file in places().get(path, []) if file.is_file()]
    declaration = re.compile(rf"\b(?:func|var|let|case) {member}\b")
    assert any(declaration.search(text) for text in declared), f"docs/architecture.md names {name}"


# Documents beside the repository, and places of one machine.
OUTSIDE = re.compile(r"\.\./shared|\b[Cc]ontract(?:'s)? \d|(?:^|[\s\"'=(`])(?:/work|/tmp/wt)/")
# The tables of what must not be written have it themselves.
RULES = {
    "scripts/lint-english",
    "Tests/EndToEnd/process/test_lint_english.py",
    "Tests/EndToEnd/process/test_architecture.py",
}
INSIDE = re.compile(
    r"(?<![\w./$}-])(?:Sources|Tests|CModules|docs|packaging|scripts)/[\w.-]+(?:/[\w.-]+)*"
)


@cache
def texts() -> dict[str, str]:
    """Name -> text of every text file in the repository."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = {}
    for name in names.splitlines():
        with suppress(UnicodeDecodeError, FileNotFoundError):
            found[name] = (ROOT / name).read_text()
    return found


def test_nothing_refers_to_what_is_not_in_the_repository():
    found = {name: OUTSIDE.findall(text) for name, text in texts().items() if name not in RULES}
    assert {name: phrases for name, phrases in found.items() if phrases} == {}


def test_paths_that_are_named_exist():
    """In documents, comments and scripts; a path with NAME stands for many."""
    missing = {
        f"{name}: {path}"
        for name, text in texts().items()
        for path in INSIDE.findall(text)
        if "NAME" not in path and not (ROOT / path.rstrip(".-")).exists()
    }
    assert missing == set()


def test_the_glossary_is_in_order():
    text = (ROOT / "docs/architecture.md").read_text()
    words = re.findall(r"^\| \*\*([^*]+)\*\* \|", text, re.MULTILINE)
    assert len(words) > 25
    assert words == sorted(words, key=str.lower)
