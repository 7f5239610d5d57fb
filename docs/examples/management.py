"""Every call of the management API, with Python's own library. POSTERN_URL is where the gateway is,
POSTERN_KEY a key with the scopes read, write and chat."""

import json
import os
import urllib.request

URL = os.environ.get("POSTERN_URL", "http://127.0.0.1:8080")
KEY = os.environ["POSTERN_KEY"]


def call(method, path, body=None, **fields):
    """The answer's ETag and object; a status of 400 or more raises urllib.error.HTTPError."""
    request = urllib.request.Request(URL + path, method=method)
    request.add_header("Authorization", f"Bearer {KEY}")
    for name, value in fields.items():
        request.add_header(name.replace("_", "-"), value)
    if body is not None:
        request.add_header("Content-Type", "application/json")
        request.data = json.dumps(body).encode()
    with urllib.request.urlopen(request) as response:
        text = response.read().decode()
        print(method, path, response.status, text)
        return response.headers["ETag"], json.loads(text) if text else None


# Bots
call("POST", "/v1/bots", {"id": "shop", "name": "Shop Bot", "system": "You are terse."})
call("GET", "/v1/bots?page=1&per_page=20")
call("GET", "/v1/bots/shop")
call("PATCH", "/v1/bots/shop", {"window": 20, "sticky": True})

# Integrations. The values of headers are secrets: they are never shown again.
call(
    "POST",
    "/v1/bots/shop/integrations",
    {
        "id": "shop-gpt",
        "name": "OpenAI GPT-4",
        "type": "openai",
        "model": "gpt-4o",
        "webhook_url": "https://api.openai.com/v1/chat/completions",
        "headers": {"Authorization": "Bearer sk-secret"},
        "timeout": 30,
        "weight": 3,
        "enabled": False,
    },
)
call(
    "POST",
    "/v1/bots/shop/integrations",
    {"id": "shop-echo", "name": "Echo", "type": "echo"},
)
call("GET", "/v1/bots/shop/integrations")
call("GET", "/v1/integrations")  # those of all bots
call("GET", "/v1/integrations/shop-gpt/preview")
change = {"integrations": {"shop-gpt": {"weight": 2}, "shop-echo": None}}
call("POST", "/v1/configuration/preview", change)
call("POST", "/v1/integrations/shop-echo/test", {"content": "Are you there?"})

# A change that is made only if the object is unchanged since it was read: the ETag is its
# version.
etag, _ = call("GET", "/v1/integrations/shop-gpt")
call("PATCH", "/v1/integrations/shop-gpt", {"weight": 1, "fallback": True}, If_Match=etag)

# Conversations
call(
    "POST",
    "/v1/bots/shop/messages",
    {"content": "Hello", "conversation_id": "conv_1"},
    X_Request_Id="request_1",
)
call("GET", "/v1/bots/shop/conversations")
call("GET", "/v1/conversations/conv_1?bot=shop")
call("GET", "/v1/conversations/conv_1/messages?bot=shop")

# Messages that wait. The bot's callback takes their replies; until it does, they wait, too.
call("PATCH", "/v1/bots/shop", {"callback": "http://127.0.0.1:8090/replies"})
path = "/v1/bots/shop/messages"
_, answer = call("POST", path, {"content": "Hello"}, Prefer="respond-async")
message = answer["data"]["id"]
call("GET", f"/v1/messages/{message}", Prefer="wait=30")
call("GET", "/v1/outbox?status=done&page=1&per_page=20")
call("GET", f"/v1/outbox/{message}")
call("POST", f"/v1/outbox/{message}/retry")
call("DELETE", f"/v1/outbox/{message}")
# So a client gives up what it has sent.
_, answer = call("POST", path, {"content": "Hello"}, Prefer="respond-async")
call("DELETE", f"/v1/messages/{answer['data']['id']}")

# The last exchanges: all of a bot, and one by the X-Request-Id of its request.
call("GET", "/v1/exchanges?bot=shop&outcome=ok")
call("GET", "/v1/exchanges/request_1")

# Deleted conversations leave the exchanges, too.
call("DELETE", "/v1/conversations/conv_1?bot=shop")
call("DELETE", "/v1/bots/shop/conversations?user=user_1")

# The statistics of each integration
call("GET", "/v1/stats")

# The whole gateway on one page
call("GET", "/v1/status")

# A bot is deleted with its remaining integrations.
call("DELETE", "/v1/integrations/shop-gpt")
call("DELETE", "/v1/bots/shop")
