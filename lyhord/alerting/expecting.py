"""What a series' own past lets one expect of every bin, and how far a window's count may stray."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lyhord.alerting.constants import DAY, HOUR, Constants

Floats = NDArray[np.float64]
Clock = Callable[[int], tuple[int, int]]
"""Gives the hour of day and the day of week (0 to 6) of an hour's number since 1970, UTC."""

_LEAST = 1e-6
"""Posts a bin: a share of nothing is left even."""


class Expected(NamedTuple):
    """What was expected, from earlier bins only.

    Attributes:
        counts: of each bin, shape (bins,); 0 where the bin was not watched.
        dispersions: of each window ending with each bin, shape (windows, bins): the variance of a
            window's count with mean m is m + dispersion * m**2.

    """

    counts: Floats
    dispersions: Floats


def utc(hour: int) -> tuple[int, int]:
    """Read an hour's number by the clock of Greenwich."""
    return hour % 24, (hour // 24 + 3) % 7  # 1970 began on a Thursday


def expect(counts: Floats, first: int, constants: Constants, clock: Clock = utc) -> Expected:
    """Learn a series hour by hour, and give what was expected of every bin before its hour began.

    Args:
        counts: posts in each bin, shape (bins,); NaN where nothing was watched.
        first: number of the first bin since 1970, in UTC.
        constants: of the method.
        clock: that the writers live by.

    """
    watched = ~np.isnan(counts)
    observed = np.where(watched, counts, 0.0)
    learner = Learner(constants)
    lengths = np.array(constants.windows)[:, np.newaxis]
    expected = np.zeros(len(counts))
    dispersions = np.ones((len(constants.windows), len(counts)))
    sums = np.zeros((2, len(counts) + 1))
    start = 0
    while start < len(counts):
        stop = min(len(counts), start + HOUR - (first + start) % HOUR)
        part = slice(start, stop)
        seen = watched[part]
        times = clock((first + start) // HOUR)
        known = learner.expected(*times)
        # Before anything is known, whatever comes is as expected.
        expected[part] = observed[part] if known is None else known * seen
        spread = learner.dispersions(known or 0.0)
        dispersions[:, part] = spread[:, np.newaxis]
        learner.learn(*times, observed[part][seen])
        for total, values in zip(sums, (observed, expected), strict=True):
            total[start + 1 : stop + 1] = total[start] + np.cumsum(values[part])
        ends = np.arange(start, stop) + 1
        within = sums[:, np.newaxis, ends] - sums[:, np.maximum(0, ends - lengths)]
        learner.stray(within[0], within[1], spread)
        start = stop
    return Expected(expected, dispersions)


class Learner:
    """Level x hour of day x day of week, and the dispersion of windows, learnt hour by hour.

    Each factor is the mean of a Gamma posterior for a Poisson rate, from discounted counts and
    exposures (West & Harrison, Bayesian Forecasting and Dynamic Models, 1997, 10.8). A count
    teaches no more than `most_taught` standard deviations above what was expected: a burst is no
    habit. The dispersions are discounted moments.
    """

    def __init__(self, constants: Constants) -> None:
        self._constants = constants
        self._level = np.zeros(2)  # posts; what would have been expected of a level of 1
        self._hours = np.zeros((24, 2))  # posts; what would have been expected of an even rhythm
        self._weekdays = np.zeros((7, 2))
        self._moments = np.zeros((2, len(constants.windows)))  # excess variance; squared mean
        self._lengths = np.array(constants.windows, dtype=float)
        self._keep_level = np.exp(-1 / 24 / constants.level_days)
        self._keep_rhythm = np.exp(-1 / 24 / constants.rhythm_days)

    def expected(self, hour: int, weekday: int) -> float | None:
        """Give the posts expected of a bin; None before anything was learnt."""
        if not self._level[1]:
            return None
        of_hour, of_day = self._shares(hour, weekday)
        return self._mean_level() * of_hour * of_day

    def dispersions(self, expected: float) -> Floats:
        """Give each window's dispersion where so many posts a bin are expected, shape (windows,).

        What is not known of the level is in it.
        """
        weight = self._constants.dispersion_prior * DAY * (expected * self._lengths) ** 2 + _LEAST
        variance = self._moments[0] + self._constants.dispersion * weight
        found = np.maximum(variance / (self._moments[1] + weight), self._constants.least_dispersion)
        return np.asarray(found + 1 / (self._level[0] + 0.5))

    def learn(self, hour: int, weekday: int, counts: Floats) -> None:
        """Learn an hour's counts, shape (bins watched,)."""
        self._level *= self._keep_level
        self._hours *= self._keep_rhythm
        self._weekdays *= self._keep_rhythm
        expected = self.expected(hour, weekday)
        if expected is None:
            self._level += counts.sum(), len(counts)
            return
        taught = np.minimum(
            counts, self._most(np.array(expected), self.dispersions(expected)[:1])
        ).sum()
        of_hour, of_day = self._shares(hour, weekday)
        level = self._mean_level()
        self._hours[hour] += taught, level * of_day * len(counts)
        self._weekdays[weekday] += taught, level * of_hour * len(counts)
        self._level += taught, of_hour * of_day * len(counts)

    def stray(self, observed: Floats, expected: Floats, dispersions: Floats) -> None:
        """Learn how far the windows that end in an hour strayed, shapes (windows, bins)."""
        most = self._most(expected, dispersions[:, np.newaxis])
        strayed = np.minimum(observed, most) - expected
        self._moments *= self._keep_rhythm
        self._moments += (strayed**2 - expected).sum(axis=1), (expected**2).sum(axis=1)

    def _most(self, expected: Floats, dispersion: Floats) -> Floats:
        """Give the count above which no more is learnt.

        So many standard deviations on the scale of square roots, where Poisson counts have the
        same spread at every mean (Anscombe 1948): else a rare post would teach less than a post.
        """
        most = self._constants.most_taught
        spread = np.sqrt(expected + dispersion * expected**2)
        return np.asarray(expected + most * spread + most**2 / 4)

    def _mean_level(self) -> float:
        posts, exposure = self._level
        return float((posts + 0.5) / exposure)

    def _shares(self, hour: int, weekday: int) -> tuple[float, float]:
        """Give the hour's and the day's shares, 1 in an even rhythm.

        A post of a dispersed series tells less, as many come at once: the prior weighs more.
        """
        level = self._mean_level()
        dispersions = self.dispersions(level)
        shares = []
        for (posts, exposure), prior, dispersion, length in (
            (self._hours[hour], self._constants.hour_prior, dispersions[0], HOUR),
            (self._weekdays[weekday], self._constants.weekday_prior, dispersions[-1], DAY),
        ):
            weight = prior * (1 + dispersion * level * length)
            shares.append(float((posts + weight) / (exposure + weight)))
        return shares[0], shares[1]
