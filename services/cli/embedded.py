"""The embedded runtime: a thread for each stage, which works in processes of its own."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Self

from lyhord import wiring
from lyhord.driving import Driver
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


class Embedded:
    """Drives the stages that it is asked to, as far as no other process does it already."""

    def __init__(self, settings: Settings, log: Log, stages: tuple[str, ...]) -> None:
        self._settings, self._log = settings, log
        self._indexed_before = total(log.committed(TAGGED, index.GROUP))
        self.telemetry = {name: Telemetry(name) for name in ("ingest", "enrich", "index")}
        loops = {"enrich": self._enrich, "index": self._index}
        self._drivers = [
            Driver(
                loop,
                lease=None if wiring.is_shared(settings, name) else wiring.lease(settings, name),
                telemetry=self.telemetry[name],
            )
            for name, loop in loops.items()
            if name in stages
        ]

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

    def indexed(self) -> int:
        """Give how many tagged posts have been indexed since this runtime was made."""
        return total(self._log.committed(TAGGED, index.GROUP)) - self._indexed_before

    def wait_until_indexed(self, progress: Callable[[], None]) -> None:
        """Return when everything that is on the log now is searchable."""
        self._wait(POSTS, enrich.GROUP, progress)
        self._wait(TAGGED, index.GROUP, progress)

    def _wait(self, topic: str, group: str, progress: Callable[[], None]) -> None:
        end = self._log.end(topic)
        while behind(self._log.committed(topic, group), end):
            self.check()
            progress()
            time.sleep(_LOOK)

    def _enrich(self, stop: threading.Event) -> None:
        from services.enrich.pool import Pool

        workers = self._settings.workers or os.cpu_count() or 1
        pool = Pool(workers, topics=self._settings.topics)
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
