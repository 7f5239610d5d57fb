"""What values mean once they apply."""

import pytest

import replies
from configuration import integration

# What the file says, and the system message that the backend gets.
VALUES = {
    "plain": ("Be terse.", "Be terse."),
    "comment signs inside": ("a # b ; c", "a # b ; c"),
    "equals signs inside": ("a = b = c", "a = b = c"),
    "blanks around": (" \t trimmed \t ", "trimmed"),
    "quoted blanks": ('"  kept  "', "  kept  "),
    "escapes": (r'"a\"b\\c\nd\te"', 'a"b\\c\nd\te'),
    "quotes inside": ('say "yes" now', 'say "yes" now'),
    "backslashes unquoted": (r"a\nb", r"a\nb"),
    "UTF-8": ("Grüße, 世界 🌍", "Grüße, 世界 🌍"),
    "variable": ("<${SETTING}>", "<from the environment>"),
    "variable twice": ("${SETTING}${SETTING}", "from the environment" * 2),
    "variable quoted": ('"  ${SETTING}"', "  from the environment"),
    "expansion is not expanded again": ("${NESTED}", "${SETTING}"),
    "literal expansion": ("$${SETTING}", "${SETTING}"),
    "dollar alone": ("costs $5, $ $$", "costs $5, $ $$"),
    "file": ("${file:FOLDER/setting}", "from a file\nof two lines"),
    "credential": ("${credential:token}", "from a credential"),
}


@pytest.mark.parametrize(("written", "meant"), VALUES.values(), ids=VALUES.keys())
def test_values_mean_what_the_grammar_says(gateway, backend, tmp_path, written, meant):
    (tmp_path / "setting").write_text("from a file\nof two lines\n")
    (tmp_path / "token").write_text("from a credential\n")
    server = backend(replies.custom())
    running = gateway(
        {
            "bot support": {"system": written.replace("FOLDER", str(tmp_path))},
            "integration gpt": integration(server.url),
        },
        environment={
            "SETTING": "from the environment",
            "NESTED": "${SETTING}",
            "CREDENTIALS_DIRECTORY": str(tmp_path),
        },
    )
    assert running.client().message("Hello", bot="support").status == 200
    assert server.requests[0].messages == [("system", meant), ("user", "Hello")]


def test_the_system_message_may_come_from_a_file(gateway, backend, tmp_path):
    file = tmp_path / "system.txt"
    file.write_text("You are terse.\nVery.\n")
    server = backend(replies.custom())
    running = gateway(
        {
            "bot support": {"system_file": file},
            "integration gpt": integration(server.url),
        }
    )
    assert running.client().message(bot="support").status == 200
    role, content = server.requests[0].messages[0]
    assert (role, content.rstrip("\n")) == ("system", "You are terse.\nVery.")
