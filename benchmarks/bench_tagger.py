"""How many posts a second one core tags: 25-word posts of a vocabulary that no cache can hold.

python -m benchmarks.bench_tagger [--count 20000] [--parts]
"""

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

import orjson
import spacy
from spacy.pipeline import EntityRecognizer

from lyhord.swedish import search_text
from services.enrich.nlp import pipeline
from services.enrich.nlp.components import vocabulary_of
from services.enrich.nlp.fingerprints import fingerprint
from services.enrich.nlp.language import detect
from services.enrich.nlp.texts import Names, Text
from services.enrich.nlp.tokens import tokenised
from services.enrich.nlp.words import Vocabulary
from services.enrich.tagger import Tagger

_BATCH = 500
NORWEGIAN = "Hvor ligger biblioteket i byen, og når åpner det?"


def texts(count: int, *, words: int = 25) -> Iterator[str]:
    """Give the benchmark's posts, cut to one length; another process makes them, for its memory."""
    command = [sys.executable, "-m", "benchmarks.posts", "--count", str(count), "--seed", "3"]
    rows = subprocess.run(command, check=True, capture_output=True).stdout.splitlines()  # noqa: S603 - our own module
    stream = (word for row in rows for word in orjson.loads(row)["text"].split())
    for _ in range(count):
        yield " ".join(islice(stream, words))


def seconds(do: Callable[..., object], arguments: Iterable[tuple[object, ...]]) -> float:
    """Give the seconds of this process's time that `do` takes for all the arguments."""
    start = time.process_time()
    for each in arguments:
        do(*each)
    return time.process_time() - start


def memory() -> float:
    """Give the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def batches(posts: Sequence[str]) -> Iterator[tuple[list[Text]]]:
    """Give the posts as the enrich stage takes them."""
    for at in range(0, len(posts), _BATCH):
        yield ([Text(text, "citizen") for text in posts[at : at + _BATCH]],)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=20_000)
    options.add_argument("--parts", action="store_true", help="measure each component too")
    asked = options.parse_args()
    load = seconds(Tagger.load, [()])
    first = seconds(detect, [(NORWEGIAN,)])
    print(f"load: {load:.2f} s; the language classifier, when first needed: {first:.2f} s more")
    posts = list(texts(asked.count))
    before = memory()
    vocabulary = len({word for text in posts for word in text.split()})
    print(f"{len(posts):,} posts of 25 words, {vocabulary:,} different words")
    ways: tuple[Names, ...] = ("off", "find")
    for names in ways:
        tagger = Tagger.load(names=names)
        took = seconds(tagger.tag_all, batches(posts))
        again = seconds(tagger.tag_all, batches(posts[-2000:] * 3))
        print(
            f"names {names}: {len(posts) / took:,.0f}/s; "
            f"a vocabulary that the caches hold: {6000 / again:,.0f}/s"
        )
    print(f"memory: {memory():.0f} MB at most, {before:.0f} MB of it before the first post")
    bare = spacy.blank("sv")
    took = seconds(bare.make_doc, ((text,) for text in posts))
    print(f"spaCy's tokenizer alone: {len(posts) / took:,.0f}/s")
    some = posts[: max(len(posts) // 10, 1)]
    nlp = pipeline.load()
    made = [tokenised(nlp.vocab, text, vocabulary_of(nlp).read(text)) for text in some]
    took = seconds(lambda: list(EntityRecognizer.pipe(nlp.get_pipe("names"), iter(made))), [()])
    print(f"the recogniser of names alone, on every post: {len(made) / took:,.0f}/s")
    if asked.parts:
        read = Vocabulary().read
        arguments = [(text,) for text in posts]
        for name, do in (("words", read), ("language", detect), ("search text", search_text)):
            print(f"{name}: {1e6 * seconds(do, arguments) / len(posts):.0f} µs")
        words = [(read(text),) for text in posts[:5000]]
        print(f"fingerprint: {1e6 * seconds(fingerprint, words) / len(words):.0f} µs")


if __name__ == "__main__":
    main()
