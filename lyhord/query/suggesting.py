"""Did you mean: another spelling for each word of a query that no post has."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from lyhord import swedish
from lyhord.query.parser import parse
from lyhord.query.tree import Word

_LETTERS = "abcdefghijklmnopqrstuvwxyzåäöé"
_SHORTEST, _LONGEST = 3, 30
_MOST_WORDS = 8


def suggest(query: str, count: Callable[[str], int]) -> str | None:
    """Spell words that find nothing as words that do; None where there are none such.

    A spelling is one letter away (left out, added, another, or two exchanged: Damerau 1964), is a
    Swedish word, and is the one that most posts have.

    Args:
        query: one that can be read.
        count: tells how many posts a query finds.

    """
    changed = query
    words = [word for word in _words(parse(query)) if _SHORTEST <= len(word.text) <= _LONGEST]
    for word in sorted(words[:_MOST_WORDS], key=lambda word: -word.position):
        end = word.position + len(word.text)
        if query[word.position : end] != word.text or count(word.text):
            continue
        found = {each: count(each) for each in _near(swedish.exact(word.text))}
        best = max(found, key=lambda each: (found[each], each), default="")
        if found.get(best):
            changed = changed[: word.position] + best + changed[end:]
    return changed if changed != query else None


def _near(word: str) -> set[str]:
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    near = {one + other[1:] for one, other in splits if other}
    near |= {one + other[1] + other[0] + other[2:] for one, other in splits if len(other) > 1}
    near |= {one + letter + other[1:] for one, other in splits if other for letter in _LETTERS}
    near |= {one + letter + other for one, other in splits for letter in _LETTERS}
    return {each for each in near - {word} if swedish.known(each)}


def _words(node: Any) -> Iterator[Word]:
    if isinstance(node, Word):
        yield node
    elif isinstance(node, tuple):
        for each in node:
            yield from _words(each)
    elif is_dataclass(node):
        for field in fields(node):
            yield from _words(getattr(node, field.name))
