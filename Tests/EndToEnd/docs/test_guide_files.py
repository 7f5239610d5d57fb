"""The files of the guides that other programs read: their own programs find them right, and they
do what the page says."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

import jinja2
import pytest
import yaml

import guide
import models
from address import Address, loopback
from backends import finish, hold, send
from guide_session import Session
from https import https
from repository import ROOT
from web_proxy import caddy, nginx

KEY = "a-key-of-the-guides"
OLLAMA = "http://127.0.0.1:11434"
PAGE_RUNNER = Path(__file__).with_name("page.mjs")


def files(page: str, fence: str) -> dict[str, str]:
    """The blocks with that fence, by the file that each names."""
    found = [b for b in guide.blocks(ROOT / "docs" / f"{page}.md") if b.fence == fence]
    return {block.file: block.text for block in found}


def needs(program: str) -> None:
    """For programs that are too large to be installed for one test."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")


def run(*command: object, **options) -> str:
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=60, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def follow(binary, backend, tmp_path):
    """Follows a page to its end, with its gateway running; returns the session."""
    session = Session(binary, tmp_path, backend)

    def to_the_end(page: str) -> Session:
        for block in guide.blocks(ROOT / "docs" / f"{page}.md"):
            session.follow(block)
        return session

    yield to_the_end
    session.close()


@contextmanager
def answer(address: Address, path: str, body: dict | None = None, authorization: str = ""):
    """An answer through a proxy, whose own answers follow no rule of Postern's."""
    if address.tls is None:
        connection = HTTPConnection(address.host, address.port, timeout=30)
    else:
        connection = HTTPSConnection(address.host, address.port, timeout=30, context=address.tls)
    headers = {"Content-Type": "application/json"}
    if authorization:
        headers["Authorization"] = authorization
    method = "GET" if body is None else "POST"
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    with closing(connection):
        yield connection.getresponse()


def check_proxy(address: Address, session: Session) -> None:
    """Messages and streams come through with a key, and nothing without."""
    key = f"Bearer {session.path('/etc/postern/web.key').read_text().strip()}"
    path = "/v1/bots/default/messages"
    with answer(address, path, {"content": "Hello"}, key) as response:
        assert json.load(response)["data"]["content"] == models.TEXT
    with answer(address, path, {"content": "Hello"}) as response:
        assert json.load(response)["error"]["code"] == "invalid_key"
    with answer(address, "/metrics") as response:
        assert response.status == 404
    check_stream(address, session, path, key)


def check_stream(address: Address, session: Session, path: str, authorization: str) -> None:
    """A stream comes piece by piece."""
    first, *rest = models.events("openai", False)
    released = threading.Event()
    session.backends[OLLAMA].script = [
        send(models.STREAM + first),
        hold(released),
        send(b"".join(rest)),
        finish(),
    ]
    with answer(address, path, {"content": "Hello", "stream": True}, authorization) as response:
        assert response.readline() == b"event: delta\n"
        assert json.loads(response.readline()[6:]) == {"content": "Hello"}
        released.set()
        assert b"event: message" in response.read()


def test_nginx(follow, certificates, tmp_path):
    session = follow("recipes/reverse-proxy")
    with nginx(tmp_path, certificates) as address:
        check_proxy(address, session)


def test_caddy(follow, tmp_path):
    needs("caddy")
    session = follow("recipes/reverse-proxy")
    with caddy(tmp_path) as address:
        check_proxy(address, session)


def test_the_web_page(follow, certificates, tmp_path):
    session = follow("recipes/web-page")
    html = session.path("/srv/chat/index.html")
    script = tmp_path / "page.js"
    script.write_text(re.search(r"<script>(.*)</script>", html.read_text(), re.DOTALL)[1])
    login = "Basic " + base64.b64encode(b"ann:secret").decode()
    with nginx(tmp_path, certificates) as address:
        for path, authorization, status in [
            ("/", "", 401),
            ("/", login, 200),
            ("/messages", "", 401),
            ("/v1/models", login, 404),
        ]:
            with answer(address, path, None, authorization) as response:
                assert response.status == status, path
        trusted = {"NODE_EXTRA_CA_CERTS": str(certificates.authority), "PATH": os.environ["PATH"]}
        page = [PAGE_RUNNER, script, f"https://{address}", login, "Who are you?"]
        assert json.loads(run("node", *page, env=trusted)) == ["> Who are you?", models.TEXT]
        check_stream(address, session, "/messages", login)
    sent = session.sent(OLLAMA)[0]["messages"][-1]
    assert sent == {"role": "user", "content": "Who are you?"}


class HomeAssistantLoader(yaml.SafeLoader):
    """Home Assistant's YAML: `!secret` names a line of secrets.yaml."""


def rendered(value: object, **variables: object) -> object:
    """The templates of a value, filled in as Home Assistant does."""
    if isinstance(value, dict):
        return {name: rendered(member, **variables) for name, member in value.items()}
    if not isinstance(value, str):
        return value
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.filters["to_json"] = json.dumps
    environment.globals["states"] = lambda sensor: "3"
    return environment.from_string(value).render(**variables)


