"""Readings of ambiguous forms, won back from the dictionary's paradigms.

The dictionary keeps one lemma per form: `bro` is a form of `broa` there, so the family of `bro` has
a hole where `bro` should be. A family that fills an ordinary paradigm but for such holes, each of
which is a form of another lemma, owns these forms too.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

from lyhord.swedish.spelling import rule

Edit = tuple[str, str]
"""What a lemma ends in, and what a form of it has in that place."""

_ORDINARY: Final = 20
"""So many families must show a paradigm before it is believed."""


def edit(lemma: str, form: str) -> Edit:
    """Return how `form` differs from `lemma`."""
    text = rule(form, lemma)
    return text[1:], form[len(form) - ord(text[0]) + ord("0") :]


def ambiguous(
    families: Mapping[str, frozenset[str]], lemma_of: Mapping[str, str]
) -> dict[str, set[str]]:
    """Return form → lemmas it may have beside the one that the dictionary gives it."""
    shapes = {
        lemma: frozenset(edit(lemma, form) for form in forms)
        for lemma, forms in families.items()
        if forms
    }
    counts = Counter(shape | {("", "")} for shape in shapes.values())
    paradigms = [shape for shape, count in counts.items() if count >= _ORDINARY and len(shape) > 2]
    by_edit: defaultdict[Edit, list[int]] = defaultdict(list)
    for number, paradigm in enumerate(paradigms):
        for one in paradigm:
            by_edit[one].append(number)
    readings: defaultdict[str, set[str]] = defaultdict(set)
    for lemma, shape in shapes.items():
        shared = Counter(number for one in shape for number in by_edit[one])
        for number, count in shared.items():
            if count > 1 and count * 3 >= len(paradigms[number]):
                forms = [_apply(lemma, hole) for hole in paradigms[number] - shape]
                if all(form in lemma_of for form in forms):
                    for form in forms:
                        readings[form].add(lemma)
        if shape != {("", "")} and lemma_of.get(lemma) != lemma:
            readings[lemma].add(lemma)
    return dict(readings)


def _apply(lemma: str, hole: Edit) -> str:
    ending, other = hole
    return lemma.removesuffix(ending) + other if lemma.endswith(ending) else ""
