"""The outbox on the overview: what is not done, and what an administrator does about it."""

import replies
from backends import in_turn
from client import unused_tcp_socket
from configuration import integration
from receivers import SECRET, accepted


def test_what_is_not_done_is_shown_tried_again_and_dropped(browser, gateway, backend):
    receiver = backend(
        in_turn(replies.document({}, "400 Bad Request"), replies.document({}, "204 No Content"))
    )
    with unused_tcp_socket() as gone:
        running = gateway(
            {
                "bot shop": {"callback": receiver.url, "callback_secret": SECRET},
                "integration echo": {"bot": "shop", "type": "echo"},
                "bot far": {},
                "integration gone": integration(
                    f"http://127.0.0.1:{gone.getsockname()[1]}/", bot="far"
                ),
            }
        )
        client = running.client()
        browser.open(f"http://{running.addresses[0]}")
        browser.sees("All is well")
        assert not part(browser)
        lost, queued = accepted(client, bot="shop"), accepted(client, bot="far")
        browser.sees("2 messages not done", "reply not delivered to callback:shop", "queued")
        browser.press(f"[aria-label='Retry {lost}']")
        browser.sees("1 message not done")
        assert receiver.requests[1].field("webhook-id") == lost
        assert [one.text.split()[0] for one in browser.all("table tbody tr", part(browser)[0])] == [
            queued
        ]
        browser.press(f"[aria-label='Drop {queued}']")
        browser.until(lambda: not part(browser))
        assert client.get(f"/v1/outbox/{queued}").status == 404


def part(browser) -> list:
    """The section of the outbox, if it is shown."""
    return [
        one
        for one in browser.all("section")
        if one.is_displayed() and one.text.startswith("Outbox\n")
    ]
