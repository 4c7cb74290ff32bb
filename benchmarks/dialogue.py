"""How fast threads are kept and told: posts in conversations indexed, then the queue asked.

    python -m benchmarks.dialogue [--count N] [--elasticsearch]

Posts are tagged beforehand (what a tag says costs the index nothing). Conversations are of 1 to
some hundred posts, over three years, in 290 municipalities; one post in twenty arrives late.
With `--elasticsearch` a real server is started for it.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median

import orjson

from benchmarks.filling import until_taken
from benchmarks.import_posts import machine
from benchmarks.servers import own_servers
from lyhord import municipalities, swedish, times
from lyhord.adapters.elastic_store import Cluster, ElasticStore
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.dialogue.responses import responses
from lyhord.ports import Store, ThreadFilters

_BATCH, _FLUSH = 2_000, 20_000
_SPAN = 3 * 365 * 86_400
_END = datetime(2026, 11, 1, tzinfo=UTC)
_ROUNDS = 11
_REPLY, _OFFICIAL, _ASKS = 0.6, 0.25, 0.4
_LATE = 0.05
_TEXTS = ("Vattnet är brunt på Storgatan igen", "När öppnar badet i sommar?", "Tack för svaret!")


def posts(count: int, *, seed: int = 0) -> Iterator[bytes]:
    """Give tagged posts as they arrive."""
    chance = Random(seed)
    codes = [each.code for each in municipalities.all_municipalities()]
    texts = [(text, swedish.search_text(text)) for text in _TEXTS]
    late: list[bytes] = []
    recent: list[tuple[str, str]] = []
    for number in range(count):
        moment = _END - timedelta(seconds=_SPAN * (1 - number / count))
        key, parent, place = f"b{number}", None, chance.choice(codes)
        if recent and chance.random() < _REPLY:
            parent, place = recent[chance.randrange(len(recent))]
        recent = [*recent[-300:], (key, place)]
        official = parent is not None and chance.random() < _OFFICIAL
        text, lemmas = chance.choice(texts)
        value = _tagged(key, parent, place, moment, official, text, lemmas, chance)
        if chance.random() < _LATE:
            late.append(value)
            continue
        yield value
        if late and chance.random() < _LATE:
            yield late.pop(0)
    yield from late


def _tagged(  # noqa: PLR0913, PLR0917 - a post's facts
    key: str,
    parent: str | None,
    place: str,
    moment: datetime,
    official: bool,  # noqa: FBT001 - as above
    text: str,
    lemmas: str,
    chance: Random,
) -> bytes:
    when = times.format_utc(moment)
    post = dict.fromkeys(("account", "department", "url", "edited_at", "deleted_at", "thread_id"))
    post |= {
        "source": "facebook",
        "id": key,
        "municipality": place,
        "author": f"p_{chance.randrange(50_000)}",
        "author_role": "municipality" if official else "citizen",
        "text": text,
        "truncated": False,
        "created_at": when,
        "fetched_at": when,
        "in_reply_to": parent,
        "metrics": dict.fromkeys(("likes", "shares", "comments", "views")),
        "deleted": False,
        "redactions": [],
    }
    tags = {
        "lang": "sv",
        "topic": "vatten_avlopp",
        "topics": [{"label": "vatten_avlopp", "score": 0.9}],
        "sentiment": {"label": "neutral", "score": 0.0},
        "kind": "question",
        "needs_answer": not official and chance.random() < _ASKS,
        "stance": "none",
        "places": [],
        "entities": [],
        "lemmas": lemmas,
        "fingerprint": "0000000000000000",
        "model": "bench",
    }
    return orjson.dumps({"post": post, "tags": tags})


def fill(store: Store, count: int) -> float:
    """Index as the index stage does; give the seconds."""
    values = posts(count)
    began, unflushed, making = time.perf_counter(), 0, 0.0
    while True:
        asked = time.perf_counter()
        batch = list(islice(values, _BATCH))
        making += time.perf_counter() - asked
        if batch and any(refusals := until_taken(partial(store.upsert, batch))):
            raise SystemExit(f"refused: {refusals}")
        unflushed += len(batch)
        if unflushed >= _FLUSH or not batch:
            until_taken(store.flush)
            unflushed = 0
        if not batch:
            return time.perf_counter() - began - making


def questions(store: Store) -> dict[str, Callable[[], object]]:
    """Give what is asked of the threads."""

    def page(*statuses: str, place: str | None = None, now: datetime = _END) -> object:
        filters = ThreadFilters(statuses, [place] if place else (), now)  # type: ignore[arg-type]
        return list(islice(store.threads(filters), 100))

    return {
        "the queue, 100 rows": lambda: page("unanswered"),
        "the queue of one municipality": lambda: page("unanswered", place="1880"),
        "the latest threads": page,
        "the answered ones of one municipality": lambda: page("answered", place="1880"),
        "the queue as it stood a week ago": lambda: page(
            "unanswered", now=_END - timedelta(days=7)
        ),
        "all of one municipality, with response times": lambda: list(
            responses(store.threads(ThreadFilters((), ("1880",), _END)), by="month", now=_END)
        ),
    }


def measure(store: Store, reader: Store, count: int) -> None:
    """Fill, ask, and print a table."""
    seconds = fill(store, count)
    print(f"{count:,} posts indexed in {seconds:,.0f} s: {count / seconds:,.0f} posts/s\n")
    ask(reader)


def ask(reader: Store) -> None:
    """Ask a store's threads, and print a table."""
    print("| question | ms, median | ms, worst |\n|---|---|---|")
    for name, question in questions(reader).items():
        question()
        spans = []
        for _ in range(_ROUNDS):
            began = time.perf_counter()
            question()
            spans.append((time.perf_counter() - began) * 1_000)
        print(f"| {name} | {median(spans):,.1f} | {max(spans):,.1f} |", flush=True)


def main() -> None:
    """Measure one store."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.dialogue",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--elasticsearch", action="store_true", help="on a server of its own")
    asked = parser.parse_args()
    print(f"{machine()}\n")
    if asked.elasticsearch:
        with own_servers(full_speed=True) as servers:
            cluster = Cluster(servers.elasticsearch.address, "dialogue")
            with (
                closing(ElasticStore(cluster, write=True)) as store,
                closing(ElasticStore(cluster)) as reader,
            ):
                measure(store, reader, asked.count)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index"
        with (
            closing(TantivyStore(path, write=True)) as store,
            closing(TantivyStore(path)) as reader,
        ):
            measure(store, reader, asked.count)


if __name__ == "__main__":
    main()
