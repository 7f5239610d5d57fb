"""Replies of many vendors, made up after their documentation, and what each of them says.

A reply is drawn first: texts, thoughts, calls, how it ends. Then it is written as its vendor writes
it, whole and as a stream. What a client must see follows from what was drawn, and from nothing that
Postern does."""

import json
import random
from dataclasses import dataclass, field

WORDS = [
    "Hello",
    " wörld",
    ' "quoted"',
    "\n",
    " back\\slash",
    " 😀",
    " 日本",
    "\t",
    " </p>",
    " {}",
    " ok.",
]
NAMES = ["weather", "search_web", "add-2"]


@dataclass(frozen=True)
class Call:
    id: str
    name: str
    input: dict


@dataclass(frozen=True)
class Said:
    """What a reply says."""

    vendor: str
    number: int
    texts: tuple[str, ...]
    thoughts: tuple[str, ...]
    calls: tuple[Call, ...]
    # stop, length, or how it fails: error, cut.
    ending: str
    usage: tuple[int, int]

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def thought(self) -> str:
        return "".join(self.thoughts)

    @property
    def is_sound(self) -> bool:
        return self.ending in ("stop", "length")

    @property
    def meaning(self) -> str:
        """How it ended, for a client."""
        return "calls" if self.calls else self.ending


@dataclass(frozen=True)
class Habits:
    """How a vendor of OpenAI's interface writes."""

    thoughts: str = ""  # the member with them: "" for none, "parts" for parts of the content
    calls: str = "pieces"  # pieces, whole, or final: with the finish reason
    usage: str = "last"  # last, final, every, x_groq
    stop: str = "stop"
    length: str = "length"
    finish_of_calls: str = "tool_calls"
    ids: str = "call_{}"
    comments: tuple[str, ...] = ()
    line: str = "\n"
    blank: str = " "
    role_each_time: bool = False
    prelude: dict | None = None
    choice: dict = field(default_factory=dict)
    envelope: dict = field(default_factory=dict)
    error: str = "event"  # event, choice, top


VENDORS = {
    "openai": Habits(envelope={"service_tier": "default", "system_fingerprint": "fp_1"}),
    "azure": Habits(
        prelude={"prompt_filter_results": [{"prompt_index": 0, "content_filter_results": {}}]},
        choice={"content_filter_results": {"hate": {"filtered": False, "severity": "safe"}}},
    ),
    "gemini": Habits(calls="whole", usage="every", ids="function-call-{}"),
    "mistral": Habits(
        thoughts="parts", calls="final", usage="final", length="model_length", ids="D681PevK{}"
    ),
    "deepseek": Habits(
        thoughts="reasoning_content",
        usage="final",
        comments=(": keep-alive",),
        envelope={"system_fingerprint": "fp_2"},
    ),
    "groq": Habits(thoughts="reasoning", calls="whole", usage="x_groq"),
    "xai": Habits(thoughts="reasoning_content", calls="whole", usage="last", role_each_time=True),
    "openrouter": Habits(
        thoughts="reasoning+details",
        comments=(": OPENROUTER PROCESSING", ""),
        role_each_time=True,
        choice={"native_finish_reason": "end_turn"},
        envelope={"provider": "Someone"},
        error="choice",
    ),
    "together": Habits(stop="eos", blank="", choice={"seed": 5}),
    "perplexity": Habits(
        usage="every",
        line="\r\n",
        envelope={"citations": ["https://a.example"], "search_results": [{"title": "A"}]},
    ),
    "ollama": Habits(thoughts="reasoning", calls="whole", role_each_time=True),
    "llamacpp": Habits(thoughts="reasoning_content", envelope={"timings": {"predicted_n": 3}}),
    "vllm": Habits(thoughts="reasoning_content", choice={"stop_reason": None, "logprobs": None}),
    "lmstudio": Habits(thoughts="reasoning_content", envelope={"stats": {}}, error="top"),
}
KINDS = [*VENDORS, "anthropic", "custom", "ndjson"]
COUNT = 238
SEED = 20261129


