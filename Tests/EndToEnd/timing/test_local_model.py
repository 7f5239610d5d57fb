"""Long conversations with a small model on the same host, which is loaded again at random."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from configuration import integration
from local_model import LocalModel

pytestmark = pytest.mark.timing

CONVERSATIONS = 30
# A thousand messages and loads of up to 20 s; in short, 240 and 2 s.
MESSAGES, LOADS = (34, 20) if os.environ.get("POSTERN_LONG") else (8, 2)


@pytest.mark.timeout(1800 if os.environ.get("POSTERN_LONG") else 120)
def test_every_message_is_answered(gateway, backend, generator):
    model = LocalModel(2048, loads=LOADS, seed=generator.random())
    server = backend(model)
    running = gateway(
        {
            "server": {"max_connections_per_ip": 0},
            "context": {"window": 100},
            "integration local": integration(server.url, "openai", retries=2, breaker="5/30s"),
        }
    )

    def talk(conversation):
        client = running.client(timeout=130)
        repairs = []
        for number in range(MESSAGES):
            # Some messages fill half of the model's context.
            words = generator.choice([5, 50, 200, 800])
            response = client.message(f"{number} " + "word " * words, conversation_id=conversation)
            assert response.status == 200, response.body
            outcomes = [attempt["outcome"] for attempt in response.data["attempts"]]
            assert outcomes[-1] == "ok"
            repairs.append(outcomes.count("context_too_long"))
        return repairs

    with ThreadPoolExecutor(10) as pool:
        repairs = list(pool.map(talk, [f"c{number}" for number in range(CONVERSATIONS)]))
    assert model.loaded, "the model was never loaded again"
    # Once the limit is known, a message needs one repair at most.
    assert max(max(some[2:]) for some in repairs) <= 1
    assert model.answered == CONVERSATIONS * MESSAGES
