"""What the management API may not change: paths, and where secrets go."""

import pytest

import replies
from managed import KEYS, KEYS_AND_BOTS, SERVER, refusal

PATHS = {"/v1/bots/a": ["system_file"], "/v1/integrations/ia": ["ca_file"]}


@pytest.fixture
def served(managed):
    return managed(KEYS_AND_BOTS)


@pytest.mark.parametrize("key", ["write", "admin", "a"])
def test_paths_are_the_administrators(served, tmp_path, key):
    """The answer does not tell which files exist or can be read."""
    served.client.key = KEYS[key]
    there = tmp_path / "there"
    there.write_text("text")
    there.chmod(0)
    values = [str(there), str(served.file), "/etc/passwd", "/nonexistent", "/", "", "x", 5, {}]
    for target, members in PATHS.items():
        for member in members:
            bodies = set()
            for value in values:
                response = served.patch(target, {"name": "n", member: value})
                assert refusal(response) == (403, "administrator_only", member)
                bodies.add(response.body)
            assert len(bodies) == 1
            assert served.patch(target, {member: None}).status == 200
    assert served.text.encode() == served.original


def test_a_new_section_has_no_path(served):
    served.client.key = KEYS["admin"]
    for target, document, member in [
        ("/v1/bots", {"id": "n"}, "system_file"),
        ("/v1/bots/a/integrations", {"id": "n", "type": "echo"}, "ca_file"),
    ]:
        for value in ["/etc/passwd", "/nonexistent"]:
            response = served.post(target, {**document, member: value})
            assert refusal(response) == (403, "administrator_only", member)
    assert served.text.encode() == served.original


def test_a_path_in_the_file_may_be_sent_back(managed, tmp_path):
    prompt = tmp_path / "prompt"
    prompt.write_text("Be terse.")
    served = managed(f"{SERVER}[bot a]\nsystem_file = {prompt}\n")
    document = served.data("/v1/bots/a")
    assert document["system_file"] == str(prompt)
    assert served.patch("/v1/bots/a", document).status == 200
    for other in [None, f"{prompt}x", f"{prompt} "]:
        response = served.patch("/v1/bots/a", {"system_file": other})
        assert refusal(response) == (403, "administrator_only", "system_file")
    assert served.text.encode() == served.original


@pytest.mark.parametrize("reference", ["${file:/etc/hostname}", "${PATH}", "${credential:key}"])
def test_a_reference_through_the_api_is_text(managed, reference):
    served = managed(f"{SERVER}[bot a]\n[integration ia]\ntype = echo\n")
    response = served.patch("/v1/bots/a", {"system": reference, "name": f"${reference}"})
    assert (response.data["system"], response.data["name"]) == (reference, f"${reference}")
    response = served.patch("/v1/integrations/ia", {"params": {"p": reference}, "model": reference})
    assert response.data["params"] == {"p": reference}
    assert response.data["model"] == reference


def test_a_moved_address_does_not_take_secrets_along(managed, backend):
    there, thief = backend(replies.custom("Hi.")), backend(replies.custom("Hi."))
    served = managed(
        f"{SERVER}[integration mine]\nwebhook_url = {there.url}\n"
        "header.Authorization = Bearer sk-secret\nheader.X-Api-Version = 1\n"
    )
    target = "/v1/integrations/mine"
    moved = {"webhook_url": thief.url}
    kept = {"Authorization": "****", "X-Api-Version": "2"}
    for document, missing in [
        (moved, "headers.Authorization"),
        ({**moved, "headers": kept}, "headers.Authorization"),
        ({**moved, "headers": {"Authorization": "Bearer new"}}, "headers.X-Api-Version"),
    ]:
        assert refusal(served.patch(target, document)) == (400, "invalid_parameter", missing)
    # In two steps, by way of another type.
    assert served.patch(target, {"type": "echo", "webhook_url": None}).status == 200
    response = served.patch(target, {**moved, "type": "custom"})
    assert refusal(response) == (400, "invalid_parameter", "headers.Authorization")
    document = {**moved, "type": "custom", "headers": {"authorization": "n", "X-Api-Version": None}}
    assert served.patch(target, document).status == 200
    assert served.post(f"{target}/test", {}).status == 200
    assert [request.field("authorization") for request in thief.requests] == ["n"]
    assert there.requests == []


def test_a_proxy_does_not_get_the_secrets(managed, backend):
    """A new proxy could read what is not encrypted, and send the rest to another backend."""
    there, thief = backend(replies.custom("Hi.")), backend(replies.custom("Thanks."))
    served = managed(
        f"{SERVER}[integration mine]\nwebhook_url = {there.url}\nheader.Authorization = s3cret\n"
    )
    target = "/v1/integrations/mine"
    moved = {"proxy": f"http://127.0.0.1:{thief.port}"}
    for document in [moved, {**moved, "headers": {"Authorization": "****"}}]:
        response = served.patch(target, document)
        assert refusal(response) == (400, "invalid_parameter", "headers.Authorization")
    assert served.patch(target, {**moved, "headers": None}).status == 200
    assert served.post(f"{target}/test", {}).status == 200
    assert [request.values("authorization") for request in thief.requests] == [[]]
    # Without it, messages go where an administrator sent them.
    assert served.patch(target, {"proxy": None}).status == 200
    for host in "169.254.169.254", "metadata.google.internal", "[::ffff:169.254.169.254]":
        response = served.patch(target, {"proxy": f"http://{host}:80"})
        assert refusal(response) == (400, "invalid_parameter", "proxy")


