"""Membership: whether a worker still has its place in the consumer group, as Kafka sees it.

aiokafka gives up joining at some errors (another kind of client drives the group just now), and
Faust then lives on without ever working again.
"""

import threading
import time
from collections.abc import Callable, Collection

from lyhord.errors import Retriable, Unavailable

OUTSIDE = 45.0
"""Seconds without a place in the group after which a worker has to be started anew."""
LOOK = 5.0
"""Seconds between two looks."""


class Membership:
    """Watches one client's place in one group.

    Args:
        clients: gives the ids of all clients that the group has now.
        client: the id of this worker's; no other's is the same.

    """

    def __init__(self, clients: Callable[[], Collection[str]], client: str) -> None:
        self._clients, self._client = clients, client
        self._inside = time.monotonic()

    def watch(self, *, otherwise: Callable[[Unavailable], None]) -> threading.Thread:
        """Look often, in a thread of its own; call `otherwise` when the place is lost."""

        def look() -> None:
            while not self.lost():
                time.sleep(LOOK)
            otherwise(Unavailable(f"outside the group for {OUTSIDE:.0f} s; it has others now"))

        thread = threading.Thread(target=look, name="membership", daemon=True)
        thread.start()
        return thread

    def lost(self) -> bool:
        """Look; tell whether the client has been outside for too long, though Kafka is there."""
        try:
            inside = self._client in self._clients()
        except Retriable:
            inside = True
        if inside:
            self._inside = time.monotonic()
        return time.monotonic() - self._inside > OUTSIDE
