"""Where the dictionary's compounds split: learnt from which parts recur in other compounds."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from lyhord.swedish.compile.curated import Compounds
from lyhord.swedish.compile.linking import links
from lyhord.swedish.compile.paradigms import Edit, edit

Families = Mapping[str, frozenset[str]]
Shapes = Mapping[str, frozenset[Edit]]

_ROUNDS: Final = 3
_RARE: Final = 3
"""So often must a part of three letters be seen before it is believed."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the dictionary's compounds teach.

    Attributes:
        cuts: compound → how many letters its first part has.
        firsts: first part as written → in how many compounds.
        lasts: last part, a lemma → in how many compounds.
        bases: first part as written → the lemmas that it stands for.

    """

    cuts: dict[str, int]
    firsts: dict[str, int]
    lasts: dict[str, int]
    bases: dict[str, tuple[str, ...]]


def learn(families: Families, names: frozenset[str], curated: Compounds) -> Learnt:
    """Split the compounds among the lemmas of `families`.

    A lemma splits where a first part, as other words link it, meets a lemma that inflects as the
    whole does: `kommun, kommuner` is no `mun, munnar`. Where several cuts are possible, the one
    whose parts recur most often wins (Viterbi training of a unigram model over parts, after
    Creutz & Lagus, "Unsupervised models for morpheme segmentation", ACM TSLP 4:1, 2007).
    """
    shapes = {
        lemma: frozenset(
            edit(lemma, form) for form in forms if form == lemma or not form.endswith("s")
        )
        for lemma, forms in families.items()
    }
    bases = _bases(families, curated)
    candidates = shapes.keys() - names - curated.whole
    possible = {lemma: _cuts(lemma, shapes, bases, curated) for lemma in candidates}
    derived = {
        lemma: _as_derived(lemma, possible, families.keys(), curated.derived) for lemma in possible
    }
    cuts, firsts, lasts = _train(derived)
    return Learnt(cuts | curated.split, firsts, lasts, bases)


def _bases(families: Families, curated: Compounds) -> dict[str, tuple[str, ...]]:
    ranked: defaultdict[str, list[tuple[int, bool, str]]] = defaultdict(list)
    for lemma, forms in families.items():
        for first, rank in links(lemma, forms):
            if first not in curated.never_first and (
                len(first) > 2 or first in curated.short_first
            ):
                ranked[first].append((rank, lemma != first, lemma))
    likeliest = {first: (min(found)[2],) for first, found in ranked.items()}
    return likeliest | curated.base


def _cuts(
    lemma: str, shapes: Shapes, bases: Mapping[str, tuple[str, ...]], curated: Compounds
) -> list[int]:
    found = []
    for cut in range(1, len(lemma) - 1):
        last = lemma[cut:]
        if (
            last in shapes
            and (len(last) > 2 or last in curated.short_last)
            and last not in curated.never_last
            and lemma[:cut] in bases
            and _inflects_as(lemma, last, shapes)
        ):
            found.append(cut)
    return found


def _inflects_as(lemma: str, last: str, shapes: Shapes) -> bool:
    whole, part = shapes[lemma], shapes[last]
    if len(whole) == 1:
        return len(part) < 3 or len(last) > 4
    return len(whole & part) * 5 >= len(whole) * 3


def _as_derived(
    lemma: str,
    possible: Mapping[str, list[int]],
    words: AbstractSet[str],
    derived: tuple[tuple[str, str], ...],
) -> list[int]:
    """Keep the cuts that a derived word's base has, too: none for `parke|ring`, of `parkera`."""
    for ending, other in derived:
        base = lemma.removesuffix(ending) + other
        if lemma.endswith(ending) and len(base) > 3 and base != lemma and base in words:
            return [cut for cut in possible[lemma] if cut in possible.get(base, ())]
    return possible[lemma]


def _train(
    possible: Mapping[str, list[int]],
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    firsts = Counter(lemma[:cut] for lemma, cuts in possible.items() for cut in cuts)
    lasts = Counter(lemma[cut:] for lemma, cuts in possible.items() for cut in cuts)
    best: dict[str, int] = {}
    for _ in range(_ROUNDS):
        best = {}
        for lemma, cuts in possible.items():
            ranked = [
                (_likelihood(firsts[lemma[:cut]], lasts[lemma[cut:]]), cut)
                for cut in cuts
                if _believed(lemma[:cut], firsts) and _believed(lemma[cut:], lasts)
            ]
            if ranked:
                best[lemma] = max(ranked)[1]
        firsts = Counter(lemma[:cut] for lemma, cut in best.items())
        lasts = Counter(lemma[cut:] for lemma, cut in best.items())
    return best, dict(firsts), dict(lasts)


def _believed(part: str, seen: Counter[str]) -> bool:
    return len(part) > 3 or seen[part] >= _RARE


def _likelihood(first: int, last: int) -> float:
    return math.log(first + 0.1) + math.log(last + 0.1)
