"""The log: appends through an idempotent producer, reads by consumer groups or from end to end."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kafka import KafkaConsumer as Client
from kafka import KafkaProducer, TopicPartition
from kafka.errors import UnknownTopicOrPartitionError

from lyhord.adapters.kafka_log import topics
from lyhord.adapters.kafka_log.cluster import MAX_RECORD, Cluster
from lyhord.adapters.kafka_log.consumer import KafkaConsumer, entry
from lyhord.crashpoints import reach
from lyhord.ports import BEGINNING, Entry, Offsets, Record

# It warns of every member that is Faust's, since it cannot read what such a one says of itself.
logging.getLogger("kafka.admin._groups").setLevel(logging.ERROR)

_ACKNOWLEDGED = 30.0
"""Seconds in which the brokers must have acknowledged a batch, retries included."""
_LINGER_MS = 5
_BATCH_BYTES = 256 * 1024
_POLL_MS = 1_000


class KafkaLog:
    """A `Log` on a Kafka cluster; safe for several threads.

    A record is acknowledged when all replicas in sync have it (`acks=all`), and the broker drops
    what a retry sends twice. Records of one key lie in one partition, in order.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._made: KafkaProducer | None = None
        self._known: set[str] = set()
        self._lock = threading.Lock()

    def append(self, topic: str, records: Sequence[Record]) -> None:
        """See `Log.append`."""
        if not records:
            return
        reach("log.append.before")
        producer, name = self._producer(), self._ensured(topic)
        with self.cluster.retriable():
            sent = [
                producer.send(
                    name, key=record.key.encode("utf-8", "surrogatepass"), value=record.value
                )
                for record in records
            ]
            producer.flush(timeout=_ACKNOWLEDGED)
            for each in sent:
                each.get(timeout=0)
        reach("log.append.after")

    def consumer(self, topic: str, group: str) -> KafkaConsumer:
        """See `Log.consumer`; the members of a group share the partitions."""
        return KafkaConsumer(self.cluster, self._ensured(topic), self.cluster.group(topic, group))

    def read(self, topic: str, start: Offsets = BEGINNING) -> Iterator[Entry]:
        """See `Log.read`; partition by partition as they come."""
        ends = {
            TopicPartition(self.cluster.topic(topic), partition): end
            for partition, end in self.end(topic).items()
        }
        if not ends:
            return
        with self.cluster.retriable():
            client = self.cluster.connect(
                Client,
                enable_auto_commit=False,
                auto_offset_reset="earliest",
                max_partition_fetch_bytes=MAX_RECORD,
            )
            try:
                client.assign(list(ends))
                client.seek_to_beginning()
                for at in ends:
                    if at.partition in start:
                        client.seek(at, start[at.partition])
                left = {at for at, end in ends.items() if client.position(at) < end}
                while left:
                    for at, found in client.poll(timeout_ms=_POLL_MS).items():
                        yield from (entry(each) for each in found if each.offset < ends[at])
                    left = {at for at in left if client.position(at) < ends[at]}
            finally:
                client.close()

    def end(self, topic: str) -> Offsets:
        """See `Log.end`."""
        return self._edge(topic, Client.end_offsets)

    def committed(self, topic: str, group: str) -> Offsets:
        """See `Log.committed`; what the topic's retention has removed is done."""
        group, name = self.cluster.group(topic, group), self.cluster.topic(topic)
        offsets = self.cluster.ask(lambda admin: admin.list_group_offsets(group))[group]
        done = dict(self._edge(topic, Client.beginning_offsets))
        for at, committed in offsets.items():
            if at.topic == name and committed.offset > done.get(at.partition, 0):
                done[at.partition] = committed.offset
        return done

    def members(self, topic: str, group: str) -> int:
        """Count the consumers that a topic's group has now.

        Raises:
            Retriable: the cluster cannot be reached.

        """
        return len(self.clients(topic, group))

    def clients(self, topic: str, group: str) -> Sequence[str]:
        """Give the client ids of the consumers that a topic's group has now.

        Raises:
            Retriable: the cluster cannot be reached.

        """
        name = self.cluster.group(topic, group)
        found = self.cluster.ask(lambda admin: admin.describe_groups([name]))[name]
        return [member["client_id"] for member in found["members"]]

    def close(self) -> None:
        """See `Log.close`."""
        with self._lock:
            if self._made is not None:
                self._made.close(timeout=_ACKNOWLEDGED)
            self._made = None

    def _edge(self, topic: str, edge: Callable[..., dict[TopicPartition, int]]) -> Offsets:
        """Give the first or the last offset of each partition, where it is not 0."""
        with self.cluster.retriable():
            client = self.cluster.connect(Client, enable_auto_commit=False)
            try:
                name = self.cluster.topic(topic)
                partitions = client.partitions_for_topic(name) or ()
                offsets = edge(client, [TopicPartition(name, each) for each in partitions])
                return {at.partition: offset for at, offset in offsets.items() if offset}
            except UnknownTopicOrPartitionError:
                return {}
            finally:
                client.close()

    def _producer(self) -> KafkaProducer:
        with self._lock:
            if self._made is None:
                options: dict[str, Any] = {
                    "acks": "all",
                    "enable_idempotence": True,
                    "linger_ms": _LINGER_MS,
                    "batch_size": _BATCH_BYTES,
                    "max_request_size": MAX_RECORD,
                    "delivery_timeout_ms": int(_ACKNOWLEDGED * 1000),
                    "request_timeout_ms": int(_ACKNOWLEDGED * 1000) - 1_000,
                    "max_block_ms": int(_ACKNOWLEDGED * 1000),
                }
                self._made = self.cluster.connect(KafkaProducer, **options)
            return self._made

    def _ensured(self, topic: str) -> str:
        if topic not in self._known:
            topics.create(self.cluster, [topic])
            self._known.add(topic)
        return self.cluster.topic(topic)
