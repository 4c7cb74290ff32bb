"""Downloads: everything that a choice finds, as a file."""

from datetime import UTC, datetime
from itertools import chain, islice
from typing import Annotated

from fastapi import Depends, FastAPI, Query
from fastapi.responses import StreamingResponse

from lyhord import times
from lyhord.exporting import MEDIA_TYPES, Form, export
from lyhord.ports import Store
from services.web.choosing import Choice, asked
from services.web.naming import Names


def add_downloads(app: FastAPI, store: Store, names: Names) -> None:
    """Add the page's downloads to an application; a mistake is answered as the API answers it."""

    @app.get(
        "/export",
        response_class=StreamingResponse,
        responses={400: {"description": "what cannot be meant"}},
    )
    def download(
        choice: Annotated[Choice, Depends()],
        form: Annotated[Form, Query(alias="format")] = "csv",
    ) -> StreamingResponse:
        """Give every post that a query and filters find, newest first, as `lyhord export`."""
        found = store.scan(choice.query, choice.filters())
        first = list(islice(found, 1))  # what cannot be meant is told before the answer begins
        rows = chain(first, found)
        name = f"lyhord-{times.local_day(datetime.now(UTC))}.{form}"
        return StreamingResponse(
            export(rows, form, asked=asked(choice, names)),
            media_type=MEDIA_TYPES[form],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
