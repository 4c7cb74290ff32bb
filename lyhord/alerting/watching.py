"""Watching: how surprising every series is at each grid point behind a post, hour after hour.

A municipality's topics are small: what is expected of one is drawn to what the municipality gets
and to the topic's share everywhere, and its rhythm to that of all. Nothing is known of an hour
before it has passed, so what is told of a time depends on what was written before alone.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lyhord.alerting.calendar import clock
from lyhord.alerting.columns import Columns, Ints, Series
from lyhord.alerting.constants import BIN, DAY, HOUR, Constants
from lyhord.alerting.expecting import Floats, Habit, Learner, Peers
from lyhord.alerting.spread import Pool
from lyhord.alerting.tails import surprisal

WINDOWS = (HOUR // 4, HOUR, 6 * HOUR, DAY)
"""Lengths of the windows watched, in bins: 15 minutes, 1, 6 and 24 hours."""
CONSTANTS = Constants(windows=WINDOWS)
_SECONDS = np.array(WINDOWS) * BIN
_LATEST = np.maximum(_SECONDS // 8 // BIN, 1) * BIN
"""A window is not above for what its last eighth has no part in: that rise is over."""
_HOUR = 3_600
_TOPIC_WEIGHT, _PLACE_WEIGHT = 4.0 * DAY, 0.5 * DAY
_SHARES = 20.0
_LEAST = 1e-9
_KEPT = 26
"""Hours that windows reach back into, and this one."""


class Points(NamedTuple):
    """Grid points behind posts, in order of time; shapes (points,) and (points, windows).

    Attributes:
        series: which one each is of.
        at: seconds since 1970; the windows end here, exclusive.
        scores: -log10 of the probability of as many posts or more.
        goes_on: whether the window's last eighth has more than expected, too.
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


def watch(columns: Columns, series: Series) -> Iterator[tuple[Points, "Rates"]]:
    """Give the points of each hour that has any, and what was expected before that hour began."""
    if not len(columns.seconds):
        return
    triggers = _triggers(columns, series)
    watcher = _Watcher(columns)
    first, last = int(columns.seconds[0]) // _HOUR, int(triggers.at[-1] - 1) // _HOUR
    hours = np.arange(first, last + 2)
    ends = np.searchsorted(triggers.at, hours * _HOUR, side="right").tolist()
    posts = np.searchsorted(columns.seconds, hours * _HOUR).tolist()
    for at, hour in enumerate(hours[:-1].tolist()):
        rates = watcher.enter(hour)
        if ends[at] < ends[at + 1]:
            yield rates.judge(triggers.part(ends[at], ends[at + 1])), rates
        watcher.leave(hour, slice(posts[at], posts[at + 1]))


class _Triggers(NamedTuple):
    """Grid points behind posts, by time, with the posts in each window and in its last eighth."""

    series: Ints
    at: Ints
    counts: Ints
    latest: Ints

    def part(self, start: int, end: int) -> "_Triggers":
        return _Triggers(*(column[start:end] for column in self))


