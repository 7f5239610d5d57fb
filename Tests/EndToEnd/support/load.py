"""A backend and a client that are quick enough for a million messages. Each is a process of its
own, so that neither slows down the other, or the tests' own measurements."""

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from address import Address
from client import Connection, messages_path, request_bytes
from replies import http, json_bytes, openai_document

ANSWER = http(json_bytes(openai_document("Answers take about as much room as this one. " * 20)))
PIPELINED = 16


class _Answering(asyncio.Protocol):
    """Answers each request `delay` seconds after its last byte."""

    def __init__(self, delay: float) -> None:
        self.delay = delay

    def connection_made(self, transport) -> None:
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (head_end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:head_end].lower()
            length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
            end = head_end + 4 + length
            if len(self.data) < end:
                return
            self.data = self.data[end:]
            if self.delay:
                asyncio.get_running_loop().call_later(self.delay, self.transport.write, ANSWER)
            else:
                self.transport.write(ANSWER)


async def _answer_for_ever(delay: float, port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: _Answering(delay), "127.0.0.1", port, backlog=4096
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def quick_backend(delay: float = 0, port: int = 0):
    """The URL of a backend that speaks OpenAI's format, and answers after `delay` seconds. Its end
    resets all its connections."""
    command = [sys.executable, __file__, "backend", str(delay), str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/"
    finally:
        process.kill()
        process.wait()
        process.wait()
        process.stdout.close()


def start_messages(
    address: Address, bot: str, messages: range, conversations: int, connections: int = 8
) -> subprocess.Popen:
    """Begins to send that many messages in that many conversations. The process ends with status
    0 if all are answered."""
    plan = [address.host, address.port, bot, messages.start, messages.stop, conversations]
    command = [sys.executable, __file__, "messages", json.dumps([*plan, connections])]
    return subprocess.Popen(command)


def _send_messages(host, port, bot, start, stop, conversations, connections) -> None:
    address = Address(host, port)
    headers = {"Host": address.authority, "Content-Type": "application/json"}

    def request(number: int) -> bytes:
        id = f"conversation-{number % conversations}"
        body = json_bytes({"content": f"Question {number}", "conversation_id": id})
        return request_bytes("POST", messages_path(bot), headers, body)

    def worker(first: int) -> None:
        numbers = range(start + first, stop, connections)
        with Connection(address) as connection:
            for at in range(0, len(numbers), PIPELINED):
                batch = numbers[at : at + PIPELINED]
                connection.send(b"".join(map(request, batch)))
                for _ in batch:
                    response = connection.read_response()
                    assert response.status == 200, response.body

    with ThreadPoolExecutor(connections) as pool:
        for result in [pool.submit(worker, first) for first in range(connections)]:
            result.result()


if __name__ == "__main__":
    if sys.argv[1] == "backend":
        asyncio.run(_answer_for_ever(float(sys.argv[2]), int(sys.argv[3])))
    else:
        _send_messages(*json.loads(sys.argv[2]))
