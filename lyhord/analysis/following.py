"""Following: a store's alerts again and again, without reading its whole history each time."""

import time
from collections.abc import Callable, Iterable
from copy import deepcopy
from datetime import datetime, timedelta

from lyhord.alerting.alerts import Alert
from lyhord.alerting.columns import Columns
from lyhord.alerting.grouping import moment
from lyhord.alerting.rises import QUIET, Listener, advance
from lyhord.alerting.watching import Watcher
from lyhord.analysis.alerting import as_alerts, grid_of
from lyhord.ports import Filters, Store

_DAY = 86_400
_BACK, _MOVE = 2 * _DAY, 3 * _DAY
"""What is kept is two to three days old, and moves daily."""
_READ = timedelta(days=12)
_REST = 60.0
"""Times as long as reading a history took until it may be read again for posts that came late."""


class Follower:
    """Gives what `alerting.alerts` gives, of the last days; of all when a history is read.

    What was learnt is kept as it was two days ago; from there on it is worked out anew each time,
    so that late posts and changed tags of these days are seen. All else is read at first, and again
    when there are other posts of a time before that than there were: a history is being imported.
    """

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._watcher: Watcher | None = None
        self._listener: Listener | None = None
        self._at = 0
        """Until when the kept ones have seen everything, seconds since 1970."""
        self._before = 0
        """Posts of the time until then."""
        self._rests_until = 0.0
        self.is_settled = False
        """Whether the history was found as it was, at the last look."""

    def alerts(
        self, until: datetime, *, since: datetime | None = None, told: Iterable[Alert] = ()
    ) -> list[Alert]:
        """See `alerting.alerts`.

        Where the whole history was read, `since` is not heeded, and alerts that were over long ago
        stay as they were told.
        """
        now, began = grid_of(until), self._clock()
        columns = None if now < self._at or self._has_changed() else self._recent(until)
        self.is_settled = columns is not None
        if columns is None:
            columns = Columns.of(self._store.arrivals(None, until))
            self._watcher = Watcher(columns.municipalities, columns.topics)
            first = int(columns.seconds[0]) if len(columns.seconds) else now
            self._listener = Listener(columns.width, first)
            self._at, since = 0, None
        if now - self._at > _MOVE:
            self._move(columns, now - _BACK)
        assert self._listener is not None  # noqa: S101 - it was made above
        watcher, listener = deepcopy(self._watcher), deepcopy(self._listener)
        assert watcher is not None  # noqa: S101 - as above
        advance(watcher, listener, columns, self._at, now)
        first = int(columns.seconds[0]) if len(columns.seconds) else 0
        found = [rise for rise in listener.rises if rise.start >= first]
        made = as_alerts(self._store, columns, found, until, since, told, final=until - _READ)
        self._listener.forget(self._at - QUIET - int(_READ.total_seconds()))
        if not self.is_settled:
            self._rests_until = self._clock() + _REST * (self._clock() - began)
        return made

    def _has_changed(self) -> bool:
        """Tell whether there are other posts of long ago than there were; seldom, as it costs."""
        if self._clock() < self._rests_until:
            return False
        return self._count() != self._before

    def _count(self) -> int:
        filters = Filters(None, moment(self._at))
        return self._store.search("*", filters, size=1, sort="newest").total

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
        assert self._watcher is not None  # noqa: S101 - it was made before
        assert self._listener is not None  # noqa: S101 - as above
        advance(self._watcher, self._listener, columns, self._at, until)
        self._at = until
        self._before = self._count()
