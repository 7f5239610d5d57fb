"""Programs of other authors call tools for twenty turns through Postern, at backends of both
interfaces and at both by turns. No request is refused, and the transcript is the one without
Postern."""

import pytest

import tool_loop
from configuration import integration
from tool_programs import PROGRAMS

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(180)]

MIXES = {"openai": ["openai"], "anthropic": ["anthropic"], "both": ["openai", "anthropic"]}


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Nothing is fetched, and nothing is reported."""
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    monkeypatch.setenv("OPENAI_PROGRAMS_DISABLE_TRACING", "1")
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    monkeypatch.setenv("OPENAI_API_KEY", "none")


@pytest.fixture(scope="module")
def without(backends):
    """The transcripts without Postern."""
    kept: dict = {}

    def transcript(name: str, stream: bool):
        face, run = PROGRAMS[name]
        if (name, stream) not in kept:
            server = backends(tool_loop.model(face))
            kept[name, stream] = run(f"http://127.0.0.1:{server.port}", stream)
        return kept[name, stream]

    return transcript


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("name", PROGRAMS)
def test_twenty_turns(gateway, backend, without, name, mix, stream):
    expected = without(name, stream)
    assert len(expected) == tool_loop.TURNS
    servers = {type: backend(tool_loop.model(type)) for type in MIXES[mix]}
    running = gateway(
        {
            "bot support": {},
            **{
                f"integration {type}": integration(server.url, type)
                for type, server in servers.items()
            },
        }
    )
    try:
        transcript = PROGRAMS[name][1](f"http://{running.addresses[0].authority}", stream)
    except Exception as error:
        refused = [reason for each in servers.values() for reason in each.script.refused]
        raise AssertionError(f"refused: {refused}") from error
    assert transcript == expected
    assert sum(len(server.requests) for server in servers.values()) == tool_loop.TURNS


def test_the_model_is_the_same_in_both_formats(without):
    """The SDKs see all of what it does."""
    for name in ("openai", "anthropic", "anthropic-agent"):
        seen = [(thought, text, tuple(calls)) for thought, text, calls in without(name, False)]
        wanted = [(turn.thought, turn.text, turn.calls) for turn in tool_loop.ALL]
        assert seen == wanted
