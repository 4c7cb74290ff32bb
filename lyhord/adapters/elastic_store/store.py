"""The store over an Elasticsearch cluster: upserts by version, searches, scans and counts."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from lyhord.adapters.elastic_store import fence, generations, threads
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.compiling import by_relevance, compile_query
from lyhord.adapters.elastic_store.reading import Reader
from lyhord.adapters.elastic_store.settling import settle
from lyhord.adapters.elastic_store.writing import Writer
from lyhord.alerting.arrivals import Arrival
from lyhord.dialogue import Thread
from lyhord.errors import Misuse
from lyhord.ports import Filters, Hit, Page, ThreadFilters
from lyhord.query.fields import Vocabulary
from lyhord.query.levelled import Levelled, is_scored
from lyhord.query.selection import select
from lyhord.query.snippets import snippet

NOTHING = Filters()
EVERY_THREAD = ThreadFilters()


class ElasticStore:
    """A `Store` on `cluster`.

    With `write`, index templates are put where they are missing or old. Any number of writers:
    each write is a compare-and-set. With `generation`, a replay's indices are written, which no
    search sees before they are switched to.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        write: bool = False,
        vocabulary: Vocabulary | None = None,
        generation: int | None = None,
    ) -> None:
        self._cluster, self._vocabulary = cluster, vocabulary
        self._client = cluster.connect()
        self._reader = Reader(self._client, cluster)
        self._writer: Writer | None = None
        self._served: int | None = None
        if write:
            if generation is None:
                self._served = generation = generations.serving(self._client, cluster)
            generations.prepare(self._client, cluster, generation)
            model = generations.model(self._client, cluster, generation)
            self._writer = Writer(self._client, cluster, generation, model)

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """See `Store.upsert`."""
        return self._writing.upsert(values)

    def flush(self) -> None:
        """See `Store.flush`."""
        self._writing.flush()
        if self._served is not None:
            fence.check(self._client, self._cluster, self._served)

    def settle(self) -> bool:
        """See `Store.settle`."""
        return settle(self._client, self._cluster, self._writing.generation)

    def search(
        self, query: str, filters: Filters = NOTHING, *, size: int = 20, sort: str = "relevance"
    ) -> Page:
        """See `Store.search`."""
        selection, compiled = self._read(query, filters)
        if sort == "newest" or not is_scored(selection):
            rows, total = self._reader.newest(compiled, size)
        else:
            rows, total = self._reader.best(by_relevance(compiled), size)
        return Page([_hit(body, score, selection) for score, body in rows], total)

    def scan(self, query: str, filters: Filters = NOTHING) -> Iterator[dict[str, Any]]:
        """See `Store.scan`; the whole scan sees the indices as they were at its beginning."""
        return self._reader.every(self._read(query, filters)[1])

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
        compiled = self._read(query, filters)[1]
        return self._reader.counts(compiled, by=by, then_by=then_by, size=size)

    def facets(
        self, query: str, filters: Filters = NOTHING, *, by: Sequence[str], size: int = 1000
    ) -> Mapping[str, Mapping[str, int]]:
        """See `Store.facets`."""
        return self._reader.facets(self._read(query, filters)[1], by=by, size=size)

    def get(self, key: str) -> dict[str, Any] | None:
        """See `Store.get`."""
        return self._reader.get(key)

    def threads(self, filters: ThreadFilters = EVERY_THREAD) -> Iterator[Thread]:
        """See `Store.threads`."""
        generation = generations.serving(self._client, self._cluster)
        return threads.read(self._client, self._cluster, generation, filters)

    def arrivals(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Arrival]:
        """See `Store.arrivals`; as the indices were when the first one was asked for."""
        return self._reader.arrivals(compile_query(select("*", Filters(since, until))))

    def close(self) -> None:
        """See `Store.close`."""
        self._client.close()

    def _read(self, query: str, filters: Filters) -> tuple[Levelled, dict[str, Any]]:
        selection = select(query, filters, vocabulary=self._vocabulary)
        return selection, compile_query(selection)

    @property
    def _writing(self) -> Writer:
        if self._writer is None:
            raise Misuse("the store was opened for reading")
        return self._writer


def _hit(body: dict[str, Any], score: float, selection: Levelled) -> Hit:
    passage = snippet(body["text"], selection, search_text=body["lemmas"])
    return Hit(body, score, passage.text, passage.marks)
