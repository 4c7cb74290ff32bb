"""Rebuilding the embedded index: a new folder, which a file names once it is complete."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lyhord.adapters.tantivy_store import generations
from lyhord.adapters.tantivy_store.generations import Serving
from lyhord.adapters.tantivy_store.store import TantivyStore

_WRITER_LOCK = ".tantivy-writer.lock"
_PATIENCE = 60.0
"""Seconds to wait for the old index's writer to notice; it looks every second or so."""
_LOOK = 0.02


class TantivyRebuild:
    """A `Rebuild` beside the index in `base`; there is one at a time (the caller holds a lease).

    The fence is a lease too, which the kernel frees when this process dies.

    Args:
        base: the folder of the first generation.
        model: what the posts are tagged by; its tags win in the new index.

    """

    def __init__(self, base: Path, model: str) -> None:
        self._base = base
        self._old = generations.serving(base).generation
        others = generations.there(base) - {self._old}
        self._new = Serving(max({self._old, *others}) + 1, model)
        for generation in others:
            _remove(base, generation)
        self._fence = generations.fence(base)
        self._is_ours = True
        self.store = TantivyStore(base, write=True, generation=self._new.generation)

    @property
    def name(self) -> str:
        """See `Rebuild.name`."""
        return generations.folder(self._base, self._new.generation).name

    def fence(self) -> None:
        """See `Rebuild.fence`."""
        while not self._fence.acquire():
            # A writer is just looking whether it is free.
            time.sleep(_LOOK)

    def size_of_serving(self) -> int:
        """See `Rebuild.size_of_serving`."""
        return generations.size(self._base, self._old)

    def size_of_new(self) -> int:
        """See `Rebuild.size_of_new`."""
        return generations.size(self._base, self._new.generation)

    def switch(self) -> None:
        """See `Rebuild.switch`."""
        # Its next writer has to find the new index free.
        self.store.close()
        self._is_ours = False
        generations.serve(self._base, self._new)
        self._fence.release()

    def remove_old(self) -> bool:
        """See `Rebuild.remove_old`."""
        return _remove(self._base, self._old)

    def close(self) -> None:
        """See `Rebuild.close`."""
        if self._is_ours:
            self.store.close()
            generations.drop(self._base, self._new.generation)
        self._is_ours = False
        self._fence.release()


def _remove(base: Path, generation: int) -> bool:
    """Remove a generation, unless somebody does not stop writing it."""
    with _writer_lock(generations.folder(base, generation)) as ours:
        if ours:
            generations.drop(base, generation)
    return ours


@contextmanager
def _writer_lock(folder: Path) -> Iterator[bool]:
    """Keep writers from an index while the block runs; tell whether they are gone at last."""
    try:
        lock = os.open(folder / _WRITER_LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        yield True
        return
    try:
        yield _locked(lock)
    finally:
        os.close(lock)


def _locked(file: int) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_LOOK)
        else:
            return True
    return False
