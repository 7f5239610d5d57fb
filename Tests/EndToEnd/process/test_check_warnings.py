"""What `check` says about files that are valid and hardly meant, and about secrets that are not
there."""

import re

import pytest

GPT = """[integration gpt]
type = openai
webhook_url = https://api.openai.com/v1/chat/completions
model = gpt-4o
header.Authorization = Bearer ${KEY}
"""
KEY = {"KEY": "sk-proj-0123456789abcdef"}


@pytest.fixture
def findings_of(postern, tmp_path):
    """Checks a file of this text and mode, and returns status, findings and output."""

    def check(text: str, *options: str, mode: int = 0o600, **environment: str):
        file = tmp_path / "postern.conf"
        file.write_text(text)
        file.chmod(mode)
        done = postern("check", "-c", file, *options, environment=environment)
        lines = done.stderr.replace(f"{file}:", "").splitlines()
        return done.returncode, lines, done.stdout.replace(str(file), "FILE")

    return check


# A text, the line of the only warning, and words of it.
DOUBTFUL = {
    "comment after a model": (GPT.replace("gpt-4o", "gpt-4o ; best"), 4, "line of its own"),
    "comment after a prompt": (
        "[bot a]\nsystem = You are terse.          ; or system_file = /path\n",
        2,
        "line of its own",
    ),
    "single quotes": (GPT.replace("gpt-4o", "'gpt-4o'"), 4, "quotes"),
    "typographic quotes": (GPT.replace("gpt-4o", "“gpt-4o”"), 4, "quotes"),
    "variable of a shell": (GPT.replace("${KEY}", "$KEY"), 5, "${KEY}"),
    "variable of Python": (GPT.replace("${KEY}", "%(KEY)s"), 5, "${KEY}"),
    "no scheme": (GPT.replace("Bearer ${KEY}", "${KEY}"), 5, "Bearer ${NAME}"),
    "no key": (GPT.replace("Bearer ${KEY}", ""), 5, "no value"),
    "no header": (GPT.replace("header.Authorization = Bearer ${KEY}", ""), 3, "header with a key"),
    "placeholder": (GPT.replace("${KEY}", "sk-..."), 5, "placeholder"),
    "base address": (GPT.replace("/chat/completions", ""), 3, "/v1/chat/completions"),
    "key of another vendor": (GPT.replace("${KEY}", "sk-ant-api03-01234567"), 5, "Anthropic"),
    "no type": (GPT.replace("type = openai\n", ""), 3, "type = openai"),
    "echo in the draw": (GPT + "[integration e]\ntype = echo\n", 7, "fallback = yes"),
    "milliseconds": (GPT + "idle_timeout = 30000\n", 6, "30000ms"),
    "bytes": ("[server]\nmax_body = 8\n", 2, "8M"),
    "Postern itself": (
        GPT.replace("https://api.openai.com", "http://127.0.0.1:8080"),
        3,
        "Postern's own address",
    ),
}


@pytest.mark.parametrize(("text", "line", "words"), DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_check_warns(findings_of, text, line, words):
    status, findings, output = findings_of(text, **KEY)
    assert (status, output) == (0, "FILE: valid\n")
    assert len(findings) == 1, findings
    assert findings[0].startswith(f"{line}: warning: ")
    assert words in findings[0]


# A text, the line of the only error, and words of it.
HINTED = {
    "host": ("[server]\nhost = 127.0.0.1\n", 2, "'listen'"),
    "listen on a port": ("[server]\nlisten = :8080\n", 2, "127.0.0.1:8080"),
    "log file": ("[log]\nfile = /var/log/postern.log\n", 2, "standard error"),
    "level": ("[log]\nlevel = warn\n", 2, "'warning'"),
    "temperature": (GPT + "temperature = 0.2\n", 6, "'param.temperature'"),
    "api_key": (GPT + "api_key = x\n", 6, "header.Authorization = Bearer ${NAME}"),
    "type": ("[integration a]\ntype = ollama\n", 2, "type = openai"),
    "breaker": (GPT + "breaker = off\n", 6, "'0'"),
    "duration": (GPT + "timeout = 1d\n", 6, "'24h'"),
    "boolean of Python": (GPT + "param.store = True\n", 6, "'true'"),
    "decimal comma": (GPT + "param.temperature = 0,2\n", 6, "not a comma"),
}


@pytest.mark.parametrize(("text", "line", "words"), HINTED.values(), ids=HINTED.keys())
def test_check_says_what_to_write(findings_of, text, line, words):
    status, findings, output = findings_of(text, **KEY)
    assert (status, output) == (1, "")
    assert len(findings) == 1, findings
    assert findings[0].startswith(f"{line}: ")
    assert words in findings[0]


def test_secrets_in_a_file_that_all_can_read(findings_of):
    text = GPT.replace("${KEY}", "sk-proj-0123456789abcdef")
    assert findings_of(text, mode=0o640)[:2] == (0, [])
    status, findings, _ = findings_of(text, mode=0o644)
    assert status == 0
    assert len(findings) == 1
    assert re.match(r"5: warning: .*chmod o=", findings[0])
    assert "0123456789" not in findings[0]
    assert findings_of(GPT, mode=0o644, **KEY)[:2] == (0, [])


def test_a_ring_in_a_folder_that_is_not_there(findings_of, tmp_path):
    status, findings, _ = findings_of(f"[context]\nfile = {tmp_path}/none/context.ring\n")
    assert status == 1
    assert len(findings) == 1
    assert findings[0].startswith("2: file: ")
    assert f"{tmp_path}/none does not exist" in findings[0]
    status, findings, _ = findings_of(f"[context]\nfile = {tmp_path}\n")
    assert (status, len(findings)) == (1, 1)
    assert findings_of(f"[context]\nfile = {tmp_path}/context.ring\n")[:2] == (0, [])


def test_without_secrets(findings_of):
    text = f"[key ops]\nsecret = ${{credential:ops}}\n{GPT}weight = ${{WEIGHT}}\n"
    status, findings, _ = findings_of(text)
    assert (status, len(findings)) == (1, 3)
    status, findings, output = findings_of(text, "--no-secrets")
    assert (status, findings) == (0, [])
    assert output.startswith("FILE: valid; 3 values were not checked")
    status, findings, output = findings_of(text, "--no-secrets", "--print")
    assert (status, findings) == (0, [])
    assert "\nsecret = ****\n" in output
    # What is here is checked, and what does not depend on secrets.
    assert findings_of(text, "--no-secrets", WEIGHT="heavy")[0] == 1
    assert findings_of(text + "timeout = 0\n", "--no-secrets")[0] == 1
    assert findings_of("[context]\nwindow = 5\n", "--no-secrets")[2] == "FILE: valid\n"


def test_a_parameter_that_is_a_key_is_not_printed(findings_of):
    status, _, output = findings_of(GPT + 'param.api_key = "hidden-key"\n', "--print", **KEY)
    assert status == 0
    assert "param.api_key = ****" in output
    assert "hidden-key" not in output


def test_an_empty_message_is_a_usage_error(postern):
    done = postern("test", "-c", "/dev/null", "-m", "")
    assert (done.returncode, done.stdout) == (2, "")
    assert "-m" in done.stderr
