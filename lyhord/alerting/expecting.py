"""What series' own past lets one expect of every bin, and how far a window's count may stray."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lyhord.alerting.constants import DAY, HOUR, Constants

Floats = NDArray[np.float64]
Clock = Callable[[int], tuple[int, int]]
"""Gives the hour of day and the day of week (0 to 6) of an hour's number since 1970, UTC."""

_LEAST = 1e-9
"""Of what is divided by."""
_MOST_UNITS = 1e6


class Expected(NamedTuple):
    """What was expected, from earlier hours only.

    Attributes:
        counts: of each bin, shape (..., bins); 0 where the bin was not watched.
        dispersions: of each window that ends with each bin, shape (..., windows, bins): the
            variance of a window's count with mean m is m + dispersion * m**2.

    """

    counts: Floats
    dispersions: Floats


class Peers(NamedTuple):
    """What series are drawn to as long as little is known of them: what others like them have.

    Attributes:
        level: posts a bin.
        of_hour: the factor of the hour that is asked for.
        of_day: the factor of its day.
        weight: in bins; 0 where there are no peers, and a level is the series' own alone.
        clusters: how many times its mean a rare window's variance is, shape (windows,).
        dispersions: what others' windows have, shape (windows,); None where that is not known.

    """

    level: Floats | float
    of_hour: Floats | float
    of_day: Floats | float
    weight: float
    clusters: Floats | float = 1.0
    dispersions: Floats | None = None


NO_PEERS = Peers(0.0, 1.0, 1.0, 0.0)


class Habit(NamedTuple):
    """What is known of series before an hour begins; shapes (...,) and (..., windows)."""

    level: Floats
    of_hour: Floats
    of_day: Floats
    dispersions: Floats

    @property
    def expected(self) -> Floats:
        """Posts a bin; 0 before anything was learnt."""
        return self.level * self.of_hour * self.of_day


