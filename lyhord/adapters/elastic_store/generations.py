"""Generations: sets of indices; a replay fills the next one while the last one serves."""

import re
from collections.abc import Sequence
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from lyhord.adapters.elastic_store import mapping
from lyhord.adapters.elastic_store.cluster import FIRST, Cluster
from lyhord.errors import Retriable

Action = dict[str, Any]

_GENERATION = re.compile(r"-g(\d+)$")
_AGAIN = 2.0
_MISSING = 404


def serving(client: Elasticsearch, cluster: Cluster) -> int:
    """Give the generation that the alias stands for; the first where there is none yet."""
    return max((of(index) for index in _behind_alias(client, cluster)), default=FIRST)


def there(client: Elasticsearch, cluster: Cluster) -> set[int]:
    """Give the generations of which any index is there, complete or not."""
    patterns = [f"{cluster.alias}-*", f"{cluster.name}-ids*", f"{cluster.threads_alias}-g*"]
    with cluster.retriable():
        return {of(name) for name in client.indices.get(index=patterns, allow_no_indices=True)}


def months(client: Elasticsearch, cluster: Cluster, generation: int) -> list[str]:
    """Give the names of a generation's indices of posts, the undated ones' among them."""
    found = client.indices.get(
        index=cluster.index("*", generation), allow_no_indices=True, features="aliases"
    )
    return sorted(name for name in found if of(name) == generation)


def model(client: Elasticsearch, cluster: Cluster, generation: int) -> str:
    """Give the model whose tags a generation keeps to; empty: any."""
    registry = cluster.registry(generation)
    with cluster.retriable():
        found = client.indices.get_mapping(index=registry)[registry]["mappings"]
    return str(found.get("_meta", {}).get("model", ""))


def of(index: str) -> int:
    """Tell an index's generation by its name."""
    found = _GENERATION.search(index)
    return int(found[1]) if found else FIRST


def prepare(client: Elasticsearch, cluster: Cluster, generation: int, *, model: str = "") -> None:
    """Put the generation's index template, and make its registry for the tags of a model.

    Indices of an older version are told of new fields: what is written from now on is found by
    them, what was written before when it is written anew, as a replay does.

    Raises:
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    serves = generation == serving(client, cluster)
    _put_template(client, cluster, generation, serving=serves)
    indices: dict[str, dict[str, Any]] = {
        cluster.registry(generation): mapping.registry(cluster, model),
        cluster.conversations(generation): mapping.registry(cluster),
        cluster.threads_index(generation): mapping.threads(cluster, serving=serves),
    }
    for name, made in indices.items():
        with cluster.retriable():
            if not client.indices.exists(index=name):
                client.options(ignore_status=400).indices.create(index=name, **made)
    posts = mapping.template(cluster, generation)["template"]["mappings"]
    threads = indices[cluster.threads_index(generation)]["mappings"]
    with cluster.retriable():
        if held := months(client, cluster, generation):
            client.indices.put_mapping(index=held, **posts)
        client.indices.put_mapping(index=cluster.threads_index(generation), **threads)


def switch(
    client: Elasticsearch, cluster: Cluster, generation: int, guards: Sequence[Action] = ()
) -> bool:
    """Let the alias stand for a generation, all at once; tell whether the guards let us.

    Indices of another generation that a writer makes while it does not know yet leave the alias
    right after, by their template and by name.
    """
    pattern = cluster.index("*", generation)
    with cluster.retriable():
        client.indices.refresh(index=pattern, allow_no_indices=True)
        fresh = months(client, cluster, generation)
    actions: list[Action] = [{"add": {"index": name, "alias": cluster.alias}} for name in fresh]
    actions += _leaving(client, cluster, generation)
    actions += [
        {
            "remove": {
                "index": f"{cluster.threads_alias}-g*",
                "alias": cluster.threads_alias,
                "must_exist": False,  # an index of a version that knew no threads
            }
        },
        {"add": {"index": cluster.threads_index(generation), "alias": cluster.threads_alias}},
    ]
    if not change_aliases(client, cluster, [*guards, *actions]):
        return False
    before = there(client, cluster) - {generation}
    for each in (generation, *before):
        _put_template(client, cluster, each, serving=each == generation)
    change_aliases(client, cluster, _leaving(client, cluster, generation))
    return True


def change_aliases(client: Elasticsearch, cluster: Cluster, actions: Sequence[Action]) -> bool:
    """Do all of these, or none where what is to be removed is not there; tell which.

    When they are done, every node of the cluster knows.

    Raises:
        Retriable: it cannot be done now, or not every node has said that it knows.

    """
    if not actions:
        return True
    with cluster.retriable():
        answer = client.options(ignore_status=_MISSING).indices.update_aliases(actions=actions)
    if answer.meta.status == _MISSING:
        return False
    if not answer["acknowledged"]:
        raise Retriable(f"Elasticsearch at {cluster.url}: not all nodes know yet", after=_AGAIN)
    return True


def size(client: Elasticsearch, cluster: Cluster, generation: int) -> int:
    """Count a generation's posts that were flushed, each once though it lay in two months."""
    registry = cluster.registry(generation)
    with cluster.retriable():
        client.indices.refresh(index=registry, ignore_unavailable=True)
        ours = months(client, cluster, generation)
        counts = (client.count(index=each, ignore_unavailable=True) for each in (ours, registry))
        return min(int(each["count"]) for each in counts) if ours else 0


def drop(client: Elasticsearch, cluster: Cluster, generation: int) -> None:
    """Delete a generation's indices, template and registry."""
    with cluster.retriable():
        patterns = [cluster.index("*", generation), cluster.registry(generation)]
        patterns += [cluster.conversations(generation), cluster.threads_index(generation)]
        names = client.indices.get(index=patterns, ignore_unavailable=True)
        for name in names:
            if of(name) == generation:
                client.indices.delete(index=name, ignore_unavailable=True)
        client.options(ignore_status=404).indices.delete_index_template(
            name=f"{cluster.alias}-g{generation}"
        )


def _leaving(client: Elasticsearch, cluster: Cluster, generation: int) -> list[Action]:
    """Give what takes all other generations from behind the alias."""
    others = [name for name in _behind_alias(client, cluster) if of(name) != generation]
    return [{"remove": {"index": name, "alias": cluster.alias}} for name in others]


def _behind_alias(client: Elasticsearch, cluster: Cluster) -> list[str]:
    with cluster.retriable():
        try:
            return list(client.indices.get_alias(name=cluster.alias))
        except NotFoundError:
            return []


def _put_template(
    client: Elasticsearch, cluster: Cluster, generation: int, *, serving: bool
) -> None:
    made = mapping.template(cluster, generation, serving=serving)
    with cluster.retriable():
        client.indices.put_index_template(name=f"{cluster.alias}-g{generation}", body=made)
