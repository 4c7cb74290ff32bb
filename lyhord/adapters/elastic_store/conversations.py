"""Conversations: the threads of a generation on Elasticsearch, and what they are folded from.

Two indices. In one, each post is a document by its key: it either leads its component (the posts
that any of their versions linked) and holds all its members, or names another that may lead it.
In the other each thread is a document to be searched. Members are read by id, which waits for no
refresh, and changed by compare-and-set; a thread's document carries its component's turn, and
never gives way to an earlier one.
"""

import random
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import merge
from typing import Any

from elasticsearch import Elasticsearch

from lyhord import times
from lyhord.adapters.elastic_store.bulk import Answer, Operation, send
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.reading import every
from lyhord.adapters.elastic_store.works import Guard, guard_of
from lyhord.dialogue import Member, Order, Thread, rank, threads_before, threads_of
from lyhord.dialogue.components import joined
from lyhord.dialogue.office import OFFICE_DAY, deadline
from lyhord.dialogue.threads import moment
from lyhord.errors import Retriable
from lyhord.ports import ThreadFilters

_TRIES = 12
_PAUSE = 0.05
_AT_ONCE = 2_000
"""Documents that are read by one request."""
_GONE = 404
_LAST = "held.last_at"
_ORDERS: Mapping[Order, Sequence[Mapping[str, str]]] = {
    "waiting": [{"held.quiet": "asc"}, {"held.at": "asc"}, {"thread_id": "asc"}],
    "urgent": [
        {"held.quiet": "asc"},
        {"held.urgent": "asc"},
        {"held.at": "asc"},
        {"thread_id": "asc"},
    ],
}
"""As `rank` orders them."""


@dataclass(slots=True)
class Component:
    """Posts that are linked, as their leader's document has them.

    ``turn`` grows with every change; ``threads`` are the ids that were written of it last, and
    ``folded`` what they are now.
    """

    turn: int = 0
    members: dict[str, list[Any]] = field(default_factory=dict)
    threads: list[str] = field(default_factory=list)
    guard: Guard | None = None
    folded: dict[str, Thread] = field(default_factory=dict)

    def put(self, members: Iterable[Member]) -> None:
        """Take posts as they are now."""
        self.members |= {member.key: list(member[1:]) for member in members}

    def join(self, other: "Component") -> None:
        """Take over what another had."""
        self.turn = max(self.turn, other.turn)
        self.members = other.members | self.members
        self.threads += [thread for thread in other.threads if thread not in self.threads]

    def posts(self) -> list[Member]:
        """Give the members."""
        return [Member(key, *rest) for key, rest in self.members.items()]

    def document(self) -> dict[str, Any]:
        """Give what is kept."""
        return {"turn": self.turn, "members": self.members, "threads": self.threads}


