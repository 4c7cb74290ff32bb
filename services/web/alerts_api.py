"""The read API of alerts: as they are kept, or as they stood at a time."""

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query
from fastapi.responses import Response

from lyhord import municipalities, times
from lyhord.analysis import keeping
from lyhord.analysis.alerting import alerts
from lyhord.ports import State, Store
from services.web.api import Labels, Now, as_json


def add_alerts(app: FastAPI, store: Store, state: State) -> None:
    """Add the API of alerts to an application."""
    router = APIRouter(prefix="/api", responses={400: {"description": "what cannot be meant"}})

    @router.get("/alerts")
    def found(
        *,
        municipality: Labels = [],  # noqa: B006 - FastAPI copies it
        topic: Labels = [],  # noqa: B006 - as above
        since: Annotated[str | None, Query(description="Leave out what was over by then.")] = None,
        only_open: Annotated[bool, Query(alias="open", description="What goes on.")] = False,
        now: Now = None,
    ) -> Response:
        """Tell what has started, in the order of firing: as the alert service last kept it.

        With `now` the built-in rule is worked out anew, which takes seconds over a long history;
        alerts of other rules are those that had fired by then.
        """
        codes = [municipalities.meant(name) for name in municipality]
        start, moment = times.option("since", since), times.option("now", now)
        every = keeping.told(state)
        if moment is not None:
            anew = alerts(store, moment, since=start, told=every)
            every = keeping.with_rules(anew, every, moment)
        rows = keeping.chosen(every, codes=codes, topics=topic, since=start, only_open=only_open)
        return as_json({"alerts": [each.line() for each in rows]})

    app.include_router(router)
