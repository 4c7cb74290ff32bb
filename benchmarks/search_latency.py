"""Measures how long a search takes: in process, as the web page asks, and as a whole process.

`python -m benchmarks.search_latency --data FOLDER` asks an existing data folder; without `--data`
it makes one of `--count` posts first, with `--direct` without tagging them (`benchmarks.filling`).
Queries are drawn from the posts that are there.
"""

import argparse
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import NamedTuple

import tantivy

from benchmarks import dialogue
from benchmarks.filling import fill
from benchmarks.import_posts import EXPORT, machine, measure, read, write_posts
from benchmarks.posts import Row
from benchmarks.servers import own_servers
from lyhord.adapters.elastic_store import Cluster, ElasticStore
from lyhord.adapters.tantivy_store import schema
from lyhord.ports import Filters, Store
from lyhord.settings import Settings
from lyhord.wiring import open_store

SAMPLE, ROUNDS, STARTS = 20_000, 5, 11
_FACETS = ("topic", "sentiment", "municipality", "source", "author_role", "month")
ENOUGH = 8
"""Words that a post needs to give a phrase and a pair with words between."""


class Question(NamedTuple):
    """A query, the labels chosen beside it, the order, and whether the page's counts are asked.

    `bare` asks the engine itself for the one word, as its own documentation does.
    """

    text: str
    labels: Mapping[str, Sequence[str]] = {}
    sort: str = "relevance"
    counted: bool = False
    facets: bool = False
    bare: bool = False


def searching(store: Store, bare: Callable[[str], object]) -> Callable[[Question], object]:
    """Ask a store as the web page does; nothing else here knows how it is asked."""

    def search(asked: Question) -> object:
        if asked.bare:
            return bare(asked.text)
        filters = Filters(labels=asked.labels)
        page = store.search(asked.text, filters, sort=asked.sort)
        if asked.facets:
            store.facets(asked.text, filters, by=_FACETS)
        if asked.counted:
            store.counts(asked.text, filters, by="topic")
            store.counts(asked.text, filters, by="day", then_by="sentiment", size=20_000)
            store.counts("*", by="municipality")
        return page

    return search


def bare_elastic(cluster: Cluster) -> Callable[[str], object]:
    """Ask Elasticsearch for a word of the text, by its own relevance, and how many have it."""
    client = cluster.connect()

    def search(word: str) -> object:
        match = {"match": {"text": word}}
        return client.search(index=cluster.alias, query=match, size=20, track_total_hits=True)

    return search


def bare_tantivy(folder: Path) -> Callable[[str], object]:
    """Ask tantivy for a word as it is written, by its own relevance, and how many have it."""
    index = tantivy.Index.open(str(folder))
    searcher = index.searcher()

    def search(word: str) -> object:
        query = tantivy.Query.term_query(schema.SCHEMA, schema.WORDS, f"^{word}")
        return [searcher.doc(address) for _, address in searcher.search(query, 20).hits]

    return search


def draw(rows: Iterable[Row], random: Random) -> list[Row]:
    """Keep `SAMPLE` rows, each as likely as any other (Vitter 1985, algorithm R)."""
    kept: list[Row] = []
    for number, row in enumerate(rows):
        place = number if number < SAMPLE else random.randrange(number + 1)
        kept[place : place + 1] = [row] if place < SAMPLE else []
    return kept