class Conversations:
    """Writes a generation's threads; others may write at the same time."""

    def __init__(self, client: Elasticsearch, cluster: Cluster, generation: int) -> None:
        self._client, self._cluster = client, cluster
        self._components = cluster.conversations(generation)
        self._threads = cluster.threads_index(generation)

    def put(self, members: Iterable[Member]) -> None:
        """Take posts as they are now; safe when this returns, and visible after a refresh.

        Raises:
            Retriable: Elasticsearch is busy or away, or others write the same for too long.

        """
        left = {member.key: member for member in members}
        for turn in range(_TRIES):
            left = self._put(left)
            if not left:
                return
            # Others write the same conversations: not all of us at once again.
            time.sleep(random.uniform(0, _PAUSE * 2**turn))  # noqa: S311 - no secret
        raise Retriable(f"others write the threads of {len(left)} posts too", after=_PAUSE)

    def refresh(self) -> None:
        """Let what was put be found."""
        with self._cluster.retriable():
            self._client.indices.refresh(index=self._threads)

    def _put(self, changed: Mapping[str, Member]) -> dict[str, Member]:
        """Try once; give the posts whose conversation somebody else changed meanwhile."""
        links = [(key, member.parent) for key, member in changed.items()]
        mentioned = {each for link in links for each in link if each}
        leaders, there = self.leaders(mentioned)
        known = {key: leader for key, leader in leaders.items() if leader in there}
        of, moved = joined(links, known, lambda names: _sizes(there, names))
        components = {name: there.get(name, Component()) for name in set(of.values())}
        for old, name in moved.items():
            components[name].join(there[old])
        for key, member in changed.items():
            components[of[key]].put([member])
        failed = self._write(components)
        failed |= self._point(
            {key: of[key] for key in mentioned if key not in leaders},
            {old: name for old, name in moved.items() if name not in failed},
            there,
            failed,
        )
        self._tell({name: each for name, each in components.items() if name not in failed})
        return {key: member for key, member in changed.items() if of[key] in failed}

    def leaders(self, keys: Collection[str]) -> tuple[dict[str, str], dict[str, Component]]:
        """Follow each post to the leader of its component, as far as any document is there.

        Gives the leaders of the posts that have a document, and their components.
        """
        names: dict[str, str] = {}
        found: dict[str, Component] = {}
        wanted = set(keys)
        while wanted:
            rows = self._mget(sorted(wanted))
            wanted = set()
            for row in rows:
                if "error" in row:  # writing would make the index again, without its mapping
                    raise Retriable(f"Elasticsearch has no index {self._components}", after=_PAUSE)
                if not row.get("found"):
                    continue
                source = row["_source"]
                if "leader" in source:
                    names[row["_id"]] = source["leader"]
                    if source["leader"] not in names and source["leader"] not in found:
                        wanted.add(source["leader"])
                else:
                    found[row["_id"]] = Component(
                        source["turn"], source["members"], source["threads"], guard_of(row)
                    )
        return {key: _top(key, names) for key in keys if key in names or key in found}, found

    def _write(self, components: Mapping[str, Component]) -> set[str]:
        """Write the components; give those that somebody else has changed."""
        names = list(components)
        operations = []
        for name in names:
            each = components[name]
            each.turn += 1
            each.folded = {thread.thread_id: thread for thread in threads_of(each.posts())}
            gone = [old for old in each.threads if old not in each.folded]
            each.threads = [*each.folded, *gone]
            target = {"_index": self._components, "_id": name}
            action = {"index": target | each.guard} if each.guard else {"create": target}
            operations.append(Operation(action, each.document()))
        return self._conflicts(names, operations)

    def _point(
        self,
        members: Mapping[str, str],
        moved: Mapping[str, str],
        there: Mapping[str, Component],
        failed: Collection[str],
    ) -> set[str]:
        """Name the leader of posts that are new here, and of components that became a part."""
        names, operations = [], []
        for key, leader in members.items():
            if key != leader and leader not in failed:
                target = {"_index": self._components, "_id": key}
                names.append(leader)
                operations.append(Operation({"create": target}, {"leader": leader}))
        for old, leader in moved.items():
            target = {"_index": self._components, "_id": old} | (there[old].guard or {})
            names.append(leader)
            operations.append(Operation({"index": target}, {"leader": leader}))
        return self._conflicts(names, operations)

    def _tell(self, components: Mapping[str, Component]) -> None:
        """Write the threads' documents, and remove those that are no threads any more."""
        operations = []
        for name, each in components.items():
            for thread_id in each.threads:
                target: dict[str, Any] = {"_index": self._threads, "_id": thread_id}
                target |= {"version": each.turn, "version_type": "external_gte"}
                if thread := each.folded.get(thread_id):
                    document = to_document(thread, name)
                    operations.append(Operation({"index": target}, document))
                else:
                    operations.append(Operation({"delete": target}))
        with self._cluster.retriable():
            answers = send(self._client, operations)
        for answer in answers:
            # A later fold is there already.
            if answer.reason and not answer.conflict and answer.status != _GONE:
                raise _busy(answer)

    def _conflicts(self, names: Sequence[str], operations: Sequence[Operation]) -> set[str]:
        with self._cluster.retriable():
            answers = send(self._client, operations)
        for answer in answers:
            if answer.reason and not answer.conflict:
                raise _busy(answer)
        return {name for name, answer in zip(names, answers, strict=True) if answer.conflict}

    def _mget(self, keys: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        for at in range(0, len(keys), _AT_ONCE):
            with self._cluster.retriable():
                found = self._client.mget(index=self._components, ids=keys[at : at + _AT_ONCE])
            yield from found["docs"]


def to_document(thread: Thread, component: str) -> dict[str, Any]:
    """Make a thread's document: what is read out, and under `held` what it is made of again."""
    quiet, urgent, at, _ = rank(thread, "urgent")
    since = thread.waiting_since
    return thread.line() | {
        "department": thread.department,
        "source": thread.thread_id.partition(":")[0],
        "urgency": thread.urgency,
        "due_at": since and times.format_utc(deadline(moment(since), OFFICE_DAY)),
        "held": {
            "thread": list(thread),
            "component": component,
            "quiet": quiet,
            "urgent": urgent,
            "at": at,
            "last_at": thread.last_at,
        },
    }


def read(
    client: Elasticsearch, cluster: Cluster, generation: int, filters: ThreadFilters
) -> Iterator[Thread]:
    """Give a generation's threads in order, as they were when the first one was asked for."""
    now = None if filters.now is None else times.micros(filters.now)
    order = _ORDERS[filters.order]
    found = _every(client, cluster, generation, _query(filters, now), order)
    stored = (Thread(*held["thread"]) for held in found)
    later = [] if now is None else _as_of(client, cluster, generation, now, filters)
    ordered = partial(rank, order=filters.order)
    yield from merge(stored, sorted(later, key=ordered), key=ordered)


def _query(filters: ThreadFilters, now: int | None) -> dict[str, Any]:
    bounds: list[dict[str, Any]] = []
    if filters.statuses:
        bounds.append({"terms": {"status": list(filters.statuses)}})
    if filters.municipalities:
        bounds.append({"terms": {"municipality": list(filters.municipalities)}})
    if now is not None:
        bounds.append({"range": {_LAST: {"lte": now}}})
    return {"bool": {"filter": bounds}}


def _as_of(
    client: Elasticsearch, cluster: Cluster, generation: int, now: int, filters: ThreadFilters
) -> list[Thread]:
    """Fold anew, without their later posts, the threads that go on after `now`."""
    later = {"range": {_LAST: {"gt": now}}}
    names = {held["component"] for held in _every(client, cluster, generation, later)}
    _, components = Conversations(client, cluster, generation).leaders(names)
    return [
        thread
        for each in components.values()
        for thread in threads_before(each.posts(), now)
        if filters.take(thread)
    ]


def _every(
    client: Elasticsearch,
    cluster: Cluster,
    generation: int,
    query: Mapping[str, Any],
    order: Sequence[Mapping[str, str]] = _ORDERS["waiting"],
) -> Iterator[dict[str, Any]]:
    index, held = cluster.threads_index(generation), {"includes": ["held"]}
    found = every(client, cluster, index, query, order, held)
    return (source["held"] for source in found)


def _top(key: str, names: Mapping[str, str]) -> str:
    seen = set()
    while key in names and key not in seen:
        seen.add(key)
        key = names[key]
    return key


def _sizes(components: Mapping[str, Component], names: Collection[str]) -> dict[str, int]:
    return {name: len(components[name].members) for name in names}


def _busy(answer: Answer) -> Retriable:
    return Retriable(f"Elasticsearch does not take threads: {answer.reason}", after=_PAUSE)
