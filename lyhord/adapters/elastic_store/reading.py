"""Reading hits: a page in order, everything in order, counts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.documents import read_body
from lyhord.adapters.elastic_store.mapping import CREATED, HELD, path
from lyhord.alerting.arrivals import Arrival
from lyhord.errors import Misuse
from lyhord.indexing import DAY, MONTH
from lyhord.query.fields import FIELDS, FieldKind, countable

# By the date first, cut to milliseconds though it is: months without anything newer are left out.
NEWEST = [{"created_at": "desc"}, {CREATED: "desc"}, {"id": "asc"}]
OLDEST = [{"created_at": "asc"}, {CREATED: "asc"}, {"id": "asc"}]

_FIRST_PAGE, _PAGE = 101, 1_000
_KEEP = "2m"
_MOST_BUCKETS = 65_000
_HIDDEN = [HELD]
_TIES, _WINDOW = 10, 10_000
"""Hits looked at beyond the page, and what Elasticsearch gives at most."""
_COLUMNS_PAGE = 10_000
_COLUMNS = {
    "created": CREATED,
    "key": "id",
    "municipality": "municipality",
    "topic": "topic",
    "author_role": "author_role",
    "author": "author",
    "fingerprint": "fingerprint",
    "sentiment": "sentiment.label",
    "needs_answer": "needs_answer",
}
"""Where the columns are that an `Arrival` is made of."""


class Reader:
    """Asks the alias; where no index is there yet, there is nothing."""

    def __init__(self, client: Elasticsearch, cluster: Cluster) -> None:
        self._client, self._cluster = client, cluster

    def newest(
        self, query: Mapping[str, Any], size: int
    ) -> tuple[list[tuple[float, dict[str, Any]]], int]:
        """Give the first hits, newest first, and how many there are in all; nothing has a score."""
        found = self._ask(query=query, sort=NEWEST, size=size, track_total_hits=True)
        return _page(found)

    def best(
        self, query: Mapping[str, Any], size: int
    ) -> tuple[list[tuple[float, dict[str, Any]]], int]:
        """Give the hits with the highest scores, equal ones newest first, and how many there are.

        By the score alone it takes two thirds of the time; equal ones are put in order here.
        """
        wanted = min(size + _TIES, _WINDOW)
        rows, total = _page(self._ask(query=query, size=wanted, track_total_hits=True))
        rows.sort(key=lambda row: row[1]["id"])
        rows.sort(
            key=lambda row: (row[0], datetime.fromisoformat(row[1]["created_at"])), reverse=True
        )
        return rows[:size], total

    def every(self, query: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Give all hits, newest first, as they were at the beginning (point in time)."""
        hidden = {"excludes": _HIDDEN}
        found = every(self._client, self._cluster, self._cluster.alias, query, NEWEST, hidden)
        return map(read_body, found)

    def arrivals(self, query: Mapping[str, Any]) -> Iterator[Arrival]:
        """Give what alerting knows of all hits, by time and key, from the columns alone."""
        read = {"source": False, "docvalue_fields": list(_COLUMNS.values())}
        where = (self._client, self._cluster, self._cluster.alias)
        return map(_arrival, hits(*where, query, OLDEST, read, pages=_COLUMNS_PAGE))

    def counts(
        self, query: Mapping[str, Any], *, by: str, then_by: str | None, size: int
    ) -> Mapping[str, Any]:
        """Count hits by one field, or by two."""
        inner = {"aggs": {"then": _terms(then_by, size)}} if then_by else {}
        found = self._ask(
            query=query, size=0, track_total_hits=False, aggs={"by": _terms(by, size) | inner}
        )
        if found is None:
            return {}
        return {
            _name(bucket): {_name(one): one["doc_count"] for one in bucket["then"]["buckets"]}
            if then_by
            else bucket["doc_count"]
            for bucket in found["aggregations"]["by"]["buckets"]
        }

    def facets(
        self, query: Mapping[str, Any], *, by: Sequence[str], size: int
    ) -> Mapping[str, Mapping[str, int]]:
        """Count hits by several fields in one request."""
        aggs = {field: _terms(field, size) for field in by}
        found = self._ask(query=query, size=0, track_total_hits=False, aggs=aggs) if aggs else None
        if found is None:
            return {field: {} for field in by}
        return {
            field: {_name(bucket): bucket["doc_count"] for bucket in told["buckets"]}
            for field, told in ((field, found["aggregations"][field]) for field in by)
        }

    def get(self, key: str) -> dict[str, Any] | None:
        """Give one document, deleted ones too."""
        found = self._ask(query={"ids": {"values": [key]}}, size=1)
        hits = found["hits"]["hits"] if found else []
        return read_body(hits[0]["_source"]) if hits else None

    def _ask(self, **body: Any) -> Any:
        with self._cluster.retriable():
            try:
                return self._client.search(
                    index=self._cluster.alias, source_excludes=_HIDDEN, **body
                )
            except NotFoundError:
                return None


