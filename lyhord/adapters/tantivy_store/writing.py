"""Writing: versions of posts are merged with what the index has, and committed together."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

import orjson
import tantivy

from lyhord.adapters.tantivy_store import generations, schema
from lyhord.adapters.tantivy_store.conversations import Conversations
from lyhord.adapters.tantivy_store.documents import from_document, to_document
from lyhord.adapters.tantivy_store.reading import every, find
from lyhord.dialogue import Member
from lyhord.errors import Retriable, Switched
from lyhord.model import Tagged, version_of
from lyhord.parsing import parse_each, unreadable
from lyhord.versions import Stored, merge

_IN_USE = "LockBusy"
"""What tantivy says where another process writes: with the lease in hand, a dead one's child."""
_HEAP = 64_000_000
"""Bytes that new documents may take before tantivy writes a segment."""


class Writer:
    """The one writer of an index.

    What was put since the last flush is not in the index's searcher yet, so it is remembered here
    for the merge with later versions.

    Args:
        base: the folder of the first generation; folders are made where they are missing.
        generation: which one to write; None: the one that serves, as long as it does.

    Raises:
        Retriable: another process writes it still.

    """

    def __init__(self, base: Path, generation: int | None = None) -> None:
        self._base = base
        self._served = generations.serving(base) if generation is None else None
        served = self._served or generations.Serving(generation or generations.FIRST)
        self.generation, self._model = served
        folder = generations.folder(base, self.generation)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(schema.SCHEMA, path=str(folder))
            self._writer = self._index.writer(_HEAP, 1)
        except ValueError as problem:
            # Just now it may have been replaced, and is being removed.
            self._check()
            if _IN_USE in str(problem):
                raise Retriable("the index is written by a process that ends", after=0.5) from None
            raise
        self._unflushed: dict[str, bytes | Stored] = {}
        self._members: dict[str, Member] = {}
        self._conversations = Conversations(folder)
        if self._conversations.is_empty:
            # An index of a version that knew no threads.
            self._conversations.put(map(Member.of, every(self._index.searcher())))

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """See `Store.upsert`."""
        refusals: list[str | None] = [None] * len(values)
        arrived = list(parse_each(values, refusals))
        known = self._known({each.key for each in arrived if each.key not in self._unflushed})
        for at, key, tagged, value in arrived:
            try:
                if key in self._unflushed or key in known:
                    self._merge(key, value, known)
                else:
                    self._add(key, tagged, value)
            except (ValueError, OverflowError) as problem:
                refusals[at] = unreadable(problem)
        return refusals

    def flush(self) -> None:
        """See `Store.flush`."""
        if self._unflushed:
            # First the threads: what is in the index already is not put again after a crash.
            self._conversations.put(self._members.values())
            self._writer.commit()
            self._unflushed.clear()
            self._members.clear()
            self._index.reload()
        if self._served:
            generations.fence(self._base).wait()
        self._check()

    def close(self) -> None:
        """Forget what was not flushed, and wait for merges at work."""
        self._conversations.close()
        self._writer.rollback()
        self._writer.wait_merging_threads()

    def _check(self) -> None:
        if self._served and generations.serving(self._base) != self._served:
            raise Switched

    def _add(self, key: str, tagged: Any, value: bytes) -> None:
        version = version_of(tagged["post"])
        origin = None if tagged["post"]["deleted"] else version
        self._writer.add_document(to_document(tagged, value, version, origin))
        self._unflushed[key] = value
        self._members[key] = Member.of(tagged)

    def _merge(self, key: str, value: bytes, known: Mapping[str, tantivy.Document]) -> None:
        before = self._unflushed.get(key)
        if before is None:
            before = from_document(known[key])
        elif isinstance(before, bytes):
            before = Stored.arrived(Tagged.model_validate_json(before))
        arrived = Stored.arrived(Tagged.model_validate_json(value))
        merged = merge(before, arrived, model=self._model)
        if merged == before:
            return
        body = merged.tagged.model_dump_json().encode()
        tagged = orjson.loads(body)
        document = to_document(tagged, body, merged.version, merged.origin)
        self._writer.delete_documents_by_term(schema.KEY, key)
        self._writer.add_document(document)
        self._unflushed[key] = merged
        self._members[key] = Member.of(tagged)

    def _known(self, keys: AbstractSet[str]) -> dict[str, tantivy.Document]:
        searcher = self._index.searcher()
        return find(searcher, list(keys)) if keys and searcher.num_docs else {}
