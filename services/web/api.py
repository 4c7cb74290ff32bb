"""The read API: posts, counts, threads and response times as JSON, as the commands give them.

Pages are followed by a cursor: what `next` gives is asked for as `cursor`, with all else the same.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import JSONResponse, Response

from lyhord import municipalities, times
from lyhord.analysis import cohorts, selections
from lyhord.analysis.comparing import compare
from lyhord.analysis.coverage import coverage
from lyhord.dialogue import Order, Status
from lyhord.dialogue.groups import By
from lyhord.dialogue.responses import responses
from lyhord.errors import Misuse, Retriable
from lyhord.ports import Filters, Store, ThreadFilters
from lyhord.query.errors import QueryError, render
from lyhord.registers import Registers
from services.web import paging

MOST = 1_000
"""Rows of a page, at most."""
_FACETS = ("topic", "sentiment", "municipality", "source", "place", "author_role", "month")
_MOST_FACETS = 12

Labels = Annotated[list[str], Query()]
Size = Annotated[int, Query(ge=1, le=MOST)]


class Selection:
    """The query and filters that every selection of posts has, as the commands have them."""

    def __init__(  # noqa: PLR0913 - one parameter for each filter
        self,
        *,
        q: Annotated[str, Query(description="Lucene syntax; * or nothing finds everything.")] = "*",
        since: Annotated[str | None, Query(description="From this time or day on.")] = None,
        until: Annotated[str | None, Query(description="Before this time or day.")] = None,
        municipality: Labels = [],  # noqa: B006 - FastAPI copies it
        topic: Labels = [],  # noqa: B006 - as above
        sentiment: Labels = [],  # noqa: B006 - as above
        kind: Labels = [],  # noqa: B006 - as above
        source: Labels = [],  # noqa: B006 - as above
        author_role: Labels = [],  # noqa: B006 - as above
        place: Labels = [],  # noqa: B006 - as above
    ) -> None:
        self.query = q
        labels = {
            "municipality": municipality,
            "topic": topic,
            "sentiment": sentiment,
            "kind": kind,
            "source": source,
            "author_role": author_role,
            "place": place,
        }
        self.filters = Filters(
            since=times.option("since", since),
            until=times.option("until", until),
            labels={name: values for name, values in labels.items() if values},
        )


Chosen = Annotated[Selection, Depends()]
Now = Annotated[str | None, Query(description="As it stood then; later posts are hidden.")]
Cursor = Annotated[str | None, Query(description="What `next` of the page before gave.")]


def add_api(app: FastAPI, store: Store, known: Registers) -> None:
    """Add the API to an application, and the answers that its mistakes get."""
    router = APIRouter(prefix="/api", responses={400: {"description": "what cannot be meant"}})

    @router.get("/posts")
    def posts(
        selection: Chosen,
        *,
        sort: Literal["relevance", "newest"] = "relevance",
        size: Size = 20,
        cursor: Cursor = None,
    ) -> Response:
        """Search posts: their fields flat, `score`, and the marked passage of the text."""
        give = paging.newest if sort == "newest" else paging.best
        return as_json(give(store, selection.query, selection.filters, size, cursor))

    @router.get("/counts")
    def counts(
        selection: Chosen,
        *,
        by: str = "topic",
        then_by: str | None = None,
        size: Size = MOST,
    ) -> Response:
        """Count posts by a field, `day` or `month`, and within that by another.

        `total` is what the shares are of; `models` tells which versions of the tagger judged them;
        `coverage` tells what there is of each source, and its silences.
        """
        query, filters = selection.query, selection.filters
        found = store.counts(query, filters, by=by, then_by=then_by, size=size)
        return as_json(
            {
                "total": store.search(query, filters, size=1, sort="newest").total,
                "models": store.counts(query, filters, by="model"),
                "counts": found,
                "coverage": [each.line() for each in coverage(store, filters)],
            }
        )

    @router.get("/facets")
    def facets(
        selection: Chosen,
        *,
        by: Annotated[list[str], Query(max_length=_MOST_FACETS)] = [],  # noqa: B006 - FastAPI copies it
        size: Size = 20,
    ) -> Response:
        """Count posts by several fields at once: what a search can be narrowed by."""
        fields = by or _FACETS
        found = store.facets(selection.query, selection.filters, by=fields, size=size)
        return as_json({"facets": found})

    @router.get("/threads")
    def threads(  # noqa: PLR0913 - a parameter for each filter
        *,
        status: Annotated[list[Status], Query()] = [],  # noqa: B006 - FastAPI copies it
        municipality: Labels = [],  # noqa: B006 - as above
        now: Now = None,
        sort: Order = "waiting",
        size: Size = 100,
        cursor: Cursor = None,
    ) -> Response:
        """List threads: who waits, the longest or the most urgent first; then the latest."""
        moment = times.option("now", now) or _present()
        filters = ThreadFilters(status, _codes(municipality), moment, sort)
        return as_json(paging.threads(store, filters, size, cursor))

    @router.get("/responses")
    def response_times(
        *,
        by: By = "municipality",
        municipality: Labels = [],  # noqa: B006 - FastAPI copies it
        now: Now = None,
    ) -> Response:
        """Tell how many threads that asked were answered, and how fast, group by group."""
        moment = times.option("now", now) or _present()
        found = store.threads(ThreadFilters((), _codes(municipality), moment))
        groups = [each._asdict() for each in responses(found, by=by, now=moment)]
        return as_json({"by": by, "now": times.format_utc(moment), "groups": groups})

    @router.get("/compare")
    def compared(  # noqa: PLR0913 - a parameter for each bound
        *,
        municipality: Labels = [],  # noqa: B006 - FastAPI copies it
        since: str | None = None,
        until: str | None = None,
        population: Annotated[str | None, Query(description="Such as 20000-50000.")] = None,
        group: str | None = None,
        like: Annotated[str | None, Query(description="A municipality of such a size.")] = None,
    ) -> Response:
        """Put municipalities beside each other; no figure is of fewer than five citizens.

        `cohort` has each figure's median, and of how many municipalities it is.
        """
        start, end = times.option("since", since), times.option("until", until)
        among = cohorts.members(known.facts, population=population, group=group, like=like)
        codes = _codes(municipality)
        found = [*compare(store, codes, since=start, until=end, known=known, among=among)]
        usual = cohorts.cohort(found)
        rows = [each._asdict() for each in found]
        return as_json({"municipalities": rows, "cohort": usual and usual._asdict()})

    @router.get("/terms")
    def telling(selection: Chosen, *, size: Size = 20) -> Response:
        """Give the words that tell a selection from the rest, the most telling first."""
        found = selections.terms(store, selection.query, selection.filters, size=size)
        return as_json({"terms": [term._asdict() for term in found]})

    app.include_router(router)
    app.add_exception_handler(QueryError, _unreadable)
    app.add_exception_handler(Misuse, _misuse)
    app.add_exception_handler(Retriable, _away)


def _present() -> datetime:
    return datetime.now(UTC)


def _codes(names: list[str]) -> list[str]:
    return [municipalities.meant(name) for name in names]


def as_json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a body as JSON."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, QueryError)  # noqa: S101 - it is registered for these
    query = request.query_params.get("q", "")
    told = {"error": error.message, "position": error.position, "shown": render(query, error)}
    return JSONResponse(told, 400)


def _misuse(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


def _away(_: Request, error: Exception) -> Response:
    assert isinstance(error, Retriable)  # noqa: S101 - as above
    return JSONResponse({"error": str(error)}, 503, {"Retry-After": str(int(error.after) + 1)})
