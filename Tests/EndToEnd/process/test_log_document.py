"""docs/log.md has each event that the sources write, with its level and its fields."""

import re
from functools import cache

import pytest

from repository import ROOT

ROW = re.compile(r"^\| `(\w+)` \|([^|]*)\|([^|]*)\|([^|]+)\|$", re.MULTILINE)
# `log.write(LEVEL, "event") {`: the level may be an expression, on several lines.
WRITE = re.compile(r'\b(?:write|debug)\(\s*([^"{};]*?),?\s*"([a-z]+(?:_[a-z]+)*)"', re.DOTALL)
FIELD = re.compile(r'\b(?:field|phase)\(\s*"(\w+)"')
LEVEL = re.compile(r"\.(error|warning|info|debug)\b")
# An event that is chosen by a switch.
CHOSEN = re.compile(r'^    case [.\w, ]+: "(context_\w+)"$', re.MULTILINE)


@cache
def documented() -> dict[str, tuple[str, str]]:
    rows = ROW.findall((ROOT / "docs/log.md").read_text())
    events = [event for event, *_ in rows]
    assert len(events) == len(set(events)), "an event has two rows"
    return {event: (level, fields) for event, level, fields, _ in rows}


@cache
def sources() -> list[str]:
    """The texts of the files that write lines."""
    texts = [file.read_text() for file in sorted((ROOT / "Sources").rglob("*.swift"))]
    return [
        text for text in texts if "LogLine" in text or ".write(." in text or "log.write(" in text
    ]


@cache
def written() -> dict[str, set[str]]:
    """Each event with the levels in its call."""
    events: dict[str, set[str]] = {}
    for text in sources():
        for call, event in WRITE.findall(text):
            levels = set(LEVEL.findall(call))
            if levels or call.strip() == "":
                events.setdefault(event, set()).update(levels or {"debug"})
        for event in CHOSEN.findall(text):
            events.setdefault(event, set())
    return events


def test_the_sources_are_understood():
    assert {"exchange", "attempt_started", "context_created", "log_lines_dropped"} <= set(written())


def test_the_document_has_all_events_and_no_others():
    assert set(documented()) == set(written())


@cache
def promised() -> dict[str, tuple[str, set[str]]]:
    """Tests/Reference/log-events: each event with its level and fields, which programs rely on."""
    lines = (ROOT / "Tests/Reference/log-events").read_text().splitlines()
    words = [line.split() for line in lines if not line.startswith("#")]
    return {event: (level, set(fields)) for event, level, *fields in words}


def test_what_programs_rely_on_stays():
    """An event that is renamed, or loses a field, is for a version that says so."""
    for event, (level, fields) in promised().items():
        assert event in documented(), f"{event} is gone"
        told, names = documented()[event]
        assert "/".join(re.findall("error|warning|info|debug", told)) == level, event
        assert fields <= set(re.findall(r"`(\w+)`", names)), event


def test_new_events_are_promised():
    missing = set(documented()) - set(promised())
    assert not missing, f"add a line to Tests/Reference/log-events for {missing}"


def test_exit_statuses_stay():
    source = (ROOT / "Sources/Postern/ExitStatus.swift").read_text()
    statuses = dict(re.findall(r"case (\w+) = (\d+)", source))
    assert statuses == {"success": "0", "failure": "1", "usage": "2"}
    table = re.findall(r"^\| (\d) \| ", (ROOT / "docs/log.md").read_text(), re.MULTILINE)
    assert table == sorted(statuses.values())


@pytest.mark.parametrize("event", sorted(written()))
def test_the_document_tells_the_level(event):
    told = documented()[event][0]
    for level in written()[event]:
        assert level in told
    assert re.search("error|warning|info|debug", told)


def test_the_document_has_all_fields():
    names = {name for text in sources() for name in FIELD.findall(text)}
    told = {name for _, fields in documented().values() for name in re.findall(r"`(\w+)`", fields)}
    # `listening` names its field by what listens.
    assert told == names | {"address", "control"}
