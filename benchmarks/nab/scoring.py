"""Scores detections on labelled series by the rules of the Numenta Anomaly Benchmark.

The rules are of Lavin & Ahmad, Evaluating Real-time Anomaly Detection Algorithms, ICMLA 2015
(arXiv:1510.03336), in the edition that the published figures are of (numenta/NAB, 2019 and later):
a detection on a window's first row earns all of the window.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

_PROBATION = 0.15
_LONGEST_FILE = 5_000
_STEEPNESS = 5
_FAR = 3.0
"""Window lengths after a window's end from which a false alarm costs all of its weight."""

Window = tuple[int, int]
"""The first and the last row of a labelled anomaly."""


class Profile(NamedTuple):
    """What a window found earns, what a false alarm costs, and what a window missed costs."""

    name: str
    tp: float
    fp: float
    fn: float


PROFILES = (
    Profile("standard", 1, 0.11, 1),
    Profile("low FP", 1, 0.22, 1),
    Profile("low FN", 1, 0.11, 2),
)


class Judged(NamedTuple):
    """A file's detections: what each window earned (None: missed), each false alarm's share of 1.

    `found` has an entry per window; `false` one per false alarm, of -1 to 0.
    """

    found: Sequence[float | None]
    false: Sequence[float]

    def raw(self, profile: Profile) -> float:
        """Give the file's score before normalisation."""
        windows = sum(-profile.fn if each is None else profile.tp * each for each in self.found)
        return windows + profile.fp * sum(self.false)


def probation(rows: int) -> int:
    """Give how many of a file's first rows are not judged."""
    return int(_PROBATION * min(rows, _LONGEST_FILE))


def judge(detections: Iterable[int], windows: Sequence[Window], rows: int) -> Judged:
    """Judge a file's detections.

    Args:
        detections: rows, in any order; those of the probation count for nothing.
        windows: apart from each other, in order of time.
        rows: of the file.

    Raises:
        ValueError: the windows overlap or are out of order, or leave the file.

    """
    bounds = [row for window in windows for row in window]
    if any(one > other for one, other in pairwise([0, *bounds, rows - 1])):
        raise ValueError("windows must lie in the file, apart from each other and in order")
    first = probation(rows)
    found: list[float | None] = [None] * len(windows)
    false: list[float] = []
    for row in sorted(detection for detection in detections if detection >= first):
        begun = sum(window[0] <= row for window in windows)
        if not begun:
            false.append(-1.0)
            continue
        latest = windows[begun - 1]
        if row > latest[1]:
            false.append(_after(row, latest))
        elif found[begun - 1] is None:
            found[begun - 1] = _inside(row, latest)
    judged = [each for each, window in zip(found, windows, strict=True) if window[1] >= first]
    return Judged(judged, false)


def _inside(row: int, window: Window) -> float:
    """Give what the first detection in a window earns: 1 on its first row, little on its last."""
    position = (window[1] - row + 1) / (window[1] - window[0] + 1)
    return _scaled(position) / _scaled(1.0)


def _after(row: int, window: Window) -> float:
    """Give the share of a false alarm's weight, negative, that one after a window costs."""
    past = (row - window[1]) / max(1, window[1] - window[0])
    return -1.0 if past >= _FAR else _scaled(-past)


def _scaled(position: float) -> float:
    return 2 / (1 + math.exp(-_STEEPNESS * position)) - 1


def normalised(files: Sequence[Judged], profile: Profile) -> float:
    """Give the score of a detector over all files: 0 for finding nothing, 100 for no fault.

    Raises:
        ValueError: no file has a window.

    """
    windows = sum(len(file.found) for file in files)
    if not windows:
        raise ValueError("a score needs windows")
    null, perfect = -profile.fn * windows, profile.tp * windows
    return 100 * (sum(file.raw(profile) for file in files) - null) / (perfect - null)
