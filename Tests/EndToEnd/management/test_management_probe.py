"""Tests and previews of an integration."""

import json

import replies
import stream_replies
from backends import stall
from client import request_bytes
from managed import SECRETS, SERVER, refusal


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
    # No part of it is kept.
    assert served.data("/v1/bots/default/conversations") == []


def test_a_test_shows_no_secret_that_the_backend_repeats(managed, backend):
    secrets = ["header-secret", "query-secret", "parameter-secret"]
    server = backend(replies.custom(" and ".join(secrets)))
    served = managed(
        f"""{SERVER}
        [integration mine]
        webhook_url = {server.url}?version=3&key=query-secret
        header.Authorization = Bearer header-secret
        param.user_key = "${{SECRET}}"
        """,
        SECRET="parameter-secret",
    )
    response = served.client.request("POST", "/v1/integrations/mine/test")
    assert response.data["content"] == "**** and **** and ****"


def test_a_test_is_logged(managed, backend):
    """With its result, and without what was said."""
    server = backend(replies.failure("401 Unauthorized"))
    served = managed(SERVER + f"[integration mine]\nwebhook_url = {server.url}\n")
    response = served.post("/v1/integrations/mine/test", {"content": "canary"})
    line = served.running.await_log(" integration_tested ")
    for part in ["info", "integration=mine", "outcome=auth_failed", "status=401", "key="]:
        assert part in line
    assert response.data["attempt"]["message"] in line
    assert "canary" not in served.running.log


def test_a_test_of_a_stream_tells_its_times(managed, backend):
    server = backend(stream_replies.stream("openai", ["Fine."]))
    served = managed(
        f"""{SERVER}
        [integration mine]
        type = openai
        model = m
        stream = yes
        webhook_url = {server.url}
        """
    )
    data = served.client.request("POST", "/v1/integrations/mine/test").data
    assert (data["attempt"]["outcome"], data["content"]) == ("ok", "Fine.")
    assert data["timings_ms"]["connect"] > 0
    assert data["timings_ms"]["first_byte"] > 0


def test_a_test_whose_client_leaves_is_given_up(managed, backend):
    server = backend([stall()])
    served = managed(f"{SERVER}[integration mine]\nwebhook_url = {server.url}\ntimeout = 60s\n")
    with served.client.open() as leaving:
        headers = served.client.request_headers()
        leaving.send(request_bytes("POST", "/v1/integrations/mine/test", headers))
        server.await_requests(1)
    assert server.connections[-1].left.wait(2)
    assert served.get("/healthz").status == 200


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
