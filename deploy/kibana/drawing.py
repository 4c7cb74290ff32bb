"""Drawing: one panel's answer as a piece of SVG, by the visualization that it asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from deploy.kibana import names
from deploy.kibana.answers.panels import Question
from deploy.kibana.charts import chart, column_of, heat, named, points
from lyhord.times import STOCKHOLM

_LINE, _LETTER = 19, 6.2
_MOST = 60
_LINKS = {"url", "id", "thread_id", "incident"}
"""Fields that Kibana shows as links, for which a picture has no room."""
Row = Mapping[str, Any]


def drawn(answer: Question, width: int, height: int) -> str:
    """Draw an answer into so many pixels."""
    if not answer.rows:
        return '<text y="20" font-size="12">Inget under den här tiden</text>'
    if answer.layer is None:
        made = points if answer.kind == "map" else _documents
        return made(answer, width, height)
    return _lens(answer, width, height)


def _lens(answer: Question, width: int, height: int) -> str:
    attributes = answer.config["attributes"]
    state = attributes["state"]["visualization"]
    match attributes["visualizationType"]:
        case "lnsMetric":
            return _figure(answer, state, height)
        case "lnsDatatable":
            return _table(answer, state, width, height)
        case "lnsHeatmap":
            return heat(answer, state, width, height)
    return chart(answer, state, width, height)


def told(value: Any, column: Row) -> str:
    """Write a value as the data view's formats would."""
    field = column.get("sourceField", "")
    if value is None:
        return "–"
    form = column.get("params", {}).get("format", {}).get("id")
    if form == "percent":
        return f"{value * 100:.0f} %"
    if column["dataType"] == "date":
        return datetime.fromtimestamp(value / 1000, STOCKHOLM).strftime("%d/%m %H:%M")
    if column["isBucketed"]:
        return named(field, value)
    if field.endswith("seconds"):
        return f"{value / 3600:.1f} tim"
    return f"{value:,.0f}".replace(",", " ") if abs(value) >= 10 else f"{value:.3g}"  # noqa: PLR2004 - small ones with decimals


def _figure(answer: Question, state: Row, height: int) -> str:
    key = state["metricAccessor"]
    text = told(answer.rows[0].get(key), column_of(answer, key))
    colour = state.get("color", names.COLOURS["accent"])
    under = escape(state.get("subtitle", ""))
    return (
        f'<text y="{height * 0.55:.0f}" font-size="30" font-weight="bold" fill="{colour}">'
        f'{escape(text)}</text><text y="{height - 4}" font-size="11" '
        f'fill="{names.COLOURS["soft"]}">{under}</text>'
    )


def _lines(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, height: int) -> str:
    widths = [
        max(len(head) + 1, *(min(len(row[at]), _MOST) for row in rows), 4) + 1
        for at, head in enumerate(heads)
    ]
    while sum(widths) * _LETTER > width:  # the widest gives way first
        widths[widths.index(max(widths))] -= 1
    parts, x = [], 0.0
    for at, head in enumerate(heads):
        room = widths[at] * _LETTER
        letters = max(widths[at] - 1, 3)
        title = escape(head[:letters])
        parts.append(f'<text x="{x:.0f}" y="12" font-size="11" font-weight="bold">{title}</text>')
        for number, row in enumerate(rows[: max((height - 16) // _LINE, 1)]):
            text = row[at] if len(row[at]) <= letters else f"{row[at][: letters - 1]}…"
            y = 12 + (number + 1) * _LINE
            parts.append(f'<text x="{x:.0f}" y="{y}" font-size="11">{escape(text)}</text>')
        x += room
    return "".join(parts)


def _table(answer: Question, state: Row, width: int, height: int) -> str:
    keys = [each["columnId"] for each in state["columns"]]
    columns = [column_of(answer, key) for key in keys]
    rows = list(answer.rows)
    if order := state.get("sorting"):
        known = [row for row in rows if row.get(order["columnId"]) is not None]
        rows = sorted(
            known, key=lambda row: row[order["columnId"]], reverse=order["direction"] == "desc"
        )
    cells = [
        [told(row.get(key), each) for key, each in zip(keys, columns, strict=True)] for row in rows
    ]
    return _lines([str(each["label"]) for each in columns], cells, width, height)


def _documents(answer: Question, width: int, height: int) -> str:
    fields = [
        name
        for name in answer.config["columns"]
        if name not in {"url", "id", "thread_id", "incident"}
    ]
    cells = [
        [", ".join(_document(field, each) for each in row.get(field, ())) for field in fields]
        for row in answer.rows
    ]
    return _lines([names.FIELDS[name] for name in fields], cells, width, height)


def _document(field: str, value: Any) -> str:
    if isinstance(value, str) and value[10:11] == "T" and value.endswith("Z"):
        return datetime.fromisoformat(value).astimezone(STOCKHOLM).strftime("%d/%m %H:%M")
    if field == "seconds":
        return f"{value / 3600:.1f} tim"
    if field == "kind" and value in names.KINDS:
        return names.KINDS[value]
    return named(field, value) if not isinstance(value, float) else f"{value:.1f}"
