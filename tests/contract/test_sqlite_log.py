"""What the SQLite log promises beyond the port: whole batches, retention, and a full disk."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen

import pytest

from lyhord.adapters.sqlite_log import SqliteLog
from lyhord.ports import Record

HOUR = timedelta(hours=1)
Open = Callable[[], SqliteLog]
Run = Callable[..., Popen[str]]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Narrow what processes are given to the embedded adapters."""
    return {"LYHORD_DATA": str(tmp_path / "data")}


@pytest.fixture
def open_sqlite(environment: dict[str, str]) -> Iterator[Open]:
    with ExitStack() as stack:

        def make() -> SqliteLog:
            log = SqliteLog(Path(environment["LYHORD_DATA"]) / "log.db")
            stack.callback(log.close)
            return log

        yield make


def put(log: SqliteLog, *values: str) -> None:
    log.append("t", [Record(value, value.encode()) for value in values])


def keys(log: SqliteLog) -> list[str]:
    return [entry.key for entry in log.read("t")]


def test_what_every_group_is_done_with_can_be_trimmed(open_sqlite: Open) -> None:
    log, now = open_sqlite(), datetime.now(UTC)
    put(log, "a", "b", "c")
    assert log.trim("t", now + HOUR) == 0
    fast, slow = log.consumer("t", "fast"), log.consumer("t", "slow")
    fast.commit(fast.poll(3))
    slow.commit(slow.poll(2))
    assert (log.trim("t", now - HOUR), log.trim("t", now + HOUR), keys(log)) == (0, 2, ["c"])
    assert slow.lag() == 1


def test_offsets_are_not_used_again_after_trimming(open_sqlite: Open) -> None:
    log, now = open_sqlite(), datetime.now(UTC)
    put(log, "a", "b", "c")
    consumer = log.consumer("t", "g")
    consumer.commit(consumer.poll(3))
    assert (log.trim("t", now + HOUR), keys(log), log.end("t")) == (3, [], {0: 3})
    put(open_sqlite(), "d")
    assert [entry.offset for entry in consumer.poll(9)] == [3]
    assert [entry.key for entry in log.consumer("t", "new").poll(9)] == ["d"]


def test_a_batch_that_cannot_be_written_leaves_nothing_and_harms_nothing(open_sqlite: Open) -> None:
    log = open_sqlite()
    with pytest.raises(UnicodeEncodeError):
        put(log, "a", "\ud800")
    put(log, "b")
    assert (keys(log), log.end("t")) == (["b"], {0: 1})


def test_a_kill_in_the_middle_of_a_batch_leaves_nothing_of_it(open_sqlite: Open, run: Run) -> None:
    process = run("""
import os, signal
from lyhord import wiring
from lyhord.ports import Record
from lyhord.settings import load

class Deadly(list):
    def __iter__(self):
        yield from super().__iter__()
        os.kill(os.getpid(), signal.SIGKILL)

log = wiring.open_log(load())
log.append("t", [Record("whole", b"")])
log.append("t", Deadly(Record(f"{n}", bytes(1000)) for n in range(10_000)))
""")
    assert process.wait(30) == -signal.SIGKILL
    log = open_sqlite()
    put(log, "next")
    assert (keys(log), log.end("t")) == (["whole", "next"], {0: 2})


def test_a_full_disk_is_retriable_and_passes(open_sqlite: Open, run: Run) -> None:
    process = run("""
import resource
from lyhord import wiring
from lyhord.errors import Retriable
from lyhord.ports import Record
from lyhord.settings import load

log = wiring.open_log(load())
consumer = log.consumer("t", "g")
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, most))
written = 0
try:
    while True:
        log.append("t", [Record(f"{written}", bytes(20_000))] * 2)
        written += 1
except Retriable as problem:
    assert problem.after > 0
try:
    while True:
        consumer.commit(consumer.poll(1, wait=0) or log.slice("t", 0, 1))
except Retriable:
    pass
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
log.append("t", [Record("after", b"")])
consumer.commit(log.slice("t", 0, 3))
print(written)
""")
    assert process.stdout
    written = int(process.stdout.read())
    log = open_sqlite()
    assert keys(log) == [*(f"{n}" for n in range(written) for _ in range(2)), "after"]
    assert log.committed("t", "g") == {0: 3}
