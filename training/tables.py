"""Tables of how well labels are found: over all posts, where a text is hard, and label by label."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lyhord.model import Tags
from training.corpus import Example
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

    @classmethod
    def of(cls, tags: Tags) -> "Said":
        """Take what the tagger says."""
        return cls(
            topic=tags.topic,
            topics=[label.label for label in tags.topics],
            sentiment=tags.sentiment.label,
            kind=tags.kind,
            needs_answer=tags.needs_answer,
            stance=tags.stance,
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


def calibration(examples: Sequence[Example], said: Sequence[Said]) -> list[str]:
    """Tell how often a sentiment is right by how likely it is said to be, in Markdown."""
    hits = [one.sentiment == other.sentiment for one, other in zip(examples, said, strict=True)]
    error = calibration_error([each.sure for each in said], hits)
    lines = [f"Expected calibration error of the sentiment: {error:.3f}", ""]
    lines += ["| sentiment said to be likely | posts | right |", "|---|---|---|"]
    for low in range(3, 10):
        chosen = [at for at, each in enumerate(said) if min(int(10 * each.sure), 9) == low]
        if chosen:
            share = sum(hits[at] for at in chosen) / len(chosen)
            lines.append(f"| {low / 10:.1f}–{(low + 1) / 10:.1f} | {len(chosen)} | {share:.3f} |")
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
