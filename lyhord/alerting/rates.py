"""Rates: what is expected of every series until any second of the last day."""

from typing import NamedTuple

import numpy as np

from lyhord.alerting.columns import Ints
from lyhord.alerting.expecting import Floats

HOUR = 3_600
KEPT = 26
"""Hours that windows reach back into, and this one."""
_LEAST = 1e-9
_BLOCK = 8


class Rates(NamedTuple):
    """What is expected: of this hour a second, and in sum until each of the last hours began.

    Attributes:
        hour: its number since 1970.
        rate: posts a second, shape (series,).
        sums: expected from the beginning of the history until the last hours and this one began,
            shape (hours, series).
        dispersions: of each series' windows, shape (series, windows).
        clusters: how many times its mean a rare window's variance is, shape (windows,).

    """

    hour: int
    rate: Floats
    sums: Floats
    dispersions: Floats
    clusters: Floats

    def between(self, series: int, start: int, end: int) -> float:
        """Give the posts expected of a series in [start, end), at most a day and an hour back."""
        sums = self.sum(np.array([series, series]), np.array([start, end]))
        return max(float(sums[1] - sums[0]), _LEAST)

    def sum(self, series: Ints, seconds: Ints) -> Floats:
        """Give what was expected of series until a time, from the beginning of the history."""
        back = np.clip(self.hour - seconds // HOUR, 0, KEPT - 2)
        part = (seconds - (self.hour - back) * HOUR) / HOUR
        start = self.sums[-1 - back, series]
        ahead = np.where(back > 0, self.sums[-np.maximum(back, 1), series], start)
        # The hour that is not over yet has no sum behind it, but its rate.
        return np.asarray(
            np.where(
                back > 0, start + part * (ahead - start), start + part * HOUR * self.rate[series]
            )
        )


class Running:
    """Sums from the beginning until each of the last hours began, shape (`KEPT`, series).

    What was given of them stays as it was when more is added.
    """

    def __init__(self, series: int) -> None:
        self._block = np.zeros((KEPT * _BLOCK, series))
        self._end = KEPT

    @property
    def sums(self) -> Floats:
        """The sums, the last hour's last."""
        return self._block[self._end - KEPT : self._end]

    def add(self, more: Floats) -> None:
        """Add what an hour brought, shape (series,)."""
        if self._end == len(self._block):
            block = np.zeros_like(self._block)
            block[:KEPT] = self.sums
            self._block, self._end = block, KEPT
        np.add(self._block[self._end - 1], more, out=self._block[self._end])
        self._end += 1

    def last(self, hours: int) -> Floats:
        """Give what the last hours brought."""
        return np.asarray(self._block[self._end - 1] - self._block[self._end - 1 - hours])
