"""A live stream that breaks after its first delta is continued by the next integration that can.
The client sees one unbroken reply. Also: what happens if the continuation fails."""

import pytest

import replies as whole
import stream_replies as replies
from backends import Backend, finish, in_turn, send, stall
from configuration import integration
from stream_client import Stream, streamed
from stream_replies import KINDS

BEGUN = "Once "
kinds = pytest.mark.parametrize("kind", KINDS)


def begun(kind, *tokens):
    """Begins a reply, and breaks off."""
    tokens = tokens or (BEGUN,)
    good = [piece.data for piece in replies.pieces(kind, tokens)]
    count = next(n for n, p in enumerate(replies.pieces(kind, tokens)) if p.name == "token")
    sent = b"".join(map(replies.chunk, good[: count + len(tokens)]))
    return [send(replies.head(kind) + sent), finish()]


@pytest.fixture
def chain(gateway, backend):
    """`chain((kind, script, settings), …)` sends a message to integrations that are asked in
    this order; returns the answer and their backends."""

    def play(*links, **rest) -> tuple[Stream, list[Backend]]:
        sections, servers = {"bot chain": {"deadline": "8s"}}, []
        for number, (kind, script, settings) in enumerate(links):
            servers.append(backend(script))
            defaults = {"fallback": number > 0, "prefill": number > 0, "weight": 100 - number}
            sections[f"integration link-{number}"] = integration(
                servers[-1].url, replies.type_of(kind), **{**defaults, **settings}
            )
        client = gateway(sections).client()
        play.client = client
        return streamed(client, bot="chain", **rest), servers

    return play


@kinds
@pytest.mark.parametrize("spare", KINDS)
def test_any_kind_continues_any_other(chain, kind, spare):
    stream, (_, second) = chain(
        (kind, begun(kind), {}), (spare, replies.stream(spare, ["upon ", "a time."]), {})
    )
    assert stream.deltas == [BEGUN, "upon ", "a time."]
    assert stream.outcomes == ["interrupted", "ok"]
    (asked,) = second.requests
    prefill = BEGUN.rstrip() if spare == "anthropic" else BEGUN
    assert asked.dialogue == [("user", "Hello"), ("assistant", prefill)]
    assert stream.data["metadata"]["usage"] == replies.usage_of(spare)


@pytest.mark.parametrize(
    ("begin", "rest"),
    [("Once ", " upon"), ("Once ", "upon"), ("Once \n", " \nupon"), ("Once \n", " upon")],
)
@pytest.mark.parametrize("streams", ["auto", "no"])
def test_blanks_that_anthropic_is_not_sent_come_once(chain, begin, rest, streams):
    """Anthropic refuses white space at the end of a prefill, but the reply may begin with it."""

    def script(request):
        if request.json.get("stream"):
            return replies.stream("anthropic", [rest])
        return whole.reply("anthropic", rest)

    stream, _ = chain(
        ("openai", begun("openai", begin), {}), ("anthropic", script, {"stream": streams})
    )
    assert stream.text == begin + "upon"


@kinds
def test_a_beginning_of_blanks_alone(chain, kind):
    stream, (_, second) = chain(
        ("openai", begun("openai", " \n"), {}), (kind, replies.stream(kind, ["Hi!"]), {})
    )
    assert stream.text == " \nHi!"
    last = second.requests[0].dialogue[-1]
    assert last == (("user", "Hello") if kind == "anthropic" else ("assistant", " \n"))


@kinds
def test_an_integration_that_does_not_stream_can_continue(chain, kind):
    reply = whole.reply(replies.type_of(kind), "upon a time.")
    stream, (_, second) = chain((kind, begun(kind), {}), (kind, reply, {"stream": "no"}))
    assert stream.deltas == [BEGUN, "upon a time."]
    assert "stream" not in second.requests[0].json


@kinds
def test_several_go_on_one_after_the_other(chain, kind):
    stream, servers = chain(
        (kind, begun(kind), {}),
        (kind, begun(kind, "upon ", "a "), {}),
        (kind, [send(replies.head(kind)), finish()], {}),
        (kind, replies.stream(kind, ["time."]), {}),
    )
    assert stream.text == "Once upon a time."
    assert stream.outcomes == ["interrupted"] * 3 + ["ok"]
    begins = [server.requests[0].dialogue[-1][1] for server in servers[1:]]
    so_far = ["Once ", "Once upon a ", "Once upon a "]
    assert begins == [text.rstrip() for text in so_far] if kind == "anthropic" else so_far
    next_one = streamed(chain.client, bot="chain", conversation_id="other")
    assert next_one.text == "Once upon a time."


