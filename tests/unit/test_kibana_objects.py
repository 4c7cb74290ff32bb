"""The file that Kibana imports: as the code makes it, of Kibana's shapes, and every name known."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from deploy.kibana import names, shapes, views
from deploy.kibana.answers.periods import Period
from deploy.kibana.formulas import Count, formula
from deploy.kibana.write import BOARDS, FILE, ndjson, objects
from lyhord.adapters.elastic_store import Cluster, mapping, shown

CLUSTER = Cluster("http://elasticsearch:9200")
OBJECTS = objects()
BY_ID = {(each["type"], each["id"]): each for each in OBJECTS}
TYPES = {"string": {"keyword", "text"}, "number": {"long", "double"}, "date": {"date"}}
MAPPINGS = {
    "lyhord-posts": mapping.template(CLUSTER)["template"]["mappings"],
    "lyhord-threads": mapping.threads(CLUSTER, serving=True)["mappings"],
    "lyhord-alerts": shown.index(CLUSTER, shown.ALERTS)["mappings"],
    "lyhord-sources": shown.index(CLUSTER, shown.SOURCES)["mappings"],
}
MAPPINGS["lyhord-queue"] = MAPPINGS["lyhord-threads"]


def panels() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for board in BOARDS:
        saved = board.saved()
        for panel in json.loads(saved["attributes"]["panelsJSON"]):
            yield f"{board.id} {panel['panelIndex']}", saved, panel


PANELS = [pytest.param(saved, panel, id=name) for name, saved, panel in panels()]


def layers() -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    for name, saved, panel in panels():
        if panel["type"] != "lens":
            continue
        state = panel["embeddableConfig"]["attributes"]["state"]
        for layer, held in state["datasourceStates"]["formBased"]["layers"].items():
            reference = f"{panel['panelIndex']}:indexpattern-datasource-layer-{layer}"
            view = {each["name"]: each["id"] for each in saved["references"]}[reference]
            yield name, view, held, state["visualization"]


LAYERS = [pytest.param(view, layer, look, id=name) for name, view, layer, look in layers()]
LOOKS = [pytest.param(layer, look, id=name) for name, _, layer, look in layers()]


def type_of(view: str, field: str) -> str | None:
    if field in views.BY_ID[view].computed:
        return views.BY_ID[view].computed[field].type
    held: Any = {"properties": MAPPINGS[view]["properties"]}
    for part in field.split("."):
        held = held.get("properties", {}).get(part)
        if held is None:
            return None
    if held["type"] == "alias":
        return type_of(view, held["path"])
    kind: str = held["type"]
    return kind


def named_by(look: dict[str, Any]) -> set[str]:
    """Give the columns that a visualization draws."""
    found: set[str] = set()
    for state in look.get("layers", [look]):
        found |= {each["columnId"] for each in state.get("columns", ())}
        for key, value in state.items():
            if key.lower().endswith("accessor"):
                found.add(value)
            elif key == "accessors":
                found |= set(value)
    return found


def check(schema: dict[str, Any], value: Any) -> None:
    problems = [
        f"{e.json_path}: {e.message}" for e in Draft202012Validator(schema).iter_errors(value)
    ]
    assert problems == []


def test_the_committed_file_is_what_the_code_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == ndjson(OBJECTS), "python -m deploy.kibana.write"


@pytest.mark.parametrize("saved", OBJECTS, ids=lambda each: f"{each['type']} {each['id']}")
def test_every_object_has_the_shape_that_kibana_asks_for(saved: dict[str, Any]) -> None:
    check(shapes.SAVED[saved["type"]], saved)
    attributes = saved["attributes"]
    held = attributes | attributes.get("kibanaSavedObjectMeta", {})
    for name, value in (held | attributes.get("controlGroupInput", {})).items():
        if name.endswith(("JSON", "Map", "Attrs")):
            json.loads(value)


@pytest.mark.parametrize("saved", OBJECTS, ids=lambda each: f"{each['type']} {each['id']}")
def test_no_object_is_moved_between_spaces_when_kibana_starts(saved: dict[str, Any]) -> None:
    # core-saved-objects-migration-server-internal, `convertNamespaceType`: older ones lie in the
    # default space thereafter, whichever they were imported into.
    assert [int(part) for part in saved["typeMigrationVersion"].split(".")] >= [8, 0, 0]


def test_no_two_objects_are_called_the_same() -> None:
    assert len(BY_ID) == len(OBJECTS)


@pytest.mark.parametrize("saved", OBJECTS, ids=lambda each: f"{each['type']} {each['id']}")
def test_every_reference_leads_to_an_object_of_the_file(saved: dict[str, Any]) -> None:
    targets = [(each["type"], each["id"]) for each in saved["references"]]
    assert [target for target in targets if target not in BY_ID] == []
    named = [each["name"] for each in saved["references"]]
    assert len(named) == len(set(named))


@pytest.mark.parametrize(("saved", "panel"), PANELS)
def test_every_panel_has_the_shape_that_kibana_asks_for(
    saved: dict[str, Any], panel: dict[str, Any]
) -> None:
    check(shapes.PANEL, panel)
    slug, config = panel["panelIndex"], panel["embeddableConfig"]
    assert "savedObjectId" not in config, "never beside attributes: kibana issue 271318"
    named = {each["name"] for each in saved["references"]}
    if panel["type"] == "search":
        assert f"{slug}:{panel['panelRefName']}" in named
        return
    check(shapes.LENS if panel["type"] == "lens" else shapes.MAP, config["attributes"])
    inner = {f"{slug}:{each['name']}" for each in config["attributes"]["references"]}
    assert inner <= named
    for event in config["enhancements"].get("dynamicActions", {}).get("events", ()):
        factory = event["action"]["factoryId"]
        assert f"{slug}:drilldown:{factory}:{event['eventId']}:dashboardId" in named


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_panels_fill_the_grid_without_overlap(board: Any) -> None:
    assert [sum(width for width, _ in row.panels) for row in board.rows] == [48] * len(board.rows)
    slugs = [panel.slug for panel in board.panels]
    assert len(slugs) == len(set(slugs))


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_controls_are_of_fields_that_the_view_has(board: Any) -> None:
    saved = board.saved()
    named = {each["name"]: each["id"] for each in saved["references"]}
    controls = json.loads(saved["attributes"]["controlGroupInput"]["panelsJSON"])
    for key, control in controls.items():
        check(shapes.CONTROL, control)
        view = named[f"controlGroup_{key}:optionsListDataView"]
        assert type_of(view, control["explicitInput"]["fieldName"]) == "keyword"


@pytest.mark.parametrize(("view", "layer", "look"), LAYERS)
def test_every_column_is_of_a_field_with_the_right_type(
    view: str, layer: dict[str, Any], look: dict[str, Any]
) -> None:
    columns = layer["columns"]
    assert named_by(look)
    assert named_by(look) <= set(columns)
    assert sorted(layer["columnOrder"]) == sorted(columns)
    for key, column in columns.items():
        for reference in column.get("references", ()):
            assert reference in columns
        by = column.get("params", {}).get("orderBy", {}).get("columnId")
        if by is not None:
            made = columns[by]["operationType"]
            assert made not in {"formula", "math"}, f"{key}: Lens forbids it"
        field = column.get("sourceField")
        if field in {None, "___records___"}:
            continue
        wanted = TYPES[column["dataType"]]
        if column["operationType"] == "unique_count":
            wanted = wanted | {"keyword"}
        assert type_of(view, field) in wanted, f"{key}: {field}"
        if column["operationType"] == "date_histogram":
            assert field == views.BY_ID[view].time, f"{key}: shifts and zoom need the time field"


@pytest.mark.parametrize(("saved", "panel"), PANELS)
def test_queries_of_a_time_look_no_farther_back_than_their_panel(
    saved: dict[str, Any], panel: dict[str, Any]
) -> None:
    config, now = panel["embeddableConfig"], datetime(2026, 10, 27, tzinfo=UTC)
    own = config.get("timeRange", {"from": saved["attributes"]["timeFrom"]})
    start = Period.since(own["from"], now).start
    for moment in re.findall(r"created_at:\[(now-\w+)", json.dumps(config)):
        assert Period.since(moment, now).start >= start, f"{moment} is cut off"


@pytest.mark.parametrize(("layer", "look"), LOOKS)
def test_nothing_is_hidden_or_ranked_otherwise_than_it_says(
    layer: dict[str, Any], look: dict[str, Any]
) -> None:
    columns = {key: layer["columns"][key] for key in layer["columnOrder"]}
    buckets = [each["operationType"] for each in columns.values() if each["isBucketed"]]
    assert "date_histogram" not in buckets[:-1], "ranked anew in each step of time"
    assert sorted(columns, key=lambda key: not columns[key]["isBucketed"]) == list(columns)
    shifts = {each.get("timeShift", "") for each in columns.values() if not each["isBucketed"]}
    assert len(shifts) == 1 or "terms" not in buckets, "Lens shows an error instead of figures"
    for key, column in columns.items():
        params = column.get("params", {})
        if column["operationType"] in {"count", "unique_count", "sum"}:
            assert params["emptyAsNull"] is False, f"{key}: a zero is shown as N/A"
        if column["operationType"] == "formula":  # Lens makes them anew, by how their ids begin
            taken = [each for each in columns if each.startswith(key) and each != key]
            assert all(each.removeprefix(f"{key}X").isdigit() for each in taken)
    if "gridConfig" in look:  # otherwise in the order in which values come first
        for axis in "xy":
            number = columns[look[f"{axis}Accessor"]]["dataType"] == "number"
            assert (look["gridConfig"].get(f"{axis}SortPredicate") == "asc") is number


@pytest.mark.parametrize(("saved", "panel"), PANELS)
def test_a_click_that_leads_on_has_something_to_filter_by(
    saved: dict[str, Any], panel: dict[str, Any]
) -> None:
    events = panel["embeddableConfig"]["enhancements"].get("dynamicActions", {}).get("events", ())
    if not events:
        return
    state = panel["embeddableConfig"]["attributes"]["state"]
    layers = state["datasourceStates"]["formBased"]["layers"].values()
    columns = [each for layer in layers for each in layer["columns"].values()]
    assert any(each["isBucketed"] for each in columns), "Kibana makes no filter of a figure"
    named = {each["name"]: each["id"] for each in saved["references"]}
    for event in events:
        name = f"drilldown:{event['action']['factoryId']}:{event['eventId']}:dashboardId"
        target = named[f"{panel['panelIndex']}:{name}"]
        own = target in {"lyhord-nu", "lyhord-trend"}
        assert event["triggers"] == ["FILTER_TRIGGER"]
        assert event["action"]["config"]["useCurrentDateRange"] is not own


@pytest.mark.parametrize("view", views.VIEWS, ids=lambda view: view.id)
def test_every_field_of_a_view_is_in_the_mapping_and_has_a_name(view: views.View) -> None:
    assert [field for field in view.fields if type_of(view.id, field) is None] == []
    assert [field for field in view.fields if field not in names.FIELDS] == []
    assert view.time is None or type_of(view.id, view.time) == "date"


@pytest.mark.parametrize(
    "search", [each for each in OBJECTS if each["type"] == "search"], ids=lambda each: each["id"]
)
def test_every_column_of_a_search_is_named(search: dict[str, Any]) -> None:
    view = views.BY_ID[search["references"][0]["id"]]
    wanted = [*search["attributes"]["columns"], search["attributes"]["sort"][0][0]]
    assert [field for field in wanted if field not in view.fields] == []


@pytest.mark.parametrize(("view", "field"), [(views.THREADS, "thread_id"), (views.POSTS, "id")])
def test_threads_and_posts_lead_to_the_page_of_the_thread(view: views.View, field: str) -> None:
    made = view.formats("https://lyhord.example.com")[field]["params"]
    assert made["urlTemplate"] == "https://lyhord.example.com/trad?post={{value}}"


def test_a_formula_is_kept_as_text_as_columns_and_as_a_tree() -> None:
    made = formula("f", "Andel", (Count("a:b") + Count(shift="1w")) / Count("a:b") - 1)
    text = made["f"]["params"]["formula"]
    assert text == "((count(lucene='a:b') + count(shift='1w')) / count(lucene='a:b')) - 1"
    assert list(made) == ["f", "fX0", "fX1", "fX2"]
    tree = made["fX2"]["params"]["tinymathAst"]
    for node in (tree, tree["args"][0], tree["args"][0]["args"][0]):
        assert text[node["location"]["min"] : node["location"]["max"]] == node["text"]
    assert tree["args"][0]["args"][1] == "fX0"
