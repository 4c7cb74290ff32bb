"""Proves that a detector does not look ahead: what it fired by a moment stays as it was."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from benchmarks.alerts.model import Arrival, Detector, Fired, Swept

_THRESHOLDS = 3


class Difference(NamedTuple):
    """What was fired until `cut` (microseconds) in only one of the two histories."""

    cut: int
    only_cut: frozenset[Fired]
    only_whole: frozenset[Fired]


def check(detector: Detector, arrivals: Sequence[Arrival], cuts: Iterable[int]) -> list[Difference]:
    """Compare what is fired until each cut when later posts exist and when they do not.

    Scores must be the same to the last bit; where the detector makes its incidents itself, these,
    at several thresholds. An empty list means that nothing was looked at that
    was created at the cut or after it.
    """
    whole = _points(detector(arrivals))
    found = []
    for cut in cuts:
        short = _points(detector([post for post in arrivals if post.created < cut]))
        left, right = (
            frozenset(point for point in fired if point.at <= cut) for fired in (short, whole)
        )
        if left != right:
            found.append(Difference(cut, left - right, right - left))
    return found


def _points(fired: list[Fired] | Swept) -> list[Fired]:
    if not isinstance(fired, Swept):
        return fired
    thresholds = [fired.lowest + one for one in range(_THRESHOLDS)]
    return [each._replace(score=at) for at in thresholds for each in fired.openings(at)]
