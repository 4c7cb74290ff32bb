"""Ruling: what a rule would have told, from the posts written before each moment alone."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import groupby
from typing import Any, NamedTuple

from lyhord import times
from lyhord.alerting import silence, tone
from lyhord.alerting.alerts import Alert
from lyhord.alerting.arrivals import Arrival
from lyhord.alerting.grouping import Away, Firing, Group, grouped, moment
from lyhord.alerting.rules import Rule
from lyhord.analysis import queueing, volume
from lyhord.analysis.found import Universe, found
from lyhord.errors import Misuse
from lyhord.labels import SOURCES, TOPICS
from lyhord.ports import Store

DAYS = 90
"""What a rule is tried on before it is kept."""
EXAMPLES = 10
_PAST_DAYS, _MONTHS = 180, 3
_HOUR = 3_600
SHIPPED = Universe(tuple(TOPICS), tuple(SOURCES))


class Trial(NamedTuple):
    """What a rule would have told in [since, until]."""

    rule: Rule
    since: datetime
    until: datetime
    alerts: Sequence[Alert]

    def line(self) -> dict[str, Any]:
        """Give it as JSON reads it out."""
        return {
            "rule": self.rule.name,
            "since": times.format_utc(self.since),
            "until": times.format_utc(self.until),
            "count": len(self.alerts),
            "alerts": [alert.line() for alert in self.alerts],
        }


def tried(
    rule: Rule,
    store: Store,
    now: datetime,
    *,
    away: Sequence[Away] = (),
    known: Universe = SHIPPED,
) -> Trial:
    """Give what a rule would have told in the last `DAYS` days.

    Raises:
        QueryError, Misuse: as `fired`.

    """
    since = now - timedelta(days=DAYS)
    return Trial(rule, since, now, fired(rule, store, now, since, away=away, known=known))


def fired(  # noqa: PLR0913 - what a rule is judged by
    rule: Rule,
    store: Store,
    until: datetime,
    since: datetime,
    *,
    away: Sequence[Away] = (),
    known: Universe = SHIPPED,
) -> list[Alert]:
    """Give the alerts of a rule that were first known in (since, until], in that order.

    What is told of a time depends on posts created before it only; `end`, `observed`, `expected`
    and what else may grow are as they stand at `until`. The past that groups are compared with
    begins with the quarter that holds the 180th day before `since`.

    In an alert, `municipality` is empty where the rule does not group by it, and `topic` is the
    source where it groups by source. `observed` counts posts; of `negative`, the negative ones; of
    `silence`, none, and `posts` is the last before it; of `queue`, posts that wait, whose `score`
    and `expected` are 0.

    Args:
        rule: without `saved`; see `rulebook.resolved`.
        store: where the posts are.
        until: the present, or what is taken for it.
        since: exclusive.
        away: when sources could not be read, for `silence`.
        known: topics and sources that posts may have.

    Raises:
        QueryError: the query cannot be read.
        Misuse: a filter cannot be meant, or the rule names a saved search.

    """
    if rule.saved is not None:
        raise Misuse(f"rule {rule.name}: its saved search {rule.saved!r} was not looked up")
    if since >= until:
        return []
    end = int(until.timestamp())
    begin = _begin(since)
    if rule.method == "queue":
        told = queueing.overdue(rule, store, begin, until)
        posts: list[Arrival] = []
    else:
        posts = found(rule, store, begin, until, known)
        told = _judged(rule, posts, end, away, known)
    groups = grouped(posts, rule.group_by)
    if rule.method != "queue":  # which has done so itself
        told = cooled(told, rule.cool_down * _HOUR)
    alerts = [_alert(rule, firing, groups.get(firing.group, ())) for firing in told]
    alerts = [alert for alert in alerts if since < alert.fired_at <= until]
    return sorted(alerts, key=lambda each: (each.fired_at, each.municipality, each.topic or ""))


def _judged(
    rule: Rule, posts: Sequence[Arrival], until: int, away: Sequence[Away], known: Universe
) -> list[Firing]:
    if rule.method == "silence":
        groups = grouped(posts, rule.group_by)
        series = known.series(rule.group_by)
        return silence.silences(groups, until=until, budget=rule.budget, series=series, away=away)
    citizens = [each for each in posts if not each.official]
    if rule.method == "volume":
        return volume.rising(rule, citizens, until, known)
    return tone.turns(
        grouped(citizens, rule.group_by),
        until=until,
        budget=rule.budget,
        floors=rule.floors,
        series=known.series(rule.group_by),
    )


def cooled(firings: Iterable[Firing], cool_down: float) -> list[Firing]:
    """Let what is known of a group within `cool_down` seconds of an alert belong to that alert."""
    kept: list[Firing] = []
    ordered = sorted(firings, key=lambda each: (each.group[0], each.group[1] or "", each.fired))
    for _, several in groupby(ordered, key=lambda each: each.group):
        first: Firing | None = None
        for each in several:
            if first is not None and each.fired - first.fired < cool_down:
                first = _joined(first, each)
            else:
                if first is not None:
                    kept.append(first)
                first = each
        if first is not None:
            kept.append(first)
    return kept


def _joined(first: Firing, more: Firing) -> Firing:
    seen = {each.key for each in first.posts}
    posts = [*first.posts, *(each for each in more.posts if each.key not in seen)]
    return first._replace(
        last=max(first.last, more.last),
        is_open=more.is_open,
        observed=len(posts) if first.observed else 0,
        expected=first.expected + more.expected,
        score=max(first.score, more.score),
        posts=posts,
        genuine=first.genuine or more.genuine,
    )


def _alert(rule: Rule, firing: Firing, group: Sequence[Arrival]) -> Alert:
    place, topic = firing.group
    name = _name(rule.name, firing.group, firing.fired)
    posts = firing.posts
    spoke = posts if firing.observed else ()
    return Alert(
        id=name,
        rule=rule.name,
        incident=name,
        municipality=place,
        topic=topic,
        start=moment(firing.start),
        fired_at=moment(firing.fired),
        end=None if firing.is_open else moment(firing.last),
        observed=firing.observed,
        expected=firing.expected,
        score=firing.score,
        authors=len({each.author or each.key for each in spoke}),
        distinct_texts=len({each.fingerprint for each in spoke}),
        suspected_spam=not firing.genuine,
        posts=[each.key for each in posts[:EXAMPLES]],
        answered_at=_answered(firing, group),
    )


def _answered(firing: Firing, group: Sequence[Arrival]) -> datetime | None:
    """Give when the municipality first wrote among the rule's posts behind the first citizen's."""
    if not firing.observed:
        return None
    begin = firing.posts[0].created
    official = (each.created for each in group if each.official and each.created > begin)
    first = next(official, None)
    return None if first is None else datetime.fromtimestamp(first / 1_000_000, UTC)


def _name(rule: str, group: Group, fired: int) -> str:
    told = "\0".join((rule, group[0], group[1] or "", str(fired)))
    return f"r_{blake2b(told.encode(), digest_size=8).hexdigest()}"


def _begin(since: datetime) -> datetime:
    # By quarters, so that what is told does not hang on the minute at which it is asked for.
    early = times.option("since", (since - timedelta(days=_PAST_DAYS)).date().isoformat())
    day = (early or since).astimezone(UTC).date()
    month = day.month - (day.month - 1) % _MONTHS
    return datetime(day.year, month, 1, tzinfo=UTC)
