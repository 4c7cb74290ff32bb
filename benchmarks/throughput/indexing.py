"""The index stage's store beside elasticsearch-py's plain `streaming_bulk` of the same posts."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from statistics import median
from typing import Any

import orjson
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from benchmarks.throughput.installation import rate
from benchmarks.throughput.report import Line, Report
from lyhord import wiring
from lyhord.adapters.elastic_store.documents import month_of, to_document
from lyhord.model import version_of
from lyhord.ports import Record
from lyhord.settings import Settings
from services.index.driver import BATCH

_CHUNK = 1000
_ROUNDS = 3


def measure(tagged: Sequence[Record], at: Settings) -> Report:
    """Measure by turns, into indices that are new each time; tell the medians.

    The first round warms the server and is not counted.
    """
    values = [record.value for record in tagged]
    rates: dict[str, list[float]] = {"ours": [], "bare": [], "making": []}
    with Elasticsearch(at.store, request_timeout=60) as client:
        for turn in range(_ROUNDS + 1):
            # The same template makes the bare client's indices: they are named alike.
            name = f"{at.name}x{turn}"
            store = wiring.open_store(at.model_copy(update={"name": name}), write=True)
            actions = [_action(value, name, "bare") for value in values]
            making = (_action(value, name, "making") for value in values)
            ways: dict[str, Callable[[], None]] = {
                "bare": partial(_bare, client, actions, name),
                "ours": partial(_ours, store, values),
                "making": partial(_bare, client, making, name),
            }
            for way, do in ways.items():
                found = rate(len(values), do)
                if turn:
                    rates[way].append(found)
            store.close()
            client.indices.delete(index=list(client.indices.get(index=f"{name}-*")))
    beside = median(rates["bare"])
    return Report(
        [
            Line("bare `streaming_bulk`, documents ready", beside),
            Line("bare `streaming_bulk`, documents made of the posts", median(rates["making"])),
            Line("the store's upsert of the same posts", median(rates["ours"]), beside),
        ]
    )


def _ours(store: Any, values: Sequence[bytes]) -> None:
    for start in range(0, len(values), BATCH):
        store.upsert(values[start : start + BATCH])
    store.flush()


def _bare(client: Elasticsearch, actions: Iterable[dict[str, Any]], name: str) -> None:
    for _ in streaming_bulk(client, actions, chunk_size=_CHUNK):
        pass
    client.indices.refresh(index=f"{name}-posts-*-b*,{name}-posts-*-m*")


def _action(value: bytes, name: str, way: str) -> dict[str, Any]:
    body = orjson.loads(value)
    version = version_of(body["post"])
    document = to_document(body, version, version)
    return {
        "_index": f"{name}-posts-{month_of(document)}-{way}",
        "_id": f"{body['post']['source']}:{body['post']['id']}",
        "version": int(version[0].timestamp() * 1e6),
        "version_type": "external",
        "_source": document,
    }
