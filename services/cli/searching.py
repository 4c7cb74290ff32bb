"""`lyhord search`, `export` and `rejected`: reading out what is stored."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from lyhord import times, wiring
from lyhord.errors import Misuse
from lyhord.ports import REJECTED, Filters, Hit, Store
from lyhord.query.errors import QueryError, render
from services.cli import output

if TYPE_CHECKING:
    from lyhord.exporting import Form


def run_search(
    selection: Mapping[str, Any], *, size: int, sort: str, fold: bool, json: bool
) -> None:
    """Print the hits of a search, as JSON Lines or for reading.

    Raises:
        Misuse: the query or a filter cannot be meant.

    """
    query, filters = read_selection(selection)
    other = None
    with opened(query) as store:
        page = store.search(query, filters, size=size, sort=sort)
        if not (page.total or json):
            other = _suggested(store, query)
            tell_if_empty(store)
    if fold:
        from lyhord.analysis.selections import folded

        pairs = list(folded(page.hits))
        tell_hits([hit for hit, _ in pairs], [copies for _, copies in pairs], json=json)
    else:
        tell_hits(page.hits, json=json)
    if json:
        return
    output.say(f"{len(page.hits)} of {page.total:,} posts")
    if other:
        output.say(f"did you mean: {other}")


def _suggested(store: Store, query: str) -> str | None:
    from lyhord.query.suggesting import suggest

    return suggest(query, lambda word: store.search(word, size=1, sort="newest").total)


def run_export(selection: Mapping[str, Any], *, form: "Form") -> None:
    """Stream everything that a search finds to stdout.

    Raises:
        Misuse: the query or a filter cannot be meant, or a terminal would get a workbook.

    """
    from lyhord.exporting import export

    query, filters = read_selection(selection)
    output.refuse_terminal(form)
    asked = {"Fråga": query} | output.asked(
        {name: value for name, value in selection.items() if name != "query"}
    )
    with opened(query) as store:
        output.write_chunks(export(store.scan(query, filters), form, asked=asked))


def tell_hits(
    hits: Sequence[Hit], copies: Sequence[Sequence[str]] | None = None, *, json: bool
) -> None:
    """Print hits, as JSON Lines or for reading; with the ids of the near-duplicates of each."""
    if json:
        output.write_lines(
            hit.fields | {"score": hit.score} | ({"copies": copies[at]} if copies else {})
            for at, hit in enumerate(hits)
        )
        return
    for at, hit in enumerate(hits):
        fields = hit.fields
        about = (fields["created_at"], fields["source"], fields["municipality"], fields["topic"])
        more = f"  (+{len(copies[at])})" if copies and copies[at] else ""
        sys.stdout.write("  ".join(str(part) for part in about) + f"  {fields['id']}{more}\n")
        sys.stdout.write(f"    {_marked(hit.snippet, hit.marks)}\n")


def run_rejected(*, json: bool) -> None:
    """Print what was refused; a row refused twice from the same place is told once."""
    log = wiring.open_log(output.settings())
    latest: dict[tuple[str, int | None, str | None], dict[str, Any]] = {}
    for entry in log.read(REJECTED):
        refusal = orjson.loads(entry.value)
        latest[refusal["origin"], refusal["line"], refusal["key"]] = refusal
    rows = (
        {
            _place_name(refusal): refusal["origin"],
            "line": refusal["line"],
            "reason": refusal["reason"],
            "at": refusal["at"],
            "stage": refusal["stage"],
            "id": refusal["key"],
        }
        for refusal in latest.values()
    )
    if json:
        output.write_lines(rows)
        return
    if not latest:
        output.say("nothing was refused")
    for row in rows:
        where = row.get("file") or f"{row.get('source')} {row['id'] or ''}".strip()
        sys.stdout.write(f"{where}:{row['line'] or ''}: {row['reason']}\n")


def _place_name(refusal: Mapping[str, Any]) -> str:
    origin = refusal["origin"]
    return "file" if origin == "-" or origin.startswith("/") else "source"


def tell_if_empty(store: Store) -> None:
    """Say where posts were looked for, if there are none at all: perhaps it is the wrong place."""
    if store.search("*", size=1, sort="newest").total:
        return
    settings = output.settings()
    if settings.store:
        output.say(
            f"there are no posts in {settings.store} yet; `lyhord import FILE` puts some there"
        )
        return
    output.say(
        f"there are no posts in {settings.data.absolute()} yet; `lyhord import FILE` puts some "
        "there, and LYHORD_DATA or the setting data names another folder"
    )


@contextmanager
def opened(query: str) -> Iterator[Store]:
    """Open the store for the block; a query that cannot be read is told with where it is wrong.

    Raises:
        Misuse: the query cannot be read.

    """
    store = wiring.open_store(output.settings())
    try:
        yield store
    except QueryError as error:
        raise Misuse(render(query, error)) from None
    finally:
        store.close()


def read_selection(selection: Mapping[str, Any]) -> tuple[str, Filters]:
    """Read the query and the filters that a command was given.

    Raises:
        Misuse: a time cannot be meant, or no such search is saved.

    """
    if selection.get("saved"):
        from services.cli.saving import narrowed

        selection = narrowed(selection, selection["saved"])
    labels = {
        name: list(values)
        for name, values in selection.items()
        if name not in ("query", "since", "until", "saved") and values
    }
    since, until = (times.option(f"--{name}", selection[name]) for name in ("since", "until"))
    if since and until and since >= until:
        output.say(
            f"no time lies between --since {selection['since']} and --until {selection['until']}"
        )
    return selection["query"], Filters(since=since, until=until, labels=labels)


def _marked(text: str, marks: Iterable[tuple[int, int]]) -> str:
    text = text.replace("\n", " ")
    if not sys.stdout.isatty():
        return text
    for start, end in sorted(marks, reverse=True):
        text = f"{text[:start]}\x1b[1m{text[start:end]}\x1b[0m{text[end:]}"
    return text
