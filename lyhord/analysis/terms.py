"""Telling terms: the words that a selection of posts uses more than the rest do."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from lyhord import swedish

_FEWEST = 3
"""Posts of the selection that a telling term stands in, at least."""
_CHANCE = 2.0
"""Standard deviations that a difference must have."""
PRIOR = 300.0
"""Posts that the background counts as where a term is rare (Monroe et al. 2008, eq. 22)."""

Words = Callable[[str], Iterable[str]]


class Term(NamedTuple):
    """A term, in how many posts of the selection and of the background, and how telling it is.

    ``score`` is the log-odds ratio in standard deviations.
    """

    term: str
    posts: int
    others: int
    score: float


def telling(
    selection: Iterable[str],
    background: Iterable[str],
    *,
    size: int = 20,
    prior: float = PRIOR,
    words: Words = swedish.base_forms,
) -> Sequence[Term]:
    """Give the terms that tell a selection from a background, the most telling first.

    The method is the log-odds ratio with an informative Dirichlet prior ("Fightin' Words", Monroe,
    Colaresi & Quinn 2008), over posts, not occurrences: one long post shall not decide.

    Args:
        selection: search texts (`lemmas`) of the selection's posts.
        background: those of posts to compare with, none of the selection's among them.
        size: how many to give at most.
        prior: posts that the background counts as where a term is rare; with few posts on either
            side the default would drown them.
        words: the terms of a search text.

    """
    ours, ours_count = _counted(selection, words)
    theirs, theirs_count = _counted(background, words)
    total = ours_count + theirs_count
    found = []
    for term, here in ours.items():
        if here < _FEWEST:
            continue
        there = theirs[term]
        usual = prior * (here + there) / total
        score = _log_odds(here, ours_count, usual, prior)
        score -= _log_odds(there, theirs_count, usual, prior)
        spread = math.sqrt(1 / (here + usual) + 1 / (there + usual))
        found.append(Term(term, here, there, score / spread))
    found.sort(key=lambda term: (-term.score, term.term))
    return [term for term in found[:size] if term.score > _CHANCE]


def _log_odds(count: int, posts: int, usual: float, prior: float) -> float:
    # One post more in which it is not: it may be in all of them.
    return math.log((count + usual) / (1 + posts + prior - count - usual))


def _counted(texts: Iterable[str], words: Words) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    posts = 0
    for text in texts:
        posts += 1
        counts.update(set(words(text)))
    return counts, posts
