"""Notifying: who is due to be told what of the alerts, now; the same however often it is asked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import log2
from typing import NamedTuple

from lyhord.alerting.alerts import Alert
from lyhord.messages import Message, Row, Stage, key_of
from lyhord.ports import Notifier, State
from lyhord.recipients import RecipientSettings
from services.alert import digest, telling
from services.alert.outbox import Outbox
from services.alert.telling import PLAIN, Told, Words

_NEWS = timedelta(hours=1)
"""An alert that fired longer ago, when it is first seen, is history, and nobody is told of it."""


class Unit(NamedTuple):
    """What a recipient is told of as one thing: its opening message and the alerts given now."""

    opening: Message
    rows: list[Alert]


def tell(  # noqa: PLR0913 - the last is what messages are written with
    alerts: Sequence[Alert],
    recipients: Sequence[RecipientSettings],
    state: State,
    notifiers: Mapping[str, Notifier],
    now: datetime,
    *,
    words: Words = PLAIN,
) -> None:
    """Put what is due into the outbox, and send what is in it; for every five minutes.

    Asked again with the same alerts, or with some of them, it tells nobody anything twice. One
    process at a time may call it for one state.

    Args:
        alerts: all that are open, and those that opened or ended in the last day; an alert that
            ended is left out no sooner than it was given once with its end.
        recipients: as `wiring.recipients` gives them.
        state: where the outbox is.
        notifiers: the way to each recipient, by name.
        now: the present, UTC.
        words: what messages are written with.

    Raises:
        Retriable: the state is away; what it knows to be sent is not sent again.

    """
    outbox = Outbox(state, now)
    awake = {each.name: each.awake for each in recipients}
    for recipient in recipients:
        wanted = [each for each in alerts if recipient.wants(each.municipality, each.topic)]
        if recipient.digest != "no":
            digest.put(recipient, wanted, outbox, now)
        _Desk(recipient, outbox, now, words).tell(wanted)
    outbox.send(notifiers, lambda name, at: awake[name](at) if name in awake else at)


class _Desk:
    """One recipient's messages, as they stand now."""

    def __init__(
        self, recipient: RecipientSettings, outbox: Outbox, now: datetime, words: Words
    ) -> None:
        self._recipient, self._outbox, self._now, self._words = recipient, outbox, now, words
        self._full = recipient.detail == "full"
        self._pause = timedelta(minutes=recipient.cool_down)
        self._sent = outbox.of(recipient.name)
        self._new: set[str] = set()

    def tell(self, alerts: Sequence[Alert]) -> None:
        """Put what is due into the outbox."""
        for unit in self._units(alerts):
            if unit.opening.key in self._new:
                continue
            opening = self._outbox.change(unit.opening, rows=_rows(unit))
            over = all(row.ended for row in opening.rows.values())
            if opening.stage == "waiting" and opening.due <= self._now:
                told = telling.opened(unit.rows, self._words, full=self._full)
                self._refresh(opening, told, unit.rows, over=over)
            elif opening.stage == "noted" and over:
                line = telling.headline(unit.rows, self._words)
                self._put(opening, "closed", Told(line, ""), unit.rows, stage="noted")
            elif opening.told and self._is_awake():
                self._go_on(opening, unit.rows, over=over)

    def _go_on(self, opening: Message, rows: list[Alert], *, over: bool) -> None:
        if over:
            if not opening.over:
                told = telling.closed(rows, self._words, full=self._full)
                self._put(opening, "closed", told, rows)
            return
        since = [each for each in self._sent if each.about == opening.about]
        if any(each.stage in {"waiting", "sending"} for each in since):
            return
        last = max(since, key=lambda each: (each.at, each.observed))
        doublings = _doublings(opening, rows)
        if doublings > max(map(_doubled, since)) and self._now - last.at >= self._pause:
            told = telling.growing(rows, self._words, last.observed, full=self._full)
            self._put(opening, f"growing:{doublings}", told, rows)

    def _units(self, alerts: Iterable[Alert]) -> list[Unit]:
        """Part the alerts into what is told as one; put down the openings that are new."""
        units: dict[str, Unit] = {}
        openings = [each for each in self._sent if each.what == "opened"]
        for alert in sorted(alerts, key=lambda each: (each.fired_at, each.id)):
            opening = _home(alert, openings, units)
            if opening is None:
                if self._now - alert.fired_at > _NEWS:
                    continue
                opening = self._opening(alert, openings)
                openings.append(opening)
            units.setdefault(opening.key, Unit(opening, [])).rows.append(alert)
        for unit in units.values():
            if unit.opening.key not in {each.key for each in self._sent}:
                self._put_opening(unit)
        return list(units.values())

    def _opening(self, alert: Alert, openings: Sequence[Message]) -> Message:
        known = {each.about for each in openings}
        about = alert.id if alert.incident in known else alert.incident
        noted = self._recipient.digest != "no"
        return Message(
            key=key_of(self._recipient.name, about, "opened"),
            recipient=self._recipient.name,
            what="opened",
            about=about,
            title="",
            stage="noted" if noted else "waiting",
            due=self._now,
            first=self._now,
            at=self._now,
            rows={alert.id: _row(alert)},
        )

    def _put_opening(self, unit: Unit) -> None:
        rows = _rows(unit)
        about = {(row.municipality, row.topic) for row in rows.values()}
        last = [
            each.at
            for each in self._sent
            if each.stage != "failed"
            and any((row.municipality, row.topic) in about for row in each.rows.values())
        ]
        due = max([self._now, *(at + self._pause for at in last)])
        if unit.opening.stage == "noted":
            told = Told(telling.headline(unit.rows, self._words), "")
        else:
            told = telling.opened(unit.rows, self._words, full=self._full)
        self._outbox.put(
            unit.opening._replace(
                title=told.title,
                body=told.body,
                due=self._recipient.awake(due),
                rows=rows,
                observed=_observed(unit.rows),
                over=all(row.ended for row in rows.values()),
            )
        )
        self._new.add(unit.opening.key)

    def _refresh(self, opening: Message, told: Told, rows: list[Alert], *, over: bool) -> None:
        """Bring what waited (for the morning, for the service) up to date before it goes."""
        self._outbox.change(
            opening, title=told.title, body=told.body, observed=_observed(rows), over=over
        )

    def _put(
        self,
        opening: Message,
        what: str,
        told: Told,
        rows: list[Alert],
        stage: Stage = "waiting",
    ) -> None:
        self._outbox.put(
            opening._replace(
                key=key_of(self._recipient.name, opening.about, what),
                what=what,
                title=told.title,
                body=told.body,
                stage=stage,
                due=self._now,
                first=self._now,
                at=self._now,
                tries=0,
                reason="",
                observed=_observed(rows),
            )
        )

    def _is_awake(self) -> bool:
        return self._recipient.awake(self._now) <= self._now


def _home(alert: Alert, openings: Sequence[Message], units: Mapping[str, Unit]) -> Message | None:
    """Give the opening that an alert belongs to: its own, or its incident's in other places."""
    for opening in openings:
        if alert.id in opening.rows:
            return opening
    for opening in openings:
        rows = dict(opening.rows)
        if opening.key in units:
            rows |= {each.id: _row(each) for each in units[opening.key].rows}
        series = {(row.municipality, row.topic) for row in rows.values()}
        if opening.about == alert.incident and (alert.municipality, alert.topic) not in series:
            return opening
    return None


def _row(alert: Alert) -> Row:
    return Row(alert.municipality, alert.topic, alert.end is not None)


def _rows(unit: Unit) -> dict[str, Row]:
    return {**unit.opening.rows, **{each.id: _row(each) for each in unit.rows}}


def _observed(rows: Iterable[Alert]) -> int:
    return sum(row.observed for row in rows)


def _doublings(opening: Message, rows: Sequence[Alert]) -> int:
    """Count how often it has doubled since it was told first."""
    return int(log2(max(_observed(rows) / max(opening.observed, 1), 1)))


def _doubled(message: Message) -> int:
    return int(message.what.partition(":")[2] or 0)
