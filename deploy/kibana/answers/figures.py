"""Figures: a column's aggregation, its value in an answer, and what a formula makes of values."""

from collections.abc import Mapping
from typing import Any

from lyhord.times import STOCKHOLM

Column = Mapping[str, Any]
Json = dict[str, Any]
_SINGLE = {
    "average": "avg",
    "sum": "sum",
    "min": "min",
    "max": "max",
    "unique_count": "cardinality",
}


def lucene(query: str) -> Json:
    """Give a Lucene query as Kibana hands it on; an empty one finds everything."""
    if not query:
        return {"match_all": {}}
    return {"query_string": {"query": query, "analyze_wildcard": True, "time_zone": STOCKHOLM.key}}


def metric(column: Column) -> Json:
    """Make a column's aggregation; none where the bucket's own count is it."""
    field, operation = column.get("sourceField"), column["operationType"]
    made: Json = {}
    if operation in _SINGLE:
        made = {_SINGLE[operation]: {"field": field}}
    elif operation in {"median", "percentile"}:
        made = {"percentiles": {"field": field, "percents": [percent(column)]}}
    elif operation != "count":
        raise ValueError(f"not translated: {operation}")
    if "filter" in column:
        narrowed: Json = {"filter": lucene(column["filter"]["query"])}
        made = narrowed | ({"aggs": {"in": made}} if made else {})
    return made


def percent(column: Column) -> int:
    """Tell which percentile a column asks for."""
    return 50 if column["operationType"] == "median" else int(column["params"]["percentile"])


def value_of(column: Column, found: Any, bucket: Mapping[str, Any]) -> Any:
    """Read a column's value from what its aggregation gave, or from its bucket's count."""
    if column["operationType"] == "count":
        return found["doc_count"] if found else bucket["doc_count"]
    inner = found["in"] if found and "filter" in column else found
    if inner is None:  # no index is there yet
        return None
    if "values" in inner:
        return next(iter(inner["values"].values()))
    return inner["value"]


def calculated(tree: Any, row: Mapping[str, Any]) -> float | None:
    """Do a formula's arithmetic with a row's values; None where any is missing, or by zero."""
    if isinstance(tree, str):
        value: float | None = row.get(tree)
        return value
    if not isinstance(tree, Mapping):
        return float(tree)
    left, right = (calculated(each, row) for each in tree["args"])
    if left is None or right is None:
        return None
    match tree["name"]:
        case "add":
            return left + right
        case "subtract":
            return left - right
        case "divide":
            return left / right if right else None
    raise ValueError(f"not translated: {tree['name']}")
