"""Rebuilding on Elasticsearch: the next generation of indices, to which the alias moves."""

from lyhord.adapters.elastic_store import generations
from lyhord.adapters.elastic_store.cluster import UNDATED, Cluster
from lyhord.adapters.elastic_store.fence import Fence
from lyhord.adapters.elastic_store.store import ElasticStore
from lyhord.rebuilding import Lost


class ElasticRebuild:
    """A `Rebuild` on `cluster`.

    Should another one begin meanwhile, on another machine, this one's generation is removed with
    its fence, and `fence` and `switch` say `Lost`.

    Args:
        cluster: whose alias is to move.
        model: what the posts are tagged by; its tags win in the new generation.

    """

    def __init__(self, cluster: Cluster, model: str) -> None:
        self._cluster, self._client = cluster, cluster.connect()
        self._old = generations.serving(self._client, cluster)
        others = generations.there(self._client, cluster) - {self._old}
        self._new = max({self._old, *others}) + 1
        for generation in others:
            generations.drop(self._client, cluster, generation)
        generations.prepare(self._client, cluster, self._new, model=model)
        with cluster.retriable():
            # The alias needs something to stand for, though there be no posts at all.
            self._client.indices.create(index=cluster.index(UNDATED, self._new))
        self._fence = Fence(self._client, cluster, self._new)
        self._is_ours = True
        self.store = ElasticStore(cluster, write=True, generation=self._new)

    @property
    def name(self) -> str:
        """See `Rebuild.name`."""
        return self._cluster.index("*", self._new)

    def fence(self) -> None:
        """See `Rebuild.fence`."""
        self._fence.keep()

    def size_of_serving(self) -> int:
        """See `Rebuild.size_of_serving`."""
        return generations.size(self._client, self._cluster, self._old)

    def size_of_new(self) -> int:
        """See `Rebuild.size_of_new`."""
        return generations.size(self._client, self._cluster, self._new)

    def switch(self) -> None:
        """See `Rebuild.switch`."""
        guards = self._fence.removal()
        if not guards:
            raise Lost("the fence is not up")
        # Until we have an answer it may serve already.
        self._is_ours = False
        if not generations.switch(self._client, self._cluster, self._new, guards):
            self._is_ours = True
            raise Lost("the fence was taken down meanwhile")

    def remove_old(self) -> bool:
        """See `Rebuild.remove_old`; a writer that does not know yet finds nothing, and asks."""
        generations.drop(self._client, self._cluster, self._old)
        return True

    def close(self) -> None:
        """See `Rebuild.close`."""
        try:
            if self._is_ours:
                generations.drop(self._client, self._cluster, self._new)
        finally:
            self._is_ours = False
            self.store.close()
            self._client.close()
