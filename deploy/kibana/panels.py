"""Panels: Lens by value, a map by value, and a list of documents, as a dashboard keeps them.

Shapes: elastic/kibana, `home/server/services/sample_data/data_sets/{flights,logs}/saved_objects.ts`
and `x-pack/platform/plugins/shared/lens/public/visualizations/`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from deploy.kibana import names
from deploy.kibana.columns import Column
from deploy.kibana.views import View

Reference = dict[str, str]


@dataclass(frozen=True)
class Panel:
    """One panel: what kind of embeddable, its configuration, and what that refers to.

    `leads_to` are ids of dashboards that a click on it opens, each with what the menu says.
    """

    slug: str
    title: str
    kind: str
    config: Mapping[str, Any]
    references: Sequence[Reference]
    about: str = ""
    leads_to: Mapping[str, str] = field(default_factory=dict)

    def leading_to(self, **dashboards: str) -> "Panel":
        """Let a click on it open dashboards: id (with `_` for `-`) = what the menu says."""
        found = {name.replace("_", "-"): title for name, title in dashboards.items()}
        return replace(self, leads_to=found)

    def since(self, start: str) -> "Panel":
        """Give it a time of its own, whatever the dashboard has: from `now-14d` to now."""
        return replace(self, config={**self.config, "timeRange": {"from": start, "to": "now"}})


def layer_reference(view: View, layer: str) -> Reference:
    """Name the data view of a layer as Lens looks it up."""
    name = f"indexpattern-datasource-layer-{layer}"
    return {"type": "index-pattern", "id": view.id, "name": name}


@dataclass(frozen=True)
class Look:
    """A Lens visualization: its type, its state, and the layer's columns in their order."""

    type: str
    state: Mapping[str, Any]
    columns: Mapping[str, Column]


def lens(slug: str, title: str, view: View, look: Look, *, query: str = "", about: str = "") -> Panel:  # fmt: skip  # noqa: PLR0913, E501 - what a panel is
    """Make a Lens panel over the documents of a data view that a Lucene query finds."""
    layer = slug
    references = [layer_reference(view, layer)]
    columns = {"columnOrder": list(look.columns), "columns": dict(look.columns)}
    attributes = {
        "title": title,
        "description": about,
        "type": "lens",
        "visualizationType": look.type,
        "version": 1,
        "references": references,
        "state": {
            "query": {"query": query, "language": "lucene"},
            "filters": [],
            "internalReferences": [],
            "adHocDataViews": {},
            "datasourceStates": {
                "formBased": {
                    "layers": {layer: {**columns, "sampling": 1, "incompleteColumns": {}}}
                }
            },
            "visualization": _layered(look.state, layer),
        },
    }
    return Panel(slug, title, "lens", {"attributes": attributes}, references, about)


def _layered(state: Mapping[str, Any], layer: str) -> dict[str, Any]:
    """Name the layer wherever the visualization's state must."""
    if "layers" in state:
        layers = [{"layerId": layer, "layerType": "data", **each} for each in state["layers"]]
        return {**state, "layers": layers}
    return {"layerId": layer, "layerType": "data", **state}


def documents(slug: str, title: str, search: str, *, about: str = "") -> Panel:
    """Show a saved search's documents."""
    reference = {"type": "search", "id": search, "name": f"panel_{slug}"}
    return Panel(slug, title, "search", {}, [reference], about)


def colours(field: str) -> dict[str, Any]:
    """Give values their own colours where they have any, and the palette's to the others."""
    own = names.PALETTES.get(field, {})
    return {
        "assignments": [
            {
                "rules": [{"type": "raw", "value": value}],
                "color": {"type": "colorCode", "colorCode": code},
                "touched": True,
            }
            for value, code in own.items()
        ],
        "specialAssignments": [
            {"rules": [{"type": "other"}], "color": {"type": "loop"}, "touched": False}
        ],
        "paletteId": "eui_amsterdam_color_blind",
        "colorMode": {"type": "categorical"},
    }
