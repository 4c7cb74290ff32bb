"""Grouping: a rule's posts as arrays, and what each group of them is called in an alert."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from lyhord.alerting.arrivals import Arrival
from lyhord.alerting.constants import BIN
from lyhord.alerting.rules import GroupBy

Group = tuple[str, str | None]
"""Municipality (empty where posts are not grouped by it) and topic, or source, or None."""
_SECOND = 1_000_000


class Away(NamedTuple):
    """A time in which posts could not be read; None means all of them, or that it lasts.

    Attributes:
        source: whose.
        municipality: of which municipality, an SCB code.
        start: seconds since 1970.
        end: seconds since 1970, exclusive.

    """

    source: str | None
    municipality: str | None
    start: float
    end: float | None


class Firing(NamedTuple):
    """One alert before it is told of; times in seconds since 1970.

    Attributes:
        group: of which.
        start: where it began.
        fired: the grid point where it was first known.
        last: end of the last that belongs to it.
        is_open: whether it may go on.
        observed: posts, as the method counts them.
        expected: as many were.
        score: -log10 of the probability.
        posts: those that it is of, in order of time.
        genuine: whether a crowd stands behind it.

    """

    group: Group
    start: int
    fired: int
    last: int
    is_open: bool
    observed: int
    expected: float
    score: float
    posts: Sequence[Arrival]
    genuine: bool = True


def group_of(by: GroupBy, *, municipality: str, topic: str, source: str) -> Group:
    """Give the group of a post."""
    place = municipality if by.startswith("municipality") else ""
    about = {"source": source, "topic": topic, "municipality+topic": topic}.get(by)
    return place, about


def grouped(arrivals: Sequence[Arrival], by: GroupBy) -> dict[Group, list[Arrival]]:
    """Part posts by group; each keeps its order."""
    found: dict[Group, list[Arrival]] = {}
    for each in arrivals:
        group = group_of(by, municipality=each.municipality, topic=each.topic, source=each.source)
        found.setdefault(group, []).append(each)
    return found


def second(arrival: Arrival) -> int:
    """Give the whole second of a post since 1970."""
    return arrival.created // _SECOND


def grid(seconds: int) -> int:
    """Give the first point of the grid after a time."""
    return (seconds // BIN + 1) * BIN


def moment(seconds: int) -> datetime:
    """Give a time as UTC."""
    return datetime.fromtimestamp(seconds, UTC)
