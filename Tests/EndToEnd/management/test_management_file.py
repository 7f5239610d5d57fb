"""What changes do to the configuration file, and what prevents them."""

import difflib
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest

from managed import PLAIN

# The files: name -> text. Each has a bot a, and an integration gpt of it, of type echo.
FILES = {
    "plain": PLAIN,
    "crlf": PLAIN.replace("\n", "\r\n"),
    "byte order mark": "\ufeff" + PLAIN,
    "byte order mark and crlf": "\ufeff" + PLAIN.replace("\n", "\r\n"),
    "no final newline": PLAIN.rstrip("\n"),
    "crlf, no final newline": PLAIN.replace("\n", "\r\n").rstrip("\r\n"),
    "mixed ends": PLAIN.replace("\n", "\r\n", 3),
    "odd spacing": "  [server]  \n\tlisten=LISTEN\t\n\n\n [ bot a ]\n\n"
    "   window    =     5   \n  \n[integration gpt]\n bot=a\n type   =echo   \n\n\n".replace(
        "[ bot a ]", "[bot a]"
    ),
    "comments": "# mine ; really\n; and yours\n[server]\n# where\nlisten = LISTEN\n\n"
    "# the bot\n[bot a]\n# how many\nwindow = 5\n# no window = 6\n\n;[bot b]\n;window = 7\n\n"
    "# the integration\n[integration gpt]\nbot = a\ntype = echo\n# the end, no newline",
    "references": "[server]\nlisten = LISTEN\n[bot a]\nwindow = ${WINDOW}\nname = ${NAME}\n"
    "system = costs $${5}, ${NAME}\n[integration gpt]\nbot = ${A}\ntype = echo\n"
    'header.Authorization = Bearer ${KEY}\nparam.key = "${KEY}"\n',
    "quotes": '[server]\nlisten = "LISTEN"\n[bot a]\nwindow = "5"\nname = "a \\" b"\n'
    'system = "one\\ntwo"\n[integration gpt]\nbot = "a"\ntype = "echo"\n',
    "another order": "[integration gpt]\ntype = ECHO\nbot = a\n\n[log]\nlevel = debug\n\n[bot a]\n"
    "window = 5\n\n[limits]\n\n[server]\nlisten = LISTEN\n",
}
ENVIRONMENT = {"WINDOW": "5", "NAME": "Ann", "A": "a", "KEY": "key-0123456789"}


@pytest.fixture
def served(managed):
    return managed(PLAIN)


def lines(raw: bytes) -> list[bytes]:
    return raw.splitlines(keepends=True)


