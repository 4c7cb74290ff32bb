"""Filling a store without tagging: posts with their words, and labels drawn at random.

What a tag says costs a search nothing; making a million of them takes an hour.
"""

import math
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from multiprocessing import Pool
from random import Random
from typing import Any, TypeVar

import orjson

from benchmarks.posts import Row, generate
from lyhord import swedish
from lyhord.errors import LyhordError, Retriable
from lyhord.labels import KINDS, SENTIMENTS, TOPICS
from lyhord.model import Post, pack
from lyhord.ports import Store

_BATCH, _FLUSH, _CHUNK = 2_000, 20_000, 500
_WORKERS = 2
_FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
_Result = TypeVar("_Result")


def fill(store: Store, count: int, *, seed: int, tell: Callable[[str], object] = print) -> None:
    """Index `count` posts of `benchmarks.posts` as the index stage does."""
    with Pool(_WORKERS) as pool:
        index(store, pool.imap(_tagged, generate(count, seed=seed), chunksize=_CHUNK), tell=tell)


def index(
    store: Store,
    ready: Iterator[bytes],
    *,
    seconds: float = math.inf,
    tell: Callable[[str], object] = lambda _: None,
) -> int:
    """Index tagged posts until there are no more or the time is up; give how many.

    Raises:
        LyhordError: the store refuses one.

    """
    unflushed, done, began = 0, 0, time.monotonic()
    while time.monotonic() - began < seconds and (batch := list(islice(ready, _BATCH))):
        refusals = until_taken(partial(store.upsert, batch))
        if any(refusals):
            raise LyhordError(f"refused: {next(filter(None, refusals))}")
        unflushed += len(batch)
        done += len(batch)
        if unflushed >= _FLUSH:
            until_taken(store.flush)
            unflushed = 0
        if done % (10 * _FLUSH) == 0:
            tell(f"{done:,} posts")
    until_taken(store.flush)
    return done


def until_taken(call: Callable[[], _Result]) -> _Result:
    """Try again as the index stage does: Elasticsearch may be short of memory for a moment."""
    while True:
        try:
            return call()
        except Retriable as problem:
            time.sleep(problem.after)


def _tagged(row: Row) -> bytes:
    chance = Random(row["id"])
    made: dict[str, Any] = {**row, "fetched_at": _FETCHED, "author": f"p_{row['author']}"}
    made["created_at"] = datetime.fromisoformat(row["created_at"])
    post = orjson.loads(pack(Post(**made).model_dump()))
    topic, score = chance.choice(tuple(TOPICS)), chance.uniform(-1, 1)
    label = chance.choice(tuple(SENTIMENTS))
    tags = {
        "lang": "sv",
        "topic": topic,
        "topics": [{"label": topic, "score": 0.8}],
        "sentiment": {"label": label, "score": round(score, 3)},
        "kind": chance.choice(tuple(KINDS)),
        "needs_answer": row["author_role"] != "municipality" and chance.random() < 0.4,  # noqa: PLR2004 - as in the examples
        "stance": "none",
        "places": [],
        "entities": [],
        "lemmas": swedish.search_text(row["text"]),
        "fingerprint": f"{chance.getrandbits(64):016x}",
        "model": "bench",
    }
    return orjson.dumps({"post": post, "tags": tags})
