"""Shapes: what Kibana's own sources say a saved object must be, as JSON Schema (2020-12).

Each names where it was read. Only what an import or a first look at the dashboard would trip over;
what Kibana ignores is left open.
"""

from typing import Any, Final

Schema = dict[str, Any]
KIBANA: Final = "https://github.com/elastic/kibana/blob/main/"

_TEXT, _FLAG, _NUMBER = {"type": "string"}, {"type": "boolean"}, {"type": "number"}
_LIST, _OBJECT = {"type": "array"}, {"type": "object"}


def _shape(required: Schema, optional: Schema | None = None, *, more: bool = False) -> Schema:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": more,
    }


_REFERENCE = _shape({"type": _TEXT, "id": _TEXT, "name": _TEXT})


def _saved(kind: str, attributes: Schema) -> Schema:
    # packages/core/saved-objects/core-saved-objects-server: `SavedObject`
    return _shape(
        {
            "type": {"const": kind},
            "id": _TEXT,
            "attributes": attributes,
            "references": {"type": "array", "items": _REFERENCE},
            "coreMigrationVersion": {"const": "8.8.0"},
            # What Kibana 9.4 knows no later version than; see `views.DATA_VIEW`, `boards.DASHBOARD`
            "typeMigrationVersion": {"enum": ["8.0.0", "10.3.0", "10.5.0"]},
        },
        {"managed": _FLAG},
    )


_META = _shape({"searchSourceJSON": _TEXT})
# src/platform/plugins/shared/dashboard/server/dashboard_saved_object/schema/v1/v1.ts … v3/v3.ts
DASHBOARD: Final = _saved(
    "dashboard",
    _shape(
        {"title": _TEXT, "panelsJSON": _TEXT, "optionsJSON": _TEXT, "kibanaSavedObjectMeta": _META},
        {
            "description": _TEXT,
            "version": _NUMBER,
            "timeRestore": _FLAG,
            "timeFrom": _TEXT,
            "timeTo": _TEXT,
            "refreshInterval": _shape({"pause": _FLAG, "value": _NUMBER}),
            "controlGroupInput": _shape(
                {"panelsJSON": _TEXT, "ignoreParentSettingsJSON": _TEXT},
                {"controlStyle": _TEXT, "chainingSystem": _TEXT, "showApplySelections": _FLAG},
            ),
        },
    ),
)
# src/platform/plugins/shared/data_views/common/types.ts: `DataViewAttributes`
DATA_VIEW: Final = _saved(
    "index-pattern",
    _shape(
        {"title": _TEXT, "fieldAttrs": _TEXT, "fieldFormatMap": _TEXT, "runtimeFieldMap": _TEXT},
        {
            **dict.fromkeys(
                ("name", "timeFieldName", "fields", "typeMeta", "sourceFilters"), _TEXT
            ),
            "allowNoIndex": _FLAG,
        },
    ),
)
# src/platform/plugins/shared/saved_search/server/saved_objects/schema_legacy.ts, model version 5
SEARCH: Final = _saved(
    "search",
    _shape(
        {
            "title": _TEXT,
            "columns": {"type": "array", "items": _TEXT},
            "sort": {"type": "array", "items": {"type": "array", "items": _TEXT, "maxItems": 2}},
            "kibanaSavedObjectMeta": _META,
        },
        {
            "description": _TEXT,
            "grid": _shape({}),
            **dict.fromkeys(("hideChart", "isTextBasedQuery", "timeRestore"), _FLAG),
        },
    ),
)
# …/dashboard_saved_object/schema/v3/v3.ts: `gridDataSchema`; a panel without type or panelIndex
# breaks the dashboard: elastic/kibana issues 93772 and 44639
PANEL: Final = _shape(
    {
        "type": {"enum": ["lens", "map", "search"]},
        "panelIndex": _TEXT,
        "gridData": _shape({**dict.fromkeys(("x", "y", "w", "h"), _NUMBER), "i": _TEXT}),
        "embeddableConfig": _OBJECT,
    },
    {"title": _TEXT, "panelRefName": _TEXT},
)
# src/platform/plugins/shared/controls: `OptionsListControlState`, in the sample data's form
CONTROL: Final = _shape(
    {
        "type": {"const": "optionsListControl"},
        "order": _NUMBER,
        "explicitInput": _shape({"id": _TEXT, "fieldName": _TEXT, "title": _TEXT}, more=True),
    },
    {"width": {"enum": ["small", "medium", "large"]}, "grow": _FLAG},
)
_QUERY = _shape({"query": _TEXT, "language": {"enum": ["lucene", "kuery"]}})
# x-pack/platform/plugins/shared/lens/public/datasources/form_based/operations/definitions
COLUMN: Final = _shape(
    {
        "label": _TEXT,
        "dataType": {"enum": ["string", "number", "date", "boolean", "ip", "document"]},
        "operationType": {
            "enum": ["count", "unique_count", "average", "median", "sum", "min", "max", "terms",
                     "percentile", "date_histogram", "filters", "formula", "math"]
        },
        "isBucketed": _FLAG,
        "scale": {"enum": ["ordinal", "interval", "ratio"]},
    },
    {
        "customLabel": _FLAG,
        "sourceField": _TEXT,
        "params": _OBJECT,
        "references": {"type": "array", "items": _TEXT},
        "filter": _QUERY,
        "timeShift": {"pattern": r"^(\d+[smhdwMy]|previous)$"},
    },
)  # fmt: skip
_LAYER = _shape(
    {
        "columnOrder": {"type": "array", "items": _TEXT},
        "columns": {"type": "object", "additionalProperties": COLUMN},
    },
    {"sampling": _NUMBER, "incompleteColumns": _OBJECT},
)
# x-pack/platform/plugins/shared/lens/server/content_management/v1/schema/common.ts; state without
# layers crashes Lens
LENS: Final = _shape(
    {
        "title": _TEXT,
        "type": {"const": "lens"},
        "visualizationType": {"enum": ["lnsXY", "lnsMetric", "lnsDatatable", "lnsHeatmap"]},
        "references": {"type": "array", "items": _REFERENCE, "minItems": 1},
        "state": _shape(
            {
                "query": _QUERY,
                "filters": _LIST,
                "visualization": _OBJECT,
                "datasourceStates": _shape(
                    {
                        "formBased": _shape(
                            {
                                "layers": {
                                    "type": "object",
                                    "minProperties": 1,
                                    "additionalProperties": _LAYER,
                                }
                            }
                        )
                    }
                ),
            },
            {"internalReferences": _LIST, "adHocDataViews": _OBJECT},
        ),
    },
    {"description": _TEXT, "version": _NUMBER},
)
# x-pack/platform/plugins/shared/maps/server/content_management: `mapAttributesSchema`
MAP: Final = _shape(
    {"title": _TEXT, "layerListJSON": _TEXT, "mapStateJSON": _TEXT, "uiStateJSON": _TEXT},
    {"description": _TEXT, "references": {"type": "array", "items": _REFERENCE}},
)
SAVED: Final = {"dashboard": DASHBOARD, "index-pattern": DATA_VIEW, "search": SEARCH}