def utc(hour: int) -> tuple[int, int]:
    """Read an hour's number by the clock of Greenwich."""
    return hour % 24, (hour // 24 + 3) % 7  # 1970 began on a Thursday


def within(values: Floats, lengths: tuple[int, ...], start: int = 0) -> Floats:
    """Sum the windows that end with each bin from `start` on.

    Shape (..., bins) to (..., windows, bins from start); what is before the first bin is nothing.
    """
    sums = np.concatenate([np.zeros((*values.shape[:-1], 1)), values.cumsum(axis=-1)], axis=-1)
    ends = np.arange(start, values.shape[-1]) + 1
    begins = np.maximum(0, ends - np.array(lengths)[:, np.newaxis])
    return np.asarray(sums[..., np.newaxis, ends] - sums[..., begins])


def expect(counts: Floats, first: int, constants: Constants, clock: Clock = utc) -> Expected:
    """Learn series hour by hour, and give what was expected of every bin before its hour began.

    Args:
        counts: posts in each bin, shape (..., bins); NaN where nothing was watched.
        first: number of the first bin since 1970, in UTC.
        constants: of the method.
        clock: that the writers live by.

    """
    *shape, bins = counts.shape
    watched = ~np.isnan(counts)
    observed = np.where(watched, counts, 0.0)
    learner = Learner(constants, tuple(shape))
    expected = np.zeros(counts.shape)
    dispersions = np.ones((*shape, len(constants.windows), bins))
    start, longest = 0, constants.windows[-1]
    while start < bins:
        stop = min(bins, start + HOUR - (first + start) % HOUR)
        part, recent = slice(start, stop), slice(max(0, start - longest), stop)
        times = clock((first + start) // HOUR)
        habit = learner.habit(*times)
        known = habit.expected[..., np.newaxis]
        # Before anything is known, whatever comes is as expected.
        expected[..., part] = np.where(known > 0, known * watched[..., part], observed[..., part])
        dispersions[..., part] = habit.dispersions[..., np.newaxis]
        learner.learn(*times, habit, observed[..., part], watched[..., part].sum(axis=-1))
        seen, usual = (
            within(each[..., recent], constants.windows, start - recent.start)
            for each in (observed, expected)
        )
        learner.stray(habit, seen, usual)
        start = stop
    return Expected(expected, dispersions)


class Learner:
    """Level x hour of day x day of week, and the dispersion of windows, learnt hour by hour.

    Each factor is the mean of a Gamma posterior for a Poisson rate, from discounted counts and
    exposures (West & Harrison, Bayesian Forecasting and Dynamic Models, 1997, 10.8). A count
    teaches no more than `most_taught` standard deviations above what was expected: a burst is no
    habit. The dispersions are discounted moments.
    """

    def __init__(self, constants: Constants, shape: tuple[int, ...] = ()) -> None:
        """Begin to learn series of this shape, (...,)."""
        self._constants = constants
        self._lengths = np.array(constants.windows, dtype=float)
        self._found: Floats | None = None
        # Posts first, then what would have been expected of a level of 1, or an even rhythm; of
        # the rhythm they are `_unit` times as much, which grows instead of all else decaying.
        self._level = np.zeros((2, *shape))
        self._hours = np.zeros((24, 2, *shape))
        self._days = np.zeros((7, 2, *shape))
        self._moments = np.zeros((2, *shape, len(constants.windows)))  # of excess, of the mean
        self._keep_level = np.exp(-1 / 24 / constants.level_days)
        self._keep_rhythm = float(np.exp(-1 / 24 / constants.rhythm_days))
        self._unit = 1.0

    def habit(self, hour: int, weekday: int, peers: Peers = NO_PEERS) -> Habit:
        """Give what is known now of an hour of the day and the week.

        The dispersions are those after the last `stray`.
        """
        constants = self._constants
        posts, exposure = self._level
        alone = peers.weight == 0
        taught = posts + np.where(alone, 0.5, peers.weight * peers.level)
        known = exposure + peers.weight
        level = taught / np.maximum(known, _LEAST) * (known > 0)
        if self._found is None:
            unknown = np.max(peers.clusters) / np.maximum(taught, _LEAST)
            usual = level[..., np.newaxis] * self._lengths
            self._found = self._dispersions(usual, peers) + unknown[..., np.newaxis]
        dispersions = self._found
        # A post of a dispersed series tells less, as many come at once: the prior weighs more.
        hour_prior = self._unit * constants.hour_prior * (1 + dispersions[..., 0] * level * HOUR)
        day_prior = self._unit * constants.weekday_prior * (1 + dispersions[..., -1] * level * DAY)
        return Habit(
            level,
            (self._hours[hour, 0] + hour_prior * peers.of_hour)
            / (self._hours[hour, 1] + hour_prior),
            (self._days[weekday, 0] + day_prior * peers.of_day)
            / (self._days[weekday, 1] + day_prior),
            dispersions,
        )

    def _dispersions(self, usual: Floats, peers: Peers) -> Floats:
        """Give the windows' dispersions, drawn to the peers' as far as they are not known.

        One window of n posts, of which c come at once, tells d with a variance of about
        2 (c / n + d)**2 (that of a squared normal deviate); peers are taken to differ by d itself.
        """
        constants = self._constants
        if peers.dispersions is None:
            assumed = np.array(constants.dispersion)
            weight = constants.dispersion_prior * DAY * usual**2
        else:
            assumed = peers.dispersions
            weight = 2 * self._lengths * (peers.clusters / assumed + usual) ** 2
        variance = self._moments[0] + assumed * weight
        found = variance / np.maximum(self._moments[1] + weight, _LEAST)
        return np.asarray(np.maximum(found, constants.least_dispersion))

    def learn(
        self,
        hour: int,
        weekday: int,
        habit: Habit,
        counts: Floats,
        watched: NDArray[np.integer[Any]],
    ) -> None:
        """Learn an hour's counts, shape (..., bins), and how many were watched, shape (...,)."""
        known = habit.level > 0
        expected = habit.expected * (watched / counts.shape[-1])
        most = self._most(expected, habit.dispersions[..., 0])
        most = np.where(known, most, np.inf)[..., np.newaxis]
        taught = np.minimum(counts, most).sum(axis=-1)
        self._level *= self._keep_level
        self._unit /= self._keep_rhythm
        if self._unit > _MOST_UNITS:
            self._hours /= self._unit
            self._days /= self._unit
            self._unit = 1.0
        self._level += taught, habit.of_hour * habit.of_day * watched
        told, even = self._unit * taught * known, self._unit * habit.level * watched
        self._hours[hour] += told, even * habit.of_day
        self._days[weekday] += told, even * habit.of_hour

    def stray(
        self,
        habit: Habit,
        observed: Floats,
        expected: Floats,
        times: int = 1,
        clusters: Floats | None = None,
    ) -> None:
        """Learn how far the windows that end in an hour strayed, shapes (..., windows, bins).

        `times` is how many bins each that is given stands for; `clusters` are the peers'.
        """
        scatter = expected if clusters is None else clusters[:, np.newaxis] * expected
        most = self._most(expected, habit.dispersions[..., np.newaxis])
        strayed = np.minimum(observed, most) - expected
        self._found = None
        self._moments *= self._keep_rhythm ** (times * observed.shape[-1] / HOUR)
        self._moments += (
            times * (strayed**2 - scatter).sum(axis=-1),
            times * (expected**2).sum(axis=-1),
        )

    def _most(self, expected: Floats, dispersion: Floats) -> Floats:
        """Give the count above which no more is learnt.

        So many standard deviations on the scale of square roots, where Poisson counts have the
        same spread at every mean (Anscombe 1948): else a rare post would teach less than a post.
        """
        most = self._constants.most_taught
        spread = np.sqrt(expected + dispersion * expected**2)
        return np.asarray(expected + most * spread + most**2 / 4)
