"""A consumer group on Kafka that parts its partitions anew while its members have work in hand."""

import time
import uuid
from collections.abc import Iterator

import pytest

from lyhord.adapters.kafka_log import Cluster, KafkaLog
from lyhord.errors import Retriable
from lyhord.ports import POSTS, Consumer, Entry, Record, behind

GROUP = "g"


@pytest.fixture
def log(kafka_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaLog]:
    # While one member waits to join, the other has to be polled, which happens in this thread.
    monkeypatch.setattr("lyhord.adapters.kafka_log.consumer._JOINING", 0.1)
    name = f"t{uuid.uuid4().hex[:12]}"
    log = KafkaLog(Cluster(Cluster.servers_of(kafka_server), name=name, partitions=2))
    yield log
    log.close()


def put(log: KafkaLog, first: int, count: int) -> None:
    numbers = range(first, first + count)
    log.append(POSTS, [Record(f"x:{number % 20}", str(number).encode()) for number in numbers])


def values(entries: list[Entry]) -> set[int]:
    return {int(entry.value) for entry in entries}


def poll_all(*consumers: Consumer, until: set[int]) -> list[list[Entry]]:
    """Poll consumers in turn until these numbers have come to any of them; give what came to each.

    Nothing is committed meanwhile.
    """
    taken: list[list[Entry]] = [[] for _ in consumers]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for consumer, entries in zip(consumers, taken, strict=True):
            entries.extend(consumer.poll(500))
        if until <= set().union(*map(values, taken)) and all(taken):
            return taken
    raise AssertionError(f"{[len(each) for each in taken]} came")


def committed_behind(log: KafkaLog) -> int:
    return behind(log.committed(POSTS, GROUP), log.end(POSTS))


def test_a_late_commit_takes_nothing_back_from_who_has_the_partition_now(log: KafkaLog) -> None:
    put(log, 0, 100)
    one = log.consumer(POSTS, GROUP)
    (before,) = poll_all(one, until=set(range(100)))
    other = log.consumer(POSTS, GROUP)
    put(log, 100, 100)
    mine, others = poll_all(one, other, until=set(range(100, 200)))
    other.commit(others)
    one.commit(before)
    one.commit(mine)
    assert values(before) | values(mine) | values(others) == set(range(200))
    assert committed_behind(log) == 0
    one.close()
    other.close()


def test_what_came_back_is_committed_with_what_stayed(log: KafkaLog) -> None:
    put(log, 0, 100)
    one = log.consumer(POSTS, GROUP)
    (before,) = poll_all(one, until=set(range(100)))
    other = log.consumer(POSTS, GROUP)
    put(log, 100, 1)
    _, others = poll_all(one, other, until={100})
    other.close()
    (again,) = poll_all(one, until=values(others))
    one.commit(before)
    one.commit(again)
    assert committed_behind(log) == 0
    one.close()


def test_who_stays_outside_the_group_for_long_has_to_be_opened_anew(
    log: KafkaLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lyhord.adapters.kafka_log.consumer._OUTSIDE", 1.0)
    put(log, 0, 10)
    one = log.consumer(POSTS, GROUP)
    poll_all(one, until=set(range(10)))
    # As long as the first one does not poll, the group does not take the other one in.
    other = log.consumer(POSTS, GROUP)
    with pytest.raises(Retriable, match="outside the group"):
        poll_all(other, until={-1})
    one.close()
    other.close()
