"""Writing: versions of posts are merged with what the index has, and committed together."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import orjson
import tantivy
from pydantic import ValidationError

from lyhord.adapters.tantivy_store import schema
from lyhord.adapters.tantivy_store.documents import from_document, to_document
from lyhord.adapters.tantivy_store.reading import find
from lyhord.model import Tagged, version_of
from lyhord.versions import Stored, merge

_HEAP = 64_000_000
"""Bytes that new documents may take before tantivy writes a segment."""


class Writer:
    """The one writer of an index.

    What was put since the last flush is not in the index's searcher yet, so it is remembered here
    for the merge with later versions. Most posts come once and are never merged: those are read
    without the model's checks, which take longer than the indexing, and checked only when their
    document cannot be made.
    """

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._writer = index.writer(_HEAP, 1)
        self._unflushed: dict[str, bytes | Stored] = {}

    def upsert(self, values: Sequence[bytes]) -> Sequence[str | None]:
        """See `Store.upsert`."""
        arrived = [_parse(value) for value in values]
        known = self._known({key for key, _ in arrived if key and key not in self._unflushed})
        return [
            self._refusal(key, tagged, value, known)
            for (key, tagged), value in zip(arrived, values, strict=True)
        ]

    def flush(self) -> None:
        """See `Store.flush`."""
        self._writer.commit()
        self._unflushed.clear()
        self._index.reload()

    def close(self) -> None:
        """Forget what was not flushed, and wait for merges at work."""
        self._writer.rollback()
        self._writer.wait_merging_threads()

    def _refusal(
        self, key: str, tagged: Any, value: bytes, known: Mapping[str, tantivy.Document]
    ) -> str | None:
        """Take a value, or say why not."""
        try:
            if key in self._unflushed or key in known:
                self._merge(key, value, known)
            else:
                self._add(key, tagged, value)
        except (KeyError, TypeError, ValueError) as problem:
            return _problem(value) or f"{type(problem).__name__}: {problem}"
        return None

    def _add(self, key: str, tagged: Any, value: bytes) -> None:
        version = version_of(tagged["post"])
        origin = None if tagged["post"]["deleted"] else version
        self._writer.add_document(to_document(tagged, value, version, origin))
        self._unflushed[key] = value

    def _merge(self, key: str, value: bytes, known: Mapping[str, tantivy.Document]) -> None:
        before = self._unflushed.get(key)
        if before is None:
            before = from_document(known[key])
        elif isinstance(before, bytes):
            before = Stored.arrived(Tagged.model_validate_json(before))
        merged = merge(before, Stored.arrived(Tagged.model_validate_json(value)))
        if merged == before:
            return
        body = merged.tagged.model_dump_json().encode()
        document = to_document(orjson.loads(body), body, merged.version, merged.origin)
        self._writer.delete_documents_by_term(schema.KEY, key)
        self._writer.add_document(document)
        self._unflushed[key] = merged

    def _known(self, keys: AbstractSet[str]) -> dict[str, tantivy.Document]:
        searcher = self._index.searcher()
        return find(searcher, list(keys)) if keys and searcher.num_docs else {}


def _parse(value: bytes) -> tuple[str, Any]:
    """Give a value's `source:id`, empty where it has none, and what JSON makes of it."""
    try:
        tagged = orjson.loads(value)
        return f"{tagged['post']['source']}:{tagged['post']['id']}", tagged
    except (KeyError, TypeError, ValueError):
        return "", None


def _problem(value: bytes) -> str | None:
    try:
        Tagged.model_validate_json(value)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        return f"{where}: {problem['msg']}"
    return None
