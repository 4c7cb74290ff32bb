"""The mapping: how Elasticsearch holds a post, made from the one table of fields.

`lemmas` is the search text: its items are parted by spaces, the terms of an item by bars; each
item is a position. What must compare as in every other store (times to the microsecond, names
whatever their case, ids in both forms) lies ready under `held`.
"""

from typing import Any, Final

from lyhord.adapters.elastic_store.cluster import FIRST, Cluster
from lyhord.indexing import DAY, MONTH
from lyhord.query.fields import FIELDS, Field, FieldKind

WORDS: Final = "lemmas"
HELD: Final = "held"
LIVE, RECENCY, CREATED = f"{HELD}.live", f"{HELD}.recency", f"{HELD}.created_at"

_Kind = dict[str, Any]

_KEYWORD: Final[_Kind] = {"type": "keyword"}
_TYPES: Final[dict[FieldKind, dict[str, Any]]] = {
    FieldKind.KEYWORD: _KEYWORD,
    FieldKind.FOLDED: _KEYWORD,
    FieldKind.ID: _KEYWORD,
    FieldKind.MUNICIPALITY: _KEYWORD,
    FieldKind.LABEL: _KEYWORD,
    FieldKind.INTEGER: {"type": "long"},
    FieldKind.NUMBER: {"type": "double"},
    FieldKind.TIME: {"type": "date"},
    FieldKind.BOOLEAN: {"type": "boolean"},
}
_READY: Final = {FieldKind.FOLDED, FieldKind.ID, FieldKind.TIME}
_LONGEST_TOKEN: Final = 1_000_000


def is_held(field: Field) -> bool:
    """Tell whether a field's values are compared in a form of their own, under `held`."""
    return field.kind in _READY or field.name == "topic"


def path(field: Field) -> str:
    """Name the field that a query on `field` looks into."""
    return f"{HELD}.{field.name}" if is_held(field) else field.path


def template(cluster: Cluster, generation: int = FIRST, *, serving: bool = True) -> dict[str, Any]:
    """Make the index template of the posts' indices.

    A new month of the serving generation joins the alias by itself; a replay's generation joins
    when it is complete.
    """
    return {
        "index_patterns": [cluster.index("*", generation)],
        "priority": 200 + generation,
        "template": {
            "settings": _settings(cluster),
            "mappings": {"dynamic": False, "properties": _properties()},
            "aliases": {cluster.alias: {}} if serving else {},
        },
        "_meta": {"by": "lyhord", "generation": generation},
    }


def registry(cluster: Cluster, model: str = "") -> dict[str, Any]:
    """Make the settings and mapping of the index that knows where each post lies.

    Posts are looked up there by id alone, so nothing else is indexed.
    It also remembers the model whose tags its generation keeps to, where there is one.
    """
    meta = {"_meta": {"model": model}} if model else {}
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": cluster.replicas},
        "mappings": {"dynamic": False, "properties": {}, **meta},
    }


def threads(cluster: Cluster, *, serving: bool) -> dict[str, Any]:
    """Make the settings and mapping of the index of threads (see `conversations`)."""
    date, whole = {"type": "date"}, {"type": "long"}
    properties = {
        "thread_id": _KEYWORD,
        "municipality": _KEYWORD,
        "department": _KEYWORD,
        "source": _KEYWORD,
        "status": _KEYWORD,
        "topic": _KEYWORD,
        "posts": whole,
        "urgency": whole,
        "opened_at": date,
        "last_at": date,
        "waiting_since": date,
        # When what waits has waited for an office day: a query cannot count office hours.
        "due_at": date,
        "first_response_at": date,
        "first_response_seconds": whole,
        "first_response_office_seconds": whole,
        "@timestamp": {"type": "alias", "path": "opened_at"},
        "held": {
            "properties": {
                "thread": {"type": "object", "enabled": False},
                "component": _KEYWORD,
                "quiet": {"type": "boolean"},
                "urgent": whole,
                "at": whole,
                "last_at": whole,
            }
        },
    }
    # As the queue is read: its first rows are found without looking at the others.
    kept = {"sort.field": ["held.quiet", "held.at", "thread_id"], "sort.order": ["asc"] * 3}
    return {
        "settings": {
            "number_of_shards": 1,
            "number_of_replicas": cluster.replicas,
            "index": kept,
        },
        "mappings": {"dynamic": False, "properties": properties},
        "aliases": {cluster.threads_alias: {}} if serving else {},
    }


def _settings(cluster: Cluster) -> dict[str, Any]:
    return {
        "number_of_shards": 1,
        "number_of_replicas": cluster.replicas,
        # The index stage says when what it wrote is to be found.
        "refresh_interval": "30s",
        "analysis": {
            "analyzer": {
                "lyhord_items": {
                    "type": "custom",
                    "tokenizer": "lyhord_items",
                    "filter": ["lyhord_terms"],
                },
            },
            "tokenizer": {
                "lyhord_items": {
                    "type": "char_group",
                    "tokenize_on_chars": [" "],
                    "max_token_length": _LONGEST_TOKEN,
                }
            },
            "filter": {
                "lyhord_terms": {
                    "type": "pattern_capture",
                    "preserve_original": False,
                    "patterns": ["([^|]+)"],
                }
            },
        },
    }


def _properties() -> dict[str, Any]:
    properties: dict[str, Any] = {
        "text": {"type": "text", "analyzer": "standard"},
        WORDS: {"type": "text", "analyzer": "lyhord_items", "search_analyzer": "whitespace"},
        "deleted": {"type": "boolean"},
        "deleted_at": {"type": "date"},
        "fingerprint": _KEYWORD,
        "@timestamp": {"type": "alias", "path": "created_at"},
    }
    inner: dict[str, _Kind] = {
        "topics.score": {"type": "double"},
        "places.kind": _KEYWORD,
        "places.municipality": _KEYWORD,
        "places.precision": _KEYWORD,
        "entities.text": _KEYWORD,
        "entities.kind": _KEYWORD,
        f"{HELD}.live": {"type": "boolean"},
        f"{HELD}.{DAY}": _KEYWORD,
        f"{HELD}.{MONTH}": _KEYWORD,
        f"{HELD}.recency": {"type": "double"},
        f"{HELD}.locations": {"type": "geo_point"},
        f"{HELD}.words": _KEYWORD,
        f"{HELD}.version": {"type": "object", "enabled": False},
        f"{HELD}.origin": {"type": "object", "enabled": False},
    }
    for dotted, kind in inner.items():
        _put(properties, dotted, kind)
    _put(properties, "topic", _KEYWORD)
    for field in FIELDS.values():
        if field.kind is FieldKind.TEXT:
            continue
        _put(properties, field.path, _TYPES[field.kind])
        if is_held(field):
            ready = {"type": "long"} if field.kind is FieldKind.TIME else _KEYWORD
            _put(properties, f"{HELD}.{field.name}", ready)
    return properties


def _put(properties: dict[str, Any], dotted: str, kind: dict[str, Any]) -> None:
    *outer, name = dotted.split(".")
    for each in outer:
        properties = properties.setdefault(each, {"properties": {}})["properties"]
    properties[name] = kind
