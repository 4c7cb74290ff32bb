"""Pages of posts and threads, each with the cursor that the next one is asked for by."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import dropwhile, islice
from typing import Any

import orjson

from lyhord import times
from lyhord.dialogue import rank
from lyhord.errors import Misuse
from lyhord.ports import Filters, Store, ThreadFilters

_DEEPEST = 10_000
"""Posts that can be paged through by relevance; by time there is no end."""
_MOMENT = timedelta(microseconds=1)

Page = dict[str, Any]


def newest(store: Store, query: str, filters: Filters, size: int, cursor: str | None) -> Page:
    """Give posts, the newest first.

    Raises:
        Misuse: the cursor is none of ours.
        QueryError: the query cannot be read.

    """
    after = _read(cursor, str, str)
    total = store.search(query, filters, size=1, sort="newest").total
    found: Iterator[Mapping[str, Any]]
    if after is None:
        found = store.scan(query, filters)
    else:
        written, key = after
        found = store.scan(query, _before(filters, _moment(written)))
        found = dropwhile(lambda row: row["created_at"] == written and row["id"] <= key, found)
    page = list(islice(found, size + 1))
    more = _cursor(page[size - 1]["created_at"], page[size - 1]["id"]) if len(page) > size else None
    return {"total": total, "posts": page[:size], "next": more}


def best(store: Store, query: str, filters: Filters, size: int, cursor: str | None) -> Page:
    """Give posts, the most relevant first, with their scores and marked passages.

    Raises:
        Misuse: the cursor is none of ours, or deeper than relevance goes.
        QueryError: the query cannot be read.

    """
    after = _read(cursor, int)
    start = after[0] if after else 0
    if not 0 <= start < _DEEPEST:
        raise Misuse(f"cursor: relevance ends at {_DEEPEST:,} posts; sort by newest instead")
    end = min(start + size, _DEEPEST)
    page = store.search(query, filters, size=end)
    rows = [
        dict(hit.fields) | {"score": hit.score, "snippet": hit.snippet, "marks": hit.marks}
        for hit in page.hits[start:]
    ]
    more = _cursor(end) if rows and end < min(page.total, _DEEPEST) else None
    return {"total": page.total, "posts": rows, "next": more}


def threads(store: Store, filters: ThreadFilters, size: int, cursor: str | None) -> Page:
    """Give threads in the order of the filters.

    Raises:
        Misuse: the cursor is none of ours.

    """
    after = _read(cursor, bool, int, int, str)
    found = store.threads(filters)
    if after is not None:
        found = dropwhile(lambda thread: rank(thread, filters.order) <= tuple(after), found)
    page = list(islice(found, size + 1))
    more = _cursor(*rank(page[size - 1], filters.order)) if len(page) > size else None
    return {"threads": [thread.line() for thread in page[:size]], "next": more}


def _before(filters: Filters, moment: datetime) -> Filters:
    """Narrow filters to what was written at `moment` or earlier."""
    until = moment + _MOMENT
    return Filters(filters.since, min(filters.until or until, until), filters.labels)


def _cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode()


def _read(cursor: str | None, *kinds: type) -> list[Any] | None:
    if cursor is None:
        return None
    try:
        values = orjson.loads(base64.urlsafe_b64decode(cursor))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or [type(value) for value in values] != [*kinds]:
        raise Misuse("cursor: it is not what `next` gave for these parameters")
    return values


def _moment(written: str) -> datetime:
    try:
        return times.parse(written)
    except ValueError as error:
        raise Misuse(f"cursor: {error}") from None
