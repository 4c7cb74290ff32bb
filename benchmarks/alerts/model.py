"""What a detector of rises gets and gives, and what was true; times are microseconds, UTC."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from lyhord.labels import TOPICS

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
NAMES = tuple(TOPICS)
"""The topics' labels in order; arrays have them along one axis."""


class Arrival(NamedTuple):
    """One post, as much of it as rises depend on.

    `fingerprint` (64 bits) is shared by near-identical texts; `official` posts are the
    municipality's own; `key` is `source:id`; `sentiment` goes from -1 to 1. `fetched` is `created`
    but for posts that came late.
    """

    created: int
    municipality: str
    topic: str
    author: str
    fingerprint: int
    official: bool
    source: str
    repost: bool
    key: str
    sentiment: float
    needs_answer: bool
    fetched: int


class Event(NamedTuple):
    """Something that was put in: a rise (`should_alert`), or what must not be taken for one.

    `municipality` is None for what happens in several of `places`; `topic` is None where no single
    one rises. `sudden` rises are there within hours, others build up.
    """

    kind: str
    municipality: str | None
    topic: str | None
    start: int
    end: int
    sudden: bool
    should_alert: bool
    places: tuple[str, ...]


class Fired(NamedTuple):
    """One alert, or one grid point of many at which a series stood above a detector's floor.

    `topic` is None for all of a municipality's posts; a higher `score` is less likely by chance.
    """

    municipality: str
    topic: str | None
    at: int
    score: float
    suspected_spam: bool = False


class Swept(NamedTuple):
    """What a detector fired, for a sweep of its threshold from `lowest` to `highest`.

    `openings` gives the first point of each incident at a threshold, in the order of time; a higher
    threshold makes fewer.
    """

    openings: Callable[[float], list[Fired]]
    lowest: float
    highest: float


Detector = Callable[[Sequence[Arrival]], list[Fired] | Swept]
"""Gets posts in the order they were fetched, and may ask nothing else.

It should give every grid point above a low floor, and leave it to `scoring` to make incidents of
them: only then is a sweep of the threshold what the detector would have done with that threshold.
One whose incidents depend on the threshold in another way makes them itself, by any threshold.
"""
