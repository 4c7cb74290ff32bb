"""A post's words as the tagger sees them: forms, base forms, parts, and where they stand."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from lyhord.swedish import Kind, level
from lyhord.swedish.tokens import spans

_ENDS = frozenset(".!?…\n")
_STOPS = frozenset('.!?…\n,;:()–—"”')
# The five tones of an emoji's skin say nothing.
_SKIN = dict.fromkeys(range(0x1F3FB, 0x1F400))


class Term(NamedTuple):
    """What a word is wherever it stands.

    ``form`` is the word as it is compared (small letters, a hashtag without its sign), ``lemmas``
    its base forms, ``parts`` the base forms of the words it is compounded of, ``keys`` its form
    and base forms together, and ``item`` what it is in the search text.
    """

    form: str
    lemmas: tuple[str, ...]
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    item: str


class Word(NamedTuple):
    """One token of a text: its term's fields, and where it stands.

    ``text[start:end]`` is the token as written, and ``gap`` what stands between it and the next
    one; ``sentence`` and ``clause`` count from 0.
    """

    form: str
    lemmas: tuple[str, ...]
    parts: tuple[str, ...]
    keys: tuple[str, ...]
    item: str
    kind: Kind
    start: int
    end: int
    gap: str
    sentence: int
    clause: int


def read(text: str) -> list[Word]:
    """Cut a text into words, each levelled once for all that look at it."""
    words = []
    sentence = clause = 0
    tokens = list(spans(text))
    followers = [start for start, _, _ in tokens[1:]]
    followers.append(len(text))
    for (start, end, kind), follower in zip(tokens, followers, strict=False):
        gap = text[end:follower]
        term = _term(text[start:end], kind)
        words.append(Word._make((*term, kind, start, end, gap, sentence, clause)))
        if gap != " " and gap:
            marks = set(gap)
            if not marks.isdisjoint(_STOPS):
                clause += 1
                sentence += not marks.isdisjoint(_ENDS)
    return words


def searchable(words: Sequence[Word]) -> str:
    """Give the search text of the words' text: what `lyhord.swedish.search_text` makes of it."""
    return " ".join([word.item for word in words])


@lru_cache(maxsize=30_000)
def _term(surface: str, kind: Kind) -> Term:
    levels = level(surface, kind)
    form = levels.exact[-1]
    if kind == "emoji":
        form = form.translate(_SKIN) or form
    exact = (f"^{each}" for each in levels.exact)
    whole = (f"={each}" for each in levels.lemmas)
    item = "|".join((*exact, *whole, *levels.parts, *levels.marks))
    keys = levels.lemmas if form in levels.lemmas else (form, *levels.lemmas)
    return Term(form, levels.lemmas, levels.parts, keys, item)
