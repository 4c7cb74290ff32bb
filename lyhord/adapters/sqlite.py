"""Opening SQLite files the one way that every adapter here does."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lyhord.errors import Retriable, Unavailable

_RETRY_AFTER = 5.0
_TIMEOUT = 60.0
_PAUSE = 0.01
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_KIND = 0xFF
"""The part of an error's code that says what kind it is; the rest says more of it."""


def connect(path: Path) -> sqlite3.Connection:
    """Open or make a database that several processes share and that a kill cannot harm.

    Write-ahead log; every transaction is synced before it is acknowledged. The connection is in
    autocommit mode (transactions are explicit) and may be used by several threads in turn.

    Raises:
        Unavailable: the file cannot be written, or is no database.

    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        connection = sqlite3.connect(
            path, timeout=_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        _use_write_ahead_log(connection)
        connection.execute("PRAGMA synchronous=FULL")
    except sqlite3.DatabaseError as error:
        raise Unavailable(
            f"{path} cannot be opened for writing ({error}): let this user write there, or name "
            "another data folder with LYHORD_DATA"
        ) from error
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    # SQLite's own timeout does not cover this switch, which two processes may make at once.
    deadline = time.monotonic() + _TIMEOUT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            passes = error.sqlite_errorcode & _KIND in _BUSY
            if not passes or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


@contextmanager
def retriable() -> Iterator[None]:
    """Raise as `Retriable` what may pass: a full disk, a file that another process keeps locked."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise Retriable(f"the database cannot be written: {error}", after=_RETRY_AFTER) from error
