"""Rises: from grid points that are surprising to what has started, and when it was over."""

import math
from typing import NamedTuple

import numpy as np

from lyhord.alerting import crowd
from lyhord.alerting.columns import Columns, Ints, Series
from lyhord.alerting.constants import BIN, DAY
from lyhord.alerting.expecting import Floats
from lyhord.alerting.rates import Rates
from lyhord.alerting.tails import tail
from lyhord.alerting.usual import WINDOWS
from lyhord.alerting.watching import Points, Watcher
from lyhord.labels import TOPICS

QUIET = 3 * 3_600
"""Seconds without a window above after which a rise is over."""
HISTORY = 7 * 86_400
"""Seconds of history before which nothing is told."""
BUDGET = 0.5
"""False alerts a week that one municipality's series may give by chance.

Windows that overlap, and that no few posts are a rise, make it about half of that.
"""
_PART = 7 * 86_400
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


def rises(columns: Columns, *, until: int, budget: float = BUDGET) -> list[Rise]:
    """Give the rises of all series, in the order in which they were known.

    Args:
        columns: what was written.
        until: seconds since 1970; later grid points are not looked at.
        budget: false alerts a municipality and week.

    """
    watcher = Watcher(columns.municipalities, columns.topics)
    first = int(columns.seconds[0]) if len(columns.seconds) else until
    listener = Listener(columns.width, first, budget)
    advance(watcher, listener, columns, first, until)
    return listener.rises


class Listener:
    """Makes rises of what a watcher gives, as it gives it."""

    def __init__(self, width: int, first: int, budget: float = BUDGET) -> None:
        """Begin to listen to municipalities of so many series, whose first post is of a time."""
        # Own topics add no series here: that one is added later must change nothing before.
        self._least = np.array(thresholds(min(width, len(TOPICS) + 1), budget))
        self._begins = first + HISTORY
        self._over: list[Rise] = []
        self._latest: dict[int, Rise] = {}

    @property
    def rises(self) -> list[Rise]:
        """All rises as they stand, in the order in which they were known."""
        every = [*self._over, *self._latest.values()]
        return sorted(every, key=lambda rise: (rise.fired, rise.series))

    def forget(self, before: int) -> None:
        """Keep no rise that was over by a time, seconds since 1970; it has been told."""
        self._over = [rise for rise in self._over if rise.last > before]

    def hear(self, points: Points, rates: Rates, columns: Columns, series: Series) -> None:
        """Look at points with what was expected, and the posts that their windows hold."""
        above = (points.scores >= self._least) & points.goes_on
        above &= (points.at >= self._begins)[:, None]
        for at in np.flatnonzero(above.any(axis=1)).tolist():
            which = int(points.series[at])
            before = self._latest.get(which)
            is_open = before is not None and int(points.at[at]) - before.last <= QUIET
            since = before.last if before is not None and not is_open else 0
            rise = _look(columns, series, points, rates, at, self._least, since)
            if rise is None:
                continue
            if before is not None and is_open:
                more = rates.between(which, before.last, rise.last)
                self._latest[which] = _grown(before, rise, before.expected + more)
            elif not self._belongs(columns, series, rates, rise):
                if before is not None:
                    self._over.append(before)
                self._latest[which] = rise

    def _belongs(self, columns: Columns, series: Series, rates: Rates, rise: Rise) -> bool:
        """Tell whether what has risen is told already, or is to be, as another of its place's.

        All of a municipality's posts are no rise of their own where one topic explains half of it,
        now or since that topic rose; and a topic is none while all do of which it is not half.
        """
        place, topic = divmod(rise.series, columns.width)
        every = place * columns.width + np.arange(columns.width)
        latest = (self._latest.get(each) for each in every.tolist())
        rising = {each.series: each for each in latest if each and rise.fired - each.last <= QUIET}
        if topic < columns.width - 1:
            excess = _excess(every, series, rates, rise.start, rise.fired)
            return int(every[-1]) in rising and bool(excess[topic] < _HALF * excess[-1])
        longest = rise.fired - _SECONDS[-1]
        starts = {rise.start, *(max(each.start, longest) for each in rising.values())}
        excesses = (_excess(every, series, rates, start, rise.fired) for start in starts)
        return any(excess[:-1].max() >= _HALF * excess[-1] for excess in excesses)


def advance(watcher: Watcher, listener: Listener, columns: Columns, start: int, until: int) -> None:
    """Let a watcher and who listens to it see the posts of [start, until), seconds since 1970."""
    at, end = np.searchsorted(columns.seconds, [start, until]).tolist()
    while True:
        # In parts that a processor's cache holds.
        part = min(until, int(columns.seconds[at]) + _PART) if at < end else until
        upto = int(np.searchsorted(columns.seconds, part))
        watcher.feed(columns.part(at, upto))
        for points, rates in watcher.until(part):
            listener.hear(points, rates, watcher.columns, watcher.series)
        at = upto
        if part >= until:
            return


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


def _excess(every: Ints, series: Series, rates: Rates, start: int, end: int) -> Floats:
    """Give how many posts more than expected series have in [start, end)."""
    first, last = np.full(len(every), start), np.full(len(every), end)
    counts = series.before(every, last) - series.before(every, first)
    return np.asarray(counts - (rates.sum(every, last) - rates.sum(every, first)))
