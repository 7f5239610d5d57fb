"""Deleting what one user, or all users, have said to a bot."""

import threading
import time
from urllib.parse import quote

import pytest

import replies
from backends import hold
from client import Client
from managed import KEYS, KEYS_AND_BOTS, refusal

TEXT = """[server]
listen = LISTEN
[context]
memory = 256K
file = RING
[bot a]
[bot b]
"""
OPENAI = "/v1/chat/completions"
ANTHROPIC = "/v1/messages"


@pytest.fixture
def served(managed, tmp_path):
    return managed(TEXT.replace("RING", str(tmp_path / "context.ring")))


def say(served, conversation, *contents, bot="a", user=None):
    rest = {} if user is None else {"user": {"id": user}}
    for content in contents:
        response = served.client.message(content, bot=bot, conversation_id=conversation, **rest)
        assert response.status == 200


def chat(served, path, conversation, bot="a", **rest):
    document = {"model": bot, "messages": [{"role": "user", "content": "Hi"}], **rest}
    if path == ANTHROPIC:
        document["max_tokens"] = 9
    return served.client.post(path, document, {"X-Conversation-Id": conversation})


def listed(served, user=None, bot="a", query=""):
    user = "" if user is None else f"user={quote(user, safe='')}&"
    page = served.get(f"/v1/bots/{bot}/conversations?{user}{query}").json
    return [one["id"] for one in page["data"]], page["meta"]["total"]


def forget(served, user=None, bot="a"):
    query = "" if user is None else f"?user={quote(user, safe='')}"
    response = served.delete(f"/v1/bots/{bot}/conversations{query}")
    assert set(response.data) == {"deleted"}
    return response.data["deleted"]


def test_the_conversations_of_a_user(served):
    say(served, "one", "x", user="ann")
    say(served, "two", "x", user="bob")
    say(served, "two", "x")
    say(served, "three", "x")
    say(served, "four", "x", user="ann")
    say(served, "four", "x", user="bob")
    say(served, "one", "x", bot="b", user="ann")
    assert listed(served, "ann") == (["four", "one"], 2)
    assert listed(served, "bob") == (["four", "two"], 2)
    assert listed(served, "an") == listed(served, "anna") == ([], 0)
    assert listed(served) == (["four", "three", "two", "one"], 4)
    assert listed(served, "ann", query="per_page=1&page=2") == (["one"], 2)
    assert forget(served, "ann") == 2
    assert forget(served, "ann") == 0
    assert listed(served) == (["three", "two"], 2)
    assert listed(served, "ann", bot="b") == (["one"], 1)
    assert forget(served) == 2
    assert listed(served) == ([], 0)
    assert listed(served, bot="b") == (["one"], 1)


def test_a_message_names_its_user(served):
    say(served, "one", "x", user="ann")
    say(served, "one", "y")
    messages = served.data("/v1/conversations/one/messages?bot=a")
    shown = [(one["role"], one.get("user"), one.get("integration")) for one in messages]
    assert shown == [
        ("user", {"id": "ann"}, None),
        ("assistant", None, "echo"),
        ("user", None, None),
        ("assistant", None, "echo"),
    ]


@pytest.mark.parametrize(
    ("path", "rest"),
    [
        (OPENAI, {"user": "the user"}),
        (OPENAI, {"safety_identifier": "the user"}),
        (OPENAI, {"user": None, "safety_identifier": "the user"}),
        (OPENAI, {"user": "the user", "safety_identifier": "another"}),
        (ANTHROPIC, {"metadata": {"user_id": "the user"}}),
    ],
)
def test_each_interface_names_the_user_in_its_own_way(served, path, rest):
    assert chat(served, path, "kept", **rest).status == 200
    assert chat(served, path, "other").status == 200
    assert listed(served, "the user") == (["kept"], 1)
    assert forget(served, "the user") == 1
    assert listed(served) == (["other"], 1)


@pytest.mark.parametrize("rest", [{"user": 7}, {"user": ""}, {"user": {"id": "x"}}, {}])
def test_what_is_not_an_id_is_no_user(served, rest):
    assert chat(served, OPENAI, "kept", **rest).status == 200
    messages = served.data("/v1/conversations/kept/messages?bot=a")
    assert "user" not in messages[0]


@pytest.mark.parametrize(
    "user",
    [
        "a b",
        "a&b=c",
        "a%20b",
        "a+b",
        "Jürgen 🙂",
        'quote"back\\slash',
        "\x00",
        "tab\tand\nline",
        "../../etc",
        '{"device_id":"1","session_id":"2"}',
        "x" * 256,
        "x" * 1024,
        "ü" * 512,
    ],
)
def test_any_id_is_a_user(served, user):
    for path, rest in [(OPENAI, {"user": user}), (ANTHROPIC, {"metadata": {"user_id": user}})]:
        assert chat(served, path, "kept", **rest).status == 200
        messages = served.data("/v1/conversations/kept/messages?bot=a")
        assert messages[0]["user"] == {"id": user}
        assert forget(served, user + "x") == forget(served, user[:-1] or "y") == 0
        assert listed(served, user) == (["kept"], 1)
        assert forget(served, user) == 1
        assert listed(served) == ([], 0)


