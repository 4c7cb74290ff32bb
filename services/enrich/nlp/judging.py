"""The components that judge a text as a whole: what it asks, what it is about, its attitude."""

import math
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from lyhord.model import Sentiment, SentimentLabel
from services.enrich.nlp import decisions
from services.enrich.nlp.components import vocabulary_of
from services.enrich.nlp.kinds import COLOURED
from services.enrich.nlp.linear import Linear, Table
from services.enrich.nlp.reading import Reading, reading_of

_WEIGHTS = "weights.npz"
_HEAVY = 3.0
"""What a topic weighs by one clear word."""
_SURE = 0.5
"""The value of what a rule says yes to, among scores of 0 to 1."""


@Language.factory("lyhord_models")
class Models:
    """Tells how likely each label is, by linear models of words and of what the rules say.

    Without weights it tells nothing, and what the rules say is what is said.
    """

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self._vocabulary = vocabulary_of(nlp)
        self._table: Table | None = None
        self._linear: Linear | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Look at one text."""
        if self._linear is not None:
            reading = reading_of(doc)
            reading.likely = self._linear.judge(
                reading.text, reading.words, reading.role, figures(reading)
            )
        return doc

    def use(self, table: Table) -> None:
        """Judge by these weights."""
        self._table = table
        self._linear = Linear(self._vocabulary, table)

    def to_disk(self, path: Path, **_: Any) -> None:
        """Write the weights into a folder."""
        if self._table is not None:
            self._table.save(Path(path) / _WEIGHTS)

    def from_disk(self, path: Path, **_: Any) -> "Models":
        """Read the weights from a folder."""
        self.use(Table.load(Path(path) / _WEIGHTS))
        return self


@Language.component("lyhord_kinds")
def decide_kind(doc: Doc) -> Doc:
    """Decide on kind, need for an answer, and stance."""
    reading = reading_of(doc)
    likely = reading.likely
    if likely:
        reading.kind, reading.needs_answer = decisions.asked(
            likely["kind"], likely["needs_answer"], reading.role
        )
        reading.stance = decisions.stance(likely["stance"])
    elif reading.ruled:
        verdict = reading.ruled.verdict
        reading.kind, reading.needs_answer = verdict.kind, verdict.needs_answer
        reading.stance = verdict.stance
    return doc


@Language.component("lyhord_topics")
def decide_topics(doc: Doc) -> Doc:
    """Decide on the topics."""
    reading = reading_of(doc)
    ruled = reading.ruled.topics if reading.ruled else ()
    if reading.likely:
        reading.topics = decisions.topics(reading.likely["topic"], ruled)
    elif ruled:
        reading.topics = ruled
    return doc


@Language.component("lyhord_sentiment")
def decide_sentiment(doc: Doc) -> Doc:
    """Decide on the attitude."""
    reading = reading_of(doc)
    if reading.likely:
        reading.sentiment = decisions.sentiment(reading.likely["sentiment"])
    elif reading.ruled:
        score = reading.ruled.verdict.score
        reading.sentiment = Sentiment(label=_label(score), score=score)
    return doc


def figures(reading: Reading) -> dict[str, float]:
    """Give what the rules say as figures that the models weigh."""
    if reading.ruled is None:
        return {}
    weights, found, feeling, verdict = reading.ruled
    told = {f"topic={topic.label}": topic.score for topic in found}
    told |= {f"about={label}": math.tanh(weight / _HEAVY) for label, weight in weights.items()}
    told |= {f"cue={cue}": _SURE for cue in verdict.cues}
    return told | {
        f"sentiment={_label(verdict.score)}": _SURE,
        f"kind={verdict.kind}": _SURE,
        f"needs_answer={verdict.needs_answer}": _SURE,
        f"stance={verdict.stance}": _SURE,
        "score": verdict.score,
        "feeling": feeling.score,
        "ironic": _SURE * feeling.ironic,
        "placed": _SURE * bool(reading.places),
    }


def _label(score: float) -> SentimentLabel:
    if score <= -COLOURED:
        return "negative"
    return "positive" if score >= COLOURED else "neutral"
