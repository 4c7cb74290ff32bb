"""Sources that bring nothing for hours, and what came of their posts."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.alerts.model import MINUTE, Event
from benchmarks.alerts.rhythm import Ints
from benchmarks.alerts.writing import SOURCES, Bools, Posts

_CAUGHT_UP = 20 * MINUTE


class Silence(NamedTuple):
    """When a source was silent, microseconds, and whether its posts came later after all."""

    start: int
    end: int
    source: int
    filled: bool

    def hides(self, posts: Posts) -> Bools:
        """Tell which posts were not seen in time."""
        inside = (self.start <= posts.created) & (posts.created < self.end)
        hidden: Bools = inside & (posts.source == self.source)
        return hidden


def silences(events: Sequence[Event]) -> list[Silence]:
    """Give the silences among events: after an outage posts come late, after a gap never."""
    source = SOURCES.index("facebook")
    return [
        Silence(event.start, event.end, source, event.kind == "outage")
        for event in events
        if event.kind in ("outage", "gap")
    ]


def fetch(posts: Posts, gone: Sequence[Silence]) -> tuple[Posts, Ints]:
    """Give the posts that come at all, and when each does (microseconds)."""
    fetched = posts.created.copy()
    for silence in gone:
        hidden = silence.hides(posts)
        if silence.filled:
            missed = (posts.created[hidden] - silence.start) / (silence.end - silence.start)
            fetched[hidden] = silence.end + (missed * _CAUGHT_UP).astype(np.int64)
        else:
            posts, fetched = posts.only(~hidden), fetched[~hidden]
    return posts, fetched
