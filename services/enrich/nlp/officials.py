"""Whose names are public: an official's beside the title; all others' are private."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lyhord.model import Entity
from lyhord.swedish.tokens import spans
from services.enrich.nlp.lexicon import split

FILE = Path(__file__).parent / "data" / "names.toml"
PLACEHOLDER = "[namn]"

_PERSON = "PER"
_BEFORE, _BEHIND = 2, 1
"""How many words before and behind a name a title may stand."""


def mask(text: str, entities: Sequence[Entity]) -> str:
    """Put `[namn]` for the names of persons, but of officials in office.

    Args:
        text: any text.
        entities: the names found in it.

    """
    persons = [each for each in entities if each.kind == _PERSON]
    if not persons:
        return text
    words = [(start, end, text[start:end].casefold()) for start, end, _ in spans(text)]
    pieces: list[str] = []
    done = 0
    for person in persons:
        before = [word for _, end, word in words if end <= person.start][-_BEFORE:]
        behind = [word for start, _, word in words if start >= person.end][:_BEHIND]
        if _titles().isdisjoint((*before, *behind)):
            pieces += (text[done : person.start], PLACEHOLDER)
            done = person.end
    return "".join((*pieces, text[done:]))


@cache
def _titles() -> frozenset[str]:
    return frozenset(split(tomllib.loads(FILE.read_text(encoding="utf-8"))["titles"]))
