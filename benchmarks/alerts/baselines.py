"""The detectors that others use, as strong as their own rules allow.

All count citizens' posts only, count a repeated text once, and are judged with three quiet hours
between two alerts. Each gives k, how many standard deviations above the mean a count is; where a
series is so quiet that its deviation tells nothing, that of a Poisson count bounds it from below.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

import numpy as np

from benchmarks.alerts.model import Arrival, Detector, Fired
from benchmarks.alerts.rhythm import Floats, Ints
from benchmarks.alerts.series import STEPS_AN_HOUR, emit, panel, sums, unexplained

_FLOOR = 1.5
_LEAST_POSTS = 3
_DAY = 24 * STEPS_AN_HOUR
_HALF_LIFE = 72.0
_WARM_HOURS = 168
_QUIET = 1.5


def mean_sigma(arrivals: Sequence[Arrival]) -> list[Fired]:
    """Compare the last hour with the 168 hours before it (Socialmetrix and Brandwatch: k·SD)."""
    return _trailing(arrivals, width=STEPS_AN_HOUR, apart=STEPS_AN_HOUR, guard=1, count=168)


def ears_c2(arrivals: Sequence[Arrival], *, hours: int) -> list[Fired]:
    """Compare with the same hours of seven days, two days ago and before.

    Source: EARS C2 of Hutwagner et al., "The bioterrorism preparedness and response Early
    Aberration Reporting System", J Urban Health 2003, 80 (suppl. 1): i89-i96; its days slide
    here, and an alert need not wait for midnight.
    """
    return _trailing(arrivals, width=hours * STEPS_AN_HOUR, apart=_DAY, guard=3, count=7)


def ewma(arrivals: Sequence[Arrival]) -> list[Fired]:
    """Compare the last hour with exponentially weighted mean and variance of hours before.

    Source: Roberts, "Control chart tests based on geometric moving averages", Technometrics 1959;
    the variance is weighted as by Finch, "Incremental calculation of weighted mean and variance",
    2009. The weight halves in three days.
    """
    counted = panel(arrivals)
    seen = sums(counted.counts, STEPS_AN_HOUR)
    rows = _by_phase(seen, STEPS_AN_HOUR).astype(float)
    share = 1 - 0.5 ** (1 / _HALF_LIFE)
    mean, variance = np.zeros_like(rows), np.zeros_like(rows)
    level, spread = np.zeros_like(rows[..., 0, :]), np.zeros_like(rows[..., 0, :])
    for hour in range(rows.shape[-2]):
        mean[..., hour, :], variance[..., hour, :] = level, spread
        # Until four days have been seen, all hours weigh the same.
        weight = max(share, 1 / (hour + 1))
        off = rows[..., hour, :] - level
        level = level + weight * off
        spread = (1 - weight) * (spread + weight * off**2)
    flat = partial(np.reshape, shape=(*seen.shape[:-1], -1))
    steps = seen.shape[-1]
    before, deviation = flat(mean)[..., :steps], np.sqrt(flat(variance)[..., :steps])
    score = _score(seen, before, deviation)
    score[..., : (_WARM_HOURS + 1) * STEPS_AN_HOUR] = 0
    return emit(counted, unexplained(score, seen - before), floor=_FLOOR)


def _trailing(
    arrivals: Sequence[Arrival], *, width: int, apart: int, guard: int, count: int
) -> list[Fired]:
    """Compare windows of `width` steps with `count` earlier ones, `apart` steps from each other.

    The first `guard` - 1 of them are left out.
    """
    counted = panel(arrivals)
    seen = sums(counted.counts, width)
    mean = _lagged(seen, apart, guard, count) / count
    square = _lagged(seen**2, apart, guard, count) / count
    deviation = np.sqrt(np.maximum(square - mean**2, 0) * count / (count - 1))
    score = _score(seen, mean, deviation)
    score[..., : (guard + count - 1) * apart + width - 1] = 0
    return emit(counted, unexplained(score, seen - mean), floor=_FLOOR)


def _score(seen: Ints, mean: Floats, deviation: Floats) -> Floats:
    unit = np.maximum(deviation, np.sqrt(mean + _QUIET))
    score: Floats = np.where(seen >= _LEAST_POSTS, (seen - mean) / unit, 0)
    return score


def _lagged(seen: Ints, apart: int, guard: int, count: int) -> Ints:
    """Sum the values `guard` … `guard + count - 1` times `apart` steps before each step."""
    rows = np.cumsum(_by_phase(seen, apart), axis=-2)
    summed = np.zeros_like(rows)
    summed[..., guard:, :] = rows[..., :-guard, :]
    summed[..., guard + count :, :] -= rows[..., : -(guard + count), :]
    flat: Ints = summed.reshape(*seen.shape[:-1], -1)[..., : seen.shape[-1]]
    return flat


def _by_phase(seen: Ints, apart: int) -> Ints:
    """Split the last axis into rows of `apart` steps; what is missing at the end is 0."""
    short = -seen.shape[-1] % apart
    padded = np.pad(seen, [(0, 0)] * (seen.ndim - 1) + [(0, short)])
    return padded.reshape(*seen.shape[:-1], -1, apart)


DETECTORS: Mapping[str, Detector] = MappingProxyType(
    {
        "mean + kσ, 7 days": mean_sigma,
        "EWMA": ewma,
        "EARS-C2, 24 h": partial(ears_c2, hours=24),
        "EARS-C2, 1 h": partial(ears_c2, hours=1),
    }
)
"""Detectors by the name that tables have for them."""
