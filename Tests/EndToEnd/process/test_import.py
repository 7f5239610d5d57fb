"""`postern import`: configurations of LiteLLM's proxy, of the kinds that its documentation has.

Each must give a file that `check --no-secrets` accepts."""

import re

import pytest


@pytest.fixture
def imported(postern, tmp_path):
    """Imports a text. Returns the new file's sections as dictionaries, and its text."""

    def run(yaml: str) -> tuple[dict[str, dict[str, str]], str]:
        source = tmp_path / "config.yaml"
        source.write_text(yaml)
        done = postern("import", source)
        assert (done.returncode, done.stderr) == (0, "")
        file = tmp_path / "postern.conf"
        file.write_text(done.stdout)
        file.chmod(0o600)
        checked = postern("check", "--no-secrets", "-c", file)
        assert checked.returncode == 0, checked.stderr
        assert checked.stderr == "", f"{checked.stderr}\n{done.stdout}"
        assert postern("import", "-", stdin=yaml).stdout == done.stdout.replace(
            str(source), "<stdin>"
        )
        sections: dict[str, dict[str, str]] = {}
        for line in done.stdout.splitlines():
            if line.startswith("["):
                current = sections.setdefault(line[1:-1], {})
            elif line and not line.startswith("#"):
                key, _, value = line.partition(" = ")
                current[key] = value
        return sections, done.stdout

    return run


def test_the_first_example(imported):
    sections, text = imported(
        """
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: openai/gpt-4o
      api_key: os.environ/OPENAI_API_KEY
"""
    )
    assert sections == {
        "bot gpt-4o": {"name": "gpt-4o"},
        "integration gpt-4o-openai": {
            "bot": "gpt-4o",
            "type": "openai",
            "webhook_url": "https://api.openai.com/v1/chat/completions",
            "model": "gpt-4o",
            "header.Authorization": "Bearer ${OPENAI_API_KEY}",
        },
    }
    assert text.startswith("# Made by 'postern import'")


def test_azure_and_openai_share_a_model(imported):
    """Load balancing, with weights, limits and a version of the API."""
    sections, text = imported(
        """
model_list:
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-eu
      api_base: https://eu.openai.azure.com/
      api_key: os.environ/AZURE_API_KEY_EU
      api_version: "2024-10-21"
      rpm: 6
      weight: 9
      timeout: 30
      max_retries: 3
  - model_name: gpt-4o
    litellm_params:
      model: azure/gpt-4o-us
      api_base: os.environ/AZURE_API_BASE
      api_key: os.environ/AZURE_API_KEY
      weight: 1
  - model_name: gpt-4o
    litellm_params:
      model: gpt-4o
      api_key: os.environ/OPENAI_API_KEY
      organization: org-123
      extra_headers: {"X-Team": "red", "X-Api-Key": "hidden-literal"}
"""
    )
    eu = sections["integration gpt-4o-azure"]
    assert eu["webhook_url"] == (
        "https://eu.openai.azure.com/openai/deployments/gpt-4o-eu/chat/completions"
        "?api-version=2024-10-21"
    )
    assert eu["header.api-key"] == "${AZURE_API_KEY_EU}"
    assert (eu["weight"], eu["timeout"], eu["retries"]) == ("9", "30s", "3")
    assert "rpm (line 9) has no equivalent" in text
    us = sections["integration gpt-4o-azure-2"]
    assert us["webhook_url"] == "${AZURE_API_BASE}/openai/v1/chat/completions"
    openai = sections["integration gpt-4o-openai"]
    assert openai["header.OpenAI-Organization"] == "org-123"
    assert openai["header.X-Team"] == "red"
    assert openai["header.X-Api-Key"] == "${X_API_KEY}"
    assert "hidden-literal" not in text
    assert list(sections) == [
        "bot gpt-4o",
        "integration gpt-4o-azure",
        "integration gpt-4o-azure-2",
        "integration gpt-4o-openai",
    ]
    assert "\n# if the variable in webhook_url ends in a slash" in text


