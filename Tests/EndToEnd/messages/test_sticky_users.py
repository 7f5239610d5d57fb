"""`sticky = user`: a user has the same integration in all conversations."""


def test_a_user_keeps_the_integration(gateway):
    client = gateway(
        {
            "bot default": {"sticky": "user"},
            **{f"integration e{number}": {"type": "echo"} for number in range(4)},
        }
    ).client()
    served = {}
    for user in range(20):
        asked = [client.message(user={"id": f"u{user}"}) for _ in range(5)]
        served[user] = {answer.data["integration"]["id"] for answer in asked}
        assert len(served[user]) == 1
    assert len(set.union(*served.values())) > 1


def test_without_a_user_a_conversation_keeps_it(gateway):
    client = gateway(
        {
            "bot default": {"sticky": "user"},
            **{f"integration e{number}": {"type": "echo"} for number in range(4)},
        }
    ).client()
    for number in range(10):
        asked = [client.message(conversation_id=f"c{number}") for _ in range(4)]
        assert len({answer.data["integration"]["id"] for answer in asked}) == 1
