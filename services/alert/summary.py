"""Summaries: a municipality's day or week against what is usual there."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from lyhord import times
from lyhord.alerting.alerts import Alert
from lyhord.dialogue.responses import Responses, responses
from lyhord.dialogue.threads import moment
from lyhord.labels import CITIZENS, OTHER_TOPIC
from lyhord.ports import Filters, Store, ThreadFilters

Period = Literal["day", "week"]
_LENGTH: Mapping[Period, int] = {"day": 1, "week": 7}
_WEEKS = 4
"""What is usual: the mean of the same days of so many weeks before, those that there are."""
_FEWEST = 5
"""Posts of a topic, and citizens behind a share, that are worth telling of."""
_TOPICS = 5
_RISEN = 1.5
_SHOWN: Mapping[Period, int] = {"day": 28, "week": 56}
_MOST = 60_000
_DAY = timedelta(days=1)


class Rising(NamedTuple):
    """A topic that has more posts than is usual."""

    topic: str
    posts: int
    usual: float


class Summary(NamedTuple):
    """One municipality's day or week. Posts are citizens'; days are Stockholm's.

    Attributes:
        municipality: SCB code.
        period: how long; `first` and `last` are its days, both included.
        posts: how many; usual: the mean of the same days of four weeks before, None where there
            is no such week since the first post.
        rising: topics with half as many again as is usual, and at least five posts.
        share_negative: None where fewer than five citizens wrote.
        answers: of the threads that began within it, as they stand; None where nobody asked.
        waiting: threads that wait for an answer now, from whenever.
        alerts: those open at the end; None where that is not known.
        days: posts a day, up to the last day, for the picture.

    """

    municipality: str
    period: Period
    first: date
    last: date
    posts: int
    usual: float | None
    rising: Sequence[Rising]
    share_negative: float | None
    answers: Responses | None
    waiting: int
    alerts: Sequence[Alert] | None
    days: Sequence[tuple[date, int]]


def span(period: Period, now: datetime) -> tuple[date, date]:
    """Give the first and last day of the latest whole day, or week from Monday, before now."""
    today = date.fromisoformat(times.local_day(now))
    last = today - _DAY if period == "day" else today - (today.weekday() + 1) * _DAY
    return last - (_LENGTH[period] - 1) * _DAY, last


def summaries(
    store: Store,
    codes: Sequence[str],
    period: Period,
    now: datetime,
    *,
    alerts: Sequence[Alert] | None = None,
) -> Iterator[Summary]:
    """Summarise the latest whole period of municipalities, in the order of their codes.

    Args:
        store: where posts and threads are.
        codes: SCB codes; none is all that have posts in the weeks that are looked at.
        period: a day, or a week from Monday to Sunday.
        now: what was written later is not seen.
        alerts: those that are known, to list the open ones; None where that is not asked.

    """
    first, last = span(period, now)
    if not codes:
        since = times.local_midnight(first - 7 * _WEEKS * _DAY)
        until = times.local_midnight(last + _DAY)
        codes = list(store.counts("*", Filters(since, until), by="municipality"))
    for code in sorted({*codes}):
        yield _of(store, code, period, now, alerts)


def _of(
    store: Store, code: str, period: Period, now: datetime, alerts: Sequence[Alert] | None
) -> Summary:
    first, last = span(period, now)
    since, until = times.local_midnight(first), times.local_midnight(last + _DAY)
    theirs = {"municipality": (code,), "author_role": CITIZENS}
    within = Filters(since, until, theirs)
    counted = store.counts("*", Filters(None, until, theirs), by="day", size=_MOST)
    days = {date.fromisoformat(day): count for day, count in counted.items()}
    weeks = _weeks(first, days)
    authors = len(store.counts("*", within, by="author", size=_MOST))
    feelings = store.counts("*", within, by="sentiment") if authors >= _FEWEST else {}
    posts = _total(days, first, last)
    shown = [last - n * _DAY for n in reversed(range(_SHOWN[period]))]
    began = [
        each
        for each in store.threads(ThreadFilters((), (code,), now))
        if since <= moment(each.opened_at) < until
    ]
    return Summary(
        municipality=code,
        period=period,
        first=first,
        last=last,
        posts=posts,
        usual=_mean([_total(days, *_before(first, last, week)) for week in weeks]),
        rising=_rising(store, theirs, first, last, weeks),
        share_negative=feelings.get("negative", 0) / posts if feelings else None,
        answers=next(responses(began, by="municipality", now=now), None),
        waiting=sum(1 for _ in store.threads(ThreadFilters(("unanswered",), (code,), now))),
        alerts=None if alerts is None else _open(alerts, code, now),
        days=[(day, days.get(day, 0)) for day in shown],
    )


def _weeks(first: date, days: Mapping[date, int]) -> list[int]:
    """Give which of the weeks before have been listened to from their beginning."""
    begun = min(days, default=first)
    return [week for week in range(1, _WEEKS + 1) if first - 7 * week * _DAY >= begun]


def _before(first: date, last: date, week: int) -> tuple[date, date]:
    return first - 7 * week * _DAY, last - 7 * week * _DAY


def _total(days: Mapping[date, int], first: date, last: date) -> int:
    return sum(days.get(first + n * _DAY, 0) for n in range((last - first).days + 1))


def _mean(values: Sequence[int]) -> float | None:
    return sum(values) / len(values) if values else None


def _rising(
    store: Store,
    theirs: Mapping[str, Sequence[str]],
    first: date,
    last: date,
    weeks: Sequence[int],
) -> list[Rising]:
    if not weeks:
        return []

    def topics(start: date, end: date) -> Mapping[str, int]:
        bounds = Filters(times.local_midnight(start), times.local_midnight(end + _DAY), theirs)
        return store.counts("*", bounds, by="topic")

    before = [topics(*_before(first, last, week)) for week in weeks]
    found = [
        Rising(topic, posts, sum(each.get(topic, 0) for each in before) / len(before))
        for topic, posts in topics(first, last).items()
        if topic != OTHER_TOPIC and posts >= _FEWEST
    ]
    found = [each for each in found if each.posts >= _RISEN * each.usual]
    found.sort(key=lambda each: (each.usual - each.posts, each.topic))
    return found[:_TOPICS]


def _open(alerts: Sequence[Alert], code: str, now: datetime) -> list[Alert]:
    return [
        each
        for each in alerts
        if each.municipality == code and each.fired_at <= now and (not each.end or each.end > now)
    ]
