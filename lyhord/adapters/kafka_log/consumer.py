"""A group's reading of one topic: manual commits, in step with what was polled."""

import time
from collections import deque
from collections.abc import Sequence
from typing import Any, NamedTuple

from kafka import KafkaConsumer as Client
from kafka import OffsetAndMetadata, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.structs import MemberState

from lyhord.adapters.kafka_log.cluster import MAX_RECORD, Cluster
from lyhord.adapters.kafka_log.joining import keep_joins
from lyhord.crashpoints import reach
from lyhord.errors import Retriable
from lyhord.parsing import key_text
from lyhord.ports import Entry

_FETCH_BYTES = 50 * 2**20
_SESSION_MS = 10_000
"""After so long without a heartbeat a member is taken for dead, and its partitions given away."""
_JOINING = 15.0
"""Seconds that the first poll may take until the group has given us partitions."""
_OUTSIDE = 45.0
"""Seconds without a place in the group after which a new client is tried."""
_CLOSING_MS = 5_000
_AT_ONCE = 0.05
"""Seconds that a poll may take though nobody wants to wait: the answer comes over a network."""


Mark = tuple[int, int]
"""Of an entry: its partition, and its offset there."""


class _Poll(NamedTuple):
    """What was given at once and is not committed: its last entry itself, and the marks of all."""

    last: Entry
    marks: list[Mark]


class KafkaConsumer(ConsumerRebalanceListener):  # type: ignore[misc]  # the library ships no types
    """A `Consumer` that is one member of a Kafka consumer group; topic and group as Kafka has them.

    Entries of a partition that is given to another member before their commit are not committed:
    they come again there, and the other one may be further by now.
    """

    def __init__(self, cluster: Cluster, topic: str, group: str) -> None:
        self._cluster = cluster
        self._topic = topic
        self._joined = False
        self._stable = time.monotonic()
        self._open: deque[_Poll] = deque()
        self._client = cluster.connect(
            Client,
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
        keep_joins(self._client)
        self._client.subscribe([topic], listener=self)
        try:
            with cluster.retriable():
                # A leader that learns of the topic's partitions late parts them twice.
                self._client.partitions_for_topic(topic)
        except Retriable:
            self.close()
            raise

    def poll(self, limit: int, *, wait: float = 0.0) -> Sequence[Entry]:
        """See `Consumer.poll`."""
        with self._cluster.retriable():
            found = self._polled(limit, int(1000 * max(wait, _AT_ONCE)))
        entries = [entry(each) for several in found.values() for each in several]
        if entries:
            self._open.append(
                _Poll(entries[-1], [(each.partition, each.offset) for each in entries])
            )
        return entries or ()

    def commit(self, entries: Sequence[Entry]) -> None:
        """See `Consumer.commit`."""
        if not entries:
            return
        done = {
            TopicPartition(self._topic, partition): OffsetAndMetadata(offset + 1, "", -1)
            for partition, offset in self._finished(entries[-1])
        }
        if not done:
            return
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
        self._client.close(autocommit=False, timeout_ms=_CLOSING_MS)

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Wait for what is assigned: a partition that stays ours goes on where it was."""

    def on_partitions_assigned(self, assigned: Any) -> None:
        """Forget what was given of partitions that are not ours any more."""
        ours = {at.partition for at in assigned}
        for poll in self._open:
            poll.marks[:] = [mark for mark in poll.marks if mark[0] in ours]

    def on_partitions_lost(self, _: Any) -> None:
        """Forget what was given: the group has taken us for dead, and it all comes again."""
        self.on_partitions_assigned(())

    def _finished(self, last: Entry) -> list[Mark]:
        """Take what was given up to an entry off what is open."""
        whole = next((at for at, poll in enumerate(self._open) if poll.last is last), None)
        if whole is not None:
            return [mark for _ in range(whole + 1) for mark in self._open.popleft().marks]
        mark = last.partition, last.offset
        part = next((at for at, poll in enumerate(self._open) if mark in poll.marks), None)
        if part is None:
            return []
        marks = [each for _ in range(part) for each in self._open.popleft().marks]
        left = self._open[0].marks
        marks += left[: left.index(mark) + 1]
        del left[: left.index(mark) + 1]
        return marks

    def _polled(self, limit: int, wait_ms: int) -> dict[TopicPartition, list[Any]]:
        """Poll; the first time, wait until the group has given us partitions."""
        deadline = time.monotonic() + (0 if self._joined else _JOINING)
        while True:
            assigned = bool(self._client.assignment())
            found: dict[TopicPartition, list[Any]]
            found = self._client.poll(timeout_ms=wait_ms, max_records=limit)
            if found or assigned or time.monotonic() > deadline:
                self._joined = True
                self._see_to_membership()
                return found

    def _see_to_membership(self) -> None:
        """Give up a client that the group has dropped and that does not come back.

        Where `keep_joins` does not help, a new client does.

        Raises:
            Retriable: a new consumer has to be opened.

        """
        now = time.monotonic()
        if self._client.group_metadata().state is MemberState.STABLE:
            self._stable = now
        elif now - self._stable > _OUTSIDE:
            raise Retriable(f"outside the group of {self._topic} for {_OUTSIDE:.0f} s", after=0.0)


def entry(record: Any) -> Entry:
    """Give a record of Kafka as an entry."""
    return Entry(record.offset, key_text(record.key), record.value or b"", record.partition)
