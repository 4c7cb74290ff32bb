"""How far counts of many alike series scatter, learnt of all of them together.

A window's count with mean m has the variance c * m + d * m**2: replies come in clusters, of c posts
more or less, and the mean itself wavers by d. A small series tells nothing of d in years, so both
are pooled, and a series' own d is believed as far as it can be known.
"""

from typing import NamedTuple

import numpy as np

from lyhord.alerting.expecting import Floats

_CLUSTERS, _DISPERSION = 1.5, 0.1
"""Assumed at first."""
_PRIOR = 50.0
"""Counts of one post for which they are assumed."""
_FEW = 3.0
"""Expected posts up to which clusters are what makes counts scatter."""
_MOST = 4.0
"""Standard deviations from which a count teaches no more: a burst is no habit."""
_LEAST = 0.02


class Spread(NamedTuple):
    """Of each window, shape (windows,)."""

    clusters: Floats
    dispersions: Floats


class Pool:
    """Discounted moments of all series."""

    def __init__(self, windows: int, keep: float) -> None:
        """Begin with what is assumed; `keep` is what an hour leaves of what was before."""
        self._keep = keep
        self._clusters = np.full(windows, _PRIOR) * [[_CLUSTERS], [1.0]]
        self._dispersions = np.full(windows, _PRIOR) * [[_DISPERSION], [1.0]]

    @property
    def spread(self) -> Spread:
        """What is known now."""
        clusters, dispersions = (top / of for top, of in (self._clusters, self._dispersions))
        return Spread(np.maximum(clusters, 1.0), np.maximum(dispersions, _LEAST))

    def learn(self, observed: Floats, expected: Floats) -> None:
        """Learn from windows' counts, shapes (..., windows)."""
        clusters, dispersions = self.spread
        axes = tuple(range(observed.ndim - 1))
        known = expected > 0
        usual = np.where(known, expected, 1.0)
        variance = usual * (clusters + dispersions * usual)
        most = usual + _MOST * np.sqrt(variance) + _MOST
        strayed = (np.minimum(observed, most) - usual) ** 2
        few = known & (usual < _FEW)
        self._clusters *= self._keep
        self._clusters += (
            np.where(few, strayed - dispersions * usual**2, 0.0).sum(axes),
            np.where(few, usual, 0.0).sum(axes),
        )
        # Weighed by what each tells, so that no large municipality is all of it.
        many = known & ~few
        told = (usual / variance) ** 2
        self._dispersions *= self._keep
        self._dispersions += (
            np.where(many, told * (strayed - clusters * usual), 0.0).sum(axes),
            np.where(many, told * usual**2, 0.0).sum(axes),
        )
