"""The corpus: files of posts with all that can happen to posts, in any order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import orjson

from benchmarks.crash import REFUSED
from benchmarks.posts import Row, generate
from lyhord.privacy.pseudonyms import Pseudonymiser

SHARES = {"edits": 0.1, "duplicates": 0.1, "tombstones": 0.05}

_BEGIN = datetime(2022, 9, 1, tzinfo=UTC)
"""When the first of the generated posts may have been written."""
_FETCHED = datetime(2026, 1, 1, tzinfo=UTC)
"""When the first row was fetched: after all times that the posts tell."""
_TIMES = ("created_at", "edited_at", "deleted_at")


@dataclass(frozen=True)
class Corpus:
    """Files of JSON Lines, the number of rows in them, and the key for pseudonyms."""

    files: Sequence[Path]
    rows: int
    key: Path

    def posts(self) -> Iterator[Row]:
        """Give the rows that are posts."""
        for file in self.files:
            lines = file.read_bytes().split(b"\n")
            yield from (orjson.loads(line) for line in lines if line not in REFUSED)


def write_corpus(
    folder: Path, posts: int, *, seed: int, file_rows: int = 500, squeeze: int = 1
) -> Corpus:
    """Write posts, edits, duplicates, tombstones and rows to be refused.

    Every row says when it was fetched, a second after the one before, so that two imports give the
    same. `squeeze` divides the three years over which the posts are spread.
    """
    random = Random(seed)
    rows = generate(posts, seed=seed, **SHARES)
    lines = [orjson.dumps(_fetched(row, number, squeeze)) for number, row in enumerate(rows)]
    lines += [*REFUSED * (posts // 50 + 1)]
    random.shuffle(lines)
    files = []
    for first in range(0, len(lines), file_rows):
        files.append(folder / f"posts-{len(files):05}.jsonl")
        files[-1].write_bytes(b"\n".join(lines[first : first + file_rows]))
    key = folder / "pseudonym.key"
    Pseudonymiser.open(key)
    return Corpus(tuple(files), len(lines), key)


def _fetched(row: Row, number: int, squeeze: int) -> Row:
    """Let a row be fetched as the `number`-th, with likes that have grown until then."""
    changed: Row = {
        name: (_BEGIN + (datetime.fromisoformat(row[name]) - _BEGIN) / squeeze).isoformat()
        for name in _TIMES
        if name in row
    }
    if "metrics" in row:
        changed["metrics"] = {"likes": row["metrics"]["likes"] + number}
    return row | changed | {"fetched_at": (_FETCHED + timedelta(seconds=number)).isoformat()}
