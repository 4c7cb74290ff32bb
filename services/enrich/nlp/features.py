"""What the models look at: words and their parts, neighbours, punctuation, beginnings, and rules.

Every feature is hashed into one of `BUCKETS` rows of weights (Weinberger et al. 2009, feature
hashing). A post is the sum of four blocks, each scaled by its own rule, so that what a word adds
can be summed once and kept with the word.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from lyhord.model import AuthorRole
from services.enrich.nlp.words import Term, Word

_BITS = 18
BUCKETS: int = 2**_BITS
_TOP = np.uint32(32 - _BITS)
_BEFORE, _BEHIND = np.uint32(0x9E3779B1), np.uint32(0x85EBCA6B)
_BASES, _APART = np.uint32(0x27D4EB2F), np.uint32(0x165667B1)
"""What tells pairs of base forms, and such over a gap, from pairs of forms."""
_NGRAMS = (3, 4, 5)
_LETTERS = crc32(b"c=")
"""Where the checksum of letters in a row goes on from: as if they began with this."""
_LONGEST_WORD = 40
"""Letters of a word that n-grams are made of."""
_MARKS = ("?", "!", "...", "…", '"', "”", ":", "(", "–")
_MOST_LENGTHS = 7
FIXED, _RULED = 0.3, 1.0
"""The value of a feature of form, and what the rules' own figures are multiplied with."""
SPREAD = 2.0
"""The length (Euclidean, all features different) of a post's words, and of its neighbours."""


Marks = tuple[int, int]
"""What a word's form, and its base form, are told apart by."""


class Features(NamedTuple):
    """A post's features by block, hashed: lists may name a row more than once."""

    words: list[int]
    neighbours: list[int]
    form: list[int]
    rules: dict[int, float]

    @classmethod
    def of(
        cls, text: str, words: Sequence[Word], role: AuthorRole, rules: Mapping[str, float]
    ) -> "Features":
        """Look at a post."""
        return cls(
            [row for word in words for row in of_term(word.term)],
            of_neighbours([marks_of(word.term) for word in words]).tolist(),
            of_form(text, words, role),
            of_rules(rules),
        )

    def values(self) -> dict[int, float]:
        """Give each row's value: what the row's weights are multiplied with."""
        values: dict[int, float] = {}
        for block in (self.words, self.neighbours):
            for row in block:
                values[row] = values.get(row, 0.0) + SPREAD / math.sqrt(len(block))
        for row in self.form:
            values[row] = values.get(row, 0.0) + FIXED
        for row, value in self.rules.items():
            values[row] = values.get(row, 0.0) + value
        return values


def hashed(feature: str) -> int:
    """Give a feature's row."""
    return _checksum(feature) % BUCKETS


def _checksum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


def of_term(term: Term) -> list[int]:
    """Give the rows of a word wherever it stands: form, base forms, parts, and letters in a row."""
    names = [f"w={term.form}"]
    names += [f"l={lemma}" for lemma in term.lemmas]
    names += [f"p={part}" for part in term.parts]
    rows = [hashed(name) for name in names]
    if term.kind == "word":
        word = f"<{term.form[:_LONGEST_WORD]}>"
        rows += [
            crc32(word[at : at + size].encode("utf-8", "surrogatepass"), _LETTERS) % BUCKETS
            for size in _NGRAMS
            for at in range(len(word) - size + 1)
        ]
    return rows


def marks_of(term: Term) -> Marks:
    """Give what `of_neighbours` knows a word by."""
    return _checksum(term.form), _checksum(term.lemmas[0])


def of_neighbours(words: Sequence[Marks]) -> npt.NDArray[np.uint32]:
    """Give the rows of words beside each other, as written and as base forms, and over a gap."""
    both = np.array(words, np.uint32).reshape(-1, 2)
    # Multiplication by odd constants mixes upwards (Knuth, TAOCP 3, 6.4), so the top is taken.
    one, other = both * _BEFORE, both * _BEHIND
    beside, apart = one[:-1] + other[1:], one[:-2, 1] + other[2:, 1] + _APART
    return np.concatenate((beside[:, 0], beside[:, 1] + _BASES, apart)) >> _TOP


def of_form(text: str, words: Sequence[Word], role: AuthorRole) -> list[int]:
    """Give the rows of how a post is written: marks, beginnings, its end, its length, its writer.

    Each also together with the writer's role: a municipality's question mark is another one.
    """
    rows = [_remembered(f"R={role}")]
    prefix = f"R={role}|"
    for name in _form(text, words):
        rows.append(_remembered(name))
        rows.append(_remembered(prefix + name))
    return rows


# Most of these come again and again.
_remembered = lru_cache(20_000)(hashed)


def _form(text: str, words: Sequence[Word]) -> Iterator[str]:
    yield from (f"g={mark}" for word in words if word.gap != " " for mark in _marks(word.gap))
    end = text.rstrip()
    yield from (name for name, holds in _ENDINGS.items() if holds(end))
    yield f"len={min(int(math.log2(len(words) + 1)), _MOST_LENGTHS)}"
    if words:
        yield f"F={words[0].term.form}"
        yield f"L={words[-1].term.form}"
        if _commands(words[0].term):
            yield "F!"
    if len(words) > 1:
        yield f"F2={words[0].term.form}_{words[1].term.form}"
    sentence = 0
    for word in words:
        if word.sentence != sentence:
            sentence = word.sentence
            yield f"S={word.term.form}"
            if _commands(word.term):
                yield "S!"


def _commands(term: Term) -> bool:
    """Tell whether a word that opens a sentence may be a verb's imperative: `Byt`, `Töm`, `Sanda`.

    That is the infinitive without its -a, or itself; the lexicon knows no parts of speech.
    """
    return any(
        lemma[-1:] == "a" and term.form in (lemma, lemma[:-1], lemma[:-2]) for lemma in term.lemmas
    )


@lru_cache(10_000)
def _marks(gap: str) -> tuple[str, ...]:
    return tuple(mark for mark in _MARKS if mark in gap)


_ENDINGS: Mapping[str, Callable[[str], bool]] = {
    "end?": lambda text: text.endswith("?"),
    "mid?": lambda text: "?" in text[:-1] and not text.endswith("?"),
    "end…": lambda text: text.endswith(("...", "…")),
    "!!": lambda text: text.count("!") > 1,
    "upper": str.isupper,
}


def of_rules(found: Mapping[str, float]) -> dict[int, float]:
    """Give the rows of what the rules say of a post, and their values."""
    return {_remembered(f"r={name}"): _RULED * value for name, value in found.items() if value}
