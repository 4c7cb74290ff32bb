"""The detectors that are compared: Lyhörd's, and two that need no model of the series."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.signal import lfilter

from benchmarks.nab.series import Series
from lyhord.alerting.alarms import told
from lyhord.alerting.constants import DAY, DEFAULT, Constants
from lyhord.alerting.expecting import Floats
from lyhord.alerting.surprise import surprise

_SMALLEST = 1e-3


class Detector(NamedTuple):
    """Scores every bin, and gives the bins that are told where scores cross a threshold."""

    name: str
    scores: Callable[[Series], Floats]
    told: Callable[[Floats, float], list[int]]


def every(scores: Floats, threshold: float) -> list[int]:
    """Tell of every bin above the threshold, as the benchmark's own detectors do."""
    return [int(at) for at in np.flatnonzero(scores >= threshold)]


def ours(series: Series, constants: Constants = DEFAULT) -> Floats:
    """Score by the surprise that alerts are opened on."""
    return surprise(series.counts, series.first, constants).combined


def sigmas(series: Series, *, days: int) -> Floats:
    """Score by standard deviations above the mean of so many days before each bin."""
    counts = np.nan_to_num(series.counts)
    sums = [np.concatenate([[0.0], np.cumsum(each)]) for each in (counts, counts**2)]
    ends = np.arange(len(counts))
    begins = np.maximum(0, ends - days * DAY)
    size = np.maximum(1, ends - begins)
    mean, square = ((each[ends] - each[begins]) / size for each in sums)
    return np.asarray((counts - mean) / np.sqrt(np.maximum(square - mean**2, _SMALLEST)))


def ewma(series: Series, *, bins: int) -> Floats:
    """Score by standard deviations above an exponentially weighted mean, both of earlier bins."""
    counts = np.nan_to_num(series.counts)
    mean = _smoothed(counts, bins, counts[0])
    strayed = counts - mean
    return strayed / np.sqrt(np.maximum(_smoothed(strayed**2, bins, 1.0), _SMALLEST))


def _smoothed(values: Floats, bins: int, start: float) -> Floats:
    keep = 1 - 1 / bins
    smoothed, _ = lfilter([0.0, 1 - keep], [1.0, -keep], values, zi=[start])
    return np.asarray(smoothed)


LYHORD = Detector("Lyhörd", ours, told)
BASELINES = (
    Detector("mean + kσ, 7 days", partial(sigmas, days=7), every),
    Detector("mean + kσ, 7 days, once a day", partial(sigmas, days=7), told),
    Detector("EWMA, 24 h", partial(ewma, bins=DAY), every),
    Detector("EWMA, 24 h, once a day", partial(ewma, bins=DAY), told),
)
