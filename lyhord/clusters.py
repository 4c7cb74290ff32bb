"""Clusters: where Kafka and Elasticsearch are, and how to get in, from the settings."""

from typing import TYPE_CHECKING, Any

from lyhord.errors import Misuse
from lyhord.ports import POSTS, REJECTED, TAGGED
from lyhord.settings import Settings

if TYPE_CHECKING:
    from lyhord.adapters.elastic_store import Cluster as ElasticCluster
    from lyhord.adapters.kafka_log import Cluster as KafkaCluster


def kafka(settings: Settings) -> "KafkaCluster":
    """Give the Kafka cluster that the settings name.

    Raises:
        Misuse: `log` is no address of Kafka.

    """
    from lyhord.adapters.kafka_log import Cluster

    if not settings.log.startswith("kafka://"):
        raise Misuse(
            f"log: {settings.log!r} is not known; it should be kafka://HOST:PORT, or empty for "
            "the embedded log"
        )
    access: dict[str, Any] = {}
    if settings.log_tls:
        access |= {
            "ssl_cafile": settings.log_ca and str(settings.log_ca),
            "ssl_certfile": settings.log_cert and str(settings.log_cert),
            "ssl_keyfile": settings.log_key and str(settings.log_key),
        }
    if settings.log_sasl_mechanism:
        access |= {
            "sasl_mechanism": settings.log_sasl_mechanism,
            "sasl_plain_username": settings.log_user,
            "sasl_plain_password": settings.log_password.get_secret_value(),
        }
    secure = "SSL" if settings.log_tls else "PLAINTEXT"
    access["security_protocol"] = f"SASL_{secure}" if settings.log_sasl_mechanism else secure
    return Cluster(
        Cluster.servers_of(settings.log),
        name=settings.name,
        partitions=settings.partitions,
        replication=settings.replication,
        access=access,
        retention_days={
            POSTS: 0,
            TAGGED: settings.tagged_days,
            REJECTED: settings.rejected_days,
        },
    )


def elastic(settings: Settings) -> "ElasticCluster":
    """Give the Elasticsearch cluster that the settings name.

    Raises:
        Misuse: `store` is no address of Elasticsearch.

    """
    from lyhord.adapters.elastic_store import Cluster

    if not settings.store.startswith(("http://", "https://")):
        raise Misuse(
            f"store: {settings.store!r} is not known; it should be http(s)://HOST:PORT, or empty "
            "for the embedded store"
        )
    access: dict[str, Any] = {}
    if settings.store_ca:
        access["ca_certs"] = str(settings.store_ca)
    if key := settings.store_api_key.get_secret_value():
        access["api_key"] = key
    elif settings.store_user:
        access["basic_auth"] = (settings.store_user, settings.store_password.get_secret_value())
    return Cluster(
        settings.store, settings.name, access, settings.store_replicas, settings.store_keep
    )
