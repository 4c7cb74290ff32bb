"""Posts as columns, and what an ordinary post is like besides when, where and about what."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.alerts.model import NAMES, Arrival
from benchmarks.alerts.rhythm import Floats, Ints

Bools = npt.NDArray[np.bool_]

SHARES = {"facebook": 0.5, "x": 0.12, "instagram": 0.11, "forum": 0.1, "youtube": 0.06,
          "bluesky": 0.04, "mastodon": 0.03, "eservice": 0.04}  # fmt: skip
SOURCES = tuple(SHARES)
_SHARING = [SOURCES.index(name) for name in ("x", "bluesky", "mastodon")]
_REPOSTS = 0.15
_CROWD, _AUTHORS_A_POST = 1_000_000, 30
_MOOD_SPREAD = 0.4


class When(NamedTuple):
    """When posts were written (microseconds), where, and about what: columns of one length."""

    created: Ints
    place: Ints
    topic: Ints


class Mood(NamedTuple):
    """The mean sentiment of posts, -1 to 1, and the share of them that needs an answer."""

    sentiment: float
    needs_answer: float


CALM, ANGRY = Mood(-0.05, 0.3), Mood(-0.4, 0.45)


class Posts(NamedTuple):
    """Columns of one length; places, topics, authors and sources are numbers."""

    created: Ints
    place: Ints
    topic: Ints
    author: Ints
    fingerprint: Ints
    official: Bools
    source: Ints
    repost: Bools
    sentiment: Floats
    needs_answer: Bools

    def only(self, chosen: Bools | Ints) -> "Posts":
        """Choose rows."""
        columns: Any = (column[chosen] for column in self)
        return Posts(*columns)


def joined(parts: list[Posts]) -> Posts:
    """Put posts one after another."""
    columns: Any = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Posts(*columns)


def write(
    chance: np.random.Generator, when: When, daily: tuple[float, ...], mood: Mood = CALM
) -> Posts:
    """Draw the rest of citizens' posts: few authors write much, and no two texts are alike."""
    count = len(when.created)
    pool = 20 + _AUTHORS_A_POST * np.array(daily)[when.place]
    author = when.place * _CROWD + (pool * chance.random(count) ** 2).astype(np.int64)
    return Posts(
        *when,
        author,
        chance.integers(2**63 - 1, size=count),
        np.zeros(count, bool),
        chance.choice(len(SOURCES), size=count, p=list(SHARES.values())),
        np.zeros(count, bool),
        np.clip(chance.normal(mood.sentiment, _MOOD_SPREAD, count), -1, 1),
        chance.random(count) < mood.needs_answer,
    )


def with_reposts(chance: np.random.Generator, posts: Posts) -> Posts:
    """Make some posts share the one before on the same topic in the same place."""
    posts = posts.only(np.lexsort((posts.created, posts.topic, posts.place)))
    series = posts.place * len(NAMES) + posts.topic
    drawn = chance.random(len(series)) < _REPOSTS
    repost = drawn & np.isin(posts.source, _SHARING) & (series == np.roll(series, 1))
    shared = np.where(repost, np.roll(posts.fingerprint, 1), posts.fingerprint)
    return posts._replace(repost=repost, fingerprint=shared)


def official(posts: Posts) -> Posts:
    """Make the posts the municipalities' own."""
    count = len(posts.created)
    return posts._replace(
        author=-1 - posts.place,
        official=np.ones(count, bool),
        sentiment=np.full(count, 0.1),
        needs_answer=np.zeros(count, bool),
    )


def arrivals(posts: Posts, fetched: Ints, codes: tuple[str, ...], *, seed: int) -> list[Arrival]:
    """Give the posts in the order they were fetched."""
    posts, fetched = _sorted(posts, fetched)
    columns = posts._replace(sentiment=np.round(posts.sentiment, 3))
    return [
        Arrival(
            created,
            codes[place],
            NAMES[topic],
            f"p_{author}" if author >= 0 else f"kommun_{codes[place]}",
            fingerprint,
            own,
            SOURCES[source],
            repost,
            f"{SOURCES[source]}:s{seed}-{number}",
            sentiment,
            needs_answer,
            late,
        )
        for number, (created, place, topic, author, fingerprint, own, source, repost, sentiment,
                     needs_answer, late) in enumerate(
            zip(*(column.tolist() for column in (*columns, fetched)), strict=True)
        )
    ]  # fmt: skip


def _sorted(posts: Posts, fetched: Ints) -> tuple[Posts, Ints]:
    order = np.lexsort((posts.fingerprint, posts.created, fetched))
    return posts.only(order), fetched[order]
