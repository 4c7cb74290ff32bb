"""Summaries as people read them: in words, as a picture, and once to each who wants them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Literal

from lyhord import times
from lyhord.alerting.alerts import Alert
from lyhord.messages import Message, key_of
from lyhord.ports import Notifier, State, Store
from lyhord.recipients import RecipientSettings
from services.alert import digest
from services.alert.outbox import Outbox
from services.alert.summary import Period, Summary, summaries
from services.alert.telling import PLAIN, Told, Words, headline
from services.alert.wording import TITLE, about, counted, cut, day, number, place

_PERIODS: Mapping[str, Period] = {"daily": "day", "weekly": "week"}
_HOUR = 3_600
_BARS, _LINE = "#2f6f8f", "#b3541e"


def text(summary: Summary, words: Words = PLAIN) -> Told:
    """Write a summary in Swedish, as plain text."""
    where, when = place(summary.municipality), _when(summary)
    posts = counted(summary.posts, "inlägg", "inlägg")
    lines = [f"{posts} från invånare{_against(summary)}."]
    if summary.rising:
        rising = [
            f"{about(each.topic, words.topics.get(each.topic, each.topic))} "
            f"({number(each.posts)} mot {number(each.usual, 1)})"
            for each in summary.rising
        ]
        lines.append(f"Ämnen som ökar: {', '.join(rising)}.")
    elif summary.usual is not None:
        lines.append("Inget ämne ökar.")
    if summary.share_negative is not None:
        lines.append(f"Negativa: {_percent(summary.share_negative)} av inläggen.")
    lines.append(_answers(summary))
    waiting = counted(summary.waiting, "tråd väntar", "trådar väntar")
    lines.append(f"Just nu: {waiting} på svar.")
    if summary.alerts:
        lines += ["Pågår:", *(f"– {headline([each], words)}" for each in summary.alerts)]
    elif summary.alerts is not None:
        lines.append("Inget larm pågår.")
    return Told(cut(f"{where} {when}: {posts}{_against(summary)}", TITLE), "\n".join(lines))


def draw(summary: Summary, form: Literal["png", "svg"] = "png") -> bytes:
    """Draw the posts a day, the summary's own days in colour, with what is usual, as a picture."""
    import altair as alt

    values = [
        {"dag": each.isoformat(), "inlägg": posts, "nu": each >= summary.first}
        for each, posts in summary.days
    ]
    days = alt.X("dag:O", title=None).axis(
        values=[each.isoformat() for each, _ in summary.days if each.weekday() == 0],
        labelExpr="toNumber(slice(datum.label, 8)) + '/' + toNumber(slice(datum.label, 5, 7))",
        labelAngle=0,
        ticks=False,
    )
    posts = alt.Y("inlägg:Q", title="inlägg").axis(tickMinStep=1)
    colour = alt.condition("datum.nu", alt.value(_BARS), alt.value("#b9c9d2"))
    chart = alt.Chart(alt.InlineData(values=values), width=560, height=200)
    layers: list[alt.Chart] = [chart.mark_bar().encode(days, posts, color=colour)]
    if summary.usual is not None:
        length = (summary.last - summary.first).days + 1
        level = alt.Chart(alt.InlineData(values=[{"inlägg": summary.usual / length}]))
        layers.append(level.mark_rule(color=_LINE, strokeDash=[5, 3], size=2).encode(y="inlägg:Q"))
    title = f"{place(summary.municipality)}: invånarnas inlägg per dag (streckat: det vanliga)"
    whole = alt.layer(*layers).properties(title=title, background="white")
    if form == "svg":
        lines = StringIO()
        whole.save(lines, format="svg")
        return lines.getvalue().encode()
    pixels = BytesIO()
    whole.save(pixels, format="png", scale_factor=2)
    return pixels.getvalue()


def send_summaries(  # noqa: PLR0913 - what they are of, who gets them, and how
    store: Store,
    recipients: Sequence[RecipientSettings],
    state: State,
    notifiers: Mapping[str, Notifier],
    now: datetime,
    *,
    alerts: Sequence[Alert] | None = None,
    words: Words = PLAIN,
    picture: Callable[[Summary], bytes] = draw,
) -> None:
    """Put the summaries that are due (from 8 in the morning) into the outbox, and send them.

    Each once, however often it is called; `tell` sends what is left. Who names no municipality
    gets those of all that have posts, a message each.

    Raises:
        Retriable: the state or the store is away.

    """
    outbox = Outbox(state, now)
    awake = {each.name: each.awake for each in recipients}
    for recipient in recipients:
        if recipient.summary == "no":
            continue
        today = digest.latest(recipient.summary, now)
        done = key_of(recipient.name, today.isoformat(), "summary")
        if done in outbox:
            continue
        upto = times.local_midnight(today)
        codes, period = recipient.municipalities, _PERIODS[recipient.summary]
        for summary in summaries(store, codes, period, upto, alerts=alerts):
            told = text(summary, words)
            about_ = f"{summary.municipality} {today.isoformat()}"
            full = recipient.detail == "full"
            message = _message(recipient, about_, told, now)
            if message.key not in outbox:
                outbox.put(message._replace(picture=picture(summary) if full else None))
        marker = _message(recipient, today.isoformat(), Told("", ""), now)
        outbox.put(marker._replace(stage="nothing"))
    outbox.send(notifiers, lambda name, at: awake[name](at) if name in awake else at)


def _message(recipient: RecipientSettings, about_: str, told: Told, now: datetime) -> Message:
    return Message(
        key=key_of(recipient.name, about_, "summary"),
        recipient=recipient.name,
        what="summary",
        about=about_,
        title=told.title,
        stage="waiting",
        due=recipient.awake(now),
        first=now,
        at=now,
        body=told.body,
    )


def _when(summary: Summary) -> str:
    first, last = (day(times.local_midnight(each)) for each in (summary.first, summary.last))
    return first if summary.first == summary.last else f"{first} – {last}"


def _against(summary: Summary) -> str:
    if summary.usual is None:
        return ""
    return f", mot {number(summary.usual, 1)} som vanligt är"


def _percent(share: float) -> str:
    return f"{number(share * 100)} %"


def _answers(summary: Summary) -> str:
    found = summary.answers
    if found is None:
        return "Ingen ny tråd bad om svar."
    asked = counted(found.asked, "ny tråd", "nya trådar")
    line = f"Bad om svar: {asked}; {number(found.answered)} besvarade"
    if found.median_office_seconds is not None:
        hours = found.median_office_seconds / _HOUR
        within = "en arbetstimme" if hours <= 1 else f"{number(hours, 1)} arbetstimmar"
        line += f", hälften inom {within}"
    return f"{line}."
