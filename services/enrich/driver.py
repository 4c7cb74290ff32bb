"""The enrich stage's plain loop: posts from the log through the pool, in order, and back to it."""

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing

from lyhord.crashpoints import reach
from lyhord.ports import POSTS, TAGGED, Entry, Log
from lyhord.rejecting import reject
from lyhord.telemetry import Telemetry
from services.enrich.pool import Outcome, Pool

GROUP = "enrich"
BATCH = 250
_IDLE = 0.1

Batches = deque[tuple[Sequence[Entry], "Future[Outcome]"]]


def drive(log: Log, pool: Pool, telemetry: Telemetry, stop: threading.Event, *, depth: int) -> None:
    """Tag until stopped, with at most `depth` batches at work; finish those in hand.

    Raises:
        Retriable: the log cannot be reached now; calling again loses nothing.

    """
    working: Batches = deque()
    with closing(log.consumer(POSTS, GROUP)) as consumer:
        while working or not stop.is_set():
            full = len(working) >= depth or stop.is_set()
            entries = () if full else consumer.poll(BATCH, wait=0.0 if working else _IDLE)
            if entries:
                working.append((entries, pool.submit(entries)))
            elif working:
                batch, outcome = working.popleft()
                _finish(log, batch, result_of(pool, batch, outcome), telemetry)
                consumer.commit(batch)


def result_of(pool: Pool, batch: Sequence[Entry], outcome: "Future[Outcome]") -> Outcome:
    """Wait for a batch; where its process died, find the post that killed it."""
    try:
        return outcome.result()
    except BrokenProcessPool:
        return pool.recover(batch)


def _finish(log: Log, batch: Sequence[Entry], outcome: Outcome, telemetry: Telemetry) -> None:
    records, rejections, seconds = outcome
    with telemetry.busy():
        log.append(TAGGED, records)
        reach("enrich.tagged.after")
        reject(log, rejections)
        reach("enrich.rejected.after")
    telemetry.count(received=len(batch), sent=len(records), rejected=len(rejections))
    telemetry.work(seconds)
