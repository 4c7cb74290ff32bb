"""How long rises take to find in a long history of the whole country.

    python -m benchmarks.alerts.speed [--posts 1000000]

Posts are drawn evenly over hours, from 290 municipalities of very unequal size and 14 topics. Read
at once is what an import or a start costs, one more grid point what every five minutes do.
"""

import argparse
import time

import numpy as np

from benchmarks.alerts.model import NAMES
from lyhord.alerting.columns import Columns
from lyhord.alerting.constants import BIN
from lyhord.alerting.rises import Listener, rises
from lyhord.alerting.watching import Watcher
from lyhord.municipalities import all_municipalities

_WEEK = 7 * 86_400
_WEEKS = {"3 years": 156, "9 weeks": 9}
_START = 2_900 * _WEEK
_POINTS = 24


def drawn(posts: int, weeks: int) -> Columns:
    """Draw posts; a municipality's number is as its place in a list of the largest (Zipf's law)."""
    chance = np.random.default_rng(1)
    codes = [each.code for each in all_municipalities()]
    sizes = 1 / (10 + np.arange(len(codes)))
    place = chance.choice(len(codes), posts, p=sizes / sizes.sum())
    return Columns(
        seconds=np.sort(chance.integers(_START, _START + weeks * _WEEK, posts)),
        place=place,
        topic=chance.integers(len(NAMES), size=posts),
        author=chance.integers(posts // 5, size=posts),
        text=np.arange(posts),
        keys=[""] * posts,
        municipalities=codes,
        topics=NAMES,
    )


def whole(columns: Columns) -> tuple[float, int]:
    """Give the seconds that a history takes at once, and how many rises are found in it."""
    began = time.perf_counter()
    found = rises(columns, until=int(columns.seconds[-1]) + BIN)
    return time.perf_counter() - began, len(found)


def step(columns: Columns) -> list[float]:
    """Give the seconds that each of the last two hours' grid points takes, the rest being known."""
    watcher = Watcher(columns.municipalities, columns.topics)
    listener = Listener(columns.width, int(columns.seconds[0]))
    until = int(columns.seconds[-1]) // BIN * BIN
    took, known = [], 0
    for at in (until - BIN * back for back in range(_POINTS, -1, -1)):
        upto = int(np.searchsorted(columns.seconds, at))
        began = time.perf_counter()
        watcher.feed(columns.part(known, upto))
        for points, rates in watcher.until(at):
            listener.hear(points, rates, watcher.columns, watcher.series)
        took.append(time.perf_counter() - began)
        known = upto
    return took[1:]


def main() -> None:
    """Measure, and print a table as Markdown."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.alerts.speed",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("--posts", type=int, default=1_000_000)
    asked = parser.parse_args()
    print(
        f"| {asked.posts:,} posts over | at once, s | rises | one more grid point, s | at worst |"
    )
    print("|---|---|---|---|---|")
    for name, weeks in _WEEKS.items():
        columns = drawn(asked.posts, weeks)
        seconds, found = whole(columns)
        took = step(columns)
        print(f"| {name} | {seconds:.1f} | {found} | {np.median(took):.3f} | {max(took):.3f} |")


if __name__ == "__main__":
    main()
