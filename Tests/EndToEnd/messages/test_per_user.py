"""`per_user`: that many messages per `user.id` of a bot; more get 429 and Retry-After."""

import time

import pytest

import replies
from configuration import integration


@pytest.fixture
def service(gateway, backend):
    """Two bots at one backend; returns a client and the backend."""

    def start(per_user):
        server = backend(replies.custom())
        running = gateway(
            {
                "limits": {"per_user": per_user},
                "bot support": {},
                "bot sales": {},
                "integration a": integration(server.url, bot="support"),
                "integration b": integration(server.url, bot="sales"),
            }
        )
        return running.client(), server

    return start


def send(client, user="ann", bot="support", **rest):
    members = {"user": {"id": user}} if user is not None else {}
    return client.message("Hi", bot=bot, **members, **rest)


def check_refused(response, longest):
    assert response.status == 429
    assert response.error["type"] == "rate_limit_error"
    assert 1 <= int(response.field("Retry-After")) <= longest


@pytest.mark.parametrize(("limit", "longest"), [("3/m", 60), ("3/h", 3600)])
def test_one_more_than_allowed_gets_429(service, limit, longest):
    client, server = service(limit)
    assert [send(client).status for _ in range(3)] == [200] * 3
    for _ in range(3):
        check_refused(send(client), longest)
    assert len(server.requests) == 3


def test_others_are_not_affected(service):
    client, _ = service("1/m")
    assert send(client).status == 200
    check_refused(send(client), 60)
    assert send(client, user="bob").status == 200
    assert send(client, user="an").status == 200
    assert send(client, user="ann2").status == 200
    assert send(client, bot="sales").status == 200


@pytest.mark.parametrize("user", [None, {"name": "Ann"}, {}], ids=["no user", "no id", "empty"])
def test_messages_without_a_user_are_not_limited(service, user):
    client, _ = service("1/m")
    members = {} if user is None else {"user": user}
    assert {client.message(bot="support", **members).status for _ in range(5)} == {200}


def test_a_refused_message_leaves_no_trace(service):
    client, server = service("2/m")
    assert send(client, conversation_id="c").status == 200
    assert send(client, conversation_id="c").status == 200
    check_refused(send(client, conversation_id="c"), 60)
    assert client.message("Still there?", bot="support", conversation_id="c").status == 200
    assert server.requests[-1].messages == [
        *[("user", "Hi"), ("assistant", "Hi!")] * 2,
        ("user", "Still there?"),
    ]


def test_another_conversation_is_no_way_around_it(service):
    client, _ = service("1/m")
    assert send(client, conversation_id="a").status == 200
    check_refused(send(client, conversation_id="b"), 60)


def test_what_is_refused_for_its_form_does_not_count(service):
    client, _ = service("1/m")
    response = client.post("/v1/bots/support/messages", {"content": "", "user": {"id": "ann"}})
    assert response.status == 400
    assert send(client).status == 200


@pytest.mark.timing
def test_after_retry_after_one_is_served_again(service):
    client, _ = service("2/s")
    refused = [response for response in (send(client) for _ in range(8)) if response.status != 200]
    assert refused
    check_refused(refused[-1], 1)
    time.sleep(int(refused[-1].field("Retry-After")) + 0.05)
    assert send(client).status == 200


@pytest.mark.timing
def test_hammering_neither_helps_nor_harms(service):
    """Over two seconds a user gets about what is allowed, however often it asks."""
    client, _ = service("4/s")
    end = time.monotonic() + 2
    served = 0
    while time.monotonic() < end:
        served += send(client).status == 200
        time.sleep(0.02)
    assert 4 <= served <= 4 + 2 * 4 + 1


def test_0_is_no_limit(service):
    client, _ = service("0")
    assert {send(client).status for _ in range(50)} == {200}
