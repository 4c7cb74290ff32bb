"""A detector that knows each series' true rate and spread: what can be known, and when."""

import numpy as np
from scipy.special import betainc

from benchmarks.alerts import noise
from benchmarks.alerts.model import HOUR, MINUTE, Event, Fired
from benchmarks.alerts.rhythm import BIN, Floats, Ints
from benchmarks.alerts.series import STEP, Panel, emit, panel, sums, unexplained
from benchmarks.alerts.simulation import History

WINDOWS = (15 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR)
_FLOOR = 1.5
_GRACE = HOUR
_LEAST = 1e-300
_DEVIATIONS = 1.0
_LONGER = 0.7


def surprise(counted: Panel, history: History) -> Floats:
    """Give −log10 P(N ≥ n), the most of the four windows, of the shape of the counts.

    N is negative binomial with the exact mean; its variance is that of the simulated process.
    A long window has fewer independent counts a week than a short one; 0.7 decades for each tenfold
    length make false alerts about equally frequent in each.
    """
    steps = counted.counts.shape[2]
    rates = np.concatenate([history.rhythm.posts, history.rhythm.posts.sum(axis=1)[:, None]], 1)
    order = [history.rhythm.codes.index(code) for code in counted.codes]
    skipped = (counted.start - history.rhythm.start) // STEP
    fine = np.repeat(rates[order] * STEP / BIN, BIN // STEP, axis=2)[..., skipped:]
    fine = np.pad(fine, [(0, 0), (0, 0), (0, max(0, steps - fine.shape[2]))])[..., :steps]
    together = np.ones((len(order), rates.shape[1], 1))
    together[:, -1, 0] = (history.rhythm.shares[order] ** 2).sum(axis=1)
    best = np.zeros(fine.shape)
    for window in WINDOWS:
        seen, mean = sums(counted.counts, window // STEP), _float_sums(fine, window // STEP)
        score = _tail(seen, mean, noise.variance(mean, window, together))
        score[score > 0] += _LONGER * np.log10(window / WINDOWS[0])
        best = np.maximum(best, unexplained(score, seen - mean))
    return best


def fired(history: History) -> list[Fired]:
    """Give every grid point above a low floor, as a detector does."""
    counted = panel(history.arrivals)
    return emit(counted, surprise(counted, history), floor=_FLOOR)


def first_known(fired_points: list[Fired], event: Event, threshold: float) -> int | None:
    """Give the first grid point at which a series of the event has a score above a threshold."""
    return min(
        (
            point.at
            for point in fired_points
            if point.score >= threshold
            and point.municipality in event.places
            and event.topic in (None, point.topic)
            and event.start <= point.at <= event.end + _GRACE
        ),
        default=None,
    )


def _tail(seen: Ints, mean: Floats, variance: Floats) -> Floats:
    """Give −log10 of a negative binomial's upper tail, where the count is above its mean."""
    score = np.zeros(seen.shape)
    worth = (seen > 0) & (seen > mean + _DEVIATIONS * np.sqrt(variance))
    count, expected, spread = seen[worth], mean[worth], variance[worth]
    expected = np.maximum(expected, 1e-12)
    size = expected**2 / np.maximum(spread - expected, 1e-12)
    chance = betainc(count, size, 1 - expected / np.maximum(spread, expected * (1 + 1e-9)))
    score[worth] = -np.log10(np.maximum(chance, _LEAST))
    return score


def _float_sums(rates: Floats, width: int) -> Floats:
    total = np.cumsum(rates, axis=-1)
    total[..., width:] -= total[..., :-width].copy()
    return total