def type_of(vendor: str) -> str:
    if vendor in VENDORS:
        return "openai"
    return "custom" if vendor == "ndjson" else vendor


def all_said() -> list[Said]:
    """The same replies each time, as many of each vendor."""
    return [drawn(KINDS[number % len(KINDS)], number) for number in range(COUNT)]


def drawn(vendor: str, number: int) -> Said:
    source = random.Random(SEED + number)
    is_custom = type_of(vendor) == "custom"
    thinks = not is_custom and (vendor == "anthropic" or VENDORS[vendor].thoughts)
    # Perplexity has no tools.
    can_call = not is_custom and vendor != "perplexity"
    calls = source.choice([0, 0, 1, 2]) if can_call else 0
    texts = _pieces(source, 0 if calls and source.random() < 0.5 else 1)
    ids = VENDORS[vendor].ids if vendor in VENDORS else "toolu_{}"
    return Said(
        vendor,
        number,
        texts,
        _pieces(source, 1) if thinks and source.random() < 0.6 else (),
        tuple(_call(source, ids.format(place)) for place in range(calls)),
        source.choice(["stop", "stop", "length", "error", "cut"])
        if not calls
        else source.choice(["stop", "stop", "stop", "error", "cut"]),
        (source.randint(1, 5000), source.randint(1, 5000)),
    )


def _pieces(source: random.Random, least: int) -> tuple[str, ...]:
    count = source.randint(least, 6) if least else 0
    pieces = [source.choice(WORDS) for _ in range(count)]
    # A reply that is only blanks says nothing.
    return ("So", *pieces) if pieces else ()


def _call(source: random.Random, id: str) -> Call:
    input = {"q": "".join(source.choices(WORDS, k=3)), "n": [1, {"a": None}], "f": 0.5}
    return Call(id, source.choice(NAMES), source.choice([input, {"city": "Tromsø"}, {}]))


# Whole replies


def whole(said: Said) -> dict:
    """The reply as one document."""
    if said.vendor == "anthropic":
        return _anthropic_message(said)
    if type_of(said.vendor) == "custom":
        if said.ending == "error":
            return {"error": {"message": "It broke."}}
        usage = {"prompt_tokens": said.usage[0], "completion_tokens": said.usage[1]}
        return {"content": said.text, "metadata": {"model": "m", "usage": usage}}
    habits = VENDORS[said.vendor]
    message: dict = {"role": "assistant", "content": said.text or None}
    if habits.thoughts == "parts":
        if said.thoughts:
            message["content"] = [_thinking(said.thought), {"type": "text", "text": said.text}]
    elif said.thoughts:
        message |= _thought(habits, said.thought)
    if said.calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": _function(call)} for call in said.calls
        ]
    choice = {"index": 0, "message": message, **habits.choice}
    choice["finish_reason"] = _reason(habits, said)
    envelope = {"id": "c-1", "object": "chat.completion", "created": 1, "model": "m-1"}
    document = {**envelope, **(habits.prelude or {}), "choices": [choice], **habits.envelope}
    if said.ending == "error":
        return _broken(habits, document, choice)
    if habits.usage == "x_groq":
        document["x_groq"] = {"id": "req_1"}
    return document | {"usage": _usage(said)}


def _broken(habits: Habits, document: dict, choice: dict) -> dict:
    if habits.error != "choice":
        return {"error": {"message": "It broke.", "code": 502}}
    choice |= {"error": {"code": 502, "message": "It broke."}, "finish_reason": "error"}
    return document


def _usage(said: Said) -> dict:
    prompt, completion = said.usage
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": 0},
    }


def _function(call: Call) -> dict:
    return {"name": call.name, "arguments": json.dumps(call.input)}


def _reason(habits: Habits, said: Said) -> str:
    if said.ending == "error":
        return "error"
    if said.calls:
        return habits.finish_of_calls
    return habits.length if said.ending == "length" else habits.stop


