"""Members: what threads and alerts know of one post."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from lyhord import times
from lyhord.alerting.arrivals import Arrival

Micros = int
"""Whole microseconds since 1970."""


class Member(NamedTuple):
    """One post in its thread; of a deleted one only the links and the id remain.

    ``key`` and ``parent`` are `source:id`. ``official`` is written by a municipality, though not
    perhaps by the thread's.
    """

    key: str
    parent: str | None
    live: bool = False
    created: Micros = 0
    municipality: str | None = None
    department: str | None = None
    official: bool = False
    needs_answer: bool = False
    topic: str | None = None
    kind: str | None = None
    sentiment: str | None = None
    author: str | None = None
    fingerprint: str = ""

    @classmethod
    def of(cls, tagged: Mapping[str, Any]) -> Self:
        """Take what is needed of a `Tagged`, as JSON gives it.

        Raises:
            ValueError, OverflowError: its time cannot be read.

        """
        post, tags = tagged["post"], tagged["tags"]
        answers = post["in_reply_to"] or post["thread_id"]
        parent = f"{post['source']}:{answers}" if answers else None
        key = f"{post['source']}:{post['id']}"
        if parent == key:
            parent = None
        created = post["created_at"]
        if post["deleted"] or tags is None or created is None:
            return cls(key, parent)
        return cls(
            key=key,
            parent=parent,
            live=True,
            created=times.micros(datetime.fromisoformat(created)),
            municipality=post["municipality"],
            department=post["department"],
            official=post["author_role"] == "municipality",
            needs_answer=tags["needs_answer"],
            topic=tags["topic"],
            kind=tags["kind"],
            sentiment=tags["sentiment"]["label"],
            author=post["author"],
            fingerprint=tags["fingerprint"],
        )

    def arrival(self) -> Arrival:
        """Give what alerting knows of it; it has to be live."""
        return Arrival(
            created=self.created,
            key=self.key,
            municipality=self.municipality or "",
            topic=self.topic or "",
            official=self.official,
            author=self.author,
            fingerprint=self.fingerprint,
            sentiment=self.sentiment or "",
            needs_answer=self.needs_answer,
        )

    @property
    def place(self) -> tuple[Micros, str]:
        """Where it stands in its thread."""
        return self.created, self.key
