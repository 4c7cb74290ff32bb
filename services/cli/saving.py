"""`lyhord save`, `saved`, and `--saved`: searches kept by name."""

import sys
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from lyhord import wiring
from lyhord.errors import Misuse
from lyhord.query.errors import QueryError, render
from lyhord.query.selection import select
from services.cli import output
from services.cli.searching import read_selection

_KIND = "search"
_EVERYTHING = frozenset(("", "*"))


def run_save(name: str, selection: Mapping[str, Any], *, remove: bool) -> None:
    """Keep a search, if it can be meant, or forget it.

    Raises:
        Misuse: the query or a filter cannot be meant, or there is nothing to forget.

    """
    with closing(wiring.open_state(output.settings())) as state:
        if remove:
            if not state.get(_KIND, name):
                raise Misuse(_unknown(name, state.all(_KIND)))
            state.put(_KIND, name, {})
            return
        query, filters = read_selection(selection)
        try:
            select(query, filters, vocabulary=wiring.vocabulary(output.settings()))
        except QueryError as error:
            raise Misuse(render(query, error)) from None
        state.put(_KIND, name, {key: value for key, value in selection.items() if value})
    output.say(f"kept; use it with --saved {name}")


def run_saved(*, json: bool) -> None:
    """Print the searches that are kept."""
    with closing(wiring.open_state(output.settings())) as state:
        rows = [{"name": name, **kept} for name, kept in state.all(_KIND).items() if kept]
    if json:
        output.write_lines(rows)
        return
    if not rows:
        output.say("no search is kept; `lyhord save NAME QUERY` keeps one")
    for row in rows:
        asked = (f"--{key} {value}" for key, value in row.items() if key not in ("name", "query"))
        sys.stdout.write(
            f"{row['name']}: {row.get('query', '*')}  {' '.join(asked)}".rstrip() + "\n"
        )


def narrowed(selection: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Put what a command was given within a search that was kept: its own filters take the place.

    Raises:
        Misuse: no search of that name is kept.

    """
    with closing(wiring.open_state(output.settings())) as state:
        kept = state.get(_KIND, name)
        if not kept:
            raise Misuse(_unknown(name, state.all(_KIND)))
    given = {key: value for key, value in selection.items() if value}
    queries = [each for each in (kept.get("query"), given.get("query")) if each not in _EVERYTHING]
    query = " ".join(f"({each})" for each in queries if each) or "*"
    return {**dict.fromkeys(selection), **kept, **given, "query": query}


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    there = [each for each, kept in known.items() if kept]
    return f"no search is saved as {name!r}; there are {', '.join(there) or 'none'}"
