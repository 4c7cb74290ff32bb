"""The pages: posts to search and what they are about, day by day; and who waits for an answer."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Annotated, Any

from fastapi import FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lyhord import labels, municipalities, registers, times
from lyhord.dialogue import Order
from lyhord.ports import Filters, Store
from lyhord.query.errors import QueryError, render
from lyhord.query.suggesting import suggest
from lyhord.registers import Registers
from services.web import queue
from services.web.api import add_api
from services.web.charts import columns

_HERE = files("services.web")
_DAYS = 90
_HITS = 30
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FILTERS = ("municipality", "topic", "sentiment", "source")

Chosen = Annotated[list[str], Query()]


def create_app(store: Store, *, hosts: list[str], known: Registers = registers.NONE) -> FastAPI:
    """Make the application.

    Args:
        store: where the posts are.
        hosts: names that the page may be asked for by; others are refused, so that a web site
            cannot reach a page on this machine through a name of its own (DNS rebinding).
        known: the register of accounts and the facts that comparisons go by.

    """
    app = FastAPI(title="Lyhörd", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    app.mount("/static", StaticFiles(directory=str(_HERE / "static")))
    templates = Jinja2Templates(directory=str(_HERE / "templates"))
    templates.env.globals |= {"labels": labels, "municipality_name": municipalities.name_of}
    templates.env.filters |= {"local": _local, "passages": passages, "safe_url": safe_url}
    templates.env.filters |= {"span": queue.span, "share": queue.share}

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/", include_in_schema=False)
    def start(  # noqa: PLR0913 - one parameter for each of the page's filters
        request: Request,
        *,
        q: str = "",
        municipality: Chosen = [],  # noqa: B006 - FastAPI copies it
        topic: Chosen = [],  # noqa: B006 - as above
        sentiment: Chosen = [],  # noqa: B006 - as above
        source: Chosen = [],  # noqa: B006 - as above
    ) -> HTMLResponse:
        chosen = dict(zip(_FILTERS, (municipality, topic, sentiment, source), strict=True))
        view = _view(store, q, {name: values for name, values in chosen.items() if any(values)})
        return templates.TemplateResponse(
            request,
            "start.html",
            view | {"q": q, "chosen": chosen, "here": "start"},
            400 if view["error"] else 200,
        )

    @app.get("/vantar", include_in_schema=False)
    def waiting(
        request: Request,
        *,
        municipality: Chosen = [],  # noqa: B006 - FastAPI copies it
        sort: Order = "waiting",
    ) -> HTMLResponse:
        told = queue.view(store, municipality, sort)
        return templates.TemplateResponse(request, "vantar.html", told | {"here": "vantar"})

    add_api(app, store, known)
    return app


def _view(store: Store, query: str, chosen: Mapping[str, list[str]]) -> dict[str, Any]:
    try:
        filters = Filters(labels={name: [v for v in vs if v] for name, vs in chosen.items()})
        page = store.search(
            query, filters, size=_HITS, sort="relevance" if query.strip() else "newest"
        )
        by_topic = store.counts(query, filters, by="topic")
        by_day = store.counts(query, filters, by="day", then_by="sentiment", size=20_000)
        found = store.counts("*", by="municipality")
    except QueryError as error:
        return {"error": render(query, error), "total": 0, "hits": (), "topics": (), "found": ()}
    other = None
    if not page.total:
        other = suggest(query, lambda word: store.search(word, size=1, sort="newest").total)
    return {
        "error": None,
        "suggested": other,
        "total": page.total,
        "hits": page.hits,
        "topics": sorted(by_topic.items(), key=lambda item: -item[1]),
        "days": columns(_last_days(by_day)),
        "found": sorted(found, key=lambda code: municipalities.name_of(code) or code),
        "now": datetime.now(UTC),
    }


def _last_days(by_day: Mapping[str, Mapping[str, int]]) -> list[tuple[str, Mapping[str, int]]]:
    """Give the last days that have posts, the empty ones among them included."""
    if not by_day:
        return []
    last = date.fromisoformat(max(by_day))
    days = ((last - timedelta(days=back)).isoformat() for back in reversed(range(_DAYS)))
    return [(day, by_day.get(day, {})) for day in days]


def passages(text: str, marks: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """Cut a text into passages, each with whether it is marked."""
    cut, at = [], 0
    for start, end in sorted(marks):
        cut += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(part, marked) for part, marked in [*cut, (text[at:], False)] if part]


def safe_url(url: str | None) -> str | None:
    """Give an address that may be linked to: the web's, never `javascript:` and the like."""
    return url if url and url.lower().startswith(("https://", "http://")) else None


def _local(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(times.STOCKHOLM).strftime("%Y-%m-%d %H:%M")
