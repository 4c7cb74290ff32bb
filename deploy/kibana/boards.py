"""Dashboards and saved searches as saved objects, with every reference that they need.

Shape of a dashboard: elastic/kibana, `src/platform/plugins/shared/dashboard/server/
dashboard_saved_object/schema/v1/v1.ts` to `v4/v4.ts`; of drill-downs: `dashboard_drilldown_
persistable_state.ts`; of a saved search: `src/platform/plugins/shared/saved_search/server/
saved_objects/schema.ts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy.kibana import names
from deploy.kibana.panels import Panel, Reference
from deploy.kibana.views import CORE, POSTS, View, dumped

DASHBOARD, SEARCH = "10.3.0", "10.5.0"
WIDTH: Final = 48
"""Columns of a dashboard's grid."""
_DRILL = "DASHBOARD_TO_DASHBOARD_DRILLDOWN"
_OWN_TIME: Final = {"lyhord-nu", "lyhord-trend"}
"""Dashboards that say little over another's period: a week has no months, half a year no now."""


@dataclass(frozen=True)
class Row:
    """Panels beside each other: each with how many of the 48 columns it takes."""

    height: int
    panels: Sequence[tuple[int, Panel]]


@dataclass(frozen=True)
class Board:
    """A dashboard: its fixed id, what it is for, its range of time, its rows and its controls."""

    id: str
    title: str
    about: str
    since: str
    rows: Sequence[Row]
    controls: Sequence[str] = ("municipality", "topic", "source")
    view: View = POSTS
    refresh: int = 0

    @property
    def panels(self) -> list[Panel]:
        """All its panels, as they are read."""
        return [panel for row in self.rows for _, panel in row.panels]

    def saved(self) -> dict[str, Any]:
        """Make the saved object."""
        panels, references = [], list[Reference]()
        y = 0
        for row in self.rows:
            x = 0
            for width, panel in row.panels:
                grid = {"x": x, "y": y, "w": width, "h": row.height, "i": panel.slug}
                panels.append(_panel(panel, grid))
                references += _references(panel)
                x += width
            y += row.height
        references += [
            {"type": "index-pattern", "id": self.view.id,
             "name": f"controlGroup_{self.id}-{name}:optionsListDataView"}
            for name in self.controls
        ]  # fmt: skip
        return {
            "type": "dashboard",
            "id": self.id,
            "coreMigrationVersion": CORE,
            "typeMigrationVersion": DASHBOARD,
            "managed": False,
            "attributes": {
                "title": f"Lyhörd: {self.title}",
                "description": self.about,
                "version": 1,
                "timeRestore": True,
                "timeFrom": self.since,
                "timeTo": "now",
                "refreshInterval": {"pause": not self.refresh, "value": self.refresh or 60_000},
                "optionsJSON": dumped(
                    {
                        "useMargins": True,
                        "syncColors": True,
                        "syncCursor": True,
                        "syncTooltips": False,
                        "hidePanelTitles": False,
                    }
                ),
                "panelsJSON": dumped(panels),
                "controlGroupInput": self._controls(),
                "kibanaSavedObjectMeta": {"searchSourceJSON": _source_of("")},
            },
            "references": references,
        }

    def _controls(self) -> dict[str, Any]:
        made = {}
        for order, name in enumerate(self.controls):
            key = f"{self.id}-{name}"
            made[key] = {
                "type": "optionsListControl",
                "order": order,
                "width": "medium",
                "grow": True,
                "explicitInput": {
                    "id": key,
                    "fieldName": name,
                    "title": names.FIELDS[name],
                    "selectedOptions": [],
                    "searchTechnique": "prefix",
                    "sort": {"by": "_count", "direction": "desc"},
                    "enhancements": {},
                },
            }
        heeded = ("ignoreFilters", "ignoreQuery", "ignoreTimerange", "ignoreValidations")
        return {
            "controlStyle": "oneLine",
            "chainingSystem": "HIERARCHICAL",
            "showApplySelections": False,
            "ignoreParentSettingsJSON": dumped(dict.fromkeys(heeded, False)),
            "panelsJSON": dumped(made),
        }


@dataclass(frozen=True)
class Search:
    """A saved search: documents of a query, their fields as columns, in an order."""

    id: str
    title: str
    view: View
    columns: Sequence[str]
    order: tuple[str, str]
    query: str = ""

    def saved(self) -> dict[str, Any]:
        """Make the saved object."""
        index = "kibanaSavedObjectMeta.searchSourceJSON.index"
        return {
            "type": "search",
            "id": self.id,
            "coreMigrationVersion": CORE,
            "typeMigrationVersion": SEARCH,
            "managed": False,
            "attributes": {
                "title": f"Lyhörd: {self.title}",
                "description": "",
                "columns": list(self.columns),
                "sort": [list(self.order)],
                "grid": {},
                "hideChart": True,
                "isTextBasedQuery": False,
                "timeRestore": False,
                "kibanaSavedObjectMeta": {"searchSourceJSON": _source_of(self.query, index)},
            },
            "references": [{"type": "index-pattern", "id": self.view.id, "name": index}],
        }


def _source_of(query: str, index: str = "") -> str:
    made: dict[str, Any] = {"query": {"query": query, "language": "lucene"}, "filter": []}
    return dumped(made | ({"indexRefName": index} if index else {}))


def _event(panel: Panel, dashboard: str) -> str:
    return f"{panel.slug}-{dashboard}"


def _panel(panel: Panel, grid: dict[str, Any]) -> dict[str, Any]:
    events = [
        {
            "eventId": _event(panel, dashboard),
            "triggers": ["FILTER_TRIGGER"],
            "action": {
                "factoryId": _DRILL,
                "name": title,
                "config": {
                    "useCurrentFilters": True,
                    "useCurrentDateRange": dashboard not in _OWN_TIME,
                    "openInNewTab": False,
                },
            },
        }
        for dashboard, title in panel.leads_to.items()
    ]
    config = {
        **panel.config,
        "title": panel.title,
        "description": panel.about,
        "hidePanelTitles": False,
        "enhancements": {"dynamicActions": {"events": events}} if events else {},
    }
    made = {"type": panel.kind, "panelIndex": panel.slug, "gridData": grid, "title": panel.title}
    named = {"panelRefName": f"panel_{panel.slug}"} if panel.kind == "search" else {}
    return made | {"embeddableConfig": config} | named


def _references(panel: Panel) -> list[Reference]:
    made = [each | {"name": f"{panel.slug}:{each['name']}"} for each in panel.references]
    return made + [
        {
            "type": "dashboard",
            "id": dashboard,
            "name": f"{panel.slug}:drilldown:{_DRILL}:{_event(panel, dashboard)}:dashboardId",
        }
        for dashboard in panel.leads_to
    ]
