"""Tells how well the models do on posts that they have not seen, beside the rules alone.

`python -m training.evaluate` (`make evaluate`) judges each writer's posts by models trained on
the other writers, and each batch's by models trained on other batches.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from benchmarks.import_posts import machine
from lyhord.errors import LyhordError
from lyhord.model import Tags
from services.enrich.nlp.decisions import Judgement, decide
from services.enrich.nlp.linear import Likelihoods
from services.enrich.tagger import Tagger
from training import corpus
from training.corpus import Example
from training.fitting import HEADS, fifths, held_out, labels_of, rows_of, warmth
from training.scoring import accuracy, by_label, calibration_error, macro_f1, set_f1

FIELDS = ("topic", "sentiment", "kind", "needs_answer", "stance")
_ADVERSARIAL = frozenset({"sarcasm", "negation", "no_sentiment_word"})
_PHENOMENA = (
    *("sarcasm", "negation", "no_sentiment_word", "neutral_statement", "two_topics", "near_miss"),
    *("compound", "second_language", "dialect", "typos", "one_word", "long"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of one post, in the labels' form."""

    topic: str
    topics: Sequence[str]
    sentiment: str
    kind: str
    needs_answer: bool
    stance: str
    sure: float = 1.0
    """How likely the sentiment is said to be."""


def by_models(examples: Sequence[Example], rows: csr_matrix, groups: Sequence[str]) -> list[Said]:
    """Judge each post, by its row of features, by models that have not seen its group."""
    likely: dict[str, list[Likelihoods]] = {}
    for head, freedom in HEADS.items():
        labels = labels_of(examples, head)
        sums, known = held_out(rows, labels, groups, freedom)
        scaled = sums / warmth(labels, sums, known)
        raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        shares = raised / raised.sum(axis=1, keepdims=True)
        likely[head] = [dict(zip(known, map(float, each), strict=True)) for each in shares]
    said = []
    for at, example in enumerate(examples):
        each = {head: found[at] for head, found in likely.items()}
        judged = decide(each, example.author_role)
        said.append(_said(judged, each["sentiment"][judged.sentiment.label]))
    return said


def _said(judged: Judgement | Tags, sure: float = 1.0) -> Said:
    topics = [label.label for label in judged.topics]
    return Said(
        topic=topics[0],
        topics=topics,
        sentiment=judged.sentiment.label,
        kind=judged.kind,
        needs_answer=judged.needs_answer,
        stance=judged.stance,
        sure=sure,
    )


def table(examples: Sequence[Example], ways: Mapping[str, Sequence[Said]]) -> list[str]:
    """Give a Markdown table: a row a figure, a column a way of judging."""
    measures: dict[str, Callable[[Sequence[Any], Sequence[Said]], float]] = {}
    for field in FIELDS:
        measures[f"{field}, accuracy"] = _over(field, accuracy)
        measures[f"{field}, macro F1"] = _over(field, macro_f1)
    measures["needs_answer, F1"] = _over(
        "needs_answer", lambda gold, said: by_label(gold, said).get(True, 1.0)
    )
    measures["all topics, F1"] = _over("topics", set_f1)
    measures["negative taken for positive or back"] = _confused
    measures["sentiment's likelihood is off by"] = lambda gold, said: calibration_error(
        [each.sure for each in said],
        [one.sentiment == other.sentiment for one, other in zip(gold, said, strict=True)],
    )
    lines = [f"| | {' | '.join(ways)} |", f"|---|{'---|' * len(ways)}"]
    for name, measure in measures.items():
        figures = [f"{measure(examples, said):.3f}" for said in ways.values()]
        lines.append(f"| {name} | {' | '.join(figures)} |")
    return lines


def phenomena(examples: Sequence[Example], said: Sequence[Said]) -> list[str]:
    """Give a Markdown table of sentiment and topic where a text is hard."""
    lines = ["| | posts | sentiment, accuracy | topic, accuracy |", "|---|---|---|---|"]
    for tag in _PHENOMENA:
        chosen = [at for at, example in enumerate(examples) if tag in example.tags]
        if chosen:
            gold, found = [examples[at] for at in chosen], [said[at] for at in chosen]
            figures = [_over(field, accuracy)(gold, found) for field in ("sentiment", "topic")]
            lines.append(f"| {tag} | {len(chosen)} | {figures[0]:.3f} | {figures[1]:.3f} |")
    chosen = [at for at, example in enumerate(examples) if _ADVERSARIAL & {*example.tags}]
    if chosen:
        figure = _over("sentiment", macro_f1)(
            [examples[at] for at in chosen], [said[at] for at in chosen]
        )
        lines.append(
            f"| sarcasm, negation or no sentiment word | {len(chosen)} | macro F1 {figure:.3f} | |"
        )
    return lines


def places(examples: Sequence[Example], tags: Sequence[Tags]) -> str:
    """Tell how well places are found, by their exact spans."""
    gold = [{(each.start, each.end) for each in example.places} for example in examples]
    said = [{(each.start, each.end) for each in found.places} for found in tags]
    return f"places, exact spans: F1 {set_f1(gold, said):.3f}"


def labels(examples: Sequence[Example], said: Sequence[Said]) -> str:
    """Tell each label's F1."""
    lines = []
    for field in FIELDS:
        gold, found = (
            [getattr(each, field) for each in examples],
            [getattr(each, field) for each in said],
        )
        scores = ", ".join(f"{label} {score:.2f}" for label, score in by_label(gold, found).items())
        lines.append(f"- {field}: {scores}")
    return "\n".join(lines)


def _over(
    field: str, measure: Callable[[Sequence[Any], Sequence[Any]], float]
) -> Callable[[Sequence[Any], Sequence[Said]], float]:
    return lambda gold, said: measure(
        [getattr(each, field) for each in gold], [getattr(each, field) for each in said]
    )


def _confused(gold: Sequence[Any], said: Sequence[Said]) -> float:
    return sum(
        {one.sentiment, other.sentiment} == {"negative", "positive"}
        for one, other in zip(gold, said, strict=True)
    ) / len(gold)


def main() -> None:
    """Evaluate, and print Markdown."""
    parser = argparse.ArgumentParser(
        prog="training.evaluate", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--posts", type=Path, default=corpus.FOLDER, help="labelled posts' folder")
    asked = parser.parse_args()
    try:
        examples = corpus.read(asked.posts)
    except LyhordError as problem:
        parser.exit(2, f"{problem}\n")
    writers = [example.writer for example in examples]
    print(f"{machine()}; {len(examples):,} posts by {len({*writers})} writers\n")
    tagger = Tagger.load()
    tags = [tagger.tag(each.text, author_role=each.author_role) for each in examples]
    rows = rows_of(examples, tagger)
    unseen_writer = by_models(examples, rows, writers)
    ways = {
        "rules alone": [_said(each) for each in tags],
        "writer not seen": unseen_writer,
        "batch not seen": by_models(examples, rows, fifths(examples)),
    }
    print("\n".join(table(examples, ways)), "\n")
    print("\n".join(phenomena(examples, unseen_writer)), "\n")
    print(labels(examples, unseen_writer), "\n")
    print(places(examples, tags))


if __name__ == "__main__":
    main()
