"""message.py BOT CONTENT
Sends a message to 127.0.0.1:8080 and prints the answer. For 10 s it waits for a listener."""

import json
import sys
import time
import urllib.error
import urllib.request

bot, content = sys.argv[1:]
request = urllib.request.Request(
    f"http://127.0.0.1:8080/v1/bots/{bot}/messages",
    json.dumps({"content": content}).encode(),
    {"Content-Type": "application/json"},
)
end = time.monotonic() + 10
while True:
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            print(response.read().decode())
        sys.exit(0)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
        sys.exit(1)
    except (urllib.error.URLError, ConnectionError) as error:
        if time.monotonic() > end:
            print(error)
            sys.exit(1)
        time.sleep(0.02)
