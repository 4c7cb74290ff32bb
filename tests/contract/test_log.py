"""What every `Log` promises, checked on every adapter."""

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from subprocess import Popen

import pytest

from lyhord.ports import Consumer, Entry, Log, Record, behind, total

Open = Callable[[], Log]
Run = Callable[..., Popen[str]]
APPENDING = """
import sys
from lyhord import wiring
from lyhord.ports import Record
from lyhord.settings import load
log = wiring.open_log(load())
for batch in range(BATCHES):
    log.append("t", [Record(f"NAME:{batch}", f"{batch}.{n}".encode()) for n in range(10)])
    print(batch, flush=True)
"""


def appending(name: str, batches: int) -> str:
    return APPENDING.replace("NAME", name).replace("BATCHES", str(batches))


def put(log: Log, *values: str, topic: str = "t") -> None:
    log.append(topic, [Record(f"x:{value}", value.encode()) for value in values])


def values(entries: Sequence[Entry]) -> list[str]:
    return [entry.value.decode() for entry in entries]


def take(consumer: Consumer, count: int) -> list[Entry]:
    """Poll until `count` entries have come; a server needs more than a moment."""
    entries: list[Entry] = []
    while len(entries) < count:
        polled = consumer.poll(count - len(entries), wait=30)
        assert polled, f"only {values(entries)} came"
        entries += polled
    return entries


def rising(entries: Sequence[Entry]) -> bool:
    return all(one.offset < other.offset for one, other in pairwise(entries))


def test_what_is_appended_is_polled_in_order_and_once(open_log: Open) -> None:
    log = open_log()
    put(log, "a", "b", "c")
    put(log, "d")
    consumer = log.consumer("t", "g")
    first, second = take(consumer, 3), take(consumer, 1)
    assert (values(first), values(second), list(consumer.poll(3))) == (["a", "b", "c"], ["d"], [])
    assert rising([*first, *second])
    assert [entry.key for entry in second] == ["x:d"]


def test_topics_and_groups_know_nothing_of_each_other(open_log: Open) -> None:
    log = open_log()
    put(log, "a")
    put(log, "b", topic="u")
    one = log.consumer("t", "g")
    one.commit(take(one, 1))
    assert values(take(log.consumer("t", "h"), 1)) == ["a"]
    assert values(take(log.consumer("u", "g"), 1)) == ["b"]
    assert log.consumer("empty", "g").poll(9) == ()
    assert (log.end("empty"), log.committed("empty", "g"), list(log.read("empty"))) == ({}, {}, [])


def test_a_consumer_starts_again_behind_the_last_commit(open_log: Open) -> None:
    put(open_log(), "a", "b", "c", "d", "e")
    first = open_log().consumer("t", "g")
    first.commit(take(first, 2))
    assert values(take(first, 2)) == ["c", "d"]
    first.close()
    second = open_log().consumer("t", "g")
    assert values(take(second, 3)) == ["c", "d", "e"]


def test_a_commit_covers_all_that_was_polled_before(open_log: Open) -> None:
    log = open_log()
    put(log, "a", "b", "c")
    consumer = log.consumer("t", "g")
    take(consumer, 1)
    consumer.commit(take(consumer, 1))
    consumer.commit(())
    consumer.close()
    assert values(take(open_log().consumer("t", "g"), 1)) == ["c"]


def test_lag_counts_what_is_not_committed(open_log: Open) -> None:
    log = open_log()
    consumer = log.consumer("t", "g")
    assert consumer.lag() == 0
    put(log, "a", "b", "c")
    taken = take(consumer, 2)
    assert consumer.lag() == 3
    consumer.commit(taken)
    assert (consumer.lag(), total(log.committed("t", "g")), total(log.end("t"))) == (1, 2, 3)
    assert behind(log.committed("t", "g"), log.end("t")) == 1


