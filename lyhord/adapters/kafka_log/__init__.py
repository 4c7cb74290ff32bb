"""The log on Kafka: topics, producers and consumer groups of a cluster, through kafka-python."""

from lyhord.adapters.kafka_log.cluster import Cluster
from lyhord.adapters.kafka_log.log import KafkaLog

__all__ = ["Cluster", "KafkaLog"]
