"""`lyhord counts`: how many posts there are of what, and what the figures stand on."""

import sys
from collections.abc import Mapping
from typing import Any

from lyhord import municipalities
from lyhord.analysis.coverage import coverage
from services.cli import output
from services.cli.searching import opened, read_selection, tell_if_empty

_MOST = 10_000
_BAR = 40
_GAPS = 5


def run_counts(selection: Mapping[str, Any], *, by: str, then_by: str | None, json: bool) -> None:
    """Print counts, as JSON Lines or as bars to look at.

    Raises:
        Misuse: the query, a filter or a field cannot be meant.

    """
    query, filters = read_selection(selection)
    with opened(query) as store:
        found = store.counts(query, filters, by=by, then_by=then_by, size=_MOST)
        models = store.counts(query, filters, by="model")
        total = store.search(query, filters, size=1, sort="newest").total
        if not (total or json):
            tell_if_empty(store)
        gaps = (
            []
            if json
            else [
                f"{each.source}: {gap.told()}"
                for each in coverage(store, filters)
                for gap in each.silences
            ]
        )
    rows = [_row(value, count) for value, count in found.items()]
    # Times in their order, all else by how many there are.
    rows.sort(key=lambda row: row["value"] if by in ("day", "month") else -row["count"])
    if json:
        output.write_lines({"by": by, **row} for row in rows)
        return
    most = max((row["count"] for row in rows), default=1)
    width = max((len(_named(by, row["value"])) for row in rows), default=0)
    for row in rows:
        bar = "█" * round(row["count"] / most * _BAR)
        parts = "  ".join(
            f"{_named(then_by, name)} {n:,}" for name, n in row.get("parts", {}).items()
        )
        name = _named(by, row["value"]).ljust(width)
        sys.stdout.write(f"{name}  {row['count']:>7,}  {bar}  {parts}".rstrip() + "\n")
    judged = ", ".join(f"{model} ({count:,})" for model, count in models.items())
    output.say(f"of {total:,} posts; judged by {judged or 'no model'}")
    for gap in gaps[-_GAPS:]:
        output.say(gap)
    if len(gaps) > _GAPS:
        output.say(f"and {len(gaps) - _GAPS:,} gaps before: lyhord coverage")


def _row(value: Any, count: Any) -> dict[str, Any]:
    if isinstance(count, Mapping):
        return {"value": value, "count": sum(count.values()), "parts": dict(count)}
    return {"value": value, "count": count}


def _named(by: str | None, value: Any) -> str:
    return (municipalities.name_of(value) if by == "municipality" else None) or str(value)
