"""The lexicon: tries on disk, mapped into memory and shared by every process that reads them.

`forms.marisa` has inflected forms under their plain spelling (`vattenlackor`). A value is the dots
of the form as digits, a letter that ranks its readings, and the edit to the lemma.
`parts.marisa` has, behind a sign, compounds (`=`: where the first part ends, its edit to a lemma),
first parts as written (`<`: how often, the edit to a lemma) and last parts (`>`: how often).
`levels.marisa` has what `levels` works out of the two for every form: edits to its lemmas, a tab,
edits from the first of them to its parts; genitives only where they are more than their word.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Final, NamedTuple

import marisa_trie  # type: ignore[import-not-found]  # compiled, it ships no types

from lyhord.swedish.spelling import apply, dotted, plain

FORMS: Final = "forms.marisa"
PARTS: Final = "parts.marisa"
LEVELS: Final = "levels.marisa"
_DIGITS: Final = "0123456789"


class Reading(NamedTuple):
    """A form with its dots, and one lemma that it has."""

    form: str
    lemma: str


class First(NamedTuple):
    """A compound's first part with its dots, a lemma that it stands for, its standing from 0 to 9.

    Standing is the binary logarithm of how many compounds of the lexicon begin so.
    """

    form: str
    lemma: str
    standing: int


class Cut(NamedTuple):
    """Where a compound's first part ends, and the lemmas of the two parts."""

    end: int
    first: str
    last: str


def path(name: str) -> Path:
    """Return where a trie's file lies."""
    return Path(str(files("lyhord.swedish") / "data" / name))


@cache
def _trie(name: str) -> marisa_trie.BytesTrie:
    return marisa_trie.BytesTrie().mmap(str(path(name)))


def readings(word: str) -> list[Reading]:
    """Return the readings of all forms that are typed as `word` where there is no å, ä, ö or é.

    They stand in order of likelihood for each form; `word` is in compared form (`spelling.exact`).
    """
    return list(_readings(plain(word)))


def cuts(lemma: str) -> list[Cut]:
    """Return how a compound that the lexicon knows splits in two, for each lemma of its first part.

    The first part is empty where it is a mere prefix.
    """
    found = []
    for value in _trie(PARTS).get(f"={lemma}", ()):
        text = value.decode()
        end = ord(text[0]) - ord("0")
        edit, _, last = text[1:].partition("+")
        found.append(Cut(end, apply(edit, lemma[:end]), last or lemma[end:]))
    return found


def firsts(part: str) -> list[First]:
    """Return what may be typed as `part` in front of another word, where there is no å, ä or ö."""
    return [
        First(form, apply(edit, form), standing)
        for form, standing, edit in _dotted(PARTS, "<", plain(part))
    ]


def ends(text: str) -> list[int]:
    """Return after how many letters, at least two, a first part or a form that begins `text` ends.

    Genitives of forms are among them. One question for all saves asking for every length.
    """
    bare = plain(text)
    firsts = {len(part) - 1 for part in _trie(PARTS).prefixes(f"<{bare}")}
    forms = {len(form) for form in _trie(FORMS).prefixes(bare)}
    genitives = {end + 1 for end in forms if bare[end : end + 1] == "s"}
    return sorted((firsts | forms | genitives) - {1})


def last_standing(lemma: str) -> int:
    """Return how common `lemma` is as a compound's last part, as `First`; -1 where it is none."""
    found = _trie(PARTS).get(f">{lemma}")
    return int(found[0]) if found else -1


def levels(form: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the lemmas and the parts of a form or genitive that the lexicon has, ready-made."""
    trie = _trie(LEVELS)
    found = trie.get(form)
    if found is None and form[-1:] == "s":
        form = form[:-1]
        found = trie.get(form)
    if found is None:
        return None
    lemmas, _, parts = found[0].decode().partition("\t")
    whole = tuple([apply(edit, form) for edit in lemmas.split("|")])
    return whole, tuple([apply(edit, whole[0]) for edit in parts.split("|")]) if parts else ()


@lru_cache(maxsize=20_000)
def _readings(bare: str) -> tuple[Reading, ...]:
    # One word's levelling asks for the same readings several times.
    return tuple(Reading(form, apply(edit, form)) for form, _, edit in _dotted(FORMS, "", bare))


def _dotted(name: str, sign: str, bare: str) -> Iterator[tuple[str, int, str]]:
    for value in _trie(name).get(sign + bare, ()):
        text = value.decode()
        rest = text.lstrip(_DIGITS)
        yield dotted(bare, text[: len(text) - len(rest)]), ord(rest[0]) - ord("a"), rest[1:]
