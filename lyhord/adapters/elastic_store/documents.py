"""Documents: a tagged post becomes what Elasticsearch keeps, and comes back to be merged."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from lyhord import indexing, swedish, times
from lyhord.adapters.elastic_store.cluster import UNDATED
from lyhord.adapters.elastic_store.mapping import HELD, is_held
from lyhord.model import Post, Tagged, Tags, Version
from lyhord.query.fields import FIELDS
from lyhord.readout import readout
from lyhord.versions import Stored

_MOST_WORDS = 100
"""Words of a post that are counted; the others are found by search all the same."""
_HELD_FIELDS = indexing.placed(field for field in FIELDS.values() if is_held(field))


def to_document(
    tagged: Mapping[str, Any], version: Version, origin: Version | None
) -> dict[str, Any]:
    """Make the document: the read-out form, and under `held` what only comparing needs.

    Args:
        tagged: a `Tagged`, as JSON gives it.
        version: of the winning version, as `Stored` has it.
        origin: as `Stored` has it.

    Raises:
        ValueError, OverflowError: a time in it cannot be read.

    """
    flat = readout(tagged)
    packed = _pack(version)
    original = packed if origin is version else _pack(origin)
    held: dict[str, Any] = {"version": {"is": packed}, "origin": {"is": original}}
    if not (flat["deleted"] or tagged["tags"] is None or flat["created_at"] is None):
        created = datetime.fromisoformat(flat["created_at"])
        held |= {"live": True, "recency": indexing.recency(created)}
        held |= dict(indexing.derived(created, flat["topic"]))
        for name, value in indexing.field_values(flat, _HELD_FIELDS):
            held.setdefault(name, []).append(value)
        if words := swedish.content_words(flat["lemmas"]):
            held["words"] = words[:_MOST_WORDS]
        if flat["places"]:
            held["locations"] = [
                {"lat": place["lat"], "lon": place["lon"]}
                for place in flat["places"]
                if place["lat"] is not None and place["lon"] is not None
            ]
    flat[HELD] = held
    return flat


def read_body(source: Mapping[str, Any]) -> dict[str, Any]:
    """Give a document's post in read-out form."""
    return {name: value for name, value in source.items() if name != HELD}


def from_document(source: Mapping[str, Any]) -> Stored:
    """Read a document back."""
    prefix = f"{source['source']}:"
    post = {name: source[name] for name in Post.model_fields if name in source}
    for name in ("id", "thread_id", "in_reply_to"):
        if post[name] is not None:
            post[name] = post[name].removeprefix(prefix)
    tags = {name: source[name] for name in Tags.model_fields if name in source} or None
    tagged = Tagged.model_validate_json(orjson.dumps({"post": post, "tags": tags}))
    version, origin = (_unpack(source[HELD][name]["is"]) for name in ("version", "origin"))
    assert version is not None  # noqa: S101 - to_document always writes one
    return Stored(tagged, version, origin)


def month_of(document: Mapping[str, Any]) -> str:
    """Give the month, UTC, by which a document's index is named: `2026.11`."""
    created = document["created_at"]
    return f"{created[:4]}.{created[5:7]}" if created else UNDATED


def _pack(version: Version | None) -> Any:
    return version and [times.format_utc(version[0]), *version[1:]]


def _unpack(packed: Any) -> Version | None:
    return packed and (datetime.fromisoformat(packed[0]), *packed[1:])
