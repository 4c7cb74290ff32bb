"""Deploying: all that Lyhörd asks of Elasticsearch, put where it is missing or old."""

from collections.abc import Iterator

from lyhord.adapters.elastic_store import foreign, generations, lifecycle, shown
from lyhord.adapters.elastic_store.cluster import Cluster


def deploy(cluster: Cluster) -> Iterator[str]:
    """Put templates, indices, the pipeline and the retention; tell of each when it is done.

    Raises:
        Misuse: months are to be deleted, and this Elasticsearch cannot.
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    with cluster.connect() as client:
        generation = generations.serving(client, cluster)
        generations.prepare(client, cluster, generation)
        yield "index template put"
        shown.prepare(client, cluster)
        yield f"{cluster.alerts} and {cluster.sources} are there, for Kibana"
        foreign.prepare(client, cluster)
        yield f"pipeline and template of {cluster.foreign}-* put"
        changed = lifecycle.retain(client, cluster, generation)
        if cluster.keep:
            days = lifecycle.CLASSES[cluster.keep]
            yield f"months are deleted {days} days after their end; {len(changed)} told of it now"
        else:
            yield "months are kept for ever (store_keep is not set)"
