"""Contract 3, Management: bots and integrations as resources of the configuration file."""

import json

import pytest

import replies
from address import loopback
from management import JSON, refusal
from postern import Gateway

SERVER = "[server]\nlisten = LISTEN\n"
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


@pytest.fixture
def two(managed):
    return managed(TWO, **ENVIRONMENT)


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
        "deadline": 120,
        "delivery": "live",
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


@pytest.mark.parametrize("list_", ["/v1/bots", "/v1/bots/support/integrations"])
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
    assert refusal(send(b"{" + b" " * 300_000 + b"}"))[:2] == (413, "body_too_large")
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
        ({"id": "new", "system_file": "/nonexistent"}, 400, "invalid_parameter", "system_file"),
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


# Changing: RFC 7396


def change(two, document, target="/v1/integrations/gpt"):
    response = two.patch(target, document)
    assert response.status == 200, response.body
    assert response.json["data"] == two.data(target)
    return two.text


def test_a_merge_patch_changes_what_it_names(two):
    after = change(two, {"weight": 3, "headers": {"X-Plain": None, "X-New": "n"}, "timeout": None})
    assert after == two.original.decode().replace("header.X-Plain = plain-secret\n", "").replace(
        "timeout = 1500ms\nmax_response = 2M\n", "max_response = 2M\nweight = 3\nheader.X-New = n\n"
    )
    after = change(two, {"headers": None, "params": {"temperature": None, "top_p": {"a": [1.50]}}})
    assert "header." not in after
    assert two.data("/v1/integrations/gpt")["headers"] == {}
    assert two.data("/v1/integrations/gpt")["params"] == {"secret": "****", "top_p": {"a": [1.5]}}
    assert 'param.secret = "${KEY}"\n' in after


def test_an_object_sent_back_changes_nothing(two):
    for target in ["/v1/bots/support", "/v1/bots/sales", "/v1/integrations/gpt"]:
        assert change(two, two.data(target), target).encode() == two.original
    # Nor one that is only implied.
    assert change(two, two.data("/v1/integrations/echo"), "/v1/integrations/echo").encode() == (
        two.original
    )


def test_masks_stand_for_what_is_there(two):
    after = change(
        two,
        {
            "model": "****",
            "webhook_url": "http://127.0.0.1:9/v1?****",
            "headers": {"authorization": "****", "X-Plain": "new-plain"},
            "params": {"secret": "****"},
        },
    )
    assert after == two.original.decode().replace("plain-secret", "new-plain")
    for document, parameter in [
        ({"webhook_url": "http://127.0.0.1:9/v2?****"}, "webhook_url"),
        ({"name": "****"}, "name"),
        ({"headers": {"X-Other": "****"}}, "headers.X-Other"),
        ({"params": {"temperature": "****"}}, "params.temperature"),
    ]:
        response = two.patch("/v1/integrations/gpt", document)
        assert refusal(response) == (400, "invalid_parameter", parameter)
    assert two.text == after


def test_of_a_member_given_twice_the_last_counts(two):
    body = (
        b'{"weight": 1, "weight": 7, "retries": 5, "retries": null, "headers": {"X": "", "X": "2"}}'
    )
    assert two.patch("/v1/integrations/spare", body).status == 200
    assert two.text == two.original.decode() + "weight = 7\nheader.X = 2\n"


@pytest.mark.parametrize(
    ("document", "line"),
    [
        ({"timeout": 90}, "timeout = 90"),
        ({"timeout": 90.0}, "timeout = 90s"),
        ({"timeout": 0.25}, "timeout = 250ms"),
        ({"timeout": "2m"}, "timeout = 2m"),
        ({"enabled": False}, "enabled = no"),
        ({"stream": True}, "stream = yes"),
        ({"stream": "no"}, "stream = no"),
        ({"breaker": 0}, "breaker = 0"),
        ({"breaker": "3/10s"}, "breaker = 3/10s"),
        ({"max_response": 65536}, "max_response = 65536"),
        ({"name": "a # b"}, "name = a # b"),
        ({"name": " blanks "}, 'name = " blanks "'),
        ({"name": '"quoted"'}, r'name = "\"quoted\""'),
        ({"name": "${KEY}"}, "name = $${KEY}"),
        (
            {"params": {"big": 123456789012345678901234567890}},
            "param.big = 123456789012345678901234567890",
        ),
    ],
)
def test_values_are_written_as_the_file_has_them(two, document, line):
    assert change(two, document, "/v1/integrations/spare") == two.original.decode() + f"{line}\n"


@pytest.mark.parametrize(
    "text",
    [
        "two\nlines",
        "ends\n",
        '"',
        '""',
        "\\n",
        "\\",
        "a\tb",
        "  ",
        "${X}",
        "$${X}",
        "${",
        "$",
        "# c",
        "; c",
        "[bot x]",
        "****x",
        "日本🙂",
        "\u00a0",
        'He said "no"\\\n\t${file:/etc/passwd}',
        "x" * 60000,
    ],
)
def test_any_text_comes_back_as_it_was(two, text):
    response = two.patch("/v1/bots/support", {"system": text})
    assert response.status == 200, response.body
    assert response.json["data"]["system"] == text
    assert two.data("/v1/bots/support")["system"] == text
    assert two.patch("/v1/bots/support", {"system": None}).status == 200
    assert two.file.read_bytes() == two.original