def _page(found: Any) -> tuple[list[tuple[float, dict[str, Any]]], int]:
    if found is None:
        return [], 0
    rows = [(hit["_score"] or 0.0, read_body(hit["_source"])) for hit in found["hits"]["hits"]]
    return rows, found["hits"]["total"]["value"]


def every(  # noqa: PLR0913, PLR0917 - what a search has
    client: Elasticsearch,
    cluster: Cluster,
    index: str,
    query: Mapping[str, Any],
    order: Any,
    source: Mapping[str, Sequence[str]],
) -> Iterator[dict[str, Any]]:
    """Give the documents of all hits, in order, as they were at the beginning.

    `source` tells which fields are wanted (`includes`, `excludes`).
    """
    found = hits(client, cluster, index, query, order, {"source": source})
    return (hit["_source"] for hit in found)


def hits(  # noqa: PLR0913, PLR0917 - what a search has
    client: Elasticsearch,
    cluster: Cluster,
    index: str,
    query: Mapping[str, Any],
    order: Any,
    read: Mapping[str, Any],
    *,
    pages: int = _PAGE,
) -> Iterator[dict[str, Any]]:
    """Give all hits, in order, as they were at the beginning (point in time).

    Where no index is there, there is nothing. The first page is a small one: whoever shows a page
    to somebody reads no further; the others have `pages` hits. `read` tells what is wanted of each.
    """
    with cluster.retriable():
        try:
            snapshot = client.open_point_in_time(index=index, keep_alive=_KEEP)["id"]
        except NotFoundError:
            return
    after: list[Any] | None = None
    size = _FIRST_PAGE
    try:
        while True:
            with cluster.retriable():
                found = client.search(
                    pit={"id": snapshot, "keep_alive": _KEEP},
                    query=query,
                    sort=order,
                    size=size,
                    search_after=after,
                    track_total_hits=False,
                    **read,
                )
            page = found["hits"]["hits"]
            yield from page
            if len(page) < size:
                return
            snapshot, after, size = found["pit_id"], page[-1]["sort"], pages
    finally:
        with cluster.retriable():
            client.close_point_in_time(id=snapshot)


def _arrival(hit: Mapping[str, Any]) -> Arrival:
    told = hit["fields"]
    first: dict[str, Any] = {
        name: told[field][0] if field in told else None for name, field in _COLUMNS.items()
    }
    official = first.pop("author_role") == "municipality"
    return Arrival(official=official, **first)


def counted(name: str) -> str:
    """Give the field behind a name to count by.

    Raises:
        Misuse: nothing can be counted by that name.

    """
    if name in (DAY, MONTH):
        return f"{HELD}.{name}"
    if name == "topic":
        return name
    field = FIELDS.get("topic" if name == "topics" else name)
    if field is None or field.kind is FieldKind.TEXT:
        raise Misuse(f"posts cannot be counted by {name!r}; by {', '.join(countable())} they can")
    return path(field)


def _terms(name: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": counted(name), "size": min(size, _MOST_BUCKETS)}}


def _name(bucket: Mapping[str, Any]) -> Any:
    return bucket.get("key_as_string", bucket["key"])
