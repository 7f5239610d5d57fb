"""Bots and integrations as resources of the configuration file."""

import pytest

import replies
from address import loopback
from managed import ENVIRONMENT, JSON, SECRETS, SERVER, TWO, refusal
from postern import Gateway

# Reading


def test_a_bot_has_all_its_settings(two):
    response = two.get("/v1/bots/support")
    assert response.data == {
        "id": "support",
        "name": "Support Bot",
        "system": None,
        "system_file": None,
        "window": 10,
        "error_message": "Sorry, I can't answer right now. Please try again in a moment.",
        "sticky": False,
        "hedge": False,
        "deadline": 120,
        "delivery": "live",
        "aliases": None,
        "callback": None,
        "callback_secret": None,
    }
    assert response.field("ETag").startswith('"')
    assert response.field("Content-Type") == "application/json"


def test_an_integration_has_all_its_settings_but_no_secret(two):
    response = two.get("/v1/integrations/gpt")
    data = response.data
    assert data["bot"] == "support"
    assert data["webhook_url"] == "http://127.0.0.1:9/v1?****"
    assert data["headers"] == {"Authorization": "****", "X-Plain": "****"}
    assert data["params"] == {"temperature": 0.2, "secret": "****"}
    assert data["model"] == "****"
    assert (data["timeout"], data["max_response"]) == (1.5, 2097152)
    assert (data["weight"], data["fallback"], data["enabled"]) == (1, False, True)
    assert (data["retries"], data["backoff"], data["breaker"]) == (2, 0.5, "5/30s")
    assert (data["stream"], data["prefill"], data["max_tokens"]) == ("auto", False, None)
    for target in ["/v1/integrations/gpt", "/v1/bots/support/integrations"]:
        for secret in SECRETS:
            assert secret.encode() not in two.get(target).body


def test_integrations_of_all_bots_are_listed(two):
    """As each bot's own list shows them, in the order of the file."""
    bots = [bot["id"] for bot in two.get("/v1/bots").json["data"]]
    lists = [two.get(f"/v1/bots/{bot}/integrations").json["data"] for bot in bots]
    page = two.get("/v1/integrations").json
    ids = [integration["id"] for integration in page["data"]]
    assert sorted(ids) == sorted(each["id"] for of_bot in lists for each in of_bot)
    assert all(each in page["data"] for of_bot in lists for each in of_bot)
    assert page["meta"] == {"page": 1, "per_page": 20, "total": len(ids)}


@pytest.mark.parametrize(
    ("query", "ids", "meta"),
    [
        ("", ["b0", "b1", "b2", "b3", "b4"], (1, 20, 5)),
        ("?per_page=2", ["b0", "b1"], (1, 2, 5)),
        ("?page=3&per_page=2", ["b4"], (3, 2, 5)),
        ("?page=4&per_page=2", [], (4, 2, 5)),
        ("?page=1000000&per_page=100", [], (1000000, 100, 5)),
    ],
)
def test_lists_come_in_pages(managed, query, ids, meta):
    served = managed(SERVER + "".join(f"[bot b{number}]\n" for number in range(5)))
    page = served.get(f"/v1/bots{query}").json
    assert [bot["id"] for bot in page["data"]] == ids
    assert page["meta"] == dict(zip(["page", "per_page", "total"], meta, strict=True))


@pytest.mark.parametrize("list_", ["/v1/bots", "/v1/bots/support/integrations", "/v1/integrations"])
@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page=", "page"),
        ("page=-1", "page"),
        ("page=99999999999999999999", "page"),
        ("per_page=0", "per_page"),
        ("per_page=101", "per_page"),
    ],
)
def test_a_page_that_cannot_be_is_refused(two, list_, query, parameter):
    assert refusal(two.get(f"{list_}?{query}")) == (400, "invalid_parameter", parameter)


def test_what_is_not_there(two):
    for target in ["/v1/bots/none", "/v1/bots/none/integrations", "/v1/bots/none/conversations"]:
        assert refusal(two.get(target)) == (404, "bot_not_found", None)
    for target in ["/v1/integrations/none", "/v1/integrations/none/preview"]:
        assert refusal(two.get(target)) == (404, "integration_not_found", None)
    assert refusal(two.patch("/v1/bots/none", {})) == (404, "bot_not_found", None)
    assert refusal(two.delete("/v1/integrations/none")) == (404, "integration_not_found", None)
    assert two.get("/v1/conversations/none?bot=none").status == 404
    assert refusal(two.get("/v1/conversations/none?bot=sales"))[1] == "conversation_not_found"