def test_home_assistant(follow):
    session = follow("recipes/home-assistant")
    folder = session.path("/etc/homeassistant")
    secrets = yaml.safe_load((folder / "secrets.yaml").read_text())
    key = session.path("/etc/postern/home.key").read_text().strip()
    HomeAssistantLoader.add_constructor(
        "!secret", lambda _, node: secrets[node.value].replace("KEY", key)
    )
    configuration = yaml.load((folder / "configuration.yaml").read_text(), HomeAssistantLoader)
    command = configuration["rest_command"]["postern"]
    call, decision = yaml.safe_load((folder / "scripts.yaml").read_text())["good_morning"][
        "sequence"
    ]
    assert call["action"] == "rest_command.postern"
    data = rendered(call["data"])
    url = urlsplit(command["url"])
    address = Address(url.hostname, url.port)
    body = json.loads(rendered(command["payload"], **data))
    assert body["content"] == "It is 3 degrees. What should I wear?"
    with answer(address, url.path, body, command["headers"]["Authorization"]) as response:
        result = {"status": response.status, "content": json.load(response)}
    assert rendered(decision["if"], answer=result) == "True"
    told = rendered(decision["then"][0]["data"], answer=result)
    assert told == {"message": models.TEXT}
    wrong = {"status": 401, "content": {"error": {"message": "A valid key is needed."}}}
    assert rendered(decision["if"], answer=wrong) == "False"
    told = rendered(decision["else"][0]["data"], answer=wrong)
    assert told == {"message": "A valid key is needed."}


def test_the_rules_of_prometheus(gateway, certificates, tmp_path):
    """They name metrics that there are, by Prometheus' own reading if it is installed."""
    for name, text in files("operations", "yaml").items():
        assert yaml.safe_load(text)
        text = text.replace("/etc/prometheus", str(tmp_path))
        (tmp_path / Path(name).name).write_text(text)
    (tmp_path / "postern.key").write_text(KEY)
    rules = (tmp_path / "postern.rules.yml").read_text()
    running = https(gateway, certificates, {"key metrics": {"secret": KEY, "scopes": "read"}})
    metrics = running.client(KEY).get("/metrics").body.decode()
    named = set(re.findall(r"postern_\w+", rules))
    assert len(named) > 5
    assert not [name for name in named if f"\n{name}" not in metrics]
    needs("promtool")
    run("promtool", "check", "config", tmp_path / "prometheus.yml")


def test_fail2ban(gateway, tmp_path):
    """The filter finds the address of a client with a wrong key, in a file and in the journal,
    and no other address."""
    needs("fail2ban-regex")
    configuration = tmp_path / "fail2ban"
    shutil.copytree("/etc/fail2ban", configuration)
    for name, text in files("operations", "fail2ban").items():
        (configuration / name.removeprefix("/etc/fail2ban/")).write_text(text)
    running = gateway({"key chat": {"secret": KEY, "scopes": "chat"}})
    assert running.client().get("/v1/stats").status == 401
    refused = running.await_log("access_refused")
    forged = "/v1/bots/warning%20access_refused%20peer=192.0.2.9%20status=401%20code=invalid_key"
    time.sleep(1.1)
    assert running.client(KEY).get(forged).status == 403
    other = running.await_log("192.0.2.9")
    log = tmp_path / "log"
    for line, is_found in [(refused, True), (other, False)]:
        time_of_line, message = line.split(" ", 1)
        for form in (line, f"{time_of_line} host postern[123]: {message}"):
            log.write_text(form + "\n")
            found = run(
                "fail2ban-regex",
                *("-c", configuration, "-o", "ip"),
                *(log, configuration / "filter.d/postern.conf"),
            )
            assert found.split() == (["127.0.0.1"] if is_found else []), form


def test_the_custom_backend(gateway):
    """The program of http.md, which is a whole backend."""
    text = (ROOT / "docs/http.md").read_text()
    program = re.search(r"^```python\n(import json\n.*?)^```", text, re.MULTILINE | re.DOTALL)[1]
    section = re.search(r"^```ini\n(\[integration mine\]\n.*?)^```", text, re.M | re.DOTALL)[1]
    assert section == "[integration mine]\nwebhook_url = http://127.0.0.1:9000/\n"
    address = loopback()
    program = program.replace("9000", str(address.port))
    process = subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL)
    try:
        # The first message may come before the program listens.
        mine = {"webhook_url": f"http://{address}/", "backoff": "50ms", "retries": 9}
        client = gateway({"integration mine": mine}).client()
        first = client.message("Hello", conversation_id="c")
        second = client.message("Hello", conversation_id="c")
    finally:
        process.terminate()
        process.wait(10)
    assert first.data["content"] == "I was sent 1 messages."
    assert second.data["content"] == "I was sent 3 messages."
