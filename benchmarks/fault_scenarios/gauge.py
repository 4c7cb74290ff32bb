"""The gauge: how far the stages are, asked often and cheaply through connections that stay open."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from kafka import KafkaConsumer, TopicPartition
from kafka.admin import KafkaAdminClient

from lyhord.adapters.kafka_log import Cluster
from lyhord.errors import LyhordError
from lyhord.ports import POSTS, TAGGED
from services.enrich import driver as enrich
from services.index import driver as index

GROUPS = {"enrich": (POSTS, enrich.GROUP), "index": (TAGGED, index.GROUP)}
"""The stages, and what they read as which group."""

T = TypeVar("T")


class Progress(NamedTuple):
    """Records: posts on the log, posts tagged, tagged posts on the log, and those indexed."""

    posts: int
    enriched: int
    tagged: int
    indexed: int

    @property
    def waiting(self) -> int:
        """Those that a stage has yet to take."""
        return self.posts - self.enriched + self.tagged - self.indexed


class Gauge:
    """Asks Kafka about an installation's topics and groups; for one thread at a time."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._admin: Any = None
        self._client: Any = None

    def progress(self) -> Progress:
        """Tell how far everything is.

        Raises:
            Retriable: Kafka is away.

        """
        counts = []
        for topic, group in GROUPS.values():
            end = self.end(topic)
            counts += [end, min(end, self._committed(topic, group))]
        return Progress(*counts)

    def end(self, topic: str) -> int:
        """Count the records of a topic.

        Raises:
            Retriable: Kafka is away.

        """
        return self._asked(lambda: self._end(self._cluster.topic(topic)))

    def members(self, stage: str) -> int:
        """Count the processes that drive a stage.

        Raises:
            Retriable: Kafka is away.

        """
        name = self._cluster.group(*GROUPS[stage])
        return self._asked(lambda: len(self._admin.describe_groups([name])[name]["members"]))

    def close(self) -> None:
        """Let go of the connections."""
        for client in (self._admin, self._client):
            with suppress(Exception):
                client.close()
        self._admin = self._client = None

    def _committed(self, topic: str, group: str) -> int:
        name, topic = self._cluster.group(topic, group), self._cluster.topic(topic)

        def ask() -> int:
            offsets = self._admin.list_group_offsets(name)[name]
            return sum(max(0, done.offset) for at, done in offsets.items() if at.topic == topic)

        return self._asked(ask)

    def _end(self, name: str) -> int:
        partitions = self._client.partitions_for_topic(name) or ()
        return sum(
            self._client.end_offsets([TopicPartition(name, at) for at in partitions]).values()
        )

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            if self._admin is None:
                self._admin = self._cluster.connect(KafkaAdminClient)
                self._client = self._cluster.connect(KafkaConsumer, enable_auto_commit=False)
            with self._cluster.retriable():
                return ask()
        except LyhordError:
            self.close()
            raise
