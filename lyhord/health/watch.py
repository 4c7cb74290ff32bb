"""The watch over stages: one is alive while its committed offset moves as long as entries wait."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from lyhord.ports import Log, behind, total

PATIENCE = 60.0
"""Seconds that a stage may stand still while entries wait, or the log may stay silent."""
INTERVAL = 10.0
"""Seconds between two looks: on Kafka each costs connections of its own."""


class Watch:
    """Watches a group's reading of a topic; safe for several threads.

    It is of the group, not of one process: where several share the work, all of them are taken for
    dead when none of them gets on. Time in which the log did not answer does not count against
    the stage, which cannot get on then.

    Args:
        log: the log, which may be one of the watch's own.
        topic: what the stage reads.
        group: as whom.
        clock: seconds that only grow.

    """

    def __init__(
        self, log: Log, topic: str, group: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._log, self._topic, self._group, self._clock = log, topic, group, clock
        self._lock = threading.Lock()
        self._committed = self._lag = -1
        self._moved = self._answered = clock()
        self._failing: float | None = None
        self._problem = ""

    def look(self) -> None:
        """Ask the log where the group is; that it does not answer is remembered, not raised."""
        start = self._clock()
        try:
            done = self._log.committed(self._topic, self._group)
            lag = behind(done, self._log.end(self._topic))
        except Exception as problem:  # noqa: BLE001 - whatever it is, `trouble` tells it
            with self._lock:
                self._failing = start if self._failing is None else self._failing
                self._problem = str(problem) or repr(problem)
        else:
            self._saw(total(done), lag, self._clock())

    def lag(self) -> int | None:
        """Give how many entries wait; None where that is not known, or not any more."""
        with self._lock:
            known = self._lag >= 0 and self._clock() - self._answered <= PATIENCE
            return self._lag if known else None

    def trouble(self) -> str | None:
        """Give why the stage cannot be taken for alive, or None."""
        now = self._clock()
        with self._lock:
            if now - self._answered > PATIENCE:
                why = f": {self._problem}" if self._failing is not None else ""
                return f"the log has not answered for {now - self._answered:.0f} s{why}"
            still = (now if self._failing is None else self._failing) - self._moved
            if self._lag > 0 and still > PATIENCE:
                return f"{self._lag} entries wait, and none was done for {still:.0f} s"
            return None

    def _saw(self, committed: int, lag: int, now: float) -> None:
        with self._lock:
            if self._failing is not None:
                self._moved += now - self._failing
                self._failing = None
            if not lag or committed != self._committed:
                self._moved = now
            self._committed, self._lag, self._answered = committed, lag, now


@contextmanager
def watching(watches: Collection[Watch]) -> Iterator[None]:
    """Look now and then while the block runs, in a thread that nothing waits for."""
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            for watch in watches:
                watch.look()
            stop.wait(INTERVAL)

    if watches:
        threading.Thread(target=look, name="health-watch", daemon=True).start()
    try:
        yield
    finally:
        stop.set()