def test_an_id_that_is_too_long_is_refused_where_it_is_kept(served):
    for user in ["x" * 1025, "ü" * 513]:
        response = chat(served, OPENAI, "kept", user=user)
        assert refusal(response) == (400, "invalid_parameter", "user")
        response = chat(served, ANTHROPIC, "kept", metadata={"user_id": user})
        assert response.status == 400
        assert listed(served) == ([], 0)
        document = {"model": "a", "messages": [{"role": "user", "content": "Hi"}], "user": user}
        assert served.post(OPENAI, document).status == 200
        assert listed(served, user) == ([], 0)
    assert refusal(served.client.message("x", bot="a", user={"id": "x" * 129}))[0] == 400


@pytest.mark.parametrize(
    "query", ["user=", "user", "User=ann", "user_id=ann", "user=ann&user=bob", "user=ann&page=2"]
)
def test_a_slip_deletes_nothing(served, query):
    say(served, "one", "x", user="ann")
    response = served.delete(f"/v1/bots/a/conversations?{query}")
    assert refusal(response) == (400, "invalid_parameter", "user")
    assert listed(served, "ann") == (["one"], 1)


def test_nothing_is_left_in_the_file(served, tmp_path):
    say(served, "conversation-of-ann", *["secret " * 500] * 3, user="the-id-of-ann")
    say(served, "kept", "kept " * 500)
    contents = (tmp_path / "context.ring").read_bytes()
    assert b"secret" in contents and b"the-id-of-ann" in contents
    assert forget(served, "the-id-of-ann") == 1
    contents = (tmp_path / "context.ring").read_bytes()
    for trace in [b"secret", b"the-id-of-ann", b"conversation-of-ann"]:
        assert trace not in contents
    assert b"kept " * 500 in contents
    assert forget(served) == 1
    assert b"kept" not in (tmp_path / "context.ring").read_bytes()


def test_deleting_a_bot_deletes_its_conversations(served, tmp_path):
    say(served, "one", "secret", user="ann")
    say(served, "one", "kept", bot="b")
    assert served.delete("/v1/bots/a").status == 204
    assert b"secret" not in (tmp_path / "context.ring").read_bytes()
    assert refusal(served.get("/v1/bots/a/conversations"))[:2] == (404, "bot_not_found")
    assert served.post("/v1/bots", {"id": "a"}).status == 201
    assert listed(served) == ([], 0)
    assert listed(served, bot="b") == (["one"], 1)
    # A refused deletion deletes nothing.
    say(served, "two", "x")
    assert served.delete("/v1/bots/a", If_Match='"other"').status == 412
    assert listed(served) == (["two"], 1)


def test_a_message_outlived_by_its_bot_is_not_kept(managed, backend, tmp_path):
    released = threading.Event()
    server = backend(lambda _: [hold(released), *replies.custom("Hi")])
    text = TEXT.replace("RING", str(tmp_path / "context.ring"))
    text += f"[integration gpt]\nbot = a\ntype = custom\nwebhook_url = {server.url}\n"
    served = managed(text)
    answers = []
    asking = threading.Thread(
        target=lambda: answers.append(
            served.client.message("secret", bot="a", conversation_id="c", user={"id": "ann"})
        ),
        daemon=True,
    )
    asking.start()
    server.await_requests()
    assert served.delete("/v1/bots/a").status == 204
    released.set()
    asking.join()
    assert answers[0].data["content"] == "Hi"
    assert 'reason="the bot was deleted meanwhile"' in served.running.await_log("turn_not_kept")
    assert b"secret" not in (tmp_path / "context.ring").read_bytes()
    assert served.get("/v1/bots/a/conversations").status == 404