def test_another_path_keeps_the_secrets(managed, backend):
    server = backend(replies.custom("Hi."))
    served = managed(f"{SERVER}[integration mine]\nwebhook_url = {server.url}\nheader.X = s\n")
    response = served.patch("/v1/integrations/mine", {"webhook_url": f"{server.url}/other?v=1"})
    assert response.status == 200, response.body


HOST_ONLY = [
    "169.254.169.254",
    "169.254.0.1",
    "0.0.0.0",
    "[::]",
    "[fe80::1]",
    "[::ffff:169.254.169.254]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:a9fe:a9fe::1]",
    "100.100.100.200",
    "[fd00:ec2::254]",
    "metadata.google.internal",
    "Metadata.Google.Internal.",
    "metadata.goog",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.254.169.254.",
]


@pytest.mark.parametrize("host", HOST_ONLY)
def test_addresses_that_only_the_host_reaches_are_refused(served, host):
    served.client.key = KEYS["admin"]
    url = f"http://{host}/latest/meta-data/"
    document = {"type": "custom", "webhook_url": url, "allow_http": True}
    for response in [
        served.patch("/v1/integrations/ia", document),
        served.post("/v1/bots/a/integrations", {"id": "n", **document}),
    ]:
        assert refusal(response) == (400, "invalid_parameter", "webhook_url")
    assert served.text.encode() == served.original


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.1.2.3", "[::1]", "[fd00::1]"])
def test_loopback_and_private_addresses_are_taken(served, host):
    served.client.key = KEYS["admin"]
    document = {"id": "n", "type": "custom", "webhook_url": f"http://{host}:9/"}
    assert served.post("/v1/bots/a/integrations", document).status == 201


def test_a_change_is_logged_with_the_key_and_without_values(served):
    served.client.key = KEYS["admin"]
    document = {
        "weight": 7,
        "headers": {"Authorization": "Bearer sk-secret"},
        "params": {"k": "v8"},
    }
    assert served.patch("/v1/integrations/ia", document).status == 200
    assert served.post("/v1/bots/a/integrations", {"id": "n", "type": "echo"}).status == 201
    assert served.delete("/v1/integrations/n").status == 204
    assert served.patch("/v1/integrations/ia", {"weight": "x"}).status == 400
    served.running.await_log("action=deleted")
    lines = [line for line in served.running.log.splitlines() if " configuration_changed " in line]
    assert len(lines) == 3
    assert all(" key=admin peer=127.0.0.1 " in line for line in lines)
    changes = "[integration ia] weight, header.Authorization, param.k"
    assert f'action=patched changes="{changes}"' in lines[0]
    assert 'action=created changes="+[integration n]; [integration n] bot, type"' in lines[1]
    assert 'action=deleted changes="-[integration n]"' in lines[2]
    assert "sk-secret" not in served.running.log
    assert "v8" not in served.running.log


def test_only_what_a_request_changes_is_logged(served):
    """A client may send a whole object back with one member changed, or with none."""
    served.client.key = KEYS["admin"]
    document = served.get("/v1/integrations/ia").data
    assert served.patch("/v1/integrations/ia", document).status == 200
    assert served.patch("/v1/integrations/ia", {"retries": None}).status == 200
    assert served.patch("/v1/integrations/ia", {**document, "weight": 7}).status == 200
    line = served.running.await_log(" configuration_changed ")
    assert 'action=patched changes="[integration ia] weight" ' in line
    assert served.running.log.count(" configuration_changed ") == 1


@pytest.mark.parametrize(
    "value", ["sk-live-123", "True", "0,2468", ".97531", '"sk-live-123', "'sk-live'"]
)
def test_values_of_parameters_are_never_quoted(managed, value):
    """Neither in the log, nor by readyz, nor in the API's error."""
    served = managed(KEYS_AND_BOTS)
    served.file.write_text(f"{served.original.decode()}param.api_key = {value}\n")
    served.running.await_log("configuration_invalid")
    served.client.key = KEYS["read"]
    reasons = served.get("/readyz").json["reasons"]
    assert "param.api_key" in reasons[0]
    served.client.key = KEYS["admin"]
    response = served.patch("/v1/integrations/ia", {"weight": 2})
    assert refusal(response)[:2] == (409, "configuration_invalid")
    for text in (served.running.log, reasons[0], response.body.decode()):
        assert value not in text


def test_reasons_are_for_those_who_may_read(served):
    served.file.write_text(f"{served.original.decode()}[bot c]\nwindow = many\n")
    served.running.await_log("configuration_invalid")
    for key in [None, "chat", "write", "a", "wrong"]:
        served.client.key = KEYS.get(key, key)
        response = served.get("/readyz")
        assert response.status == 200
        assert response.json["reasons"]
        assert b"window" not in response.body
    for key in ["read", "admin"]:
        served.client.key = KEYS[key]
        assert b"window" in served.get("/readyz").body
    # A key that is limited to bots is told where the file is wrong, not what is in it.
    served.client.key = KEYS["a"]
    response = served.patch("/v1/integrations/ia", {"weight": 2})
    assert refusal(response)[:2] == (409, "configuration_invalid")
    assert f"{served.file}:" in response.error["message"]
    assert "many" not in response.error["message"]
