"""A space for each municipality: the same objects, each dashboard and list narrowed to it."""

import json
import uuid
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from deploy.kibana.views import POSTS, dumped
from lyhord import municipalities

Json = dict[str, Any]
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


def rules(municipality: str, name: str, connected: str) -> dict[str, Json]:
    """Make a municipality's rules by id: a new alert of Lyhörd's, and a rush of posts by itself."""
    only = {"term": {"municipality": municipality}}
    live = {"term": {"held.live": True}}
    citizens = {"terms": {"author_role": ["citizen", "unknown"]}}
    found = {
        "larm": _rule(
            "Lyhörd: nytt larm", f"{name}-alerts", "fired_at", connected,
            [only, {"term": {"suspected_spam": False}}], minutes=60, over=0, anew=True,
        ),
        "anstormning": _rule(
            "Lyhörd: många inlägg", f"{name}-posts", "created_at", connected,
            [only, live, citizens], minutes=60, over=100, anew=False,
        ),
    }  # fmt: skip
    return {identified(f"{municipality} {name} {key}"): rule for key, rule in found.items()}


def _rule(  # noqa: PLR0913, PLR0917 - a rule's facts
    title: str,
    index: str,
    time: str,
    connected: str,
    query: list[Json],
    minutes: int,
    over: int,
    *,
    anew: bool,
) -> Json:
    """Make a rule; `anew` tells of every document once, otherwise of the passing of a bound once.

    Kibana counts only what is newer than the last that it told of, if it leaves out earlier hits:
    a rush would be over at the next look, and a second alert while the first stands be no change.
    """
    document = {"rule": "{{rule.name}}", "value": "{{context.value}}", "link": "{{context.link}}"}
    return {
        "name": title,
        "rule_type_id": ".es-query",
        "consumer": "stackAlerts",
        "tags": ["lyhord"],
        "schedule": {"interval": "5m"},
        "params": {
            "searchType": "esQuery",
            "index": [index],
            "timeField": time,
            "esQuery": dumped({"query": {"bool": {"filter": query}}}),
            "size": 10,
            "threshold": [over],
            "thresholdComparator": ">",
            "timeWindowSize": minutes,
            "timeWindowUnit": "m",
            "aggType": "count",
            "groupBy": "all",
            "excludeHitsFromPreviousRun": anew,
        },
        "actions": [
            {
                "group": "query matched",
                "id": connected,
                "params": {"documents": [document]},
                "frequency": {
                    "summary": False,
                    "notify_when": "onActiveAlert" if anew else "onActionGroupChange",
                    "throttle": None,
                },
            }
        ],
    }  # fmt: skip


def identified(name: str) -> str:
    """Make an id of the form that Kibana asks of rules (UUID version 4), always the same."""
    return str(uuid.UUID(bytes=blake2b(name.encode(), digest_size=16).digest(), version=4))
