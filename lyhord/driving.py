"""Driving stages inside one process: a loop in a thread, under a lease, until told to stop."""

import threading
from collections.abc import Callable

import structlog

from lyhord.errors import Retriable
from lyhord.leases import Lease
from lyhord.telemetry import Telemetry

log = structlog.get_logger()

_LEASE_PAUSE = 0.2
"""Seconds between two tries to take over a stage that another process drives."""


class Driver(threading.Thread):
    """A stage's loop in a thread of its own.

    It drives while it holds the stage's lease; while another process holds it, that one does the
    work and this one stands by. `failure` holds what ended the thread early.

    Args:
        loop: `loop(stop)` works until `stop` is set; what it raises as `Retriable` restarts it.
        lease: the right to drive this stage; None where every process may.
        telemetry: where failed tries are counted.

    """

    def __init__(
        self,
        loop: Callable[[threading.Event], None],
        *,
        lease: Lease | None,
        telemetry: Telemetry,
    ) -> None:
        super().__init__(name=telemetry.component, daemon=True)
        self._loop, self._lease, self._telemetry = loop, lease, telemetry
        self._stopping = threading.Event()
        self.failure: BaseException | None = None

    def run(self) -> None:
        """Drive until stopped (called by `start`)."""
        try:
            while not self._stopping.is_set():
                if self._lease is None or self._lease.acquire():
                    self._drive()
                else:
                    self._stopping.wait(_LEASE_PAUSE)
        except BaseException as failure:  # noqa: BLE001 - handed to the thread that watches
            self.failure = failure
        finally:
            if self._lease:
                self._lease.release()

    def _drive(self) -> None:
        try:
            self._loop(self._stopping)
        except Retriable as problem:
            self._telemetry.count(errors=1)
            log.warning(
                "trying again",
                component=self.name,
                after=problem.after,
                problem=str(problem),
            )
            self._stopping.wait(problem.after)

    def stop(self) -> None:
        """Ask the loop to end after the batch in hand."""
        self._stopping.set()

    def check(self) -> None:
        """Raise here what ended the thread early, if anything did."""
        if self.failure is not None:
            raise self.failure
