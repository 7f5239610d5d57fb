"""Two hundred replies as seventeen vendors write them, each whole and as a stream in random pieces,
on four faces. What a client must see is said by the generator of the replies, not by
Postern."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

import replay_replies as replies
import stream_replies
from backends import Answer, Request, finish, send, wait
from configuration import integration
from replay_faces import FACES, Seen, asked

AT_ONCE = 12
SAID = {said.number: said for said in replies.all_said()}


def script(request: Request) -> Answer:
    """Plays the reply whose number the message is."""
    body = request.json
    content = body["messages"][-1]["content"]
    said = SAID[int(content)]
    if not body.get("stream"):
        data = json.dumps(replies.whole(said)).encode()
        head = f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        if said.ending == "cut":
            data = data[: len(data) // 2]
        response = b"HTTP/1.1 200 OK\r\n" + head.encode() + data
        pieces = replies.cut(response, said.number)
        ending = [finish()] if said.ending == "cut" else []
        return [*map(send, pieces), *ending]
    kind = "ndjson" if said.vendor == "ndjson" else "openai"
    pieces = replies.cut(replies.stream(said), said.number)
    chunks = [send(stream_replies.chunk(piece)) for piece in pieces]
    middle = len(chunks) // 2
    last = [finish()] if said.ending == "cut" else [send(b"0\r\n\r\n")]
    # A pause, so that the pieces do not come all at once.
    return [send(stream_replies.head(kind)), *chunks[:middle], wait(0.002), *chunks[middle:], *last]


def expected(said: replies.Said, face: str, stream: bool) -> Seen | None:
    """What a client must see; `None` for a failure, of which it may see the beginning."""
    if not said.is_sound:
        return None
    if face == "native":
        # Postern's own interface has no calls of tools.
        if not said.texts:
            return None
        seen = Seen(said.text, said.thought if stream else "", usage=said.usage)
        seen.ending = None if replies.type_of(said.vendor) == "custom" else said.meaning
        return seen
    calls = [(call.name, call.input) for call in said.calls]
    return Seen(
        said.text, said.thought, calls, [call.id for call in said.calls], said.meaning, said.usage
    )


def differences(said: replies.Said, face: str, stream: bool, seen: Seen) -> list[str]:
    """What a client sees and should not, or does not see and should."""
    wanted = expected(said, face, stream)
    if wanted is None:
        # The usage so far may have come already.
        is_prefix = said.text.startswith(seen.text) and said.thought.startswith(seen.thought)
        return [] if seen.ending is None and is_prefix else [f"passed off as complete: {seen}"]
    if replies.type_of(said.vendor) == "custom":
        # It does not say how it ended.
        wanted.ending = seen.ending
    return [
        f"{name}: {getattr(seen, name)!r}, not {getattr(wanted, name)!r}"
        for name in ("text", "thought", "calls", "ids", "ending", "usage")
        if getattr(seen, name) != getattr(wanted, name)
    ]


@pytest.fixture(scope="module")
def seen(gateways, backends):
    """Plays all replies on all faces; returns what the clients see."""
    server = backends(script)
    sections: dict = {"server": {"max_connections_per_ip": 0, "ollama": True}}
    for vendor in replies.KINDS:
        sections[f"bot {vendor}"] = {}
        settings = integration(server.url, replies.type_of(vendor), bot=vendor)
        sections[f"integration {vendor}"] = settings
    client = gateways(sections).client()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return {
            (number, face, stream): pool.submit(
                asked, client, face, said.vendor, str(number), stream
            )
            for number, said in SAID.items()
            for face, stream in product(FACES, [False, True])
        }


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("vendor", replies.KINDS)
def test_clients_see_what_was_said(request, seen, vendor, face):
    found = []
    for number, said in SAID.items():
        if said.vendor != vendor:
            continue
        for stream in (False, True):
            try:
                faults = differences(said, face, stream, seen[number, face, stream].result())
            except (AssertionError, OSError) as error:
                faults = [repr(error)]
            form = "stream" if stream else "whole"
            found += [f"{number} {form} ({said.ending}): {fault}" for fault in faults]
    assert not found, f"{len(found)}:\n" + "\n".join(found)


def test_every_kind_is_there():
    """The replies are of all vendors, and end in all ways."""
    assert len(SAID) >= 200
    assert {said.vendor for said in SAID.values()} == set(replies.KINDS)
    assert {said.ending for said in SAID.values()} == {"stop", "length", "error", "cut"}
    assert sum(bool(said.calls) for said in SAID.values()) > 50
    assert sum(bool(said.thoughts) for said in SAID.values()) > 50
