"""Writing: versions of posts are merged with what the index has, and committed together."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

import tantivy
from pydantic import ValidationError

from lyhord.adapters.tantivy_store import schema
from lyhord.adapters.tantivy_store.documents import from_document, to_document
from lyhord.adapters.tantivy_store.reading import find
from lyhord.model import Tagged
from lyhord.versions import Stored, merge

_HEAP = 64_000_000
"""Bytes that new documents may take before tantivy writes a segment."""


class Writer:
    """The one writer of an index.

    What was put since the last flush is not in the index's searcher yet, so it is remembered here
    for the merge with later versions.
    """

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._writer = index.writer(_HEAP, 1)
        self._unflushed: dict[str, Stored] = {}

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """See `Store.upsert`."""
        arrived = [_read(value) for value in values]
        keys = {one.tagged.post.key for one in arrived if isinstance(one, Stored)}
        known = self._known(keys - self._unflushed.keys())
        for one, value in zip(arrived, values, strict=True):
            if isinstance(one, Stored):
                self._put(one, value, known)
        return [None if isinstance(one, Stored) else one for one in arrived]

    def flush(self) -> None:
        """See `Store.flush`."""
        self._writer.commit()
        self._unflushed.clear()
        self._index.reload()

    def close(self) -> None:
        """Forget what was not flushed, and wait for merges at work."""
        self._writer.rollback()
        self._writer.wait_merging_threads()

    def _put(self, stored: Stored, body: bytes, known: Mapping[str, Stored]) -> None:
        key = stored.tagged.post.key
        before = self._unflushed.get(key) or known.get(key)
        if before is not None:
            merged = merge(before, stored)
            if merged == before:
                return
            if merged.tagged != stored.tagged:
                body = merged.tagged.model_dump_json().encode()
            stored = merged
            self._writer.delete_documents_by_term(schema.KEY, key)
        self._writer.add_document(to_document(stored, body))
        self._unflushed[key] = stored

    def _known(self, keys: AbstractSet[str]) -> dict[str, Stored]:
        searcher = self._index.searcher()
        found = find(searcher, list(keys)) if keys and searcher.num_docs else {}
        return {key: from_document(document) for key, document in found.items()}


def _read(value: bytes) -> Stored | str:
    """Read a tagged post, or say why it is none."""
    try:
        return Stored.arrived(Tagged.model_validate_json(value))
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        return f"{where}: {problem['msg']}"
