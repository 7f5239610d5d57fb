"""Many failures at once, again and again, leave nothing behind: no memory, no descriptor, no
crash."""

from concurrent.futures import ThreadPoolExecutor

import replies
from configuration import integration
from fault_table import FAULTS, MAX_RESPONSE

ROUNDS = 24
WARM_UP = 8
ALLOWED_GROWTH = 512
QUICK = {
    name: fault
    for name, fault in FAULTS.items()
    if fault.is_curable and not fault.takes and not fault.rests
}


def test_failures_leave_nothing_behind(gateway, backend, generator):
    """Every quick fault with further tries and a fallback, in random order, sixteen at once."""
    spare = backend(replies.custom("Well."))
    sections: dict = {
        "server": {"max_connections_per_ip": 0},
        "log": {"level": "error"},
        "context": {"memory": "64K"},
    }
    bots = []
    for number, fault in enumerate(QUICK.values()):
        bot = f"bot-{number}"
        bots.append(bot)
        sections[f"bot {bot}"] = {}
        sections[f"integration {bot}"] = integration(
            backend(fault.script, fault.greeting).url,
            bot=bot,
            retries=2,
            backoff="5ms",
            timeout="1s",
            retry_after_max="1s",
            max_response=MAX_RESPONSE,
            breaker="5/100ms" if number % 2 else 0,
        )
        sections[f"integration spare-{number}"] = integration(spare.url, bot=bot, fallback=True)
    running = gateway(sections)
    client = running.client()

    def play_rounds(count):
        statuses = set()
        with ThreadPoolExecutor(16) as pool:
            for _ in range(count):
                messages = generator.sample(bots, len(bots))
                statuses |= {response.status for response in pool.map(ask, messages)}
        return statuses

    def ask(bot):
        return client.message(bot=bot, conversation_id=f"c-{bot}")

    assert play_rounds(WARM_UP) == {200}
    memory, open_before = running.resident_kilobytes(), running.descriptor_count()
    assert play_rounds(ROUNDS - WARM_UP) == {200}
    assert running.resident_kilobytes() - memory <= ALLOWED_GROWTH
    assert running.descriptor_count() - open_before <= 8
