"""Tone: where the share of negative posts is above what a group's own past lets one expect."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log, log10
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln, log_ndtr, logsumexp

from lyhord.alerting.arrivals import Arrival
from lyhord.alerting.columns import Ints
from lyhord.alerting.expecting import Floats
from lyhord.alerting.grouping import Firing, Group, grid, second

DAY = 86_400
WINDOWS = (DAY, 7 * DAY)
"""Seconds of the windows that are looked at."""
PAST = 28
"""Days before a window that it is compared with."""
HISTORY = 7 * DAY
"""Seconds of a group's past without which nothing is told."""
FEWEST_PAST = 20
"""Posts of the past without which nothing is told."""
_OVERLAP = 2
"""Windows that do not overlap, of each that does: where nothing turns, the budget is kept so."""
_TWICE = 2
"""So often, at most, an author counts in a window."""
_RHO, _RHO_POSTS = 0.02, 200.0
"""Correlation within a day that is assumed at first, and for how many posts."""


class _Point(NamedTuple):
    at: int
    length: int
    posts: Sequence[Arrival]
    expected: float
    score: float


def turns(
    groups: Mapping[Group, Sequence[Arrival]],
    *,
    until: int,
    budget: float,
    floors: tuple[int, int],
    series: int,
) -> list[Firing]:
    """Tell where tone has turned, group by group.

    Args:
        groups: citizens' posts by time.
        until: seconds since 1970; later grid points are not looked at.
        budget: false alerts a municipality and week.
        floors: posts in the window, and authors of its negative ones, at least.
        series: groups that share the budget.

    """
    watched = _OVERLAP * series * len(WINDOWS)
    least = {length: log10(watched * (7 * DAY / length) / budget) for length in WINDOWS}
    found: list[Firing] = []
    for group, posts in groups.items():
        found += _firings(group, _points(posts, until, least, floors), until)
    return found


def tail(negative: int, posts: int, share: float, precision: float) -> float:
    """Give -log10 P(K >= negative) of a beta-binomial with this mean share.

    `precision` is a + b of its beta distribution (Skellam 1948); the sum is exact.
    """
    a, b = share * precision, (1 - share) * precision
    k = np.arange(negative, posts + 1, dtype=float)
    ways = gammaln(posts + 1) - gammaln(k + 1) - gammaln(posts - k + 1)
    logs = ways + betaln(k + a, posts - k + b) - betaln(a, b)
    return max(0.0, -float(logsumexp(logs)) / log(10))


def _points(
    posts: Sequence[Arrival],
    until: int,
    least: Mapping[int, float],
    floors: tuple[int, int],
) -> Iterable[_Point]:
    """Give grid points behind negative posts where a window is above, the shortest one of each."""
    seconds = np.array([second(each) for each in posts], dtype=np.int64)
    negative = np.array([each.sentiment == "negative" for each in posts])
    sums = np.concatenate([[0], negative.cumsum()])
    at = np.unique(np.array([grid(each) for each in seconds[negative].tolist()], dtype=np.int64))
    at = at[at <= until]
    told: set[int] = set()
    for length in WINDOWS:
        here = at[at - length >= seconds[0] + HISTORY]
        last = np.searchsorted(seconds, here)
        first = np.searchsorted(seconds, here - length)
        shares, precisions, known = _past(seconds, sums, here - length)
        count = last - first
        spread = np.sqrt(shares * (1 - shares) * count * (1 + (count - 1) / (precisions + 1)))
        strayed = (sums[last] - sums[first] - shares * count) / spread
        # Exact only where the normal approximation leaves it possible: it takes its time.
        possible = -log_ndtr(-strayed) / log(10) >= least[length] / 2
        likely = (count >= floors[0]) & (strayed > 0) & possible & known
        for index in np.flatnonzero(likely).tolist():
            point = int(here[index])
            window = _voices(posts[first[index] : last[index]])
            ours = [each for each in window if each.sentiment == "negative"]
            if point in told or len(window) < floors[0] or _authors(ours) < floors[1]:
                continue
            share = float(shares[index])
            score = tail(len(ours), len(window), share, float(precisions[index]))
            if score >= least[length]:
                told.add(point)
                yield _Point(point, length, ours, share * len(window), score)


def _past(seconds: Ints, sums: Ints, until: Ints) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Give the share that is expected, how sure it is, and whether there is a past at all.

    The share is the mean of Jeffreys' posterior. How far a day's share strays more than by chance
    is the correlation within days by moments (Williams, Applied Statistics 31, 1982), drawn to an
    assumed one; it and the posterior's own variance make the precision of the beta distribution.
    """
    edges = until[:, np.newaxis] - DAY * np.arange(PAST, -1, -1)
    places = np.searchsorted(seconds, edges)
    counts = np.diff(places, axis=1).astype(float)
    ill = np.diff(sums[places], axis=1)
    posts = counts.sum(axis=1)
    share = (ill.sum(axis=1) + 0.5) / (posts + 1)
    spread = np.maximum(counts * (share * (1 - share))[:, np.newaxis], 1e-9)
    strayed = np.where(counts > 0, (ill - counts * share[:, np.newaxis]) ** 2 / spread, 0.0)
    days = (counts > 0).sum(axis=1)
    excess = np.maximum(strayed.sum(axis=1) - (days - 1), 0.0)
    rho = (excess + _RHO * _RHO_POSTS) / (np.maximum(posts - days, 0) + _RHO_POSTS)
    unsure = np.minimum(rho, 0.5) + (1 - np.minimum(rho, 0.5)) / (posts + 2)
    return share, 1 / unsure - 1, posts >= FEWEST_PAST


def _voices(posts: Sequence[Arrival]) -> list[Arrival]:
    """Leave out what an author, where known, wrote beyond the second post."""
    wrote: Counter[str] = Counter()
    kept = []
    for each in posts:
        if each.author is not None:
            wrote[each.author] += 1
            if wrote[each.author] > _TWICE:
                continue
        kept.append(each)
    return kept


def _authors(posts: Sequence[Arrival]) -> int:
    return len({each.author or each.key for each in posts})


def _firings(group: Group, points: Iterable[_Point], until: int) -> list[Firing]:
    """Join points: a turn is over once none was above for as long as the window that was."""
    found: list[Firing] = []
    over = -1
    for point in sorted(points):
        if found and point.at <= over:
            kept = found[-1]
            seen = {each.key for each in kept.posts}
            posts = [*kept.posts, *(each for each in point.posts if each.key not in seen)]
            more = point.expected / len(point.posts) * (len(posts) - len(seen))
            found[-1] = kept._replace(
                last=point.at,
                observed=len(posts),
                expected=kept.expected + more,
                score=max(kept.score, point.score),
                posts=posts,
            )
        else:
            found.append(
                Firing(
                    group=group,
                    start=point.at - point.length,
                    fired=point.at,
                    last=point.at,
                    is_open=False,
                    observed=len(point.posts),
                    expected=point.expected,
                    score=point.score,
                    posts=point.posts,
                )
            )
        over = point.at + point.length
    if found and over >= until:
        found[-1] = found[-1]._replace(is_open=True)
    return found
