"""A crowd: thousands of clients, each with a connection and a message of its own, in another
process."""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass

from address import Address
from client import messages_path, request_bytes
from replies import json_bytes

LIMIT = 100


@dataclass
class Visit:
    """The result of one client: the last status, or 0 if its connection failed; the seconds from
    connecting to the whole answer; and how often it was told to come again."""

    status: int
    seconds: float
    retry_after: int | None = None
    refusals: int = 0


class Crowd:
    """`clients` clients that arrive evenly over `spread` seconds. Patient ones come again if
    they are told to."""

    def __init__(
        self, address: Address, bot: str, clients: int, spread: float = 0, patient: bool = False
    ):
        plan = [address.host, address.port, bot, clients, spread, patient]
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 (it is closed by `visits`)
        self._process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(plan)], stdout=self._output
        )

    @property
    def is_there(self) -> bool:
        return self._process.poll() is None

    def visits(self, timeout: float = LIMIT + 20) -> list[Visit]:
        """Waits until all have left; returns the result of each client."""
        assert self._process.wait(timeout) == 0
        with self._output:
            self._output.seek(0)
            return [Visit(**visit) for visit in json.load(self._output)]


async def _exchange(address: Address, request: bytes) -> tuple[int, int | None]:
    """Sends one request; the status of its answer, and its `Retry-After`."""
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(fields["content-length"]))
    finally:
        writer.close()
    told = fields.get("retry-after")
    return int(head.split(" ")[1]), int(told) if told else None


async def _visit(address: Address, bot: str, number: int, delay: float, patient: bool) -> Visit:
    await asyncio.sleep(delay)
    headers = {"Host": address.authority, "Content-Type": "application/json"}
    body = json_bytes({"content": f"Question {number}", "conversation_id": f"crowd-{number}"})
    request = request_bytes("POST", messages_path(bot), headers, body)
    visit = Visit(0, 0)
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        start = time.monotonic()
        try:
            visit.status, visit.retry_after = await _exchange(address, request)
        except (OSError, asyncio.IncompleteReadError):
            visit.status = 0
        visit.seconds = time.monotonic() - start
        if not patient or visit.retry_after is None:
            break
        visit.refusals += 1
        await asyncio.sleep(visit.retry_after)
    return visit


async def _gather(host: str, port: int, bot: str, clients: int, spread: float, patient: bool):
    address = Address(host, port)
    done = await asyncio.gather(
        *(
            _visit(address, bot, number, spread * number / clients, patient)
            for number in range(clients)
        )
    )
    print(json.dumps([asdict(visit) for visit in done]))


if __name__ == "__main__":
    asyncio.run(_gather(*json.loads(sys.argv[1])))
