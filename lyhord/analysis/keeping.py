"""Keeping: alerts that were told, so that they are never taken back, and are there at once."""

from collections.abc import Iterable, Mapping

from lyhord.alerting.alerts import Alert
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
