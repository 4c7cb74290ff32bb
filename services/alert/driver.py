"""The alert stage's loop: at each grid point, what has risen is kept, and told."""

import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import structlog

from lyhord.alerting.alerts import Alert
from lyhord.analysis import keeping
from lyhord.analysis.following import Follower
from lyhord.ports import Notifier, State, Store
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

Tell = Callable[[Sequence[Alert], datetime], None]


def drive(  # noqa: PLR0913 - what it goes by
    store: Store,
    state: State,
    telemetry: Telemetry,
    stop: threading.Event,
    tell: Tell,
    *,
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
            found = look(follower, state, moment, since=since)
            tell(found, moment)
        log.info("looked", alerts=len(found), going_on=sum(each.end is None for each in found))
        since = moment - _RECENT
        if stop.wait(_until_next(moment, now())):
            return


def teller(
    store: Store,
    state: State,
    recipients: Sequence[RecipientSettings],
    notifiers: Mapping[str, Notifier],
    words: Words,
) -> Tell:
    """Give what tells recipients of alerts, and sends the summaries that are due."""

    def tell(found: Sequence[Alert], now: datetime) -> None:
        notifying.tell(found, recipients, state, notifiers, now, words=words)
        still = [each for each in found if each.end is None]
        send_summaries(store, recipients, state, notifiers, now, alerts=still, words=words)

    return tell


def look(
    follower: Follower, state: State, now: datetime, *, since: datetime | None = None
) -> list[Alert]:
    """Give the alerts that are open or were since, and keep them."""
    before = keeping.told(state)
    found = follower.alerts(now, since=since, told=before)
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
