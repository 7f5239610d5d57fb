"""The snippets of the page Connect: each is run, or read as the program that it is for reads it."""

import json
import os
import shlex
import subprocess
import sys
from urllib.request import Request, urlopen

import jinja2
import pytest
import yaml

import models
from configuration import integration
from repository import ROOT

KEY = "a-key-of-the-page-connect"
RUN = {
    "openai-python": [sys.executable, "-W", "error", "-c"],
    "anthropic-python": [sys.executable, "-W", "error", "-c"],
    "langchain": [sys.executable, "-c"],
    "curl": ["bash", "-euc"],
}


@pytest.fixture(scope="module")
def running(gateways, backends):
    server = backends(models.model("openai"))
    return gateways(
        {
            "key web": {"secret": KEY, "scopes": "chat"},
            "bot support": {},
            "integration gpt": integration(server.url, "openai"),
        }
    )


@pytest.fixture(scope="module")
def texts(running):
    """The snippets, as the page shows them."""
    script = (
        f"import {{ snippets }} from {json.dumps(str(ROOT / 'Console/snippets.js'))};"
        f"console.log(JSON.stringify(snippets('http://{running.addresses[0]}', 'support')))"
    )
    done = subprocess.run(
        ["node", "--no-warnings", "--input-type=module", "-e", script],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return {one["id"]: one["text"] for one in json.loads(done.stdout)}


def run(command, **variables):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "POSTERN_KEY": KEY}
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment | variables,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", RUN)
def test_it_runs(texts, name):
    assert models.TEXT in run([*RUN[name], texts[name]])


# What the SDK does with its two settings. The package itself is not at hand: npm has it.
SDK = """
export default class OpenAI {
  constructor({ baseURL, apiKey }) {
    this.chat = { completions: { create: async (body) => {
      const headers = { "Content-Type": "application/json", Authorization: `Bearer ${apiKey}` };
      const request = { method: "POST", headers, body: JSON.stringify(body) };
      const response = await fetch(`${baseURL}/chat/completions`, request);
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    } } };
  }
}
"""


def test_the_one_in_javascript_makes_the_request(texts, tmp_path):
    package = tmp_path / "node_modules/openai"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"type": "module", "exports": "./index.js"}')
    (package / "index.js").write_text(SDK)
    program = tmp_path / "program.mjs"
    program.write_text(texts["openai-js"])
    assert run(["node", program]).strip() == models.TEXT


def test_the_one_for_home_assistant_makes_the_request(texts):
    class Loader(yaml.SafeLoader):
        """Home Assistant's YAML: `!secret` names a line of secrets.yaml."""

    Loader.add_constructor("!secret", lambda _, node: {"postern": f"Bearer {KEY}"}[node.value])
    command = yaml.load(texts["home-assistant"], Loader)["rest_command"]["postern"]
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.filters["to_json"] = json.dumps
    body = environment.from_string(command["payload"]).render(
        content='Say "hello"', conversation="kitchen"
    )
    fields = {**command["headers"], "Content-Type": command["content_type"]}
    request = Request(command["url"], body.encode(), fields, method=command["method"])
    with urlopen(request, timeout=10) as response:
        reply = json.load(response)["data"]
    assert (reply["content"], reply["conversation_id"]) == (models.TEXT, "kitchen")


def test_the_one_for_claude_code_names_an_address_that_answers_it(texts):
    """Claude Code joins the address and /v1/messages, and sends the token as a bearer's."""
    lines = shlex.split(texts["claude-code"].replace("$POSTERN_KEY", KEY))
    assert lines[-1] == "claude"
    given = dict(word.split("=", 1) for word in lines if "=" in word)
    for model in (given["ANTHROPIC_MODEL"], given["ANTHROPIC_DEFAULT_HAIKU_MODEL"]):
        body = {"model": model, "max_tokens": 32, "messages": [{"role": "user", "content": "Hi"}]}
        fields = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {given['ANTHROPIC_AUTH_TOKEN']}",
            "anthropic-version": "2023-06-01",
        }
        url = f"{given['ANTHROPIC_BASE_URL']}/v1/messages?beta=true"
        with urlopen(Request(url, json.dumps(body).encode(), fields), timeout=10) as response:
            assert json.load(response)["content"][0]["text"] == models.TEXT


def test_the_page_shows_them_for_the_bot_that_is_chosen(browser, gateway):
    running = gateway({"bot a": {}, "bot b": {}})
    browser.open(f"http://{running.addresses[0]}", "/connect")
    browser.sees(f"http://{running.addresses[0]}/v1/bots/a/messages", 'model="a"')
    browser.choose("Bot", "b")
    browser.sees(f"http://{running.addresses[0]}/v1/bots/b/messages", 'model="b"')
    assert len(browser.all("pre")) == 7
    browser.all("[aria-label='Copy curl']")[0].click()
    browser.until(lambda: browser.all("#announcer")[0].text != "")
    assert "/v1/bots/b/messages" in browser.run("return getSelection().toString()")
