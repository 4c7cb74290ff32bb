"""Coverage: from which days there are posts of each source, and where it fell silent unlike itself.

Heartbeats tell when a source could not be read; of an imported history only its posts can tell.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from math import log10
from typing import Any, NamedTuple

from lyhord.ports import Filters, Store

_WEEKS, _FEWEST = 8, 3
"""A weekday is expected to be as the same weekdays of so many weeks before; of at least so many."""
_UNLIKELY = 6.0
"""A silence is told where it would come once in a million such times."""
_SPREAD = 1.0
"""Dispersion of a day's posts: variance = mean + mean²/spread, a wide one (real days: 2 to 10)."""
_MOST = 100_000
NOTHING = Filters()
_DAY = timedelta(days=1)


class Silence(NamedTuple):
    """Days without any post, `last` included, where `expected` posts would have been usual."""

    first: date
    last: date
    expected: float

    def told(self) -> str:
        """Tell it in a line."""
        return f"no post {self.first} – {self.last}, where {self.expected:,.0f} would be usual"


class Coverage(NamedTuple):
    """What there is of one source: posts, from which days, and its silences."""

    source: str
    posts: int
    first: date
    last: date
    days: int
    silences: list[Silence]

    def line(self) -> dict[str, Any]:
        """Give it as JSON reads it out."""
        return {
            "source": self.source,
            "posts": self.posts,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "days": self.days,
            "silences": [
                {"first": each.first.isoformat(), "last": each.last.isoformat(),
                 "expected": each.expected}
                for each in self.silences
            ],
        }  # fmt: skip


def coverage(store: Store, filters: Filters = NOTHING) -> Iterator[Coverage]:
    """Tell of each source what posts there are, from all municipalities that `filters` name.

    Only the municipality, the source and the time are heeded: whether a source was there is not
    told by what was said.
    """
    kept = {
        name: filters.labels[name] for name in ("municipality", "source") if name in filters.labels
    }
    asked = Filters(filters.since, filters.until, kept)
    found = store.counts("*", asked, by="source", then_by="day", size=_MOST)
    for source, counts in sorted(found.items()):
        days = {date.fromisoformat(day): count for day, count in counts.items()}
        first, last = min(days), max(days)
        yield Coverage(source, sum(days.values()), first, last, len(days), silences(days))


def silences(days: Mapping[date, int]) -> list[Silence]:
    """Find the runs of empty days that the days before them make unlikely.

    A day is like its weekday in the eight weeks before (days of silences left out). Where some of
    those were empty too, the chance of another one is their share (Krichevsky-Trofimov); where none
    was, that of a negative binomial with their mean. The days of a run are taken as independent.
    Weekdays that never have posts make no silence, nor do the first three weeks. Says nothing of
    what comes after the last post: that it may yet come.
    """
    known: dict[date, int] = {}
    found: list[Silence] = []
    run: list[tuple[date, float, float]] = []
    first, last = min(days), max(days)
    for day in (first + n * _DAY for n in range((last - first).days + 1)):
        count = days.get(day, 0)
        if count == 0:
            run.append((day, *_expected(day, known)))
            continue
        if sum(unlikely for _, _, unlikely in run) >= _UNLIKELY:
            expected = sum(posts for _, posts, _ in run)
            found.append(Silence(run[0][0], run[-1][0], round(expected, 1)))
        else:
            known |= {empty: 0 for empty, _, _ in run}
        run = []
        known[day] = count
    return found


def _expected(day: date, known: Mapping[date, int]) -> tuple[float, float]:
    """Give how many posts a day may be expected to have, and -log10 of the chance of none."""
    same = [known.get(day - week * 7 * _DAY) for week in range(1, _WEEKS + 1)]
    seen = [count for count in same if count is not None]
    if len(seen) < _FEWEST:
        return 0.0, 0.0
    mean, empty = sum(seen) / len(seen), seen.count(0)
    if empty == len(seen):
        return mean, 0.0
    if empty:
        return mean, -log10((empty + 0.5) / (len(seen) + 1))
    return mean, _SPREAD * log10(1 + mean / _SPREAD)
