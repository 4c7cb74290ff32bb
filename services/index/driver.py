"""The index stage's plain loop: tagged posts into the store, offsets only after it acknowledged."""

import threading
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime

from lyhord.crashpoints import reach
from lyhord.model import Rejection
from lyhord.ports import TAGGED, Consumer, Entry, Log, Record, Store
from lyhord.rejecting import reject
from lyhord.telemetry import Telemetry

GROUP = "index"
BATCH = 2_000
FLUSH_RECORDS = 20_000
FLUSH_SECONDS = 0.5
"""Seconds after which what was taken is flushed; longer where a flush takes long, see `_SHARE`."""
BACKLOG_SECONDS = 10.0
"""The same while more is waiting than one batch: each flush makes a segment that must be merged."""
SETTLE_SECONDS = 600.0
"""Seconds between two looks, while nothing comes, for what a store could put in order."""
_GOES_ON = 10.0
"""The same while there is more of it."""
_SHARE = 0.2
"""Of the time, at most, goes into flushes: many months at once make each of them long."""
_IDLE = 0.1
"""Seconds without anything new after which what was taken is flushed."""


def drive(log: Log, store: Store, telemetry: Telemetry, stop: threading.Event) -> None:
    """Index until stopped; flush by size, by time, and when nothing more comes.

    Raises:
        Retriable: the log or the store cannot be reached now, or the store's index was replaced;
            calling again, with a store that is opened anew, loses nothing.

    """
    with closing(log.consumer(TAGGED, GROUP)) as consumer:
        _drive(consumer, log, store, telemetry, stop)


def _drive(
    consumer: Consumer, log: Log, store: Store, telemetry: Telemetry, stop: threading.Event
) -> None:
    taken: Sequence[Entry] = ()
    unflushed, oldest, took = 0, time.monotonic(), 0.0
    settles = oldest + SETTLE_SECONDS
    while not stop.is_set() or unflushed:
        entries = () if stop.is_set() else consumer.poll(BATCH, wait=_IDLE)
        if entries:
            with telemetry.busy():
                rejected = take(log, store, entries)
            telemetry.count(received=len(entries), sent=len(entries) - rejected, rejected=rejected)
            oldest = oldest if unflushed else time.monotonic()
            unflushed, taken = unflushed + len(entries), entries
        patience = max(FLUSH_SECONDS, min(took / _SHARE, BACKLOG_SECONDS))
        patience = BACKLOG_SECONDS if len(entries) == BATCH else patience
        due = unflushed >= FLUSH_RECORDS or time.monotonic() - oldest >= patience
        if unflushed and (due or not entries):
            began = time.monotonic()
            with telemetry.busy():
                reach("index.flush.before")
                store.flush()
                reach("index.flush.after")
                consumer.commit(taken)
            unflushed, oldest = 0, time.monotonic()
            took = oldest - began
        elif due and not unflushed:
            # There is nothing to flush; but this is how the end of a replay is noticed.
            store.flush()
            oldest = time.monotonic()
            if oldest >= settles:
                settles = oldest + (_GOES_ON if store.settle() else SETTLE_SECONDS)


def take(log: Log, store: Store, entries: Sequence[Entry | Record]) -> int:
    """Put tagged posts into the store and set aside what it refuses; give how many those are.

    Raises:
        Retriable: the log or the store cannot be reached now; the same may be taken again.

    """
    refusals = store.upsert([entry.value for entry in entries])
    reach("index.upsert.after")
    now = datetime.now(UTC)
    rejections = [
        Rejection(
            stage="index",
            origin=entry.key.partition(":")[0],
            key=entry.key,
            reason=reason,
            at=now,
        )
        for entry, reason in zip(entries, refusals, strict=True)
        if reason is not None
    ]
    reject(log, rejections)
    return len(rejections)
