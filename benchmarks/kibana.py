"""How fast the dashboards are: all panels of each answered together, on Elasticsearch.

    python -m benchmarks.kibana [--seconds N | --count N]
    python -m benchmarks.kibana --url http://127.0.0.1:9200 --name lyhord

Example posts, with their threads, alerts and sources, are indexed as the stages do, for so long or
so many, and past months are merged; then what Kibana would ask for each dashboard is asked, six
requests at a time, as a browser does. With --url, an installation's own posts are asked about.
"""

import argparse
import time
from contextlib import closing
from datetime import UTC, datetime
from statistics import median
from typing import Any

from elasticsearch import Elasticsearch

from benchmarks.filling import until_taken
from benchmarks.import_posts import machine
from benchmarks.servers import own_servers
from deploy.kibana import example
from deploy.kibana.answers.panels import all_answered, questions
from deploy.kibana.write import BOARDS, objects
from lyhord.adapters.elastic_store import Cluster, ElasticStore

_MANY, _ROUNDS = 1_000_000, 7
_PAUSE = 0.5


def measure(client: Elasticsearch, name: str, *, rounds: int = _ROUNDS) -> None:
    """Ask every dashboard some times, and print a table."""
    saved = objects(name)
    print(
        "| dashboard | panels | ms, first of all | ms, caches cleared | ms, again | ms, worst |\n"
        "|---|---|---|---|---|---|"
    )
    for board in BOARDS:
        first = _asked(client, saved, board.id)
        cleared, again = [], []
        for _ in range(rounds):
            client.indices.clear_cache(index=f"{name}-*")
            cleared.append(_asked(client, saved, board.id))
            again.append(_asked(client, saved, board.id))
        spans = (first, median(cleared), median(again), max(cleared + again))
        told = " | ".join(f"{span:,.0f}" for span in spans)
        print(f"| {board.title} | {len(board.panels)} | {told} |", flush=True)


def _asked(client: Elasticsearch, saved: list[dict[str, Any]], board: str) -> float:
    """Ask all of a dashboard's panels; give the milliseconds that it took."""
    asked = [*questions(saved, board, datetime.now(UTC))]
    began = time.perf_counter()
    all_answered(client, asked)
    return (time.perf_counter() - began) * 1_000


def main() -> None:
    """Measure a server that is there, or fill one of its own."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.kibana",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=_MANY)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--url", help="an Elasticsearch that is there and has posts")
    parser.add_argument("--name", default="lyhord", help="what its indices' names begin with")
    asked = parser.parse_args()
    print(f"{machine()}\n")
    if asked.url:
        with Cluster(asked.url, asked.name).connect() as client:
            measure(client, asked.name)
        return
    with own_servers(full_speed=True) as servers:
        cluster = Cluster(servers.elasticsearch.address, "kibana")
        with cluster.connect() as client, closing(ElasticStore(cluster, write=True)) as store:
            now = datetime.now(UTC)
            done = example.fill(store, asked.count, now, seconds=asked.seconds)
            while until_taken(store.settle):
                time.sleep(_PAUSE)
            alerts = example.show(client, cluster, store, now)
            print(f"{done:,} posts of {example.DAYS} days, {len(alerts)} alerts\n", flush=True)
            measure(client, cluster.name)


if __name__ == "__main__":
    main()
