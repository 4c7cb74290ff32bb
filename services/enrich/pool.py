"""The enrich stage spread over processes, since one Python process tags on one core only."""

import os
import signal
import time
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lyhord.errors import Fatal, Misuse
from lyhord.memory import collect_seldom
from lyhord.model import Rejection
from lyhord.orphans import end_with_parent
from lyhord.ports import Entry, Record
from services.enrich.nlp.texts import Names
from services.enrich.stage import stage

if TYPE_CHECKING:
    from services.enrich.tagger import Tagger


class Outcome(NamedTuple):
    """What became of a batch: tagged posts in order, refusals, and the processor time it took."""

    records: list[Record]
    rejections: list[Rejection]
    seconds: float


_tagger: "Tagger | Fatal"


class Pool:
    """Tagging processes; they die with the process that made them, however it dies."""

    def __init__(self, workers: int, *, topics: Path | None, names: Names = "find") -> None:
        self._workers, self._topics, self._names = workers, topics, names
        self._executor = self._start()

    def submit(self, entries: Sequence[Entry]) -> "Future[Outcome]":
        """Tag a batch somewhere else; the result keeps the batch's order.

        The result raises `Misuse` where the tagger itself cannot be loaded.
        """
        return self._executor.submit(_work, [(entry.key, entry.value) for entry in entries])

    def recover(self, entries: Sequence[Entry]) -> Outcome:
        """Tag a batch whose worker died, one by one; refuse the post that kills its worker."""
        whole = Outcome([], [], 0.0)
        for entry in entries:
            self._executor = self._restarted()
            try:
                tagged, refused, _ = self.submit([entry]).result()
            except BrokenProcessPool:
                tagged, refused = [], [_killer(entry)]
            whole.records.extend(tagged)
            whole.rejections.extend(refused)
        return whole

    def close(self) -> None:
        """End the processes."""
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _restarted(self) -> ProcessPoolExecutor:
        try:
            self._executor.submit(os.getpid).result()
        except BrokenProcessPool:
            self._executor.shutdown(wait=False)
            return self._start()
        return self._executor

    def _start(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            self._workers,
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(self._topics, self._names),
        )


def _begin(topics: Path | None, names: Names) -> None:
    global _tagger  # noqa: PLW0603 - one tagger a process, made when the process starts
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    end_with_parent()
    # The process that made the pool has no use for spaCy, and its hundred MB.
    from services.enrich.tagger import Tagger

    try:
        _tagger = Tagger.load(topics_file=topics, names=names)
    except Exception as problem:  # noqa: BLE001 - told with the first batch, which must not be refused for it
        _tagger = Misuse(f"the tagger cannot be loaded: {problem}")


def _work(posts: Sequence[tuple[str, bytes]]) -> Outcome:
    if isinstance(_tagger, Fatal):
        raise _tagger
    start = time.process_time()
    records, rejections = stage(posts, _tagger)
    return Outcome(records, rejections, time.process_time() - start)


def _killer(entry: Entry) -> Rejection:
    return Rejection(
        stage="enrich",
        origin=entry.key.partition(":")[0],
        key=entry.key,
        reason="could not be tagged: the tagging process died of it",
        at=datetime.now(UTC),
    )
