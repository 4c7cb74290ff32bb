"""Tells how well the models do on posts that they have not seen, beside the rules alone.

`python -m training.evaluate` (`make evaluate`) judges each writer's posts by models trained on
four fifths of the writers, none of them the same. With `--data FOLDER`
(`make evaluate DATA=FOLDER`) the model that is shipped is also tried on what lies there, as
docs/data.md names it: labelled posts, tweets and comments, and the corpora of names.
"""

import argparse
import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import orjson
from scipy.sparse import csr_matrix

from benchmarks.import_posts import machine
from lyhord.errors import LyhordError
from lyhord.model import Tags
from services.enrich.nlp import decisions, pipeline
from services.enrich.nlp.linear import Likelihoods
from services.enrich.nlp.texts import Text
from services.enrich.tagger import Tagger
from training import corpus, lexicons, names
from training.corpus import Example
from training.fitting import HEADS, fifths, held_out, labels_of, rows_of, warmth
from training.scoring import accuracy, macro_f1
from training.tables import Said, calibration, labels, phenomena, places, table

_MODEL = "model"
_TWEETS = "posts/swedish_tweets_and_youtube_comments.csv"
_LABELS = {"pos": "positive", "neu": "neutral", "neg": "negative"}
_LABELLED = "posts/dev_sample.jsonl"


def by_models(examples: Sequence[Example], rows: csr_matrix, groups: Sequence[str]) -> list[Said]:
    """Judge each post, by its row of features, by models that have not seen its group."""
    likely: dict[str, list[Likelihoods]] = {}
    for head, freedom in HEADS.items():
        gold = labels_of(examples, head)
        sums, known = held_out(rows, gold, groups, freedom)
        scaled = sums / warmth(gold, sums, known)
        raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        shares = raised / raised.sum(axis=1, keepdims=True)
        likely[head] = [dict(zip(known, map(float, each), strict=True)) for each in shares]
    return [
        _decided({head: found[at] for head, found in likely.items()}, example)
        for at, example in enumerate(examples)
    ]


def _decided(likely: dict[str, Likelihoods], example: Example) -> Said:
    topics = [label.label for label in decisions.topics(likely["topic"])]
    kind, needs_answer = decisions.asked(
        likely["kind"], likely["needs_answer"], example.author_role
    )
    sentiment = decisions.sentiment(likely["sentiment"]).label
    return Said(
        topic=topics[0],
        topics=topics,
        sentiment=sentiment,
        kind=kind,
        needs_answer=needs_answer,
        stance=decisions.stance(likely["stance"]),
        sure=likely["sentiment"][sentiment],
    )


def own_posts(folder: Path) -> Iterator[str]:
    """Tell how well the project's own posts are judged by models that have not seen them."""
    examples = corpus.read(folder)
    writers = len({example.writer for example in examples})
    yield f"{machine()}; {len(examples):,} posts by {writers} writers\n"
    tagger = Tagger.load(model=None)
    tags = tagger.tag_all(Text(each.text, each.author_role) for each in examples)
    rows = rows_of(examples, tagger)
    unseen_writer = by_models(examples, rows, fifths(examples))
    yield from table(
        examples,
        {
            "rules alone": [Said.of(each) for each in tags],
            "writer not seen": unseen_writer,
        },
    )
    yield ""
    yield from phenomena(examples, unseen_writer)
    yield ""
    yield from by_writer(examples, unseen_writer)
    yield ""
    yield labels(examples, unseen_writer)
    yield ""
    yield from calibration(examples, unseen_writer)
    yield ""
    yield places(examples, tags)


def by_writer(examples: Sequence[Example], said: Sequence[Said]) -> Iterator[str]:
    """Tell how each writer's posts are judged."""
    yield "| writer not seen | posts | topic | sentiment | kind |"
    yield "|---|---|---|---|---|"
    for writer in sorted({example.writer for example in examples}):
        chosen = [at for at, example in enumerate(examples) if example.writer == writer]
        shares = [
            accuracy(
                [getattr(examples[at], field) for at in chosen],
                [getattr(said[at], field) for at in chosen],
            )
            for field in ("topic", "sentiment", "kind")
        ]
        yield f"| {writer} | {len(chosen)} | {' | '.join(f'{each:.3f}' for each in shares)} |"


