"""The embedded runtime: a thread for each stage, which works in processes of its own."""

import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from typing import Self

from lyhord import wiring
from lyhord.driving import Driver
from lyhord.errors import Retriable
from lyhord.memory import collect_seldom
from lyhord.ports import POSTS, TAGGED, Log, behind, total
from lyhord.settings import Settings
from lyhord.telemetry import Telemetry
from services.enrich import driver as enrich
from services.index import driver as index
from services.index.process import IndexProcess

GROUPS = {"enrich": (POSTS, enrich.GROUP), "index": (TAGGED, index.GROUP)}
"""The stages that are driven here, and what they read of the log, as which group."""

_LOOK = 0.05
_LOOK_FOR_OTHERS = 5.0
_ALONE = 15.0
"""Seconds without anybody who drives a stage, after which it is driven here."""
_REST = 4.0
"""The time between two questions about how far the stages are, in times that one takes."""


class Embedded:
    """Drives the stages that it is asked to, as far as no other process does it already.

    Args:
        settings: what the stages go by.
        log: what they read and write.
        stages: what to drive from the beginning.
        left: what other processes drive; `stand_in` takes over when they do not any more.

    """

    def __init__(
        self, settings: Settings, log: Log, stages: Collection[str], *, left: Collection[str] = ()
    ) -> None:
        self._settings, self._log = settings, log
        self._indexed_before = total(log.committed(TAGGED, index.GROUP))
        self.telemetry = {name: Telemetry(name) for name in ("ingest", "enrich", "index")}
        self._drivers = [self._driver(name) for name in GROUPS if name in stages]
        self._looked = time.monotonic()
        self._left = dict.fromkeys(left, self._looked)

    def __enter__(self) -> Self:
        collect_seldom()
        with interrupts_blocked():
            for driver in self._drivers:
                driver.start()
        return self

    def __exit__(self, *_: object) -> None:
        for driver in self._drivers:
            driver.stop()
        for driver in self._drivers:
            driver.join()

    def check(self) -> None:
        """Raise what ended a stage early, if anything did."""
        for driver in self._drivers:
            driver.check()

    def stand_in(self) -> None:
        """Drive what was left to others and that nobody has driven for a while.

        Who seemed to drive it at first may have been dead already: Kafka notices after a while.
        """
        now = time.monotonic()
        if not self._left or now - self._looked < _LOOK_FOR_OTHERS:
            return
        self._looked = now
        alone: tuple[str, ...] = ()
        with suppress(Retriable):
            alone = wiring.undriven(self._log, {name: GROUPS[name] for name in self._left})
        self._left |= dict.fromkeys(self._left.keys() - alone, now)
        for name in [name for name, seen in self._left.items() if now - seen > _ALONE]:
            del self._left[name]
            self._drivers.append(self._driver(name))
            with interrupts_blocked():
                self._drivers[-1].start()

    def indexed(self) -> int:
        """Give how many tagged posts have been indexed since this runtime was made."""
        return total(self._log.committed(TAGGED, index.GROUP)) - self._indexed_before

    def wait_until_indexed(self, progress: Callable[[], None]) -> None:
        """Return when everything that is on the log now is searchable."""
        self._wait(POSTS, enrich.GROUP, progress)
        self._wait(TAGGED, index.GROUP, progress)

    def _wait(self, topic: str, group: str, progress: Callable[[], None]) -> None:
        end = self._log.end(topic)
        asked = time.perf_counter()
        while behind(self._log.committed(topic, group), end):
            self.check()
            self.stand_in()
            progress()
            # Asking a server takes processor time that the stages could use.
            time.sleep(max(_LOOK, _REST * (time.perf_counter() - asked)))
            asked = time.perf_counter()

    def _driver(self, name: str) -> Driver:
        shared = wiring.is_shared(self._settings, name)
        return Driver(
            {"enrich": self._enrich, "index": self._index}[name],
            lease=None if shared else wiring.lease(self._settings, name),
            telemetry=self.telemetry[name],
        )

    def _enrich(self, stop: threading.Event) -> None:
        from services.enrich.pool import Pool

        workers = self._settings.workers or os.cpu_count() or 1
        pool = Pool(workers, topics=self._settings.topics, names=self._settings.names)
        try:
            enrich.drive(self._log, pool, self.telemetry["enrich"], stop, depth=2 * workers)
        finally:
            pool.close()

    def _index(self, stop: threading.Event) -> None:
        with IndexProcess(self._settings, self.telemetry["index"]) as process:
            while not stop.wait(_LOOK):
                process.check()
            process.stop()


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Keep Ctrl-C from threads begun here and from their processes: it is for this one alone."""
    # Starting the tracker unblocks what is blocked, so that has to be done.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
