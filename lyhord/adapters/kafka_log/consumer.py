"""A group's reading of one topic: manual commits, in step with what was polled."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any

from kafka import KafkaConsumer as Client
from kafka import OffsetAndMetadata, TopicPartition

from lyhord.adapters.kafka_log.cluster import MAX_RECORD, Cluster
from lyhord.crashpoints import reach
from lyhord.parsing import key_text
from lyhord.ports import Entry

_FETCH_BYTES = 50 * 2**20
_SESSION_MS = 10_000
"""After so long without a heartbeat a member is taken for dead, and its partitions given away."""
_JOINING = 15.0
"""Seconds that the first poll may take until the group has given us partitions."""
_AT_ONCE = 0.05
"""Seconds that a poll may take though nobody wants to wait: the answer comes over a network."""


class KafkaConsumer:
    """A `Consumer` that is one member of a Kafka consumer group; topic and group as Kafka has them.

    Where partitions are taken away before a commit, the commit is refused (`Retriable`), and the
    entries come again to whoever has them now.
    """

    def __init__(self, cluster: Cluster, topic: str, group: str) -> None:
        self._cluster = cluster
        self._topic = topic
        self._joined = False
        self._open: deque[tuple[int, int]] = deque()
        self._client = cluster.connect(
            Client,
            topic,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=MAX_RECORD,
            fetch_max_bytes=_FETCH_BYTES,
            fetch_max_wait_ms=100,
            session_timeout_ms=_SESSION_MS,
            heartbeat_interval_ms=_SESSION_MS // 4,
            metrics_enabled=False,
        )

    def poll(self, limit: int, *, wait: float = 0.0) -> Sequence[Entry]:
        """See `Consumer.poll`."""
        with self._cluster.retriable():
            found = self._polled(limit, int(1000 * max(wait, _AT_ONCE)))
        entries = [entry(each) for several in found.values() for each in several]
        self._open.extend((each.partition, each.offset) for each in entries)
        return entries or ()

    def commit(self, entries: Sequence[Entry]) -> None:
        """See `Consumer.commit`."""
        if not entries:
            return
        last = entries[-1].partition, entries[-1].offset
        done: dict[TopicPartition, OffsetAndMetadata] = {}
        while self._open:
            partition, offset = at = self._open.popleft()
            done[TopicPartition(self._topic, partition)] = OffsetAndMetadata(offset + 1, "", -1)
            if at == last:
                break
        reach("log.commit.before")
        with self._cluster.retriable():
            self._client.commit(done)
        reach("log.commit.after")

    def lag(self) -> int:
        """See `Consumer.lag`; counts all of the topic's partitions."""
        with self._cluster.retriable():
            partitions = self._client.partitions_for_topic(self._topic) or ()
            ends = self._client.end_offsets([TopicPartition(self._topic, at) for at in partitions])
            return sum(end - (self._client.committed(at) or 0) for at, end in ends.items())

    def close(self) -> None:
        """See `Consumer.close`."""
        self._client.close(autocommit=False)

    def _polled(self, limit: int, wait_ms: int) -> dict[TopicPartition, list[Any]]:
        """Poll; the first time, wait until the group has given us partitions."""
        deadline = time.monotonic() + (0 if self._joined else _JOINING)
        while True:
            assigned = bool(self._client.assignment())
            found: dict[TopicPartition, list[Any]]
            found = self._client.poll(timeout_ms=wait_ms, max_records=limit)
            if found or assigned or time.monotonic() > deadline:
                self._joined = True
                return found


def entry(record: Any) -> Entry:
    """Give a record of Kafka as an entry."""
    return Entry(record.offset, key_text(record.key), record.value or b"", record.partition)
