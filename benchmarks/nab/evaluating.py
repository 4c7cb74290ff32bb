"""Finds what a detector scores with a threshold that was chosen on other files than it is tried on.

The threshold is the only number chosen. Leave-one-out: for each file, the threshold that is best
for the profile on all others, then its raw score on the file; the sum is normalised over all.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.nab.detectors import Detector
from benchmarks.nab.scoring import PROFILES, Judged, Profile, judge, normalised
from benchmarks.nab.series import Series

THRESHOLDS: tuple[float, ...] = tuple(np.geomspace(0.3, 100, 240).tolist())
"""Tried for every detector: steps of 2.5 %."""


class Result(NamedTuple):
    """A detector's normalised scores for a profile."""

    profile: Profile
    left_out: float
    best: float
    threshold: float


def results(detector: Detector, files: Sequence[Series]) -> Iterator[Result]:
    """Give the detector's result for each profile.

    Args:
        detector: of which nothing but the threshold is chosen.
        files: two or more.

    """
    tried = [judgements(detector, series) for series in files]
    for profile in PROFILES:
        raw = np.array([[each.raw(profile) for each in file] for file in tried])
        best = plateau(raw.sum(axis=0))
        chosen = [plateau(raw.sum(axis=0) - file) for file in raw]
        left_out = [file[at] for file, at in zip(tried, chosen, strict=True)]
        yield Result(
            profile,
            normalised(left_out, profile),
            normalised([file[best] for file in tried], profile),
            THRESHOLDS[best],
        )


def judgements(detector: Detector, series: Series) -> list[Judged]:
    """Judge what the detector tells at each of the thresholds."""
    scores = detector.scores(series)
    return [
        judge(detector.told(scores, threshold), series.windows, len(series.counts))
        for threshold in THRESHOLDS
    ]


def plateau(scores: np.ndarray) -> int:
    """Give the middle of the longest run of best scores, shape (thresholds,)."""
    best = np.flatnonzero(scores >= scores.max() - 1e-9)
    runs = np.split(best, np.flatnonzero(np.diff(best) > 1) + 1)
    longest = max(runs, key=len)
    return int(longest[len(longest) // 2])