def changed_lines(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    """The lines that are gone and the lines that are new, without their line ends."""
    old, new = ([line.rstrip(b"\r\n") for line in lines(raw)] for raw in (before, after))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    gone = [line for _, first, last, _, _ in changes for line in old[first:last]]
    return gone, [line for _, _, _, first, last in changes for line in new[first:last]]


@pytest.mark.parametrize("name", FILES)
def test_only_the_lines_meant_are_touched(managed, name):
    served = managed(FILES[name], **ENVIRONMENT)
    before = served.original
    everything = served.everything()

    # Changes a value and changes it back: nothing else moves.
    if name != "references":
        assert served.patch("/v1/bots/a", {"window": 7}).status == 200
        gone, new = changed_lines(before, served.file.read_bytes())
        assert (len(gone), len(new)) == (1, 1)
        assert new[0] == gone[0].replace(b"5", b"7")
        assert served.patch("/v1/bots/a", {"window": 5}).status == 200
        assert served.file.read_bytes() == before

    # Adds a line and removes it.
    assert served.patch("/v1/integrations/gpt", {"weight": 42}).status == 200
    gone, new = changed_lines(before, served.file.read_bytes())
    assert gone == [] and re.fullmatch(rb"\s*weight\s*=\s*42", new[0]) and len(new) == 1
    assert served.data("/v1/integrations/gpt")["weight"] == 42
    assert served.patch("/v1/integrations/gpt", {"weight": None}).status == 200
    assert served.file.read_bytes() == before

    # Writes what is there already, however it is spelt.
    for target in ["/v1/bots/a", "/v1/integrations/gpt"]:
        assert served.patch(target, served.data(target)).status == 200
        assert served.file.read_bytes() == before

    # Adds sections and removes them.
    assert served.post("/v1/bots", {"id": "zoe", "name": "Zoé"}).status == 201
    document = {"id": "new", "type": "echo", "headers": {"X": "a # b"}}
    assert served.post("/v1/bots/zoe/integrations", document).status == 201
    gone, _ = changed_lines(before, served.file.read_bytes())
    assert gone == []
    ends = {line[len(line.rstrip(b"\r\n")) :] for line in lines(served.file.read_bytes())}
    assert ends <= {line[len(line.rstrip(b"\r\n")) :] for line in lines(before)} | {b"", b"\n"}
    assert served.delete("/v1/bots/zoe").status == 204
    assert served.file.read_bytes() == before
    assert served.everything() == everything


def test_after_each_answer_the_file_is_the_running_configuration(managed, binary, generator):
    served = managed(PLAIN)
    for number in range(30):
        action = generator.randrange(4)
        if action == 0:
            served.post("/v1/bots", {"name": f"bot {number % 5}", "window": number + 1})
        elif action == 1:
            served.post("/v1/bots/a/integrations", {"name": f"i{number % 7}", "type": "echo"})
        elif action == 2:
            one = generator.choice(served.data("/v1/bots"))
            served.patch(f"/v1/bots/{one['id']}", {"system": f"number\n{number}"})
        elif integrations := served.data("/v1/bots/a/integrations"):
            one = generator.choice(integrations)
            served.delete(f"/v1/integrations/{one['id']}")
        done = subprocess.run(
            [binary, "check", "-c", served.file, "--print"],
            capture_output=True,
            text=True,
            check=True,
        )
        wanted = set(re.findall(r"^\[bot (\S+)\]", done.stdout, re.MULTILINE))
        everything = served.everything()
        assert set(everything) == wanted
        integrations = {one["id"] for _, all_ in everything.values() for one in all_}
        assert integrations == set(re.findall(r"^\[integration (\S+)\]", done.stdout, re.MULTILINE))


# An administrator at the same time


def in_place(path: Path, text: str) -> None:
    path.write_text(text)


def by_rename(path: Path, text: str) -> None:
    path.with_name("new").write_text(text)
    path.with_name("new").rename(path)


def moved_away(path: Path, text: str) -> None:
    path.rename(path.with_name("old"))
    path.write_text(text)
    path.with_name("old").unlink()


@pytest.mark.parametrize("save", [in_place, by_rename, moved_away], ids=lambda save: save.__name__)
def test_two_saves_at_once_lose_nothing(served, save):
    """The administrator writes a number into a comment, the API a weight. Each must find the
    other's number in the file that it changes, or be refused."""
    saved = 0
    stop = threading.Event()
    failures: list[BaseException] = []

    def administrate():
        nonlocal saved
        while not stop.is_set():
            text = served.text
            assert not saved or f"# {saved}\n" in text, f"save {saved} is lost: {text}"
            # An editor would warn about a file that has changed since it was read.
            if served.text == text:
                save(served.file, re.sub(r"^(# \d+\n)?", f"# {saved + 1}\n", text))
                saved += 1
            time.sleep(0.01)

    def guarded():
        try:
            administrate()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=guarded, daemon=True)
    thread.start()
    outcomes = []
    try:
        for weight in range(2, 42):
            response = served.patch("/v1/integrations/gpt", {"weight": weight})
            outcomes.append(response.status)
            if response.status == 200:
                assert response.json["data"]["weight"] == weight
            else:
                assert response.status in (409, 503), response.body
                assert response.error["code"] in (
                    "configuration_busy",
                    "configuration_invalid",
                    "configuration_not_writable",
                )
    finally:
        stop.set()
        thread.join()
    assert not failures, failures
    assert outcomes.count(200) > 20
    assert served.patch("/v1/integrations/gpt", {"weight": 77}).status == 200
    assert served.text.startswith(f"# {saved}\n") and "weight = 77" in served.text
    assert {path.name for path in served.file.parent.iterdir()} == {"postern.conf", "postern.log"}


def test_what_is_saved_but_not_yet_reloaded_stays(served):
    text = served.text.replace("window = 5", "# mine\nwindow = 9") + "[bot later]\n"
    served.file.write_text(text)
    response = served.patch("/v1/bots/a", {"sticky": True})
    assert response.json["data"]["window"] == 9
    assert served.text == text.replace("window = 9", "window = 9\nsticky = yes")
    assert served.data("/v1/bots/later")["id"] == "later"


def test_a_file_that_an_editor_has_open_is_in_force_all_the_same(served):
    """An answer tells what was saved, whatever happens to the file after that."""
    stop = threading.Event()

    def hold_open():
        while not stop.is_set():
            with served.file.open("r+"):
                time.sleep(0.004)
            time.sleep(0.012)

    thread = threading.Thread(target=hold_open, daemon=True)
    thread.start()
    try:
        for number in range(20):
            response = served.post("/v1/bots", {"id": f"b{number}"})
            if response.status == 503:
                assert response.error["code"] == "configuration_busy"
                continue
            assert response.status == 201, response.body
            assert served.get(f"/v1/bots/b{number}").status == 200
    finally:
        stop.set()
        thread.join()


def test_changes_made_at_once_are_all_made(served):
    def change(number):
        statuses.append(served.post("/v1/bots", {"name": "bot"}).status)

    statuses: list[int] = []
    threads = [threading.Thread(target=change, args=(number,), daemon=True) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [201] * 12
    ids = {bot["id"] for bot in served.data("/v1/bots")}
    assert ids == {"a", "bot"} | {f"bot-{number}" for number in range(2, 13)}
