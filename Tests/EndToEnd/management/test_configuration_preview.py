"""`POST /v1/configuration/preview`: which lines of the file a change would touch."""

import json

import pytest

from managed import ENVIRONMENT, KEYS, KEYS_AND_BOTS, SECRETS, TWO, Managed, refusal

PATH = "/v1/configuration/preview"


def lines(diff):
    """The lines that go and come, without the head."""
    return [line for line in diff.splitlines()[2:] if not line.startswith("@@")]


def patched(text, diff):
    """The text with a unified diff applied, whose lines must be there."""
    old, new, place = text.split("\n"), [], 0
    for line in diff.splitlines()[2:]:
        if line.startswith("@@"):
            start, _, count = line.split(" ")[1].removeprefix("-").partition(",")
            begin = int(start) - (count != "0")
            new += old[place:begin]
            place = begin
        elif line.startswith("-"):
            assert old[place] == line[1:]
            place += 1
        elif line.startswith("+"):
            new.append(line[1:])
    return "\n".join(new + old[place:])


@pytest.fixture
def two(binary, tmp_path):
    managed = Managed(binary, tmp_path, TWO, **ENVIRONMENT)
    yield managed
    assert managed.text.encode() == managed.original
    managed.running.stop()


def preview(managed, change):
    response = managed.post(PATH, change)
    assert response.status == 200, response.body
    return response.data["diff"]


def test_a_changed_setting_is_one_line_that_goes_and_one_that_comes(two):
    diff = preview(two, {"integrations": {"gpt": {"timeout": 3}}})
    assert diff.splitlines() == [
        f"--- {two.file}",
        f"+++ {two.file}",
        "@@ -19 +19 @@ [integration gpt]",
        "-timeout = 1500ms",
        "+timeout = 3",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"bots": {"support": {"window": 7}}}, ["+window = 7"]),
        ({"bots": {"support": {"name": None}}}, ["-name = Support Bot"]),
        ({"bots": {"support": {"name": "Support Bot"}}}, []),
        (
            {"integrations": {"gpt": {"weight": 2, "retries": 0}, "spare": {"fallback": True}}},
            ["+weight = 2", "+retries = 0", "+fallback = yes"],
        ),
        (
            {"integrations": {"new": {"bot": "sales", "type": "echo"}}},
            ["+", "+[integration new]", "+bot = sales", "+type = echo"],
        ),
        (
            {"integrations": {"spare": None}},
            ["-", "-[integration spare]", "-bot = support", "-type = echo"],
        ),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_the_lines_are_those_that_the_change_touches(two, change, expected):
    diff = preview(two, change)
    assert lines(diff) == expected


def test_the_file_is_what_the_diff_said(binary, tmp_path):
    managed = Managed(binary, tmp_path, TWO.replace("${MODEL}", "m").replace("${KEY}", "k"))
    change = {"weight": 5, "timeout": 9, "drop": "seed", "enabled": False}
    diff = preview(managed, {"integrations": {"gpt": change}})
    assert managed.patch("/v1/integrations/gpt", change).status == 200
    assert patched(managed.original.decode(), diff) == managed.text
    managed.running.stop()


def test_a_deleted_bot_takes_its_integrations_along(two):
    diff = preview(two, {"bots": {"support": None}})
    assert "-[bot support]" in lines(diff)
    assert "-[integration gpt]" in lines(diff)
    assert "-[integration spare]" in lines(diff)


def test_no_secret_is_shown(two):
    change = {"headers": {"Authorization": "Bearer a-new-secret", "X-Plain": None}}
    change |= {"params": {"api_key": "another-secret"}}
    change |= {"webhook_url": "http://127.0.0.1:9/v1?key=third-secret"}
    for diff in (
        preview(two, {"integrations": {"gpt": change}}),
        preview(two, {"bots": {"support": None}}),
    ):
        for secret in [*SECRETS, "a-new-secret", "another-secret", "third-secret"]:
            assert secret not in diff
    assert "-header.Authorization = ****" in diff


def test_a_former_setting_in_a_comment_is_not_shown(binary, tmp_path):
    text = TWO.replace(
        "[integration spare]", "# header.Authorization = Bearer old\n[integration spare]"
    )
    managed = Managed(binary, tmp_path, text, **ENVIRONMENT)
    diff = preview(managed, {"integrations": {"spare": None}})
    assert "-# header.Authorization =****" in diff
    assert "Bearer old" not in diff
    managed.running.stop()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (400, "invalid_parameter", "bots")),
        ({"bots": {}}, (400, "invalid_parameter", "bots")),
        ({"bot": {"a": {}}}, (400, "invalid_parameter", "bot")),
        ({"bots": []}, (400, "invalid_parameter", "bots")),
        ({"bots": {"support": 1}}, (400, "invalid_parameter", "support")),
        ({"bots": {"support": {"id": "other"}}}, (400, "invalid_parameter", "id")),
        ({"bots": {"new": {"id": ""}}}, (400, "invalid_parameter", "id")),
        ({"bots": {"support": {"windw": 1}}}, (400, "invalid_parameter", "windw")),
        ({"bots": {"support": {"window": 0}}}, (400, "invalid_parameter", "window")),
        ({"bots": {"nosuch": None}}, (404, "bot_not_found", None)),
        ({"integrations": {"nosuch": None}}, (404, "integration_not_found", None)),
        ({"integrations": {"A b": {"bot": "sales"}}}, (400, "invalid_parameter", None)),
        (
            {"integrations": {"n": {"bot": "nosuch", "type": "echo"}}},
            (400, "invalid_parameter", "bot"),
        ),
        ({"integrations": {"gpt": {"ca_file": "/etc/x"}}}, (403, "administrator_only", "ca_file")),
    ],
    ids=lambda value: json.dumps(value)[:60],
)
def test_it_is_refused_as_the_change_would_be(two, change, expected):
    assert refusal(two.post(PATH, change)) == expected


def test_an_invalid_file_is_named_with_its_line(two):
    two.file.write_bytes(two.original + b"nonsense\n")
    response = two.post(PATH, {"bots": {"support": {"window": 7}}})
    assert refusal(response)[:2] == (409, "configuration_invalid")
    assert f"{two.file}:{len(two.original.splitlines()) + 1}" in response.error["message"]
    two.file.write_bytes(two.original)


def test_a_file_that_lost_its_text_is_invalid(two):
    two.file.write_bytes(b"# nothing\n")
    response = two.post(PATH, {"bots": {"support": {"window": 7}}})
    assert refusal(response)[:2] == (409, "configuration_invalid")
    two.file.write_bytes(two.original)


def test_a_key_for_some_bots_previews_theirs_only(binary, tmp_path):
    managed = Managed(binary, tmp_path, KEYS_AND_BOTS)
    managed.client.key = KEYS["a"]
    assert lines(preview(managed, {"bots": {"a": {"window": 3}}})) == ["+window = 3"]
    assert lines(preview(managed, {"integrations": {"n": {"bot": "a", "type": "echo"}}}))
    for change in (
        {"bots": {"b": {"window": 3}}},
        {"bots": {"none": {"window": 3}}},
        {"bots": {"none": None}},
        {"integrations": {"ib": {"weight": 3}}},
        {"integrations": {"ia": {"bot": "b"}}},
        {"integrations": {"n": {"type": "echo"}}},
        {"integrations": {"n": {"bot": "b", "type": "echo"}}},
    ):
        assert refusal(managed.post(PATH, change))[:2] == (403, "insufficient_scope"), change
    managed.running.stop()
