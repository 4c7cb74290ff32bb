"""Lyhörd's own detector among those that are compared."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from benchmarks.alerts.model import SECOND, Arrival, Fired, Swept
from lyhord.alerting import arrivals as own
from lyhord.alerting.columns import Columns
from lyhord.alerting.constants import BIN
from lyhord.alerting.rates import Rates
from lyhord.alerting.rises import Listener, Rise, thresholds
from lyhord.alerting.watching import Points, Watcher

_LOWEST, _HIGHEST = 3.0, 8.0
_HOUR_LONG = 1
"""Place of the window whose threshold stands for all."""


def detect(arrivals: Sequence[Arrival]) -> Swept:
    """Give the rises by the threshold of windows of an hour; the other windows' go with it.

    When a rise is over, and whether a topic explains it, depends on what is above the threshold.
    """
    columns = taken(arrivals)
    # The windows that end after the last post hold nothing that an earlier one did not.
    until = int(columns.seconds[-1]) + BIN if len(columns.seconds) else 0
    least = np.array(thresholds(columns.width, _budget(columns, _LOWEST)))
    watcher = Watcher(columns.municipalities, columns.topics)
    watcher.feed(columns)
    series = watcher.series
    watched: list[tuple[Points, Rates]] = []
    for points, rates in watcher.until(until):
        high = points.scores >= least
        high[0] |= not watched
        chosen = np.flatnonzero(high.any(axis=1))
        if len(chosen):
            watched.append((points.only(chosen), rates))

    @cache
    def openings(threshold: float) -> list[Fired]:
        listener = Listener(columns.width, int(columns.seconds[0]), _budget(columns, threshold))
        for points, rates in watched:
            listener.hear(points, rates, columns, series)
        return [_fired(columns, rise) for rise in listener.rises]

    return Swept(openings, _LOWEST, _HIGHEST)


def taken(arrivals: Sequence[Arrival]) -> Columns:
    """Take simulated posts as the store would give them: in order of time."""
    posts = (
        own.Arrival(
            created=each.created,
            key=each.key,
            municipality=each.municipality,
            topic=each.topic,
            official=each.official,
            author=each.author,
            fingerprint=str(each.fingerprint),
            sentiment="",
            needs_answer=each.needs_answer,
        )
        for each in arrivals
    )
    return Columns.of(sorted(posts))


def _fired(columns: Columns, rise: Rise) -> Fired:
    place, topic = divmod(rise.series, columns.width)
    about = None if topic == columns.width - 1 else columns.topics[topic]
    return Fired(columns.municipalities[place], about, rise.fired * SECOND, 1.0, not rise.genuine)


def _budget(columns: Columns, threshold: float) -> float:
    """Give the budget with which windows of an hour have a threshold: inverse of `thresholds`."""
    return float(10 ** (thresholds(columns.width, 1.0)[_HOUR_LONG] - threshold))
