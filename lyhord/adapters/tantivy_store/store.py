"""The store over a tantivy index: upserts by version, searches, scans and counts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tantivy

from lyhord import times
from lyhord.adapters.tantivy_store import conversations, schema
from lyhord.adapters.tantivy_store.compiling import compile_query
from lyhord.adapters.tantivy_store.following import Follower
from lyhord.adapters.tantivy_store.reading import best, find, latest, newest, read_body
from lyhord.alerting.arrivals import Arrival
from lyhord.dialogue import Thread
from lyhord.errors import Misuse
from lyhord.ports import Filters, Hit, Page, ThreadFilters
from lyhord.query.fields import Vocabulary
from lyhord.query.levelled import Levelled, is_scored
from lyhord.query.selection import select
from lyhord.query.snippets import snippet

if TYPE_CHECKING:
    from lyhord.adapters.tantivy_store.writing import Writer

_MOST_BUCKETS = 65_000
"""tantivy's limit of buckets in one aggregation."""

NOTHING = Filters()
EVERY_THREAD = ThreadFilters()


class TantivyStore:
    """A `Store` in the folder `path`, or in the one beside it that serves since a replay.

    With `write` the caller holds the index lease: there is one writer. Any number of readers, in
    this process and others, see what was flushed. A store that nobody has written yet is empty.
    With `generation`, a replay's index is written, which no search sees before it serves.
    """

    def __init__(
        self,
        path: Path,
        *,
        write: bool = False,
        vocabulary: Vocabulary | None = None,
        generation: int | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._writer: Writer | None = None
        if write:
            from lyhord.adapters.tantivy_store import writing

            self._writer = writing.Writer(path, generation)
            generation = self._writer.generation
        self._follower = Follower(path, generation)

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """See `Store.upsert`."""
        return self._writing.upsert(values)

    def flush(self) -> None:
        """See `Store.flush`."""
        self._writing.flush()

    def settle(self) -> bool:
        """See `Store.settle`; tantivy does it by itself."""
        return False

    def search(
        self, query: str, filters: Filters = NOTHING, *, size: int = 20, sort: str = "relevance"
    ) -> Page:
        """See `Store.search`."""
        found = self._read(query, filters)
        if found is None:
            return Page((), 0)
        searcher, compiled, selection = found
        if sort == "newest" or not is_scored(selection):
            bodies, total = latest(searcher, compiled, size)
            hits = [(0.0, body) for body in bodies]
        else:
            hits, total = best(searcher, compiled, size)
        return Page([_hit(body, score, selection) for score, body in hits], total)

    def scan(self, query: str, filters: Filters = NOTHING) -> Iterator[dict[str, Any]]:
        """See `Store.scan`; the whole scan sees the index as it was at its beginning."""
        found = self._read(query, filters)
        return iter(()) if found is None else newest(found[0], found[1])

    def counts(
        self,
        query: str,
        filters: Filters = NOTHING,
        *,
        by: str,
        then_by: str | None = None,
        size: int = 1000,
    ) -> Mapping[str, Any]:
        """See `Store.counts`."""
        found = self._read(query, filters)
        if found is None:
            return {}
        inner = {"then": _terms(then_by, size)} if then_by else None
        wanted = {"by": _terms(by, size) | ({"aggs": inner} if inner else {})}
        buckets = found[0].aggregate(found[1], wanted)["by"]["buckets"]
        return {
            bucket["key"]: {one["key"]: one["doc_count"] for one in bucket["then"]["buckets"]}
            if then_by
            else bucket["doc_count"]
            for bucket in buckets
        }

    def facets(
        self, query: str, filters: Filters = NOTHING, *, by: Sequence[str], size: int = 1000
    ) -> Mapping[str, Mapping[str, int]]:
        """See `Store.facets`."""
        wanted = {field: _terms(field, size) for field in by}
        found = self._read(query, filters)
        if found is None or not wanted:
            return {field: {} for field in by}
        told = found[0].aggregate(found[1], wanted)
        return {
            field: {bucket["key"]: bucket["doc_count"] for bucket in told[field]["buckets"]}
            for field in by
        }

    def get(self, key: str) -> dict[str, Any] | None:
        """See `Store.get`."""
        searcher = self._follower.searcher()
        if searcher is None:
            return None
        stored = find(searcher, [key]).get(key)
        return read_body(stored) if stored else None

    def threads(self, filters: ThreadFilters = EVERY_THREAD) -> Iterator[Thread]:
        """See `Store.threads`."""
        return conversations.read(self._follower.folder(), filters)

    def arrivals(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Arrival]:
        """See `Store.arrivals`."""
        start, end = (None if each is None else times.micros(each) for each in (since, until))
        return conversations.arrivals(self._follower.folder(), start, end)

    def close(self) -> None:
        """See `Store.close`; what was not flushed is forgotten."""
        if self._writer is not None:
            self._writer.close()
        self._writer = None
        self._follower.close()

    def _read(
        self, query: str, filters: Filters
    ) -> tuple[tantivy.Searcher, tantivy.Query, Levelled] | None:
        selection = select(query, filters, vocabulary=self._vocabulary)
        searcher = self._follower.searcher()
        if searcher is None:
            return None
        return searcher, compile_query(selection), selection

    @property
    def _writing(self) -> "Writer":
        if self._writer is None:
            raise Misuse("the store was opened for reading")
        return self._writer


def _terms(field: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": schema.counted(field), "size": min(size, _MOST_BUCKETS)}}


def _hit(body: dict[str, Any], score: float, selection: Levelled) -> Hit:
    passage = snippet(body["text"], selection, search_text=body["lemmas"])
    return Hit(body, score, passage.text, passage.marks)
