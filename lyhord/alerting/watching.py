"""Watching: how surprising every series is at each grid point behind a post, as posts come in.

Nothing is known of an hour before it has passed, so what is told of a time depends on what was
written before alone; and it is the same whether a history is fed at once or lived through.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lyhord.alerting.columns import Columns, Ints, Series
from lyhord.alerting.constants import BIN
from lyhord.alerting.crowd import FEWEST_POSTS
from lyhord.alerting.expecting import Floats
from lyhord.alerting.rates import HOUR, KEPT, Rates
from lyhord.alerting.tails import surprisal
from lyhord.alerting.usual import WINDOWS, Usual

_SECONDS = np.array(WINDOWS) * BIN
_LATEST = np.maximum(_SECONDS // 8 // BIN, 1) * BIN
"""A window is not above for what its last eighth has no part in: that rise is over."""
_STILL = 1.0
"""The score of a last eighth that has a part in it: one in ten has."""
_LEAST = 1e-9


class Points(NamedTuple):
    """Grid points behind posts with enough of them in a day, in order of time.

    Shapes are (points,) and (points, windows).

    Attributes:
        series: which one each is of.
        at: seconds since 1970; the windows end here, exclusive.
        scores: -log10 of the probability of as many posts or more; 0 where these are too few.
        goes_on: whether the window's last eighth has clearly more than expected, too.
        expected: posts expected in the window.
        dispersions: of the series' windows, see `expecting.Expected`.

    """

    series: Ints
    at: Ints
    scores: Floats
    goes_on: NDArray[np.bool_]
    expected: Floats
    dispersions: Floats

    def only(self, chosen: Ints) -> "Points":
        """Choose points."""
        columns: Any = (column[chosen] for column in self)
        return Points(*columns)


class Watcher:
    """Keeps what was learnt, and the posts of the last day; fed with posts, it is asked for points.

    Attributes:
        columns: the posts that windows may still reach.
        series: the same by series.

    """

    def __init__(self, municipalities: Sequence[str], topics: Sequence[str]) -> None:
        """Begin to watch so many series; what is fed must have the same names in the same order."""
        self.columns = Columns.none(municipalities, topics)
        self.series = Series(self.columns)
        self._usual = Usual(len(municipalities), len(topics))
        self._rates: Rates | None = None
        self._done = 0
        """Grid points until here have been looked at, and posts before here are known."""

    def feed(self, columns: Columns) -> None:
        """Take posts, in order of time.

        A post from before the last grid point that was looked at is late: it counts in the windows
        to come, but nothing is told anew of what is past.
        """
        self.columns = self.columns.and_more(columns)
        self.series = Series(self.columns)

    def until(self, seconds: int) -> Iterator[tuple[Points, Rates]]:
        """Give the points up to a time by hours, and what was expected before each hour began.

        All posts from before must have been fed. What is not asked for to the end is lost.
        """
        seconds = seconds // BIN * BIN
        written = self.columns.seconds
        if not self._done and len(written):
            self._done = int(written[0]) // HOUR * HOUR
        if not self._done or seconds <= self._done:
            return
        triggers = _triggers(self.series, self.columns, self._done)
        hours = np.arange(self._done // HOUR, seconds // HOUR + 1)
        bounds = np.minimum((hours + 1) * HOUR, seconds)
        ends = [0, *np.searchsorted(triggers.at, bounds, side="right").tolist()]
        posts = np.searchsorted(written, [*(hours * HOUR), (hours[-1] + 1) * HOUR]).tolist()
        for at, hour in enumerate(hours.tolist()):
            rates = self._rates = self._rates or self._usual.enter(hour)
            if ends[at] < ends[at + 1]:
                yield _judged(triggers.part(ends[at], ends[at + 1]), rates)
            self._done = int(bounds[at])
            if self._done == (hour + 1) * HOUR:
                self._leave(hour, slice(posts[at], posts[at + 1]))
        self._forget()

    def _leave(self, hour: int, posts: slice) -> None:
        late = np.flatnonzero(self.columns.seconds[posts] >= (hour + 1) * HOUR - _SECONDS[0])
        self._usual.leave(hour, self.columns.place[posts], self.columns.topic[posts], late)
        self._rates = None

    def _forget(self) -> None:
        kept = np.searchsorted(self.columns.seconds, self._done - KEPT * HOUR)
        if kept:
            self.columns = self.columns.part(int(kept), len(self.columns.seconds))
            self.series = Series(self.columns)


class _Triggers(NamedTuple):
    """Grid points behind posts, by time, with the posts in each window and in its last eighth."""

    series: Ints
    at: Ints
    counts: Ints
    latest: Ints

    def part(self, start: int, end: int) -> "_Triggers":
        return _Triggers(*(column[start:end] for column in self))


def _triggers(series: Series, columns: Columns, since: int) -> _Triggers:
    """Give the grid points after `since` whose windows could be a crowd's."""
    grid = (columns.seconds[series.posts] // BIN + 1) * BIN
    new = grid > since
    new[1:] &= (grid[1:] != grid[:-1]) | (series.series[1:] != series.series[:-1])
    which, at = series.series[new], grid[new]
    order = np.lexsort((which, at))
    which, at = which[order], at[order]
    until = series.before(which, at)
    longest = until - series.before(which, at - int(_SECONDS[-1]))
    enough = longest >= FEWEST_POSTS
    which, at, until = which[enough], at[enough], until[enough]
    within = [
        np.stack([until - series.before(which, at - length) for length in lengths], axis=1)
        for lengths in (_SECONDS, _LATEST)
    ]
    return _Triggers(which, at, *within)


def _judged(triggers: _Triggers, rates: Rates) -> tuple[Points, Rates]:
    which, at = triggers.series, triggers.at
    until = rates.sum(which, at)
    expected, latest = (
        np.maximum(until[:, None] - rates.sum(which[:, None], at[:, None] - lengths), _LEAST)
        for lengths in (_SECONDS, _LATEST)
    )
    dispersions = rates.dispersions[which] + (rates.clusters - 1) / expected
    enough = triggers.counts >= FEWEST_POSTS
    scores = np.zeros(expected.shape)
    counts = triggers.counts[enough].astype(float)
    scores[enough] = surprisal(counts, expected[enough], dispersions[enough])
    goes_on = scores > _STILL
    counts = triggers.latest[goes_on].astype(float)
    spread = rates.dispersions[which] + (rates.clusters - 1) / latest
    goes_on[goes_on] = surprisal(counts, latest[goes_on], spread[goes_on]) > _STILL
    points = Points(
        series=which,
        at=at,
        scores=scores,
        goes_on=goes_on,
        expected=expected,
        dispersions=dispersions,
    )
    return points, rates
