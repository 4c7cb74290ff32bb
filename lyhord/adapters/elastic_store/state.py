"""The state in an Elasticsearch index: small facts by kind and key, beside the posts."""

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
from elasticsearch import BadRequestError, NotFoundError

from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.reading import every

_MAPPING = {
    "dynamic": False,
    "properties": {
        "kind": {"type": "keyword"},
        "key": {"type": "keyword"},
        # As a text: whatever its keys are called, nothing of it is looked into.
        "value": {"type": "keyword", "index": False, "doc_values": False},
    },
}
_THERE = "resource_already_exists_exception"


class ElasticState:
    """A `State` on `cluster`, for any number of processes and machines."""

    def __init__(self, cluster: Cluster) -> None:
        self._client, self._cluster = cluster.connect(), cluster
        self._made = False

    def get(self, kind: str, key: str) -> dict[str, Any] | None:
        """See `State.get`; by id, so that what was put a moment ago is there."""
        with self._cluster.retriable():
            try:
                found = self._client.get(index=self._cluster.state, id=_id(kind, key))
            except NotFoundError:
                return None
        return _value(found["_source"])

    def put(self, kind: str, key: str, value: Mapping[str, Any]) -> None:
        """See `State.put`."""
        document = {"kind": kind, "key": key, "value": orjson.dumps(value).decode()}
        with self._cluster.retriable():
            self._make()
            self._client.index(index=self._cluster.state, id=_id(kind, key), document=document)

    def all(self, kind: str) -> Mapping[str, dict[str, Any]]:
        """See `State.all`."""
        state = self._cluster.state
        with self._cluster.retriable():
            try:
                self._client.indices.refresh(index=state)
            except NotFoundError:
                return {}
        query = {"term": {"kind": kind}}
        found = every(self._client, self._cluster, state, query, [{"key": "asc"}], {})
        return {one["key"]: _value(one) for one in found}

    def close(self) -> None:
        """See `State.close`."""
        self._client.close()

    def _make(self) -> None:
        if self._made:
            return
        settings = {"number_of_shards": 1, "number_of_replicas": self._cluster.replicas}
        try:
            self._client.indices.create(
                index=self._cluster.state, mappings=_MAPPING, settings=settings
            )
        except BadRequestError as error:
            if error.error != _THERE:
                raise
        self._made = True


def _value(document: Mapping[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = orjson.loads(document["value"])
    return value


def _id(kind: str, key: str) -> str:
    """Name a fact: an id may have 512 bytes, a key any number."""
    return hashlib.blake2b(orjson.dumps([kind, key]), digest_size=32).hexdigest()
