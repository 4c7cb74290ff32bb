"""The pages: posts to search and narrow, threads, who waits, alerts, and what the tags mean."""

from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from fastapi.templating import Jinja2Templates
from starlette.middleware.trustedhost import TrustedHostMiddleware

from lyhord import registers
from lyhord.adapters.memory_state import MemoryState
from lyhord.dialogue import Order
from lyhord.dialogue.groups import By
from lyhord.own_topics import OwnTopic
from lyhord.ports import State, Store
from lyhord.registers import Registers
from services.web import alerting, conversation, meaning, queue, showing, start
from services.web.alerts_api import add_alerts
from services.web.api import add_api
from services.web.choosing import Choice
from services.web.downloads import add_downloads
from services.web.naming import GROUPS, TITLES, Names
from services.web.rules_api import Desk, add_rules_api

_HERE = files("services.web")
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_NO_TOPICS: Mapping[str, OwnTopic] = MappingProxyType({})

Chosen = Annotated[list[str], Query()]


def create_app(  # noqa: PLR0913 - what it shows
    store: Store,
    *,
    hosts: list[str],
    topics: Mapping[str, OwnTopic] = _NO_TOPICS,
    known: Registers = registers.NONE,
    state: State | None = None,
    desk: Desk | None = None,
) -> FastAPI:
    """Make the application.

    Args:
        store: where the posts are.
        hosts: names that the page may be asked for by; others are refused, so that a web site
            cannot reach a page on this machine through a name of its own (DNS rebinding).
        topics: the municipality's own topics, by label.
        known: the register of accounts and the facts that comparisons go by.
        state: where alerts are kept; None is none.
        desk: where rules, and what people did with alerts, are kept; None = nowhere.

    """
    app = FastAPI(title="Lyhörd", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    app.mount("/static", StaticFiles(directory=str(_HERE / "static")))
    names = Names(topics)
    kept = state or MemoryState()
    templates = _templates(names)

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/", include_in_schema=False)
    def posts(
        request: Request,
        choice: Annotated[Choice, Depends()],
        size: Annotated[int, Query(ge=1, le=start.MOST)] = start.HITS,
    ) -> HTMLResponse:
        told = start.view(store, choice, names, size=size) | {"here": "start"}
        return templates.TemplateResponse(
            request, "start.html", told, 400 if told["error"] else 200
        )

    @app.get("/vantar", include_in_schema=False)
    def waiting(
        request: Request,
        *,
        municipality: Chosen = [],  # noqa: B006 - FastAPI copies it
        sort: Order = "waiting",
        by: By = "municipality",
    ) -> HTMLResponse:
        told = queue.view(store, municipality, sort, by, names)
        return templates.TemplateResponse(request, "vantar.html", told | {"here": "vantar"})

    @app.get("/trad", include_in_schema=False)
    def thread(request: Request, post: Annotated[str, Query(max_length=500)]) -> HTMLResponse:
        told = conversation.view(store, post) | {"here": "trad"}
        return templates.TemplateResponse(request, "trad.html", told, 200 if told["posts"] else 404)

    @app.get("/larm", include_in_schema=False)
    def alarms(
        request: Request,
        *,
        municipality: Chosen = [],  # noqa: B006 - FastAPI copies it
    ) -> HTMLResponse:
        told = alerting.view(store, kept, municipality) | {"here": "larm"}
        return templates.TemplateResponse(request, "larm.html", told)

    @app.get("/kodbok", include_in_schema=False)
    def meanings(request: Request, choice: Annotated[Choice, Depends()]) -> HTMLResponse:
        told = meaning.view(store, choice, topics) | {"here": "kodbok"}
        return templates.TemplateResponse(
            request, "kodbok.html", told, 400 if told["error"] else 200
        )

    add_downloads(app, store, names)
    add_api(app, store, known)
    add_alerts(app, store, kept)
    if desk is not None:
        add_rules_api(app, store, desk)
    return app


def _templates(names: Names) -> Jinja2Templates:
    templates = Jinja2Templates(directory=str(_HERE / "templates"))
    templates.env.globals |= {"names": names, "titles": TITLES, "groups": GROUPS}
    templates.env.filters |= {
        "is_day": showing.is_day,
        "decimal": showing.decimal,
        "local": showing.local,
        "passages": showing.passages,
        "safe_url": showing.safe_url,
        "span": queue.span,
        "share": queue.share,
    }
    return templates