def test_polling_waits_for_the_first_and_no_longer(open_log: Open) -> None:
    log = open_log()
    consumer = log.consumer("t", "g")
    start = time.monotonic()
    assert consumer.poll(9, wait=0.2) == ()
    assert 0.15 < time.monotonic() - start < 2
    for other in (log, open_log()):
        later = threading.Timer(0.1, put, (other, "a"))
        later.start()
        start = time.monotonic()
        assert values(consumer.poll(9, wait=10)) == ["a"]
        assert time.monotonic() - start < 5
        later.join()


def test_reading_goes_to_the_present_end(open_log: Open) -> None:
    log = open_log()
    put(log, *(str(n) for n in range(2500)))
    reading = log.read("t")
    first = next(reading)
    put(log, "late")
    assert values([first, *reading]) == [str(n) for n in range(2500)]
    assert log.committed("t", "g") == {}


def test_reading_may_begin_where_an_earlier_one_ended(open_log: Open) -> None:
    log = open_log()
    put(log, *"abcde")
    reading = log.read("t")
    read = {entry.partition: entry.offset + 1 for entry in (next(reading), next(reading))}
    assert values(list(log.read("t", read))) == ["c", "d", "e"]
    end = log.end("t")
    assert list(log.read("t", end)) == []
    put(log, "f")
    assert values(list(log.read("t", end))) == ["f"]


def test_any_key_and_any_bytes_come_back(open_log: Open) -> None:
    log = open_log()
    records = [
        Record("blog:'; DROP TABLE records; --", b""),
        Record("blog:\u202e😀\x00\n", bytes(range(256))),
        Record("", b"x" * 5_000_000),
    ]
    log.append("t", records)
    log.append("t", ())
    assert [Record(entry.key, entry.value) for entry in log.read("t")] == records


def test_threads_append_at_once(open_log: Open) -> None:
    log = open_log()

    def append(name: str) -> None:
        for n in range(30):
            put(log, f"{name}{n}a", f"{name}{n}b")

    threads = [threading.Thread(target=append, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = list(log.read("t"))
    assert rising(entries)
    for name in "xyz":
        mine = [value for value in values(entries) if value[0] == name]
        assert mine == [f"{name}{n}{part}" for n in range(30) for part in "ab"]


def test_processes_append_at_once(open_log: Open, run: Run) -> None:
    processes = [run(appending(name, 25)) for name in ("a", "b")]
    assert [process.wait(30) for process in processes] == [0, 0]
    entries = list(open_log().read("t"))
    assert rising(entries)
    for name in ("a", "b"):
        mine = values([entry for entry in entries if entry.key.startswith(f"{name}:")])
        assert mine == [f"{batch}.{n}" for batch in range(25) for n in range(10)]


@pytest.mark.parametrize("after", [1, 17])
def test_a_kill_loses_nothing_acknowledged(open_log: Open, run: Run, after: int) -> None:
    process = run(appending("a", 1_000_000))
    assert process.stdout
    acknowledged = [next(process.stdout) for _ in range(after)]
    process.send_signal(signal.SIGKILL)
    acknowledged += list(process.stdout)
    counts = Counter(entry.key for entry in open_log().read("t"))
    assert counts.keys() >= {f"a:{line.strip()}" for line in acknowledged}
    assert len(counts) <= len(acknowledged) + 1
    put(open_log(), "more")
    assert values(list(open_log().read("t")))[-1] == "more"


@pytest.mark.parametrize(("boundary", "survive"), [("before", 3), ("after", 4)])
def test_a_crash_at_a_write_is_before_or_after_it(
    open_log: Open, run: Run, boundary: str, survive: int
) -> None:
    process = run(appending("a", 9), LYHORD_CRASH_AT=f"log.append.{boundary}:4")
    assert process.wait(30) == -signal.SIGKILL
    kept = {entry.key for entry in open_log().read("t")}
    assert kept == {f"a:{batch}" for batch in range(survive)}
