"""scripts/lint-english: which phrases it finds, and which it leaves."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader

import pytest

from repository import ROOT

loader = SourceFileLoader("lint_english", str(ROOT / "scripts/lint-english"))
lint = module_from_spec(spec_from_loader("lint_english", loader))
loader.exec_module(lint)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("/// Whoever reads it.\n", ["Whoever"]),
        ("/// It is no stream.\n", ["is no stream"]),
        ("/// There is no stream, and it is no longer open.\n", []),
        ("/// Later ones move back, so there\n/// are no gaps, or `nil` if there is none.\n", []),
        ("/// The new entry goes behind it.\n", ["behind"]),
        ("/// A crash may leave a file behind.\nlet next = behind + 1\n", []),
        ("/// What came\n  /// of it is kept.\n", ["What came of"]),
        ('let message = "the file is not in force"\n', ["in force"]),
        ("for cell in turn.start..<turn.end {}\n", []),
        ("/// It waits, for it may change.\n", [", for it may"]),
        ("/// As long as so much that fits.\n", []),
    ],
)
def test_phrases(text, phrases):
    assert [phrase for _, phrase, _ in lint.findings(text, ".swift")] == phrases


def test_a_finding_has_its_line():
    text = "nobody = 65534\nif nobody is None:\n    pass  # somebody\n"
    assert [line for line, _, _ in lint.findings(text, ".py")] == [3]
