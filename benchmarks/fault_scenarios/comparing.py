"""Comparing what is there after a fault with the reference: lost, twice, stale, wrong, untold."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import orjson

from benchmarks.fault_scenarios.reference import Expected, Refusal, pack
from benchmarks.posts import Row

FAULTS = ("lost", "twice", "stale", "wrong", "rejects missing")
_EXAMPLES = 3


class Found(NamedTuple):
    """What is there: posts as exported, the ids of all documents, the refusals as listed."""

    posts: Iterable[Row]
    documents: Iterable[str]
    rejected: Iterable[Row]


@dataclass
class Difference:
    """Counts of `FAULTS`, and a few examples of each."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def add(self, fault: str, what: object, count: int = 1) -> None:
        """Count a fault in."""
        if self.counts[fault] < _EXAMPLES:
            self.examples.append(f"{fault}: {what}")
        self.counts[fault] += count


def compare(expected: Expected, found: Found, *, poison: Iterable[str] = ()) -> Difference:
    """Count what differs from the reference.

    lost: a live post is not exported, or a tombstone is not kept. twice: a post stands in two
    documents, or is exported twice. stale: an older version, or a deleted post that lives. wrong:
    another content, or a refusal too many. rejects missing: refused rows that nobody is told of,
    and `poison`: keys of records that must have been refused on their way.
    """
    difference = Difference()
    exported = _compare_posts(expected.posts, found.posts, difference)
    documents = Counter(found.documents)
    for key, count in documents.items():
        if count > 1:
            difference.add("twice", f"{key} in {count} documents", count - 1)
        elif key not in exported and key not in expected.posts and key not in expected.deleted:
            difference.add("wrong", f"{key} should not be there")
    for key in expected.deleted - documents.keys():
        difference.add("lost", f"the tombstone {key}")
    _compare_refusals(expected.refused, found.rejected, set(poison), difference)
    return difference


def _compare_posts(
    wanted: Mapping[str, bytes], posts: Iterable[Row], difference: Difference
) -> set[str]:
    exported: set[str] = set()
    for row in posts:
        key = row["id"]
        if key in exported:
            difference.add("twice", f"{key} in the export")
        elif key not in wanted:
            difference.add("stale", f"{key} is not deleted")
        elif pack(row) != wanted[key]:
            _tell(key, row, orjson.loads(wanted[key]), difference)
        exported.add(key)
    for key in wanted.keys() - exported:
        difference.add("lost", key)
    return exported


def _tell(key: str, row: Row, wanted: Row, difference: Difference) -> None:
    differing = {
        name: (row.get(name), wanted.get(name))
        for name in row.keys() | wanted.keys()
        if name != "score" and row.get(name) != wanted.get(name)
    }
    age = differing.keys() & {"edited_at", "fetched_at"}
    difference.add("stale" if age else "wrong", f"{key}: {str(differing)[:500]}")


def _compare_refusals(
    wanted: Counter[Refusal], rejected: Iterable[Row], poison: set[str], difference: Difference
) -> None:
    listed: Counter[Refusal] = Counter()
    told: set[str] = set()
    for row in rejected:
        if row["id"] in poison:
            told.add(row["id"])
        else:
            origin = row.get("file") or row.get("source") or ""
            listed[Path(origin).name, row["line"], row["reason"]] += 1
    for refusal, count in (wanted - listed).items():
        difference.add("rejects missing", refusal, count)
    for refusal, count in (listed - wanted).items():
        difference.add("wrong", f"needlessly refused: {refusal}", count)
    for key in poison - told:
        difference.add("rejects missing", f"poison {key!r}")
