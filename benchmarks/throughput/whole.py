"""The whole path with all services and servers on this machine, and how soon a post is found."""

import threading
import time
import uuid
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from elasticsearch import Elasticsearch

from benchmarks.import_posts import write_posts
from benchmarks.posts import generate
from benchmarks.throughput.installation import (
    children,
    cpu_of,
    lyhord,
    rate,
    service,
    wait_for_members,
)
from benchmarks.throughput.report import Line, Report
from lyhord import clusters
from lyhord.adapters.kafka_log import KafkaLog
from lyhord.ports import POSTS, TAGGED, Row
from lyhord.settings import Settings
from services.cli.importing import make_door
from services.ingest.stage import stage

RATE = 200
"""Posts a second that are sent while the time to being found is measured."""
_PARTS = 10
_LOOK = 0.05
_PATIENCE = 60.0
STAGES = {"enrich": (POSTS, "enrich"), "index": (TAGGED, "index")}


class Spell(NamedTuple):
    """How long posts are sent: seconds before the time to being found is measured, and while."""

    lead: int = 10
    seconds: int = 20


_SPELL = Spell()


def measure(
    count: int,
    seed: int,
    at: Settings,
    *,
    servers: Mapping[str, int],
    spell: Spell = _SPELL,
) -> Report:
    """Import beside the services; then send at an even rate and look for what was sent.

    A first import warms the servers, whose virtual machines compile as they go.

    Args:
        count: posts of each import.
        seed: of the posts.
        at: the installation.
        servers: the process ids of the servers, by name, whose processor time is told too.
        spell: for how long posts are sent.

    """
    lyhord(at, "check", "--create")
    with ExitStack() as stack:
        processes = {name: stack.enter_context(service(name, at)).pid for name in STAGES}
        processes |= servers
        log = stack.enter_context(closing(KafkaLog(clusters.kafka(at))))
        for group in STAGES.values():
            wait_for_members(log, *group, 1)
        file = at.data.parent / "posts.jsonl"
        _import(at, file, count, seed=seed + 1, in_order=True)
        before = {name: cpu_of([pid]) for name, pid in processes.items()} | {"import": children()}
        in_order = _import(at, file, count, seed=seed, in_order=True)
        after = {name: cpu_of([pid]) for name, pid in processes.items()} | {"import": children()}
        waits = latencies(at, log, spell)
        in_disorder = _import(at, file, count, seed=seed + 2, in_order=False)
    spent = {name: (after[name] - before[name]) / count for name in after}
    each = ", ".join(f"{name} {1e6 * cpu:.0f}" for name, cpu in spent.items())
    return Report(
        [
            Line("the whole path, all servers beside it", in_order),
            Line("the same, posts of three years in no order", in_disorder, in_order),
        ],
        [
            f"processor time of a post, µs: {each}; in all {1e6 * sum(spent.values()):.0f}",
            (
                f"from the log to being found at {RATE} posts/s: p50 {median(waits):.2f} s, "
                f"p95 {quantiles(waits, n=20)[-1]:.2f} s ({len(waits)} marks)"
            ),
        ],
    )


def _import(at: Settings, file: Path, count: int, *, seed: int, in_order: bool) -> float:
    write_posts(file, count, seed=seed, in_order=in_order)
    return rate(count, lambda: lyhord(at, "import", str(file)))


def latencies(at: Settings, log: KafkaLog, spell: Spell) -> list[float]:
    """Send posts as they are written; give how long it took until some of them were found, s."""
    door, step = make_door(at), RATE // _PARTS
    marks = _Marks(at)
    with marks:
        for second in range(spell.lead + spell.seconds):
            began = time.perf_counter()
            rows = list(generate(RATE, seed=1000 + second))
            for part in range(_PARTS):
                now = datetime.now(UTC)
                mark = f"m{second}x{part}x{uuid.uuid4().hex[:6]}"
                fresh = {"created_at": now.isoformat(), "in_reply_to": None}
                several = [
                    Row("-", None, row | fresh | {"id": f"{mark}-{row['id']}"})
                    for row in rows[part * step : (part + 1) * step]
                ]
                records, _ = stage(several, door, now=now)
                if second >= spell.lead:
                    marks.sent(records[-1].key)
                log.append(POSTS, records)
                time.sleep(max(0.0, began + (part + 1) / _PARTS - time.perf_counter()))
    return marks.found


class _Marks:
    """Posts that are looked for again and again, from when they are sent until they are found."""

    def __init__(self, at: Settings) -> None:
        self.found: list[float] = []
        self._at = at
        self._pending: dict[str, float] = {}
        self._sending, self._deadline = True, 0.0
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._deadline = time.perf_counter() + _PATIENCE
        self._sending = False
        self._thread.join()

    def sent(self, key: str) -> None:
        """Look for a post that is sent now."""
        self._pending[key] = time.perf_counter()

    def _watch(self) -> None:
        index = f"{self._at.name}-posts-{datetime.now(UTC):%Y.%m}"
        with Elasticsearch(self._at.store, request_timeout=60) as client:
            while self._sending or (self._pending and time.perf_counter() < self._deadline):
                keys = list(self._pending)
                # What a search would see, at less cost than searching every month for it.
                found = client.mget(index=index, ids=keys, realtime=False)["docs"] if keys else []
                now = time.perf_counter()
                self.found.extend(
                    now - self._pending.pop(each["_id"]) for each in found if each.get("found")
                )
                time.sleep(_LOOK)
        self.found.extend(time.perf_counter() - sent for sent in self._pending.values())
