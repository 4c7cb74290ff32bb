"""Alerts: one rise as it is told, with what it is about."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from lyhord import times


class Place(NamedTuple):
    """A place that posts of a rise name: how many do, and the first that did (`source:id`)."""

    text: str
    posts: int
    first: str

    def line(self) -> dict[str, Any]:
        """Give it as JSON reads it out."""
        return {"text": self.text, "count": self.posts, "first_post": self.first}


class Alert(NamedTuple):
    """One rise of one series, as it stands; times are UTC.

    Attributes:
        id: never changes.
        rule: which rule fired; `volym` is the built-in one.
        incident: shared by the rows of one thing that happens in many municipalities.
        municipality: SCB code.
        topic: None for a municipality's posts overall.
        start: beginning of the shortest window above at opening.
        fired_at: the grid point where it was first known.
        end: end of the last window above; None while it is open.
        observed: posts from `start` until `end`, or until now.
        expected: how many were expected.
        score: -log10 of the probability of so many, the highest of the windows above.
        authors: who wrote them; where that is not known, each post is somebody's of their own.
        distinct_texts: copies counted once.
        suspected_spam: few authors or near-identical texts, no crowd.
        terms: words that tell these posts from what was written before, the most telling first.
        places: that the posts name, most first.
        posts: examples (`source:id`), the most typical first.
        answered_at: when the municipality first wrote about it, after the first citizen's post.

    """

    id: str
    rule: str
    incident: str
    municipality: str
    topic: str | None
    start: datetime
    fired_at: datetime
    end: datetime | None
    observed: int
    expected: float
    score: float
    authors: int
    distinct_texts: int
    suspected_spam: bool
    terms: Sequence[str] = ()
    places: Sequence[Place] = ()
    posts: Sequence[str] = ()
    answered_at: datetime | None = None

    def line(self) -> dict[str, Any]:
        """Give it as JSON reads it out."""
        told: dict[str, Any] = self._asdict()
        for name in ("start", "fired_at", "end", "answered_at"):
            told[name] = told[name] and times.format_utc(told[name])
        told["expected"] = round(self.expected, 2)
        told["score"] = round(self.score, 2)
        told["terms"], told["posts"] = list(self.terms), list(self.posts)
        told["places"] = [place.line() for place in self.places]
        return told

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> "Alert":
        """Take a line as `line` gives it."""
        told = {name: line[name] for name in cls._fields}
        for name in ("start", "fired_at", "end", "answered_at"):
            told[name] = told[name] and times.parse(told[name])
        told["places"] = [
            Place(place["text"], place["count"], place["first_post"]) for place in told["places"]
        ]
        return cls(**told)
