"""Following: a reader sees every commit, and goes along when another generation serves."""

from pathlib import Path

import tantivy

from lyhord.adapters.tantivy_store import generations
from lyhord.errors import Unavailable


class Follower:
    """Reads the serving generation, or always the same one where that is given."""

    def __init__(self, base: Path, generation: int | None = None) -> None:
        self._base = base
        self._fixed = generation is not None
        self._folder = generations.folder(base, generation or generations.FIRST)
        self._named: tuple[int, int] | None = None
        self._index: tantivy.Index | None = None
        self._seen: tuple[int, int] | None = None

    def searcher(self) -> tantivy.Searcher | None:
        """Give a view of what was flushed; None where nobody has written anything yet.

        Raises:
            Unavailable: the index cannot be read.

        """
        try:
            return self._searcher()
        except (OSError, ValueError):
            # The folder may have been removed since we looked which one serves.
            self._index = self._named = None
        try:
            return self._searcher()
        except (OSError, ValueError) as error:
            raise Unavailable(
                f"the index {self._folder} cannot be read ({error}): who reads it must be able to "
                "write there, too; a damaged one is made anew by `lyhord replay --allow-fewer`"
            ) from error

    def folder(self) -> Path:
        """Give the folder of the generation that is read."""
        if not self._fixed:
            self._follow()
        return self._folder

    def close(self) -> None:
        """Let go of the index."""
        self._index = None

    def _searcher(self) -> tantivy.Searcher | None:
        if not self._fixed:
            self._follow()
        if self._index is None:
            if not (self._folder.is_dir() and tantivy.Index.exists(str(self._folder))):
                return None
            self._index, self._seen = tantivy.Index.open(str(self._folder)), None
        # Every commit replaces this file; looking at it costs a hundredth of loading it again.
        if (seen := _state(self._folder / "meta.json")) != self._seen:
            self._index.reload()
            self._seen = seen
        return self._index.searcher()

    def _follow(self) -> None:
        """Look which generation serves, if the file that tells has changed."""
        try:
            named = _state(generations.pointer(self._base))
        except FileNotFoundError:
            named = None
        if named != self._named or (named is None and self._index is None):
            which = generations.serving(self._base).generation
            self._folder, self._index = generations.folder(self._base, which), None
            self._named = named


def _state(file: Path) -> tuple[int, int]:
    state = file.stat()
    return state.st_ino, state.st_mtime_ns
