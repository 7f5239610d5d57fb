"""`postern chat`: a bot of the running gateway, from a terminal and in a pipe."""

import subprocess

import pytest

import replies
import stream_replies
from configuration import integration


@pytest.fixture
def served(gateway, tmp_path):
    """A gateway with a control socket; returns it and its file."""

    def start(sections):
        running = gateway({"server": {"control": tmp_path / "c.sock"}, **sections})
        return running, tmp_path / "postern-0.conf"

    return start


ECHO = {"bot support": {}}


def conversations(running):
    return running.client().get("/v1/bots/support/conversations").json["data"]


def test_each_line_of_a_pipe_is_a_message(served, postern):
    running, file = served(ECHO)
    done = postern("chat", "-c", file, stdin="Hello\n\nAnd again  \n/new\r\nä — 🙂\r\nlast")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Hello\nAnd again  \nä — 🙂\nlast\n"
    assert sorted(one["messages"] for one in conversations(running)) == [4, 4]


def test_a_word_that_may_be_a_command_is_not_sent_from_a_pipe(served, postern):
    _, file = served(ECHO)
    done = postern("chat", "-c", file, stdin="/nwe\n /nwe\n/tmp/x\n/me waves\n")
    assert (done.returncode, done.stdout) == (1, "/nwe\n/tmp/x\n/me waves\n")
    assert done.stderr == ("postern: commands: /new, /quit, /help; begin with a blank to send it\n")


def test_a_conversation_is_continued(served, postern):
    running, file = served(ECHO)
    for text in ("one", "two"):
        assert postern("chat", "-c", file, "my/con?v%", stdin=text).stdout == f"{text}\n"
    assert [(one["id"], one["messages"]) for one in conversations(running)] == [("my/con?v%", 4)]


def test_a_pipe_fails_if_one_message_fails(served, postern, backend):
    bad = backend(replies.failure("401 Unauthorized"))
    _, file = served({"bot support": {}, "integration gpt": integration(bad.url)})
    done = postern("chat", "-c", file, stdin="Hello\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("postern: ")
    assert "  gpt auth_failed (401) " in done.stderr and "refuses the key" in done.stderr


def test_a_line_that_is_not_text_is_not_sent(served, postern):
    running, file = served(ECHO)
    done = postern("chat", "-c", file, stdin=b"\xff\xfe\nHello\n")
    assert (done.returncode, done.stdout) == (1, "Hello\n")
    assert "not UTF-8" in done.stderr
    assert len(conversations(running)) == 1


def test_attempts_are_shown_on_demand(served, postern, backend):
    bad = backend(replies.failure("500 Internal Server Error"))
    sections = {
        "bot support": {},
        "integration gpt": integration(bad.url),
        "integration local": {"type": "echo", "fallback": True},
    }
    _, file = served(sections)
    assert postern("chat", "-c", file, stdin="Hi").stderr == ""
    done = postern("chat", "-v", "-c", file, stdin="Hi")
    assert done.stdout == "Hi\n"
    assert [line.split()[:2] for line in done.stderr.splitlines()] == [
        ["gpt", "http_error"],
        ["local", "ok"],
    ]


def test_several_bots_need_a_choice(served, postern):
    _, file = served({"bot support": {}, "bot shop": {}})
    done = postern("chat", "-c", file, stdin="Hi")
    assert done.returncode == 1
    assert "choose one with -b: support, shop" in done.stderr
    assert postern("chat", "-b", "shop", "-c", file, stdin="Hi").stdout == "Hi\n"
    done = postern("chat", "-b", "none", "-c", file, stdin="Hi")
    assert done.returncode == 1
    assert "no bot with this id, none: choose one with -b: support, shop" in done.stderr


def test_aliases_are_not_bots(served, postern):
    _, file = served({"bot support": {"aliases": "gpt-4o, gpt-4o/mini"}})
    assert postern("chat", "-c", file, stdin="Hi").stdout == "Hi\n"
    done = postern("chat", "-b", "gpt-4o", "-c", file, stdin="Hi")
    assert done.returncode == 1
    assert "choose one with -b: support\n" in done.stderr


def test_a_key_of_scope_chat_is_enough(gateway, postern):
    secret = "a-key-0123456789abc"
    running = gateway({"key a": {"secret": secret, "scopes": "chat"}})
    words = ["chat", "-u", f"http://{running.addresses[0]}"]
    assert postern(*words, stdin="Hi", environment={"POSTERN_KEY": secret}).stdout == "Hi\n"
    assert postern(*words, stdin="Hi").returncode == 1


def test_a_reply_cannot_command_the_terminal(served, postern, backend):
    text = "a\x1b]0;title\x07b\x9b2Jc\x7f\u202ed\te\nf"
    good = backend(replies.custom(text))
    _, file = served({"bot support": {}, "integration gpt": integration(good.url)})
    done = postern("chat", "-c", file, stdin="Hi")
    assert done.stdout == "a?]0;title?b?2Jc??d e\nf\n"


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (200, 60)])
def test_a_terminal(served, terminal, columns, rows):
    running, file = served(ECHO)
    for text in ("first", "second"):
        running.client().message(text, bot="support", conversation_id="c")
    command = terminal("chat", "-c", file, "c", columns=columns, rows=rows)
    command.await_text(">")
    command.type("How are you?", "Enter")
    command.await_text("\nHow are you?\n>")
    command.type("/help", "Enter")
    command.await_text("/new begins")
    command.type("/new", "Enter")
    command.await_text("a new conversation")
    command.type("x", "Enter")
    command.await_text("\nx\n>")
    command.type("/quit", "Enter")
    screen = command.await_text("[status 0]")
    help = (
        "/new begins another conversation, /quit ends, Ctrl-C stops a reply; a line that begins "
        "with / is sent after a blank"
    )
    help = "\n".join(
        help[start : start + columns].rstrip() for start in range(0, len(help), columns)
    )
    assert (
        screen
        == f"""\
bot support; /help lists the commands, Ctrl-D quits
> first
first
> second
second
> How are you?
How are you?
> /help
{help}
> /new
a new conversation begins with the next message
> x
x
> /quit
[status 0]"""
    )
    assert sorted(one["messages"] for one in conversations(running)) == [2, 6]


