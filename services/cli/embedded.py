"""The embedded runtime: enrich and index as threads of this process, tagging in others."""

import os
import threading
import time
from collections.abc import Callable
from typing import Self

from lyhord import wiring
from lyhord.driving import Driver
from lyhord.ports import POSTS, TAGGED, Log
from lyhord.settings import Settings
from lyhord.telemetry import Telemetry
from services.enrich import driver as enrich
from services.index import driver as index

_LOOK = 0.05


class Embedded:
    """Drives the stages that it is asked to, as far as no other process does it already."""

    def __init__(self, settings: Settings, log: Log, stages: tuple[str, ...]) -> None:
        self._settings, self._log = settings, log
        self.telemetry = {name: Telemetry(name) for name in ("ingest", "enrich", "index")}
        loops = {"enrich": self._enrich, "index": self._index}
        self._drivers = [
            Driver(
                loop,
                lease=wiring.lease(settings, name),
                telemetry=self.telemetry[name],
            )
            for name, loop in loops.items()
            if name in stages
        ]

    def __enter__(self) -> Self:
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

    def wait_until_indexed(self, progress: Callable[[], None]) -> None:
        """Return when everything that is on the log now is searchable."""
        self._wait(POSTS, enrich.GROUP, progress)
        self._wait(TAGGED, index.GROUP, progress)

    def _wait(self, topic: str, group: str, progress: Callable[[], None]) -> None:
        end = self._log.end(topic)
        while self._log.committed(topic, group) < end:
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
        store = wiring.open_store(self._settings, write=True)
        try:
            index.drive(self._log, store, self.telemetry["index"], stop)
        finally:
            store.close()
