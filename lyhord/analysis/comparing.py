"""Comparing municipalities: on which networks each is, what is written there, what is answered."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from lyhord import registers, times
from lyhord.accounts import Account
from lyhord.dialogue.responses import Responses, responses
from lyhord.dialogue.threads import moment
from lyhord.labels import CITIZENS, OFFICIALS
from lyhord.ports import Filters, Store, ThreadFilters
from lyhord.registers import Registers

FEWEST_AUTHORS = 5
"""Citizens whose posts a figure must be of, or it is not told: it could point at somebody."""
_MONTH = 365.25 / 12 * 86_400
_MOST = 60_000
_MOMENT = timedelta(microseconds=1)
_LATEST = datetime(9999, 1, 1, tzinfo=UTC)


class Compared(NamedTuple):
    """One municipality over a time. Figures about citizens are None where fewer than five wrote.

    ``accounts`` are the municipality's own by network, those that wrote and those that the
    register has, and ``departments`` counts whose they are; ``months`` is the length that the
    posts a month are reckoned by. ``population``, ``group`` and what is of 1,000 inhabitants are
    None where there are no facts. Response times are as in `dialogue.responses`, of threads that
    began within the time.
    """

    municipality: str
    population: int | None
    group: str | None
    accounts: dict[str, list[str]]
    departments: int
    months: float
    own_posts: int
    own_posts_a_month: float
    own_posts_a_month_per_1000: float | None
    authors: int | None
    comments: int | None
    comments_a_month: float | None
    comments_a_month_per_1000: float | None
    share_negative: float | None
    asked: int | None
    share_answered: float | None
    share_within_day: float | None
    median_office_seconds: float | None


def compare(  # noqa: PLR0913 - two of them are the time
    store: Store,
    codes: Collection[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    known: Registers = registers.NONE,
    among: Collection[str] | None = None,
) -> Iterator[Compared]:
    """Compare municipalities, in the order of their codes.

    Args:
        store: where the posts and threads are.
        codes: which; none is all that have posts or accounts in the register.
        since: from when on; None is since the first post.
        until: before when; None is now.
        known: the register of accounts, and the facts.
        among: no others than these (see `cohorts.members`); None is no bound.

    """
    end = until or datetime.now(UTC)
    if not codes:
        posting = store.counts("*", Filters(since, until), by="municipality")
        codes = {*posting, *(each.municipality for each in known.accounts)}
    for code in sorted({*codes} if among is None else {*codes} & {*among}):
        yield _of(store, code, since, end, known)


def _of(
    store: Store, code: str, since: datetime | None, end: datetime, known: Registers
) -> Compared:
    place: dict[str, Sequence[str]] = {"municipality": (code,)}
    own = Filters(since, end, place | {"author_role": OFFICIALS})
    theirs = Filters(since, end, place | {"author_role": CITIZENS})
    start = since or _first(store, Filters(None, end, place)) or end
    months = max((end - start).total_seconds() / _MONTH, 1.0)
    facts = known.facts.get(code)
    thousands = facts.population / 1_000 if facts else None
    first, last = _day(start), _day(end - _MOMENT if end > start else end)
    kept = [each for each in known.accounts if each.municipality == code]
    accounts, departments = _accounts(
        store, own, [each for each in kept if each.stands(first, last)]
    )
    own_posts = store.search("*", own, size=1, sort="newest").total
    comments = store.search("*", theirs, size=1, sort="newest").total
    authors = len(store.counts("*", theirs, by="author", size=_MOST))
    told = authors >= FEWEST_AUTHORS
    feelings = store.counts("*", theirs, by="sentiment") if told else {}
    answers = next(_answers(store, code, start, end), None) if told else None
    return Compared(
        municipality=code,
        population=facts.population if facts else None,
        group=facts.group if facts else None,
        accounts=accounts,
        departments=departments,
        months=months,
        own_posts=own_posts,
        own_posts_a_month=own_posts / months,
        own_posts_a_month_per_1000=own_posts / months / thousands if thousands else None,
        authors=authors if told else None,
        comments=comments if told else None,
        comments_a_month=comments / months if told else None,
        comments_a_month_per_1000=comments / months / thousands if told and thousands else None,
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


def _accounts(
    store: Store, own: Filters, kept: Iterable[Account]
) -> tuple[dict[str, list[str]], int]:
    wrote = store.counts("*", own, by="source", then_by="account", size=_MOST)
    accounts = {source: {*names} for source, names in wrote.items()}
    departments = {*store.counts("*", own, by="department", size=_MOST)}
    for entry in kept:
        source, name = entry.key
        accounts.setdefault(source, set()).add(name)
        if entry.department:
            departments.add(entry.department.casefold())
    return {source: sorted(accounts[source]) for source in sorted(accounts)}, len(departments)


def _first(store: Store, filters: Filters) -> datetime | None:
    days = store.counts("*", filters, by="day", size=_MOST)
    return datetime.fromisoformat(min(days)).replace(tzinfo=UTC) if days else None


def _day(moment: datetime) -> date:
    # Stockholm has no day for the first and last hours that a time can name.
    return date.fromisoformat(times.local_day(min(max(moment, times.EARLIEST), _LATEST)))
