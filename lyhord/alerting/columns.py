"""Columns: citizens' posts as arrays, and how many of a series lie within any times."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lyhord.alerting.arrivals import Arrival

Ints = NDArray[np.int64]

_SECOND = 1_000_000


class Columns(NamedTuple):
    """Citizens' posts in order of time, one in each place of every array.

    A municipality's series are those of the topics, in order, and behind them that of all of its
    posts: series `place * (len(topics) + 1) + topic`. Where an author is not known, each post
    counts as somebody's of their own.

    Attributes:
        seconds: whole seconds since 1970, UTC.
        place: index into `municipalities`.
        topic: index into `topics`.
        author: a number that posts of one author share.
        text: a number that copies of one text share.
        keys: `source:id`.
        municipalities: SCB codes.
        topics: labels.

    """

    seconds: Ints
    place: Ints
    topic: Ints
    author: Ints
    text: Ints
    keys: Sequence[str]
    municipalities: Sequence[str]
    topics: Sequence[str]

    @classmethod
    def of(cls, arrivals: Iterable[Arrival]) -> Self:
        """Take arrivals, which come by time; the municipalities' own are left out."""
        posts = [each for each in arrivals if not each.official]
        municipalities = sorted({each.municipality for each in posts})
        topics = sorted({each.topic for each in posts})
        authors = [each.author or f"? {each.key}" for each in posts]
        return cls(
            seconds=np.array([each.created // _SECOND for each in posts], dtype=np.int64),
            place=_numbered([each.municipality for each in posts]),
            topic=_numbered([each.topic for each in posts]),
            author=_numbered(authors),
            text=_numbered([each.fingerprint for each in posts]),
            keys=[each.key for each in posts],
            municipalities=municipalities,
            topics=topics,
        )

    @property
    def width(self) -> int:
        """Series of a municipality."""
        return len(self.topics) + 1


class Series:
    """Every series' posts by time; a post stands in its topic's and in its municipality's."""

    def __init__(self, columns: Columns) -> None:
        width = columns.width
        count = len(columns.seconds)
        series = np.concatenate(
            [columns.place * width + columns.topic, columns.place * width + width - 1]
        )
        self._from = int(columns.seconds[0]) if count else 0
        self._span = int(columns.seconds[-1]) - self._from + 1 if count else 1
        where = series * self._span + np.tile(columns.seconds - self._from, 2)
        order = np.argsort(where, kind="stable")
        self._where = where[order]
        self.series: Ints = series[order]
        """The series of every entry, ascending."""
        self.posts: Ints = np.tile(np.arange(count), 2)[order]
        """The post of every entry, by time within its series."""

    def before(self, series: Ints, seconds: Ints) -> Ints:
        """Give the place of each series' first entry that is not before a time."""
        bounded = np.clip(seconds - self._from, 0, self._span)
        return np.searchsorted(self._where, series * self._span + bounded, side="left")

    def within(self, series: int, start: int, end: int) -> Ints:
        """Give a series' posts in [start, end), seconds since 1970."""
        bounds = self.before(np.array([series, series]), np.array([start, end]))
        return self.posts[bounds[0] : bounds[1]]


def _numbered(values: Sequence[str]) -> Ints:
    return np.unique(np.array(values, dtype=object), return_inverse=True)[1].astype(np.int64)
