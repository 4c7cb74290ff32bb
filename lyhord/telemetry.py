"""What every component reports, under the same names: received, sent, rejected, errors, seconds."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Telemetry:
    """Counters of one component; safe for several threads.

    received, sent, rejected: records. errors: calls that failed and were tried again.
    seconds: time spent working, not waiting.
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

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count the time inside as work."""
        start = time.perf_counter()
        try:
            yield
        finally:
            with self._lock:
                self.seconds += time.perf_counter() - start
