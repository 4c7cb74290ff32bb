"""Rebuilding: the port of an index that is made anew beside the one that serves."""

from typing import Protocol

from lyhord.errors import LyhordError
from lyhord.ports import Store


class Lost(LyhordError):  # noqa: N818 - it says what has become of the fence
    """The fence does not stand any more: put it up again, and read on from there."""


class Rebuild(Protocol):
    """A new index that no search sees, and its coming to serve in place of the old one.

    Making one removes what earlier ones left behind, half-made or kept.
    """

    @property
    def name(self) -> str:
        """What the new index is called."""

    @property
    def store(self) -> Store:
        """Give the new index to be written, before `switch`."""

    def fence(self) -> None:
        """Put the fence up, or keep it up.

        While it stands, no writer of the serving index returns from `flush`, so that its posts
        are not taken for done. It falls with `switch`, `close`, and this process's death.

        Raises:
            Lost: it had to be kept up, but has fallen in between.
            Retriable: the store cannot be reached now.

        """

    def size_of_serving(self) -> int:
        """Count the posts, deleted ones included, that the serving index has."""

    def size_of_new(self) -> int:
        """Count the posts, deleted ones included, that were flushed to the new index."""

    def switch(self) -> None:
        """Let the new index serve, all at once, and let the fence fall.

        Writers of the old index learn it from `flush` (`Switched`), searches see it at once.

        Raises:
            Lost: the fence had fallen before; nothing was switched.
            Retriable: the store cannot be reached now.

        """

    def remove_old(self) -> bool:
        """Remove the index that served before `switch`, once no writer has it; give whether."""

    def close(self) -> None:
        """Let go of everything; remove the new index unless it was switched to."""
