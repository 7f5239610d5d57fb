"""A gateway whose file changes while it serves."""

import signal
import time

from configuration import rendered


class Served:
    """A gateway and its file."""

    def __init__(self, gateway, sections, **options):
        self.running = gateway(sections, **options)
        self.file = self.running.log_path.with_suffix(".conf")
        self.client = self.running.client()
        self.sections = {
            "server": {"listen": ", ".join(map(str, self.running.addresses))},
            **sections,
        }

    def text(self, **changed):
        """The file's text with other sections: `bot_a={…}` is `[bot a]`."""
        sections = dict(self.sections)
        for section, keys in changed.items():
            name = section.replace("_", " ", 1)
            sections[name] = {**sections.get(name, {}), **keys}
        return rendered(sections)

    def hang_up(self):
        self.running.signal(signal.SIGHUP)

    def reloads(self):
        return self.running.log.count(" configuration_reloaded ")

    def await_reload(self, count=1):
        await_that(lambda: self.reloads() >= count, self)

    def readiness(self):
        response = self.client.get("/readyz")
        return response.status, response.json


def await_that(holds, served, seconds=5):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, served.running.log
        time.sleep(0.01)
