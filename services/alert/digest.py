"""Digests: one message a day or a week of what opened, what closed, and who has not answered."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from lyhord import times
from lyhord.alerting.alerts import Alert
from lyhord.messages import Message, key_of
from lyhord.recipients import RecipientSettings
from services.alert.outbox import Outbox
from services.alert.wording import clock, counted, day, listed, place

_AT = time(8)
"""When digests and summaries are made, in Stockholm; weekly ones on Mondays."""
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)
_MOST = 40


def latest(period: str, now: datetime) -> date:
    """Give the day of the latest digest or summary that is due by now."""
    local = now.astimezone(times.STOCKHOLM)
    today = local.date() if local.time() >= _AT else local.date() - _DAY
    return today - today.weekday() * _DAY if period == "weekly" else today


def put(
    recipient: RecipientSettings, alerts: Sequence[Alert], outbox: Outbox, now: datetime
) -> None:
    """Put the latest digest into the outbox, once, of what was noted and no digest told yet."""
    today = latest(recipient.digest, now)
    key = key_of(recipient.name, today.isoformat(), "digest")
    if key in outbox:
        return
    known = outbox.of(recipient.name)
    told = {key for each in known for key in each.lists}
    noted = [each for each in known if each.stage == "noted" and each.key not in told]
    ended = {each.about for each in noted if each.what == "closed"}
    fresh = [each for each in noted if each.what == "opened"]
    closed = [each for each in noted if each.what == "closed"]
    fresh.sort(key=lambda each: each.first)
    still = {id_ for each in known if each.what == "opened" for id_ in each.rows}
    waiting = [
        each for each in alerts if each.id in still and each.end is None and not each.answered_at
    ]
    lines = [
        *_section("Började", [each.title for each in fresh if each.about not in ended]),
        *_section("Är över", [each.title for each in closed]),
        *_section("Ingen har svarat än", _places(waiting)),
    ]
    period = "Veckan" if recipient.digest == "weekly" else "Dygnet"
    began, over = counted(len(fresh), "ny", "nya"), f"{len(closed)} över"
    outbox.put(
        Message(
            key=key,
            recipient=recipient.name,
            what="digest",
            about=today.isoformat(),
            title=f"{period} till {day(times.local_midnight(today))}: {began}, {over}",
            stage="waiting" if lines else "nothing",
            due=recipient.awake(now),
            first=now,
            at=now,
            body="\n".join(lines).strip(),
            lists=[each.key for each in noted],
        )
    )


def _section(heading: str, lines: Sequence[str]) -> list[str]:
    left = [f"– och {len(lines) - _MOST} till"] if len(lines) > _MOST else []
    return [f"{heading}:", *(f"– {line}" for line in lines[:_MOST]), *left, ""] if lines else []


def _places(alerts: Sequence[Alert]) -> list[str]:
    since: dict[str, datetime] = {}
    for each in alerts:
        since[each.municipality] = min(each.start, since.get(each.municipality, each.start))
    told = [f"{place(code)} (sedan {clock(since[code])})" for code in sorted(since, key=place)]
    return [listed(told, _MOST)] if told else []
