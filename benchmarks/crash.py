"""Rehearses kill -9 during `lyhord import`, and shows that nothing is lost, doubled or stale.

`python -m benchmarks.crash` kills imports at random times and at every named write boundary, runs
each again, and compares what is there with an undisturbed import's. Exit 1 if anything differs.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import orjson

from benchmarks.import_posts import EXPORT, by_time, machine, read, start
from benchmarks.posts import Row, generate
from lyhord.crashpoints import NAMES

FAULTS = ("lost", "twice", "stale", "wrong", "failed")
COLUMNS = ("moments", "killed", *FAULTS)
REFUSED = (b'{"source": "x", "id": "broken', b'["no object"]', b'{"source": "x", "id": "bare"}')


class Moment(NamedTuple):
    """When to kill: `seconds` after the start, or by itself at a boundary's n-th reach."""

    where: str
    seconds: float | None = None
    reach: int = 0


class Outcome(NamedTuple):
    """What can be read out after an import: posts and refused rows."""

    posts: list[Row]
    refused: list[Row]


@dataclass
class Report:
    """Counts of `COLUMNS` by where the kill was; `found` tells of every moment with a fault."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def add(self, moment: Moment, counts: Mapping[str, int]) -> None:
        """Count one moment in."""
        for column in COLUMNS:
            self.counts[moment.where, column] += counts[column]
        if any(counts[fault] for fault in FAULTS):
            self.found.append(f"{moment}: {dict(counts)}")

    def table(self) -> str:
        """Write it as Markdown."""
        lines = [f"| killed at | {' | '.join(COLUMNS)} |", "|---" * (len(COLUMNS) + 1) + "|"]
        for where in dict.fromkeys(where for where, _ in self.counts):
            cells = " | ".join(str(self.counts[where, column]) for column in COLUMNS)
            lines.append(f"| {where} | {cells} |")
        return "\n".join(lines)


def compare(reference: Outcome, other: Outcome) -> Counter[str]:
    """Count what differs: posts `lost`, `twice`, `stale` (older or deleted), `wrong` in content.

    Scores and times of fetching may differ, and pseudonyms (each folder has its own key), but not
    which posts share one. A difference in the refused rows is `wrong`.
    """
    shared = {row["id"] for row in reference.posts} & {row["id"] for row in other.posts}
    wanted, got = _by_id(reference.posts, shared), _by_id(other.posts, shared)
    found = Counter(twice=len(other.posts) - len(got), lost=len(wanted.keys() - got.keys()))
    for key, row in got.items():
        if key not in wanted or row["edited_at"] != wanted[key]["edited_at"]:
            found["stale"] += 1
        elif row != wanted[key]:
            found["wrong"] += 1
    refused = [Counter(map(str, outcome.refused)) for outcome in (reference, other)]
    found["wrong"] += ((refused[0] - refused[1]) | (refused[1] - refused[0])).total()
    return found


def _by_id(rows: Sequence[Row], shared: Container[str]) -> dict[str, Row]:
    first: dict[Any, str] = {}
    for row in sorted((row for row in rows if row["id"] in shared), key=itemgetter("id")):
        first.setdefault(row["author"], row["id"])
    bare = {"score": None, "fetched_at": None}
    return {row["id"]: row | bare | {"author": first.get(row["author"])} for row in rows}


def write_corpus(path: Path, posts: int, *, random: Random) -> dict[str, str | None]:
    """Write posts with edits, duplicates and tombstones in any order, and rows to be refused.

    Gives what must be there in the end: each live post's full id, and when it was last edited.
    """
    seed, shares = random.getrandbits(32), {"edits": 0.1, "duplicates": 0.1, "tombstones": 0.05}
    rows = list(generate(posts, seed=seed, **shares))
    lines = [orjson.dumps(row) for row in rows] + [*REFUSED * (posts // 50 + 1)]
    random.shuffle(lines)
    path.write_bytes(b"\n".join(lines))
    newest = {f"{row['source']}:{row['id']}": row for row in sorted(rows, key=by_time)}
    edited = {key: row.get("edited_at") for key, row in newest.items() if "text" in row}
    return {key: at and at.replace("+00:00", "Z") for key, at in edited.items()}


def rehearse(
    moments: int = 200, posts: int = 3000, *, seed: int = 1, reaches: Sequence[int] = (1, 2, 5)
) -> Report:
    """Kill imports of `posts` posts (and their edits, duplicates, tombstones and refused rows).

    Kills at `moments` random times of an import's length, and at each of `reaches` (1 = the
    first) of every named boundary; then imports again and compares.

    Raises:
        RuntimeError: an import that nothing disturbs does not work, so nothing can be shown.

    """
    report, random = Report(), Random(seed)
    with tempfile.TemporaryDirectory(prefix="lyhord-crash-") as folder:
        file, calm = Path(folder) / "posts.jsonl", Path(folder) / "calm"
        expected = write_corpus(file, posts, random=random)
        before = time.perf_counter()
        code = _wait(_import(file, calm), 600)
        seconds = time.perf_counter() - before
        reference = _outcome(calm)
        if code != 1 or {row["id"]: row["edited_at"] for row in reference.posts} != expected:
            raise RuntimeError(f"an undisturbed import ended with {code}, or not as it should")
        plan = [Moment("random time", random.uniform(0, seconds)) for _ in range(moments)]
        names = [name for name in NAMES if not name.startswith(("replay.", "alert."))]
        plan += [Moment(name, reach=reach) for name in names for reach in reaches]
        for moment in plan:
            with tempfile.TemporaryDirectory(dir=folder) as data:
                first, second = _disturbed(moment, file, Path(data), 10 * seconds + 30)
                try:
                    faults = compare(reference, _outcome(Path(data)))
                except subprocess.CalledProcessError:
                    faults = Counter(failed=1)
            # To hang where a boundary should have killed is a fault, and so is any other end.
            meant = (code, -signal.SIGKILL) if moment.reach else (code, None)
            faults["failed"] += (first not in meant) + (second != code)
            report.add(moment, faults + Counter(moments=1, killed=first in (None, -signal.SIGKILL)))
    return report


def _disturbed(moment: Moment, file: Path, data: Path, limit: float) -> list[int | None]:
    """Import with a kill, then without; give both ends, None where it was killed from here."""
    settings = {"LYHORD_CRASH_AT": f"{moment.where}:{moment.reach}"} if moment.reach else {}
    first = _import(file, data, settings)
    ends = [_wait(first, moment.seconds or limit), _wait(_import(file, data), limit)]
    # What outlives a parent that killed itself stays until the second import has met it.
    _kill(first)
    return ends


def _import(file: Path, data: Path, settings: Mapping[str, str] = {}) -> subprocess.Popen[bytes]:
    return start(("import", str(file)), data, stderr=subprocess.DEVNULL, settings=settings)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Give the exit code, or None where it had to be killed with its whole group."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        _kill(process)
        process.wait()
        return None


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _outcome(data: Path) -> Outcome:
    refused = [row | {"at": None} for row in read(("rejected", "--json"), data)]
    return Outcome(list(read(EXPORT, data)), refused)


def main() -> None:
    """Rehearse, print the table as Markdown, and exit 1 where anything differed."""
    parser = argparse.ArgumentParser(prog="benchmarks.crash", description=__doc__)
    parser.add_argument("--moments", type=int, default=200, help="random times")
    parser.add_argument("--posts", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(machine())
    report = rehearse(options.moments, options.posts, seed=options.seed)
    print("\n".join([f"\n{report.table()}\n", *report.found]))
    sys.exit(bool(report.found))


if __name__ == "__main__":
    main()
