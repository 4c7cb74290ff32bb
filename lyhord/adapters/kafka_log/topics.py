"""The topics on the cluster: made where they are missing, compared with what they should be."""

from collections.abc import Sequence

from kafka.admin import KafkaAdminClient
from kafka.errors import TopicAlreadyExistsError

from lyhord.adapters.kafka_log.cluster import MAX_RECORD, Cluster

_MS_A_DAY = 86_400_000


def configuration(cluster: Cluster, topic: str) -> dict[str, str]:
    """Give the settings that a topic is made with.

    Nothing is compacted: the version of a post that arrives last need not be its greatest.
    """
    settings = {"cleanup.policy": "delete", "max.message.bytes": str(MAX_RECORD)}
    if (days := cluster.retention_days.get(topic)) is not None:
        settings["retention.ms"] = str(int(days * _MS_A_DAY)) if days else "-1"
    return settings


def create(cluster: Cluster, topics: Sequence[str]) -> list[str]:
    """Make those topics that are not there yet, and give which.

    Raises:
        Retriable: the cluster cannot be reached, or does not let us.

    """

    def make(admin: KafkaAdminClient) -> list[str]:
        there = set(admin.list_topics())
        missing = [topic for topic in topics if cluster.topic(topic) not in there]
        if missing:
            _create(admin, cluster, missing)
        return missing

    return cluster.ask(make)


def describe(cluster: Cluster, topics: Sequence[str]) -> dict[str, int]:
    """Give the number of partitions of each topic that is there.

    Raises:
        Retriable: the cluster cannot be reached.

    """
    names = {cluster.topic(topic): topic for topic in topics}

    def look(admin: KafkaAdminClient) -> dict[str, int]:
        there = set(admin.list_topics())
        found = admin.describe_topics([name for name in names if name in there])
        return {names[each["name"]]: len(each["partitions"]) for each in found}

    return cluster.ask(look)


def _create(admin: KafkaAdminClient, cluster: Cluster, topics: Sequence[str]) -> None:
    wanted = {
        cluster.topic(topic): {
            "num_partitions": cluster.partitions,
            "replication_factor": cluster.replication,
            "configs": configuration(cluster, topic),
        }
        for topic in topics
    }
    try:
        admin.create_topics(wanted, wait_for_metadata=True)
    except TopicAlreadyExistsError:
        # Another process was faster with one of them; the others may still be missing.
        admin.wait_for_topics(list(wanted))
