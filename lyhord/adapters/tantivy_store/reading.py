"""Reading hits in order: newest first, or best first, with ties as the design says."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
import tantivy

from lyhord.adapters.tantivy_store import schema
from lyhord.readout import readout

PAGE = 500
_TIES = 50
"""Hits looked at beyond the page, since equal scores at its edge are put in order here."""

Found = list[tuple[Any, tantivy.DocAddress]]


def newest(
    searcher: tantivy.Searcher, query: tantivy.Query, *, page: int = PAGE
) -> Iterator[dict[str, Any]]:
    """Give all hits in read-out form, newest first, posts of one moment by id.

    Works in pages of `page` hits: only they, and those of the moment at the edge, are in memory.
    """
    before: int | None = None
    while True:
        hits = _by_time(searcher, _within(query, None, before), page)
        edge = hits[-1][0] if len(hits) == page else None
        yield from _in_order(searcher, [hit for hit in hits if hit[0] != edge])
        if edge is None:
            return
        moment = _within(query, edge, edge + 1)
        yield from _in_order(searcher, _by_time(searcher, moment, count(searcher, moment)))
        before = edge


def latest(
    searcher: tantivy.Searcher, query: tantivy.Query, size: int
) -> tuple[list[dict[str, Any]], int]:
    """Give the first `size` hits in the order of `newest`, and how many there are in all."""
    found = searcher.search(query, size + _TIES, order_by_field=schema.CREATED)
    hits = found.hits
    if len(hits) == size + _TIES and hits[-1][0] == hits[size - 1][0]:
        return list(islice(newest(searcher, query), size)), _total(found)
    earliest = hits[min(size, len(hits)) - 1][0] if hits else 0
    rows = _in_order(searcher, [hit for hit in hits if hit[0] >= earliest])
    return list(rows)[:size], _total(found)


def best(
    searcher: tantivy.Searcher, query: tantivy.Query, size: int
) -> tuple[list[tuple[float, dict[str, Any]]], int]:
    """Give the hits with the highest scores, equal ones newest first, then by id; and how many."""
    found = searcher.search(query, size + _TIES, weight_by_field=schema.RECENCY)
    hits = found.hits
    lowest = hits[size - 1][0] if len(hits) > size else 0.0
    rows = [(score, read_body(searcher.doc(address))) for score, address in hits if score >= lowest]
    rows.sort(key=lambda row: row[1]["id"])
    rows.sort(key=lambda row: (row[0], _moment(row[1])), reverse=True)
    return rows[:size], _total(found)


def read_body(document: tantivy.Document) -> dict[str, Any]:
    """Give a document's post in read-out form."""
    return readout(orjson.loads(stored_bytes(document, schema.BODY)))


def stored_bytes(document: tantivy.Document, name: str) -> bytes:
    """Give a field that the document keeps as bytes."""
    value = document.get_first(name)
    return value if isinstance(value, bytes) else bytes(value or b"")


def every(searcher: tantivy.Searcher) -> Iterator[dict[str, Any]]:
    """Give all documents as tagged posts, deleted ones too, in no order."""
    if searcher.num_docs:
        found = searcher.search(tantivy.Query.all_query(), searcher.num_docs, count=False)
        for _, address in found.hits:
            yield orjson.loads(stored_bytes(searcher.doc(address), schema.BODY))


def find(searcher: tantivy.Searcher, keys: Sequence[str]) -> dict[str, tantivy.Document]:
    """Give the documents that have these keys."""
    query = tantivy.Query.term_set_query(schema.SCHEMA, schema.KEY, keys)
    hits = searcher.search(query, len(keys), count=False).hits
    documents = (searcher.doc(address) for _, address in hits)
    return {read_body(document)["id"]: document for document in documents}


def count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """Give how many documents match."""
    return _total(searcher.search(query, 1))


def _total(found: tantivy.SearchResult) -> int:
    return found.count or 0  # type: ignore[attr-defined]  # not in its stub


def _by_time(searcher: tantivy.Searcher, query: tantivy.Query, limit: int) -> Found:
    return searcher.search(query, limit, count=False, order_by_field=schema.CREATED).hits


def _within(query: tantivy.Query, start: int | None, end: int | None) -> tantivy.Query:
    """Narrow a query to [start, end) in microseconds."""
    if start is None and end is None:
        return query
    return query.and_must_match(schema.created_within(start, end))


def _in_order(searcher: tantivy.Searcher, hits: Found) -> Iterator[dict[str, Any]]:
    rows = [(-moment, read_body(searcher.doc(address))) for moment, address in hits]
    rows.sort(key=lambda row: (row[0], row[1]["id"]))
    return (body for _, body in rows)


def _moment(body: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(body["created_at"])
