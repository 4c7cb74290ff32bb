"""The alert stage's loop: at each grid point, what has risen is kept, and told."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from lyhord.alerting import handling
from lyhord.alerting.alerts import Alert
from lyhord.alerting.grouping import Away
from lyhord.alerting.rules import BUILT_IN, Rule
from lyhord.analysis import keeping
from lyhord.analysis.following import Follower
from lyhord.analysis.rulebook import Rulebook
from lyhord.analysis.ruling import fired
from lyhord.errors import Misuse, Retriable, Unavailable
from lyhord.ports import Notifier, State, Store
from lyhord.query.errors import QueryError
from lyhord.recipients import RecipientSettings
from lyhord.telemetry import Telemetry
from services.alert import notifying
from services.alert.summarising import send_summaries
from services.alert.telling import Words

log = structlog.get_logger()

EVERY = timedelta(minutes=5)
_AFTER = timedelta(seconds=20)
"""How long after a grid point it is looked at: what was written before is on its way until then."""
_RECENT = timedelta(days=1)
_SOON = 15.0
"""Seconds until the next look where a history was read: it may still be coming in."""

Tell = Callable[[Sequence[Alert], datetime], None]
Ruled = Callable[[datetime, datetime], list[Alert]]
"""Gives what the rules that somebody wrote fired from one time to another."""


def drive(  # noqa: PLR0913 - what it goes by
    store: Store,
    state: State,
    telemetry: Telemetry,
    stop: threading.Event,
    tell: Tell,
    *,
    ruled: Ruled = lambda _since, _until: [],
    show: Tell = lambda _alerts, _now: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Look at once, and then behind every grid point, until stopped.

    Raises:
        Retriable: the store or the state cannot be reached now; calling again loses nothing.

    """
    since: datetime | None = None
    follower = Follower(store)
    while True:
        moment = now()
        with telemetry.busy():
            found = look(follower, state, moment, since=since, ruled=ruled)
            tell(found, moment)
            _shown(show, found, moment)
        log.info("looked", alerts=len(found), going_on=sum(each.end is None for each in found))
        since = moment - _RECENT
        pause = _until_next(moment, now())
        if stop.wait(pause if follower.is_settled else min(_SOON, pause)):
            return


def teller(  # noqa: PLR0913, PLR0917 - who is told, of what, and how
    store: Store,
    state: State,
    recipients: Sequence[RecipientSettings],
    notifiers: Mapping[str, Notifier],
    words: Words,
    book: Rulebook,
) -> Tell:
    """Give what tells recipients of alerts, and sends the summaries that are due.

    A rule's alerts go to the recipients, and wait for the hours, that it names.
    """

    def tell(found: Sequence[Alert], now: datetime) -> None:
        mutes = handling.mutes(state)
        heard = [each for each in found if not handling.is_muted(mutes, each, now)]
        rules = {rule.name: rule for rule in _rules(book)}
        for name in sorted({each.rule for each in heard} | {BUILT_IN}):
            of_rule = [each for each in heard if each.rule == name]
            audience = _audience(recipients, rules.get(name))
            notifying.tell(of_rule, audience, state, notifiers, now, words=words)
        still = [each for each in heard if each.end is None]
        send_summaries(store, recipients, state, notifiers, now, alerts=still, words=words)

    return tell


def _audience(
    recipients: Sequence[RecipientSettings], rule: Rule | None
) -> Sequence[RecipientSettings]:
    if rule is None:
        return recipients
    chosen = [each for each in recipients if not rule.recipients or each.name in rule.recipients]
    if rule.quiet_hours is None:
        return chosen
    hours = {"quiet_hours": rule.quiet_hours, "always": False}
    return [each.model_copy(update=hours) for each in chosen]


def _rules(book: Rulebook) -> Iterator[Rule]:
    """Give the rules of a book as far as they can be meant; the others are told of."""
    try:
        entries = book.entries()
    except Misuse as mistake:
        log.warning("rules not judged", problem=str(mistake))
        return
    for entry in entries:
        try:
            yield book.resolved(entry.rule)
        except Misuse as mistake:
            log.warning("rule not judged", rule=entry.rule.name, problem=str(mistake))


def _shown(show: Tell, found: Sequence[Alert], now: datetime) -> None:
    try:
        show(found, now)
    except (Retriable, Unavailable) as problem:
        # What Kibana shows waits for the next time; whoever is on duty does not.
        log.warning("not shown", problem=str(problem))


def ruler(store: Store, book: Rulebook, away: Callable[[datetime], Sequence[Away]]) -> Ruled:
    """Give what asks every rule of a book; one that cannot be meant is told of, and left out."""

    def ruled(since: datetime, until: datetime) -> list[Alert]:
        found: list[Alert] = []
        for rule in _rules(book):
            try:
                found += fired(rule, store, until=until, since=since, away=away(until))
            except (QueryError, Misuse) as mistake:
                log.warning("rule not judged", rule=rule.name, problem=str(mistake))
        return found

    return ruled


def look(
    follower: Follower,
    state: State,
    now: datetime,
    *,
    since: datetime | None = None,
    ruled: Ruled = lambda _since, _until: [],
) -> list[Alert]:
    """Give the alerts that are open or were since, and the rules' of the last day; keep them."""
    before = keeping.told(state)
    found = follower.alerts(now, since=since, told=before)
    found += ruled(now - _RECENT, now)
    keeping.keep(state, found, before)
    known = {each.id for each in before}
    for each in found:
        if each.id not in known:
            log.info("alert", id=each.id, municipality=each.municipality, topic=each.topic)
    return found


def _until_next(looked: datetime, now: datetime) -> float:
    since = (looked - _AFTER).timestamp() % EVERY.total_seconds()
    due = looked + EVERY - timedelta(seconds=since)
    return max(1.0, (due - now).total_seconds())
