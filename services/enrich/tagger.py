"""The tagger: a post's text in, everything that is said of it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from lyhord.model import AuthorRole, Place, Sentiment, SentimentLabel, Tags
from services.enrich import topics
from services.enrich.fingerprints import fingerprint
from services.enrich.kinds import COLOURED, Kinds
from services.enrich.language import detect
from services.enrich.places import Places
from services.enrich.sentiment import Attitude
from services.enrich.topics import Topics
from services.enrich.words import Vocabulary, Word, searchable

VERSION = "lexikon-1"


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """Words, rules and lexicons, loaded once for a process; it keeps words, but no posts."""

    _vocabulary: Vocabulary
    _topics: Topics
    _attitude: Attitude
    _kinds: Kinds
    _places: Places
    model: str

    @classmethod
    def load(cls, *, topics_file: Path | None = None) -> "Tagger":
        """Read the data files, and a municipality's own topics where it has any.

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
            model_name(topics_file),
        )

    def tag(
        self, text: str, *, author_role: AuthorRole = "unknown", municipality: str | None = None
    ) -> Tags:
        """Tag one text, as masked; any string will do, and nothing is raised.

        Places' offsets count characters of `text`; `municipality` is the post's own (SCB code).
        """
        words = self._vocabulary.read(text)
        found = self._places.find(text, words, municipality=municipality)
        topic, labels = self._topics.find(_outside(words, found))
        verdict = self._kinds.judge(
            words,
            role=author_role,
            feeling=self._attitude.weigh(words),
            topic=topic,
            placed=bool(found),
        )
        return Tags(
            lang=detect(text),
            topic=topic,
            topics=labels,
            sentiment=Sentiment(label=_label(verdict.score), score=verdict.score),
            kind=verdict.kind,
            needs_answer=verdict.needs_answer,
            stance=verdict.stance,
            places=found,
            lemmas=searchable(words),
            fingerprint=fingerprint(words),
            model=self.model,
        )


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


def model_name(topics_file: Path | None) -> str:
    """Name the version that a tagger loaded now has: an edited data file is another model."""
    digest = blake2b(digest_size=4)
    files = sorted(topics.FILE.parent.iterdir())
    for file in [*files, *([topics_file] if topics_file else [])]:
        digest.update(file.read_bytes())
    return f"{VERSION}-{digest.hexdigest()}"