def _thinking(text: str) -> dict:
    return {"type": "thinking", "thinking": [{"type": "text", "text": text}]}


def _thought(habits: Habits, text: str) -> dict:
    if habits.thoughts == "parts":
        return {"content": [_thinking(text)]}
    if habits.thoughts != "reasoning+details":
        return {habits.thoughts: text}
    return {"reasoning": text, "reasoning_details": [{"type": "reasoning.text", "text": text}]}


def _anthropic_message(said: Said) -> dict:
    if said.ending == "error":
        return {"type": "error", "error": {"type": "api_error", "message": "It broke."}}
    blocks: list[dict] = []
    if said.thoughts:
        blocks.append({"type": "thinking", "thinking": said.thought, "signature": "c2ln"})
    if said.texts:
        blocks.append({"type": "text", "text": said.text})
    blocks += [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}
        for call in said.calls
    ]
    return {
        **_ANTHROPIC,
        "content": blocks,
        "stop_reason": _stop_reason(said),
        "usage": {"input_tokens": said.usage[0], "output_tokens": said.usage[1]},
    }


_ANTHROPIC = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-real",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
}


def _stop_reason(said: Said) -> str:
    reasons = {"length": "max_tokens", "calls": "tool_use"}
    return reasons.get(said.meaning, "end_turn")


# Streams


def stream(said: Said) -> bytes:
    """The reply as the bytes of a stream. A reply that is cut ends before its finish reason."""
    source = random.Random(SEED + said.number)
    if said.vendor == "anthropic":
        return _anthropic_stream(said)
    if type_of(said.vendor) == "custom":
        return _custom_stream(said)
    habits = VENDORS[said.vendor]
    lines: list[str] = []

    def event(value: dict) -> None:
        text = json.dumps(value, ensure_ascii=source.random() < 0.5)
        lines.extend([f"data:{habits.blank}{text}", ""])

    for comment in habits.comments:
        lines.append(comment)
    envelope = {"id": "c-1", "object": "chat.completion.chunk", "created": 1, "model": "m-1"}
    if habits.prelude:
        event({**envelope, "choices": [], **habits.prelude})
    *deltas, last = _deltas(habits, said)
    for place, delta in enumerate(deltas):
        if place == 0 or habits.role_each_time:
            delta = {"role": "assistant", **delta}
        choice = {"index": 0, "delta": delta, "finish_reason": None, **habits.choice}
        event({**envelope, "choices": [choice], **habits.envelope, **_running(habits, said, place)})
        if habits.comments and source.random() < 0.3:
            lines.append(habits.comments[0])
            lines.append("")
    if said.ending == "cut":
        return habits.line.join([*lines, ""]).encode()
    choice = {"index": 0, "delta": last, **habits.choice, "finish_reason": _reason(habits, said)}
    chunk = {**envelope, "choices": [choice], **habits.envelope}
    if said.ending == "error":
        if habits.error == "top":
            lines.append("event: error")
        error = {"error": {"message": "It broke.", "code": 502}}
        event(_broken(habits, chunk, choice) if habits.error == "choice" else error)
        return habits.line.join([*lines, ""]).encode()
    if habits.usage in ("final", "every"):
        chunk["usage"] = _usage(said)
    elif habits.usage == "x_groq":
        chunk["x_groq"] = {"id": "req_1", "usage": _usage(said)}
    event(chunk)
    if habits.usage in ("last", "x_groq"):
        event({**envelope, "choices": [], "usage": _usage(said)})
    lines.extend([f"data:{habits.blank}[DONE]", ""])
    return habits.line.join([*lines, ""]).encode()


def _running(habits: Habits, said: Said, place: int) -> dict:
    """The usage so far, of vendors that report it each time."""
    if habits.usage != "every":
        return {}
    prompt = said.usage[0]
    so_far = min(place, said.usage[1])
    counts = {"prompt_tokens": prompt, "completion_tokens": so_far}
    return {"usage": counts | {"total_tokens": prompt + so_far}}


