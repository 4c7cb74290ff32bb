"""The queue: who waits for an answer, with what they wrote, and how fast answers come."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from lyhord import municipalities
from lyhord.dialogue import Order, Thread
from lyhord.dialogue.responses import responses
from lyhord.dialogue.threads import moment
from lyhord.ports import Store, ThreadFilters

_SHOWN = 50
_UNITS = ((86_400, "dygn"), (3_600, "timmar"), (60, "minuter"))


def view(store: Store, names: Sequence[str], order: Order) -> dict[str, Any]:
    """Give what the page shows.

    Raises:
        Misuse: there is no such municipality.

    """
    now = datetime.now(UTC)
    codes = [municipalities.meant(name) for name in names if name]
    queue = store.threads(ThreadFilters(("unanswered",), codes, now, order))
    first = list(islice(queue, _SHOWN + 1))
    waiting = [_with_post(store, thread, now) for thread in first[:_SHOWN]]
    every = store.threads(ThreadFilters((), codes, now))
    return {
        "waiting": [pair for pair in waiting if pair is not None],
        "more": len(first) > _SHOWN,
        "answered": list(responses(every, by="municipality", now=now)),
        "found": sorted(store.counts("*", by="municipality"), key=_name),
        "chosen": codes,
        "order": order,
    }


def _with_post(
    store: Store, thread: Thread, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    post = store.get(thread.waiting or "")
    if post is None or post["deleted"] or thread.waiting_since is None:
        return None  # it was deleted just now
    waited = (now - moment(thread.waiting_since)).total_seconds()
    return {"waited": waited, "posts": thread.posts}, post


def _name(code: str) -> str:
    return municipalities.name_of(code) or code


def span(seconds: float | None) -> str:
    """Write a time as people say it: the largest unit that it has two of."""
    if seconds is None:
        return "–"
    for unit, name in _UNITS:
        if seconds >= 2 * unit:
            return f"{int(seconds // unit)} {name}"
    return "under två minuter"


def share(part: float | None) -> str:
    """Write a share in whole percent."""
    return "–" if part is None else f"{part * 100:.0f} %"
