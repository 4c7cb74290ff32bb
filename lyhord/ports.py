"""The ports: what the stages need of the outside, and what every adapter promises."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Protocol

from lyhord.alerting.arrivals import Arrival
from lyhord.dialogue import Order, Status, Thread

POSTS, TAGGED, REJECTED = "posts", "tagged", "rejected"
"""The topics of the log: validated posts, tagged posts, refused records."""


Offsets = Mapping[int, int]
"""Partition → the offset behind an entry; a partition that is not named is at its beginning."""
BEGINNING: Offsets = MappingProxyType({})


def total(offsets: Offsets) -> int:
    """Count the entries before these offsets."""
    return sum(offsets.values())


def behind(done: Offsets, end: Offsets) -> int:
    """Count the entries that lie between what is done and an end."""
    return sum(max(0, offset - done.get(partition, 0)) for partition, offset in end.items())


@dataclass(frozen=True, slots=True)
class Record:
    """A record to append: records of one key keep their order."""

    key: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A record on the log. `offset` grows along the topic, within its partition."""

    offset: int
    key: str
    value: bytes
    partition: int = 0


class Consumer(Protocol):
    """A group's reading of one topic: every entry at least once, in order of its key."""

    def poll(self, limit: int, *, wait: float = 0.0) -> Sequence[Entry]:
        """Give the next entries, at most `limit`; wait at most `wait` seconds for the first.

        Entries are given once to this consumer; after a crash the next consumer of the group
        starts again behind the last commit.
        """

    def commit(self, entries: Sequence[Entry]) -> None:
        """Remember durably that these entries and all polled before them are done."""

    def lag(self) -> int:
        """Give how many entries of the topic are not committed yet."""

    def close(self) -> None:
        """Stop reading; what was not committed is given again to the group's next consumer."""


