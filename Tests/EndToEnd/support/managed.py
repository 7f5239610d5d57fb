"""A gateway with its file, and the requests of the management API that change it."""

import json
from collections.abc import Mapping
from pathlib import Path

from address import loopback
from client import Response
from postern import Gateway

JSON = {"Content-Type": "application/json"}

SERVER = "[server]\nlisten = LISTEN\n"
# A bot a, and an integration gpt of it.
PLAIN = "[server]\nlisten = LISTEN\n[bot a]\nwindow = 5\n[integration gpt]\nbot = a\ntype = echo\n"
# Two bots, and integrations with everything that can be secret.
TWO = (
    SERVER
    + """
[bot support]
name = Support Bot

[bot sales]

[integration gpt]
bot = support
name = GPT
type = openai
webhook_url = http://127.0.0.1:9/v1?key=query-secret
model = ${MODEL}
header.Authorization = Bearer header-secret
header.X-Plain = plain-secret
param.temperature = 0.2
param.secret = "${KEY}"
timeout = 1500ms
max_response = 2M

[integration spare]
bot = support
type = echo
"""
)
ENVIRONMENT = {"MODEL": "model-secret", "KEY": "param-secret"}
SECRETS = ["query-secret", "header-secret", "plain-secret", "model-secret", "param-secret"]
# A key for each scope, and one for a bot; two bots with one integration each.
KEYS = {
    "chat": "chat-key-0123456789",
    "read": "read-key-0123456789",
    "write": "write-key-0123456789",
    "admin": "admin-key-0123456789",
    "a": "only-a-key-0123456789",
}
KEYS_AND_BOTS = """[server]
listen = LISTEN
ollama = yes
[key chat]
secret = chat-key-0123456789
scopes = chat
[key read]
secret = read-key-0123456789
scopes = read
[key write]
secret = write-key-0123456789
scopes = write
[key admin]
secret = admin-key-0123456789
scopes = admin
[key a]
secret = only-a-key-0123456789
scopes = admin, chat
bots = a
[bot a]
[bot b]
[integration ia]
bot = a
type = echo
[integration ib]
bot = b
type = echo
"""


class Managed:
    """A gateway and its configuration file. The file's text may have `LISTEN` for the address."""

    def __init__(self, binary: Path, folder: Path, text: str | bytes, wrapper=(), **environment):
        address = loopback()
        raw = text.encode() if isinstance(text, str) else text
        self.original = raw.replace(b"LISTEN", str(address).encode())
        self.file = folder / "postern.conf"
        self.file.write_bytes(self.original)
        self.running = Gateway(
            [*wrapper, binary, "run", "-c", self.file],
            [address],
            folder / "postern.log",
            environment,
        )
        self.running.await_readiness(30)
        self.client = self.running.client()

    @property
    def text(self) -> str:
        return self.file.read_bytes().decode()

    def get(self, target: str, **headers: str) -> Response:
        return self.client.get(target, _fields(headers))

    def post(self, target: str, document: object, **headers: str) -> Response:
        return self.client.post(target, document, _fields(headers))

    def patch(self, target: str, document: object, **headers: str) -> Response:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        return self.client.request("PATCH", target, body, {**JSON, **_fields(headers)})

    def delete(self, target: str, **headers: str) -> Response:
        return self.client.request("DELETE", target, headers=_fields(headers))

    def data(self, target: str) -> object:
        return self.get(target).data

    def everything(self) -> dict[str, object]:
        """All resources, as they apply now."""
        bots = self.get("/v1/bots?per_page=100").data
        return {
            bot["id"]: (bot, self.get(f"/v1/bots/{bot['id']}/integrations?per_page=100").data)
            for bot in bots
        }


def _fields(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def refusal(response: Response) -> tuple[int, str, str | None]:
    """Status, code and member of a refusal. Ollama's interface has no codes: those of its statuses
    stand for them."""
    if isinstance(response.error, str):
        code = {401: "invalid_key", 403: "insufficient_scope"}.get(response.status, "")
        return response.status, code, None
    return response.status, response.error["code"], response.error.get("param")
