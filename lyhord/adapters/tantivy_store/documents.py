"""Documents: a tagged post becomes a tantivy document, and comes back to be merged."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
import tantivy

from lyhord import indexing, swedish, times
from lyhord.adapters.tantivy_store import schema
from lyhord.adapters.tantivy_store.reading import stored_bytes
from lyhord.model import Tagged, Version
from lyhord.readout import readout
from lyhord.versions import Stored


def to_document(
    tagged: Mapping[str, Any], body: bytes, version: Version, origin: Version | None
) -> tantivy.Document:
    """Make the document; a deleted post can be found by its key only.

    Args:
        tagged: a `Tagged`, as JSON gives it.
        body: the same as JSON.
        version: of the winning version, as `Stored` has it.
        origin: as `Stored` has it.

    Raises:
        ValueError, OverflowError: a time in it cannot be read.

    """
    flat = readout(tagged)
    document = tantivy.Document()
    document.add_text(schema.KEY, flat["id"])
    document.add_bytes(schema.BODY, body)
    document.add_bytes(schema.META, orjson.dumps([_pack(version), _pack(origin)]))
    if flat["deleted"] or tagged["tags"] is None or flat["created_at"] is None:
        return document
    created = datetime.fromisoformat(flat["created_at"])
    document.add_text(schema.LIVE, "1")
    document.add_float(schema.RECENCY, indexing.recency(created))
    for name, value in indexing.derived(created, flat["topic"]):
        document.add_text(name, value)
    for name, value in indexing.field_values(flat):
        _ADD[type(value)](document, schema.INDEX_NAMES[name], value)
    tokens = [
        tantivy.Token(term, position, 0, 0)
        for position, terms in enumerate(swedish.positions(flat["lemmas"]))
        for term in terms
    ]
    if tokens:
        document.add_pre_tokenized_text(schema.WORDS, tantivy.PreTokenizedString("", tokens))
    return document


_ADD: dict[type, Callable[[tantivy.Document, str, Any], None]] = {
    str: tantivy.Document.add_text,
    int: tantivy.Document.add_integer,
    float: tantivy.Document.add_float,
}


def from_document(document: tantivy.Document) -> Stored:
    """Read a document back."""
    version, origin = (_unpack(part) for part in orjson.loads(stored_bytes(document, schema.META)))
    tagged = Tagged.model_validate_json(stored_bytes(document, schema.BODY))
    assert version is not None  # noqa: S101 - to_document always writes one
    return Stored(tagged, version, origin)


def _pack(version: Version | None) -> Any:
    return version and [times.format_utc(version[0]), *version[1:]]


def _unpack(packed: Any) -> Version | None:
    return packed and (datetime.fromisoformat(packed[0]), *packed[1:])
