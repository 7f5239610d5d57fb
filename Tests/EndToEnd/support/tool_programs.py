"""Programs of other authors that call tools until a model has no more calls. Each returns its
transcript: text and calls of every reply, and what it thinks where the program shows it."""

import json
from collections.abc import Callable

import tool_loop
from sdks import opened
from tool_loop import PNG

KEY = "key-of-the-tests-1"
ASK = "What is the weather?"
SYSTEM = ["Be terse.", "Use the tools."]
MOST = tool_loop.TURNS + 2

# Thought, text, and each call's id, name and arguments.
Said = tuple[str, str, list[tuple[str, str, dict]]]
Transcript = list[Said]


def described(name: str) -> dict:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"name": name, "description": f"The {name} of a city.", "parameters": schema}


OPENAI_TOOLS = [{"type": "function", "function": described(name)} for name in ("weather", "photo")]
ANTHROPIC_TOOLS = [
    {"name": tool["name"], "description": tool["description"], "input_schema": tool["parameters"]}
    for tool in (described("weather"), described("photo"))
]


# OpenAI's SDK


def openai_sdk(base: str, stream: bool) -> Transcript:
    import openai

    client = opened(openai.OpenAI(base_url=f"{base}/v1", api_key=KEY, max_retries=0, timeout=20))
    messages: list = [{"role": "system", "content": text} for text in SYSTEM]
    messages.append({"role": "user", "content": ASK})
    said: Transcript = []
    while len(said) < MOST:
        options = {
            "model": "support",
            "messages": messages,
            "tools": OPENAI_TOOLS,
            "reasoning_effort": "low",
            "store": False,
        }
        if stream:
            with client.chat.completions.stream(**options) as events:
                message = _with_thoughts(events)
        else:
            message = client.chat.completions.create(**options).choices[0].message
        calls = [
            (call.id, call.function.name, json.loads(call.function.arguments))
            for call in message.tool_calls or []
        ]
        thought = getattr(message, "reasoning_content", None) or ""
        said.append((thought, message.content or "", calls))
        if not calls:
            break
        sent = {"role": "assistant", "content": message.content}
        sent["tool_calls"] = [
            {"id": id, "type": "function", "function": {"name": name, "arguments": json.dumps(it)}}
            for id, name, it in calls
        ]
        messages.append(sent)
        photos = []
        for id, name, input in calls:
            text = tool_loop.result(name, input["city"])
            messages.append({"role": "tool", "tool_call_id": id, "content": text})
            if name == "photo":
                url = f"data:image/png;base64,{PNG}"
                photos.append({"type": "image_url", "image_url": {"url": url}})
        if photos:
            messages.append({"role": "user", "content": photos})
    return said


def _with_thoughts(events):
    thought = ""
    for event in events:
        if event.type == "chunk" and event.chunk.choices:
            thought += getattr(event.chunk.choices[0].delta, "reasoning_content", None) or ""
    message = events.get_final_completion().choices[0].message
    message.reasoning_content = thought
    return message


# Anthropic's SDK


def anthropic_sdk(base: str, stream: bool) -> Transcript:
    import anthropic

    client = opened(anthropic.Anthropic(base_url=base, api_key=KEY, max_retries=0, timeout=20))
    messages: list = [{"role": "user", "content": ASK}]
    blocks = [{"type": "text", "text": text} for text in SYSTEM]
    blocks[-1]["cache_control"] = {"type": "ephemeral"}
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
    said: Transcript = []
    while len(said) < MOST:
        options = {
            "model": "support",
            "max_tokens": 4096,
            "system": blocks,
            "messages": messages,
            "tools": ANTHROPIC_TOOLS,
            "thinking": {"type": "enabled", "budget_tokens": 2048},
            "metadata": {"user_id": "u" * 100},
            "extra_body": {"context_management": edits},
            "extra_headers": {"anthropic-beta": "context-management-2025-06-27"},
        }
        if stream:
            with client.messages.stream(**options) as events:
                message = events.get_final_message()
        else:
            message = client.messages.create(**options)
        said.append(_of_blocks(message.content))
        calls = said[-1][2]
        if not calls:
            break
        content = [block.model_dump(exclude_none=True) for block in message.content]
        messages.append({"role": "assistant", "content": content})
        results = [
            {"type": "tool_result", "tool_use_id": id, "content": _result_blocks(name, **input)}
            for id, name, input in calls
        ]
        messages.append({"role": "user", "content": results})
    return said


