"""Silence: groups that should have written by now, by their own rhythm, and have not."""

from collections.abc import Mapping, Sequence
from math import log10

import numpy as np
from numpy.typing import NDArray

from lyhord.alerting.arrivals import Arrival
from lyhord.alerting.calendar import clock
from lyhord.alerting.constants import DAY, HOUR, Constants
from lyhord.alerting.expecting import Floats, Learner
from lyhord.alerting.grouping import Away, Firing, Group, second

CONSTANTS = Constants(windows=(HOUR, DAY), hour_prior=0.5, weekday_prior=0.1)
"""A group's own rhythm soon: one that never writes on Sundays is not expected to."""
HISTORY = 28 * 24
"""Hours of a group's past without which nothing is told."""
_LEAST_DISPERSION = 0.1
_HOUR = 3_600
_HOURS_A_WEEK = 168


def silences(
    groups: Mapping[Group, Sequence[Arrival]],
    *,
    until: int,
    budget: float,
    series: int,
    away: Sequence[Away] = (),
) -> list[Firing]:
    """Tell where groups have fallen silent, hour by hour.

    The chance of no post in so long a time is that of a negative binomial for each local day of it
    (see `expecting`), days taken as independent. Hours in which a group's sources were away teach
    nothing, and a silence begins anew behind them.

    Args:
        groups: posts by time, the municipalities' own too.
        until: seconds since 1970; hours that end later are not looked at.
        budget: false alerts a municipality and week.
        series: groups that share the budget.
        away: when sources could not be read.

    """
    if not groups:
        return []
    watch = _Watch(groups, away, log10(series * _HOURS_A_WEEK / budget))
    first = min(second(posts[0]) for posts in groups.values()) // _HOUR
    for hour in range(first, until // _HOUR):
        watch.enter(hour)
    return watch.told()


class _Watch:
    def __init__(
        self, groups: Mapping[Group, Sequence[Arrival]], away: Sequence[Away], least: float
    ) -> None:
        self._names, self._posts = list(groups), list(groups.values())
        self._least, self._away = least, away
        size = len(self._names)
        self._learner = Learner(CONSTANTS, (size,))
        hours = [np.array([second(each) // _HOUR for each in posts]) for posts in self._posts]
        which = np.repeat(np.arange(size), [len(each) for each in hours])
        every = np.concatenate(hours)
        order = np.argsort(every, kind="stable")
        self._hours, self._which = every[order], which[order]
        self._first = np.array([each[0] for each in hours])
        self._seen = np.zeros(size, dtype=np.int64)
        self._sources: list[set[str]] = [set() for _ in range(size)]
        self._days, self._today, self._waited = (np.zeros(size) for _ in range(3))
        self._counts, self._usual = np.zeros((24, size)), np.zeros((24, size))
        self._open: dict[int, Firing] = {}
        self._found: list[Firing] = []

    def enter(self, hour: int) -> None:
        """Learn an hour that is over, and tell what is silent at its end."""
        times = clock(hour)
        habit = self._learner.habit(*times)
        start, end = np.searchsorted(self._hours, [hour, hour + 1])
        counts = np.bincount(self._which[start:end], minlength=len(self._names)).astype(float)
        watched = (self._first <= hour) & ~self._absent(hour)
        usual = np.where(watched, habit.expected * HOUR, 0.0)
        self._learner.learn(*times, habit, counts[:, None], np.where(watched, HOUR, 0))
        self._counts = np.concatenate([self._counts[1:], counts[None]])
        self._usual = np.concatenate([self._usual[1:], usual[None]])
        seen, expected = (
            np.stack([each[-1], each.sum(axis=0)], axis=1)[..., None]
            for each in (self._counts, self._usual)
        )
        self._learner.stray(habit, seen, expected, HOUR)
        spread = np.maximum(habit.dispersions[:, -1], _LEAST_DISPERSION)
        self._wait(hour, counts, usual, watched, spread)

    def _wait(
        self, hour: int, counts: Floats, usual: Floats, watched: NDArray[np.bool_], spread: Floats
    ) -> None:
        if clock(hour)[0] == 0:
            self._days += np.log10(1 + spread * self._today) / spread
            self._today[:] = 0
        spoke = counts > 0
        for index in np.flatnonzero(spoke).tolist():
            self._speak(index, hour, int(counts[index]))
        begins = spoke | ~watched
        for each in (self._days, self._today, self._waited):
            each[begins] = 0
        self._today += np.where(begins, 0.0, usual)
        self._waited += np.where(begins, 0.0, usual)
        scores = self._days + np.log10(1 + spread * self._today) / spread
        silent = (scores >= self._least) & ~begins & (hour - self._first >= HISTORY)
        for index in np.flatnonzero(silent).tolist():
            self._fall(index, (hour + 1) * _HOUR, float(scores[index]))

    def _speak(self, index: int, hour: int, count: int) -> None:
        posts = self._posts[index]
        seen = int(self._seen[index])
        if firing := self._open.pop(index, None):
            end = max(second(posts[seen]), hour * _HOUR)
            self._found.append(firing._replace(last=end, is_open=False))
        for each in posts[seen : seen + count]:
            self._sources[index].add(each.source)
        self._seen[index] += count

    def _fall(self, index: int, at: int, score: float) -> None:
        last = self._posts[index][int(self._seen[index]) - 1]
        waited = float(self._waited[index])
        before = self._open.get(index)
        fired = before.fired if before else at
        self._open[index] = Firing(
            group=self._names[index],
            start=second(last),
            fired=fired,
            last=at,
            is_open=True,
            observed=0,
            expected=waited,
            score=score,
            posts=[last],
        )

    def told(self) -> list[Firing]:
        return [*self._found, *self._open.values()]

    def _absent(self, hour: int) -> NDArray[np.bool_]:
        """Tell which groups have a source that could not be read for some of an hour."""
        start, end = hour * _HOUR, (hour + 1) * _HOUR
        absent = np.zeros(len(self._names), dtype=bool)
        for gap in self._away:
            if gap.start < end and (gap.end is None or gap.end > start):
                absent |= [
                    (gap.source is None or gap.source in sources)
                    and (gap.municipality is None or place in {"", gap.municipality})
                    for (place, _), sources in zip(self._names, self._sources, strict=True)
                ]
        return absent
