"""Columns: citizens' posts as arrays, and how many of a series lie within any times."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lyhord.alerting.arrivals import Arrival
from lyhord.labels import TOPICS

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
        author: a number that posts of one author share, in other columns too.
        text: a number that copies of one text share, in other columns too.
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
    def of(
        cls,
        arrivals: Iterable[Arrival],
        municipalities: Sequence[str] = (),
        topics: Sequence[str] = (),
    ) -> Self:
        """Take arrivals, which come by time; the municipalities' own are left out.

        Where no names are given, they are those that occur, and all built-in topics.

        Raises:
            KeyError: a post has a name that is not among those given.

        """
        posts = [each for each in arrivals if not each.official]
        municipalities = municipalities or sorted({each.municipality for each in posts})
        topics = topics or sorted({*TOPICS, *(each.topic for each in posts)})
        places, labels = (
            {name: number for number, name in enumerate(names)}
            for names in (municipalities, topics)
        )
        return cls(
            seconds=_ints([each.created // _SECOND for each in posts]),
            place=_ints([places[each.municipality] for each in posts]),
            topic=_ints([labels[each.topic] for each in posts]),
            author=_ints([_number(each.author or f"? {each.key}") for each in posts]),
            text=_ints([_number(each.fingerprint) for each in posts]),
            keys=[each.key for each in posts],
            municipalities=municipalities,
            topics=topics,
        )

    @classmethod
    def none(cls, municipalities: Sequence[str], topics: Sequence[str]) -> Self:
        """Give no posts."""
        return cls(*(_ints([]),) * 5, [], municipalities, topics)

    @property
    def width(self) -> int:
        """Series of a municipality."""
        return len(self.topics) + 1

    def part(self, start: int, end: int) -> Self:
        """Give the posts from one to before another."""
        return self._with([each[start:end] for each in self._arrays], self.keys[start:end])

    def and_more(self, more: Self) -> Self:
        """Put other posts of the same names among these, by time."""
        if not len(self.seconds) or not len(more.seconds):
            return self if len(self.seconds) else more
        both = zip(self._arrays, more._arrays, strict=True)
        arrays = [np.concatenate(each) for each in both]
        keys = [*self.keys, *more.keys]
        if more.seconds[0] < self.seconds[-1]:
            order = np.argsort(arrays[0], kind="stable")
            arrays = [each[order] for each in arrays]
            keys = [keys[at] for at in order.tolist()]
        return self._with(arrays, keys)

    @property
    def _arrays(self) -> tuple[Ints, ...]:
        return self.seconds, self.place, self.topic, self.author, self.text

    def _with(self, arrays: Sequence[Ints], keys: Sequence[str]) -> Self:
        seconds, place, topic, author, text = arrays
        return self._replace(
            seconds=seconds, place=place, topic=topic, author=author, text=text, keys=keys
        )


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


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
