"""Comparing municipalities: on which networks each is, what is written there, what is answered."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from lyhord.dialogue.responses import Responses, responses
from lyhord.dialogue.threads import moment
from lyhord.ports import Filters, Store, ThreadFilters

FEWEST_AUTHORS = 5
"""Citizens whose posts a figure must be of, or it is not told: it could point at somebody."""
_OWN, _CITIZENS = ("municipality",), ("citizen", "unknown")
_MONTH = 365.25 / 12 * 86_400
_MOST = 60_000


class Compared(NamedTuple):
    """One municipality over a time. Figures about citizens are None where fewer than five wrote.

    ``accounts`` are the municipality's own that wrote, by network; ``months`` is the length that
    the posts a month are reckoned by. Response times are as in `dialogue.responses`, of threads
    that began within the time.
    """

    municipality: str
    accounts: dict[str, list[str]]
    months: float
    own_posts: int
    own_posts_a_month: float
    authors: int | None
    comments: int | None
    comments_a_month: float | None
    share_negative: float | None
    asked: int | None
    share_answered: float | None
    share_within_day: float | None
    median_office_seconds: float | None


def compare(
    store: Store,
    codes: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Compared]:
    """Compare municipalities, in the order of their codes.

    Args:
        store: where the posts and threads are.
        codes: which; none is all that have posts.
        since: from when on; None is since the first post.
        until: before when; None is now.

    """
    end = until or datetime.now(UTC)
    for code in sorted(codes or store.counts("*", Filters(since, until), by="municipality")):
        yield _of(store, code, since, end)


def _of(store: Store, code: str, since: datetime | None, end: datetime) -> Compared:
    place: dict[str, Sequence[str]] = {"municipality": (code,)}
    own = Filters(since, end, place | {"author_role": _OWN})
    theirs = Filters(since, end, place | {"author_role": _CITIZENS})
    start = since or _first(store, Filters(None, end, place)) or end
    months = max((end - start).total_seconds() / _MONTH, 1.0)
    own_posts = store.search("*", own, size=1, sort="newest").total
    comments = store.search("*", theirs, size=1, sort="newest").total
    authors = len(store.counts("*", theirs, by="author", size=_MOST))
    told = authors >= FEWEST_AUTHORS
    feelings = store.counts("*", theirs, by="sentiment") if told else {}
    answers = next(_answers(store, code, start, end), None) if told else None
    return Compared(
        municipality=code,
        accounts=_accounts(store, own),
        months=months,
        own_posts=own_posts,
        own_posts_a_month=own_posts / months,
        authors=authors if told else None,
        comments=comments if told else None,
        comments_a_month=comments / months if told else None,
        share_negative=feelings.get("negative", 0) / comments if told else None,
        asked=answers.asked if answers else (0 if told else None),
        share_answered=answers and answers.share_answered,
        share_within_day=answers and answers.share_within_day,
        median_office_seconds=answers and answers.median_office_seconds,
    )


def _answers(store: Store, code: str, start: datetime, end: datetime) -> Iterator[Responses]:
    threads = store.threads(ThreadFilters((), (code,), end))
    begun = (thread for thread in threads if start <= moment(thread.opened_at) < end)
    return responses(begun, by="municipality", now=end)


def _accounts(store: Store, own: Filters) -> dict[str, list[str]]:
    found = store.counts("*", own, by="source", then_by="account", size=_MOST)
    return {source: sorted(accounts) for source, accounts in sorted(found.items())}


def _first(store: Store, filters: Filters) -> datetime | None:
    days = store.counts("*", filters, by="day", size=_MOST)
    return datetime.fromisoformat(min(days)).replace(tzinfo=UTC) if days else None
