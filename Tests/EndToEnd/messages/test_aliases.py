"""`aliases` of a bot: clients that insist on a vendor's model names."""

import pytest

CONFIGURATION = {
    "bot support": {"aliases": "gpt-4o, openai/gpt-*, gpt-*"},
    "bot sales": {"aliases": "gpt-3.5-turbo, gpt-4*"},
    "integration a": {"bot": "support", "type": "echo"},
    "integration b": {"bot": "sales", "type": "echo"},
}


def ask(client, model):
    body = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
    return client.post("/v1/chat/completions", body)


@pytest.mark.parametrize(
    ("model", "bot"),
    [
        ("support", "support"),
        ("gpt-4o", "support"),
        ("gpt-4o-mini", "sales"),
        ("gpt-3.5-turbo", "sales"),
        ("gpt-5", "support"),
        ("openai/gpt-5", "support"),
        ("sales/b", "sales"),
    ],
)
def test_the_closest_alias_is_meant(gateway, model, bot):
    client = gateway(CONFIGURATION).client()
    response = ask(client, model)
    assert response.status == 200
    assert response.json["model"] == model
    recorded = client.get("/v1/exchanges").json["data"][0]
    assert recorded["bot"] == bot
    assert client.get(f"/v1/models/{model}").json["id"] == model


@pytest.mark.parametrize("model", ["GPT-4o", "claude", "openai/o1", "support/b"])
def test_another_name_is_no_model(gateway, model):
    response = ask(gateway(CONFIGURATION).client(), model)
    assert response.status == 404
    assert response.error["code"] == "model_not_found"


def test_the_list_has_the_aliases_but_no_patterns(gateway):
    models = gateway(CONFIGURATION).client().get("/v1/models").json["data"]
    assert [model["id"] for model in models] == [
        "support",
        "gpt-4o",
        "support/a",
        "sales",
        "gpt-3.5-turbo",
        "sales/b",
    ]


def test_a_key_reaches_the_aliases_of_its_bots_alone(gateway):
    served = gateway({**CONFIGURATION, "key desk": {"secret": "desk-secret-1", "bots": "sales"}})
    client = served.client()
    client.key = "desk-secret-1"
    assert ask(client, "gpt-3.5-turbo").status == 200
    foreign, missing = ask(client, "gpt-4o"), ask(client, "claude")
    assert (foreign.status, foreign.json["error"]["code"]) == (403, "insufficient_scope")
    assert foreign.body == missing.body
