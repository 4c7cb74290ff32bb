"""Segmenting: how a word that the lexicon does not know may be put together of words it knows."""

import re
from functools import lru_cache
from itertools import groupby
from typing import Final, NamedTuple

from lyhord.swedish import lexicon

_LONGEST: Final = 50
"""Letters: hardly a Swedish word is longer, and hostile ones are."""

_MOST_FIRSTS: Final = 4

_LONGEST_FIRST: Final = 26
_WORST: Final = 10
"""A word may cost so much more than its lemma has letters."""

_COMMONEST: Final = 11
_UNSEEN_FIRST: Final = 12
_UNKNOWN_FIRST: Final = 14
_STANDING_ALONE: Final = 4
"""How common a last part must be that is very short, or stands behind letters that mean nothing."""

_LETTERS: Final = re.compile("[a-zà-öø-ÿ]+")
_VOWEL: Final = re.compile("[aeiouyåäöé]")
_SURNAME: Final = frozenset(("berg", "gren", "kvist", "lund", "man", "män", "ström"))
"""Last parts that in a word which the lexicon does not know speak of a surname."""

_SUFFIX: Final = re.compile("(?:het|skap|bar|lig|mässig|aktig|ning|ande|ende|else|dom|ism|ist)$")


class Compound(NamedTuple):
    """How a word that the lexicon does not know is put together.

    Attributes:
        form: the word with its dots.
        lemmas: what it may be inflected of.
        firsts: lemmas of the parts before the last, in order.
        second: where the second part starts.
        lasts: lemmas that the last part may have.
        cost: how far-fetched it is.

    """

    form: str
    lemmas: tuple[str, ...]
    firsts: tuple[str, ...]
    second: int
    lasts: tuple[str, ...]
    cost: int


class _Beginning(NamedTuple):
    cost: int
    form: str
    firsts: tuple[str, ...]
    second: int


class _Last(NamedTuple):
    cost: int
    form: str
    lemmas: tuple[str, ...]
    standing: int


@lru_cache(maxsize=4_000)
def segment(word: str, *, undotted: bool = False) -> Compound | None:
    """Put `word` together of first parts and a last word that the lexicon knows, if it can be.

    Dynamic programming over the positions where a part may end; a part costs the more the fewer
    compounds it is seen in, so fewer and longer parts win.

    Args:
        word: in compared form, not in the lexicon.
        undotted: whether parts may have å, ä and ö where `word` has a and o.

    """
    if not (5 <= len(word) <= _LONGEST and _LETTERS.fullmatch(word)):
        return None
    best: list[_Beginning | None] = [None] * len(word)
    best[0] = _Beginning(0, "", (), 0)
    found: list[Compound] = []
    for start in range(len(word) - 2):
        beginning = best[start]
        if beginning is None or beginning.cost > _WORST + len(word):
            continue
        if start and (whole := _joined(beginning, _last(word[start:], undotted=undotted))):
            found.append(whole)
        if len(beginning.firsts) == _MOST_FIRSTS:
            continue
        for length in lexicon.ends(word[start : min(start + _LONGEST_FIRST, len(word) - 2) - 1]):
            end = start + length
            for first in _firsts(word[start:end], undotted=undotted):
                reached, cost = best[end], beginning.cost + first.cost
                if reached is None or cost < reached.cost:
                    form, firsts = beginning.form + first.form, beginning.firsts + first.firsts
                    best[end] = _Beginning(cost, form, firsts, beginning.second or end)
    if found:
        return min(found, key=lambda compound: compound.cost)
    return None if undotted else _behind_unknown(word)


def _firsts(part: str, *, undotted: bool) -> list[_Beginning]:
    found = [
        _Beginning(_COMMONEST - first.standing, first.form, (first.lemma,), 0)
        for first in lexicon.firsts(part)
        if undotted or first.form == part
    ]
    if found or len(part) < 4:
        return found
    linked = [(part, ""), (part[:-1], "s")] if part.endswith("s") else [(part, "")]
    unseen = {
        (read.form + linking, read.lemma)
        for stem, linking in linked
        for read in lexicon.readings(stem)
        if read.form == read.lemma and (undotted or read.form + linking == part)
    }
    return [_Beginning(_UNSEEN_FIRST, form, (lemma,), 0) for form, lemma in sorted(unseen)[:2]]


def _last(part: str, *, undotted: bool) -> _Last | None:
    candidates = []
    for form, group in groupby(_readings(part, undotted=undotted), key=lambda read: read.form):
        ranked = [(_standing(read.lemma), read.lemma) for read in group]
        standing = max(rank for rank, _ in ranked)
        lemmas = tuple(lemma for rank, lemma in ranked if rank >= 0)
        if lemmas and (len(part) > 3 or standing >= _STANDING_ALONE):
            candidates.append(_Last(_COMMONEST - standing, form, lemmas, standing))
    return min(candidates, default=None, key=lambda last: last.cost)


def _readings(part: str, *, undotted: bool) -> list[lexicon.Reading]:
    found = lexicon.readings(part)
    if part.endswith("s") and len(part) > 4:
        genitives = lexicon.readings(part[:-1])
        found += [lexicon.Reading(f"{read.form}s", read.lemma) for read in genitives]
    return [read for read in found if undotted or read.form == part]


def _standing(lemma: str) -> int:
    if lemma in _SURNAME:
        return -1
    seen = lexicon.last_standing(lemma)
    return seen if seen >= 0 or len(lemma) < 6 or _SUFFIX.search(lemma) else 0


def _joined(beginning: _Beginning, last: _Last | None) -> Compound | None:
    if last is None:
        return None
    cost = beginning.cost + last.cost
    lemmas = tuple(beginning.form + lemma for lemma in last.lemmas)
    if cost > _WORST + len(lemmas[0]):
        return None
    form = beginning.form + last.form
    return Compound(form, lemmas, beginning.firsts, beginning.second, last.lemmas, cost)


def _behind_unknown(word: str) -> Compound | None:
    for start in range(3, len(word) - 4):
        first = word[:start]
        last = _last(word[start:], undotted=False) if _VOWEL.search(first) else None
        if last and last.standing >= _STANDING_ALONE:
            return _joined(_Beginning(_UNKNOWN_FIRST, first, (first,), start), last)
    return None
