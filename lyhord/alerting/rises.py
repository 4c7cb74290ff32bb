"""Rises: from grid points that are surprising to what has started, and when it was over."""

import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from lyhord.alerting import crowd
from lyhord.alerting.columns import Columns, Series
from lyhord.alerting.constants import BIN, DAY
from lyhord.alerting.expecting import Floats
from lyhord.alerting.tails import tail
from lyhord.alerting.watching import WINDOWS, Points, Rates, watch

QUIET = 3 * 3_600
"""Seconds without a window above after which a rise is over."""
HISTORY = 7 * 86_400
"""Seconds of history before which nothing is told."""
BUDGET = 0.1
"""False alerts a week that one municipality's series may give by chance."""
_HALF = 0.5
_WEEK = 7 * DAY
_SECONDS = [length * BIN for length in WINDOWS]


class Rise(NamedTuple):
    """One rise of one series; times in seconds since 1970.

    Attributes:
        series: which one.
        start: beginning of the shortest window above at opening.
        fired: the grid point where it was first known.
        last: end of the last window above.
        score: the highest of the windows above.
        expected: posts expected in [start, last).
        genuine: whether a crowd stands behind it.

    """

    series: int
    start: int
    fired: int
    last: int
    score: float
    expected: float
    genuine: bool


def thresholds(series: int, budget: float = BUDGET) -> list[float]:
    """Give the score from which each window is above, for so many series of a municipality.

    A week has more short windows than long ones, so that these are believed sooner: with windows
    that do not overlap, as many would be above by chance as `budget` allows a week (Bonferroni).
    """
    return [math.log10(series * len(WINDOWS) * (_WEEK / length) / budget) for length in WINDOWS]


def rises(
    columns: Columns,
    series: Series,
    *,
    until: int,
    budget: float = BUDGET,
    watched: Iterable[tuple[Points, Rates]] | None = None,
) -> list[Rise]:
    """Give the rises of all series, in the order in which they were known.

    Args:
        columns: what was written.
        series: the same by series.
        until: seconds since 1970; later grid points are not looked at.
        budget: false alerts a municipality and week.
        watched: what `watch` gives of these, where it has been asked before.

    """
    if not len(columns.seconds):
        return []
    begins = int(columns.seconds[0]) + HISTORY
    least = np.array(thresholds(columns.width, budget))
    found: list[Rise] = []
    latest: dict[int, Rise] = {}
    for points, rates in watch(columns, series) if watched is None else watched:
        above = (points.scores >= least) & points.goes_on
        above &= ((points.at >= begins) & (points.at <= until))[:, None]
        for at in np.flatnonzero(above.any(axis=1)).tolist():
            which = int(points.series[at])
            before = latest.get(which)
            is_open = before is not None and int(points.at[at]) - before.last <= QUIET
            since = before.last if before is not None and not is_open else 0
            rise = _look(columns, series, points, rates, at, least, since)
            if rise is None:
                continue
            if before is not None and is_open:
                more = rates.between(which, before.last, rise.last)
                latest[which] = _grown(before, rise, before.expected + more)
            elif not _explained(columns, series, rates, rise):
                if before is not None:
                    found.append(before)
                latest[which] = rise
    return sorted([*found, *latest.values()], key=lambda rise: (rise.fired, rise.series))


def _look(  # noqa: PLR0913, PLR0917 - what a point is of
    columns: Columns,
    series: Series,
    points: Points,
    rates: Rates,
    at: int,
    least: Floats,
    since: int,
) -> Rise | None:
    """Look who wrote the posts of a point that is above; None where they are too few.

    What was written before `since` belongs to a rise that is over.
    """
    which, end = int(points.series[at]), int(points.at[at])
    genuine, flooded = [], []
    for window in np.flatnonzero((points.scores[at] >= least) & points.goes_on[at]).tolist():
        start = max(end - _SECONDS[window], since)
        posts = series.within(which, start, end)
        voices = crowd.voices(columns, posts)
        expected, score = float(points.expected[at, window]), float(points.scores[at, window])
        if start == since:
            expected = rates.between(which, start, end)
            score = tail(len(posts), expected, points.dispersions[at, window])
        if score < least[window]:
            continue
        if len(posts) >= crowd.FLOOD:
            flooded.append((start, score))
        if voices < crowd.FEWEST_POSTS or crowd.authors(columns, posts) < crowd.FEWEST_AUTHORS:
            continue
        if voices < len(posts):
            score = tail(voices, expected, points.dispersions[at, window])
        if score >= least[window]:
            genuine.append((start, score))
    above = genuine or flooded
    if not above:
        return None
    start, score = above[0][0], max(score for _, score in above)
    expected = rates.between(which, start, end)
    return Rise(which, start, end, end, score, expected, bool(genuine))


def _grown(rise: Rise, now: Rise, expected: float) -> Rise:
    return rise._replace(
        last=now.last,
        expected=expected,
        score=max(rise.score, now.score),
        genuine=rise.genuine or now.genuine,
    )


def _explained(columns: Columns, series: Series, rates: Rates, rise: Rise) -> bool:
    """Tell whether a rise is of all of a municipality's posts, but half of it is one topic's."""
    place, topic = divmod(rise.series, columns.width)
    if topic < columns.width - 1:
        return False
    every = place * columns.width + np.arange(columns.width)
    start, end = (np.full(len(every), when) for when in (rise.start, rise.fired))
    counts = series.before(every, end) - series.before(every, start)
    excess = counts - (rates.sum(every, end) - rates.sum(every, start))
    return bool(excess[:-1].max() >= _HALF * excess[-1])
