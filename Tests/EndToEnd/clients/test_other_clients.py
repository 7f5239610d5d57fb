"""Programs of other authors that use OpenAI's and Anthropic's interfaces: LangChain, LiteLLM,
llm."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import models

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(180)]

KEY = "key-of-the-tests-1"
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def base(one_integration):
    """The address of a gateway with one integration."""

    def start(type, script=None):
        running, _ = one_integration(type, script)
        return f"http://{running.addresses[0].authority}"

    return start


def said(type):
    return "Hello" if type == "echo" else models.TEXT


@pytest.fixture
def langchain():
    chat = pytest.importorskip("langchain_openai").ChatOpenAI
    return lambda base: chat(base_url=f"{base}/v1", api_key=KEY, model="support", max_retries=0)


@pytest.mark.parametrize("type", models.TYPES)
def test_langchain(base, langchain, type):
    model = langchain(base(type))
    assert model.invoke("Hello").content == said(type)
    assert "".join(chunk.content for chunk in model.stream("Hello")) == said(type)


@pytest.mark.parametrize("type", ["openai", "anthropic"])
def test_langchain_calls_tools(base, langchain, type):
    def weather(city: str) -> str:
        """The weather of a city."""
        return city

    model = langchain(base(type)).bind_tools([weather])
    (call,) = model.invoke("Hello").tool_calls
    assert (call["name"], call["args"]) == ("weather", models.CALL)


def test_langchain_sees_that_a_stream_breaks(base, langchain):
    model = langchain(base("openai", models.cut("openai", 2)))
    with pytest.raises(Exception, match="try again"):
        list(model.stream("Hello"))


@pytest.fixture
def ollama():
    chat = pytest.importorskip("langchain_ollama").ChatOllama
    return lambda base: chat(model="support", base_url=base)


@pytest.mark.parametrize("type", models.TYPES)
def test_langchain_with_ollama(base, ollama, type):
    model = ollama(base(type))
    assert model.invoke("Hello").content == said(type)
    assert "".join(chunk.content for chunk in model.stream("Hello")) == said(type)


@pytest.mark.parametrize("type", ["openai", "anthropic", "responses"])
def test_langchain_calls_tools_with_ollama(base, ollama, type):
    from langchain_core.messages import HumanMessage, ToolMessage

    def weather(city: str) -> str:
        """The weather of a city."""
        return city

    model = ollama(base(type)).bind_tools([weather])
    messages = [HumanMessage("Weather?")]
    called = model.invoke(messages)
    (call,) = called.tool_calls
    assert (call["name"], call["args"]) == ("weather", models.CALL)
    messages += [called, ToolMessage("Snow.", tool_call_id=call["id"])]
    assert model.invoke(messages).content == models.TEXT


@pytest.fixture
def litellm(monkeypatch):
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    return pytest.importorskip("litellm")


@pytest.mark.parametrize("type", models.TYPES)
@pytest.mark.parametrize("face", ["openai", "anthropic"])
def test_litellm(base, litellm, type, face):
    url = base(type) + ("/v1" if face == "openai" else "")
    options = {"model": f"{face}/support", "messages": HELLO, "api_base": url, "api_key": KEY}
    done = litellm.completion(**options)
    assert done.choices[0].message.content == said(type)
    chunks = list(litellm.completion(**options, stream=True))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == said(type)
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("face", ["openai", "anthropic"])
def test_litellm_sees_that_a_stream_breaks(base, litellm, face):
    url = base("openai", models.cut("openai", 2)) + ("/v1" if face == "openai" else "")
    options = {"model": f"{face}/support", "messages": HELLO, "api_base": url, "api_key": KEY}
    with pytest.raises(Exception, match="try again"):
        list(litellm.completion(**options, stream=True, num_retries=0))


@pytest.fixture
def llm(tmp_path):
    """Runs the `llm` command with a model of the gateway."""

    def run(base):
        (tmp_path / "extra-openai-models.yaml").write_text(
            f"- model_id: bot\n  model_name: support\n  api_base: {base}/v1\n  api_key_name: bot\n"
        )
        (tmp_path / "keys.json").write_text(f'{{"bot": "{KEY}"}}')
        return lambda *arguments: subprocess.run(
            [Path(sys.executable).with_name("llm"), *arguments],
            env={**os.environ, "LLM_USER_PATH": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize("type", ["openai", "anthropic"])
def test_the_llm_command(base, llm, type):
    run = llm(base(type))
    for arguments in ([], ["--no-stream"]):
        done = run("-m", "bot", *arguments, "Hello")
        assert done.returncode == 0, done.stderr
        assert done.stdout.decode().strip() == models.TEXT


def test_the_llm_command_sees_that_a_stream_breaks(base, llm):
    done = llm(base("openai", models.cut("openai", 2)))("-m", "bot", "Hello")
    assert done.returncode != 0
    assert b"try again" in done.stderr