def test_head_is_get_without_a_body(two):
    for target in [
        "/v1/bots",
        "/v1/bots/support",
        "/v1/bots/support/integrations",
        "/v1/integrations/gpt",
        "/v1/integrations/gpt/preview",
    ]:
        head = two.client.request("HEAD", target)
        got = two.get(target)
        assert (head.status, head.body) == (200, b"")
        assert head.field("Content-Length") == str(len(got.body))
        assert head.values("ETag") == got.values("ETag")


# Bodies


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("POST", "/v1/bots"),
        ("PATCH", "/v1/bots/support"),
        ("POST", "/v1/bots/support/integrations"),
        ("PATCH", "/v1/integrations/gpt"),
        ("POST", "/v1/integrations/spare/test"),
    ],
)
def test_bodies_are_json_objects_of_bounded_size(two, method, target):
    def send(body, **fields):
        return two.client.request(method, target, body, {**JSON, **fields})

    assert refusal(send(b'{"name": "x",}'))[:2] == (400, "invalid_json")
    assert refusal(send(b'["name"]'))[:2] == (400, "invalid_request")
    assert refusal(send(b'{"name": "\xff"}'))[:2] == (400, "invalid_json")
    assert send(b"{}", **{"Content-Type": "text/plain"}).status == 415
    assert two.client.request(method, target, b"{}").status == 415
    assert refusal(send(b"{" + b" " * (8 << 20) + b"}"))[:2] == (413, "body_too_large")
    assert two.file.read_bytes() == two.original


# Creating


def test_an_integration_is_created_and_works(managed, backend):
    server = backend(replies.custom("Hi from there."))
    served = managed()
    response = served.post(
        "/v1/bots/default/integrations",
        {
            "name": "My Backend!",
            "type": "custom",
            "webhook_url": server.url,
            "model": None,
            "headers": {"Authorization": "Bearer key-for-there"},
            "params": {"temperature": 0.70, "stop": ["a", "b"]},
            "timeout": 2.5,
            "weight": 3,
            "fallback": False,
            "enabled": True,
        },
    )
    assert response.status == 201
    assert response.field("Location") == "/v1/integrations/my-backend"
    got = served.get("/v1/integrations/my-backend")
    assert got.json == response.json
    assert got.field("ETag") == response.field("ETag")
    assert got.data["headers"] == {"Authorization": "****"}
    assert served.text == served.original.decode() + (
        "\n[integration my-backend]\nbot = default\nname = My Backend!\ntype = custom\n"
        f"webhook_url = {server.url}\nheader.Authorization = Bearer key-for-there\n"
        'param.temperature = 0.7\nparam.stop = ["a", "b"]\ntimeout = 2500ms\nweight = 3\n'
        "fallback = no\nenabled = yes\n"
    )
    assert served.client.message().data["content"] == "Hi from there."
    sent = server.requests[0]
    assert sent.field("authorization") == "Bearer key-for-there"


def test_ids_are_made_from_names(managed):
    served = managed()

    def create(document):
        response = served.post("/v1/bots", document)
        assert response.status == 201, response.body
        assert response.field("Location") == f"/v1/bots/{response.json['data']['id']}"
        return response.json["data"]["id"]

    assert create({"name": "Support  Bot (EU)"}) == "support-bot-eu"
    assert create({"name": "Support Bot EU"}) == "support-bot-eu-2"
    assert create({"name": "Support Bot EU"}) == "support-bot-eu-3"
    assert create({"name": "x" * 200}) == "x" * 64
    assert create({"name": "x" * 200}) == "x" * 58 + "-2"
    assert create({"name": "日本"}) == "bot"
    assert create({"name": "!"}) == "bot-2"
    assert create({"id": "mine", "name": "Other"}) == "mine"
    assert create({"id": None, "name": "default"}) == "default-2"
    assert create({"id": "only"}) == "only"
    assert served.data("/v1/bots/bot")["name"] == "日本"
    assert served.data("/v1/bots/only")["name"] == "only"


@pytest.mark.parametrize(
    ("document", "status", "code", "parameter"),
    [
        ({}, 400, "invalid_parameter", "name"),
        ({"name": 5}, 400, "invalid_parameter", "name"),
        ({"name": None}, 400, "invalid_parameter", "name"),
        ({"name": "  \n"}, 400, "invalid_parameter", "name"),
        ({"id": 5}, 400, "invalid_parameter", "id"),
        ({"id": ""}, 400, "invalid_parameter", "id"),
        ({"id": "Upper"}, 400, "invalid_parameter", "id"),
        ({"id": "a]\n[bot b"}, 400, "invalid_parameter", "id"),
        ({"id": "x" * 65}, 400, "invalid_parameter", "id"),
        ({"id": "support"}, 409, "already_exists", "id"),
        ({"id": "new", "window": 0}, 400, "invalid_parameter", "window"),
        ({"id": "new", "window": "many"}, 400, "invalid_parameter", "window"),
        ({"id": "new", "headers": {}}, 400, "invalid_parameter", "headers"),
        ({"id": "new", "windwo": 3}, 400, "invalid_parameter", "windwo"),
        ({"id": "new", "system": "\0"}, 400, "invalid_parameter", "system"),
        ({"id": "new", "system_file": "/nonexistent"}, 403, "administrator_only", "system_file"),
    ],
)
def test_a_bot_that_cannot_be_is_refused(two, document, status, code, parameter):
    assert refusal(two.post("/v1/bots", document)) == (status, code, parameter)
    assert two.file.read_bytes() == two.original