def _result_blocks(name: str, city: str) -> list[dict]:
    blocks: list[dict] = [{"type": "text", "text": tool_loop.result(name, city)}]
    if name == "photo":
        source = {"type": "base64", "media_type": "image/png", "data": PNG}
        blocks.append({"type": "image", "source": source})
    return blocks


def _of_blocks(content) -> Said:
    thought = "".join(block.thinking for block in content if block.type == "thinking")
    text = "".join(block.text for block in content if block.type == "text")
    calls = [(block.id, block.name, block.input) for block in content if block.type == "tool_use"]
    return thought, text, calls


def anthropic_agent(base: str, stream: bool) -> Transcript:
    """The agent loop of Anthropic's own SDK."""
    import anthropic

    client = opened(anthropic.Anthropic(base_url=base, api_key=KEY, max_retries=0, timeout=20))

    @anthropic.beta_tool
    def weather(city: str) -> str:
        """The weather of a city."""
        return tool_loop.result("weather", city)

    @anthropic.beta_tool
    def photo(city: str) -> list:
        """The photo of a city."""
        return _result_blocks("photo", city)

    runner = client.beta.messages.tool_runner(
        model="support",
        max_tokens=4096,
        messages=[{"role": "user", "content": ASK}],
        tools=[weather, photo],
        max_iterations=MOST,
        thinking={"type": "enabled", "budget_tokens": 2048},
        betas=["context-management-2025-06-27"],
        stream=stream,
    )
    if stream:
        return [_of_blocks(events.get_final_message().content) for events in runner]
    return [_of_blocks(message.content) for message in runner]


# LangChain


def langchain_openai(base: str, stream: bool) -> Transcript:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(base_url=f"{base}/v1", api_key=KEY, model="support", max_retries=0)
    return _langchain(model, stream)


def langchain_anthropic(base: str, stream: bool) -> Transcript:
    from langchain_anthropic import ChatAnthropic

    model = ChatAnthropic(
        base_url=base,
        api_key=KEY,
        model="support",
        max_retries=0,
        max_tokens=4096,
        thinking={"type": "enabled", "budget_tokens": 2048},
    )
    return _langchain(model, stream)


def _langchain(model, stream: bool) -> Transcript:
    from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage

    model = model.bind_tools(OPENAI_TOOLS)
    messages: list = [SystemMessage("\n".join(SYSTEM)), HumanMessage(ASK)]
    said: Transcript = []
    while len(said) < MOST:
        if stream:
            message = None
            for chunk in model.stream(messages):
                message = chunk if message is None else message + chunk
        else:
            message = model.invoke(messages)
        calls = [(call["id"], call["name"], call["args"]) for call in message.tool_calls]
        said.append(("", _langchain_text(message.content), calls))
        if not calls:
            break
        messages.append(message)
        messages += [
            ToolMessage(tool_loop.result(name, input["city"]), tool_call_id=id)
            for id, name, input in calls
        ]
    return said


def _langchain_text(content) -> str:
    if isinstance(content, str):
        return content
    return "".join(block["text"] for block in content if block["type"] == "text")


# LiteLLM


def litellm_openai(base: str, stream: bool) -> Transcript:
    return _litellm("openai/support", f"{base}/v1", stream)


def litellm_anthropic(base: str, stream: bool) -> Transcript:
    return _litellm("anthropic/support", base, stream)


def _litellm(model: str, base: str, stream: bool) -> Transcript:
    import litellm

    messages: list = [{"role": "system", "content": "\n".join(SYSTEM)}]
    messages.append({"role": "user", "content": ASK})
    said: Transcript = []
    while len(said) < MOST:
        options = {"model": model, "api_base": base, "api_key": KEY, "num_retries": 0}
        options |= {"messages": messages, "tools": OPENAI_TOOLS, "max_tokens": 4096}
        done = litellm.completion(**options, stream=stream)
        if stream:
            done = litellm.stream_chunk_builder(list(done), messages=messages)
        message = done.choices[0].message
        calls = [
            (call.id, call.function.name, json.loads(call.function.arguments))
            for call in message.tool_calls or []
        ]
        thought = getattr(message, "reasoning_content", None) or ""
        said.append((thought, message.content or "", calls))
        if not calls:
            break
        messages.append(message.model_dump(exclude_none=True))
        messages += [
            {
                "role": "tool",
                "tool_call_id": id,
                "name": name,
                "content": tool_loop.result(name, input["city"]),
            }
            for id, name, input in calls
        ]
    return said


