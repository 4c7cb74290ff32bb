"""What Kibana is shown beside posts and threads: the indices of alerts and of sources."""

from collections.abc import Mapping
from typing import Any, Final

from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store.cluster import Cluster

_KEYWORD, _DATE, _WHOLE = {"type": "keyword"}, {"type": "date"}, {"type": "long"}
_NUMBER, _TRUTH = {"type": "double"}, {"type": "boolean"}

ALERTS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("id", "rule", "incident", "municipality", "topic"), _KEYWORD),
    **dict.fromkeys(("start", "fired_at", "end", "answered_at"), _DATE),
    **dict.fromkeys(("observed", "authors", "distinct_texts", "answered_seconds"), _WHOLE),
    **dict.fromkeys(("expected", "score"), _NUMBER),
    **dict.fromkeys(("suspected_spam", "open"), _TRUTH),
    **dict.fromkeys(("terms", "posts", "source", "located"), _KEYWORD),
    "places": {"properties": {"text": _KEYWORD, "count": _WHOLE, "first_post": _KEYWORD}},
    "location": {"type": "geo_point"},
    "@timestamp": {"type": "alias", "path": "fired_at"},
}
"""Fields of an alert's document: its line, and

- `open`: it has no end yet;
- `answered_seconds`: from when it fired until the municipality first wrote about it; negative
  where it had written before;
- `source`: of the posts that are its examples;
- `location`, and `located`, which tells what that is of: `place`, those that the posts name, or
  `municipality`, its seat.
"""
SOURCES: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("kind", "source", "state", "problem"), _KEYWORD),
    **dict.fromkeys(("at", "seen_at", "alive", "start", "end", "last"), _DATE),
    **dict.fromkeys(("posts", "days", "seconds"), _WHOLE),
    **dict.fromkeys(("interval", "expected"), _NUMBER),
    "@timestamp": {"type": "alias", "path": "at"},
}
"""Fields of a source's documents, of which there are four kinds:

- `feed`: a source of the settings as its heartbeats have it; `state` is `ok`, `broken` (the last
  read failed) or `away` (not read for too long), `alive` when it was last read to its end;
- `gap`: a time in which a feed was not read, from `start` until `end`, or until now;
- `network`: what there is of a network's posts, from `start` to `last`;
- `silence`: days without a post of a network where `expected` would have been usual.

`at` is when it was looked at, of gaps and silences their start; `seen_at` when it was written.
"""


def index(cluster: Cluster, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Make the settings and mapping of one of the two indices."""
    return {
        "settings": {"number_of_shards": 1, "number_of_replicas": cluster.replicas},
        "mappings": {"dynamic": False, "properties": dict(fields)},
    }


def prepare(client: Elasticsearch, cluster: Cluster) -> None:
    """Make both indices where they are missing, and add fields that are new to those that are not.

    Raises:
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    for name, fields in ((cluster.alerts, ALERTS), (cluster.sources, SOURCES)):
        made = index(cluster, fields)
        with cluster.retriable():
            if client.indices.exists(index=name):
                client.indices.put_mapping(index=name, **made["mappings"])
            else:
                client.options(ignore_status=400).indices.create(index=name, **made)
