"""The API of rules and alerts' handling: what is watched, tried, kept, and what people did."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, NamedTuple

import orjson
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from lyhord import times, wiring
from lyhord.alerting import handling
from lyhord.alerting.grouping import Away
from lyhord.alerting.rules import BUILT_IN
from lyhord.analysis.absences import absences
from lyhord.analysis.found import Universe
from lyhord.analysis.rulebook import Rulebook
from lyhord.analysis.ruling import SHIPPED, tried
from lyhord.errors import Misuse
from lyhord.ports import State, Store
from lyhord.query.fields import Vocabulary
from lyhord.settings import Settings
from services.web.guarding import document, may_change


def _never(now: datetime) -> Sequence[Away]:
    del now
    return ()


class Desk(NamedTuple):
    """What rules and handling need beside the posts.

    Attributes:
        state: where rules, and what people did, are kept.
        book: the rules.
        token: the setting `api_token`.
        away: when sources could not be read, until a time.
        known: topics and sources that posts may have.

    """

    state: State
    book: Rulebook
    token: str = ""
    away: Callable[[datetime], Sequence[Away]] = _never
    known: Universe = SHIPPED


def open_desk(settings: Settings) -> Desk:
    """Open what the settings name; whoever asks closes its state.

    Raises:
        Misuse: a setting cannot be meant.

    """
    state, words = wiring.open_state(settings), wiring.vocabulary(settings)
    return Desk(
        state=state,
        book=Rulebook(state, settings.rules, words),
        token=settings.api_token.get_secret_value(),
        away=lambda now: absences(settings, state, now),
        known=_universe(words),
    )


def _universe(words: Vocabulary) -> Universe:
    return Universe(tuple(words.topics), tuple(words.sources))


Document = Annotated[dict[str, Any], Depends(document)]
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"description": "what cannot be meant"},
    403: {"description": "not from here, and without the token"},
    413: {"description": "too long"},
    415: {"description": "no JSON"},
}


def add_rules_api(app: FastAPI, store: Store, desk: Desk) -> None:
    """Add the paths to an application that has `add_api`'s answers to mistakes."""
    router = APIRouter(prefix="/api", responses=_REFUSALS)
    guarded = [Depends(may_change(desk.token))]

    @router.get("/rules")
    def rules() -> Response:
        """List the rules, with where each comes from."""
        kept = [entry.line() for entry in desk.book.entries()]
        return _json({"rules": [{"name": BUILT_IN, "origin": "built-in"}, *kept]})

    @router.post("/rules/try", openapi_extra=_BODY)
    def trial(given: Document) -> Response:
        """Tell what a rule would have told in the last 90 days; nothing is kept."""
        rule = desk.book.resolved(desk.book.checked(given, "the rule"))
        now = datetime.now(UTC)
        told = tried(rule, store, now, away=desk.away(now), known=desk.known)
        return _json(told.line())

    @router.put("/rules/{name}", dependencies=guarded, openapi_extra=_BODY)
    def keep(name: str, given: Document) -> Response:
        """Keep a rule under a name; one of that name is replaced."""
        if given.setdefault("name", name) != name:
            raise Misuse("name: is another one in the body than in the address")
        rule = desk.book.checked(given, "the rule")
        desk.book.keep([rule])
        return _json(rule.line())

    @router.delete("/rules/{name}", dependencies=guarded)
    def forget(name: str) -> Response:
        """Forget a rule that was kept."""
        desk.book.remove(name)
        return _json({"removed": name})

    @router.get("/alerts/{id}/actions")
    def done(id: str) -> Response:  # noqa: A002 - what it is called everywhere
        """Tell what people did with an alert, in order of time."""
        return _json(
            {"actions": [each.line() for each in handling.handled(desk.state).get(id, ())]}
        )

    @router.post("/alerts/{id}/actions", dependencies=guarded, openapi_extra=_BODY)
    def act(id: str, given: Document) -> Response:  # noqa: A002 - as above
        """Record what somebody did: `action` (acknowledge, comment, mute), `who`, and its details.

        `text` is what a comment says, `until` when a mute ends; of an alert that is not known, a
        mute names `rule`, `municipality` and `topic`.
        """
        return _json(_acted(desk.state, id, given).line())

    app.include_router(router)
    app.add_exception_handler(HTTPException, _refused)


_KNOWN = {
    "acknowledge": {"action", "who"},
    "comment": {"action", "who", "text"},
    "mute": {"action", "who", "until", "rule", "municipality", "topic"},
}


def _acted(state: State, alert: str, given: dict[str, Any]) -> handling.Action:
    """Record an action.

    Raises:
        Misuse: it cannot be meant.

    """
    action = given.get("action")
    known = _KNOWN.get(action) if isinstance(action, str) else None
    if known is None:
        raise Misuse(f"action: should be one of {', '.join(_KNOWN)}")
    for name, value in given.items():
        if name not in known:
            raise Misuse(f"{name[:100]}: is not known; {action} has {', '.join(sorted(known))}")
        if not isinstance(value, str):
            raise Misuse(f"{name}: should be a text")
    for name in known & {"who", "text", "until"}:
        if name not in given:
            raise Misuse(f"{name}: is missing")
    now, who = datetime.now(UTC), given["who"]
    if action == "acknowledge":
        return handling.acknowledge(state, alert, who, now)
    if action == "comment":
        return handling.comment(state, alert, given["text"], who, now)
    series = handling.series(
        state, alert, **{name: given.get(name) for name in ("rule", "municipality", "topic")}
    )
    until = times.option("until", given["until"])
    assert until is not None  # noqa: S101 - it is there
    where = (series.municipality, series.topic, series.rule)
    return handling.mute(state, *where, until, who, now, alert_id=alert)


def _json(body: Any) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for these
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)
