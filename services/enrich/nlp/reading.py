"""What is known of one text: carried by its spaCy document from component to component."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from spacy.tokens import Doc

from lyhord.model import AuthorRole, Entity, Kind, Label, Place, Sentiment, Stance
from lyhord.privacy.masking import Span
from services.enrich.nlp.kinds import Verdict
from services.enrich.nlp.language import DEFAULT
from services.enrich.nlp.linear import Likelihoods
from services.enrich.nlp.sentiment import Feeling
from services.enrich.nlp.topics import OTHER
from services.enrich.nlp.words import Word

_KEY = "reading"
_NEUTRAL = Sentiment(label="neutral", score=0.0)
_NOTHING = (Label(label=OTHER, score=1.0),)


class Ruled(NamedTuple):
    """What the rules make of a text; ``weights`` speak for topics, also for those not named."""

    weights: Mapping[str, float]
    topics: tuple[Label, ...]
    feeling: Feeling
    verdict: Verdict


@dataclass(slots=True)
class Reading:
    """A text, who wrote it, and what the components have said of it so far.

    ``role`` is citizen or municipality, ``municipality`` the page's own (SCB code). The rest has
    the values of `Tags`, and those of a text without content until their component has run.
    """

    text: str
    words: Sequence[Word]
    role: AuthorRole = "citizen"
    municipality: str | None = None
    lang: str = DEFAULT
    personal: Sequence[Span] = ()
    lemmas: str = ""
    places: tuple[Place, ...] = ()
    entities: tuple[Entity, ...] = ()
    ruled: Ruled | None = None
    likely: Mapping[str, Likelihoods] = field(default_factory=dict)
    kind: Kind = "other"
    needs_answer: bool = False
    stance: Stance = "none"
    topics: tuple[Label, ...] = _NOTHING
    sentiment: Sentiment = _NEUTRAL
    fingerprint: str = "0" * 16


def attach(doc: Doc, reading: Reading) -> Doc:
    """Have a document carry a reading."""
    doc.user_data[_KEY] = reading
    return doc


def reading_of(doc: Doc) -> Reading:
    """Give the reading that a document carries."""
    found: Reading = doc.user_data[_KEY]
    return found
