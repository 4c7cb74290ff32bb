"""Charts: rows as Vega-Lite draws them, for the kinds of Lens and for a map."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import altair as alt
import vl_convert

from deploy.kibana import names, views
from deploy.kibana.answers.panels import Question
from lyhord.times import STOCKHOLM

Row = Mapping[str, Any]
_UNITS: Mapping[str, Any] = {"1M": "yearmonth", "1d": "yearmonthdate"}
_VALUES = {**views.POSTS.values, "state": names.STATES}


def column_of(answer: Question, key: str) -> Row:
    """Give a Lens panel's column."""
    assert answer.layer is not None  # noqa: S101 - only Lens panels have columns
    return answer.layer.columns[key]


def named(field: str, value: Any) -> str:
    """Name a value as people write it."""
    return _VALUES.get(field, {}).get(str(value), str(value))


def _data(values: Sequence[Mapping[str, Any]]) -> Any:
    made: Any = alt.InlineData
    return made(values=list(values))


def _svg(chart: Any, width: int, height: int) -> str:
    made = (
        chart.properties(
            width=width, height=height, autosize={"type": "fit", "contains": "padding"}
        )
        .configure_view(stroke=None)
        .configure_axis(title=None, labelFontSize=10)
    )
    return vl_convert.vegalite_to_svg(made.to_dict())


def _flat(answer: Question, keys: Sequence[str]) -> list[dict[str, Any]]:
    rows = []
    for row in answer.rows:
        flat = {}
        for key in keys:
            column = column_of(answer, key)
            value = row.get(key)
            bucket = column["isBucketed"] and column["dataType"] != "date"
            flat[key] = named(column.get("sourceField", ""), value) if bucket else value
        rows.append(flat)
    return rows


def _clock(millis: float) -> str:
    """Give a time as Stockholm's clock shows it, without a zone, so that nothing moves it again."""
    return datetime.fromtimestamp(millis / 1000, STOCKHOLM).strftime("%Y-%m-%dT%H:%M:%S")


def chart(answer: Question, state: Row, width: int, height: int) -> str:
    """Draw bars, lines or areas."""
    layer = state["layers"][0]
    x, y, parts, kind = (
        layer["xAccessor"],
        layer["accessors"],
        layer.get("splitAccessor"),
        layer["seriesType"],
    )
    timed = column_of(answer, x)["dataType"] == "date"
    data = _flat(answer, [key for key in (x, parts, *y) if key])
    values = []
    for row in data:
        for key in y:
            series = row[parts] if parts else str(column_of(answer, key)["label"])
            values.append({"x": _clock(row[x]) if timed else row[x], "y": row[key], "s": series})
    drawn = alt.Chart(_data(values))
    mark = (
        drawn.mark_line(strokeWidth=2.5)
        if "line" in kind
        else drawn.mark_area()
        if "area" in kind
        else drawn.mark_bar()
    )
    share = "percentage" in kind
    percent = column_of(answer, y[0]).get("params", {}).get("format", {}).get("id") == "percent"
    axis = alt.Axis(format="%" if share or percent else "~s", tickCount=5)
    interval = column_of(answer, x)["params"].get("interval", "")
    form = "%H:%M" if interval.endswith("m") else "%m/%y" if interval == "1M" else "%d/%m"
    unit = _UNITS.get(interval) if kind.startswith("bar") else None
    line = alt.X("x:N", sort=None, axis=alt.Axis(labelAngle=0))
    if timed:
        said = alt.Axis(format=form, tickCount=8)
        line = alt.X("x:T", axis=said, timeUnit=unit) if unit else alt.X("x:T", axis=said)
    high = alt.Y(
        "y:Q", axis=axis, stack="normalize" if share else None if "line" in kind else "zero"
    )
    if "horizontal" in kind:
        line, high = (
            alt.X("y:Q", axis=axis, stack="normalize" if share else "zero"),
            alt.Y("x:N", sort=None),
        )
    colour = _colours(answer, layer, parts, sorted({str(each["s"]) for each in values}))
    return _svg(mark.encode(line, high, colour), width, height)


def _colours(answer: Question, layer: Row, parts: str | None, series: Sequence[str]) -> Any:
    legend = (
        alt.Legend(orient="bottom", title=None, columns=6, labelFontSize=10, symbolLimit=14)
        if len(series) > 1
        else None
    )
    own: dict[str, str] = {}
    if parts:
        field = column_of(answer, parts).get("sourceField", "")
        for each in layer["colorMapping"]["assignments"]:
            value = each["rules"][0]["value"]
            own[names.KINDS.get(value) or named(field, value)] = each["color"]["colorCode"]
    for each in layer["yConfig"]:
        own[str(column_of(answer, each["forAccessor"])["label"])] = each["color"]
    known = [each for each in series if each in own]
    if known and len(known) == len(series):
        scale = alt.Scale(domain=known, range=[own[each] for each in known])
        return alt.Color("s:N", scale=scale, legend=legend)
    return alt.Color("s:N", scale=alt.Scale(scheme="tableau20"), legend=legend)


def _order(answer: Question, key: str) -> list[str]:
    """Give a column's values in the order that it asks for."""
    column = column_of(answer, key)
    values = list(dict.fromkeys(row[key] for row in answer.rows))
    if column["params"]["orderBy"]["type"] == "alphabetical":
        values.sort()
    return [named(column["sourceField"], value) for value in values]


def heat(answer: Question, state: Row, width: int, height: int) -> str:
    """Colour a grid."""
    keys = (state["xAccessor"], state["yAccessor"], state["valueAccessor"])
    values = [dict(zip("xyv", row.values(), strict=True)) for row in _flat(answer, keys)]
    across, down = (_order(answer, key) for key in keys[:2])
    drawn = alt.Chart(_data(values)).mark_rect()
    scale = alt.Scale(range=[names.COLOURS["ground"], names.COLOURS["accent"]])
    coloured = alt.Color("v:Q", scale=scale, legend=alt.Legend(title=None, gradientLength=80))
    return _svg(
        drawn.encode(alt.X("x:N", sort=across), alt.Y("y:N", sort=down), coloured),
        width,
        height,
    )


def points(answer: Question, width: int, height: int) -> str:
    """Draw places as circles."""
    values = [dict(row) for row in answer.rows]
    drawn = alt.Chart(_data(values)).mark_circle(color=names.COLOURS["accent"], opacity=0.6)
    made = drawn.encode(
        alt.X("lon:Q", scale=alt.Scale(zero=False), axis=None),
        alt.Y("lat:Q", scale=alt.Scale(zero=False), axis=None),
        alt.Size("count:Q", legend=None, scale=alt.Scale(range=[30, 900])),
    )
    return _svg(made, width, height)