def test_providers(imported):
    sections, _ = imported(
        """
model_list:
  - {model_name: claude, litellm_params: {model: anthropic/claude-sonnet-4-5, max_tokens: 2048}}
  - {model_name: claude-3, litellm_params: {model: claude-3-haiku-20240307}}
  - {model_name: llama, litellm_params: {model: ollama/llama3.2}}
  - {model_name: llama-chat, litellm_params: {model: ollama_chat/llama3.2,
     api_base: "http://ollama:11434"}}
  - {model_name: router, litellm_params: {model: openrouter/anthropic/claude-sonnet-4.5}}
  - {model_name: groq, litellm_params: {model: groq/llama-3.3-70b-versatile}}
  - {model_name: mistral, litellm_params: {model: mistral/mistral-large-latest}}
  - {model_name: deepseek, litellm_params: {model: deepseek/deepseek-chat}}
  - {model_name: together, litellm_params: {model: together_ai/meta-llama/Llama-3.3-70B}}
  - {model_name: gemini, litellm_params: {model: gemini/gemini-2.5-flash}}
  - {model_name: xai, litellm_params: {model: xai/grok-4}}
  - {model_name: vllm, litellm_params: {model: hosted_vllm/qwen, api_base: "http://10.0.0.2:8000/v1"}}
  - {model_name: own, litellm_params: {model: openai/mistral, api_base: "http://0.0.0.0:4000/v1/",
     api_key: none}}
"""
    )

    def of(name: str) -> tuple[str, str, str]:
        (section,) = [keys for keys in sections.values() if keys.get("bot") == name]
        headers = [f"{key}: {value}" for key, value in section.items() if "header." in key]
        return section["webhook_url"], section["model"], " ".join(headers)

    bearer = "header.Authorization: Bearer "
    assert of("claude") == (
        "https://api.anthropic.com/v1/messages",
        "claude-sonnet-4-5",
        "header.x-api-key: ${ANTHROPIC_API_KEY}",
    )
    assert sections["integration claude-anthropic"]["type"] == "anthropic"
    assert sections["integration claude-anthropic"]["max_tokens"] == "2048"
    assert of("claude-3")[0] == "https://api.anthropic.com/v1/messages"
    assert of("llama") == ("http://127.0.0.1:11434/v1/chat/completions", "llama3.2", "")
    assert of("llama-chat") == ("http://ollama:11434/v1/chat/completions", "llama3.2", "")
    assert of("router") == (
        "https://openrouter.ai/api/v1/chat/completions",
        "anthropic/claude-sonnet-4.5",
        bearer + "${OPENROUTER_API_KEY}",
    )
    assert of("groq")[0] == "https://api.groq.com/openai/v1/chat/completions"
    assert of("mistral")[0] == "https://api.mistral.ai/v1/chat/completions"
    assert of("deepseek")[0] == "https://api.deepseek.com/chat/completions"
    assert of("together")[:2] == (
        "https://api.together.xyz/v1/chat/completions",
        "meta-llama/Llama-3.3-70B",
    )
    assert "/v1beta/openai/chat/completions" in of("gemini")[0]
    assert of("xai") == (
        "https://api.x.ai/v1/chat/completions",
        "grok-4",
        bearer + "${XAI_API_KEY}",
    )
    assert of("vllm") == ("http://10.0.0.2:8000/v1/chat/completions", "qwen", "")
    assert of("own") == ("http://0.0.0.0:4000/v1/chat/completions", "mistral", "")


