"""An installation of the benchmark's own on its servers, and what its processes need."""

import json
import os
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.local.guard import STATE
from lyhord.adapters.kafka_log import KafkaLog
from lyhord.ports import Log, Record, behind
from lyhord.settings import Settings
from services.ingest.intake import BATCH

LYHORD = str(Path(sys.executable).with_name("lyhord"))
_LOOK = 0.2


def rate(count: int, do: Callable[[], object]) -> float:
    """Give how many a second."""
    start = time.perf_counter()
    do()
    return count / (time.perf_counter() - start)


def settings(kafka: str, elasticsearch: str, folder: Path) -> Settings:
    """Give an installation under a name of its own: one tagging process a worker."""
    return Settings(
        log=kafka,
        store=elasticsearch,
        data=folder,
        name=f"b{uuid.uuid4().hex[:10]}",
        partitions=4,
        workers=1,
    )


def append(log: Log, topic: str, records: Sequence[Record]) -> None:
    """Append in batches, as ingest does."""
    for start in range(0, len(records), BATCH):
        log.append(topic, records[start : start + BATCH])


@contextmanager
def service(name: str, at: Settings, core: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of Lyhörd's services, all of its processes on one core if that is given."""
    process = subprocess.Popen(  # noqa: S603 - it is the program that is measured
        [LYHORD, name], env=_environment(at), stderr=subprocess.DEVNULL
    )
    if core is not None:
        os.sched_setaffinity(process.pid, {core % (os.cpu_count() or 1)})
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def lyhord(at: Settings, *arguments: str) -> None:
    """Run one of Lyhörd's commands to its end."""
    subprocess.run(  # noqa: S603 - it is the program that is measured
        [LYHORD, *arguments],
        env=_environment(at),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def cpu_of(processes: Collection[int]) -> float:
    """Give the processor seconds of processes and of what they started (proc(5)).

    What has ended counts with the process that waited for it.
    """
    rows: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        rows[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])))
    family = set(processes)
    while children := {pid for pid, (parent, _) in rows.items() if parent in family} - family:
        family |= children
    return sum(rows[pid][1] for pid in family if pid in rows) / os.sysconf("SC_CLK_TCK")


def process_of(folder: Path) -> int:
    """Give the process of a local server, by its folder."""
    return int(json.loads((folder / STATE).read_text())["leader"])


def children() -> float:
    """Give the processor seconds of the commands that have been run to their end."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_for_members(log: KafkaLog, topic: str, group: str, count: int) -> None:
    """Return when a group has so many members."""
    while log.members(topic, group) < count:
        time.sleep(_LOOK)


def wait_through(log: KafkaLog, topic: str, group: str) -> None:
    """Return when a group is done with what is on a topic now."""
    end = log.end(topic)
    while behind(log.committed(topic, group), end):
        time.sleep(_LOOK)


def _environment(at: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "LYHORD_LOG": at.log,
        "LYHORD_STORE": at.store,
        "LYHORD_NAME": at.name,
        "LYHORD_DATA": str(at.data),
        "LYHORD_PARTITIONS": str(at.partitions),
        "LYHORD_WORKERS": "1",
    }
