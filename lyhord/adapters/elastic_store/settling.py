"""Settling: months that are past become one segment each, for every search asks all of them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import structlog
from elasticsearch import AuthorizationException, Elasticsearch

from lyhord.adapters.elastic_store import generations
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.times import local_day

log = structlog.get_logger()

_MERGING = "indices:admin/forcemerge*"
_MANY = 5
"""Segments that are left alone: edits of old posts come one by one."""
_LARGEST = 5_000_000_000
"""Bytes of an index that is left alone: Elasticsearch's own merges make no larger segments."""


def settle(client: Elasticsearch, cluster: Cluster, generation: int) -> bool:
    """Begin to merge the segments of one past month, if any has many; tell whether one has.

    Elasticsearch merges what is written often, but leaves twenty and more small segments of a month
    that is not written any more. Edits may come meanwhile and afterwards. One month at a time.
    """
    with cluster.retriable():
        month = next(_unsettled(client, cluster, generation), None)
        if month is None:
            return False
        try:
            if not client.tasks.list(actions=_MERGING)["nodes"]:
                client.indices.forcemerge(
                    index=month, max_num_segments=1, wait_for_completion=False
                )
                log.info("merging a past month", index=month)
        except AuthorizationException as refusal:
            log.warning("past months may not be merged", problem=refusal.message)
            return False
    return True


def _unsettled(client: Elasticsearch, cluster: Cluster, generation: int) -> Iterator[str]:
    month = local_day(datetime.now(UTC))[:7].replace("-", ".")
    pattern = cluster.index("*", generation)
    found = client.indices.stats(index=pattern, metric=["segments", "store"])
    for index, told in sorted(found["indices"].items()):
        past = generations.of(index) == generation and index < cluster.index(month, generation)
        held = told["primaries"]
        small = held["store"]["size_in_bytes"] < _LARGEST
        if past and small and held["segments"]["count"] > _MANY:
            yield index