ECHO = {"id": "new", "type": "echo"}


@pytest.mark.parametrize(
    ("document", "parameter"),
    [
        ({"id": "new"}, "webhook_url"),
        ({"id": "new", "type": "openai", "webhook_url": "https://a.example/"}, "model"),
        ({"id": "new", "webhook_url": "http://a.example/"}, "webhook_url"),
        ({"id": "new", "webhook_url": "ftp://a.example/"}, "webhook_url"),
        ({**ECHO, "type": "gpt"}, "type"),
        ({**ECHO, "type": True}, "type"),
        ({**ECHO, "bot": "sales"}, "bot"),
        ({**ECHO, "timeout": 0}, "timeout"),
        ({**ECHO, "timeout": -1}, "timeout"),
        ({**ECHO, "timeout": 0.00001}, "timeout"),
        ({**ECHO, "timeout": True}, "timeout"),
        ({**ECHO, "timeout": [1]}, "timeout"),
        ({**ECHO, "weight": 1000001}, "weight"),
        ({**ECHO, "weight": 1.5}, "weight"),
        ({**ECHO, "enabled": 5}, "enabled"),
        ({**ECHO, "enabled": "maybe"}, "enabled"),
        ({**ECHO, "breaker": "x"}, "breaker"),
        ({**ECHO, "headers": []}, "headers"),
        ({**ECHO, "headers": {"X": 5}}, "headers.X"),
        ({**ECHO, "headers": {"X": "a\r\nEvil: b"}}, "headers.X"),
        ({**ECHO, "headers": {"X Y": "a"}}, "headers.X Y"),
        ({**ECHO, "headers": {"": "a"}}, "headers."),
        ({**ECHO, "headers": {"X": "****"}}, "headers.X"),
        ({**ECHO, "headers": {"Content-Length": "5"}}, "headers.Content-Length"),
        ({**ECHO, "params": {"messages": []}}, "params.messages"),
        ({**ECHO, "params": {"a\nb": 1}}, "params.a\nb"),
        ({**ECHO, "params": "x"}, "params"),
        ({**ECHO, "model": "****"}, "model"),
        ({**ECHO, "header.X": "a"}, "header.X"),
        ({**ECHO, "header": {"X": "a"}}, "header"),
        ({**ECHO, "": "a"}, ""),
        ({**ECHO, "headers": {f"X-{number}": "v" for number in range(1100)}}, "headers.X-999"),
    ],
)
def test_an_integration_that_cannot_be_is_refused(two, document, parameter):
    response = two.post("/v1/bots/support/integrations", document)
    assert refusal(response) == (400, "invalid_parameter", parameter), response.body
    assert two.file.read_bytes() == two.original


def test_integrations_have_ids_of_their_own_among_all_bots(two):
    response = two.post("/v1/bots/sales/integrations", {"id": "gpt", "type": "echo"})
    assert refusal(response) == (409, "already_exists", "id")
    response = two.post("/v1/bots/sales/integrations", {"name": "GPT", "type": "echo"})
    assert response.field("Location") == "/v1/integrations/gpt-2"


def test_the_id_of_a_bot_is_not_an_alias_of_another(managed):
    served = managed(SERVER + "[bot a]\naliases = gpt-4o, gpt-*\n")
    assert refusal(served.post("/v1/bots", {"id": "gpt-4o"})) == (409, "already_exists", "id")
    response = served.post("/v1/bots", {"name": "GPT 4o"})
    assert response.field("Location") == "/v1/bots/gpt-4o-2"


# Implied resources


def test_the_first_bot_keeps_the_implied_one(managed):
    served = managed()
    assert [bot["id"] for bot in served.data("/v1/bots")] == ["default"]
    assert served.post("/v1/bots", {"id": "support"}).status == 201
    assert [bot["id"] for bot in served.data("/v1/bots")] == ["default", "support"]
    assert served.client.message("a").data["integration"] == {"id": "echo", "name": "echo"}
    assert served.client.message("b", bot="support").data["content"] == "b"


