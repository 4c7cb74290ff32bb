"""Masking: personal data in a text gives way to a placeholder that names its kind."""

import re
from typing import Literal, NamedTuple

from lyhord.privacy import addresses, cards, identity, offices, phones
from lyhord.privacy.digits import before, without_links
from lyhord.privacy.folding import MASKED, PASSED, fill, fold

Kind = Literal["e-post", "kortnummer", "personnummer", "telefon"]

_DIGIT = re.compile(r"\d")
_FEWEST_DIGITS = 6


class Masked(NamedTuple):
    """A text without personal data, and which kinds were masked in it, sorted."""

    text: str
    kinds: tuple[str, ...]


class Span(NamedTuple):
    """Where personal data stands: character offsets, `end` exclusive, and its kind."""

    start: int
    end: int
    kind: Kind


def mask(text: str, *, own_contacts: bool = False) -> Masked:
    """Replace personal data by `[personnummer]`, `[telefon]`, `[e-post]` or `[kortnummer]`.

    Placeholders stay as they are, so masking twice changes nothing more. No text is an error.

    Args:
        text: any text, of any length; the time is linear in it.
        own_contacts: the text is a municipality's own post, where published office contacts stay.

    """
    spans = find(text, own_contacts=own_contacts)
    if not spans:
        return Masked(text, ())
    pieces: list[str] = []
    done = 0
    for start, end, kind in spans:
        pieces += (text[done:start], f"[{kind}]")
        done = end
    return Masked("".join((*pieces, text[done:])), tuple(sorted({span.kind for span in spans})))


def find(text: str, *, own_contacts: bool = False) -> list[Span]:
    """Return where personal data stands in a text, left to right, without overlaps.

    What is found first is hidden from what is looked for next: addresses, cards, identity
    numbers, phone numbers.
    """
    digits = len(_DIGIT.findall(text)) >= _FEWEST_DIGITS
    if not digits and not addresses.may_hold(text):
        return []
    folded = fold(text)
    rest = folded.text
    found: dict[Kind, list[tuple[int, int]]] = {}

    private: list[tuple[int, int]] = []
    public: list[tuple[int, int]] = []
    for start, end, local, domain in addresses.find(rest):
        words = before(rest, start, private[-1][1] if private else 0)
        office = offices.publishes_address(local, domain, words, own_contacts=own_contacts)
        (public if office else private).append((start, end))
    found["e-post"] = private
    rest = fill(fill(rest, private, MASKED), public, PASSED)

    if digits:
        found["kortnummer"] = cards.find(without_links(rest))
        rest = fill(rest, found["kortnummer"], MASKED)
        found["personnummer"] = identity.find(rest)
        rest = fill(rest, found["personnummer"], MASKED)
        found["telefon"] = phones.find(rest, own_contacts=own_contacts)

    return sorted(
        Span(*folded.original(start, end), kind)
        for kind, spans in found.items()
        for start, end in spans
    )
