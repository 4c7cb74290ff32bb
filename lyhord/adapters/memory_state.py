"""The state of one process that keeps nothing: what it knows ends with it."""

import threading
from collections.abc import Mapping
from typing import Any

import orjson


class MemoryState:
    """A `State` in memory, for several threads."""

    def __init__(self) -> None:
        self._facts: dict[str, dict[str, bytes]] = {}
        self._lock = threading.Lock()

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """See `State.get`."""
        with self._lock:
            value = self._facts.get(kind, {}).get(key)
        return None if value is None else orjson.loads(value)

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """See `State.put`."""
        with self._lock:
            self._facts.setdefault(kind, {})[key] = orjson.dumps(value)

    def all(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """See `State.all`."""
        with self._lock:
            return {
                key: orjson.loads(each) for key, each in sorted(self._facts.get(kind, {}).items())
            }

    def close(self) -> None:
        """See `State.close`."""
