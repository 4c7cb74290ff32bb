"""Guarded connections: resolved once, checked, connected to that address, all by one deadline."""

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore2

from lyhord.errors import Rejected
from lyhord.fetching.addresses import AddressGuard

Resolve = Callable[[str, int], Sequence[str]]
"""Gives a host's IP addresses, best first; raises OSError where there is none."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for a host's addresses."""
    # As bytes, or a label that Python's own IDNA codec dislikes raises something else.
    found = socket.getaddrinfo(host.encode("ascii"), port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Deadline(threading.local):
    """The moment by which this thread's request must be over."""

    ends = 0.0

    def start(self, seconds: float) -> None:
        """Begin a request that may last `seconds`."""
        self.ends = time.monotonic() + seconds

    def left(self, at_most: float | None = None) -> float:
        """Give the seconds that one step may still take.

        Raises:
            httpcore2.TimeoutException: none is left.

        """
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the deadline has passed")
        return left if at_most is None else min(left, at_most)


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections to checked addresses only; there is no second look-up in between."""

    def __init__(self, guard: AddressGuard, deadline: Deadline, resolve: Resolve) -> None:
        self._guard, self._deadline, self._resolve = guard, deadline, resolve
        self._plain = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first of the host's addresses that is allowed and answers.

        Raises:
            Rejected: every address is refused.
            httpcore2.NetworkError, httpcore2.TimeoutException: none answers, or none is found.

        """
        refusals: list[Rejected] = []
        failures: list[httpcore2.ConnectError | httpcore2.ConnectTimeout] = []
        for address in self._addresses(host, port, self._deadline.left(timeout)):
            try:
                self._guard.check(host, port, address)
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except Rejected as refusal:
                refusals.append(refusal)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                failures.append(failure)
            else:
                return _DeadlineStream(stream, self._deadline)
        raise (failures or refusals or [httpcore2.ConnectError("the name has no address")])[-1]

    def _addresses(self, host: str, port: int, seconds: float) -> Sequence[str]:
        """Resolve in a thread of its own, because the system's look-up knows no time limit."""
        answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, ValueError) as error:
                answers.put(error)

        threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
        try:
            answer = answers.get(timeout=seconds)
        except queue.Empty:
            raise httpcore2.ConnectTimeout("the name's look-up takes too long") from None
        if isinstance(answer, Exception):
            raise httpcore2.ConnectError(f"the name cannot be resolved ({answer})") from answer
        return answer


class _DeadlineStream(httpcore2.NetworkStream):
    """A connection of which no single step, nor all of them together, outlasts the deadline."""

    def __init__(self, inner: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._inner, self._deadline = inner, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        try:
            left = self._deadline.left(timeout)
        except httpcore2.TimeoutException:
            self.close()
            raise
        return _DeadlineStream(
            self._inner.start_tls(ssl_context, server_hostname, left), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
