"""Compounds: the words that a word is put together of."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations
from typing import Final

from lyhord.swedish import lexicon
from lyhord.swedish.segmenting import segment

HYPHEN: Final = re.compile(r"[-‑_'’]+")
"""What stands between the pieces of a word."""

_DEEPEST: Final = 5


@lru_cache(maxsize=20_000)
def splits(lemma: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways in which a compound may be written apart: lemmas in order, two or three.

    `vattenläcka` → `(("vatten", "läcka"),)`; empty for what is no compound.
    """
    pairs = _pairs(lemma)
    triples = [
        triple
        for first, last in pairs
        for triple in (
            *((*pair, last) for pair in _pairs(first)),
            *((first, *pair) for pair in _pairs(last)),
        )
    ]
    return tuple(dict.fromkeys((*pairs, *triples)))


@lru_cache(maxsize=20_000)
def parts(lemma: str) -> tuple[str, ...]:
    """Return the words that `lemma` is put together of, compounds in it too, as lemmas.

    `grundskolelärare` → `grundskola`, `grund`, `skola`, `lärare`. Empty for what is no compound.
    """
    found: dict[str, None] = {}
    _collect(lemma, found, depth=_DEEPEST)
    found |= dict.fromkeys(_spans(lemma))
    found.pop(lemma, None)
    return tuple(found)


def _collect(lemma: str, found: dict[str, None], *, depth: int) -> None:
    for part in _inner(lemma):
        if part not in found:
            found[part] = None
            if depth:
                _collect(part, found, depth=depth - 1)


def _spans(lemma: str) -> Iterator[str]:
    """Give the compounds across the lexicon's cuts: `väghållning` in `vinterväg|hållning`."""
    edges = sorted({0, *_edges(lemma, depth=_DEEPEST), len(lemma)})
    for start, end in combinations(range(len(edges)), 2):
        inside = lemma[edges[start] : edges[end]]
        if end - start < 2 or inside == lemma:
            continue
        if _in_lexicon(inside):
            yield inside
        elif inside.endswith("s") and _in_lexicon(inside[:-1]):
            yield inside[:-1]
        elif edges[end] < len(lemma):
            yield from (first.lemma for first in lexicon.firsts(inside) if first.form == inside)


def _edges(lemma: str, *, depth: int) -> set[int]:
    ends = {cut.end: cut.first for cut in lexicon.cuts(lemma)}
    if not ends and not _in_lexicon(lemma) and (compound := segment(lemma)):
        ends = {compound.second: compound.firsts[0]}
    edges = set(ends)
    for end, first in ends.items() if depth else ():
        edges |= {edge for edge in _edges(first, depth=depth - 1) if edge < end}
        edges |= {end + edge for edge in _edges(lemma[end:], depth=depth - 1)}
    return edges


def _inner(lemma: str) -> list[str]:
    if len(pieces := _pieces(lemma)) > 1:
        return pieces
    if known := lexicon.cuts(lemma):
        return [part for cut in known for part in (cut.first, cut.last) if part]
    compound = None if _in_lexicon(lemma) else segment(lemma)
    return [*compound.firsts, *compound.lasts] if compound else []


def _pairs(lemma: str) -> list[tuple[str, str]]:
    if len(pieces := _pieces(lemma)) > 1:
        return [(pieces[0], "-".join(pieces[1:]))]
    if known := lexicon.cuts(lemma):
        return [(cut.first, cut.last) for cut in known if cut.first]
    compound = None if _in_lexicon(lemma) else segment(lemma)
    if compound is None:
        return []
    rest = lemma[compound.second :] if len(compound.firsts) > 1 else compound.lasts[0]
    return [(compound.firsts[0], rest)]


def _pieces(lemma: str) -> list[str]:
    return [piece for piece in HYPHEN.split(lemma) if piece]


def _in_lexicon(lemma: str) -> bool:
    return any(read.form == lemma for read in lexicon.readings(lemma))
