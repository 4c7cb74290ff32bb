"""What the log on Kafka promises beyond `Log`: partitions, groups of several, a cluster away."""

import subprocess
import sys
import time
import uuid
from collections import defaultdict

import pytest

from lyhord.adapters.kafka_log import Cluster, KafkaLog, topics
from lyhord.errors import Misuse
from lyhord.ports import POSTS, Consumer, Entry, Record, behind, total
from tests.waiting import until


@pytest.fixture
def cluster(kafka_server: str) -> Cluster:
    return Cluster(
        Cluster.servers_of(kafka_server),
        name=f"t{uuid.uuid4().hex[:12]}",
        partitions=3,
        retention_days={POSTS: 0},
    )


def records(count: int) -> list[Record]:
    return [Record(f"x:{n % 10}", str(n).encode()) for n in range(count)]


def drain(*consumers: Consumer, count: int) -> list[Entry]:
    """Poll consumers in turn until `count` entries have come."""
    entries: list[Entry] = []
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        for consumer in consumers:
            entries += consumer.poll(50)
        if len(entries) >= count:
            return entries
    raise AssertionError(f"{len(entries)} of {count} came")


def test_a_key_stays_in_its_partition_and_in_order(cluster: Cluster) -> None:
    log = KafkaLog(cluster)
    log.append(POSTS, records(200))
    by_key: dict[str, list[int]] = defaultdict(list)
    partitions: dict[str, set[int]] = defaultdict(set)
    for entry in log.read(POSTS):
        by_key[entry.key].append(int(entry.value))
        partitions[entry.key].add(entry.partition)
    assert all(values == sorted(values) and len(values) == 20 for values in by_key.values())
    assert all(len(found) == 1 for found in partitions.values())
    assert len({next(iter(found)) for found in partitions.values()}) > 1
    log.close()


def test_commits_are_kept_for_each_partition(cluster: Cluster) -> None:
    log = KafkaLog(cluster)
    log.append(POSTS, records(200))
    consumer = log.consumer(POSTS, "g")
    first = drain(consumer, count=80)
    consumer.commit(first)
    done = log.committed(POSTS, "g")
    assert total(done) == len(first)
    assert behind(done, log.end(POSTS)) == 200 - len(first) == consumer.lag()
    consumer.close()
    again = log.consumer(POSTS, "g")
    rest = drain(again, count=200 - len(first))
    assert {int(entry.value) for entry in (*first, *rest)} == set(range(200))
    assert len(rest) == 200 - len(first)
    again.close()
    log.close()


def test_topics_are_made_as_they_should_be(cluster: Cluster) -> None:
    assert topics.describe(cluster, [POSTS]) == {}
    assert topics.create(cluster, [POSTS]) == [POSTS]
    assert topics.create(cluster, [POSTS]) == []
    assert topics.describe(cluster, [POSTS]) == {POSTS: 3}
    assert topics.configuration(cluster, POSTS)["retention.ms"] == "-1"


def test_a_group_tells_how_many_it_has(cluster: Cluster) -> None:
    log = KafkaLog(cluster)
    assert log.members(POSTS, "g") == 0
    consumer = log.consumer(POSTS, "g")
    until(lambda: not consumer.poll(1) and log.members(POSTS, "g") == 1, seconds=30)
    consumer.close()
    assert log.members(POSTS, "g") == 0
    log.close()


def test_an_address_needs_a_port() -> None:
    with pytest.raises(Misuse, match="HOST:PORT"):
        Cluster.servers_of("kafka://")


AWAY = """
import os, threading
from lyhord.adapters.kafka_log import Cluster, KafkaLog, cluster
from lyhord.errors import Retriable
from lyhord.ports import POSTS, Record

cluster._BOOTSTRAP_MS = 200
log = KafkaLog(Cluster(("127.0.0.1:1",)))
calls = (
    lambda: log.append(POSTS, [Record("x:1", b"{}")]),
    lambda: log.consumer(POSTS, "g"),
    lambda: log.committed(POSTS, "g"),
    lambda: log.end(POSTS),
)
for call in calls * 3:
    try:
        call()
    except Retriable as problem:
        told = str(problem)
    print(threading.active_count(), len(os.listdir("/proc/self/fd")), told, sep="|")
"""


def test_a_cluster_that_is_away_is_retriable_and_uses_up_nothing() -> None:
    # In a process of its own: pytest keeps errors, and with them what kafka-python left open.
    asked = subprocess.run(
        [sys.executable, "-c", AWAY], capture_output=True, text=True, check=True, timeout=60
    )
    rows = [line.split("|") for line in asked.stdout.splitlines()]
    assert len(rows) == 12
    assert all("127.0.0.1:1" in told for _, _, told in rows)
    assert {threads for threads, _, _ in rows} == {"1"}
    assert [files for _, files, _ in rows[4:]] == [files for _, files, _ in rows[:4]] * 2
