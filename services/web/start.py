"""The start page: the posts that are found, day by day, and what they can be narrowed by."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from lyhord.analysis.coverage import Silence, coverage
from lyhord.errors import Misuse
from lyhord.ports import Filters, Hit, Store
from lyhord.query.errors import QueryError, render
from lyhord.query.suggesting import suggest
from services.web import facets
from services.web.charts import columns
from services.web.choosing import Choice
from services.web.naming import Names

_DAYS = 90
HITS, MOST = 30, 990
"""Posts that the page shows at first, and at most; who wants more takes the file."""


def view(store: Store, choice: Choice, names: Names, *, size: int = HITS) -> dict[str, Any]:
    """Give what the page shows; `error` tells what is wrong where the choice cannot be meant."""
    chips = list(choice.chips(names))
    shown = {"choice": choice, "chips": chips, "error": None}
    try:
        return shown | _found(store, choice, names, size)
    except QueryError as error:
        wrong = render(choice.query, error)
    except Misuse as error:
        wrong = str(error)
    return shown | {"error": wrong, "total": 0, "found": ()}


def _found(store: Store, choice: Choice, names: Names, size: int) -> dict[str, Any]:
    query, filters = choice.query, choice.filters()
    sort = "relevance" if query.strip() else "newest"
    page = store.search(query, filters, size=size, sort=sort)
    counted = store.facets(query, filters, by=tuple(facets.FIELDS.values()))
    by_day = store.counts(query, filters, by="day", then_by="sentiment", size=20_000)
    days = _last_days(by_day)
    other = None
    if not page.total:
        other = suggest(query, lambda word: store.search(word, size=1, sort="newest").total)
    every = store.counts("*", by="municipality")
    return {
        "suggested": other,
        "total": page.total,
        "hits": page.hits,
        "next_size": min(size + HITS, MOST) if size < min(page.total, MOST) else None,
        "models": sorted({hit.fields["model"] for hit in page.hits}),
        "days": columns(days),
        "silences": _silences(store, filters, days),
        "found": sorted(every, key=lambda code: names.of("municipality", code)),
        "facets": facets.facets(
            counted, choice, names, total=page.total, spelled=_spelled(page.hits)
        ),
    }


def _silences(
    store: Store, filters: Filters, days: Sequence[tuple[str, object]]
) -> list[tuple[str, Silence]]:
    """Give where a source fell silent unlike itself within the days that are drawn."""
    first = date.fromisoformat(days[0][0]) if days else date.max
    return [
        (each.source, silence)
        for each in coverage(store, filters)
        for silence in each.silences
        if silence.last >= first
    ]


def _spelled(hits: Sequence[Hit]) -> dict[str, str]:
    """Give how the shown posts write their places."""
    places = (place["text"] for hit in hits for place in hit.fields["places"])
    return {text.casefold(): text for text in places}


def _last_days(by_day: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Mapping[str, int]]]:
    """Give the last days that have posts, the empty ones among them included."""
    if not by_day:
        return []
    last = date.fromisoformat(max(by_day))
    days = ((last - timedelta(days=back)).isoformat() for back in reversed(range(_DAYS)))
    return [(day, by_day.get(day, {})) for day in days]
