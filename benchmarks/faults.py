"""Rehearses faults on real servers under load, and shows that nothing is lost, doubled or stale.

`python -m benchmarks.faults` starts a Kafka and an Elasticsearch of its own, lets each fault
strike while posts come in, waits until everything is through, and compares what is there with
what must be. Exit 1 if anything differs, 3 if this machine cannot start the servers.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.fault_scenarios.corpus import write_corpus
from benchmarks.fault_scenarios.reference import reference
from benchmarks.fault_scenarios.run import HEADER, Result, Suite
from benchmarks.fault_scenarios.scenarios import SCENARIOS
from benchmarks.import_posts import machine
from benchmarks.servers import own_servers

_FILES = 40
"""Files that the rows are spread over: an interrupted one is read again."""


def main() -> None:
    """Rehearse, print the table as Markdown, and exit 1 where anything differed."""
    names = [scenario.name for scenario in SCENARIOS]
    parser = argparse.ArgumentParser(prog="benchmarks.faults", description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10, help="of each that is killed")
    parser.add_argument("--away", type=float, default=60.0, help="seconds without Elasticsearch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--squeeze", type=int, default=1, help="spread over three years / SQUEEZE")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=f"{names}")
    options = parser.parse_args()
    print(machine(), flush=True)
    results: list[Result] = []
    with (
        tempfile.TemporaryDirectory(prefix="lyhord-posts-") as folder,
        own_servers(full_speed=False) as servers,
    ):
        size = max(50, min(1000, options.posts // _FILES))
        corpus = write_corpus(
            Path(folder), options.posts, seed=options.seed, file_rows=size, squeeze=options.squeeze
        )
        expected = reference(corpus, workers=os.cpu_count() or 1)
        print(
            f"{corpus.rows:,} rows in {len(corpus.files)} files: {len(expected.posts):,} posts to "
            f"be there, {len(expected.deleted):,} deleted, {expected.refused.total():,} refused\n\n"
            f"{HEADER}",
            flush=True,
        )
        suite = Suite(servers, corpus, expected, options.kills, options.seed, options.away)
        for scenario in SCENARIOS:
            if scenario.name in (options.only or names):
                results.append(suite.run(scenario))
                print(results[-1].row(), flush=True)
    tell(results)
    sys.exit(not all(result.good for result in results))


def tell(results: list[Result]) -> None:
    """Print what the table does not hold: examples of what differed, and how services ended."""
    print()
    for result in results:
        for line in (result.stuck, *result.difference.examples, *result.notes):
            if line:
                print(f"{result.scenario}: {line}")


if __name__ == "__main__":
    main()