def test_fallbacks_retries_and_cooldowns(imported):
    sections, text = imported(
        """
model_list:
  - model_name: zephyr-beta
    litellm_params:
      model: huggingface/HuggingFaceH4/zephyr-7b-beta
      api_base: http://0.0.0.0:8001/v1
  - model_name: gpt-3.5-turbo
    litellm_params:
      model: openai/gpt-3.5-turbo
      api_key: os.environ/OPENAI_API_KEY
      order: 1
  - model_name: gpt-3.5-turbo
    litellm_params:
      model: azure/gpt-35
      api_base: https://x.openai.azure.com
      order: 2
  - model_name: gpt-3.5-turbo-16k
    litellm_params:
      model: openai/gpt-3.5-turbo-16k

litellm_settings:
  num_retries: 3
  request_timeout: 10
  fallbacks: [{"zephyr-beta": ["gpt-3.5-turbo", "nowhere"]}]
  allowed_fails: 3
  cooldown_time: 30
router_settings:
  fallbacks:
    - gpt-3.5-turbo: ["gpt-3.5-turbo-16k"]
  routing_strategy: least-busy
"""
    )
    zephyr = sections["integration zephyr-beta-huggingface"]
    assert zephyr["webhook_url"] == "http://0.0.0.0:8001/v1/chat/completions"
    assert (zephyr["retries"], zephyr["timeout"], zephyr["breaker"]) == ("3", "10s", "3/30s")
    fallbacks = {
        name: (keys["model"], int(keys["weight"]))
        for name, keys in sections.items()
        if keys.get("fallback") == "yes"
    }
    of_zephyr = [value for name, value in fallbacks.items() if "zephyr" in name]
    assert [model for model, _ in of_zephyr] == ["gpt-3.5-turbo", "gpt-35"]
    assert of_zephyr[0][1] > of_zephyr[1][1]
    of_gpt = [value for name, value in fallbacks.items() if "integration gpt-3-5-turbo-" in name]
    assert [model for model, _ in of_gpt][:2] == ["gpt-35", "gpt-3.5-turbo-16k"]
    assert "nowhere (line 24) is left out" in text
    assert "router_settings.routing_strategy (line 30) has no equivalent" in text
    assert sections["bot gpt-3-5-turbo"]["name"] == "gpt-3.5-turbo"
    # Its name has a point, which names of bots do not have.
    assert "aliases" in sections["bot gpt-3-5-turbo"] or (
        "clients that ask for gpt-3.5-turbo must ask for gpt-3-5-turbo" in text
    )


def test_names_that_an_alias_cannot_be_leave_the_others(imported):
    """A pattern may be one: its last character is a star."""
    sections, text = imported(
        """
model_list:
  - model_name: "ollama/*"
    litellm_params: {model: ollama/llama3}
  - model_name: "My Model"
    litellm_params: {model: openai/gpt-4o}
router_settings:
  model_group_alias: {"vision/best": "My Model"}
"""
    )
    assert sections["bot ollama"]["aliases"] == "ollama/*"
    assert sections["bot my-model"]["aliases"] == "vision/best"
    assert "clients that ask for My Model must ask for my-model" in text


def test_the_whole_of_a_proxy(imported):
    """All sections, with anchors, merges, strings of several lines and keys in the clear."""
    sections, text = imported(
        """
# A comment.
environment_variables:
  REDIS_HOST: "redis.internal"
  OPENAI_API_KEY: "sk-hidden-0"
defaults: &defaults
  temperature: 0.2
  top_p: 1.0
  stop: ["\\n\\n", "END"]
  seed: 42
  extra_body:
    chat_template_kwargs: {enable_thinking: false}
  additional_drop_params: ["logit_bias", "user"]
model_list:
  - model_name: "GPT 4o (mini)"
    litellm_params:
      <<: *defaults
      model: openai/gpt-4o-mini
      api_key: sk-hidden-1
      temperature: 0.7
      max_parallel_requests: 4
      tpm: 100000
    model_info:
      mode: chat
      input_cost_per_token: 0.00000015
      output_cost_per_token: 6e-07
      max_input_tokens: 128000
  - model_name: embed
    litellm_params: {<<: *defaults, model: openai/text-embedding-3-small, api_key: sk-hidden-1}
    model_info: {mode: embedding}
  - model_name: vertex
    litellm_params: {model: vertex_ai/gemini-pro, vertex_credentials: sk-hidden-2}
  - model_name: "openai/*"
    litellm_params: {model: "openai/*", api_key: sk-hidden-3}
  - model_name: clear
    litellm_params:
      model: openai/m
      api_base: http://gateway.example/v1
      api_key: >-
        sk-hidden-4
litellm_settings:
  drop_params: True
  set_verbose: False
  json_logs: true
  cache: true
  cache_params: {type: redis, password: sk-hidden-5}
  success_callback: ["langfuse"]
general_settings:
  master_key: sk-hidden-6
  database_url: "postgresql://user:sk-hidden-7@host/db"
  global_max_parallel_requests: 100
router_settings:
  model_group_alias: {"gpt-4": "GPT 4o (mini)"}
  redis_password: sk-hidden-8
guardrails:
  - guardrail_name: x
"""
    )
    assert "hidden" not in text
    mini = sections["integration gpt-4o-mini-openai"]
    assert mini["param.temperature"] == "0.7"
    assert mini["param.top_p"] == "1.0"
    assert mini["param.stop"] == r'["\n\n","END"]'
    assert mini["param.seed"] == "42"
    assert mini["param.chat_template_kwargs"] == '{"enable_thinking":false}'
    assert mini["drop"] == "logit_bias, user"
    assert mini["max_in_flight"] == "4"
    assert (mini["price_input"], mini["price_output"]) == ("0.15", "0.6")
    assert mini["header.Authorization"] == "Bearer ${OPENAI_API_KEY}"
    assert re.search(r"line 19 of the original: set the variable OPENAI_API_KEY", text)
    assert sections["key master"] == {"secret": "${LITELLM_MASTER_KEY}", "scopes": "admin"}
    assert sections["limits"]["in_flight"] == "100"
    assert sections["log"] == {"format": "json"}
    clear = sections["integration clear-openai"]
    assert clear["allow_http"] == "yes"
    assert clear["header.Authorization"].startswith("Bearer ${OPENAI_API_KEY_")
    assert "bot vertex" not in sections
    assert "vertex_ai/gemini-pro (line 31) has no equivalent" in text
    assert "openai/* (line 33) has no equivalent: a wildcard" in text
    assert "environment_variables (line 3)" in text
    assert "REDIS_HOST, OPENAI_API_KEY" in text
    for name in ["cache", "success_callback", "database_url", "drop_params", "guardrails", "tpm"]:
        assert re.search(rf"^# .*\b{name} \(line \d+\)", text, re.MULTILINE), name


