"""What every component reports, under the same names: received, sent, rejected, errors, seconds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Counts(NamedTuple):
    """What a component has counted so far."""

    received: int
    sent: int
    rejected: int
    errors: int
    seconds: float


class Telemetry:
    """Counters of one component; safe for several threads.

    received, sent, rejected: records. errors: calls that failed and were tried again.
    seconds: processor time spent, not time waited.
    """

    def __init__(self, component: str) -> None:
        self.component = component
        self.received = self.sent = self.rejected = self.errors = 0
        self.seconds = 0.0
        self._lock = threading.Lock()

    def count(
        self, *, received: int = 0, sent: int = 0, rejected: int = 0, errors: int = 0
    ) -> None:
        """Add to the counters."""
        with self._lock:
            self.received += received
            self.sent += sent
            self.rejected += rejected
            self.errors += errors

    def counts(self) -> Counts:
        """Give what was counted so far."""
        with self._lock:
            return Counts(self.received, self.sent, self.rejected, self.errors, self.seconds)

    def take(self) -> Counts:
        """Give what was counted since the last call, to be added up elsewhere, and begin anew."""
        with self._lock:
            counts = Counts(self.received, self.sent, self.rejected, self.errors, self.seconds)
            self.received = self.sent = self.rejected = self.errors = 0
            self.seconds = 0.0
        return counts

    def add(self, counts: Counts) -> None:
        """Add what the same component counted in another process."""
        self.count(
            received=counts.received,
            sent=counts.sent,
            rejected=counts.rejected,
            errors=counts.errors,
        )
        self.work(counts.seconds)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count this thread's processor time inside as work."""
        start = time.thread_time()
        try:
            yield
        finally:
            self.work(time.thread_time() - start)

    def work(self, seconds: float) -> None:
        """Count processor time that was spent elsewhere."""
        with self._lock:
            self.seconds += seconds
