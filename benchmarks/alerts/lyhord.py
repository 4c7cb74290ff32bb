"""Lyhörd's own detector among those that are compared."""

from collections.abc import Sequence

from benchmarks.alerts.model import Arrival
from lyhord.alerting import arrivals as own
from lyhord.alerting.columns import Columns

_MOST = 30.0
_STEP = 0.8


def columns(arrivals: Sequence[Arrival]) -> Columns:
    """Take simulated posts as the store would give them: in order of time."""
    posts = (
        own.Arrival(
            created=each.created,
            key=each.key,
            municipality=each.municipality,
            topic=each.topic,
            official=each.official,
            author=each.author,
            fingerprint=str(each.fingerprint),
            sentiment="",
            needs_answer=each.needs_answer,
        )
        for each in arrivals
    )
    return Columns.of(sorted(posts))
