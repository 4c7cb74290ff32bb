"""The works of a batch: one for each post, where it lies, and what came of writing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lyhord.adapters.elastic_store.bulk import Answer
from lyhord.adapters.elastic_store.documents import month_of
from lyhord.dialogue import Member
from lyhord.versions import Stored

_GONE = 404
_MOST_REASON = 300

Guard = dict[str, Any]
"""The state of a document, to change it only if nobody else has (compare-and-set)."""


@dataclass(slots=True)
class Work:
    """One post of a batch: what arrived of it, in order, where it lies, and what came of it.

    `months` are those that the registry names, the present one first; `places` are the documents
    that are there, by month.
    """

    key: str
    arrived: list[tuple[int, bytes, Any]] = field(default_factory=list)
    months: tuple[str, ...] = ()
    registered: Guard | None = None
    places: dict[str, Guard] = field(default_factory=dict)
    stored: Stored | None = None
    document: dict[str, Any] = field(default_factory=dict)
    member: Member | None = None

    @property
    def month(self) -> str:
        """The month that it belongs into."""
        return month_of(self.document)

    def refused(self, refusals: Sequence[str | None]) -> bool:
        """Tell whether nothing of what arrived was taken."""
        return all(refusals[at] is not None for at, _, _ in self.arrived)

    @property
    def in_place(self) -> bool:
        """Tell whether it lies in its one place."""
        return [*self.places] == [*self.months[:1]]


@dataclass(slots=True)
class Try:
    """One try at some works: those that have to be tried again, and what Elasticsearch told."""

    refusals: list[str | None]
    again: dict[str, Work] = field(default_factory=dict)
    told: str = ""

    def done(self, work: Work, answer: Answer, *, removing: bool) -> bool:
        """Tell whether an operation was done; else have the work tried again, or refuse it."""
        if not answer.reason or (removing and answer.status == _GONE):
            return True
        if answer.conflict or answer.busy:
            self.again[work.key] = work
            self.told = self.told if answer.conflict else answer.reason
            return False
        for at, _, _ in work.arrived:
            told = f"Elasticsearch refuses it: {answer.reason[:_MOST_REASON]}"
            self.refusals[at] = self.refusals[at] or told
        return False


def guard_of(row: Mapping[str, Any]) -> Guard:
    """Give the state of a document that was read."""
    return {"if_seq_no": row["_seq_no"], "if_primary_term": row["_primary_term"]}
