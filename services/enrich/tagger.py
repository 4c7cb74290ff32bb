"""The tagger: a post's text in, everything that is said of it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from lyhord.model import AuthorRole, Label, Place, Sentiment, SentimentLabel, Tags
from services.enrich.nlp import topics
from services.enrich.nlp.decisions import Judgement, decide
from services.enrich.nlp.features import Features
from services.enrich.nlp.fingerprints import fingerprint
from services.enrich.nlp.kinds import COLOURED, Kinds, Verdict
from services.enrich.nlp.language import detect
from services.enrich.nlp.linear import Linear, Table
from services.enrich.nlp.places import Places
from services.enrich.nlp.sentiment import Attitude, Feeling
from services.enrich.nlp.topics import Topics
from services.enrich.nlp.words import Vocabulary, Word, searchable

VERSION = "lexikon-1"
_SURE = 0.5
"""The value of what a rule says yes to, among scores of 0 to 1."""


class _Found(NamedTuple):
    """What the rules find in a text, and what they make of it."""

    words: list[Word]
    places: tuple[Place, ...]
    topics: tuple[Label, ...]
    feeling: Feeling
    verdict: Verdict


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """Words, rules and lexicons, loaded once for a process; it keeps words, but no posts.

    Where there are models, they judge, and what the rules found is part of what they judge by.
    """

    _vocabulary: Vocabulary
    _topics: Topics
    _attitude: Attitude
    _kinds: Kinds
    _places: Places
    _models: Linear | None
    model: str

    @classmethod
    def load(cls, *, topics_file: Path | None = None, weights: Path | None = None) -> "Tagger":
        """Read the data files, and a municipality's own topics where it has any.

        Args:
            topics_file: a municipality's own topics.
            weights: of models that judge what the rules found (`make train`); without them the
                rules judge.

        Raises:
            Misuse: `topics_file` cannot be read as topics.

        """
        vocabulary = Vocabulary()
        return cls(
            vocabulary,
            Topics.load(vocabulary, topics_file),
            Attitude.load(vocabulary),
            Kinds.load(vocabulary),
            Places.load(vocabulary),
            Linear(vocabulary, Table.load(weights)) if weights else None,
            model_name(topics_file, weights),
        )

    def tag(
        self, text: str, *, author_role: AuthorRole = "unknown", municipality: str | None = None
    ) -> Tags:
        """Tag one text, as masked; any string will do, and nothing is raised.

        Places' offsets count characters of `text`; `municipality` is the post's own (SCB code).
        """
        role = _writer(author_role)
        found = self._look(text, role, municipality)
        judged = self._judged(text, found, role)
        return Tags(
            lang=detect(text),
            topic=judged.topics[0].label,
            topics=judged.topics,
            sentiment=judged.sentiment,
            kind=judged.kind,
            needs_answer=judged.needs_answer,
            stance=judged.stance,
            places=found.places,
            lemmas=searchable(found.words),
            fingerprint=fingerprint(found.words),
            model=self.model,
        )

    def features(self, text: str, *, author_role: AuthorRole) -> Features:
        """Give what the models look at in a text."""
        role = _writer(author_role)
        found = self._look(text, role, None)
        return Features.of(text, found.words, role, _figures(found))

    def _look(self, text: str, role: AuthorRole, municipality: str | None) -> _Found:
        words = self._vocabulary.read(text)
        places = self._places.find(text, words, municipality=municipality)
        topic, topics = self._topics.find(_outside(words, places))
        feeling = self._attitude.weigh(words)
        verdict = self._kinds.judge(
            words, role=role, feeling=feeling, topic=topic, placed=bool(places)
        )
        return _Found(words, places, topics, feeling, verdict)

    def _judged(self, text: str, found: _Found, role: AuthorRole) -> Judgement:
        if self._models is None:
            return _ruled(found)
        likely = self._models.judge(text, found.words, role, _figures(found))
        return decide(likely, role, ruled=found.topics)


def _ruled(found: _Found) -> Judgement:
    verdict = found.verdict
    sentiment = Sentiment(label=_label(verdict.score), score=verdict.score)
    return Judgement(found.topics, sentiment, verdict.kind, verdict.needs_answer, verdict.stance)


def _figures(found: _Found) -> dict[str, float]:
    """Give what the rules say as figures that the models weigh."""
    verdict = found.verdict
    return {f"topic={topic.label}": topic.score for topic in found.topics} | {
        f"sentiment={_label(verdict.score)}": _SURE,
        f"kind={verdict.kind}": _SURE,
        f"needs_answer={verdict.needs_answer}": _SURE,
        f"stance={verdict.stance}": _SURE,
        "score": verdict.score,
        "feeling": found.feeling.score,
        "ironic": _SURE * found.feeling.ironic,
        "placed": _SURE * bool(found.places),
    }


def _writer(role: AuthorRole) -> AuthorRole:
    """Take a writer of whom nothing is known for a citizen."""
    return "municipality" if role == "municipality" else "citizen"


def _outside(words: Sequence[Word], places: Sequence[Place]) -> Sequence[Word]:
    """Leave out names that tell nothing of the matter: a street's, not a school's."""
    mute = [each for each in places if each.kind != "poi"]
    if not mute:
        return words
    starts = {place.start for place in mute}
    ends = {place.end for place in mute}
    kept, inside = [], False
    for word in words:
        inside = inside or word.start in starts
        if not inside:
            kept.append(word)
        inside = inside and word.end not in ends
    return kept


def _label(score: float) -> SentimentLabel:
    if score <= -COLOURED:
        return "negative"
    return "positive" if score >= COLOURED else "neutral"


def model_name(topics_file: Path | None, weights: Path | None = None) -> str:
    """Name the version that a tagger loaded now has: an edited data file is another model."""
    digest = blake2b(digest_size=4)
    files = sorted(topics.FILE.parent.iterdir())
    for file in [*files, *filter(None, (topics_file, weights))]:
        digest.update(file.read_bytes())
    return f"{VERSION}-{digest.hexdigest()}"
