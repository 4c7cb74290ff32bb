"""The tagger: a post's text in, everything that is said of it out."""

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from spacy.language import Language
from spacy.tokens import Doc

from lyhord.model import AuthorRole, Tags
from services.enrich.nlp import officials, pipeline
from services.enrich.nlp.features import Features
from services.enrich.nlp.judging import figures
from services.enrich.nlp.reading import Reading, reading_of
from services.enrich.nlp.texts import Names, Text
from services.enrich.nlp.versions import MODEL, model_name

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Tagger:
    """The pipeline, loaded once for a process; it keeps words, but no posts."""

    _pipeline: Language
    _masks: bool
    model: str

    @classmethod
    def load(
        cls,
        *,
        topics_file: Path | None = None,
        model: Path | None = MODEL,
        names: Names = "find",
    ) -> "Tagger":
        """Read the model, and a municipality's own topics where it has any.

        Args:
            topics_file: a municipality's own topics.
            model: the folder of a trained model; with None the rules judge, and no names are found.
            names: what to do about names.

        Raises:
            Misuse: `topics_file` cannot be read as topics.

        """
        without = ("names",) if model is None or names == "off" else ()
        if model is None:
            made = pipeline.build(topics_file=topics_file, without=without)
        else:
            made = pipeline.load(model, topics_file=topics_file, without=without)
        return cls(made, names == "mask", model_name(topics_file, model))

    def tag(
        self, text: str, *, author_role: AuthorRole = "unknown", municipality: str | None = None
    ) -> Tags:
        """Tag one text; any string will do, and nothing is raised.

        Places' and names' offsets count characters of `text`.
        """
        return self.tag_all([Text(text, author_role, municipality)])[0]

    def tag_all(self, texts: Iterable[Text]) -> list[Tags]:
        """Tag texts, in order; many at once are quicker than one by one."""
        readings = [reading_of(doc) for doc in self._pipeline.pipe(map(self._made, texts))]
        passed = Counter(span.kind for each in readings for span in each.personal)
        if passed:
            # Never the text: the log is read by more people than the posts are.
            log.warning("personal data passed the door unmasked: %s", dict(passed))
        return [self._tags(each) for each in readings]

    def tag_masked(self, texts: Sequence[Text]) -> list[tuple[str, Tags]]:
        """Tag texts as `tag_all` does; give each also as it is to be kept, with names masked."""
        found = self.tag_all(texts)
        if not self._masks:
            return [(each.text, tags) for each, tags in zip(texts, found, strict=True)]
        kept = [
            each._replace(text=officials.mask(each.text, tags.entities))
            for each, tags in zip(texts, found, strict=True)
        ]
        changed = [at for at, each in enumerate(kept) if each.text != texts[at].text]
        for at, tags in zip(changed, self.tag_all(kept[at] for at in changed), strict=True):
            found[at] = tags
        return [(each.text, tags) for each, tags in zip(kept, found, strict=True)]

    def features(self, text: str, *, author_role: AuthorRole) -> Features:
        """Give what the models look at in a text."""
        reading = reading_of(self._pipeline(self._made(Text(text, author_role))))
        return Features.of(text, reading.words, reading.role, figures(reading))

    def _made(self, text: Text) -> Doc:
        doc: Doc = self._pipeline.tokenizer(text.text)
        reading = reading_of(doc)
        # A writer of whom nothing is known counts as a citizen.
        reading.role = "municipality" if text.author_role == "municipality" else "citizen"
        reading.municipality = text.municipality
        return doc

    def _tags(self, reading: Reading) -> Tags:
        return Tags(
            lang=reading.lang,
            topic=reading.topics[0].label,
            topics=reading.topics,
            sentiment=reading.sentiment,
            kind=reading.kind,
            needs_answer=reading.needs_answer,
            stance=reading.stance,
            places=reading.places,
            entities=reading.entities,
            lemmas=reading.lemmas,
            fingerprint=reading.fingerprint,
            model=self.model,
        )
