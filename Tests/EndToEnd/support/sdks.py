"""Clients of others' making. Each is closed at the end of its test: left to the garbage collector,
their sockets would be a warning, and so an error, in whatever test runs then."""

_opened: list = []


def opened(client):
    """Has a client closed when the test is over."""
    _opened.append(client)
    return client


def close_all() -> None:
    while _opened:
        _opened.pop().close()