class Log(Protocol):
    """Append-only topics with consumer groups."""

    def append(self, topic: str, records: Sequence[Record]) -> None:
        """Append durably: when this returns, the records survive a crash of this process.

        Raises:
            Retriable: the log cannot take them now; none or some may have been appended.

        """

    def consumer(self, topic: str, group: str) -> Consumer:
        """Open a group's reading of a topic, from its beginning where the group is new."""

    def read(self, topic: str, start: Offsets = BEGINNING) -> Iterator[Entry]:
        """Read a topic from `start` to its present end, outside any group."""

    def end(self, topic: str) -> Offsets:
        """Give the offset behind the last entry of each partition."""

    def committed(self, topic: str, group: str) -> Offsets:
        """Give the offset up to which a group is done (exclusive) with each partition."""

    def close(self) -> None:
        """Let go of files and connections."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Bounds beside the query text; several labels of one field are alternatives."""

    since: datetime | None = None
    until: datetime | None = None
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ThreadFilters:
    """Which threads are meant, when, and in which order (see `lyhord.dialogue.rank`).

    `municipalities` are SCB codes; several statuses or municipalities are alternatives, none at
    all is no bound. `now` hides the posts that were written later.
    """

    statuses: Sequence[Status] = ()
    municipalities: Sequence[str] = ()
    now: datetime | None = None
    order: Order = "waiting"

    def take(self, thread: Thread) -> bool:
        """Tell whether a thread is meant, as it stands at `now`."""
        return (not self.statuses or thread.status in self.statuses) and (
            not self.municipalities or thread.municipality in self.municipalities
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A found post: its read-out form with `score`, and the marked passage of its text."""

    fields: dict[str, Any]
    score: float
    snippet: str
    marks: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Page:
    """Some hits in order, and how many there are in all."""

    hits: Sequence[Hit]
    total: int


class Store(Protocol):
    """The searchable posts: one document per post, the greatest version wins.

    Whatever the order and number of arrivals, the answers are the same. `created_at` is the
    earliest that any version gave. Deleted posts stay as empty documents that no search finds.
    """

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """Take tagged posts as JSON (`Tagged`); give for each None, or why it was refused.

        They are searchable and safe once `flush` has returned.

        Raises:
            Retriable: the store cannot take them now; send the same again.

        """

    def flush(self) -> None:
        """Make everything taken so far durable and searchable.

        Raises:
            Switched: a replay's index serves now; give it the same again.

        """

    def settle(self) -> bool:
        """Put something in order that every search would pay for; tell whether there was any.

        For a writer with nothing else to do. No answer changes, and what follows may be written.
        """

    def search(
        self,
        query: str,
        filters: Filters = Filters(),
        *,
        size: int = 20,
        sort: str = "relevance",
    ) -> Page:
        """Find live posts; `sort` is `relevance` or `newest`; ties: newest first, then id.

        Raises:
            QueryError: the query cannot be read; it names the character.

        """

    def scan(self, query: str, filters: Filters = Filters()) -> Iterator[dict[str, Any]]:
        """Give every found post in read-out form, newest first, in bounded memory."""

    def counts(
        self,
        query: str,
        filters: Filters = Filters(),
        *,
        by: str,
        then_by: str | None = None,
        size: int = 1000,
    ) -> Mapping[str, Any]:
        """Count found posts by a field (or `day`, `month` of Stockholm).

        Gives {value: n}, or {value: {inner value: n}} with `then_by`.
        """

    def facets(
        self, query: str, filters: Filters = Filters(), *, by: Sequence[str], size: int = 1000
    ) -> Mapping[str, Mapping[str, int]]:
        """Count found posts by several fields at once: {field: {value: n}}, each as `counts`."""

    def get(self, key: str) -> dict[str, Any] | None:
        """Give one document in read-out form, deleted ones too; None where there is none."""

    def threads(self, filters: ThreadFilters = ThreadFilters()) -> Iterator[Thread]:
        """Give the threads of what was flushed, in the order that the filters name.

        A thread belongs to its municipality as `lyhord.dialogue` says. Threads without a live
        post are left out.
        """

    def arrivals(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Arrival]:
        """Give what alerting knows of the flushed live posts, by when they were written, then key.

        `since` is inclusive, `until` exclusive.
        """

    def close(self) -> None:
        """Let go of files and connections."""


class State(Protocol):
    """Small durable facts by kind and key (a feed's position, an incident), as JSON objects."""

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Give what was put last, or None."""

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Replace durably."""

    def all(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """Give everything of a kind by key."""

    def close(self) -> None:
        """Let go of files and connections."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record as a source brought it: `data` for the door, or the `error` that prevents it."""

    origin: str
    line: int | None
    data: Mapping[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that belong together, and the source's position once they are safely on the log."""

    rows: Sequence[Row]
    cursor: Mapping[str, Any]


class Source(Protocol):
    """Something that brings posts when asked."""

    @property
    def name(self) -> str:
        """What the settings call it; unique among the sources."""

    @property
    def interval(self) -> float:
        """Seconds between two polls when all is well."""

    def poll(self, cursor: Mapping[str, Any]) -> Iterator[Batch]:
        """Bring what is new since `cursor` (empty at first).

        The same rows may come again after a crash; the end of the pipeline is idempotent.

        Raises:
            Retriable: the source cannot be read now; `after` says when to try again.
            Rejected: the source will not give anything until its settings are mended.

        """


class Notifier(Protocol):
    """A way to tell one recipient something.

    That none is told twice is the business of the outbox that calls it; so it never tries again
    by itself.
    """

    def notify(self, *, key: str, title: str, body: str, picture: bytes | None = None) -> None:
        """Send one message, as plain text, and a PNG picture with it where the way can carry one.

        `key` names the message, for the log.

        Raises:
            Retriable: it was not sent, and can be tried again.
            Unsure: it may have been sent; to try again could tell it twice.
            Rejected: it can never be sent as the settings are.

        """


class Clock(Protocol):
    """The time that a component goes by: the world's, or a test's."""

    def now(self) -> datetime:
        """Give the present as UTC."""
