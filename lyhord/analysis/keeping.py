"""Keeping: alerts that were told, so that they are never taken back, and are there at once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from lyhord.alerting.alerts import Alert
from lyhord.alerting.rules import BUILT_IN
from lyhord.ports import State

KIND = "alert"


def told(state: State) -> list[Alert]:
    """Give the alerts that were told, as they stood last, in the order of firing."""
    found = (Alert.read(kept) for kept in state.all(KIND).values())
    return sorted(found, key=lambda alert: (alert.fired_at, alert.id))


def keep(state: State, alerts: Iterable[Alert], before: Iterable[Alert] = ()) -> None:
    """Remember alerts as they are told now, those that are as `before` left alone."""
    known: Mapping[str, Alert] = {each.id: each for each in before}
    for each in alerts:
        line = each.line()
        if each.id not in known or known[each.id].line() != line:
            state.put(KIND, each.id, line)


def with_rules(found: Iterable[Alert], told: Iterable[Alert], until: datetime) -> list[Alert]:
    """Add the alerts of rules of one's own that had fired by a time, as they were told."""
    own = [each for each in told if each.rule != BUILT_IN and each.fired_at <= until]
    return sorted([*found, *own], key=lambda alert: (alert.fired_at, alert.id))


def chosen(
    alerts: Iterable[Alert],
    *,
    codes: Collection[str] = (),
    topics: Collection[str] = (),
    since: datetime | None = None,
    only_open: bool = False,
) -> list[Alert]:
    """Choose alerts by SCB code, topic, what was not over by a time, and what goes on."""
    return [
        each
        for each in alerts
        if (not codes or each.municipality in codes)
        and (not topics or each.topic in topics)
        and (since is None or each.end is None or each.end > since)
        and (not only_open or each.end is None)
    ]
