"""Leases: a named right that one process of the machine holds, freed by the kernel when it dies."""

import fcntl
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from lyhord.errors import Unavailable
from lyhord.times import format_utc


class Lease:
    """The right called `name` over a data folder; try to get it, then give it back.

    The holder writes down who it is, so that others can say who they wait for.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._path = folder / f"{name}.lease"
        self._file: int | None = None

    def acquire(self) -> bool:
        """Take the right if nobody has it; give whether it is ours now."""
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        holder = {
            "pid": os.getpid(),
            "command": _command(sys.argv[1:]),
            "since": format_utc(datetime.now(UTC).replace(microsecond=0)),
        }
        os.truncate(file, 0)
        os.pwrite(file, json.dumps(holder).encode(), 0)
        self._file = file
        return True

    def holder(self) -> str:
        """Say who holds the right, in words."""
        try:
            who = json.loads(self._path.read_text())
            return f"`{who['command']}` (process {who['pid']}, since {who['since']})"
        except (OSError, ValueError, KeyError, TypeError):
            return "another process"

    def wait(self) -> None:
        """Return once nobody holds the right; at once where nobody does."""
        try:
            file = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            fcntl.flock(file, fcntl.LOCK_SH)
            fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            os.close(file)

    def release(self) -> None:
        """Give the right back; doing so twice is fine."""
        if self._file is not None:
            # A program that is just being started may still share the file: closing is not enough.
            fcntl.flock(self._file, fcntl.LOCK_UN)
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        """Take the right or fail.

        Raises:
            Unavailable: somebody else has it; the message says who.

        """
        if not self.acquire():
            raise Unavailable(
                f"{self.holder()} already holds the lease of {self.name} in {self._path.parent}; "
                "stop it first, or use another data folder (LYHORD_DATA)"
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def _command(words: Sequence[str]) -> str:
    """Name the command that the words of a command line call, options before it left out."""
    rest = list(words)
    while rest and rest[0].startswith("-"):
        rest = rest[2 if rest[0] == "--config" else 1 :]
    return " ".join(["lyhord", *rest[:1]])
