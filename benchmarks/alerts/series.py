"""Counts of citizens' posts by municipality and topic on a grid of five minutes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.alerts.model import DAY, HOUR, MINUTE, NAMES, Arrival, Fired
from benchmarks.alerts.rhythm import Floats, Ints

STEP = 5 * MINUTE
STEPS_AN_HOUR = HOUR // STEP
_TAIL = 12 * HOUR
_EXPLAINS = 0.5


class Panel(NamedTuple):
    """Counts of shape (places, topics + 1, steps) from `start`; the last series is of all topics.

    Index `i` counts posts of [start + i steps, start + (i + 1) steps), known at its end.
    """

    codes: tuple[str, ...]
    start: int
    counts: Ints

    def known(self, step: int) -> int:
        """Give the grid point, in microseconds, at which what `step` counts is known."""
        return self.start + (step + 1) * STEP


def panel(arrivals: Sequence[Arrival]) -> Panel:
    """Count posts by when they were created, on whole five minutes of UTC.

    A text that its author has written within a day before is not counted again: that alone keeps a
    spam account from being a rise. The grid goes on for half a day after the last post.
    """
    kept = _unrepeated(arrivals)
    codes = tuple(sorted({post.municipality for post in kept}))
    if not kept:
        return Panel(codes, 0, np.zeros((0, len(NAMES) + 1, 0), np.int64))
    start = kept[0].created // STEP * STEP
    steps = (kept[-1].created + _TAIL - start) // STEP + 1
    counts = np.zeros((len(codes), len(NAMES) + 1, steps), np.int64)
    place = {code: number for number, code in enumerate(codes)}
    topic = {name: number for number, name in enumerate(NAMES)}
    where = np.array(
        [(place[post.municipality], topic[post.topic], (post.created - start) // STEP)
         for post in kept]
    )  # fmt: skip
    np.add.at(counts, tuple(where.T), 1)
    counts[:, -1] = counts[:, :-1].sum(axis=1)
    return Panel(codes, start, counts)


def _unrepeated(arrivals: Sequence[Arrival]) -> list[Arrival]:
    last: dict[tuple[str, int], int] = {}
    kept = []
    for post in sorted(arrivals, key=lambda post: (post.created, post.key)):
        if not post.official:
            written = post.author, post.fingerprint
            if post.created - last.get(written, -DAY) >= DAY:
                kept.append(post)
            last[written] = post.created
    return kept


def sums(counts: Ints, width: int) -> Ints:
    """Give the sum of the `width` steps that end with each step, of the same shape."""
    total = np.cumsum(counts, axis=-1)
    total[..., width:] -= total[..., :-width].copy()
    return total


def unexplained(score: Floats, excess: Floats) -> Floats:
    """Make the score of all topics together 0 where a single one explains half of their excess.

    Both have the shape of the counts; `excess` is posts above what was expected.
    """
    explained = excess[:, :-1].max(axis=1, initial=0) >= _EXPLAINS * excess[:, -1]
    left = score.copy()
    left[:, -1][explained] = 0
    return left


def emit(counted: Panel, score: Floats, *, floor: float) -> list[Fired]:
    """Give each grid point where a score, of the shape of the counts, is at least `floor`.

    They come in the order of time.
    """
    high = score >= floor
    topics = (*NAMES, None)
    step, place, topic = np.nonzero(np.moveaxis(high, 2, 0))
    values = score[place, topic, step]
    return [
        Fired(counted.codes[a], topics[b], counted.known(c), value)
        for a, b, c, value in zip(
            place.tolist(), topic.tolist(), step.tolist(), values.tolist(), strict=True
        )
    ]
