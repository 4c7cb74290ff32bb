"""Looks: the visualizations of Lens that the dashboards use, each as a function of its columns."""

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.kibana import names
from deploy.kibana.columns import Column
from deploy.kibana.panels import Look, colours

_SHOWN = {"x": True, "yLeft": True, "yRight": True}


def chart(  # noqa: PLR0913 - what a chart has
    columns: Mapping[str, Column],
    *,
    x: str,
    y: Sequence[str],
    kind: str = "bar_stacked",
    parts: str = "",
    paint: Mapping[str, str] | None = None,
    lines: Sequence[str] = (),
) -> Look:
    """Draw `y` over `x`, parted by the column `parts`; `lines` are drawn as lines beside bars.

    `paint` gives columns their colours. Over time, the parts are those of the whole period, each
    with every step of it.
    """
    paint = paint or {}
    if parts and columns[x]["operationType"] == "date_histogram":
        # Buckets nest in the order of the columns, and a part without documents has no bucket.
        columns = {parts: columns[parts], **columns}
    bars = [key for key in y if key not in lines]
    layer: dict[str, Any] = {
        "seriesType": kind,
        "xAccessor": x,
        "accessors": list(y),
        "position": "top",
        "showGridlines": False,
        "yConfig": [{"forAccessor": key, "color": code} for key, code in paint.items()],
    }
    if parts:
        layer |= {
            "splitAccessor": parts,
            "colorMapping": colours(columns[parts].get("sourceField", "")),
        }
    if lines and not bars:
        layer["seriesType"] = "line"
    return Look(
        "lnsXY",
        {
            "preferredSeriesType": layer["seriesType"],
            "legend": {"isVisible": True, "position": "bottom", "shouldTruncate": False},
            "valueLabels": "hide",
            "fittingFunction": "Linear" if "line" in layer["seriesType"] else "None",
            "axisTitlesVisibilitySettings": {"x": False, "yLeft": False, "yRight": False},
            "tickLabelsVisibilitySettings": _SHOWN,
            "gridlinesVisibilitySettings": _SHOWN,
            "labelsOrientation": {"x": 0, "yLeft": 0, "yRight": 0},
            "layers": [layer],
        },
        columns,
    )


def figure(columns: Mapping[str, Column], key: str, *, colour: str = "", under: str = "") -> Look:
    """Show one figure, with a line of text under its title."""
    state: dict[str, Any] = {"metricAccessor": key}
    if colour:
        state["color"] = names.COLOURS[colour]
    if under:
        state["subtitle"] = under
    return Look("lnsMetric", state, columns)


def table(
    columns: Mapping[str, Column], *, by: str = "", ascending: bool = False, rows: int = 15
) -> Look:
    """List the buckets, a row each, in the order of the column `by`."""
    shown = [key for key, each in columns.items() if not _is_part(key, columns, each)]
    state: dict[str, Any] = {
        "columns": [
            {"columnId": key, "isTransposed": False, "isMetric": not columns[key]["isBucketed"]}
            for key in shown
        ],
        "paging": {"size": rows, "enabled": True},
        "rowHeight": "custom",
        "rowHeightLines": 1,
    }
    if by:
        state["sorting"] = {"columnId": by, "direction": "asc" if ascending else "desc"}
    return Look("lnsDatatable", state, columns)


def heat(
    columns: Mapping[str, Column], *, x: str, y: str, value: str, ordered: bool = False
) -> Look:
    """Colour each pair of values by a figure; `ordered` sorts both axes by value, lowest first."""
    sorting = {"xSortPredicate": "asc", "ySortPredicate": "asc"} if ordered else {}
    return Look(
        "lnsHeatmap",
        {
            "shape": "heatmap",
            "xAccessor": x,
            "yAccessor": y,
            "valueAccessor": value,
            "legend": {"isVisible": True, "position": "right", "type": "heatmap_legend"},
            "gridConfig": {
                "type": "heatmap_grid",
                "isCellLabelVisible": False,
                "isYAxisLabelVisible": True,
                "isXAxisLabelVisible": True,
                "isYAxisTitleVisible": False,
                "isXAxisTitleVisible": False,
                **sorting,
            },
        },
        columns,
    )


def _is_part(key: str, columns: Mapping[str, Column], column: Column) -> bool:
    """Tell a formula's hidden columns by their names."""
    outer, _, number = key.rpartition("X")
    return column["operationType"] == "math" or (number.isdigit() and outer in columns)
