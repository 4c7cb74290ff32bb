"""Alerts of a store: what has risen, and what the posts of each rise are about."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from lyhord import times
from lyhord.alerting import crowd
from lyhord.alerting.alerts import Alert, Place
from lyhord.alerting.columns import Columns, Series
from lyhord.alerting.constants import BIN
from lyhord.alerting.grouping import moment
from lyhord.alerting.incidents import leaders
from lyhord.alerting.rises import QUIET, Rise, rises
from lyhord.alerting.rules import BUILT_IN
from lyhord.analysis.terms import PRIOR, telling
from lyhord.labels import CITIZENS, OFFICIALS
from lyhord.ports import Filters, Store
from lyhord.swedish import content_words

_LOOKED_AT, _COMPARED = 2_000, 2_000
_BEFORE = timedelta(days=28)
_ANSWERED = timedelta(days=3)
_COMMON = 2
"""Places that two alerts have to name, both of them."""
_TERMS, _PLACES, _POSTS = 10, 10, 5
_LEAST_PRIOR = 10.0

Row = Mapping[str, Any]


def alerts(
    store: Store, until: datetime, *, since: datetime | None = None, told: Iterable[Alert] = ()
) -> list[Alert]:
    """Give the alerts of the built-in rule as they stand at a time, in the order of firing.

    Depends on posts that were written before `until` alone; so a history that was imported gives
    what living through it would have.

    Args:
        store: where the posts are.
        until: the present; later posts are not looked at.
        since: leave out what was over by then.
        told: alerts that were given out before: late posts change their figures, but neither when
            they fired nor what they are called.

    """
    columns = Columns.of(store.arrivals(None, until))
    return as_alerts(store, columns, rises(columns, until=grid_of(until)), until, since, told)


def grid_of(moment: datetime) -> int:
    """Give the latest grid point, in seconds since 1970."""
    return int(moment.timestamp()) // BIN * BIN


def as_alerts(  # noqa: PLR0913, PLR0917 - as `alerts`
    store: Store,
    columns: Columns,
    found: Sequence[Rise],
    until: datetime,
    since: datetime | None,
    told: Iterable[Alert],
    *,
    final: datetime | None = None,
) -> list[Alert]:
    """Give rises as alerts; `columns` hold the posts of each from its start on.

    What was told and over by `final` stays as it was told.
    """
    series, lead = Series(columns), leaders(columns, found)
    known = [each for each in told if each.rule == BUILT_IN and each.fired_at <= until]
    made = _as_told([_alert(columns, series, rise, grid_of(until)) for rise in found], known)
    made = [each._replace(incident=made[lead[at]].id) for at, each in enumerate(made)]
    names = {each.id for each in made}
    lost = [each for each in known if each.id not in names]
    kept = {} if final is None else {each.id: each for each in known if _is_over(each, final)}
    return _of_one_place(
        kept.get(each.id) or _about(store, each, until)
        for each in sorted([*made, *lost], key=lambda each: (each.fired_at, each.id))
        if since is None or not _is_over(each, since)
    )


def _is_over(alert: Alert, by: datetime) -> bool:
    return alert.end is not None and alert.end <= by


def _of_one_place(alerts: Iterable[Alert]) -> list[Alert]:
    """Let alerts of a municipality that go on at once and name the same places be one incident.

    One leak is water to some who write and a closed road to others.
    """
    found: list[Alert] = []
    for each in alerts:
        for other in found:
            goes_on = other.end is None or each.start <= other.end
            if goes_on and other.municipality == each.municipality and other.rule == each.rule:
                names = ({place.text.casefold() for place in one.places} for one in (each, other))
                if len(set.intersection(*names)) >= _COMMON:
                    each = each._replace(incident=other.incident)  # noqa: PLW2901 - the same, told better
                    break
        found.append(each)
    return found


def name_of(rule: str, municipality: str, topic: str | None, fired_at: datetime) -> str:
    """Give an alert's id, which says nothing to people."""
    known = f"{rule} {municipality} {topic} {times.format_utc(fired_at)}"
    return "a_" + hashlib.blake2b(known.encode(), digest_size=8).hexdigest()


