"""Agreement: how far tags and a human coder agree, and what that leaves of a share's certainty."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist
from typing import NamedTuple

Pair = tuple[str, str]
"""A post's tag, and what a human coder calls it."""


class Share(NamedTuple):
    """A label's share: as tagged, as it is estimated to be, and its 95 % interval."""

    label: str
    tagged: float
    estimated: float
    low: float
    high: float


def alpha(pairs: Sequence[Pair]) -> float | None:
    """Give Krippendorff's alpha of two coders of nominal labels; None where it is not defined.

    1 is agreement, 0 what chance gives; .8 and more is reliable, below .667 nothing should be built
    on it (Krippendorff, Content Analysis, 2004, ch. 11). Undefined without posts, or if all of them
    have one and the same label from both.
    """
    values = Counter(label for pair in pairs for label in pair)
    total = sum(values.values())
    differing = total * total - sum(count * count for count in values.values())
    if not pairs or not differing:
        return None
    observed = sum(one != other for one, other in pairs) / len(pairs)
    expected = differing / (total * (total - 1))
    return 1 - observed / expected


def shares(pairs: Sequence[Pair], tagged: Counter[str], *, sure: float = 0.95) -> list[Share]:
    """Estimate each label's share of a whole from a coded random sample of it.

    Post-stratified by the tag (Cochran, Sampling Techniques, 1977, 5A.9; in epidemiology, the
    correction of a misclassified prevalence): the share of each true label among the coded posts
    of each tag, weighed with how many posts of the whole have that tag. So the tagger's error, and
    the smallness of the sample, are in the interval.

    Args:
        pairs: of the sample.
        tagged: how many posts of the whole have each tag.
        sure: of the interval.

    """
    whole = sum(tagged.values())
    strata: dict[str, Counter[str]] = {}
    for tag, coded in pairs:
        strata.setdefault(tag, Counter())[coded] += 1
    width = NormalDist().inv_cdf((1 + sure) / 2)
    known = sorted({label for pair in pairs for label in pair} | set(tagged))
    found = []
    for label in known:
        mean = variance = 0.0
        for tag, posts in tagged.items():
            weight = posts / whole
            counts = strata.get(tag, Counter())
            size = counts.total()
            # Agresti & Coull 1998: two of each more, or a small stratum would seem sure.
            within = (counts[label] + 2) / (size + 4)
            mean += weight * (counts[label] / size if size else 0.5)
            variance += weight**2 * within * (1 - within) / (size + 4)
        spread = width * math.sqrt(variance)
        share = tagged[label] / whole
        found.append(Share(label, share, mean, max(0.0, mean - spread), min(1.0, mean + spread)))
    return found
