"""The load: a corpus put before `lyhord ingest` file by file, which runs while faults strike."""

import shutil
import threading
import time
from collections.abc import Iterator
from random import Random

from benchmarks.fault_scenarios.corpus import Corpus
from benchmarks.fault_scenarios.installation import Installation
from benchmarks.fault_scenarios.waiting import until
from lyhord.errors import LyhordError

_AHEAD = 3
"""Files that may wait for the ingest service, and files' worth of records for the stages."""
_LOOK = 0.3
_LONGEST = 2.0
"""Seconds after a moment that was drawn until it strikes: kills hit starting processes too."""


class Load(threading.Thread):
    """Feeds while the block runs, no faster than posts are worked off."""

    def __init__(self, installation: Installation, corpus: Corpus) -> None:
        super().__init__(name="load", daemon=True)
        self._installation, self._corpus = installation, corpus
        self._fed = 0
        self._stopping = threading.Event()

    def run(self) -> None:
        """Feed (called by `start`)."""
        inbox = self._installation.inbox
        for file in self._corpus.files:
            while not self._has_room():
                if self._stopping.wait(_LOOK):
                    return
            # Whole at once: it must not be read half.
            shutil.copy(file, inbox / "coming")
            (inbox / "coming").rename(inbox / file.name)
            self._fed += 1

    def moments(self, count: int, random: Random, *, within: float) -> Iterator[None]:
        """Come at so many random moments of the feeding.

        Raises:
            Stuck: the feeding does not get on.

        """
        files = len(self._corpus.files)
        for share in sorted(random.random() for _ in range(count)):
            until(lambda: self._fed > share * files, "posts are taken in", within=within)  # noqa: B023 - called at once
            time.sleep(random.uniform(0, _LONGEST))
            yield

    def finish(self, *, within: float) -> None:
        """Wait until everything has been read and put on the log.

        Raises:
            Stuck: it has not within these seconds.

        """
        names = {file.name for file in self._corpus.files}
        until(lambda: names <= self._installation.read_files(), "all files are read", within=within)

    def stop(self) -> None:
        """Feed no more."""
        self._stopping.set()
        self.join()

    def _has_room(self) -> bool:
        try:
            unread = self._fed - len(self._installation.read_files())
            rows = self._corpus.rows / len(self._corpus.files)
            return unread < _AHEAD and self._installation.progress().waiting < _AHEAD * rows
        except LyhordError:
            return False
