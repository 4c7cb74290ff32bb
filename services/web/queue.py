"""The queue: who waits for an answer, with what they wrote, and how fast answers come."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from lyhord import municipalities
from lyhord.dialogue import Order, Thread
from lyhord.dialogue.groups import By
from lyhord.dialogue.responses import responses
from lyhord.dialogue.threads import moment
from lyhord.ports import Store, ThreadFilters
from services.web.charts import shares
from services.web.naming import Names

_SHOWN = 50
_UNITS = ((86_400, "dygn"), (3_600, "timmar"), (60, "minuter"))


def view(store: Store, wanted: Sequence[str], order: Order, by: By, names: Names) -> dict[str, Any]:
    """Give what the page shows.

    Args:
        store: where the threads are.
        wanted: municipalities, by code or name; none = all.
        order: who comes first.
        by: what the response times are grouped by.
        names: what the groups are called.

    Raises:
        Misuse: there is no such municipality.

    """
    now = datetime.now(UTC)
    codes = [municipalities.meant(name) for name in wanted if name]
    queue = store.threads(ThreadFilters(("unanswered",), codes, now, order))
    first = list(islice(queue, _SHOWN + 1))
    waiting = [_with_post(store, thread, now) for thread in first[:_SHOWN]]
    every = store.threads(ThreadFilters((), codes, now))
    answered = list(responses(every, by=by, now=now))
    if by != "month":
        answered.sort(key=lambda group: (group.group is None, names.of(by, group.group)))
    return {
        "waiting": [pair for pair in waiting if pair is not None],
        "more": len(first) > _SHOWN,
        "answered": answered,
        "shares": shares(answered) if by == "month" else None,
        "by": by,
        "found": sorted(
            store.counts("*", by="municipality"), key=lambda code: names.of("municipality", code)
        ),
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
    return {"waited": waited, "posts": thread.posts, "id": thread.thread_id}, post


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
