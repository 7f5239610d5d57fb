"""Frameworks for agents that speak Responses: openai-agents, LangChain, pydantic-ai."""

import asyncio
import json

import openai
import pytest

import models
import replies
from backends import finish, send

pytestmark = pytest.mark.filterwarnings("default")

TYPES = ["custom", "openai", "anthropic", "responses"]
KEY = "key-of-the-tests-1"


def names(body):
    """The tools that a backend is offered."""
    return [(tool.get("function") or tool)["name"] for tool in body.get("tools") or []]


def calling(type):
    """A script: hands over if it can, calls the weather if it can, and then says TEXT."""

    def script(request):
        body = request.json
        offered = names(body)
        handovers = [name for name in offered if name.startswith("transfer_to")]
        calls = bool(offered) and not models.has_results(body)
        name = json.dumps(handovers[0] if handovers else "weather").encode()
        if not body.get("stream"):
            whole = json.dumps(models.document(type, calls)).encode()
            return replies.document(whole.replace(b'"weather"', name))
        events = b"".join(models.events(type, calls))
        return [send(models.STREAM + events.replace(b'"weather"', name)), finish()]

    return script


@pytest.fixture
def base(one_integration):
    """The base URL of a gateway with one integration, and its backend."""

    def start(type, script=None):
        running, server = one_integration(type, script or calling(type))
        return f"http://{running.addresses[0].authority}/v1", server

    return start


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("chained", [False, True])
def test_openai_agents(base, type, stream, chained):
    agents = pytest.importorskip("agents")
    agents.set_tracing_disabled(True)
    url, server = base(type)
    seen = []

    @agents.function_tool
    def weather(city: str) -> str:
        """The weather."""
        seen.append(city)
        return "Snow."

    async def run():
        async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
            model = agents.OpenAIResponsesModel(model="support", openai_client=client)
            agent = agents.Agent(name="A", instructions="Be kind.", model=model, tools=[weather])
            more = {"auto_previous_response_id": True} if chained else {}
            if not stream:
                return (await agents.Runner.run(agent, "Weather?", **more)).final_output
            result = agents.Runner.run_streamed(agent, "Weather?", **more)
            async for _ in result.stream_events():
                pass
            return result.final_output

    assert asyncio.run(run()) == models.TEXT
    assert seen == [models.CALL["city"]]
    assert len(server.requests) == 2
    body = server.requests[1].json
    # The question, the call and its output, however the client sent them.
    assert len([m for m in body.get("messages") or body["input"] if m.get("role") != "system"]) == 3


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("model", ["OpenAIResponsesModel", "OpenAIChatCompletionsModel"])
def test_openai_agents_hand_over(base, type, stream, model):
    """The first agent hands over to another, which calls a tool of its own."""
    agents = pytest.importorskip("agents")
    agents.set_tracing_disabled(True)
    offers = []

    def script(request):
        """Each agent has one tool: the first reply calls it, and so does the second one's first."""
        body = request.json
        offers.append(names(body))
        [name] = offers[-1]
        calls = name != "weather" or offers.count(["weather"]) == 1
        called = json.dumps(name).encode()
        if not body.get("stream"):
            whole = json.dumps(models.document(type, calls)).encode()
            return replies.document(whole.replace(b'"weather"', called).replace(b"call_1", id()))
        events = b"".join(models.events(type, calls))
        events = events.replace(b'"weather"', called).replace(b"call_1", id())
        return [send(models.STREAM + events), finish()]

    def id():
        return f"call_{len(offers)}".encode()

    url, server = base(type, script)
    seen = []

    @agents.function_tool
    def weather(city: str) -> str:
        """The weather."""
        seen.append(city)
        return "Snow."

    async def run():
        async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
            asked = getattr(agents, model)("support", client)
            helper = agents.Agent("Helper", instructions="Help.", model=asked, tools=[weather])
            first = agents.Agent("A", instructions="Ask.", model=asked, handoffs=[helper])
            if not stream:
                result = await agents.Runner.run(first, "Help!")
            else:
                result = agents.Runner.run_streamed(first, "Help!")
                async for _ in result.stream_events():
                    pass
            return result.final_output, result.last_agent.name

    assert asyncio.run(run()) == (models.TEXT, "Helper")
    assert offers == [["transfer_to_helper"], ["weather"], ["weather"]]
    assert seen == [models.CALL["city"]] and len(server.requests) == 3


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("stream", [False, True])
def test_langchain(base, type, stream):
    langchain = pytest.importorskip("langchain_openai")
    from langchain_core.messages import HumanMessage, ToolMessage

    url, _ = base(type)
    chat = langchain.ChatOpenAI(
        model="support", base_url=url, api_key=KEY, use_responses_api=True, max_retries=0
    )
    tool = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
    bound = chat.bind_tools([tool])

    def ask(messages):
        if not stream:
            return bound.invoke(messages)
        whole = None
        for piece in bound.stream(messages):
            whole = piece if whole is None else whole + piece
        return whole

    messages = [HumanMessage("Weather?")]
    called = ask(messages)
    assert [call["args"] for call in called.tool_calls] == [models.CALL]
    messages += [called, ToolMessage("Snow.", tool_call_id=called.tool_calls[0]["id"])]
    assert ask(messages).text == models.TEXT


@pytest.mark.parametrize("type", TYPES)
@pytest.mark.parametrize("stream", [False, True])
def test_pydantic_ai(base, type, stream):
    pydantic_ai = pytest.importorskip("pydantic_ai")
    from pydantic_ai.models.openai import OpenAIResponsesModel
    from pydantic_ai.providers.openai import OpenAIProvider

    url, _ = base(type)

    async def run():
        async with openai.AsyncOpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
            model = OpenAIResponsesModel("support", provider=OpenAIProvider(openai_client=client))
            agent = pydantic_ai.Agent(model, instructions="Be kind.")

            @agent.tool_plain
            def weather(city: str) -> str:
                """The weather."""
                return "Snow."

            if not stream:
                return (await agent.run("Weather?")).output
            async with agent.run_stream("Weather?") as result:
                return await result.get_output()

    assert asyncio.run(run()) == models.TEXT
