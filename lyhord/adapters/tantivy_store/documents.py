"""Documents: a stored post becomes a tantivy document, and comes back to be merged."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
import tantivy

from lyhord import swedish, times
from lyhord.adapters.tantivy_store import schema
from lyhord.adapters.tantivy_store.reading import stored_bytes
from lyhord.model import Tagged
from lyhord.readout import readout
from lyhord.versions import Stored


def to_document(stored: Stored, body: bytes) -> tantivy.Document:
    """Make the document; a deleted post can be found by its key only.

    Args:
        stored: the post with its version.
        body: `stored.tagged` as JSON.

    """
    post, tags = stored.tagged.post, stored.tagged.tags
    document = tantivy.Document()
    document.add_text(schema.KEY, post.key)
    document.add_bytes(schema.BODY, body)
    document.add_bytes(schema.META, _pack_meta(stored))
    if post.deleted or tags is None or post.created_at is None:
        return document
    document.add_text(schema.LIVE, "1")
    document.add_float(schema.RECENCY, schema.recency(post.created_at))
    for name, value in schema.derived(post.created_at, tags.topic):
        document.add_text(name, value)
    for name, value in schema.field_values(readout(orjson.loads(body))):
        _ADD[type(value)](document, name, value)
    _add_tokens(document, tags.lemmas)
    return document


_ADD: dict[type, Callable[[tantivy.Document, str, Any], None]] = {
    str: tantivy.Document.add_text,
    int: tantivy.Document.add_integer,
    float: tantivy.Document.add_float,
}


def from_document(document: tantivy.Document) -> Stored:
    """Read a document back."""
    version, origin = (
        _unpack_version(part) for part in orjson.loads(stored_bytes(document, schema.META))
    )
    assert version is not None  # noqa: S101 - to_document always writes one
    return Stored(Tagged.model_validate_json(stored_bytes(document, schema.BODY)), version, origin)


def _add_tokens(document: tantivy.Document, search_text: str) -> None:
    tokens = [
        tantivy.Token(term, position, 0, 0)
        for position, terms in enumerate(swedish.positions(search_text))
        for term in terms
    ]
    if tokens:
        document.add_pre_tokenized_text(schema.WORDS, tantivy.PreTokenizedString("", tokens))


def _pack_meta(stored: Stored) -> bytes:
    return orjson.dumps([_pack_version(stored.version), _pack_version(stored.origin)])


def _pack_version(version: Any) -> Any:
    return version and [times.format_utc(version[0]), *version[1:]]


def _unpack_version(packed: Any) -> Any:
    return packed and (datetime.fromisoformat(packed[0]), *packed[1:])
