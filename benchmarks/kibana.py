"""How fast the dashboards are: all panels of each answered together, on Elasticsearch.

    python -m benchmarks.kibana [--seconds N | --count N]

Example posts, with their threads, are indexed as the index stage does, for so long or so many; then
what Kibana would ask for each dashboard is asked, six requests at a time, as a browser does.
"""

import argparse
import time
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from statistics import median

from elasticsearch import Elasticsearch

from benchmarks.filling import until_taken
from benchmarks.import_posts import machine
from benchmarks.servers import own_servers
from deploy.kibana import example
from deploy.kibana.answers.panels import all_answered, questions
from deploy.kibana.write import BOARDS, objects
from lyhord.adapters.elastic_store import Cluster, ElasticStore

_BATCH, _FLUSH, _MANY, _ROUNDS = 2_000, 20_000, 1_000_000, 7


def fill(store: ElasticStore, now: datetime, *, count: int, seconds: float) -> int:
    """Index until there are so many posts or the time is up; give how many."""
    done, began = 0, time.monotonic()
    made = example.posts(count, now)
    while done < count and time.monotonic() - began < seconds:
        batch = list(islice(made, _BATCH))
        if not batch:
            break
        until_taken(partial(store.upsert, batch))
        done += len(batch)
        if done % _FLUSH < _BATCH:
            until_taken(store.flush)
    until_taken(store.flush)
    return done


def measure(client: Elasticsearch, name: str) -> None:
    """Ask every dashboard some times, and print a table."""
    saved = objects(name)
    print("| dashboard | panels | ms, first | ms, median | ms, worst |\n|---|---|---|---|---|")
    for board in BOARDS:
        spans = []
        for _ in range(_ROUNDS):
            asked = [*questions(saved, board.id, datetime.now(UTC))]
            began = time.perf_counter()
            all_answered(client, asked)
            spans.append((time.perf_counter() - began) * 1_000)
        later = spans[1:]
        told = f"{spans[0]:,.0f} | {median(later):,.0f} | {max(later):,.0f}"
        print(f"| {board.title} | {len(board.panels)} | {told} |", flush=True)


def main() -> None:
    """Fill a server of its own, and measure."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.kibana",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=_MANY)
    parser.add_argument("--seconds", type=float, default=180)
    asked = parser.parse_args()
    print(f"{machine()}\n")
    with own_servers(full_speed=True) as servers:
        cluster = Cluster(servers.elasticsearch.address, "kibana")
        with cluster.connect() as client, closing(ElasticStore(cluster, write=True)) as store:
            now = datetime.now(UTC)
            done = fill(store, now, count=asked.count, seconds=asked.seconds)
            print(f"{done:,} posts of {example.DAYS} days\n")
            measure(client, cluster.name)


if __name__ == "__main__":
    main()
