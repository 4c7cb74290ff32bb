"""How far counts scatter about their mean when nothing has happened."""

import numpy as np

from benchmarks.alerts.model import DAY, HOUR
from benchmarks.alerts.rhythm import BIN, REPLIES, REPLY_AFTER, Floats

BY_DAY, BY_SERIES = 80.0, 25.0
"""Shapes of the gamma noise: of a place by day, and of each series."""
KNOT = 6 * HOUR
"""How far apart the noise of a series is drawn; it is linear between."""


def draw(chance: np.random.Generator, places: int, topics: int, bins: int) -> Floats:
    """Draw factors of mean 1, of shape (places, topics, bins)."""
    by_day = chance.gamma(BY_DAY, 1 / BY_DAY, (places, 1, bins * BIN // DAY))
    knots = chance.gamma(BY_SERIES, 1 / BY_SERIES, (places, topics, bins * BIN // KNOT + 1))
    left, share = np.divmod(np.arange(bins) * BIN, KNOT)
    share = share / KNOT
    by_series = knots[..., left] * (1 - share) + knots[..., left + 1] * share
    noise: Floats = np.repeat(by_day, DAY // BIN, axis=2) * by_series
    return noise


def variance(mean: Floats, window: int, together: Floats | float = 1.0) -> Floats:
    """Give the variance of counts with these means in windows of so many microseconds.

    `together` is the sum of squared shares of the topics that a count is of, 1 for one topic.
    Two posts of one thread are closer than `u` with probability 1 − exp(−u / τ), be they first
    post and reply or two replies, where replies come exponentially after τ (Daley & Vere-Jones
    2003, example 6.3(a)). Linear noise between knots of variance v has 2v/3 at a point.
    """
    lag = window / REPLY_AFTER
    within = 1 - (1 - np.exp(-lag)) / lag
    fano = 1 + 2 * (REPLIES + REPLIES**2) / (1 + REPLIES) * within
    of_series = min(2 / 3, KNOT / window) / BY_SERIES
    spread: Floats = fano * mean + (1 / BY_DAY + of_series * together) * mean**2
    return spread
