"""A space for each municipality: the same objects, each dashboard and list narrowed to it."""

import json
import uuid
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from deploy.kibana.views import POSTS, dumped
from lyhord import municipalities
from lyhord.labels import CITIZENS

Json = dict[str, Any]
RUSH = 100
"""Posts of citizens in an hour that are a rush, unless the installation says otherwise."""
_SOURCE = "kibanaSavedObjectMeta"


def space(municipality: str) -> Json:
    """Make the space of a municipality, by SCB code."""
    name = municipalities.name_of(municipality)
    if name is None:
        raise ValueError(f"no municipality has the code {municipality}")
    return {"id": f"kommun-{municipality}", "name": f"{name}", "description": "Lyhörd"}


def narrowed(objects: Iterable[Mapping[str, Any]], municipality: str) -> list[Json]:
    """Give objects for a municipality's space, under ids of their own.

    The filter is one that is seen and can be taken away: it spares a choice, it protects nothing.
    """
    prefix = f"kommun-{municipality}-"
    made = []
    for each in objects:
        references = [dict(held, id=prefix + held["id"]) for held in each["references"]]
        attributes = dict(each["attributes"])
        if each["type"] == "dashboard" and _parted(attributes):
            name = f"{_SOURCE}.searchSourceJSON.filter[0].meta.index"
            references.append({"type": "index-pattern", "id": prefix + POSTS.id, "name": name})
            source = json.loads(attributes[_SOURCE]["searchSourceJSON"])
            source["filter"] = [_filter(municipality, name)]
            attributes[_SOURCE] = {"searchSourceJSON": dumped(source)}
        made.append(
            {**each, "id": prefix + each["id"], "references": references, "attributes": attributes}
        )
    return made


def _parted(dashboard: Mapping[str, Any]) -> bool:
    """Tell whether a dashboard's documents are a municipality's: sources are everybody's."""
    controls = json.loads(dashboard["controlGroupInput"]["panelsJSON"]).values()
    return any(each["explicitInput"]["fieldName"] == "municipality" for each in controls)


def _filter(municipality: str, reference: str) -> Json:
    return {
        "$state": {"store": "appState"},
        "meta": {
            "alias": municipalities.name_of(municipality),
            "disabled": False,
            "negate": False,
            "type": "phrase",
            "key": "municipality",
            "params": {"query": municipality},
            "indexRefName": reference,
        },
        "query": {"match_phrase": {"municipality": municipality}},
    }


def role(municipality: str, name: str, *, documents: bool) -> Json:
    """Make the role of those who read a municipality's space.

    With `documents`, Elasticsearch itself hides the other municipalities' documents, which needs a
    licence that has document-level security.
    """
    names = [f"{name}-{part}" for part in ("posts*", "foreign-*", "threads*", "alerts")]
    own: Json = {"names": names, "privileges": ["read", "view_index_metadata"]}
    if documents:
        own["query"] = dumped({"term": {"municipality": municipality}})
    shared = {"names": [f"{name}-sources"], "privileges": ["read", "view_index_metadata"]}
    reads = ("discover_v2", "dashboard_v2", "maps_v2")
    return {
        "elasticsearch": {"cluster": [], "indices": [own, shared]},
        "kibana": [
            {"base": [], "spaces": [f"kommun-{municipality}"],
             "feature": {each: ["read"] for each in reads}}
        ],
    }  # fmt: skip


def connector(name: str) -> Json:
    """Make the connector that writes what rules find into an index, which every licence has."""
    return {
        "name": "Lyhörd: till index",
        "connector_type_id": ".index",
        "config": {"index": f"{name}-told", "refresh": True, "executionTimeField": "@timestamp"},
        "secrets": {},
    }


def rules(municipality: str, name: str, connected: str, *, rush: int = RUSH) -> dict[str, Json]:
    """Make a municipality's rules by id: a new alert of Lyhörd's, and a rush of posts by itself.

    A rush is more than so many posts of citizens in an hour.
    """
    only = {"term": {"municipality": municipality}}
    live = {"term": {"held.live": True}}
    citizens = {"terms": {"author_role": list(CITIZENS)}}
    real = {"term": {"suspected_spam": False}}
    watched = {
        "larm": _Watched("nytt larm", f"{name}-alerts", "fired_at", [only, real], 0, each=True),
        "anstormning": _Watched(
            "många inlägg", f"{name}-posts", "created_at", [only, live, citizens], rush
        ),
    }
    document = {
        "rule": "{{rule.name}}",
        "municipality": municipality,
        "value": "{{context.value}}",
        "found": "{{#context.hits}}{{_id}} {{/context.hits}}",
        "link": "{{context.link}}",
    }
    action = {"group": "query matched", "id": connected, "params": {"documents": [document]}}
    return {
        identified(f"{municipality} {name} {key}"): each.rule(action)
        for key, each in watched.items()
    }


class _Watched(NamedTuple):
    """Documents of the last hour, more than `over` of them, told of once as they become so many.

    With `each`, every document is told of once. Kibana counts only what is newer than the last that
    it told of, if it leaves out earlier hits: a rush would be over at the next look, and a second
    alert while the first stands be no change.
    """

    title: str
    indices: str
    time: str
    query: list[Json]
    over: int
    each: bool = False

    def rule(self, action: Json) -> Json:
        notified = "onActiveAlert" if self.each else "onActionGroupChange"
        frequency = {"summary": False, "notify_when": notified, "throttle": None}
        return {
            "name": f"Lyhörd: {self.title}",
            "rule_type_id": ".es-query",
            "consumer": "stackAlerts",
            "tags": ["lyhord"],
            "schedule": {"interval": "5m"},
            "params": {
                "searchType": "esQuery",
                "index": [self.indices],
                "timeField": self.time,
                "esQuery": dumped({"query": {"bool": {"filter": self.query}}}),
                "size": 10,
                "threshold": [self.over],
                "thresholdComparator": ">",
                "timeWindowSize": 60,
                "timeWindowUnit": "m",
                "aggType": "count",
                "groupBy": "all",
                "excludeHitsFromPreviousRun": self.each,
            },
            "actions": [{**action, "frequency": frequency}],
        }


def identified(name: str) -> str:
    """Make an id of the form that Kibana asks of rules (UUID version 4), always the same."""
    return str(uuid.UUID(bytes=blake2b(name.encode(), digest_size=16).digest(), version=4))