def _alert(columns: Columns, series: Series, rise: Rise, now: int) -> Alert:
    place, number = divmod(rise.series, columns.width)
    municipality = columns.municipalities[place]
    topic = columns.topics[number] if number < len(columns.topics) else None
    fired = moment(rise.fired)
    posts = series.within(rise.series, rise.start, rise.last)
    name = name_of(BUILT_IN, municipality, topic, fired)
    return Alert(
        id=name,
        rule=BUILT_IN,
        incident=name,
        municipality=municipality,
        topic=topic,
        start=moment(rise.start),
        fired_at=fired,
        end=moment(rise.last) if now - rise.last > QUIET else None,
        observed=len(posts),
        expected=rise.expected,
        score=rise.score,
        authors=crowd.authors(columns, posts),
        distinct_texts=crowd.texts(columns, posts),
        suspected_spam=not rise.genuine,
    )


def _as_told(made: Sequence[Alert], told: Iterable[Alert]) -> list[Alert]:
    """Let those that were given out before keep what they are called and when they fired."""
    before: dict[tuple[str, str | None], list[Alert]] = {}
    for each in told:
        before.setdefault((each.municipality, each.topic), []).append(each)
    taken: set[str] = set()
    kept = []
    for each in made:
        end = each.end or datetime.max.replace(tzinfo=UTC)
        for old in before.get((each.municipality, each.topic), ()):
            if old.id not in taken and each.start <= old.fired_at and old.start <= end:
                taken.add(old.id)
                kept.append(each._replace(id=old.id, start=old.start, fired_at=old.fired_at))
                break
        else:
            kept.append(each)
    return kept


def _about(store: Store, alert: Alert, until: datetime) -> Alert:
    """Tell what an alert's posts are about, from those that were written until now."""
    rows = _posts(store, alert, alert.start, alert.end or until)
    before = _posts(store, alert._replace(topic=None), alert.start - _BEFORE, alert.start)
    now, then = ([row["lemmas"] for row in several] for several in (rows, before))
    prior = min(PRIOR, max(_LEAST_PRIOR, len(now)))
    found = telling(now, then, size=_TERMS, prior=prior, words=content_words)
    weights = {term.term: term.score for term in found}
    return alert._replace(
        terms=list(weights),
        places=_places(rows),
        posts=_typical(rows, weights),
        answered_at=_answered(store, alert, rows, until),
    )


def _posts(store: Store, alert: Alert, start: datetime, end: datetime) -> list[Row]:
    """Give citizens' posts of an alert's series, the oldest first."""
    found = store.scan("*", Filters(start, end, _labels(alert, CITIZENS)))
    most = _LOOKED_AT if alert.topic is not None else _COMPARED
    rows: list[Row] = [row for row in islice(found, most) if alert.topic in (None, row["topic"])]
    return rows[::-1]


def _places(rows: Sequence[Row]) -> list[Place]:
    found: dict[str, Place] = {}
    for row in rows:
        for text in dict.fromkeys(place["text"] for place in row["places"]):
            known = found.get(text.casefold(), Place(text, 0, row["id"]))
            found[text.casefold()] = known._replace(posts=known.posts + 1)
    return sorted(found.values(), key=lambda place: -place.posts)[:_PLACES]


def _typical(rows: Sequence[Row], weights: Mapping[str, float]) -> list[str]:
    """Give posts that have most of the telling words, of different people and texts."""

    def weight(row: Row) -> float:
        words = set(content_words(row["lemmas"]))
        return sum(weights.get(word, 0.0) for word in words) / (5 + len(words))

    chosen: list[str] = []
    seen: set[str | None] = set()
    for row in sorted(rows, key=weight, reverse=True):
        if row["fingerprint"] in seen or (row["author"] and row["author"] in seen):
            continue
        seen |= {row["fingerprint"], row["author"]}
        chosen.append(row["id"])
        if len(chosen) == _POSTS:
            break
    return chosen


def _answered(store: Store, alert: Alert, rows: Sequence[Row], until: datetime) -> datetime | None:
    """Give when the municipality first wrote about it after the first citizen's post."""
    if not rows:
        return None
    first = times.parse(rows[0]["created_at"])
    last = min(until, (alert.end or until) + _ANSWERED)
    found = store.scan("*", Filters(first, last, _labels(alert, OFFICIALS)))
    return min((times.parse(row["created_at"]) for row in found), default=None)


def _labels(alert: Alert, roles: Sequence[str]) -> dict[str, Sequence[str]]:
    labels: dict[str, Sequence[str]] = {
        "municipality": (alert.municipality,),
        "author_role": roles,
    }
    return labels if alert.topic is None else labels | {"topic": (alert.topic,)}
