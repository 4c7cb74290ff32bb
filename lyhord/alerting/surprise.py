"""Tells at every grid point how surprising series of counts are, from what came before it."""

from typing import NamedTuple

import numpy as np

from lyhord.alerting.constants import DAY, DEFAULT, Constants
from lyhord.alerting.expecting import Clock, Floats, expect, utc, within
from lyhord.alerting.tails import calibrated, combined, surprisal

_NOTHING = 1e-9
"""Posts expected where nothing was watched."""


class Surprise(NamedTuple):
    """What is known at the end of each bin, from that bin and earlier ones only.

    The end of bin i is the grid point that bin i + 1 begins at. Shapes are (..., windows, bins).

    Attributes:
        observed: posts in each window that ends there.
        expected: posts expected in it, each of its bins before that bin's hour began.
        spread: standard deviation of the expected.
        scores: -log10 of the probability of that many or more, under a negative binomial.
        calibrated: the same among the series' own earlier scores.
        combined: -log10 of the probability of all windows together, shape (..., bins): what alarms
            are opened on.

    """

    observed: Floats
    expected: Floats
    spread: Floats
    scores: Floats
    calibrated: Floats
    combined: Floats


def surprise(
    counts: Floats, first: int, constants: Constants = DEFAULT, clock: Clock = utc
) -> Surprise:
    """Give how surprising series are at the end of every bin; of their first day nothing is said.

    Args:
        counts: posts in each bin of five minutes, shape (..., bins); NaN where nothing was watched,
            which is neither silence nor a rise.
        first: number of the first bin since 1970, in UTC.
        constants: of the method.
        clock: that the writers live by.

    """
    learnt = expect(counts, first, constants, clock)
    observed = within(np.nan_to_num(counts), constants.windows)
    expected = np.maximum(within(learnt.counts, constants.windows), _NOTHING)
    scores = surprisal(observed, expected, learnt.dispersions)
    scores[..., :DAY] = 0.0
    own = calibrated(scores, constants)
    spread = np.sqrt(expected + learnt.dispersions * expected**2)
    return Surprise(observed, expected, spread, scores, own, combined(own))
