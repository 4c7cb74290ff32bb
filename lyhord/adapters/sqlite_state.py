"""The state in one SQLite file: small facts by kind and key."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from lyhord.adapters.sqlite import connect

_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (
    kind TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID
"""


class SqliteState:
    """A `State` in `path`, for several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._database = connect(path)
        self._lock = threading.Lock()
        self._database.execute(_SCHEMA)

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """See `State.get`."""
        with self._lock:
            row = self._database.execute(
                "SELECT value FROM facts WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        return orjson.loads(row[0]) if row else None

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """See `State.put`."""
        with self._lock:
            self._database.execute(
                "INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", (kind, key, orjson.dumps(value))
            )

    def all(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """See `State.all`."""
        with self._lock:
            rows = self._database.execute(
                "SELECT key, value FROM facts WHERE kind = ? ORDER BY key", (kind,)
            ).fetchall()
        return {key: orjson.loads(value) for key, value in rows}

    def close(self) -> None:
        """See `State.close`."""
        self._database.close()