def shipped() -> dict[str, Tagger]:
    """Load the model that is shipped, and the rules to compare it with."""
    return {_MODEL: Tagger.load(), "rules alone": Tagger.load(model=None)}


def held_out_writers(taggers: Mapping[str, Tagger]) -> Iterator[str]:
    """Tell how well the shipped model does on the writers that are kept back for good."""
    gold = corpus.read(corpus.HELD_OUT)
    tags = _tagged(gold, taggers)
    yield f"\n{taggers[_MODEL].model} on {len(gold)} posts of the writers held out:\n"
    yield from _compared(gold, tags)
    said = [Said.of(each) for each in tags[_MODEL]]
    yield ""
    yield from phenomena(gold, said)
    yield ""
    yield from by_writer(gold, said)


def others(data: Path, taggers: Mapping[str, Tagger]) -> Iterator[str]:
    """Tell how well the shipped model does on posts and corpora of others."""
    yield ""
    yield from _labelled(data / _LABELLED, taggers)
    yield ""
    yield from _tweets(data, taggers)
    yield ""
    nlp = pipeline.load()
    for file in (names.TEST, names.MORE_TEST):
        whole, kinds = names.score(nlp, data / "ner" / file)
        told = ", ".join(f"{kind} {each:.3f}" for kind, each in sorted(kinds.items()))
        yield f"names, {file}: F1 {whole:.3f} ({told})"


def _tagged(gold: Sequence[Example], taggers: Mapping[str, Tagger]) -> dict[str, list[Tags]]:
    texts = [Text(each.text, each.author_role) for each in gold]
    return {name: tagger.tag_all(texts) for name, tagger in taggers.items()}


def _compared(gold: Sequence[Example], tags: Mapping[str, Sequence[Tags]]) -> Iterator[str]:
    yield from table(gold, {name: [Said.of(each) for each in said] for name, said in tags.items()})
    yield ""
    yield places(gold, tags[_MODEL])


def _labelled(file: Path, taggers: Mapping[str, Tagger]) -> Iterator[str]:
    rows = [orjson.loads(line) for line in file.read_bytes().splitlines() if line.strip()]
    gold = [
        Example.model_construct(**(row | {"places": [corpus.Named(**p) for p in row["places"]]}))
        for row in rows
    ]
    tags = _tagged(gold, taggers)
    yield f"{len(gold)} posts of {file.name}:\n"
    yield from _compared(gold, tags)
    right = accuracy([row["lang"] for row in rows], [each.lang for each in tags[_MODEL]])
    yield f"language: accuracy {right:.3f}"


def _tweets(data: Path, taggers: Mapping[str, Tagger]) -> Iterator[str]:
    with (data / _TWEETS).open(encoding="utf-8", newline="") as file:
        rows = [(row["text"], _LABELS[row["label"]]) for row in csv.DictReader(file)]
    gold = [label for _, label in rows]
    said = {
        name: [tags.sentiment.label for tags in tagger.tag_all(Text(text) for text, _ in rows)]
        for name, tagger in taggers.items()
    } | {"AFINN": [lexicons.afinn(data / "lexicon", text) for text, _ in rows]}
    yield f"{len(rows):,} tweets and comments:\n"
    yield f"| sentiment | {' | '.join(said)} |"
    yield f"|---|{'---|' * len(said)}"
    for name, measure in (("accuracy", accuracy), ("macro F1", macro_f1)):
        yield f"| {name} | {' | '.join(f'{measure(gold, each):.3f}' for each in said.values())} |"


def main() -> None:
    """Evaluate, and print Markdown."""
    parser = argparse.ArgumentParser(
        prog="training.evaluate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--posts", type=Path, default=corpus.FOLDER, help="labelled posts' folder")
    parser.add_argument("--data", type=Path, help="folder of others' posts and corpora")
    asked = parser.parse_args()
    try:
        for line in own_posts(asked.posts):
            print(line)
        taggers = shipped()
        for line in held_out_writers(taggers):
            print(line)
        if asked.data:
            for line in others(asked.data, taggers):
                print(line)
    except LyhordError as problem:
        parser.exit(2, f"{problem}\n")


if __name__ == "__main__":
    main()
