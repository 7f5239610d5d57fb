"""`GET /openapi.json` describes everything that the gateway does, and nothing else."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import configuration
from client import unused_tcp_socket
from repository import ROOT, SUPPORT
from stream_client import streamed

KEY = "an-admin-key-of-the-fuzzer"


@pytest.fixture
def running(gateways):
    with unused_tcp_socket() as closed:
        dead = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        yield gateways(
            {
                "server": {"ollama": True},
                "key ops": {"secret": KEY, "scopes": "admin"},
                # A bot that a key is limited to cannot be deleted.
                "key user": {"secret": "a-key-of-a-user", "scopes": "chat", "bots": "support"},
                "bot support": {"deadline": "5s"},
                "integration parrot": {"bot": "support", "type": "echo"},
                "integration dead": configuration.integration(
                    dead, "openai", bot="support", fallback=True
                ),
                "bot lost": {"deadline": "5s"},
                "integration broken": configuration.integration(dead, "anthropic", bot="lost"),
            }
        )


def test_is_a_valid_document(running):
    response = running.client().get("/openapi.json")
    assert response.status == 200
    assert response.field("Content-Type") == "application/json"
    assert response.json["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(response.json).validate()


def test_is_the_file_in_docs(running):
    text = (ROOT / "docs/openapi.json").read_bytes()
    client = running.client()
    plain = client.get("/openapi.json")
    assert (plain.body, plain.values("Content-Encoding")) == (text, [])
    compressed = client.get("/openapi.json", {"Accept-Encoding": "br, gzip;q=0.5"})
    assert compressed.field("Content-Encoding") == "gzip"
    assert gzip.decompress(compressed.body) == text
    for response in (plain, compressed):
        assert response.field("Vary") == "Accept-Encoding"


def test_without_keys_only_this_host_may_read_it(gateway):
    client = gateway().client()
    assert client.get("/openapi.json").status == 200
    refused = client.get("/openapi.json", {"X-Forwarded-For": "192.0.2.1"})
    assert (refused.status, refused.error["code"]) == (403, "keys_required")


def test_other_methods_are_refused(running):
    refused = running.client().request("DELETE", "/openapi.json")
    assert (refused.status, refused.field("Allow")) == (405, "GET, HEAD")


def test_streams_are_what_it_says(running):
    """OpenAPI cannot describe streams: each event is checked against the schema of one event."""
    document = running.client().get("/openapi.json").json
    operation = document["paths"]["/v1/bots/{bot}/messages"]["post"]
    described = operation["responses"]["200"]["content"]["text/event-stream"]["schema"]

    def check(value, schema):
        Draft202012Validator({**schema, "components": document["components"]}).validate(value)

    stream = streamed(running.client(KEY), bot="support")
    assert [event.type for event in stream.events] == ["delta", "message"]
    kinds = document["components"]["schemas"]["Event"]["oneOf"]
    for event in stream.events:
        check({"event": event.type, "data": json.dumps(event.data)}, described)
        [kind] = [one for one in kinds if one["properties"]["event"]["const"] == event.type]
        check(event.data, kind["properties"]["data"]["contentSchema"])
    failed = streamed(running.client(KEY), bot="lost")
    check(failed.failure, {"$ref": "#/components/schemas/Error"})


# Members that clients may add to, and parts of other schemas, are not closed.
OPEN = {
    "Message",
    "ChatRequest",
    "Content",
    "ChatCompletion",
    "AnthropicMessage",
    "Model",
    "Models",
    "Event",
}
# A sharpened document excludes requests that are valid.
KNOWING = ["--mode", "positive", "--exclude-checks", "negative_data_rejection"]
# What exists, at least at first.
THERE = {
    "bot": ["support", "lost"],
    "integration": ["parrot", "dead", "broken"],
    "conversation": ["conv_1", "conv_2"],
    "model": ["support", "support/parrot", "lost"],
}


def close(schema):
    """An answer has only members that are described."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            schema.setdefault("additionalProperties", False)
        schema = list(schema.values())
    if isinstance(schema, list):
        for inner in schema:
            close(inner)


def sharpened(document):
    """The document with more knowledge of this gateway: what exists, what fits together, and
    that answers have no other members. More requests reach a handler."""
    components = document["components"]
    schemas = components["schemas"]
    for name, schema in schemas.items():
        if name not in OPEN:
            close(schema)
    for path in (
        "/v1/bots/{bot}",
        "/v1/integrations/{integration}",
        # A list is still there after everything in it was deleted, which schemathesis denies.
        "/v1/bots/{bot}/conversations",
    ):
        del document["paths"][path]["delete"]
    for item in document["paths"].values():
        for operation in item.values():
            for response in operation["responses"].values():
                close(response.get("content", {}).get("application/json"))
    for parameter in components["parameters"].values():
        if parameter["name"] in THERE:
            parameter["schema"] = {"enum": THERE[parameter["name"]]}
            parameter["required"] = True
        if parameter["name"] == "If-Match":
            parameter["schema"] = {"enum": ["*"]}
    schemas["Message"]["properties"]["conversation_id"] = {"enum": THERE["conversation"]}
    chat = schemas["ChatRequest"]["properties"]
    chat["model"] = {"enum": THERE["model"]}
    chat["messages"]["items"]["properties"] = {
        "role": {"enum": ["user", "assistant", "system"]},
        "content": {"type": "string", "minLength": 1},
    }
    chat["messages"]["items"]["required"].append("content")
    for name in "BotPatch", "IntegrationPatch":
        members = schemas[name]["properties"]
        for member in "id", "bot", "system_file", "ca_file":
            members.pop(member, None)
    members["type"] = {"const": "echo"}
    members["webhook_url"] = {"enum": ["http://127.0.0.1:1/", None]}
    schemas["IntegrationPatch"]["required"] = ["type"]
    return document


@pytest.mark.parametrize("sharpen", [False, True], ids=["as it is", "sharpened"])
def test_the_gateway_does_what_it_says(running, tmp_path, sharpen):
    """Sends requests made from the document, valid and invalid, and checks the answers against
    it."""
    document = running.client().get("/openapi.json").json
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps(sharpened(document) if sharpen else document))
    examples = os.environ.get("POSTERN_API_EXAMPLES")
    repeatable = [] if examples else ["--seed", "1", "--generation-deterministic"]
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "schemathesis", "--config-file"),
            *(SUPPORT / "schemathesis.toml", "run", file),
            *("--url", f"http://{running.addresses[0]}"),
            *("-H", f"Authorization: Bearer {KEY}", "--no-color", "--checks", "all"),
            *(KNOWING if sharpen else []),
            *("--max-examples", examples or "10", *repeatable),
        ],
        cwd=tmp_path,
        stdout=None if examples else subprocess.PIPE,
        text=True,
        timeout=None if examples else 100,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert running.process.poll() is None