def test_a_reply_streams_and_ctrl_c_stops_it(served, terminal, backend):
    slow = backend(stream_replies.stream("openai", ["Once ", "upon ", *["a "] * 200], interval=0.1))
    sections = {"bot support": {}, "integration gpt": integration(slow.url, "openai")}
    running, file = served(sections)
    command = terminal("chat", "-c", file)
    command.await_text(">")
    command.type("Tell", "Enter")
    command.await_text("Once upon a")
    command.type("C-c")
    command.await_text("stopped: the message and the reply are not kept")
    assert conversations(running) == []
    command.type("C-c")
    command.await_text("[status 1]")


def test_thinking_is_faint_on_a_terminal_and_absent_in_a_pipe(served, terminal, postern, backend):
    message = {"role": "assistant", "reasoning_content": "Hmm.", "content": "4"}
    reply = {"choices": [{"message": message, "finish_reason": "stop"}]}
    thoughtful = backend(replies.document(reply))
    sections = {"bot support": {}, "integration gpt": integration(thoughtful.url, "openai")}
    _, file = served(sections)
    assert postern("chat", "-c", file, stdin="2 + 2?").stdout == "4\n"
    command = terminal("chat", "-c", file)
    command.await_text(">")
    command.type("Well?", "Enter")
    command.await_text("\n4\n>")
    assert "\x1b[2mHmm." in command.coloured
    plain = terminal("chat", "-c", file, environment={"NO_COLOR": "1"})
    plain.await_text(">")
    plain.type("Well?", "Enter")
    plain.await_text("\n4\n>")
    assert "\x1b[" not in plain.coloured


def test_a_gateway_that_ends_is_told(served, binary):
    running, file = served(ECHO)
    with subprocess.Popen(
        [binary, "chat", "-c", file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as chat:
        chat.stdin.write("Hello\n")
        chat.stdin.flush()
        assert chat.stdout.readline() == "Hello\n"
        running.stop()
        out, err = chat.communicate("Again\n", timeout=20)
    assert (chat.returncode, out) == (1, "")
    assert "no running gateway" in err or "closed the connection" in err
