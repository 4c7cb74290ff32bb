"""Arrivals: what alerting knows of a post, as the store's columns give it."""

from typing import NamedTuple

Micros = int
"""Whole microseconds since 1970."""


class Arrival(NamedTuple):
    """One live post, at the time when its first version was written.

    ``key`` is `source:id`; ``topic`` the main one; ``author`` a pseudonym, where one is known;
    ``fingerprint`` 16 hexadecimal digits that copies share. ``official`` is written by a
    municipality.
    """

    created: Micros
    key: str
    municipality: str
    topic: str
    official: bool
    author: str | None
    fingerprint: str
    sentiment: str
    needs_answer: bool

    @property
    def source(self) -> str:
        """Where it was written."""
        return self.key.partition(":")[0]
