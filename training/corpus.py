"""The project's own labelled posts: read, and checked line by line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from lyhord.errors import Misuse
from lyhord.labels import TOPICS
from lyhord.model import Kind, SentimentLabel, Stance
from services.enrich.nlp.gazetteer import PlaceKind
from services.enrich.nlp.kinds import ASKING

FOLDER = Path(__file__).parent / "posts"
HELD_OUT = Path(__file__).parent / "held_out"
"""Posts of two writers that nothing was trained on or chosen by: to try a model on."""

Phenomenon = Literal[
    "sarcasm",
    "negation",
    "no_sentiment_word",
    "neutral_statement",
    "two_topics",
    "near_miss",
    "compound",
    "typos",
    "no_punctuation",
    "second_language",
    "dialect",
    "emoji",
    "hashtag",
    "one_word",
    "long",
    "officialese",
    "ironic",
    "angry",
    "dry",
    "other_language",
    "rhetorical",
    "context_free",
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Named(_Strict):
    """A place that a text names; ``start`` and ``end`` count characters of the text."""

    text: str
    kind: PlaceKind
    start: int
    end: int


class Example(_Strict):
    """One labelled post; ``writer`` and ``batch`` tell whose brief it was written to."""

    id: str
    writer: str
    batch: str
    text: str
    author_role: Literal["citizen", "municipality"]
    topic: str
    topics: list[str]
    sentiment: SentimentLabel
    stance: Stance
    kind: Kind
    needs_answer: bool
    places: list[Named]
    tags: list[Phenomenon]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.topics or self.topics[0] != self.topic or not TOPICS.keys() >= {*self.topics}:
            raise ValueError("topics are known ones, the main one first")
        if self.needs_answer and (self.author_role == "municipality" or self.kind not in ASKING):
            raise ValueError(f"a {self.author_role}'s {self.kind} needs no answer")
        for place in self.places:
            if self.text[place.start : place.end] != place.text:
                raise ValueError(f"{place.text!r} does not stand at {place.start}")
        return self


def read(folder: Path = FOLDER) -> Sequence[Example]:
    """Read the examples of a folder's `*.jsonl`, in the files' and lines' order.

    Raises:
        Misuse: a line is no example; file, line and field are named. Or there is none.

    """
    examples = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_bytes().splitlines(), 1):
            try:
                examples.append(Example.model_validate_json(line))
            except ValidationError as error:
                found = error.errors()[0]
                field = ".".join(map(str, found["loc"]))
                raise Misuse(f"{file}:{number}: {field}: {found['msg']}") from None
    if not examples:
        raise Misuse(f"{folder} has no labelled posts")
    return examples
