"""A backend as local servers are: it counts tokens, insists on templates, and loads its model."""

import random
import threading
import time

import replies

TEMPLATE_FAULT = "Conversation roles must alternate user/assistant/user/assistant/..."


def in_members(tokens, limit):
    """llama.cpp's words for a context that is too long."""
    error = {
        "code": 400,
        "message": "the request exceeds the available context size, try increasing it",
        "type": "exceed_context_size_error",
        "n_prompt_tokens": tokens,
        "n_ctx": limit,
    }
    return replies.document({"error": error}, "400 Bad Request")


def loading():
    error = {"code": 503, "message": "Loading model", "type": "unavailable_error"}
    return replies.document({"error": error}, "503 Service Unavailable")


class LocalModel:
    """A script of a backend. What is too long is refused in the words of `refuse`; roles must
    alternate, as chat templates demand; and with `loads`, it loads its model again at random
    requests, for a random time up to that many seconds."""

    def __init__(self, limit, refuse=in_members, bytes_per_token=4, loads=0.0, seed=0):
        self.limit = limit
        self.refuse = refuse
        self.bytes_per_token = bytes_per_token
        self.loads = loads
        self.random = random.Random(seed)
        self.ready_at = 0.0
        self.lock = threading.Lock()
        self.refused = 0
        self.answered = 0
        self.loaded = 0

    def __call__(self, request):
        with self.lock:
            return self._answer(request)

    def _answer(self, request):
        now = time.monotonic()
        if self.loads and now >= self.ready_at and self.random.random() < 0.01:
            self.loaded += 1
            self.ready_at = now + self.random.uniform(0, self.loads)
        if now < self.ready_at:
            return loading()
        messages = [message for message in request.messages if message[0] != "system"]
        turns = ["user", "assistant"] * (len(messages) // 2)
        if [role for role, _ in messages] != [*turns, "user"]:
            return replies.failure("500 Internal Server Error", TEMPLATE_FAULT)
        tokens = sum(8 + len(str(content)) // self.bytes_per_token for _, content in messages)
        if tokens >= self.limit:
            self.refused += 1
            return self.refuse(tokens, self.limit)
        self.answered += 1
        document = replies.openai_document(f"reply {self.answered}")
        document["usage"] = {"prompt_tokens": tokens, "completion_tokens": 4}
        return replies.document(document)