def _deltas(habits: Habits, said: Said) -> list[dict]:
    """The deltas; the last one goes with the finish reason."""
    deltas = [_thought(habits, text) for text in said.thoughts]
    if habits.thoughts == "parts" and said.thoughts:
        deltas += [{"content": [{"type": "text", "text": text}]} for text in said.texts]
    else:
        deltas += [{"content": text} for text in said.texts]
    if habits.calls == "pieces":
        for place, call in enumerate(said.calls):
            arguments = json.dumps(call.input)
            middle = len(arguments) // 2
            head = {"index": place, "id": call.id, "type": "function"}
            first = {**head, "function": {"name": call.name, "arguments": ""}}
            rest = [
                {"index": place, "function": {"arguments": part}}
                for part in (arguments[:middle], arguments[middle:])
            ]
            deltas += [{"tool_calls": [piece]} for piece in (first, *rest)]
        return [*deltas, {}]
    calls = [
        {"index": place, "id": call.id, "type": "function", "function": _function(call)}
        for place, call in enumerate(said.calls)
    ]
    if habits.calls == "final":
        return [*deltas, {"content": "", **({"tool_calls": calls} if calls else {})}]
    return [*deltas, *({"tool_calls": [call]} for call in calls), {}]


def _anthropic_stream(said: Said) -> bytes:
    usage = {"input_tokens": said.usage[0], "output_tokens": 1}
    events = [
        {"type": "message_start", "message": {**_ANTHROPIC, "usage": usage}},
        {"type": "ping"},
    ]

    def block(start: dict, deltas: list[dict]) -> None:
        index = sum(event["type"] == "content_block_start" for event in events)
        events.append({"type": "content_block_start", "index": index, "content_block": start})
        events.extend(
            {"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas
        )
        events.append({"type": "content_block_stop", "index": index})

    if said.thoughts:
        deltas = [{"type": "thinking_delta", "thinking": text} for text in said.thoughts]
        signature = {"type": "signature_delta", "signature": "c2ln"}
        block({"type": "thinking", "thinking": "", "signature": ""}, [*deltas, signature])
    if said.texts:
        deltas = [{"type": "text_delta", "text": text} for text in said.texts]
        block({"type": "text", "text": ""}, deltas)
    for call in said.calls:
        start = {"type": "tool_use", "id": call.id, "name": call.name, "input": {}}
        arguments = json.dumps(call.input)
        parts = ["", arguments[:3], arguments[3:]] if call.input else [""]
        block(start, [{"type": "input_json_delta", "partial_json": part} for part in parts])
    if said.ending == "error":
        error = {"type": "overloaded_error", "message": "It broke."}
        events.append({"type": "error", "error": error})
    elif said.ending != "cut":
        reason = {"stop_reason": _stop_reason(said), "stop_sequence": None}
        usage = {"output_tokens": said.usage[1]}
        events.append({"type": "message_delta", "delta": reason, "usage": usage})
        events.append({"type": "message_stop"})
    lines = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]
    return "".join(lines).encode()


def _custom_stream(said: Said) -> bytes:
    usage = {"prompt_tokens": said.usage[0], "completion_tokens": said.usage[1]}
    events: list[dict] = [{"content": text} for text in said.texts]
    if said.ending == "error":
        events.append({"error": {"message": "It broke."}})
    elif said.ending != "cut":
        events.append({"metadata": {"model": "m", "usage": usage}})
        events.append({"done": True})
    if said.vendor == "ndjson":
        return b"".join(json.dumps(event).encode() + b"\n" for event in events)
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


def cut(data: bytes, number: int) -> list[bytes]:
    """The bytes in random pieces."""
    source = random.Random(SEED - number)
    pieces, place = [], 0
    while place < len(data):
        size = source.choice([1, 2, 3, 7, 20, 100, 1000])
        pieces.append(data[place : place + size])
        place += size
    return pieces
