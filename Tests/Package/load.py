"""load.py CONNECTIONS fresh|kept
Sends messages to the echo of 127.0.0.1:8080 until its input ends, then prints figures: JSON.

fresh: each message has a connection of its own. kept: a connection is used again; if it has been
closed meanwhile, the message is sent again on a new one, as HTTP clients do (RFC 9112, 9.3.1)."""

import http.client
import json
import sys
import threading
import time

PORT = 8080
CLOSED = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError)

is_running = True


class Client(threading.Thread):
    def __init__(self, number: int, is_kept: bool):
        super().__init__()
        self.number = number
        self.is_kept = is_kept
        self.connection: http.client.HTTPConnection | None = None
        self.answered = 0
        self.sent_again = 0
        self.slowest = 0.0
        self.failures: list[str] = []

    def run(self):
        count = 0
        while is_running:
            count += 1
            content = f"{self.number}-{count}"
            start = time.monotonic()
            try:
                answer = self.send(content)
            except Exception as error:
                self.failures.append(f"{content}: {error!r}")
                self.connection = None
                continue
            self.slowest = max(self.slowest, time.monotonic() - start)
            if answer == content:
                self.answered += 1
            else:
                self.failures.append(f"{content}: {answer}")
            time.sleep(0.002)

    def send(self, content: str) -> str:
        if self.connection:
            try:
                return self.exchange(content)
            except CLOSED:
                self.sent_again += 1
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        return self.exchange(content)

    def exchange(self, content: str) -> str:
        connection = self.connection
        body = {"content": content, "conversation_id": f"load-{self.number}"}
        fields = {"Content-Type": "application/json"}
        if not self.is_kept:
            fields["Connection"] = "close"
        connection.request("POST", "/v1/bots/default/messages", json.dumps(body), fields)
        with connection.getresponse() as response:
            answer = json.loads(response.read())
            if not self.is_kept or response.will_close:
                connection.close()
                self.connection = None
        return answer["data"]["content"] if response.status == 200 else json.dumps(answer)


count, kind = sys.argv[1:]
clients = [Client(number, kind == "kept") for number in range(int(count))]
for client in clients:
    client.start()
print("begun", flush=True)
sys.stdin.read()
is_running = False
for client in clients:
    client.join()
failures = [failure for client in clients for failure in client.failures]
print(
    json.dumps(
        {
            "answered": sum(client.answered for client in clients),
            "sent_again": sum(client.sent_again for client in clients),
            "slowest": round(max(client.slowest for client in clients), 3),
            "failed": len(failures),
            "failures": failures[:5],
        }
    )
)