# pydantic-ai


def pydantic_openai(base: str, stream: bool) -> Transcript:
    import openai
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    client = openai.AsyncOpenAI(base_url=f"{base}/v1", api_key=KEY, max_retries=0)
    provider = OpenAIProvider(openai_client=client)
    return _pydantic(OpenAIChatModel("support", provider=provider), stream)


def _pydantic(model, stream: bool) -> Transcript:
    import asyncio

    from pydantic_ai import Agent, BinaryContent, ToolReturn
    from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart
    from pydantic_ai.usage import UsageLimits

    agent = Agent(model, system_prompt=SYSTEM, model_settings={"max_tokens": 4096})

    @agent.tool_plain
    async def weather(city: str) -> str:
        return tool_loop.result("weather", city)

    @agent.tool_plain
    async def photo(city: str) -> ToolReturn:
        image = BinaryContent(b"\x89PNG\r\n\x1a\n", media_type="image/png")
        return ToolReturn(tool_loop.result("photo", city), content=[image])

    limits = UsageLimits(request_limit=MOST)

    async def run() -> list:
        if not stream:
            return (await agent.run(ASK, usage_limits=limits)).all_messages()
        async with agent.iter(ASK, usage_limits=limits) as steps:
            async for step in steps:
                if Agent.is_model_request_node(step):
                    async with step.stream(steps.ctx) as events:
                        async for _ in events:
                            pass
        return steps.result.all_messages()

    said: Transcript = []
    for message in asyncio.run(run()):
        if not isinstance(message, ModelResponse):
            continue
        text = "".join(part.content for part in message.parts if isinstance(part, TextPart))
        calls = [
            (part.tool_call_id, part.tool_name, part.args_as_dict())
            for part in message.parts
            if isinstance(part, ToolCallPart)
        ]
        said.append(("", text, calls))
    return said


# OpenAI's agents


def openai_agents(base: str, stream: bool) -> Transcript:
    import asyncio

    import openai
    from agents import (
        Agent,
        OpenAIChatCompletionsModel,
        Runner,
        ToolOutputImage,
        ToolOutputText,
        function_tool,
        set_tracing_disabled,
    )

    set_tracing_disabled(True)

    @function_tool
    async def weather(city: str) -> str:
        """The weather of a city."""
        return tool_loop.result("weather", city)

    @function_tool
    async def photo(city: str) -> list:
        """The photo of a city."""
        url = f"data:image/png;base64,{PNG}"
        text = ToolOutputText(text=tool_loop.result("photo", city))
        return [text, ToolOutputImage(image_url=url)] if url else [text]

    async def run() -> list:
        async with openai.AsyncOpenAI(base_url=f"{base}/v1", api_key=KEY, max_retries=0) as client:
            model = OpenAIChatCompletionsModel("support", client)
            agent = Agent(
                name="a", instructions="\n".join(SYSTEM), model=model, tools=[weather, photo]
            )
            if not stream:
                return (await Runner.run(agent, ASK, max_turns=MOST)).raw_responses
            running = Runner.run_streamed(agent, ASK, max_turns=MOST)
            async for _ in running.stream_events():
                pass
            return running.raw_responses

    said: Transcript = []
    for response in asyncio.run(run()):
        text, calls = "", []
        for item in response.output:
            if item.type == "message":
                text += "".join(part.text for part in item.content)
            elif item.type == "function_call":
                calls.append((item.call_id, item.name, json.loads(item.arguments)))
        said.append(("", text, calls))
    return said


# The interface that each speaks.
PROGRAMS: dict[str, tuple[str, Callable[[str, bool], Transcript]]] = {
    "openai": ("openai", openai_sdk),
    "anthropic": ("anthropic", anthropic_sdk),
    "anthropic-agent": ("anthropic", anthropic_agent),
    "langchain-openai": ("openai", langchain_openai),
    "langchain-anthropic": ("anthropic", langchain_anthropic),
    "litellm-openai": ("openai", litellm_openai),
    "litellm-anthropic": ("anthropic", litellm_anthropic),
    "pydantic-ai": ("openai", pydantic_openai),
    "openai-agents": ("openai", openai_agents),
}
