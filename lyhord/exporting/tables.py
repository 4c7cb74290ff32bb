"""Tables: what read-out rows look like as cells: nested fields dotted, lists joined by `|`."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lyhord.formulas import guard
from lyhord.model import READOUT_FIELDS

_NESTED = {
    "metrics": ("likes", "shares", "comments", "views"),
    "topics": ("label", "score"),
    "sentiment": ("label", "score"),
    "places": ("text", "kind", "start", "end", "municipality", "lat", "lon", "precision"),
    "entities": ("text", "kind", "start", "end"),
}


class Table(NamedTuple):
    """A kind of rows: its columns, and in Swedish what a sheet and the count of them are called."""

    columns: tuple[str, ...]
    sheet: str
    counted: str


POSTS = Table(
    tuple(
        f"{name}.{inner}" if inner else name
        for name in READOUT_FIELDS
        for inner in _NESTED.get(name, ("",))
    ),
    "Inlägg",
    "Antal inlägg",
)
THREADS = Table(
    (
        "thread_id",
        "municipality",
        "status",
        "opened_at",
        "posts",
        "waiting_since",
        "first_response_at",
        "first_response_seconds",
        "first_response_office_seconds",
        "topic",
        "last_at",
    ),
    "Trådar",
    "Antal trådar",
)


def flatten(row: Mapping[str, Any], form: Callable[[str], str] = guard) -> dict[str, str]:
    """Make a read-out row a row of texts: nested fields dotted, lists joined by `|`.

    `form` is given each text, and not the figures among them: it guards against formulas.
    """
    flat: dict[str, str] = {}
    for name, value in row.items():
        inner = _NESTED.get(name)
        if inner is None:
            flat[name] = _cell(value, form)
        else:
            items = value if isinstance(value, list) else [value]
            for key in inner:
                flat[f"{name}.{key}"] = "|".join(_cell(item[key], form) for item in items)
    return flat


def _cell(value: Any, form: Callable[[str], str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "|".join(_cell(item, form) for item in value)
    return form(value) if isinstance(value, str) else str(value)