def without_a(served):
    """Deletes the section of bot a from the file, as an administrator does."""
    served.file.write_text(served.text.replace("[bot a]\n", ""))
    deadline = time.monotonic() + 5
    while served.get("/v1/bots/a").status != 404:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_bot_that_is_gone(served):
    say(served, "one", "x", "y", user="ann")
    say(served, "two", "x", user="bob")
    say(served, "three", "x")
    without_a(served)
    assert refusal(served.get("/v1/bots/a"))[:2] == (404, "bot_not_found")
    assert listed(served, "ann") == (["one"], 1)
    assert listed(served)[1] == 3
    assert served.data("/v1/conversations/one?bot=a")["messages"] == 4
    assert len(served.data("/v1/conversations/one/messages?bot=a")) == 4
    assert refusal(served.get("/v1/conversations/none?bot=a"))[:2] == (
        404,
        "conversation_not_found",
    )
    assert served.delete("/v1/conversations/one?bot=a").status == 204
    assert forget(served, "dave") == 0
    assert forget(served, "bob") == 1
    assert forget(served) == 1
    for response in [
        served.get("/v1/bots/a/conversations"),
        served.delete("/v1/bots/a/conversations"),
        served.get("/v1/conversations/one?bot=a"),
        served.delete("/v1/conversations/one?bot=a"),
    ]:
        assert refusal(response)[:2] == (404, "bot_not_found")


def test_deletions_are_logged_with_the_key(managed):
    served = managed(KEYS_AND_BOTS)
    served.client.key = KEYS["admin"]
    for conversation, user in [("one", "ann"), ("two", "ann"), ("three", "ann"), ("four", None)]:
        say(served, conversation, "x", user=user)
    assert served.delete("/v1/conversations/one?bot=a").status == 204
    assert served.delete("/v1/conversations/none?bot=a").status == 404
    assert forget(served, "ann") == 2
    assert forget(served) == 1
    served.running.await_log(" of=bot ")
    lines = [line for line in served.running.log.splitlines() if " conversations_deleted " in line]
    assert len(lines) == 3
    for line, told in zip(
        lines, ("conversation=one deleted=1", "of=user deleted=2", "of=bot deleted=1"), strict=True
    ):
        assert (
            f" conversations_deleted key=admin peer=127.0.0.1 bot=a {told} request_id=req_" in line
        )
    # What was to be forgotten is not in a log either.
    assert "user=ann" not in served.running.log


def test_which_keys_may_forget(managed):
    served = managed(KEYS_AND_BOTS)

    def by(key):
        return Client(served.client.address, KEYS[key])

    everywhere = Client(served.client.address, KEYS["chat"])
    for bot in ["a", "b"]:
        said = everywhere.message("x", bot=bot, conversation_id="c", user={"id": "ann"})
        assert said.status == 200
    target = "/v1/bots/{}/conversations?user=ann"
    for key, bot, status in [
        ("chat", "a", 403),
        ("read", "a", 403),
        ("a", "b", 403),
        ("write", "a", 200),
        ("a", "a", 200),
        ("admin", "b", 200),
        ("admin", "c", 404),
        ("a", "c", 403),
    ]:
        response = by(key).request("DELETE", target.format(bot))
        assert response.status == status, (key, bot)
    assert Client(served.client.address).request("DELETE", target.format("a")).status == 401
    # Of a bot that is gone, only for keys that reach all bots.
    assert everywhere.message("x", bot="b", conversation_id="c", user={"id": "ann"}).status == 200
    text = served.text.replace("[bot b]\n", "").replace(
        "[integration ib]\nbot = b\n", "[integration ic]\nbot = a\n"
    )
    served.file.write_text(text)
    deadline = time.monotonic() + 5
    while by("admin").get("/v1/bots/b").status != 404:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert by("a").request("DELETE", target.format("b")).status == 403
    assert by("a").get("/v1/conversations/c?bot=b").status == 403
    assert by("read").get(target.format("b")).json["meta"]["total"] == 1
    assert by("write").request("DELETE", target.format("b")).data == {"deleted": 1}


def test_deletions_at_once_are_made_one_after_another(served):
    for number in range(40):
        say(served, f"c{number}", "x" * 500, user=f"u{number % 4}")
    results = {}

    def work(name, user):
        results[name] = forget(served, user)

    threads = [threading.Thread(target=work, args=(n, f"u{n}"), daemon=True) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == dict.fromkeys(range(4), 10)
    assert listed(served) == ([], 0)


@pytest.mark.parametrize(
    "target",
    [
        "/v1/conversations/c?bot=a",
        "/v1/bots/a/conversations?user=ann",
        "/v1/bots/a/conversations",
    ],
)
def test_a_repeated_request_is_not_answered_from_what_was_deleted(served, target):
    def send(conversation, user, bot="a"):
        document = {"content": "Hi", "conversation_id": conversation, "user": {"id": user}}
        fields = {"Idempotency-Key": conversation}
        return served.client.post(f"/v1/bots/{bot}/messages", document, fields).data["id"]

    first = send("c", "ann")
    other = send("d", "bob")
    elsewhere = send("c", "ann", bot="b")
    assert send("c", "ann") == first
    assert served.delete(target).status in (200, 204)
    assert send("c", "ann") != first
    assert (send("d", "bob") == other) == ("?" in target)
    assert send("c", "ann", bot="b") == elsewhere
