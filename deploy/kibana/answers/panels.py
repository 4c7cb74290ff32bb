"""Answers: what a dashboard's panels ask, read from its saved object alone, and what comes back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from deploy.kibana.answers.asking import Layer
from deploy.kibana.answers.figures import Json, lucene
from deploy.kibana.answers.periods import Period

_ROWS, _PRECISION, _CELLS = 20, 9, 5_000
_AT_ONCE = 6
"""Requests that a browser has under way to one server."""


@dataclass(frozen=True)
class View:
    """A data view as its saved object has it: indices, time field, runtime fields."""

    title: str
    time: str | None
    runtime: Mapping[str, Any]


@dataclass(frozen=True)
class Question:
    """What one panel asks: of which indices, and how its answer is read."""

    slug: str
    title: str
    kind: str
    index: str
    body: Json
    config: Mapping[str, Any]
    layer: Layer | None = None
    rows: list[Json] = field(default_factory=list)
    took: int = 0


def questions(
    objects: Sequence[Mapping[str, Any]],
    dashboard: str,
    now: datetime,
    *,
    since: str = "",
    query: str = "",
) -> Iterator[Question]:
    """Give what every panel of a dashboard asks; `query` is one that a control would add."""
    by_id = {(each["type"], each["id"]): each for each in objects}
    saved = by_id["dashboard", dashboard]
    attributes = saved["attributes"]
    start = since or attributes["timeFrom"]
    targets = {each["name"]: (each["type"], each["id"]) for each in saved["references"]}
    for panel in json.loads(attributes["panelsJSON"]):
        own = panel["embeddableConfig"].get("timeRange", {"from": start})
        yield _question(panel, targets, by_id, Period.since(own["from"], now), query)


def _question(
    panel: Mapping[str, Any],
    targets: Mapping[str, tuple[str, str]],
    by_id: Mapping[tuple[str, str], Mapping[str, Any]],
    period: Period,
    query: str,
) -> Question:
    slug, config = panel["panelIndex"], panel["embeddableConfig"]
    asked = [lucene(query)] if query else []
    told = {"slug": slug, "title": panel["title"], "kind": panel["type"], "config": config}
    if panel["type"] == "search":
        search = by_id[targets[f"{slug}:panel_{slug}"]]
        return _documents(search, by_id, period, asked, told)
    if panel["type"] == "map":
        layer = json.loads(config["attributes"]["layerListJSON"])[0]
        view = _view(by_id[targets[f"{slug}:{layer['sourceDescriptor']['indexPatternRefName']}"]])
        filters = [*asked, lucene(layer["query"]["query"]), *_within(view, period)]
        grid = {"field": layer["sourceDescriptor"]["geoField"], "precision": _PRECISION}
        centre = {"at": {"geo_centroid": {"field": grid["field"]}}}
        aggs = {"grid": {"geotile_grid": grid | {"size": _CELLS}, "aggs": centre}}
        body = {"size": 0, "query": {"bool": {"filter": filters}}, "aggs": aggs}
        return Question(index=view.title, body=body, **told)
    state = config["attributes"]["state"]
    name, columns = next(iter(state["datasourceStates"]["formBased"]["layers"].items()))
    view = _view(by_id[targets[f"{slug}:indexpattern-datasource-layer-{name}"]])
    ordered = {key: columns["columns"][key] for key in columns["columnOrder"]}
    made = Layer(ordered, view.time, period if view.time else None)
    filters = [*asked, lucene(state["query"]["query"])]
    body = made.body(filters, view.runtime)
    return Question(index=view.title, body=body, layer=made, **told)


def _documents(
    search: Mapping[str, Any],
    by_id: Mapping[tuple[str, str], Mapping[str, Any]],
    period: Period,
    asked: Sequence[Json],
    told: Mapping[str, Any],
) -> Question:
    attributes = search["attributes"]
    source = json.loads(attributes["kibanaSavedObjectMeta"]["searchSourceJSON"])
    view = _view(by_id["index-pattern", search["references"][0]["id"]])
    filters = [*asked, lucene(source["query"]["query"]), *_within(view, period)]
    body = {
        "size": _ROWS,
        "track_total_hits": True,
        "query": {"bool": {"filter": filters}},
        "sort": [{name: order} for name, order in attributes["sort"]],
        "fields": attributes["columns"],
        "_source": False,
        "runtime_mappings": dict(view.runtime),
    }
    return Question(index=view.title, body=body, **{**told, "config": search["attributes"]})


def _view(saved: Mapping[str, Any]) -> View:
    attributes = saved["attributes"]
    runtime = json.loads(attributes["runtimeFieldMap"])
    return View(attributes["title"], attributes.get("timeFieldName"), runtime)


def _within(view: View, period: Period) -> list[Json]:
    return [dict(period.query(view.time))] if view.time else []


def answered(client: Elasticsearch, question: Question) -> Question:
    """Ask one panel's question."""
    answer = client.search(index=question.index, ignore_unavailable=True, **_said(question.body))
    if question.layer is not None:
        rows = question.layer.rows(answer.body)
    elif question.kind == "map":
        buckets = answer.get("aggregations", {"grid": {"buckets": []}})["grid"]["buckets"]
        rows = [each["at"]["location"] | {"count": each["doc_count"]} for each in buckets]
    else:
        rows = [hit.get("fields", {}) for hit in answer["hits"]["hits"]]
    question.rows[:] = rows
    return Question(**{**vars(question), "took": answer["took"]})


def all_answered(client: Elasticsearch, asked: Sequence[Question]) -> list[Question]:
    """Ask all panels of a dashboard at once, as a browser does."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda each: answered(client, each), asked))


def _said(body: Json) -> Json:
    """Name the parts of a request as the client does."""
    return {"source" if name == "_source" else name: part for name, part in body.items()}
