"""CSV out: read-out posts as rows, nested fields dotted, lists joined by `|`, formulas harmless."""

import csv
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lyhord.formulas import guard
from lyhord.model import READOUT_FIELDS

_NESTED = {
    "metrics": ("likes", "shares", "comments", "views"),
    "topics": ("label", "score"),
    "sentiment": ("label", "score"),
    "places": ("text", "kind", "start", "end", "municipality", "lat", "lon", "precision"),
    "entities": ("text", "kind", "start", "end"),
}
COLUMNS = tuple(
    f"{name}.{inner}" if inner else name
    for name in READOUT_FIELDS
    for inner in _NESTED.get(name, ("",))
)


def write_csv(rows: Iterable[Mapping[str, Any]], *, more: Sequence[str] = ()) -> None:
    """Stream read-out posts to stdout as CSV (RFC 4180, UTF-8), with `more` empty columns."""
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]  # a real file here
    writer = csv.DictWriter(sys.stdout, (*COLUMNS, *more), restval="", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(flatten(row))
    sys.stdout.flush()


def flatten(row: Mapping[str, Any], form: Callable[[str], str] = guard) -> dict[str, str]:
    """Make a read-out post a row of texts: nested fields dotted, lists joined by `|`.

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
