"""Columns of a Lens layer: what a panel counts, and what it parts the counts by.

Their shapes: elastic/kibana, `x-pack/platform/plugins/shared/lens/public/datasources/form_based/
operations/definitions/` (`terms`, `date_histogram`, `count`, `metrics`, `percentile`, `filters`).
Queries are Lucene's throughout: Elasticsearch reads them itself, so a test asks what Kibana asks.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from deploy.kibana import names

Column = dict[str, Any]
RECORDS: Final = "___records___"


def _metric(operation: str, field: str, label: str, query: str, **params: Any) -> Column:
    column: Column = {
        "label": label,
        "customLabel": True,
        "dataType": "number",
        "operationType": operation,
        "sourceField": field,
        "isBucketed": False,
        "scale": "ratio",
        "params": {"emptyAsNull": False, **params},
    }
    if query:
        column["filter"] = {"query": query, "language": "lucene"}
    return column


def count(
    label: str = "Inlägg",
    query: str = "",
    *,
    shift: str = "",
    form: Mapping[str, Any] | None = None,
) -> Column:
    """Count documents, those of `query` alone; `shift` (`1w`) looks that long back."""
    column = _metric("count", RECORDS, label, query, **({"format": form} if form else {}))
    return column | ({"timeShift": shift} if shift else {})


def unique(field: str, label: str, query: str = "") -> Column:
    """Count a field's different values (approximately, beyond some thousands)."""
    return _metric("unique_count", field, label, query)


def value(operation: str, field: str, label: str, query: str = "", **params: Any) -> Column:
    """Take the `average`, `median`, `sum`, `min` or `max` of a field."""
    column = _metric(operation, field, label, query, **params)
    if field.endswith("_at") or field in {"start", "end", "last"}:
        column |= {"dataType": "date", "scale": "interval"}
    return column


def percentile(field: str, label: str, percent: int, query: str = "") -> Column:
    """Take a percentile of a field."""
    return _metric("percentile", field, label, query, percentile=percent)


def over_time(field: str, interval: str, *, empty: bool = True) -> Column:
    """Part by time: `5m`, `1h`, `1d`, `1w` or `1M`, local time; Kibana coarsens if too many."""
    return {
        "label": names.FIELDS[field],
        "customLabel": True,
        "dataType": "date",
        "operationType": "date_histogram",
        "sourceField": field,
        "isBucketed": True,
        "scale": "interval",
        "params": {"interval": interval, "includeEmptyRows": empty, "dropPartials": False},
    }


def top(
    field: str, size: int, *, by: str = "", kind: str = "string", ascending: bool = False
) -> Column:
    """Part by a field's values: the `size` highest by the column `by`, or the first in order."""
    order = {"type": "column", "columnId": by} if by else {"type": "alphabetical"}
    return {
        "label": names.FIELDS[field],
        "customLabel": True,
        "dataType": kind,
        "operationType": "terms",
        "sourceField": field,
        "isBucketed": True,
        "scale": "ordinal",
        "params": {
            "size": size,
            "orderBy": order,
            "orderDirection": "asc" if ascending or not by else "desc",
            "otherBucket": False,
            "missingBucket": False,
            "parentFormat": {"id": "terms"},
        },
    }


def groups(label: str, parts: Sequence[tuple[str, str]]) -> Column:
    """Part by queries, each with its name."""
    return {
        "label": label,
        "customLabel": True,
        "dataType": "string",
        "operationType": "filters",
        "isBucketed": True,
        "scale": "ordinal",
        "params": {
            "filters": [
                {"label": name, "input": {"query": query, "language": "lucene"}}
                for name, query in parts
            ]
        },
    }
