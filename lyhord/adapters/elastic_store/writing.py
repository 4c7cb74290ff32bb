"""Writing: versions of posts are merged with what is there, by compare-and-set, in bulk.

A post lies in the index of its month. Where that is, the registry knows by the post's key, at once
and not only after a refresh; a post that it does not know is new, and is created, not overwritten.
What is known is read, merged and written only if nobody wrote it meanwhile (`if_seq_no`).
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store.cluster import FIRST, Cluster
from lyhord.adapters.elastic_store.documents import from_document, month_of, to_document
from lyhord.errors import Retriable
from lyhord.model import Tagged, version_of
from lyhord.parsing import key_of, problem_with
from lyhord.versions import Stored, merge

_TRIES = 8
_PAUSE = 0.25
_MOST_PAUSE = 8.0
_CONFLICT, _BUSY = 409, 429
_BULK_HEADERS = {"content-type": "application/x-ndjson", "accept": "application/json"}


@dataclass(slots=True)
class Place:
    """Where a post lies: its month, and the document's state for compare-and-set."""

    month: str
    seq_no: int | None = None
    term: int | None = None


@dataclass(slots=True)
class _Work:
    """One post of a batch: what arrived of it, in order, and what came of each."""

    key: str
    arrived: list[tuple[int, bytes, Any]] = field(default_factory=list)
    place: Place | None = None
    stored: Stored | None = None
    document: dict[str, Any] | None = None


