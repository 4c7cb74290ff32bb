"""How improbable a count is under a negative binomial, and among a series' own past surprises."""

import numpy as np
from scipy.signal import lfilter
from scipy.special import betainc, gammaln

from lyhord.alerting.constants import DAY, Constants
from lyhord.alerting.expecting import Floats

_SMALLEST = 1e-280
_E = float(np.log10(np.e))


def surprisal(observed: Floats, expected: Floats, dispersion: Floats) -> Floats:
    """Give -log10 P(N >= observed) of a negative binomial; arrays of one shape.

    The tail is the regularised incomplete beta function (Abramowitz & Stegun 26.5.26); where that
    is too small for a float, the first term times the geometric series that bounds the others.

    Args:
        observed: 0 or more.
        expected: above 0.
        dispersion: above 0; the variance is expected + dispersion * expected**2.

    """
    size = 1 / dispersion
    odds = expected / (expected + size)
    some = np.maximum(observed, 1)
    tail = betainc(some, size, odds)
    first = gammaln(some + size) - gammaln(size) - gammaln(some + 1)
    first += size * np.log1p(-odds) + some * np.log(odds)
    ratio = np.minimum(odds * (some + size) / (some + 1), 0.999)
    far = -(first - np.log1p(-ratio)) * _E
    near = -np.log10(np.maximum(tail, _SMALLEST))
    return np.where(observed < 1, 0.0, np.maximum(0.0, np.where(tail > _SMALLEST, near, far)))


def tail(observed: int, expected: float, dispersion: float) -> float:
    """Give `surprisal` of one count."""
    values = (np.array([value], dtype=float) for value in (observed, expected, dispersion))
    return float(surprisal(*values)[0])


def calibrated(scores: Floats, constants: Constants) -> Floats:
    """Give the surprises among the series' own earlier surprises, as -log10 of a probability.

    Above `tail_from` the scores' tail is taken to be exponential, with the rate and the mean excess
    of the series' own past (peaks over threshold: Pickands 1975; on streams Siffer et al., Anomaly
    Detection in Streams with Extreme Value Theory, KDD 2017, with the shape fixed to 0); the prior
    is that of a series that is negative binomial. Below, they are drawn out evenly.

    Args:
        scores: shape (..., windows, bins).
        constants: of the method.

    """
    start = constants.tail_from
    over = scores > start
    prior = constants.tail_prior * DAY
    count = _past(over.astype(float), constants)
    rate = (count + prior * 10**-start) / (_past(np.ones(scores.shape), constants) + prior)
    few = prior * 10**-start
    excess = (_past(np.where(over, scores - start, 0.0), constants) + few * _E) / (count + few)
    base = -np.log10(rate)
    return np.where(over, base + (scores - start) * _E / excess, scores * base / start)


def combined(calibrated: Floats) -> Floats:
    """Combine windows, shape (..., windows, bins) to (..., bins); -log10 of probabilities.

    Their geometric mean times e is a probability however the windows hang together (Vovk & Wang,
    Combining p-values via averaging, Biometrika 2020).
    """
    return np.asarray(np.maximum(0.0, calibrated.mean(axis=-2) - _E))


def _past(values: Floats, constants: Constants) -> Floats:
    """Give the discounted sums of what came before each bin."""
    keep = float(np.exp(-1 / DAY / constants.tail_days))
    summed: Floats = lfilter([0.0, 1.0], [1.0, -keep], values, axis=-1)
    return summed
