"""File locks that the kernel frees at any death, and so count who is still there."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(path: Path) -> Iterator[int]:
    """Hold a lock that one process at a time can have; waits for it, and gives its descriptor."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor


@contextmanager
def using(path: Path) -> Iterator[None]:
    """Count as a user until the end of the block, or of the process."""
    with _opened(path) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield


@contextmanager
def watching_users(path: Path) -> Iterator[Callable[[], bool]]:
    """Give a function that says whether no user is left; after a yes new ones wait for the end."""
    with _opened(path) as descriptor:

        def unused() -> bool:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        yield unused


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