def _triggers(columns: Columns, series: Series) -> _Triggers:
    seconds = columns.seconds[series.posts]
    grid = (seconds // BIN + 1) * BIN
    new = np.ones(len(grid), dtype=bool)
    new[1:] = (grid[1:] != grid[:-1]) | (series.series[1:] != series.series[:-1])
    which, at = series.series[new], grid[new]
    order = np.lexsort((which, at))
    which, at = which[order], at[order]
    until = series.before(which, at)
    within = [
        np.stack([until - series.before(which, at - length) for length in lengths], axis=1)
        for lengths in (_SECONDS, _LATEST)
    ]
    return _Triggers(which, at, *within)


class Rates(NamedTuple):
    """What is expected: of this hour a second, and in sum until each of the last hours began."""

    hour: int
    rate: Floats
    sums: Floats
    dispersions: Floats
    clusters: Floats

    def judge(self, triggers: _Triggers) -> Points:
        """Tell how surprising what came is."""
        which, at = triggers.series, triggers.at
        until = self.sum(which, at)
        expected, latest = (
            np.maximum(until[:, None] - self.sum(which[:, None], at[:, None] - lengths), _LEAST)
            for lengths in (_SECONDS, _LATEST)
        )
        dispersions = self.dispersions[which] + (self.clusters - 1) / expected
        return Points(
            series=which,
            at=at,
            scores=surprisal(triggers.counts.astype(float), expected, dispersions),
            goes_on=triggers.latest > latest,
            expected=expected,
            dispersions=dispersions,
        )

    def between(self, series: int, start: int, end: int) -> float:
        """Give the posts expected of a series in [start, end), at most a day and an hour back."""
        sums = self.sum(np.array([series, series]), np.array([start, end]))
        return max(float(sums[1] - sums[0]), _LEAST)

    def sum(self, series: Ints, seconds: Ints) -> Floats:
        """Give what was expected of series until a time, from the beginning of the history."""
        back = np.clip(self.hour - seconds // _HOUR, 0, _KEPT - 2)
        part = (seconds - (self.hour - back) * _HOUR) / _HOUR
        start = self.sums[-1 - back, series]
        ahead = np.where(back > 0, self.sums[-np.maximum(back, 1), series], start)
        # The hour that is not over yet has no sum behind it, but its rate.
        return np.asarray(
            np.where(
                back > 0, start + part * (ahead - start), start + part * _HOUR * self.rate[series]
            )
        )


class _Watcher:
    """Learns hour by hour what is usual of all, of each municipality, and of its topics."""

    def __init__(self, columns: Columns) -> None:
        places, topics = len(columns.municipalities), len(columns.topics)
        self._columns, self._width = columns, columns.width
        self._whole, self._places, self._topics = (
            Learner(CONSTANTS, shape) for shape in ((), (places,), (places, topics))
        )
        self._first = np.full(places, np.iinfo(np.int64).max)
        np.minimum.at(self._first, columns.place, columns.seconds // _HOUR)
        self._shares = np.zeros(topics)
        size = places * self._width
        self._sums = np.zeros((_KEPT, size))
        self._counts = np.zeros((_KEPT, size))
        self._pools = Pool(len(WINDOWS), _FORGET), Pool(len(WINDOWS), _FORGET)
        self._habits: tuple[Habit, Habit, Habit] | None = None

    def enter(self, hour: int) -> Rates:
        """Say what is expected of an hour that begins."""
        times = clock(hour)
        few, many = (pool.spread for pool in self._pools)
        clusters = few.clusters
        whole = self._whole.habit(*times)
        levels = self._places.habit(*times).level
        known = levels[levels > 0]
        usual = float(np.median(known)) if len(known) > 1 else 0.0
        weight = _PLACE_WEIGHT if len(known) > 1 else 0.0
        place = self._places.habit(
            *times, Peers(usual, whole.of_hour, whole.of_day, weight, clusters, many.dispersions)
        )
        shares = (self._shares + _SHARES / len(self._shares)) / (self._shares.sum() + _SHARES)
        topic = self._topics.habit(
            *times,
            Peers(
                place.level[:, None] * shares,
                place.of_hour[:, None],
                place.of_day[:, None],
                _TOPIC_WEIGHT,
                clusters,
                few.dispersions,
            ),
        )
        self._habits = whole, place, topic
        watched = (self._first <= hour)[:, None]
        rate = np.concatenate([topic.expected, place.expected[:, None]], axis=1) / BIN
        dispersions = np.concatenate([topic.dispersions, place.dispersions[:, None]], axis=1)
        self._rate = np.where(watched | (weight > 0), rate, 0.0).ravel()
        flat = dispersions.reshape(len(self._rate), -1)
        return Rates(hour, self._rate, self._sums, flat, clusters)

    def leave(self, hour: int, posts: slice) -> None:
        """Learn what came in an hour."""
        assert self._habits is not None  # noqa: S101 - it was entered
        whole, place, topic = self._habits
        counts, quarter = self._counted(hour, posts)
        table = counts.reshape(-1, self._width)
        watched = np.where(self._first <= hour, HOUR, 0)
        times = clock(hour)
        of_all = table[:, -1]
        self._whole.learn(*times, whole, of_all.sum(keepdims=True), np.array(HOUR))
        self._places.learn(*times, place, of_all[:, None], watched)
        self._topics.learn(*times, topic, table[:, :-1, None], watched[:, None])
        self._shares = self._shares * _FORGET + table[:, :-1].sum(axis=0)
        self._roll(counts)
        observed, expected = self._windows(quarter)
        split = (-1, self._width, len(WINDOWS), 1)
        seen, usual = observed.reshape(split), expected.reshape(split)
        clusters = self._pools[0].spread.clusters
        self._places.stray(place, seen[:, -1], usual[:, -1], HOUR, clusters)
        self._topics.stray(topic, seen[:, :-1], usual[:, :-1], HOUR, clusters)
        self._pools[0].learn(seen[:, :-1, :, 0], usual[:, :-1, :, 0])
        self._pools[1].learn(seen[:, -1, :, 0], usual[:, -1, :, 0])

    def _counted(self, hour: int, posts: slice) -> tuple[Floats, Floats]:
        """Count an hour's posts by series, and those of its last quarter."""
        columns = self._columns
        place, topic = columns.place[posts], columns.topic[posts]
        late = columns.seconds[posts] >= hour * _HOUR + _HOUR - _SECONDS[0]
        size = self._counts.shape[1]
        counted = []
        for chosen in (slice(None), late):
            topical = np.bincount(place[chosen] * self._width + topic[chosen], minlength=size)
            whole = np.bincount(place[chosen] * self._width + self._width - 1, minlength=size)
            counted.append((topical + whole).astype(float))
        return counted[0], counted[1]

    def _roll(self, counts: Floats) -> None:
        self._sums = np.concatenate([self._sums[1:], self._sums[-1:] + self._rate * _HOUR])
        self._counts = np.concatenate([self._counts[1:], counts[None]])

    def _windows(self, quarter: Floats) -> tuple[Floats, Floats]:
        """Give posts and what was expected in the windows that end with the hour."""
        observed, expected = [quarter], [self._rate * _SECONDS[0]]
        for length in WINDOWS[1:]:
            hours = length // HOUR
            observed.append(self._counts[-hours:].sum(axis=0))
            expected.append(self._sums[-1] - self._sums[-1 - hours])
        return np.stack(observed, axis=1), np.stack(expected, axis=1)


_FORGET = float(np.exp(-1 / 24 / CONSTANTS.rhythm_days))
