"""Settling: months that are past become one segment each, for every search asks all of them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from elasticsearch import AuthorizationException, Elasticsearch

from lyhord.adapters.elastic_store import generations, lifecycle
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.errors import Misuse
from lyhord.times import local_day

log = structlog.get_logger()

_MANY = 5
"""Segments that are left alone: edits of old posts come one by one."""
_LARGEST = 5_000_000_000
"""Bytes of an index that is left alone: Elasticsearch's own merges make no larger segments."""


def settle(client: Elasticsearch, cluster: Cluster, generation: int) -> bool:
    """Begin to merge the segments of one past month, if any has many; tell whether one has.

    Months that are new since the last time are put under the class of retention, too.
    Elasticsearch merges what is written often, but leaves twenty and more small segments of a month
    that is not written any more. Edits may come meanwhile and afterwards. One month at a time.
    """
    try:
        lifecycle.retain(client, cluster, generation)
    except Misuse as problem:  # which stops no indexing
        log.warning("past months stay", problem=str(problem))
    with cluster.retriable():
        told = client.indices.stats(
            index=cluster.index("*", generation), metric=["segments", "store", "merge"]
        )
        month = next(_unsettled(told["indices"], cluster, generation), None)
        if month is None:
            return False
        if told["_all"]["primaries"]["merges"]["current"]:
            return True
        try:
            client.indices.forcemerge(index=month, max_num_segments=1, wait_for_completion=False)
        except AuthorizationException as refusal:
            log.warning("past months may not be merged", problem=refusal.message)
            return False
    log.info("merging a past month", index=month)
    return True


def _unsettled(indices: Mapping[str, Any], cluster: Cluster, generation: int) -> Iterator[str]:
    now = local_day(datetime.now(UTC))[:7].replace("-", ".")
    for index, told in sorted(indices.items()):
        past = generations.of(index) == generation and index < cluster.index(now, generation)
        held = told["primaries"]
        small = held["store"]["size_in_bytes"] < _LARGEST
        if past and small and held["segments"]["count"] > _MANY:
            yield index
