"""How fast Swedish text is cut and levelled: posts of 25 words drawn from the lexicon.

python -m benchmarks.bench_swedish [--count 40000] [--vocabulary 60000]
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from random import Random

import marisa_trie  # type: ignore[import-not-found]  # compiled, it ships no types

from lyhord import swedish
from lyhord.swedish import lexicon

WORDS = 25
START = """
import time
started = time.perf_counter()
from lyhord import swedish
swedish.search_text("Vattenläckan på Storgatan i Orebro")
taken = time.perf_counter() - started
fields = dict(line.split()[:2] for line in open("/proc/self/smaps_rollup") if ":" in line)
print(taken * 1000, int(fields["Private_Dirty:"]) / 1024)
"""


def texts(count: int, vocabulary: int) -> list[str]:
    """Draw posts from so many of the lexicon's forms, weighted after Zipf's law."""
    random = Random(1)
    trie = marisa_trie.BytesTrie().mmap(str(lexicon.path(lexicon.FORMS)))
    plain = random.sample(sorted(set(trie.keys())), vocabulary)
    forms = [lexicon.readings(word)[0].form for word in plain]
    weights = [1 / (rank + 3) for rank in range(vocabulary)]
    return [" ".join(random.choices(forms, weights, k=WORDS)) for _ in range(count)]


def rate(do: Callable[[str], object], posts: Iterable[str]) -> float:
    """Tell how many posts a second of this process's time `do` takes."""
    started, count = time.process_time(), 0
    for count, post in enumerate(posts, 1):  # noqa: B007 - the last count is the number of posts
        do(post)
    return count / (time.process_time() - started)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40_000)
    parser.add_argument("--vocabulary", type=int, default=60_000)
    options = parser.parse_args()
    start = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", START], check=True, capture_output=True, text=True
    ).stdout.split()
    posts = texts(options.count, options.vocabulary)
    print(f"import and first text: {float(start[0]):.0f} ms, {float(start[1]):.1f} MiB private")
    for name in (lexicon.FORMS, lexicon.PARTS):
        print(f"{name}: {lexicon.path(name).stat().st_size / 1e6:.2f} MB")
    print(f"{len(posts)} posts, {len({word for post in posts for word in post.split()})} words")
    print(f"tokenize: {rate(swedish.tokenize, posts):,.0f} posts/s")
    print(f"search_text, cold: {rate(swedish.search_text, posts):,.0f} posts/s")
    print(f"search_text, warm: {rate(swedish.search_text, posts):,.0f} posts/s")
    levelled = [swedish.search_text(post) for post in posts]
    print(f"positions: {rate(swedish.positions, levelled):,.0f} posts/s")


if __name__ == "__main__":
    main()
