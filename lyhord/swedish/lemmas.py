"""Lemmas: the base forms that a word may be inflected of."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lyhord.swedish import lexicon
from lyhord.swedish.compounds import HYPHEN
from lyhord.swedish.segmenting import segment

_ENDING: Final = re.compile(r"(?<=.)(?::[a-zåäö]{1,4}|['’]s)$")
_DRAWN_OUT: Final = re.compile(r"(\w)\1{2,}")
_LATIN: Final = re.compile(r"[a-zà-öø-ÿ]+")
_GUESSES: Final = (
    (("orna", "ornas", "or", "ors"), ("a",)),
    (("arna", "arnas", "ar", "ars"), ("", "a")),
    (("erna", "ernas", "er", "ers"), ("",)),
    (("ades", "ade", "ats", "at", "ads", "ad", "ande", "as"), ("a",)),
    (("ens", "en", "ets", "et"), ("",)),
    (("ans", "an"), ("a",)),
    (("s",), ("",)),
)
"""Endings, and what may stand in their place in the base form of an unknown word."""

_SHORTEST_STEM: Final = 4
_COMMON_FIRST: Final = 3


def lemma(word: str) -> str:
    """Return the likeliest base form of `word`, which is in compared form (`spelling.exact`)."""
    return lemmas(word)[0]


@lru_cache(maxsize=20_000)
def lemmas(word: str) -> tuple[str, ...]:
    """Return the base forms that `word` may be inflected of, likeliest first, at least one.

    `sämre` → `dålig`; `får` → `få`, `får`. A word that the lexicon does not know is inflected as
    the last word in it is (`elsparkcyklarnas`), or else as its ending says (`swishade`).
    """
    word = _ENDING.sub("", word)
    if HYPHEN.search(word):
        return _hyphenated(word)
    if not _LATIN.fullmatch(word):
        return (word,)
    if found := known_lemmas(word) or _drawn_out(word):
        return found
    compound = segment(word)
    return compound.lemmas if compound else _of_first_part(word) or (word, *_guesses(word))


def known_lemmas(word: str) -> tuple[str, ...]:
    """Return the lemmas that the lexicon gives `word` or the word that it is a genitive of."""
    found = _typed(word)
    return found or (_typed(word[:-1]) if word.endswith("s") and len(word) > 2 else ())


def _typed(word: str) -> tuple[str, ...]:
    return tuple(read.lemma for read in lexicon.readings(word) if read.form == word)


def _hyphenated(word: str) -> tuple[str, ...]:
    pieces = [piece for piece in HYPHEN.split(word) if piece]
    if not pieces:
        return (word,)
    *before, last = pieces
    spellings = (joint.join((*before, base)) for base in lemmas(last) for joint in ("-", ""))
    return tuple(dict.fromkeys(spellings))


def _drawn_out(word: str) -> tuple[str, ...]:
    """Give the lemmas of a word with letters drawn out: `jättebraaaa`."""
    if not _DRAWN_OUT.search(word):
        return ()
    for times in (r"\1\1", r"\1"):
        shorter = _DRAWN_OUT.sub(times, word)
        if found := known_lemmas(shorter):
            return found
        if compound := segment(shorter):
            return compound.lemmas
    return ()


def _of_first_part(word: str) -> tuple[str, ...]:
    """Give what a stray first part stands for: `skol gård` is written apart for `skolgård`."""
    return tuple(
        first.lemma
        for first in lexicon.firsts(word)
        if first.form == word and first.standing >= _COMMON_FIRST
    )


def _guesses(word: str) -> tuple[str, ...]:
    """Guess base forms; one that is a word of its own would have been known by this form, too."""
    return tuple(guess for guess in _candidates(word) if not known_lemmas(guess))


def _candidates(word: str) -> Iterator[str]:
    for endings, bases in _GUESSES:
        for ending in endings:
            stem = word.removesuffix(ending)
            if stem != word and len(stem) >= _SHORTEST_STEM:
                yield from (stem + base for base in bases)
                return
