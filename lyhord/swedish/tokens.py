"""Tokens: the words, hashtags, mentions, addresses, numbers, emoji and masks of a text."""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, cast

from lyhord.swedish.spelling import IGNORED, exact

Kind = Literal["word", "hashtag", "mention", "url", "number", "emoji", "mask"]


class Token(NamedTuple):
    """A token as it stands in its text.

    Attributes:
        text: the surface.
        start: offset of its first character.
        end: offset behind its last character.
        kind: what it is; `mask` is what the door puts in the place of personal data.

    """

    text: str
    start: int
    end: int
    kind: Kind

    @property
    def folded(self) -> str:
        """The compared form: casefolded, NFC, without what nobody sees."""
        return exact(self.text)


# Combining marks and vowel signs of the scripts that have them; `\w` leaves them out.
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u08d3-\u0903\u093a-\u094f\u0951-\u0957"
    "\u0962\u0963\u0981-\u0983\u09bc-\u09cd\u0a01-\u0a03\u0a3c-\u0a51\u0a70-\u0a75\u0a81-\u0a83"
    "\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0c00-\u0c04\u0c3c-\u0c56"
    "\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d4d\u0d81-\u0d83\u0dca-\u0ddf\u0e31"
    "\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f18-\u0f84\u102b-\u103e"
    "\u1056-\u109d\u135d-\u135f\u1712-\u1734\u17b4-\u17d3\u18a9\u1a55-\u1a7f\u1ab0-\u1aff"
    "\u1b00-\u1b04\u1b34-\u1b44\u1dc0-\u1dff\u20d0-\u20f0\u3099\u309a\ua66f-\ua67d\ufe20-\ufe2f"
)
_LETTERS = rf"[^\W_]++(?:[{_MARKS}{IGNORED}]++[^\W_]*+)*+"
_NAME = rf"[^\W_](?:[\w{_MARKS}{IGNORED}]*+)"
_SIGN = r"(?<![^\W_])"
_PICTURE = (
    "[\u2190-\u21ff\u231a-\u23ff\u25a0-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299"
    "\U0001f004\U0001f0cf\U0001f170-\U0001f251\U0001f300-\U0001faff]"
)
_MODIFIED = rf"{_PICTURE}[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff\u20e3\U000e0020-\U000e007f]*+"
_DOMAIN = r"(?:se|nu|com|org|net|eu|info|io|no|dk|fi|de|uk|app|social|gov|edu|tv|me|ly|be)"
_PATH = r"(?:[/?#][^\s<>\"”»|]*+)?+"

# The first branch is the `word` of most words, which nothing can prolong: half the time.
_TOKEN: Final = re.compile(
    rf"""
    (?P<plain>[a-zåäöA-ZÅÄÖ]++(?=[.,!?]?+(?:[ \n]|$)))
    |(?P<url>(?:https?://|www\.)[^\s<>"”»|]++)
    |(?P<emoji>
        [0-9#*]\ufe0f?\u20e3
        |[\U0001f1e6-\U0001f1ff]{{2}}
        |{_MODIFIED}(?:\u200d{_MODIFIED})*+
        |[©®™‼⁉]\ufe0f
        |[:;=][-'^]?[()]|(?<!\w)[:;=]-?[DPp](?!\w)|<3(?!\d)
    )
    |(?P<number>\d++(?:[.,:/-]\d++)*+(?![^\W_]|[:'’-][^\W\d_]))
    |(?P<word>{_LETTERS}(?:[-‑'’]{_LETTERS})*+(?::[a-zåäö]{{1,4}}+(?![^\W_]))?+)
     (?P<address>
        (?:[.+_-][^\W_]{{1,40}}+){{0,4}}+@(?:[a-z0-9-]{{1,63}}+\.){{1,4}}+[a-z]{{2,12}}+
        |(?:\.[^\W_][\w-]{{0,62}}+){{0,3}}?\.{_DOMAIN}(?![\w]){_PATH}
     )?+
    |{_SIGN}(?:
        (?<!\#)\#++(?P<hashtag>{_NAME})
        |@(?P<mention>{_NAME}(?:[.-]\w++)*+(?:@(?:[a-z0-9-]{{1,63}}+\.){{1,4}}+[a-z]{{2,12}}+)?+)
    )
    |(?P<mask>\[(?:personnummer|telefon|e-post|kortnummer)\])
    """,
    re.VERBOSE,
)
_AFTER_ADDRESS: Final = ".,;:!?'’)]}*_~"


def tokenize(text: str) -> list[Token]:
    """Return the tokens of `text` in order; offsets count characters."""
    return [Token(text[start:end], start, end, kind) for start, end, kind in spans(text)]


def spans(text: str) -> Iterator[tuple[int, int, Kind]]:
    """Give where each token starts and ends, and its kind."""
    for found in _TOKEN.finditer(text):
        kind = cast("str", found.lastgroup)
        start, end = found.span()
        if kind == "plain":
            yield start, end, "word"
        elif kind in {"url", "address"}:
            yield start, start + len(_trimmed(found[0])), "url"
        else:
            yield start, end, cast("Kind", kind)


def _trimmed(address: str) -> str:
    """Leave off the punctuation of the sentence around, and a bracket that opened before."""
    trimmed = address.rstrip(_AFTER_ADDRESS)
    return f"{trimmed})" if "(" in trimmed and address[len(trimmed) :][:1] == ")" else trimmed