REFUSALS = {
    "400": whole.failure("400 Bad Request", "prefill_not_supported"),
    "422": whole.failure("422 Unprocessable Content"),
    "filtered": whole.failure("400 Bad Request", "content_policy_violation"),
    "too long": whole.failure("400 Bad Request", "context_length_exceeded"),
    "401": whole.failure("401 Unauthorized"),
    "no JSON": whole.document(b"<html>"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refused_prefill_is_not_the_error_shown(chain, refusal):
    stream, (_, second) = chain(
        ("openai", begun("openai"), {}), ("openai", refusal, {"retries": 2})
    )
    assert stream.text == BEGUN
    assert stream.failure["error"]["type"] == "backend_error"
    assert stream.failure["error"]["code"] == "all_integrations_failed"
    assert len(second.requests) == 1


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_after_a_refused_prefill_the_next_continues(chain, refusal):
    stream, _ = chain(
        ("openai", begun("openai"), {}),
        ("openai", refusal, {}),
        ("openai", replies.stream("openai", ["upon"]), {}),
    )
    assert stream.text == BEGUN + "upon"
    assert stream.outcomes[-1] == "ok" and len(stream.outcomes) == 3


@kinds
def test_nothing_to_add_in_a_stream_ends_the_reply(chain, kind):
    """It broke off after its last word."""
    stream, _ = chain((kind, begun(kind), {}), (kind, replies.stream(kind, []), {}))
    assert stream.data["content"] == BEGUN
    assert stream.data["integration"]["id"] == "link-1"


@kinds
def test_nothing_to_add_without_a_stream_is_not_a_reply(chain, kind):
    """Only a finish signal inside a stream says that the reply is complete."""
    type = replies.type_of(kind)
    empty = (type, whole.reply(type, ""), {"stream": "no"})
    stream, _ = chain((kind, begun(kind), {}), empty)
    assert stream.text == BEGUN and stream.message is None
    assert stream.failure["error"]["code"] == "all_integrations_failed"
    assert stream.outcomes == ["interrupted", "missing_content"]
    good = (type, whole.reply(type, "upon a time."), {"stream": "no"})
    stream, _ = chain((kind, begun(kind), {}), empty, good)
    assert stream.data["content"] == BEGUN + "upon a time."
    assert stream.outcomes == ["interrupted", "missing_content", "ok"]


@pytest.mark.parametrize("status", ["429 Slow", "503 Busy", "500 Oops", ""])
def test_the_integration_that_continues_has_its_own_tries(chain, status):
    """Until it has sent text of its own, the failure table applies to it."""
    failure = whole.failure(status) if status else [finish()]
    stream, (_, second) = chain(
        ("openai", begun("openai"), {}),
        (
            "openai",
            in_turn(failure, replies.stream("openai", ["upon"])),
            {"retries": 1, "backoff": "10ms"},
        ),
    )
    assert stream.text == BEGUN + "upon"
    assert [asked.dialogue[-1] for asked in second.requests] == [("assistant", BEGUN)] * 2
    assert stream.outcomes[0] == "interrupted" and stream.outcomes[-1] == "ok"


def test_an_integration_that_broke_off_does_not_continue_itself(chain):
    """Neither does an integration that cannot continue, however large its weight."""
    good = replies.stream("openai", ["whole"])
    stream, (first, second, _) = chain(
        ("openai", in_turn(begun("openai"), good), {"retries": 2, "prefill": True}),
        ("openai", good, {"prefill": False}),
        ("openai", replies.stream("openai", ["upon"]), {}),
    )
    assert stream.text == BEGUN + "upon"
    assert len(first.requests) == 1 and not second.requests


@pytest.mark.parametrize("error", ["event", "too large", "stalled"])
def test_whatever_breaks_it(chain, error):
    sent = begun("openai")[0]
    oops = replies.event("openai", {"error": {"message": "Oops", "type": "server_error"}})
    large = replies.token("openai", "x" * 2000)
    scripts = {
        "event": [sent, send(replies.chunk(oops)), stall()],
        "too large": [sent, send(replies.chunk(large)), stall()],
        "stalled": [sent, stall()],
    }
    stream, (first, _) = chain(
        ("openai", scripts[error], {"max_response": 1000, "idle_timeout": "500ms"}),
        ("openai", replies.stream("openai", ["upon"]), {}),
    )
    assert stream.text == BEGUN + "upon"
    assert first.connections[0].left.wait(1)


def test_an_echo_does_not_go_on(chain, gateway, backend):
    first = backend(begun("openai"))
    sections = {
        "integration first": integration(first.url, "openai"),
        "integration echo": {"type": "echo", "fallback": True},
    }
    stream = streamed(gateway(sections).client())
    assert stream.text == BEGUN
    assert stream.outcomes == ["interrupted"]


@pytest.mark.timing
def test_the_deadline_ends_a_stream_that_flows(gateway, backend):
    tokens = [str(number) for number in range(100)]
    server = backend(replies.stream("openai", tokens, interval=0.05))
    running = gateway(
        {"bot b": {"deadline": "1s"}, "integration i": integration(server.url, "openai")}
    )
    stream = streamed(running.client(), bot="b")
    assert 5 < len(stream.deltas) < 25
    assert stream.outcomes == ["timeout"]
    assert server.connections[0].left.wait(1)
