"""The cluster: where it is, how to get in, what its topics are called, and what its errors mean."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kafka.admin import KafkaAdminClient
from kafka.errors import (
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaError,
)
from kafka.net.compat import KafkaNetClient

from lyhord.errors import Misuse, Retriable

SCHEME = "kafka://"
MAX_RECORD = 8 * 2**20
"""Bytes of one record: 100,000 characters of text, escaped, with its search text."""

_AGAIN = 2.0
_BOOTSTRAP_MS = 10_000
_SETTLING = 20.0
_PAUSE = 0.2

Answer = TypeVar("Answer")
Client = TypeVar("Client")


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kafka cluster as this installation sees it.

    Attributes:
        servers: `host:port` of one or more brokers.
        name: what the names of topics and groups begin with.
        partitions: of each topic, where it is made here.
        replication: copies of each partition, where it is made here.
        access: kafka-python's options for TLS and SASL.
        retention_days: topic → days that its records stay; topics that are not named keep theirs.

    """

    servers: tuple[str, ...]
    name: str = "lyhord"
    partitions: int = 6
    replication: int = 1
    access: Mapping[str, Any] = field(default_factory=dict)
    retention_days: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def servers_of(cls, address: str) -> tuple[str, ...]:
        """Read `kafka://host:port[,host:port…]`.

        Raises:
            Misuse: it names no server.

        """
        servers = tuple(
            part for part in address.removeprefix(SCHEME).rstrip("/").split(",") if part
        )
        if not servers or not all(":" in server for server in servers):
            raise Misuse(f"log: {address!r} should be kafka://HOST:PORT[,HOST:PORT…]")
        return servers

    def topic(self, topic: str) -> str:
        """Give a topic's name on the cluster."""
        return f"{self.name}.{topic}"

    def group(self, topic: str, group: str) -> str:
        """Give a consumer group's name on the cluster: a group reads one topic."""
        return f"{self.name}.{topic}.{group}"

    def options(self) -> dict[str, Any]:
        """Give what every client is made with."""
        return {
            "bootstrap_servers": list(self.servers),
            "bootstrap_timeout_ms": _BOOTSTRAP_MS,
            "client_id": self.name,
            **self.access,
        }

    def connect(self, kind: Callable[..., Client], *topics: str, **options: Any) -> Client:
        """Make a client of one of kafka-python's kinds; the caller closes it.

        Raises:
            Retriable: no broker answers.

        """
        networks: list[KafkaNetClient] = []

        def network(**configs: Any) -> KafkaNetClient:
            networks.append(KafkaNetClient(**configs))
            return networks[-1]

        try:
            with self.retriable():
                return kind(*topics, **self.options(), **options, kafka_client=network)
        except Retriable:
            # By itself kafka-python 3.0 leaves a thread and its files open for ever, and the socket
            # of every try in a cycle of garbage, until there are too many.
            for each in networks:
                each.close()
            gc.collect()
            raise

    def admin(self) -> KafkaAdminClient:
        """Connect as administrator, as `connect` does."""
        return self.connect(KafkaAdminClient)

    def ask(self, question: Callable[[KafkaAdminClient], Answer]) -> Answer:
        """Ask as administrator; wait a while for a cluster that has only just been made.

        Raises:
            Retriable: no broker answers, or none that can.

        """
        deadline = time.monotonic() + _SETTLING
        while True:
            with self.retriable():
                try:
                    with self.admin() as admin:
                        return question(admin)
                except (CoordinatorNotAvailableError, CoordinatorLoadInProgressError):
                    if time.monotonic() > deadline:
                        raise
            time.sleep(_PAUSE)

    @contextmanager
    def retriable(self) -> Iterator[None]:
        """Raise what Kafka cannot do now as `Retriable`."""
        try:
            yield
        except KafkaError as error:
            where = ",".join(self.servers)
            raise Retriable(f"Kafka at {where}: {error}", after=_AGAIN) from error
