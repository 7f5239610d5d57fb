"""`postern conversations`: what the running gateway keeps, listed, shown and deleted."""

import subprocess

import pytest


@pytest.fixture
def served(gateway, tmp_path):
    """A gateway whose bot `a` has conversations of two users, and `b` has one."""
    running = gateway(
        {
            "server": {"control": tmp_path / "c.sock"},
            # Names of models that are not bots.
            "bot a": {"aliases": "gpt-4o, gpt-*, team/a"},
            "bot b": {},
        }
    )
    for bot, conversation, user in [
        ("a", "one", "ann"),
        ("a", "two/2", "ann"),
        ("a", "three", "bob"),
        ("b", "four", "ann"),
    ]:
        answer = running.client().message(
            f"by {user}", bot=bot, conversation_id=conversation, user={"id": user}
        )
        assert answer.status == 200
    return running


@pytest.fixture
def conversations(served, postern, tmp_path):
    file = tmp_path / "postern-0.conf"
    return lambda *words: postern("conversations", *words, "-c", file)


def listed(done):
    assert done.returncode == 0, done.stderr
    return {line.split()[-1] for line in done.stdout.splitlines()}


def test_all_are_listed_with_their_bots(conversations):
    assert listed(conversations()) == listed(conversations("list"))
    assert listed(conversations()) == {"one", "two/2", "three", "four"}
    for line in conversations().stdout.splitlines():
        date, clock, count, messages, bot, _ = line.split()
        assert (len(date), len(clock), count, messages) == (10, 8, "2", "messages")
        assert bot in ("a", "b")
    assert listed(conversations("-b", "b")) == {"four"}
    assert listed(conversations("--user", "bob")) == {"three"}


def test_long_lists_are_listed_whole(served, conversations):
    client = served.client()
    for number in range(130):
        assert client.message("x", bot="b", conversation_id=f"n{number}").status == 200
    assert len(listed(conversations("-b", "b"))) == 131


def test_one_is_shown(conversations):
    done = conversations("show", "two/2", "-b", "a")
    lines = done.stdout.splitlines()
    assert [lines[0].split()[-1], lines[1]] == ["user", "by ann"]
    assert [lines[3].split()[-1], lines[4]] == ["assistant", "by ann"]
    done = conversations("show", "none", "-b", "a")
    assert done.returncode == 1 and "no such conversation" in done.stderr
    assert "choose one with -b" in conversations("show", "one").stderr


def test_one_is_deleted(conversations):
    assert conversations("delete", "two/2", "-b", "a").stdout == "deleted 1 conversation\n"
    assert listed(conversations()) == {"one", "three", "four"}
    assert conversations("delete", "two/2", "-b", "a").returncode == 1


def test_those_of_a_user_are_deleted(conversations):
    assert conversations("delete", "--user", "ann", "-b", "a").stdout == "deleted 2 conversations\n"
    assert listed(conversations()) == {"three", "four"}
    assert conversations("delete", "--user", "ann").stdout == "deleted 1 conversation\n"
    assert conversations("delete", "--user", "ann").stdout == "deleted 0 conversations\n"


def test_those_of_a_bot_are_deleted(conversations):
    assert conversations("delete", "--bot", "a").stdout == "deleted 3 conversations\n"
    assert listed(conversations()) == {"four"}


@pytest.mark.parametrize(
    "words",
    [
        ["delete"],
        ["delete", "-b", "a"],
        ["show"],
        ["show", "--user", "ann"],
        ["list", "x"],
        ["drop", "x"],
        ["delete", "x", "--user", "ann"],
        ["delete", "--user"],
        ["show", "a", "b"],
    ],
)
def test_what_is_not_meant_deletes_nothing(conversations, words):
    assert conversations(*words).returncode == 2
    assert len(listed(conversations())) == 4


def test_a_closed_output_ends_the_list(served, binary, tmp_path):
    command = f"{binary} conversations -c {tmp_path}/postern-0.conf | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")
