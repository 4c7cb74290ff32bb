"""The reference: what must come of a corpus, computed without any log, store or service.

The same rows go through the door and the tagger, and are merged with `lyhord.versions`.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from functools import reduce
from itertools import chain
from typing import NamedTuple

import orjson

from benchmarks.crash import REFUSED
from benchmarks.fault_scenarios.corpus import Corpus
from benchmarks.import_posts import by_time
from benchmarks.posts import Row
from lyhord.model import Rejection, Tagged
from lyhord.ports import Entry, Record
from lyhord.privacy.pseudonyms import Pseudonymiser
from lyhord.readout import readout
from lyhord.versions import Stored, merge
from services.enrich.pool import Pool
from services.ingest.door import Door
from services.ingest.sources.jsonl import read_jsonl
from services.ingest.stage import stage

Refusal = tuple[str, int | None, str]
"""Of a refused row: its file's name, its line, and why."""


class Expected(NamedTuple):
    """What must be there in the end: live posts (packed), tombstones, refused rows."""

    posts: dict[str, bytes]
    deleted: frozenset[str]
    refused: Counter[Refusal]


def reference(corpus: Corpus, *, workers: int) -> Expected:
    """Compute what must come of a corpus, on so many processors.

    Raises:
        RuntimeError: it is not what the rows themselves say, so nothing can be shown with it.

    """
    records, rejections = _tagged(corpus, workers)
    versions: dict[str, list[bytes]] = defaultdict(list)
    for record in records:
        versions[record.key].append(record.value)
    posts, deleted = {}, set()
    for key, values in versions.items():
        whole = reduce(merge, (Stored.arrived(Tagged.model_validate_json(each)) for each in values))
        if whole.tagged.post.deleted:
            deleted.add(key)
        else:
            posts[key] = pack(readout(orjson.loads(whole.tagged.model_dump_json())))
    refused = Counter((each.origin, each.line, each.reason) for each in rejections)
    expected = Expected(posts, frozenset(deleted), refused)
    _check(corpus, expected)
    return expected


def pack(row: Row) -> bytes:
    """Give what of a post read out must be the same every time."""
    same = {name: value for name, value in row.items() if name != "score"}
    return orjson.dumps(same, option=orjson.OPT_SORT_KEYS)


def _tagged(corpus: Corpus, workers: int) -> tuple[list[Record], list[Rejection]]:
    door, pool = Door(Pseudonymiser.open(corpus.key)), Pool(workers, topics=None)
    rejections, tagging = [], []
    try:
        for file in corpus.files:
            with file.open("rb") as stream:
                rows = list(read_jsonl(stream, file.name))
            posts, refused = stage(rows, door, now=datetime.now(UTC))
            rejections += refused
            tagging.append(pool.submit([Entry(0, post.key, post.value) for post in posts]))
        outcomes = [each.result() for each in tagging]
    finally:
        pool.close()
    records = list(chain.from_iterable(each.records for each in outcomes))
    return records, rejections + [one for each in outcomes for one in each.rejections]


def _check(corpus: Corpus, expected: Expected) -> None:
    """Compare with what the rows say, for the door and `merge` might be wrong together."""
    newest: dict[str, Row] = {}
    fetched: dict[str, str] = defaultdict(str)
    rows = sorted(corpus.posts(), key=by_time)
    for row in rows:
        key = f"{row['source']}:{row['id']}"
        newest[key] = row
        fetched[key] = max(fetched[key], row["fetched_at"])
    live = {key: row.get("edited_at") for key, row in newest.items() if "text" in row}
    found = {key: orjson.loads(packed) for key, packed in expected.posts.items()}
    faults = (
        {key: post["edited_at"] for key, post in found.items()} != _written(live),
        {key: post["fetched_at"] for key, post in found.items()}
        != _written({key: fetched[key] for key in live}),
        expected.deleted != newest.keys() - live.keys(),
        expected.refused.total() != corpus.rows - len(rows),
        len(expected.refused) % len(REFUSED),
    )
    if any(faults):
        raise RuntimeError(f"the reference is not as the rows say: {faults}")


def _written(times: dict[str, str | None]) -> dict[str, str | None]:
    return {key: at and at.replace("+00:00", "Z") for key, at in times.items()}
