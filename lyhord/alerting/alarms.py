"""Opens an alarm where a score crosses its threshold, and keeps quiet until the rise is over."""

from typing import NamedTuple

import numpy as np

from lyhord.alerting.constants import DAY, HOUR
from lyhord.alerting.expecting import Floats


class Alarm(NamedTuple):
    """A rise, in indices of the scores.

    Attributes:
        opened: where it was first known.
        last: where the score was last above the threshold.
        closed: whether enough has been seen since to say that it is over.

    """

    opened: int
    last: int
    closed: bool


def told(scores: Floats, threshold: float, *, cool_down: int = DAY) -> list[int]:
    """Give the indices where somebody is told that a score is above its threshold.

    Never twice within `cool_down` bins, but again if it is above after that: of a rise that lasts
    for days one is reminded, and a new one is not lost in an old one that never quite ended.
    """
    above = np.flatnonzero(scores >= threshold)
    found: list[int] = []
    at = 0
    while at < len(above):
        found.append(int(above[at]))
        at = int(np.searchsorted(above, found[-1] + cool_down))
    return found


def alarms(
    scores: Floats, threshold: float, *, cool_down: int = DAY, quiet: int = 3 * HOUR
) -> list[Alarm]:
    """Give the alarms that a series' scores raise, in order of time.

    What comes above the threshold less than `cool_down` bins after an alarm opened, or before
    `quiet` bins have passed below it, belongs to that alarm. So what is said of a time does not
    depend on what came after, but for `last` and `closed`.

    Args:
        scores: shape (bins,).
        threshold: from which a score is above.
        cool_down: in bins.
        quiet: in bins.

    """
    found: list[Alarm] = []
    for at in np.flatnonzero(scores >= threshold).tolist():
        if found and (at - found[-1].opened < cool_down or at - found[-1].last <= quiet):
            found[-1] = found[-1]._replace(last=at)
        else:
            found.append(Alarm(at, at, closed=True))
    if found:
        now = len(scores) - 1
        over = now - found[-1].last >= quiet and now - found[-1].opened >= cool_down
        found[-1] = found[-1]._replace(closed=over)
    return found
