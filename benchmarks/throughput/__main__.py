"""Measures the production path beside its bare clients, in one run on servers of its own.

`python -m benchmarks.throughput [--count 20000] [--only PART]` prints a Markdown table: each stage
beside the bare client that it is built on, the whole path with the processor time of its parts,
the time from a post to its being found, and what a second tagging worker brings. Compare within a
run: the machine's speed changes between runs.
"""

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.import_posts import by_time, machine
from benchmarks.posts import generate
from benchmarks.servers import own_servers
from benchmarks.throughput import enriching, indexing, ingesting, whole
from benchmarks.throughput.installation import process_of, settings
from lyhord.memory import collect_seldom
from lyhord.ports import Row
from lyhord.settings import Settings
from services.cli.importing import make_door
from services.ingest.stage import stage

PARTS = ("ingest", "enrich", "index", "whole")


def main() -> None:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=PARTS)
    options = parser.parse_args()
    parts = options.only or PARTS
    collect_seldom()  # as the services do
    print(
        f"{machine()}; {options.count:,} posts\n\n| | posts/s | ratio |\n|---|---|---|", flush=True
    )
    with tempfile.TemporaryDirectory() as folder, own_servers(full_speed=True) as servers:
        made = sorted(generate(options.count, seed=options.seed), key=by_time)

        def own() -> Settings:
            addresses = (servers.kafka.address, servers.elasticsearch.address)
            return settings(*addresses, Path(folder) / "data")

        rows = [Row("-", number, row) for number, row in enumerate(made, 1)]
        if "ingest" in parts:
            print(ingesting.measure(rows, own()).markdown(), flush=True)
        if "enrich" in parts or "index" in parts:
            records, _ = stage(rows, make_door(own()), now=datetime.now(UTC))
            tagged, rate = enriching.tagged(records)
        if "enrich" in parts:
            print(enriching.measure(records, rate, own()).markdown(), flush=True)
        if "index" in parts:
            print(indexing.measure(tagged, own()).markdown(), flush=True)
        if "whole" in parts:
            pids = {server.name: process_of(server.folder) for server in servers}
            report = whole.measure(options.count, options.seed, own(), servers=pids)
            print(report.markdown(), flush=True)


if __name__ == "__main__":
    main()
