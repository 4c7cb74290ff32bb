"""Makes incidents of what a detector fired, and finds what each of them tells of."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.alerts.model import HOUR, Event, Fired, Swept
from benchmarks.alerts.rhythm import Floats, Ints

COOL_DOWN = 3 * HOUR
"""A series that is quiet for so long fires anew; before, it is the same incident."""
GRACE = HOUR
"""How long after its end an event may still be told."""


class Run(NamedTuple):
    """What a detector fired on one history, and its truth.

    `place_weeks` says how much was judged: municipalities times weeks from `measured` on.
    """

    fired: Sequence[Fired] | Swept
    events: Sequence[Event]
    measured: int
    place_weeks: float


class Table(NamedTuple):
    """A run's fired points as columns, by series and then by time."""

    points: list[Fired]
    series: Ints
    at: Ints
    score: Floats


def swept(fired: Sequence[Fired] | Swept) -> Swept:
    """Make incidents of points, by any threshold, where the detector has not done so itself."""
    if isinstance(fired, Swept):
        return fired
    scores = [point.score for point in fired] or [0.0]
    return Swept(partial(openings, table(fired)), min(scores), max(scores))


def table(fired: Sequence[Fired]) -> Table:
    """Sort what was fired once, for many thresholds."""
    points = sorted(fired, key=lambda point: (point.municipality, point.topic or "", point.at))
    numbers: dict[tuple[str, str | None], int] = {}
    series = [
        numbers.setdefault((point.municipality, point.topic), len(numbers)) for point in points
    ]
    return Table(
        points,
        np.array(series, np.int64),
        np.array([point.at for point in points], np.int64),
        np.array([point.score for point in points], np.float64),
    )


def openings(points: Table, threshold: float) -> list[Fired]:
    """Give the first point of each incident, in the order of time.

    An incident is points with a score of at least `threshold` in one series with less than three
    quiet hours between them.
    """
    high = np.flatnonzero(points.score >= threshold)
    new: npt.NDArray[np.bool_] = np.ones(len(high), bool)
    same = np.diff(points.series[high]) == 0
    new[1:] = ~(same & (np.diff(points.at[high]) <= COOL_DOWN))
    return sorted((points.points[row] for row in high[new]), key=lambda point: point.at)


def tells_of(alert: Fired, event: Event) -> bool:
    """Tell whether an alert is of an event: its place, its topic or all topics, and its time."""
    return (
        alert.municipality in event.places
        and (event.topic is None or alert.topic in (None, event.topic))
        and event.start <= alert.at <= event.end + GRACE
    )