class Writer:
    """Writes for one index stage; others may write at the same time.

    Args:
        client: of the cluster.
        cluster: whose indices these are.
        generation: which ones.
        model: whose tags win where equal versions meet (see `merge`).

    """

    def __init__(
        self, client: Elasticsearch, cluster: Cluster, generation: int = FIRST, model: str = ""
    ) -> None:
        self._client, self._cluster, self._generation = client, cluster, generation
        self._model = model
        self._unrefreshed: set[str] = set()

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """See `Store.upsert`; what it returns for is safe already."""
        refusals: list[str | None] = [None] * len(values)
        works: dict[str, _Work] = {}
        for at, value in enumerate(values):
            key, tagged = key_of(value)
            if not key:
                refusals[at] = problem_with(value) or "is no tagged post"
                continue
            works.setdefault(key, _Work(key)).arrived.append((at, value, tagged))
        self._settle(list(works.values()), refusals)
        return refusals

    def flush(self) -> None:
        """See `Store.flush`."""
        if self._unrefreshed:
            with self._cluster.retriable():
                self._client.indices.refresh(
                    index=sorted(self._unrefreshed), ignore_unavailable=True
                )
            self._unrefreshed.clear()

    def _settle(self, works: Sequence[_Work], refusals: list[str | None]) -> None:
        """Write until everything is written or refused.

        Raises:
            Retriable: Elasticsearch is busy or away for longer than a few tries.

        """
        pause = _PAUSE
        for _ in range(_TRIES):
            self._locate(works)
            ready = [work for work in works if self._prepare(work, refusals)]
            conflicts, busy, told = self._write(ready, refusals)
            works = [*conflicts, *busy]
            if not works:
                return
            if busy:
                time.sleep(pause)
                pause = min(2 * pause, _MOST_PAUSE)
        raise Retriable(f"Elasticsearch did not take {len(works)} posts: {told}", after=pause)

    def _locate(self, works: Sequence[_Work]) -> None:
        """Find out which posts are there already, and read those."""
        registry = self._cluster.registry(self._generation)
        with self._cluster.retriable():
            rows = self._mget([(registry, work.key) for work in works])
        known = []
        for work, row in zip(works, rows, strict=True):
            work.stored, work.place = None, None
            if "error" in row:
                raise Retriable(f"Elasticsearch has no index {registry} now", after=_PAUSE)
            if row.get("found"):
                work.place = Place(row["_source"]["month"])
                known.append(work)
        with self._cluster.retriable():
            rows = self._mget([(self._index(work.place), work.key) for work in known])
        for work, row in zip(known, rows, strict=True):
            if row.get("found"):
                assert work.place is not None  # noqa: S101 - it was found by its place
                work.place.seq_no, work.place.term = row["_seq_no"], row["_primary_term"]
                work.stored = from_document(row["_source"])

    def _prepare(self, work: _Work, refusals: list[str | None]) -> bool:
        """Merge what arrived with what is there; tell whether anything is to be written."""
        before = work.stored
        work.document = None
        good = [each for each in work.arrived if refusals[each[0]] is None]
        if before is None and len(good) == 1:
            at, value, tagged = good[0]
            try:
                version = version_of(tagged["post"])
                origin = None if tagged["post"]["deleted"] else version
                work.document = to_document(tagged, version, origin)
            except (KeyError, TypeError, ValueError) as problem:
                refusals[at] = problem_with(value) or f"{type(problem).__name__}: {problem}"
            return work.document is not None
        merged = before
        for at, value, _ in good:
            refusals[at] = problem_with(value)
            if refusals[at]:
                continue
            arrived = Stored.arrived(Tagged.model_validate_json(value))
            merged = merge(merged, arrived, model=self._model) if merged else arrived
        if merged is None or merged == before:
            return False
        body = orjson.loads(merged.tagged.model_dump_json())
        work.document = to_document(body, merged.version, merged.origin)
        return True

    def _write(
        self, works: Sequence[_Work], refusals: list[str | None]
    ) -> tuple[list[_Work], list[_Work], str]:
        """Send; give what somebody else changed meanwhile, what is to be sent again, and why."""
        if not works:
            return [], [], ""
        lines: list[bytes] = []
        owners: list[_Work] = []
        for work in works:
            for action, body in self._actions(work):
                lines.append(orjson.dumps(action))
                if body is not None:
                    lines.append(orjson.dumps(body))
                owners.append(work)
        with self._cluster.retriable():
            answer: Any = self._client.perform_request(
                "POST",
                "/_bulk",
                params={"filter_path": "errors,items.*.status,items.*.error"},
                headers=_BULK_HEADERS,
                body=b"\n".join([*lines, b""]),
            ).body
        for work in works:
            self._unrefreshed.add(self._index(Place(month_of(work.document or {}))))
            if work.place:
                self._unrefreshed.add(self._index(work.place))
        if not answer["errors"]:
            return [], [], ""
        return self._sort_out(owners, answer["items"], refusals)

    @staticmethod
    def _sort_out(
        owners: Sequence[_Work], items: Sequence[Mapping[str, Any]], refusals: list[str | None]
    ) -> tuple[list[_Work], list[_Work], str]:
        conflicts: dict[str, _Work] = {}
        busy: dict[str, _Work] = {}
        told = ""
        for work, item in zip(owners, items, strict=True):
            ((_, result),) = item.items()
            error = result.get("error")
            if error is None:
                continue
            status, reason = result["status"], f"{error['type']}: {error.get('reason', '')}"
            if status == _CONFLICT:
                conflicts[work.key] = work
            elif status == _BUSY or status >= 500 or status == 403:  # noqa: PLR2004 - HTTP's classes
                busy[work.key], told = work, reason
            elif status != 404:  # noqa: PLR2004 - a document to be moved is gone already
                for at, _, _ in work.arrived:
                    refusals[at] = refusals[at] or f"Elasticsearch refuses it: {reason[:300]}"
        for key in busy:
            conflicts.pop(key, None)
        return list(conflicts.values()), list(busy.values()), told

    def _actions(self, work: _Work) -> Iterator[tuple[dict[str, Any], dict[str, Any] | None]]:
        assert work.document is not None  # noqa: S101 - _prepare made it
        month = month_of(work.document)
        target = {"_index": self._index(Place(month)), "_id": work.key}
        place = work.place
        if place is None or place.month != month:
            registry = self._cluster.registry(self._generation)
            yield {"index": {"_index": registry, "_id": work.key}}, {"month": month}
        if place is not None and place.seq_no is not None:
            guard = {"if_seq_no": place.seq_no, "if_primary_term": place.term}
            if place.month == month:
                yield {"index": target | guard}, work.document
                return
            old = {"_index": self._index(place), "_id": work.key}
            yield {"delete": old | guard}, None
        yield {"create": target}, work.document

    def _index(self, place: Place | None) -> str:
        assert place is not None  # noqa: S101 - only asked where there is one
        return self._cluster.index(place.month, self._generation)

    def _mget(self, wanted: Collection[tuple[str, str]]) -> list[dict[str, Any]]:
        if not wanted:
            return []
        docs = [{"_index": index, "_id": key} for index, key in wanted]
        found: list[dict[str, Any]] = self._client.mget(docs=docs)["docs"]
        return found
