"""A map by value: points over no base map, which would come from the internet.

Shapes: elastic/kibana, `x-pack/platform/plugins/shared/maps/common/descriptor_types/` and the map
of the sample data, `x-pack/platform/plugins/shared/maps/server/sample_data/`.
"""

from typing import Any

from deploy.kibana import names
from deploy.kibana.panels import Panel
from deploy.kibana.views import View, dumped

_SWEDEN = {"lat": 62.5, "lon": 16.5, "zoom": 3.6}


def points(slug: str, title: str, view: View, field: str, *, query: str = "", about: str = "") -> Panel:  # fmt: skip  # noqa: PLR0913, E501 - what a map is
    """Show where documents lie, as circles that grow with how many lie there."""
    reference = "layer_0_source_index_pattern"
    layer = {
        "id": f"{slug}-lager",
        "type": "GEOJSON_VECTOR",
        "label": title,
        "visible": True,
        "alpha": 0.75,
        "minZoom": 0,
        "maxZoom": 24,
        "includeInFitToBounds": True,
        "joins": [],
        "query": {"query": query, "language": "lucene"},
        "sourceDescriptor": {
            "id": f"{slug}-data",
            "type": "ES_GEO_GRID",
            "indexPatternRefName": reference,
            "geoField": field,
            "requestType": "point",
            "resolution": "MOST_FINE",
            "metrics": [{"type": "count"}],
            "applyGlobalQuery": True,
            "applyGlobalTime": True,
            "applyForceRefresh": True,
        },
        "style": {"type": "VECTOR", "properties": _style(), "isTimeAware": True},
    }
    attributes: dict[str, Any] = {
        "title": title,
        "description": about,
        "layerListJSON": dumped([layer]),
        "mapStateJSON": dumped(
            {
                "zoom": _SWEDEN["zoom"],
                "center": {"lat": _SWEDEN["lat"], "lon": _SWEDEN["lon"]},
                "adHocDataViews": [],
                "query": {"query": "", "language": "lucene"},
                "filters": [],
                "settings": {"initialLocation": "AUTO_FIT_TO_BOUNDS", "autoFitToDataBounds": True},
            }
        ),
        "uiStateJSON": dumped({"isLayerTOCOpen": False, "openTOCDetails": []}),
    }
    references = [{"type": "index-pattern", "id": view.id, "name": reference}]
    config = {
        "attributes": attributes | {"references": references},
        "mapCenter": _SWEDEN,
        "isLayerTOCOpen": False,
        "hiddenLayers": [],
    }
    return Panel(slug, title, "map", config, references, about)


def _style() -> dict[str, Any]:
    counted = {"name": "doc_count", "origin": "source"}
    return {
        "symbolizeAs": {"options": {"value": "circle"}},
        "fillColor": {"type": "STATIC", "options": {"color": names.COLOURS["accent"]}},
        "lineColor": {"type": "STATIC", "options": {"color": "#ffffff"}},
        "lineWidth": {"type": "STATIC", "options": {"size": 1}},
        "iconSize": {
            "type": "DYNAMIC",
            "options": {"minSize": 5, "maxSize": 28, "field": counted,
                        "fieldMetaOptions": {"isEnabled": True, "sigma": 3}},
        },
        "labelText": {"type": "DYNAMIC", "options": {"field": counted}},
        "labelSize": {"type": "STATIC", "options": {"size": 12}},
        "labelColor": {"type": "STATIC", "options": {"color": names.COLOURS["ink"]}},
    }  # fmt: skip