def test_a_second_bot_leaves_integrations_where_they_were(managed, backend):
    server = backend(replies.custom("Hi."))
    served = managed(SERVER + f"[integration mine]\nwebhook_url = {server.url}\n")
    assert served.post("/v1/bots", {"id": "support"}).status == 201
    assert served.client.message().data["integration"]["id"] == "mine"
    assert served.client.message("x", bot="support").data["content"] == "x"
    assert served.text == served.original.decode() + (
        "bot = default\n[bot default]\n[bot support]\n"
    )


def test_a_second_bot_leaves_channels_where_they_were(managed):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    served = managed(SERVER + f"[channel in]\ntype = webhook\nsecret = {secret}\n")
    assert served.post("/v1/bots", {"id": "support"}).status == 201
    assert served.text == served.original.decode() + (
        "bot = default\n[bot default]\n[bot support]\n"
    )
    assert served.post("/v1/bots", {"id": "sales"}).status == 201


def test_the_first_integration_takes_the_place_of_the_echo(managed, backend):
    server = backend(replies.custom("Hi."))
    served = managed(SERVER + "[bot a]\n[bot b]\n")
    document = {"id": "mine", "webhook_url": server.url}
    assert served.post("/v1/bots/a/integrations", document).status == 201
    assert [one["id"] for one in served.data("/v1/bots/a/integrations")] == ["mine"]
    assert served.client.message(bot="a").data["content"] == "Hi."
    assert served.client.message("x", bot="b").data["content"] == "x"
    # With the last integration deleted, the echo is back.
    assert served.delete("/v1/integrations/mine").status == 204
    assert served.client.message("x", bot="a").data["content"] == "x"
    assert served.file.read_bytes() == served.original


def test_what_is_implied_is_written_when_it_is_changed_and_cannot_be_deleted(managed):
    served = managed()
    for target in ["/v1/bots/default", "/v1/integrations/echo"]:
        assert refusal(served.delete(target))[:2] == (409, "implied")
    assert served.patch("/v1/integrations/echo", {"weight": 5}).status == 200
    assert served.patch("/v1/bots/default", {"window": 3}).status == 200
    assert served.data("/v1/integrations/echo")["type"] == "echo"
    assert served.client.message("x").data["integration"]["id"] == "echo"
    assert served.text == served.original.decode() + (
        "\n[integration echo]\nbot = default\ntype = echo\nweight = 5\n"
        "\n[bot default]\nwindow = 3\n"
    )


# Deleting


def test_a_bot_goes_with_its_integrations(two):
    response = two.delete("/v1/bots/support")
    assert (response.status, response.body) == (204, b"")
    assert [bot["id"] for bot in two.data("/v1/bots")] == ["sales"]
    assert two.get("/v1/integrations/gpt").status == 404
    assert two.text == two.original.decode().split("[bot support]")[0] + "[bot sales]\n"
    assert two.client.message(bot="support").status == 404
    assert two.client.message("x", bot="sales").data["content"] == "x"


def test_a_bot_that_a_key_is_limited_to_stays(managed):
    served = managed(
        TWO + "[key all]\nsecret = all-key-0123456789\nscopes = admin\n"
        "[key one]\nsecret = one-key-0123456789\nscopes = chat\nbots = sales\n",
        **ENVIRONMENT,
    )
    served.client.key = "all-key-0123456789"
    assert refusal(served.delete("/v1/bots/sales")) == (409, "in_use", None)
    assert served.file.read_bytes() == served.original


def test_a_bot_that_a_channel_leads_to_stays(managed):
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    channel = f"[channel in]\ntype = webhook\nbot = sales\nsecret = {secret}\n"
    served = managed(TWO + channel, **ENVIRONMENT)
    refused = served.delete("/v1/bots/sales")
    assert refusal(refused) == (409, "in_use", None)
    assert "channel" in refused.error["message"]
    assert served.file.read_bytes() == served.original


# Without a file


def test_without_a_file_nothing_can_be_changed(binary, tmp_path):
    address = loopback()
    script = f"exec {binary} run -c - <<END\n[server]\nlisten = {address}\nEND"
    running = Gateway(["sh", "-c", script], [address], tmp_path / "log").await_readiness()
    client = running.client()
    assert client.get("/v1/bots/default").status == 200
    for method, target, body in [
        ("POST", "/v1/bots", b'{"name": "x"}'),
        ("POST", "/v1/bots/default/integrations", b'{"name": "x"}'),
        ("PATCH", "/v1/bots/default", b"{}"),
        ("DELETE", "/v1/bots/default", None),
    ]:
        response = client.request(method, target, body, JSON)
        assert refusal(response) == (503, "configuration_not_writable", None)
        assert "postern run -c FILE" in response.error["message"]
    running.stop()
