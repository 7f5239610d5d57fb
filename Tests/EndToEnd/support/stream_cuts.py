"""Every place where a streamed reply can break off, and every way to do so."""

from dataclasses import dataclass
from itertools import accumulate

import stream_replies as replies
from backends import Answer, finish, reset, send, stall, wait

# The first token ends in a character of two bytes, the next begins with one; every other one is
# spelt with escapes.
TOKENS = ["Grü", 'ß "Gott"\n', "über\\", "\U0001f600é", " und so weiter. "]

# Long enough for the gateway to read what was sent before a reset, which discards the rest.
READ = 0.1

ENDINGS = {"closed": [finish()], "reset": [wait(READ), reset()], "stalled": [stall()]}


@dataclass(frozen=True)
class Cut:
    """What is sent before the break, and which part of the reply that is."""

    sent: bytes
    # The number of tokens that arrive whole.
    tokens: int = 0
    # Whether the reply was marked as complete.
    is_finished: bool = False

    @property
    def text(self) -> str:
        return "".join(TOKENS[: self.tokens])

    def answer(self, ending: str) -> Answer:
        return [*([send(self.sent)] if self.sent else []), *ENDINGS[ending]]


def cuts(kind: str, is_chunked: bool) -> dict[str, Cut]:
    """All places in a reply of this kind."""
    head = replies.head(kind, is_chunked)
    pieces = replies.pieces(kind, TOKENS)
    chunks = [replies.chunk(piece.data, is_chunked) for piece in pieces]
    ends = list(accumulate(map(len, chunks)))
    whole = b"".join(chunks)
    begin = next(at for at, piece in enumerate(pieces) if piece.name == "token")

    def after(count: int, more: int = 0) -> bytes:
        """That many pieces, and that many bytes of the next one."""
        return head + whole[: (ends[count - 1] if count else 0) + more]

    def inside(token: int, mark: bytes, more: int) -> Cut:
        """In a token's event, that many bytes after the first `mark`."""
        return Cut(after(begin + token, chunks[begin + token].index(mark) + more), token)

    finish = next(at for at, piece in enumerate(pieces) if piece.name == "finish")
    return {
        "before the headers": Cut(b""),
        "in the headers": Cut(head[:31]),
        "after the headers": Cut(head),
        "in the first event": Cut(after(0, 20)),
        "after the role": Cut(after(begin)),
        "in the first token": inside(0, b"Gr", 3),
        "after the first token": Cut(after(begin + 1), 1),
        "in an event": inside(1, b"Gott", 2),
        "in a character": inside(2, "ü".encode(), 1),
        "in an escape": inside(3, rb"\ud83d", 4),
        "between the halves of a pair": inside(3, rb"\ud83d", 6),
        "before the finish": Cut(after(finish), len(TOKENS)),
        "in the finish": Cut(after(finish, 20), len(TOKENS)),
        "after the finish": Cut(after(finish + 1), len(TOKENS), True),
        "after the end": Cut(head + whole, len(TOKENS), True),
    }
