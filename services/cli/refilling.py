"""Refilling: the posts of the log, tagged anew, into an index that nobody searches yet."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import structlog

from lyhord.errors import Retriable, Switched
from lyhord.ports import BEGINNING, POSTS, Entry, Log, Offsets, Store, behind, total
from lyhord.rejecting import reject
from lyhord.telemetry import Telemetry
from services.enrich.driver import BATCH, Batches, result_of
from services.enrich.pool import Outcome, Pool
from services.index.driver import FLUSH_RECORDS, take

log = structlog.get_logger()

PATIENCE = 120.0
"""Seconds for which a log or store that is away is waited for."""
_AGAIN = 2.0


class Refill:
    """Brings a store up to the log's end, and remembers how far it has come.

    Args:
        source: the log whose posts are taken.
        pool: what tags them.
        store: where they go.
        telemetry: what is counted.
        depth: batches at work at once; no more posts than theirs are in memory.

    """

    def __init__(
        self, source: Log, pool: Pool, store: Store, telemetry: Telemetry, *, depth: int
    ) -> None:
        self._log, self._pool, self._store = source, pool, store
        self._telemetry, self._depth = telemetry, depth
        self._done: dict[int, int] = {}
        self._seen: Offsets = BEGINNING
        self._unflushed = 0

    def progress(self) -> tuple[int, int]:
        """Count the posts that have been taken, and all that the log had when last looked at."""
        return total(self._done), total(self._seen)

    def left(self) -> int:
        """Count the posts that have not been taken yet."""
        return behind(self._done, self._end())

    def fill(self, after_each: Callable[[], None]) -> None:
        """Take all posts that are on the log now, in batches; all are flushed at the end.

        Raises:
            Retriable: the log or the store was away for too long; calling again goes on.
            LyhordError: what `after_each` raises.

        """
        patient = time.monotonic()
        while True:
            before = dict(self._done)
            try:
                self._read(self._end(), after_each)
            except Retriable as problem:
                now = time.monotonic()
                patient = now if self._done != before else patient
                if isinstance(problem, Switched) or now - patient > PATIENCE:
                    raise
                self._telemetry.count(errors=1)
                log.warning("trying again", after=problem.after, problem=str(problem))
                time.sleep(problem.after)
            else:
                return

    def _end(self) -> Offsets:
        end = self._log.end(POSTS)
        if any(end.get(partition, 0) < offset for partition, offset in self._done.items()):
            raise Retriable("the log has become shorter, or cannot tell its end now", after=_AGAIN)
        self._seen = end
        return end

    def _read(self, end: Offsets, after_each: Callable[[], None]) -> None:
        working: Batches = deque()
        for entries in _batches(self._log.read(POSTS, self._done)):
            if len(working) == self._depth:
                self._finish(working, after_each)
            working.append((entries, self._pool.submit(entries)))
        while working:
            self._finish(working, after_each)
        self._store.flush()
        # The last offsets before the end may hold no entry.
        for partition, offset in end.items():
            self._done[partition] = max(offset, self._done.get(partition, 0))

    def _finish(self, working: Batches, after_each: Callable[[], None]) -> None:
        entries, future = working.popleft()
        self._put(result_of(self._pool, entries, future))
        for entry in entries:
            self._done[entry.partition] = entry.offset + 1
        after_each()

    def _put(self, outcome: Outcome) -> None:
        records, rejections, seconds = outcome
        with self._telemetry.busy():
            refused = take(self._log, self._store, records)
            reject(self._log, rejections)
            self._unflushed += len(records)
            if self._unflushed >= FLUSH_RECORDS:
                self._store.flush()
                self._unflushed = 0
        self._telemetry.count(
            received=len(records) + len(rejections),
            sent=len(records) - refused,
            rejected=refused + len(rejections),
        )
        self._telemetry.work(seconds)


def _batches(entries: Iterable[Entry]) -> Iterator[Sequence[Entry]]:
    each = iter(entries)
    while batch := tuple(islice(each, BATCH)):
        yield batch