def test_an_id_stays(two):
    assert refusal(two.patch("/v1/bots/support", {"id": "x"})) == (400, "invalid_parameter", "id")
    assert two.patch("/v1/bots/support", {"id": "support"}).status == 200


def test_an_integration_may_move_to_another_bot(two):
    change(two, {"bot": "sales"})
    assert [one["id"] for one in two.data("/v1/bots/sales/integrations")] == ["gpt"]
    response = two.patch("/v1/integrations/gpt", {"bot": "none"})
    assert refusal(response) == (400, "invalid_parameter", "bot")


# Versions


def test_a_change_may_ask_for_the_version_that_it_is_meant_for(two):
    target = "/v1/integrations/gpt"
    old = two.get(target).field("ETag")
    assert two.patch(target, {"weight": 2}, If_Match=old).status == 200
    new = two.get(target).field("ETag")
    assert new != old
    for tag in [old, '"other"', f"W/{new}", "x", ""]:
        response = two.patch(target, {"weight": 3}, If_Match=tag)
        assert refusal(response)[:2] == (412, "precondition_failed"), tag
        assert two.delete(target, If_Match=tag).status == 412
    assert two.data(target)["weight"] == 2
    assert two.patch(target, {"weight": 3}, If_Match=f'"other", {new}').status == 200
    assert two.patch(target, {"weight": 4}, If_Match="*").status == 200
    assert two.delete(target, If_Match=two.get(target).field("ETag")).status == 204


def test_a_version_tells_secrets_apart_and_others_not(two):
    bot = two.get("/v1/bots/support").field("ETag")
    tag = two.get("/v1/integrations/gpt").field("ETag")
    changed = two.patch("/v1/integrations/gpt", {"headers": {"X-Plain": "other"}})
    assert changed.field("ETag") != tag
    assert two.get("/v1/bots/support").field("ETag") == bot
    back = two.patch("/v1/integrations/gpt", {"headers": {"X-Plain": "plain-secret"}})
    assert back.field("ETag") == tag


def test_a_version_is_that_of_the_file_not_yet_reloaded(two):
    tag = two.get("/v1/integrations/gpt").field("ETag")
    text = two.text.replace("timeout = 1500ms", "timeout = 9s")
    two.file.write_text(text)
    response = two.patch("/v1/integrations/gpt", {"weight": 2}, If_Match=tag)
    assert response.status == 412
    assert two.text == text


# What is implied


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


def test_the_first_integration_takes_the_place_of_the_echo(managed, backend):
    server = backend(replies.custom("Hi."))
    served = managed(SERVER + "[bot a]\n[bot b]\n")
    document = {"id": "mine", "webhook_url": server.url}
    assert served.post("/v1/bots/a/integrations", document).status == 201
    assert [one["id"] for one in served.data("/v1/bots/a/integrations")] == ["mine"]
    assert served.client.message(bot="a").data["content"] == "Hi."
    assert served.client.message("x", bot="b").data["content"] == "x"
    # The last one gone, the echo is back.
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


# Tests and previews


def test_a_test_tells_all_about_one_message(managed, backend):
    server = backend(replies.custom("Fine."))
    served = managed(
        SERVER + f"[integration mine]\nwebhook_url = {server.url}\nheader.X = header-secret\n"
    )
    response = served.client.request("POST", "/v1/integrations/mine/test")
    data = response.data
    assert (data["attempt"]["outcome"], data["content"]) == ("ok", "Fine.")
    assert set(data["timings_ms"]) == {"dns", "connect", "tls", "first_byte", "total"}
    assert data["timings_ms"]["total"] > 0
    assert served.post("/v1/integrations/mine/test", {"content": "What?"}).status == 200
    asked = [json.loads(request.body)["messages"][-1]["content"] for request in server.requests]
    assert asked == ["Hello", "What?"]
    assert refusal(served.post("/v1/integrations/mine/test", {"content": ""}))[2] == "content"
    # Nothing of it is kept.
    assert served.data("/v1/bots/default/conversations") == []


def test_a_test_that_fails_tells_why(two):
    data = two.post("/v1/integrations/gpt/test", {}).data
    assert data["attempt"]["outcome"] == "connect_failed"
    assert data["attempt"]["message"]


def test_an_echo_can_be_tested_but_sends_nothing(two):
    data = two.post("/v1/integrations/spare/test", {"content": "x"}).data
    assert (data["attempt"]["outcome"], data["content"]) == ("ok", "x")
    assert refusal(two.get("/v1/integrations/spare/preview"))[:2] == (409, "no_request")


def test_a_preview_shows_the_request_without_secrets(two):
    response = two.get("/v1/integrations/gpt/preview")
    data = response.data
    assert data["method"] == "POST"
    assert data["url"] == "http://127.0.0.1:9/v1?****"
    assert data["headers"]["Authorization"] == "****"
    assert data["headers"]["Content-Type"] == "application/json"
    assert data["headers"]["X-Integration-Id"] == "gpt"
    assert data["body"]["temperature"] == 0.2
    assert data["body"]["secret"] == "****"
    assert data["body"]["messages"] == [{"role": "user", "content": "Hello"}]
    for secret in SECRETS:
        assert secret.encode() not in response.body


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
