"""The log in one SQLite file: append-only topics, consumer groups with offsets, retention."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from lyhord.adapters.sqlite import connect, retriable
from lyhord.crashpoints import reach
from lyhord.ports import BEGINNING, Entry, Offsets, Record, behind
from lyhord.times import micros

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL);
CREATE TABLE IF NOT EXISTS records (
    topic INTEGER NOT NULL, offset INTEGER NOT NULL, at INTEGER NOT NULL,
    key TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (topic, offset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ends (topic INTEGER PRIMARY KEY, offset INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS groups (
    topic INTEGER NOT NULL, name TEXT NOT NULL, offset INTEGER NOT NULL,
    PRIMARY KEY (topic, name)
) WITHOUT ROWID;
"""
_POLL_PAUSE = 0.05
"""Seconds between two looks at the file: other processes cannot wake us."""


class SqliteLog:
    """A `Log` in `path`, shared by the processes and threads of one machine.

    An appended record is on disk when `append` returns. Offsets are never reused, also after
    `trim`. Each thread gets a connection of its own.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._database.executescript(_SCHEMA)
        self._topics: dict[str, int] = {}
        self._appended = threading.Condition()

    def append(self, topic: str, records: Sequence[Record]) -> None:
        """See `Log.append`; all records of one call are appended together or not at all."""
        if not records:
            return
        reach("log.append.before")
        with retriable(), self._database as database:
            number, at = self._topic(topic), time.time_ns() // 1000
            database.execute("BEGIN IMMEDIATE")
            start = self._end(number)
            database.executemany(
                "INSERT INTO records VALUES (?, ?, ?, ?, ?)",
                (
                    (number, start + index, at, record.key, record.value)
                    for index, record in enumerate(records)
                ),
            )
            database.execute(
                "INSERT OR REPLACE INTO ends VALUES (?, ?)", (number, start + len(records))
            )
        reach("log.append.after")
        with self._appended:
            self._appended.notify_all()

    def consumer(self, topic: str, group: str) -> "SqliteConsumer":
        """See `Log.consumer`; one consumer of a group at a time (the caller holds a lease)."""
        return SqliteConsumer(self, topic, group)

    def read(self, topic: str, start: Offsets = BEGINNING) -> Iterator[Entry]:
        """See `Log.read`."""
        offset, end = start.get(0, 0), self._end(self._topic(topic))
        while entries := self.slice(topic, offset, 1000):
            for entry in entries:
                if entry.offset >= end:
                    return
                yield entry
            offset = entries[-1].offset + 1

    def slice(self, topic: str, offset: int, limit: int) -> list[Entry]:
        """Give at most `limit` entries from `offset` on."""
        rows = self._database.execute(
            "SELECT offset, key, value FROM records WHERE topic = ? AND offset >= ? "
            "ORDER BY offset LIMIT ?",
            (self._topic(topic), offset, limit),
        )
        return [Entry(*row) for row in rows]

    def wait(self, seconds: float) -> None:
        """Sleep until this process appends, or for a moment: another process may have."""
        with self._appended:
            self._appended.wait(min(seconds, _POLL_PAUSE))

    def end(self, topic: str) -> Offsets:
        """See `Log.end`; there is one partition."""
        end = self._end(self._topic(topic))
        return {0: end} if end else {}

    def committed(self, topic: str, group: str) -> Offsets:
        """See `Log.committed`."""
        row = self._database.execute(
            "SELECT offset FROM groups WHERE topic = ? AND name = ?", (self._topic(topic), group)
        ).fetchone()
        return {0: int(row[0])} if row else {}

    def commit(self, topic: str, group: str, offset: int) -> None:
        """Remember durably that a group is done with everything before `offset`."""
        reach("log.commit.before")
        with retriable():
            self._database.execute(
                "INSERT OR REPLACE INTO groups VALUES (?, ?, ?)",
                (self._topic(topic), group, offset),
            )
        reach("log.commit.after")

    def trim(self, topic: str, before: datetime) -> int:
        """Forget records appended before a time that every group has committed; give how many."""
        number = self._topic(topic)
        row = self._database.execute(
            "SELECT min(offset) FROM groups WHERE topic = ?", (number,)
        ).fetchone()
        done = row[0] if row and row[0] is not None else 0
        cursor = self._database.execute(
            "DELETE FROM records WHERE topic = ? AND offset < ? AND at < ?",
            (number, done, micros(before)),
        )
        return cursor.rowcount

    def close(self) -> None:
        """See `Log.close`."""
        for connection in self._connections:
            connection.close()

    @property
    def _database(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self._path)
            self._connections.append(connection)
        return connection

    def _topic(self, name: str) -> int:
        if name not in self._topics:
            self._database.execute("INSERT OR IGNORE INTO topics (name) VALUES (?)", (name,))
            row = self._database.execute("SELECT id FROM topics WHERE name = ?", (name,)).fetchone()
            self._topics[name] = row[0]
        return self._topics[name]

    def _end(self, number: int) -> int:
        row = self._database.execute(
            "SELECT offset FROM ends WHERE topic = ?", (number,)
        ).fetchone()
        return int(row[0]) if row else 0


class SqliteConsumer:
    """A `Consumer` that remembers its place in the log's own file."""

    def __init__(self, log: SqliteLog, topic: str, group: str) -> None:
        self._log, self._topic, self._group = log, topic, group
        self._next = log.committed(topic, group).get(0, 0)

    def poll(self, limit: int, *, wait: float = 0.0) -> Sequence[Entry]:
        """See `Consumer.poll`."""
        deadline = time.monotonic() + wait
        while not (entries := self._log.slice(self._topic, self._next, limit)):
            left = deadline - time.monotonic()
            if left <= 0:
                return ()
            self._log.wait(left)
        self._next = entries[-1].offset + 1
        return entries

    def commit(self, entries: Sequence[Entry]) -> None:
        """See `Consumer.commit`."""
        if entries:
            self._log.commit(self._topic, self._group, entries[-1].offset + 1)

    def lag(self) -> int:
        """See `Consumer.lag`."""
        return behind(self._log.committed(self._topic, self._group), self._log.end(self._topic))

    def close(self) -> None:
        """See `Consumer.close`."""