def test_models_for_something_else_than_a_chat(imported):
    modes = {
        "embedding": "embeddings",
        "completion": "completions",
        "moderation": "moderations",
        "audio_transcription": "transcription",
        "audio_speech": "speech",
    }
    entries = "".join(
        f"  - {{model_name: {mode}, litellm_params: {{model: openai/m}}, "
        f"model_info: {{mode: {mode}}}}}\n"
        for mode in modes
    )
    sections, text = imported(f"model_list:\n{entries}")
    bots = {
        section["bot"]: section.get("serves") for section in sections.values() if "bot" in section
    }
    assert {bot.replace("-", "_"): serves for bot, serves in bots.items()} == modes
    assert "no equivalent" not in text


def test_credentials_by_name(imported):
    sections, _ = imported(
        """
model_list:
  - model_name: gpt
    litellm_params: {model: azure/gpt-4o, litellm_credential_name: mine}
credential_list:
  - credential_name: mine
    credential_values:
      api_key: os.environ/MY_AZURE_KEY
      api_base: https://mine.openai.azure.com
      api_version: 2024-10-21
"""
    )
    section = sections["integration gpt-azure"]
    assert section["header.api-key"] == "${MY_AZURE_KEY}"
    assert section["webhook_url"].startswith(
        "https://mine.openai.azure.com/openai/deployments/gpt-4o/"
    )


@pytest.mark.parametrize("word", ["none", "None", "empty", "EMPTY", "dummy", "null", '"null"'])
def test_words_that_are_no_key(postern, word):
    """The key is left out, of which `check` warns."""
    model = f"{{model: openai/a, api_base: 'https://host.example/v1', api_key: {word}}}"
    yaml = f"model_list: [{{model_name: m, litellm_params: {model}}}]\n"
    done = postern("import", "-", stdin=yaml)
    assert done.returncode == 0
    assert "[integration m-openai]" in done.stdout
    assert "header." not in done.stdout
    assert "API_KEY" not in done.stdout


def test_notes_are_about_variables_that_the_file_needs(imported):
    """One key belongs to a section that is left out, one to a field that another replaces."""
    _, text = imported(
        """
model_list:
  - {model_name: m, litellm_params: {model: groq/a, api_key: hidden-1}}
  - {model_name: n, litellm_params: {model: xai/b, api_key: hidden-2, api_base: "not a URL"}}
  - model_name: o
    litellm_params:
      model: deepseek/c
      api_key: hidden-3
      extra_headers: {Authorization: hidden-4}
"""
    )
    assert "hidden" not in text
    notes = re.findall(r"line \d+ of the original: set the variable (\w+)", text)
    assert notes == ["GROQ_API_KEY", "AUTHORIZATION"]


