"""Writing: versions of posts are merged with what is there, by compare-and-set, in bulk.

A post lies in the index of its month. Where that is, the registry knows by the post's key, at once
and not only after a refresh: it is told before a document is written, and names the month that a
document comes from before it is moved. So whatever breaks in between, all of it is found again.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import orjson
import structlog
from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store.bulk import Operation, send
from lyhord.adapters.elastic_store.cluster import FIRST, Cluster
from lyhord.adapters.elastic_store.conversations import Conversations
from lyhord.adapters.elastic_store.documents import from_document, to_document
from lyhord.adapters.elastic_store.works import Try, Work, guard_of
from lyhord.dialogue import Member
from lyhord.errors import Retriable
from lyhord.model import Tagged, version_of
from lyhord.parsing import parse_each, unreadable
from lyhord.versions import Stored, merge

log = structlog.get_logger()

_PART, _PARTS_AT_ONCE = 500, 4
"""Posts that are written by one request, and how many such are under way."""
_TRIES = 8
_PAUSE = 0.25
_MOST_PAUSE = 8.0
_NO_INDEX = "index_not_found_exception"


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
        self._client, self._cluster, self.generation = client, cluster, generation
        self._registry = cluster.registry(generation)
        self._model = model
        self._unrefreshed: set[str] = set()
        self._conversations = Conversations(client, cluster, generation)
        self._members: dict[str, Member] = {}

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """See `Store.upsert`; what it returns for is safe already."""
        refusals: list[str | None] = [None] * len(values)
        works: dict[str, Work] = {}
        for at, key, tagged, value in parse_each(values, refusals):
            works.setdefault(key, Work(key)).arrived.append((at, value, tagged))
        # Parts have no key in common: one is made ready here while another is written there.
        parts = _parts(works.values())
        with ThreadPoolExecutor(_PARTS_AT_ONCE, "index") as pool:
            for done in [pool.submit(self._settle, part, refusals) for part in parts]:
                done.result()
        return refusals

    def flush(self) -> None:
        """See `Store.flush`."""
        if self._members:
            self._conversations.put(self._members.values())
            self._conversations.refresh()
            self._members.clear()
        if self._unrefreshed:
            with self._cluster.retriable():
                self._client.indices.refresh(
                    index=sorted(self._unrefreshed), ignore_unavailable=True
                )
            self._unrefreshed.clear()

    def _settle(self, works: Sequence[Work], refusals: list[str | None]) -> None:
        """Write until everything is written or refused.

        Raises:
            Retriable: Elasticsearch is busy or away for longer than a few tries.

        """
        pause = _PAUSE
        for turn in range(_TRIES):
            # Where one is new the rest may be too: what is not is in conflict, and then looked up.
            self._locate(works[:1])
            if turn or works[0].months:
                self._locate(works[1:])
            tried = Try(refusals)
            self._write([work for work in works if self._prepare(work, refusals)], tried)
            # Those too that were there: a crash may have kept them from their threads.
            self._members |= {
                work.key: work.member
                for work in works
                if work.member and work.key not in tried.again and not work.refused(refusals)
            }
            works = list(tried.again.values())
            if not works:
                return
            if tried.told:
                time.sleep(pause)
                pause = min(2 * pause, _MOST_PAUSE)
        raise Retriable(
            f"Elasticsearch did not take {len(works)} posts: {tried.told or 'others write them'}",
            after=pause,
        )

    def _locate(self, works: Sequence[Work]) -> None:
        """Find out which posts are there already, and read those."""
        rows = self._mget((self._registry, work.key) for work in works)
        for work, row in zip(works, rows, strict=True):
            if "error" in row:
                raise Retriable(f"Elasticsearch has no index {self._registry} now", after=_PAUSE)
            work.months, work.registered, work.places, work.stored = (), None, {}, None
            if row.get("found"):
                work.months = (row["_source"]["month"], *row["_source"].get("also", ()))
                work.registered = guard_of(row)
        known = [(work, month) for work in works for month in work.months]
        rows = self._mget((self._index(month), work.key) for work, month in known)
        for (work, month), row in zip(known, rows, strict=True):
            if row.get("error", {}).get("type", _NO_INDEX) != _NO_INDEX:
                raise Retriable(f"Elasticsearch cannot read {work.key} now", after=_PAUSE)
            if row.get("found"):
                work.places[month] = guard_of(row)
                if there := _read(row):
                    one = work.stored
                    work.stored = merge(one, there, model=self._model) if one else there

    def _prepare(self, work: Work, refusals: list[str | None]) -> bool:
        """Merge what arrived with what is there; tell whether anything is to be written."""
        before = work.stored
        if before is None and len(work.arrived) == 1:
            at, _, tagged = work.arrived[0]
            try:
                version = version_of(tagged["post"])
                origin = None if tagged["post"]["deleted"] else version
                work.document = to_document(tagged, version, origin)
                work.member = Member.of(tagged)
            except (ValueError, OverflowError) as problem:
                refusals[at] = unreadable(problem)
            return refusals[at] is None
        merged = before
        for at, value, _ in work.arrived:
            try:
                arrived = Stored.arrived(Tagged.model_validate_json(value))
                merged = merge(merged, arrived, model=self._model) if merged else arrived
            except (ValueError, OverflowError) as problem:
                refusals[at] = unreadable(problem)
        if merged is None:
            return False
        body = orjson.loads(merged.tagged.model_dump_json())
        work.member = Member.of(body)
        if merged == before and work.in_place:
            return False
        work.document = to_document(body, merged.version, merged.origin)
        return True

    def _write(self, works: Sequence[Work], tried: Try) -> None:
        """Tell the registry where it has to know, then write, then remove what was moved."""
        known: list[Work] = []
        others: list[Work] = []
        for work in works:
            (known if work.month in work.months[:1] else others).append(work)
        told = self._send([(work, self._entry(work)) for work in others], tried)
        written = self._send([(work, self._put(work)) for work in (*known, *told)], tried)
        self._send([(work, each) for work in written for each in self._removals(work)], tried)

    def _send(self, pairs: Sequence[tuple[Work, Operation]], tried: Try) -> list[Work]:
        """Send; give the works whose operation was done."""
        with self._cluster.retriable():
            answers = send(self._client, [operation for _, operation in pairs])
        return [
            work
            for (work, operation), answer in zip(pairs, answers, strict=True)
            if tried.done(work, answer, removing="delete" in operation.action)
        ]

    def _entry(self, work: Work) -> Operation:
        """Tell the registry where the post will lie, and where it may still lie."""
        target = {"_index": self._registry, "_id": work.key}
        if work.registered is None:
            return Operation({"create": target}, {"month": work.month})
        also = [month for month in work.months if month != work.month]
        return Operation({"index": target | work.registered}, {"month": work.month, "also": also})

    def _put(self, work: Work) -> Operation:
        index = self._index(work.month)
        self._unrefreshed.add(index)
        target = {"_index": index, "_id": work.key}
        if there := work.places.get(work.month):
            return Operation({"index": target | there}, work.document)
        return Operation({"create": target}, work.document)

    def _removals(self, work: Work) -> Iterator[Operation]:
        for month, there in work.places.items():
            if month != work.month:
                index = self._index(month)
                self._unrefreshed.add(index)
                yield Operation({"delete": {"_index": index, "_id": work.key} | there})

    def _index(self, month: str) -> str:
        return self._cluster.index(month, self.generation)

    def _mget(self, wanted: Iterable[tuple[str, str]]) -> Collection[dict[str, Any]]:
        docs = [{"_index": index, "_id": key} for index, key in wanted]
        if not docs:
            return ()
        with self._cluster.retriable():
            found: list[dict[str, Any]] = self._client.mget(docs=docs)["docs"]
        return found


def _parts(works: Iterable[Work]) -> Iterator[list[Work]]:
    left = iter(works)
    while part := list(islice(left, _PART)):
        yield part


def _read(row: Mapping[str, Any]) -> Stored | None:
    """Read a document; one that no version of Lyhörd can have written gives way to the next."""
    try:
        return from_document(row["_source"])
    except (KeyError, TypeError, ValueError, AssertionError) as problem:
        log.warning("document is unreadable", id=row["_id"], problem=str(problem))
        return None
