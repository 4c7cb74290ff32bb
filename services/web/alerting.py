"""The alerts page: what has started, where, since when, and what people say about it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from lyhord import municipalities, times
from lyhord.alerting.alerts import Alert
from lyhord.analysis import keeping
from lyhord.messages import STAGES, troubled
from lyhord.ports import State, Store

_SHOWN, _DRAWN, _QUOTED = 30, 10, 3
_BIN = 1_800
_BEFORE, _AFTER = timedelta(hours=36), timedelta(hours=6)
_MOST_BINS = 480
_WIDTH, _HEIGHT = 6, 90


class Bar(NamedTuple):
    """Half an hour's column, in pixels from the top left; `risen` lies within the alert."""

    x: int
    y: float
    height: float
    risen: bool
    title: str


class Line(NamedTuple):
    """A time line of posts by half hours around an alert."""

    width: int
    height: int
    bars: Sequence[Bar]
    most: int
    first: str
    last: str


def view(store: Store, state: State, names: Sequence[str]) -> dict[str, Any]:
    """Give what the page shows: what goes on first, then the latest.

    Raises:
        Misuse: there is no such municipality.

    """
    codes = [municipalities.meant(name) for name in names if name]
    every = keeping.told(state)
    chosen = keeping.chosen(every, codes=codes)
    chosen.sort(key=lambda alert: (alert.end is not None, -alert.fired_at.timestamp()))
    together: defaultdict[str, list[Alert]] = defaultdict(list)
    for each in every:
        together[each.incident].append(each)
    shown = []
    for number, alert in enumerate(chosen[:_SHOWN]):
        posts = (store.get(key) for key in alert.posts[:_QUOTED])
        shown.append(
            {
                "alert": alert.line(),
                "waited": _waited(alert),
                "places": len({each.municipality for each in together[alert.incident]}),
                "siblings": _siblings(alert, together[alert.incident]),
                "posts": [post for post in posts if post and not post["deleted"]],
                "line": time_line(store, alert) if number < _DRAWN else None,
                "until": times.format_utc(alert.end or datetime.now(UTC)),
            }
        )
    return {
        "shown": shown,
        "more": len(chosen) - len(shown),
        "going_on": sum(alert.end is None for alert in chosen),
        "troubled": [(each, STAGES[each.stage]) for each in troubled(state)],
        "found": sorted({each.municipality for each in every}),
        "chosen": codes,
    }


def _siblings(alert: Alert, incident: Sequence[Alert]) -> list[dict[str, Any]]:
    """Give the other alerts of an incident that are of the same municipality."""
    return [
        each.line()
        for each in incident
        if each.id != alert.id and each.municipality == alert.municipality
    ]


def time_line(store: Store, alert: Alert) -> Line | None:
    """Draw the citizens' posts of an alert's series by half hours, from a day and a half before."""
    start = int((alert.start - _BEFORE).timestamp()) // _BIN * _BIN
    end = int(((alert.end or datetime.now(UTC)) + _AFTER).timestamp())
    bins = min((end - start) // _BIN + 1, _MOST_BINS)
    moments = (datetime.fromtimestamp(at, UTC) for at in (start, start + bins * _BIN))
    counts = Counter(
        (each.created // 1_000_000 - start) // _BIN
        for each in store.arrivals(*moments)
        if each.municipality == alert.municipality
        and not each.official
        and alert.topic in (None, each.topic)
    )
    if not counts:
        return None
    most = max(counts.values())
    last = (alert.end or datetime.max.replace(tzinfo=UTC)).timestamp()
    bars = [
        Bar(
            x=at * _WIDTH,
            y=_HEIGHT * (1 - counts[at] / most),
            height=_HEIGHT * counts[at] / most,
            risen=alert.start.timestamp() < start + (at + 1) * _BIN and start + at * _BIN < last,
            title=f"{_local(start + at * _BIN)}: {counts[at]} inlägg",
        )
        for at in sorted(counts)
    ]
    ends = _local(start), _local(start + bins * _BIN)
    return Line(bins * _WIDTH, _HEIGHT, bars, most, *ends)


def _waited(alert: Alert) -> float | None:
    """Give the seconds from the rise's start to the municipality's first post about it."""
    return (alert.answered_at - alert.start).total_seconds() if alert.answered_at else None


def _local(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, times.STOCKHOLM).strftime("%Y-%m-%d %H:%M")
