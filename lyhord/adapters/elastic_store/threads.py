"""Threads: their documents, and how they are read in order, as they stand or stood."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from heapq import merge
from typing import Any

from elasticsearch import Elasticsearch

from lyhord import times
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.components import leaders
from lyhord.adapters.elastic_store.reading import every
from lyhord.dialogue import Order, Thread, rank, threads_before
from lyhord.dialogue.office import OFFICE_DAY, deadline
from lyhord.dialogue.threads import moment
from lyhord.ports import ThreadFilters

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
    _, components = leaders(client, cluster, generation, names)
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