def questions(rows: Sequence[Row], random: Random, count: int) -> dict[str, list[Question]]:
    """Make `count` questions of each category from posts in read-out form."""
    texts = [re.findall(r"[^\W\d_]{2,}", row["text"].lower()) for row in rows]
    long = [words for words in texts if len(words) >= ENOUGH]
    ranked = [word for word, _ in Counter(word for words in texts for word in words).most_common()]
    pairs = Counter(pair for words in texts for pair in pairwise(words)).most_common(10 * count)
    bounds = {"frequent": (0, 100), "middling": (len(ranked) // 100, len(ranked) // 10),
              "rare": (len(ranked) // 2, len(ranked))}  # fmt: skip
    words = {tier: random.sample(ranked[low:high], count) for tier, (low, high) in bounds.items()}
    made = defaultdict(list)
    for tier, drawn in words.items():
        made[f"word, {tier}"] = [Question(word) for word in drawn]
        made[f"word, {tier}: the bare engine"] = [Question(word, bare=True) for word in drawn]
    for row, often, middling, rare in zip(random.sample(rows, count), *words.values(), strict=True):
        text, (first, second) = random.choice(long), random.choice(pairs)[0]
        at = random.randrange(len(text) - 5)
        labels = {"municipality": row["municipality"], "source": row["source"], "kind": row["kind"],
                  "topic": row["topic"], "sentiment": row["sentiment"]["label"]}  # fmt: skip
        (name, value), (other, label) = random.sample(sorted(labels.items()), 2)
        chosen = {name: [value]}
        for category, question in {
            "two words": Question(f"{often} {middling}"),
            "word and filter": Question(often, chosen),
            "two fields": Question(f"{name}:{value} {other}:{label}"),
            "word and time": Question(f"{middling} created_at:[{row['created_at'][:7]} TO *]"),
            "prefix, 2-4 letters": Question(f"{middling[: random.randint(2, 4)]}*"),
            "phrase, common": Question(f'"{first} {second}"'),
            "phrase, any": Question(f'"{" ".join(text[at : at + 3])}"'),
            "NEAR, common": Question(f"{first} NEAR/5 {second}"),
            "NEAR, any": Question(f"{text[at]} NEAR/5 {text[at + 4]}"),
            "boolean": Question(f"({often} OR {rare}) NOT {middling}"),
            "word, newest": Question(often, sort="newest"),
            "everything, newest": Question("*", sort="newest"),
            "filter, newest": Question("*", chosen, "newest"),
            "page with its counts": Question(often, chosen, counted=True),
            "six facets": Question(often, chosen, facets=True),
            "six facets of everything": Question("*", facets=True),
        }.items():
            made[category].append(question)
    return made


def ask(
    search: Callable[[Question], object], asked: Mapping[str, Sequence[Question]], random: Random
) -> dict[str, list[list[float]]]:
    """Ask everything `ROUNDS` times, each time in another order; give ms by category and round."""
    pile = [(category, each) for category, several in asked.items() for each in several]
    times: dict[str, list[list[float]]] = {category: [] for category in asked}
    for _ in range(ROUNDS):
        for column in times.values():
            column.append([])
        for category, question in random.sample(pile, len(pile)):
            start = time.perf_counter()
            search(question)
            times[category][-1].append(1000 * (time.perf_counter() - start))
    return times


def table(times: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """Write p50, p95 and max as Markdown, and p95 of the first round, which no cache has helped."""
    lines = [
        "| ms | searches | p50 | p95 | max | p95 of first round |",
        "|---|---|---|---|---|---|",
    ]
    for category, rounds in times.items():
        every = [each for column in rounds for each in column]
        late, late_first = (quantiles(column, n=20)[-1] for column in (every, rounds[0]))
        figures = (median(every), late, max(every), late_first)
        cells = " | ".join(f"{figure:.1f}" for figure in figures)
        lines.append(f"| {category} | {len(every)} | {cells} |")
    return "\n".join(lines)


def report(data: Path, *, seed: int, count: int) -> None:
    """Measure one data folder and print both tables."""
    random = Random(seed)
    asked = questions(draw(read(EXPORT, data), random), random, count)
    store = open_store(Settings(data=data))
    search = searching(store, bare_tantivy(data / "index"))
    print(f"{machine()}\n\n{table(ask(search, asked, random))}\n")
    words = [question.text for question in asked["word, frequent"][:STARTS]]
    runs = [measure(("search", word, "--json"), data) for word in words]
    walls = [run.wall for run in runs]
    print(
        f"`lyhord search WORD` as a whole process: median {median(walls):.2f} s, slowest "
        f"{max(walls):.2f} s, median CPU {median(run.cpu for run in runs):.2f} s"
    )


def report_elastic(*, posts: int, seed: int, count: int) -> None:
    """Fill an Elasticsearch of its own without tagging, ask it, its threads too, and print."""
    random = Random(seed)
    with own_servers(full_speed=True) as servers:
        cluster = Cluster(servers.elasticsearch.address, "latency")
        with closing(ElasticStore(cluster, write=True)) as store:
            began = time.perf_counter()
            fill(store, posts, seed=seed)
            print(f"{machine()}; {posts / (time.perf_counter() - began):,.0f} posts/s indexed\n")
            while store.settle():  # as the index service does when nothing comes
                time.sleep(1)
        with closing(ElasticStore(cluster)) as store:
            asked = questions(draw(store.scan("*"), random), random, count)
            search = searching(store, bare_elastic(cluster))
            print(f"{table(ask(search, asked, random))}\n", flush=True)
            dialogue.ask(store)


def main() -> None:
    """Measure, and print tables as Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks.search_latency", description=__doc__)
    parser.add_argument("--data", type=Path, help="an existing data folder")
    parser.add_argument("--count", type=int, default=200_000, help="posts to make without --data")
    parser.add_argument("--queries", type=int, default=30, help="different queries a category")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--direct", action="store_true", help="draw the tags at random")
    parser.add_argument(
        "--elasticsearch", action="store_true", help="on a server of its own, with --direct"
    )
    options = parser.parse_args()
    if options.elasticsearch:
        report_elastic(posts=options.count, seed=options.seed, count=options.queries)
        return
    if options.data:
        report(options.data, seed=options.seed, count=options.queries)
        return
    with tempfile.TemporaryDirectory(prefix="lyhord-benchmark-") as folder:
        path, data = Path(folder) / "posts.jsonl", Path(folder) / "data"
        if options.direct:
            with closing(open_store(Settings(data=data), write=True)) as store:
                fill(store, options.count, seed=options.seed)
        else:
            write_posts(path, options.count, seed=options.seed, in_order=False)
            measure(("import", str(path)), data)
        report(data, seed=options.seed, count=options.queries)


if __name__ == "__main__":
    main()
