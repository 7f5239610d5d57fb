"""Merge patches (RFC 7396) and versions (ETag, If-Match)."""

import pytest

from managed import refusal


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
    # Nor can a bot that is only implied.
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