def test_weights_from_limits(imported):
    """Without weights LiteLLM draws by the limits."""
    sections, _ = imported(
        """
model_list:
  - model_name: m
    litellm_params: {model: groq/a, rpm: 900}
  - model_name: m
    litellm_params: {model: openrouter/a, rpm: 100}
"""
    )
    assert sections["integration m-groq"]["weight"] == "900"
    assert sections["integration m-openrouter"]["weight"] == "100"


def test_what_postern_refuses_becomes_a_comment(imported):
    sections, text = imported(
        """
model_list:
  - model_name: m
    litellm_params:
      model: openai/a
      max_tokens: many
      extra_headers: {"Content-Length": "5", "X-Fine": "a # b"}
      extra_body: {messages: [], fine: "${NOT_A_VARIABLE}"}
  - model_name: n
    litellm_params: {model: openai/b, api_base: "not a URL"}
"""
    )
    section = sections["integration m-openai"]
    assert section["header.X-Fine"] == '"a # b"'
    assert section["param.fine"] == '"$${NOT_A_VARIABLE}"'
    assert "max_tokens" not in section
    for words in [
        "max_tokens = many",
        "header.Content-Length",
        "param.messages",
        "[integration n-openai]",
    ]:
        assert re.search(rf"^# {re.escape(words)}", text, re.MULTILINE), words


def test_comments_have_no_secrets(imported):
    """A section that is left out keeps harmless values and the references to variables."""
    _, text = imported(
        """
model_list:
  - model_name: m
    litellm_params:
      model: openai/a
      api_base: https://user:hidden-1@host.example/v1
      api_key: os.environ/MY_KEY
      extra_headers: {"X-Custom": "hidden-2", "X Y": "hidden-3", "X-Json": '{"a": "$hidden-4"}'}
  - model_name: n
    litellm_params: {model: openai/b, api_base: "https://host.example:x/v1?api_key=hidden-5"}
  - {model_name: fine, litellm_params: {model: openai/c}}
"""
    )
    assert "hidden" not in text
    assert text.count("# webhook_url = ****") == 2
    assert "# header.X-Custom = ****" in text
    assert "# header.Authorization = Bearer ${MY_KEY}" in text
    assert "# model = a" in text


def test_a_bot_without_integrations_is_left_out(imported):
    """Postern would answer for it with an echo."""
    sections, text = imported(
        """
model_list:
  - {model_name: m, litellm_params: {model: openai/a}}
  - {model_name: n, litellm_params: {model: openai/b, api_base: "not a URL"}}
"""
    )
    assert list(sections) == ["bot m", "integration m-openai"]
    assert "# left out: no integration of the bot is left\n# [bot n]\n# name = n\n" in text


def test_a_path_comes_before_a_query(imported):
    sections, _ = imported(
        """
model_list:
  - {model_name: m, litellm_params: {model: openai/a, api_base: "https://h.example/v1/?a=b"}}
  - {model_name: n, litellm_params: {model: azure/b, api_version: "1",
     api_base: "https://h.openai.azure.com?a=b"}}
"""
    )
    assert (
        sections["integration m-openai"]["webhook_url"]
        == "https://h.example/v1/chat/completions?a=b"
    )
    assert sections["integration n-azure"]["webhook_url"] == (
        "https://h.openai.azure.com/openai/deployments/b/chat/completions?api-version=1&a=b"
    )


def test_names_that_are_alike_stay_apart(imported):
    sections, _ = imported(
        """
model_list:
  - {model_name: gpt.4, litellm_params: {model: openai/a}}
  - {model_name: gpt-4, litellm_params: {model: openai/b}}
  - {model_name: GPT-4, litellm_params: {model: openai/c}}
  - {model_name: 模型, litellm_params: {model: openai/d}}
"""
    )
    bots = [name for name in sections if name.startswith("bot ")]
    assert len(bots) == len(set(bots)) == 4
    assert sections["bot gpt-4"]["name"] == "gpt-4"


def test_a_key_in_a_query_becomes_a_variable(imported):
    sections, text = imported(
        """
model_list:
  - {model_name: m, litellm_params: {model: openai/a,
     api_base: "https://h.example/v1?api_key=very-secret-1&v=2&sig=very-secret-2"}}
"""
    )
    assert sections["integration m-openai"]["webhook_url"] == (
        "https://h.example/v1/chat/completions?api_key=${API_KEY}&v=2&sig=${SIG}"
    )
    assert "very-secret" not in text
    assert "set the variable API_KEY to it" in text
