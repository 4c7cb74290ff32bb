"""Activity: which of the municipalities' accounts write, are silent, or stand in no register."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from lyhord import times
from lyhord.accounts import Account
from lyhord.ports import Filters, Store

State = Literal["writes", "silent", "closed", "unregistered"]
SILENT_AFTER = timedelta(days=90)
"""An account that has not written for longer is silent."""
_MOST = 60_000


class Activity(NamedTuple):
    """One account, what it has written as the municipality, and how it stands.

    ``registered`` is None where the register has nothing of the municipality, so that nobody can
    tell. Days are Stockholm's, None where it never wrote. ``state``: `writes`; `silent`, not for
    90 days or never; `closed`, kept no longer by the register; `unregistered`, it writes as the
    municipality, but the register has others and not this one.
    """

    municipality: str
    source: str
    account: str
    department: str | None
    registered: bool | None
    own_posts: int
    first_day: str | None
    last_day: str | None
    state: State


def activity(
    store: Store, register: Sequence[Account], codes: Sequence[str] = (), *, now: datetime
) -> Iterator[Activity]:
    """Tell of the municipalities' accounts, by municipality, source and account.

    An account that the register has from a later day on is left out until it writes.

    Args:
        store: where the posts are.
        register: the accounts that municipalities keep.
        codes: which municipalities; none is all that have own posts or stand in the register.
        now: what was written later is not seen.

    """
    own = Filters(None, now, {"author_role": ("municipality",)})
    kept: dict[str, dict[tuple[str, str], Account]] = {}
    for entry in register:
        kept.setdefault(entry.municipality, {})[entry.key] = entry
    for code in sorted({*(codes or {*store.counts("*", own, by="municipality"), *kept})}):
        yield from _of(store, code, kept.get(code, {}), now)


def _of(
    store: Store, code: str, kept: Mapping[tuple[str, str], Account], now: datetime
) -> Iterator[Activity]:
    today = date.fromisoformat(times.local_day(now))
    own = {"municipality": (code,), "author_role": ("municipality",)}
    wrote = store.counts("*", Filters(None, now, own), by="source", then_by="account", size=_MOST)
    seen = {(source, account) for source, accounts in wrote.items() for account in accounts}
    begun = {key for key, entry in kept.items() if entry.since is None or entry.since <= today}
    for source, name in sorted(begun | seen):
        entry = kept.get((source, name))
        days: Mapping[str, int] = {}
        spelling = entry.account if entry else name
        if (source, name) in seen:
            its = Filters(None, now, own | {"source": (source,), "account": (name,)})
            days = store.counts("*", its, by="day", size=_MOST)
            if entry is None:  # counts know no capitals
                newest = store.search("*", its, size=1, sort="newest").hits
                spelling = newest[0].fields["account"] if newest else name
        last = max(days, default=None)
        registered = entry is not None and entry.stands(today, today)
        yield Activity(
            municipality=code,
            source=source,
            account=spelling,
            department=entry.department if entry else None,
            registered=registered if kept else None,
            own_posts=sum(days.values()),
            first_day=min(days, default=None),
            last_day=last,
            state=_state(last, today, entry, told=registered or not kept),
        )


def _state(last: str | None, today: date, entry: Account | None, *, told: bool) -> State:
    if told:
        recent = last is not None and date.fromisoformat(last) >= today - SILENT_AFTER
        return "writes" if recent else "silent"
    ended = entry.until if entry else None
    if ended and ended < today and (last is None or date.fromisoformat(last) <= ended):
        return "closed"
    return "unregistered"
