"""Folding: the many ways to write a digit, a dash or a space read as one, offsets kept."""

import re
import unicodedata
from collections.abc import Iterable
from itertools import compress
from typing import NamedTuple

MASKED = "]"
"""Fills what is already masked: like a placeholder's end, it cuts every context."""
PASSED = "\x7f"
"""Fills what is no personal data, such as a link: neither a digit, a letter nor a space."""

_DASHES = "‐‑‒–—―−⁃˗﹘﹣－➖"
_SPACES = ("\t", "\xa0", "\u1680", "\u202f", "\u205f", "\u3000", *map(chr, range(0x2000, 0x200B)))
_PLAIN = (
    dict.fromkeys(_DASHES, "-")
    | dict.fromkeys(_SPACES, " ")
    | {"．": ".", "＋": "+", "﹢": "+", "／": "/", "＠": "@", "﹫": "@", "（": "(", "）": ")"}
)
_ALIKE = re.compile(f"[{re.escape(''.join(_PLAIN))}]")
_FOREIGN_DIGIT = re.compile(r"[^\D0-9]")
# Controls, soft hyphens, zero-width and direction marks, combining marks, the keycap sign.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\xad\u0300-\u036f\u061c\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u2069\u20e3\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)


class Folded(NamedTuple):
    """A text to search in, and for each of its characters the offset in the original.

    `offsets` is None where both are the same.
    """

    text: str
    offsets: list[int] | None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return a span of the folded text as a span of the original."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """Give every decimal digit, dash and space its ASCII form and leave out unseen characters."""
    offsets = None
    if _UNSEEN.search(text):
        seen = bytearray(b"\1") * len(text)
        for unseen in _UNSEEN.finditer(text):
            seen[unseen.start()] = 0
        offsets = list(compress(range(len(text)), seen))
        text = _UNSEEN.sub("", text)
    if not text.isascii():
        text = _ALIKE.sub(lambda char: _PLAIN[char[0]], text)
        text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), text)
    return Folded(text.replace("\t", " "), offsets)


def fill(text: str, spans: Iterable[tuple[int, int]], filler: str) -> str:
    """Overwrite sorted, disjoint spans with a filler character; the length stays."""
    pieces: list[str] = []
    done = 0
    for start, end in spans:
        pieces += (text[done:start], filler * (end - start))
        done = end
    return "".join((*pieces, text[done:]))
