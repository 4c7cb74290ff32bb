"""The fence: while it stands, no writer of the serving generation takes its posts for done.

It is an alias of the registry of the generation that is to serve, so that it goes with it, and one
request can remove it and switch. As long as whoever put it up is alive, its name changes; one that
stays the same for half a minute of a waiting writer's own clock is taken down.
"""

import time
import uuid

from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.generations import Action, change_aliases, serving
from lyhord.errors import Switched
from lyhord.rebuilding import Lost

PATIENCE = 30.0
"""Seconds that a fence may stand unchanged: a batch is tagged and written in a few."""
_LOOK = 0.1

Standing = list[tuple[str, str]]


class Fence:
    """Before the writers of the serving generation, on behalf of the one that is to serve."""

    def __init__(self, client: Elasticsearch, cluster: Cluster, generation: int) -> None:
        self._client, self._cluster = client, cluster
        self._registry = cluster.registry(generation)
        self._alias: str | None = None

    def keep(self) -> None:
        """Put it up, or show that we are alive.

        Raises:
            Lost: it was taken down, or its generation was removed.
            Retriable: Elasticsearch cannot be reached now.

        """
        old, new = self.removal(), f"{_prefix(self._cluster)}{uuid.uuid4().hex}"
        self._alias = None
        put = {"add": {"index": self._registry, "alias": new}}
        if not change_aliases(self._client, self._cluster, [*old, put]):
            raise Lost("the fence was taken down meanwhile")
        self._alias = new

    def removal(self) -> list[Action]:
        """Give what takes it down, and fails where it does not stand."""
        if self._alias is None:
            return []
        return [{"remove": {"index": self._registry, "alias": self._alias, "must_exist": True}}]


def check(client: Elasticsearch, cluster: Cluster, generation: int) -> None:
    """Return once a generation is sure to serve still, as of this call.

    Raises:
        Switched: it does not.
        Retriable: Elasticsearch cannot be reached now.

    """
    seen: Standing = []
    since = 0.0
    while standing := _standing(client, cluster):
        if standing != seen:
            seen, since = standing, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            change_aliases(client, cluster, [_down(*each) for each in standing])
        time.sleep(_LOOK)
    if serving(client, cluster) != generation:
        raise Switched


def _standing(client: Elasticsearch, cluster: Cluster) -> Standing:
    with cluster.retriable():
        found = client.indices.get_alias(name=f"{_prefix(cluster)}*")
    return sorted((index, alias) for index, told in found.items() for alias in told["aliases"])


def _down(index: str, alias: str) -> Action:
    return {"remove": {"index": index, "alias": alias, "must_exist": True}}


def _prefix(cluster: Cluster) -> str:
    return f"{cluster.name}-switching-"
