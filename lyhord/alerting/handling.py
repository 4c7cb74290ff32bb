"""Handling: what people did with alerts, one record for each act, which no replay erases."""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

from lyhord import municipalities, times
from lyhord.alerting.alerts import Alert
from lyhord.errors import Misuse
from lyhord.unicode import clean

KIND, ALERTS = "handling", "alert"
"""Of these records, and of the alerts themselves (`Alert.line` by id), in the state."""
Act = Literal["acknowledge", "comment", "mute"]
_MOST = {"alert": 200, "who": 200, "text": 4_000, "rule": 200, "topic": 200, "municipality": 200}


class Records(Protocol):
    """What is needed of a `State`."""

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """Give what was put last, or None."""

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """Replace durably."""

    def all(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """Give everything of a kind by key."""


class Series(NamedTuple):
    """What a mute is of."""

    rule: str
    municipality: str
    topic: str | None


class Action(NamedTuple):
    """What somebody did; times are UTC.

    Attributes:
        action: which.
        alert: the alert's id; None where a series was muted without one.
        who: did it.
        at: when.
        text: of a comment.
        until: of a mute; one that is not later than `at` ends the mute.
        rule, municipality, topic: the series that was muted.

    """

    action: Act
    alert: str | None
    who: str
    at: datetime
    text: str | None = None
    until: datetime | None = None
    rule: str | None = None
    municipality: str | None = None
    topic: str | None = None

    def line(self) -> dict[str, Any]:
        """Give it as JSON reads it out."""
        told: dict[str, Any] = self._asdict()
        for name in ("at", "until"):
            told[name] = told[name] and times.format_utc(told[name])
        return told


def acknowledge(state: Records, alert_id: str, who: str, now: datetime) -> Action:
    """Record that somebody has seen an alert and takes care of it.

    Raises:
        Misuse: the id or the name is empty or far too long.

    """
    return _put(state, Action("acknowledge", alert_id, who, now))


def comment(state: Records, alert_id: str, text: str, who: str, now: datetime) -> Action:
    """Record what somebody says of an alert.

    Raises:
        Misuse: as `acknowledge`; or the text is empty or too long.

    """
    return _put(state, Action("comment", alert_id, who, now, text=text))


def mute(  # noqa: PLR0913, PLR0917 - what a series is, and who wants it
    state: Records,
    municipality: str,
    topic: str | None,
    rule: str,
    until: datetime,
    who: str,
    now: datetime,
    *,
    alert_id: str | None = None,
) -> Action:
    """Record that nobody is told of a series until a time; the latest word on a series counts.

    `until` that is not after `now` ends the mute.

    Raises:
        Misuse: as `acknowledge`.

    """
    told = Action(
        "mute", alert_id, who, now, until=until, rule=rule, municipality=municipality, topic=topic
    )
    return _put(state, told)


def series(
    state: Records,
    alert_id: str,
    *,
    rule: str | None = None,
    municipality: str | None = None,
    topic: str | None = None,
) -> Series:
    """Give the series that an alert is of; of one that the state does not have, what is named.

    Raises:
        Misuse: the alert is not known and no rule is named, or the municipality is none.

    """
    if rule is not None:
        code = municipalities.meant(municipality) if municipality else ""
        return Series(rule, code, topic or None)
    kept = state.get(ALERTS, alert_id)
    if not kept:
        raise Misuse(
            f"alert {alert_id!r} is not known; name its rule, municipality and topic to mute them"
        )
    return Series(kept["rule"], kept["municipality"] or "", kept["topic"])


def actions(state: Records) -> list[Action]:
    """Give everything that was done, in order of time."""
    found = [(_read(value), key) for key, value in state.all(KIND).items()]
    return [action for action, _ in sorted(found, key=lambda each: (each[0].at, each[1]))]


def handled(state: Records) -> Mapping[str, list[Action]]:
    """Give what was done with each alert, by id, in order of time."""
    found: defaultdict[str, list[Action]] = defaultdict(list)
    for action in actions(state):
        if action.alert is not None:
            found[action.alert].append(action)
    return dict(found)


def mutes(state: Records) -> list[Action]:
    """Give the mutes, ended ones too, in order of time."""
    return [action for action in actions(state) if action.action == "mute"]


def is_muted(mutes: Iterable[Action], alert: Alert, now: datetime) -> bool:
    """Tell whether an alert's series is muted at `now`, by what `mutes` gave."""
    series = (alert.rule, alert.municipality, alert.topic)
    last: Action | None = None
    for each in mutes:
        if (each.rule, each.municipality, each.topic) == series and each.at <= now:
            last = each
    return last is not None and last.until is not None and now < last.until


def _put(state: Records, action: Action) -> Action:
    meant: dict[str, Any] = {name: _meant(action, name) for name in _MOST}
    kept = action._replace(**meant)
    line = {name: value for name, value in kept.line().items() if value is not None}
    # A key of its own: of two who write at once, neither replaces the other's record.
    state.put(KIND, f"{times.format_utc(action.at)} {secrets.token_hex(8)}", line)
    return kept


def _meant(action: Action, name: str) -> str | None:
    value: str | None = getattr(action, name)
    if value is None:
        return None
    text = clean(value).strip()
    if len(text) > _MOST[name]:
        raise Misuse(f"{name}: has {len(text):,} characters; {_MOST[name]:,} are enough")
    if not text and name in {"alert", "who", "text", "rule"}:
        raise Misuse(f"{name}: is empty; say {'who you are' if name == 'who' else 'something'}")
    return text


def _read(value: Mapping[str, Any]) -> Action:
    told = {name: value.get(name) for name in Action._fields}
    for name in ("at", "until"):
        text = told[name]
        told[name] = text and times.parse(text)
    return Action(**told)  # type: ignore[arg-type]  # as `_put` wrote it
