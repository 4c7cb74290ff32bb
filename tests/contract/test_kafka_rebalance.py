"""A consumer group on Kafka that parts its partitions anew while its members have work in hand."""

import time
import uuid
from collections.abc import Iterator

import pytest
from kafka.structs import ConsumerGroupMetadata, MemberState

from lyhord.adapters.kafka_log import Cluster, KafkaLog
from lyhord.adapters.kafka_log.consumer import KafkaConsumer
from lyhord.errors import Retriable
from lyhord.ports import POSTS, Consumer, Entry, Record, behind
from tests.waiting import until

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


def poll_all(*consumers: Consumer, wanted: set[int]) -> list[list[Entry]]:
    """Poll in turn until the wanted numbers have come to any consumer; give what came to each.

    Nothing is committed meanwhile.
    """
    taken: list[list[Entry]] = [[] for _ in consumers]
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for consumer, entries in zip(consumers, taken, strict=True):
            entries.extend(consumer.poll(500))
        if wanted <= set().union(*map(values, taken)) and all(taken):
            return taken
    raise AssertionError(f"{[len(each) for each in taken]} came")


def member(consumer: KafkaConsumer) -> ConsumerGroupMetadata:
    return consumer._client.group_metadata()  # noqa: SLF001 - what a member thinks of itself


def committed_behind(log: KafkaLog) -> int:
    return behind(log.committed(POSTS, GROUP), log.end(POSTS))


def settle(log: KafkaLog, *parties: tuple[KafkaConsumer, list[Entry]]) -> None:
    """Poll until nothing comes and these are the group's members, by their own word and Kafka's.

    On a busy machine they may be parting anew for long, and nobody can commit meanwhile.
    """
    name = log.cluster.group(POSTS, GROUP)

    def settled() -> bool:
        came = 0
        for consumer, entries in parties:
            found = consumer.poll(500)
            entries.extend(found)
            came += len(found)
        group = log.cluster.ask(lambda admin: admin.describe_groups([name]))[name]
        stable = [member(consumer).state is MemberState.STABLE for consumer, _ in parties]
        members = len(group["members"])
        return (
            not came and all(stable) and (group["group_state"], members) == ("Stable", len(stable))
        )

    until(settled, seconds=60)


def test_a_group_that_nobody_joins_or_leaves_is_parted_once(log: KafkaLog) -> None:
    put(log, 0, 10)
    for group in ("g1", "g2"):  # the first one may find the topic known by chance
        one = log.consumer(POSTS, group)
        poll_all(one, wanted=set(range(10)))
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            assert not one.poll(10)
        assert member(one).generation_id == 1
        one.close()


def test_a_join_that_ends_between_two_polls_counts(log: KafkaLog) -> None:
    put(log, 0, 10)
    one = log.consumer(POSTS, GROUP)
    poll_all(one, wanted=set(range(10)))
    other = log.consumer(POSTS, GROUP)
    other.poll(1)  # it asks to join, and has to wait for the first one

    def joined() -> bool:
        one.poll(1)
        return (member(one).generation_id, member(other).generation_id) == (2, 2)

    until(joined, seconds=30)
    other.poll(1)
    assert (member(other).state, member(other).generation_id) == (MemberState.STABLE, 2)
    one.close()
    other.close()


def test_a_late_commit_takes_nothing_back_from_who_has_the_partition_now(log: KafkaLog) -> None:
    put(log, 0, 100)
    one = log.consumer(POSTS, GROUP)
    (before,) = poll_all(one, wanted=set(range(100)))
    other = log.consumer(POSTS, GROUP)
    put(log, 100, 100)
    mine, others = poll_all(one, other, wanted=set(range(100, 200)))
    settle(log, (one, mine), (other, others))
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
    (before,) = poll_all(one, wanted=set(range(100)))
    other = log.consumer(POSTS, GROUP)
    put(log, 100, 1)
    mine, _ = poll_all(one, other, wanted={100})
    other.close()
    # What the other one had comes again; or, where it was gone before this one had heard of it,
    # this one never let go of the partition, and what it was given of it there still counts.
    again: list[Entry] = []
    settle(log, (one, again))
    pending = [before, mine, again]

    def done() -> bool:
        nonlocal one
        try:
            for entries in (*pending, one.poll(500)):
                one.commit(entries)
        except Retriable:  # as what drives a stage does: all of it comes again
            one.close()
            one = log.consumer(POSTS, GROUP)
        pending.clear()
        return committed_behind(log) == 0

    until(done, seconds=60)
    one.close()


def test_who_stays_outside_the_group_for_long_has_to_be_opened_anew(
    log: KafkaLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(log, 0, 10)
    one = log.consumer(POSTS, GROUP)
    poll_all(one, wanted=set(range(10)))
    monkeypatch.setattr("lyhord.adapters.kafka_log.consumer._OUTSIDE", 1.0)
    # As long as the first one does not poll, the group does not take the other one in.
    other = log.consumer(POSTS, GROUP)
    with pytest.raises(Retriable, match="outside the group"):
        poll_all(other, wanted={-1})
    one.close()
    other.close()
