"""The enrich stage beside bare Faust and the bare tagger, and what a second worker brings."""

import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, closing
from typing import NamedTuple

from benchmarks.throughput.installation import (
    append,
    cpu_of,
    rate,
    service,
    wait_for_members,
    wait_through,
)
from benchmarks.throughput.report import Line, Report
from lyhord import clusters
from lyhord.adapters.kafka_log import KafkaLog
from lyhord.ports import POSTS, TAGGED, Record, total
from lyhord.settings import Settings
from services.enrich.driver import GROUP
from services.enrich.stage import stage
from services.enrich.tagger import Tagger

_FROM, _TO = 0.1, 0.9
"""The shares of the posts between which speed is taken: beyond, a worker may be idle."""
_LOOK = 0.5


class Spell(NamedTuple):
    """A spell of tagging: posts and processor seconds a second, and what was lost or doubled."""

    rate: float
    cpu: float
    lost: int
    twice: int

    @property
    def each(self) -> float:
        """Processor time of a post, µs."""
        return 1e6 * self.cpu / self.rate


def tagged(records: Sequence[Record]) -> tuple[list[Record], float]:
    """Tag here, in one process; give the tagged posts and how many a second."""
    tagger = Tagger.load()
    pairs = [(record.key, record.value) for record in records]
    found: list[Record] = []
    return found, rate(len(pairs), lambda: found.extend(stage(pairs, tagger)[0]))


def measure(records: Sequence[Record], tagger: float, at: Settings) -> Report:
    """Measure Faust, the stage as it is run, and workers of one core each on a full topic.

    Args:
        records: posts as the log has them.
        tagger: posts a second of the bare tagger, in one process.
        at: the installation.

    """
    with closing(_log(at)) as log:
        append(log, POSTS, records)
    faust = _bare_faust(at, len(records))
    both = 1 / (1 / faust + 1 / tagger)
    alone = _spell(records, at, cores=[None])
    one = _spell(records, at, cores=[0])
    two = _spell(records, at, cores=[0, 1])
    spells = (alone, one, two)
    return Report(
        [
            Line("bare Faust, one worker", faust),
            Line("bare tagger, one process", tagger),
            Line("the two one after the other", both),
            Line("`lyhord enrich`, one worker", alone.rate, both),
            Line("`lyhord enrich`, one worker on one core", one.rate, both),
            Line("`lyhord enrich`, two workers, a core each", two.rate, one.rate),
        ],
        [
            (
                f"processor time of a post in the workers: {one.each:.0f} µs with one, "
                f"{two.each:.0f} with two ({two.each / one.each:.2f}); Kafka ran on the same cores"
            ),
            (
                f"lost {sum(spell.lost for spell in spells)}, "
                f"twice {sum(spell.twice for spell in spells)}"
            ),
        ],
    )


def _spell(records: Sequence[Record], at: Settings, cores: Sequence[int | None]) -> Spell:
    """Let workers tag a topic that is full already; take their speed in the middle of it."""
    own = Settings(**at.model_dump() | {"name": f"b{uuid.uuid4().hex[:10]}"})
    with closing(_log(own)) as log, ExitStack() as stack:
        # One post at first, so that nothing waits for the topic, and none for the members.
        log.append(POSTS, records[:1])
        workers = [stack.enter_context(service("enrich", own, core)) for core in cores]
        wait_for_members(log, POSTS, GROUP, len(workers))
        wait_through(log, POSTS, GROUP)
        pids = [worker.pid for worker in workers]
        empty = _observe(log, pids, 0)
        append(log, POSTS, records[1:])
        first = _observe(log, pids, _FROM * len(records))
        if first[0] >= _TO * len(records):
            # So few are done before one can look twice.
            first = empty
        last = _observe(log, pids, _TO * len(records))
        wait_through(log, POSTS, GROUP)
        keys = Counter(entry.key for entry in log.read(TAGGED))
    posts, seconds, cpu = (after - before for before, after in zip(first, last, strict=True))
    return Spell(
        posts / seconds,
        cpu / seconds,
        lost=len({record.key for record in records} - keys.keys()),
        twice=keys.total() - len(keys),
    )


def _observe(log: KafkaLog, workers: Sequence[int], posts: float) -> tuple[float, float, float]:
    """Wait until so many posts are done; give how many, when, and the workers' processor time."""
    while True:
        done = total(log.committed(POSTS, GROUP))
        if done >= posts:
            return done, time.perf_counter(), cpu_of(workers)
        time.sleep(_LOOK)


def _bare_faust(at: Settings, count: int) -> float:
    told = subprocess.run(  # noqa: S603 - our own program
        [
            sys.executable,
            "-m",
            "benchmarks.throughput.bare_faust",
            at.log,
            clusters.kafka(at).topic(POSTS),
            str(count),
        ],
        capture_output=True,
        check=True,
        text=True,
    ).stdout.split()
    return float(told[0])


def _log(at: Settings) -> KafkaLog:
    return KafkaLog(clusters.kafka(at))
