"""Generations: index folders side by side, of which a small file names the one that serves."""

import json
import os
import shutil
from pathlib import Path
from typing import NamedTuple

import tantivy

from lyhord.errors import Misuse
from lyhord.leases import Lease

FIRST = 1
"""The generation that an installation begins with; its folder has no number."""


class Serving(NamedTuple):
    """The generation that is searched, and the model whose tags it keeps to (empty: any)."""

    generation: int = FIRST
    model: str = ""


def folder(base: Path, generation: int) -> Path:
    """Give a generation's folder: `index`, `index-2`, …."""
    return base if generation == FIRST else base.with_name(f"{base.name}-{generation}")


def pointer(base: Path) -> Path:
    """Give the file that names the serving generation; without it, the first one serves."""
    return base.with_name(f"{base.name}.serving")


def serving(base: Path) -> Serving:
    """Tell which generation serves.

    Raises:
        Misuse: the file that should name it cannot be understood.

    """
    file = pointer(base)
    try:
        told = json.loads(file.read_bytes())
        return Serving(int(told["generation"]), str(told["model"]))
    except FileNotFoundError:
        return Serving()
    except (KeyError, TypeError, ValueError) as problem:
        raise Misuse(
            f"{file} does not name an index ({problem!r}); remove it, and make the index anew "
            "with `lyhord replay --allow-fewer`"
        ) from problem


def serve(base: Path, which: Serving) -> None:
    """Let another generation serve, all at once and durably."""
    file = pointer(base)
    new = file.with_suffix(".new")
    with new.open("w") as stream:
        json.dump(which._asdict(), stream)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
    parent = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def there(base: Path) -> set[int]:
    """Give the generations that have a folder, complete or not."""
    found = {FIRST} if base.is_dir() else set()
    for each in base.parent.glob(f"{base.name}-*"):
        number = each.name.removeprefix(f"{base.name}-")
        if number.isdecimal() and each.is_dir():
            found.add(int(number))
    return found


def drop(base: Path, generation: int) -> None:
    """Remove a generation; who has it open for reading may read on."""
    shutil.rmtree(folder(base, generation), ignore_errors=True)


def size(base: Path, generation: int) -> int:
    """Count a generation's documents; 0 where it is not there or cannot be read."""
    try:
        return tantivy.Index.open(str(folder(base, generation))).searcher().num_docs
    except ValueError:
        return 0


def fence(base: Path) -> Lease:
    """Name what keeps the writers of the serving generation from going on, while it is held."""
    return Lease(base.parent, "switch")
