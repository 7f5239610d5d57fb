"""Clients by other authors. Each is closed at the end of its test. If the garbage collector
closed them, their sockets would cause a warning, and so an error, in another test."""

_opened: list = []


def opened(client):
    """Closes a client when the test is over."""
    _opened.append(client)
    return client


def close_all() -> None:
    while _opened:
        _opened.pop().close()
