"""Following: a store's alerts again and again, without reading its whole history each time."""

from collections.abc import Iterable
from copy import deepcopy
from datetime import datetime, timedelta

from lyhord.alerting.alerts import Alert
from lyhord.alerting.columns import Columns
from lyhord.alerting.rises import QUIET, Listener, advance
from lyhord.alerting.watching import Watcher
from lyhord.analysis.alerting import as_alerts, grid_of
from lyhord.ports import Store

_DAY = 86_400
_BACK, _MOVE = 2 * _DAY, 3 * _DAY
"""Posts that come later than two days are seen at the next start; what is kept moves daily."""
_READ = timedelta(days=12)


class Follower:
    """Gives what `alerting.alerts` gives, of the last days.

    What was learnt is kept as it was two days ago; from there on it is worked out anew each time,
    so that late posts and changed tags of these days are seen. All else is read once.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watcher: Watcher | None = None
        self._listener: Listener | None = None
        self._at = 0
        """Until when the kept ones have seen everything, seconds since 1970."""

    def alerts(
        self, until: datetime, *, since: datetime | None = None, told: Iterable[Alert] = ()
    ) -> list[Alert]:
        """See `alerting.alerts`; all at first, then those of the last days and what is told."""
        now = grid_of(until)
        columns = self._recent(until)
        if columns is None or now < self._at:
            columns = Columns.of(self._store.arrivals(None, until))
            self._watcher = Watcher(columns.municipalities, columns.topics)
            first = int(columns.seconds[0]) if len(columns.seconds) else now
            self._listener = Listener(columns.width, first)
            self._at = 0
            self._move(columns, now - _BACK)
        elif now - self._at > _MOVE:
            self._move(columns, now - _BACK)
        watcher, listener = deepcopy(self._watcher), deepcopy(self._listener)
        assert watcher is not None  # noqa: S101 - it was made above
        assert listener is not None  # noqa: S101 - as above
        advance(watcher, listener, columns, self._at, now)
        first = int(columns.seconds[0]) if len(columns.seconds) else 0
        found = [rise for rise in listener.rises if rise.start >= first]
        return as_alerts(self._store, columns, found, until, since, told)

    def _recent(self, until: datetime) -> Columns | None:
        """Read the last days; None where something is new that the kept ones do not know."""
        if self._watcher is None or not self._watcher.columns.municipalities:
            return None
        known = self._watcher.columns
        arrivals = self._store.arrivals(until - _READ, until)
        try:
            return Columns.of(arrivals, known.municipalities, known.topics)
        except KeyError:
            return None

    def _move(self, columns: Columns, until: int) -> None:
        if self._watcher is None or self._listener is None or until <= self._at:
            return
        advance(self._watcher, self._listener, columns, self._at, until)
        self._at = until
        self._listener.forget(until - QUIET - int(_READ.total_seconds()))
