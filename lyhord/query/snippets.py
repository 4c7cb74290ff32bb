"""Snippets: the passage of a text that shows why it was found, the same for every store."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from lyhord import swedish
from lyhord.query.levelled import (
    Adjacent,
    AllOf,
    AnyOf,
    Close,
    ExactPhrase,
    ExactPrefix,
    Levelled,
    Terms,
)

_BEFORE = 60
"""Characters shown before the first mark, so that it has a context."""
_ELLIPSIS = "…"
_SPACE = re.compile(r"\s")

Mark = tuple[int, int]
Places = defaultdict[str, list[int]]
"""Term → the positions where it stands, in order."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of a text on one line, and [start, end) of every word in it that was looked for."""

    text: str
    marks: tuple[Mark, ...]


def snippet(
    text: str, levelled: Levelled, *, search_text: str | None = None, size: int = 300
) -> Snippet:
    """Cut the passage that holds most of what was looked for.

    Args:
        text: the whole text.
        levelled: the query; words behind NOT are not marked.
        search_text: the text's, where it is at hand; else it is made.
        size: characters of the passage, an ellipsis at either end aside.

    """
    marks = highlight(text, levelled, search_text)
    start, end = _passage(text, marks, size)
    head, tail = _ELLIPSIS if start else "", _ELLIPSIS if end < len(text) else ""
    shift = len(head) - start
    inside = [(a + shift, b + shift) for a, b in marks if a >= start and b <= end]
    return Snippet(head + _SPACE.sub(" ", text[start:end]) + tail, tuple(inside))


def highlight(text: str, levelled: Levelled, search_text: str | None = None) -> list[Mark]:
    """Give [start, end) of every word that was looked for, in order; linear in the text."""
    wanted = tuple(dict.fromkeys(_wanted(levelled)))
    if not wanted:
        return []
    tokens = list(swedish.spans(text))
    items = swedish.positions(search_text or "")
    if len(items) != len(tokens):
        items = swedish.positions(swedish.search_text(text))
    places: Places = defaultdict(list)
    for position, terms in enumerate(items):
        for term in terms:
            if term.startswith(wanted):
                places[term].append(position)
    found = sorted(set(_found(levelled, places)))
    return [tokens[position][:2] for position in found]


def _wanted(node: Levelled) -> Iterator[str]:
    """Give what the terms that are looked for begin with."""
    match node:
        case AllOf(operands) | AnyOf(operands):
            for operand in operands:
                yield from _wanted(operand)
        case Terms(terms) | Adjacent(terms):
            yield from terms
        case ExactPhrase(forms):
            yield from (f"^{form}" for form in forms)
        case ExactPrefix(prefix):
            yield f"^{prefix}"
        case Close(_, left, right):
            yield from (*left, *right)
        case _:
            pass


def _found(node: Levelled, places: Places) -> Iterator[int]:
    match node:
        case AllOf(operands) | AnyOf(operands):
            for operand in operands:
                yield from _found(operand, places)
        case Terms(alternatives):
            yield from _any(alternatives, places)
        case Adjacent(terms):
            yield from _in_a_row(terms, places)
        case ExactPhrase(forms):
            yield from _in_a_row([f"^{form}" for form in forms], places)
        case ExactPrefix(prefix):
            yield from _any([term for term in places if term.startswith(f"^{prefix}")], places)
        case Close(distance, left, right):
            for one, other in product(left, right):
                yield from _close(one, other, distance, places)
        case _:
            pass


def _any(terms: Iterable[str], places: Places) -> Iterator[int]:
    for term in terms:
        yield from places.get(term, ())


def _in_a_row(terms: Sequence[str], places: Places) -> Iterator[int]:
    later = [set(places.get(term, ())) for term in terms[1:]]
    for start in places.get(terms[0], ()):
        if all(start + step in each for step, each in enumerate(later, 1)):
            yield from range(start, start + len(terms))


def _close(one: str, other: str, distance: int, places: Places) -> Iterator[int]:
    ones, others = places.get(one, []), places.get(other, [])
    for position in ones:
        nearest = bisect_left(others, position - distance - 1)
        for candidate in others[nearest : nearest + 2 * distance + 3]:
            if candidate > position + distance + 1:
                break
            if one != other or candidate != position:
                yield from (position, candidate)


def _passage(text: str, marks: Sequence[Mark], size: int) -> Mark:
    if len(text) <= size:
        return 0, len(text)
    start = max(0, min(_richest(text, marks, size) - _BEFORE, len(text) - size))
    if start:
        start = text.find(" ", start, start + _BEFORE) + 1 or start
    end = min(len(text), start + size)
    if end < len(text):
        space = text.rfind(" ", start + size // 2, end + 1)
        end = space if space > 0 else end
    return start, end


def _richest(text: str, marks: Sequence[Mark], size: int) -> int:
    """Give where to begin to see as many different marked words as fit, as early as may be."""
    inside: Counter[str] = Counter()
    best, most, first = 0, 0, 0
    for start, end in marks:
        inside[text[start:end]] += 1
        while end - marks[first][0] > size - _BEFORE and marks[first][0] < start:
            gone = text[slice(*marks[first])]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            first += 1
        if len(inside) > most:
            best, most = marks[first][0], len(inside)
    return best
