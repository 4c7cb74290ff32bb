"""The pipeline's components but for what is learned: each fills its fields of a reading."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from spacy.language import Language
from spacy.tokens import Doc

from lyhord.model import Place
from lyhord.privacy import masking
from services.enrich.nlp import fingerprints, language
from services.enrich.nlp.kinds import Kinds
from services.enrich.nlp.places import Places
from services.enrich.nlp.reading import Ruled, reading_of
from services.enrich.nlp.sentiment import Attitude
from services.enrich.nlp.tokenizer import Tokenizer
from services.enrich.nlp.topics import Topics, named
from services.enrich.nlp.words import Vocabulary, Word, searchable


@Language.component("lyhord_language")
def detect_language(doc: Doc) -> Doc:
    """Tell the language."""
    reading = reading_of(doc)
    reading.lang = language.detect(reading.text)
    return doc


@Language.component("lyhord_personal_data")
def find_personal_data(doc: Doc) -> Doc:
    """Find what the door should have masked."""
    reading = reading_of(doc)
    reading.personal = masking.find(reading.text, own_contacts=reading.role == "municipality")
    return doc


@Language.component("lyhord_lemmas")
def make_search_text(doc: Doc) -> Doc:
    """Make the search text: base forms and compound parts."""
    reading = reading_of(doc)
    reading.lemmas = searchable(reading.words)
    return doc


@Language.component("lyhord_fingerprint")
def take_fingerprint(doc: Doc) -> Doc:
    """Take the fingerprint that near-duplicates are known by."""
    reading = reading_of(doc)
    reading.fingerprint = fingerprints.fingerprint(reading.words)
    return doc


@Language.factory("lyhord_places")
class PlaceFinder:
    """Finds places, and resolves them to municipality and coordinates."""

    def __init__(self, nlp: Language, name: str) -> None:
        self.name = name
        self._places = Places.load(vocabulary_of(nlp))

    def __call__(self, doc: Doc) -> Doc:
        """Find one text's."""
        reading = reading_of(doc)
        reading.places = self._places.find(
            reading.text, reading.words, municipality=reading.municipality
        )
        return doc


@Language.factory("lyhord_rules", default_config={"topics_file": None})
class Rules:
    """Weighs the lexicons' words and turns of phrase: the models look at what these say.

    Without models, what the rules say is what is said.
    """

    def __init__(self, nlp: Language, name: str, topics_file: str | None) -> None:
        self.name = name
        vocabulary = vocabulary_of(nlp)
        self._topics = Topics.load(vocabulary, Path(topics_file) if topics_file else None)
        self._attitude = Attitude.load(vocabulary)
        self._kinds = Kinds.load(vocabulary)

    def __call__(self, doc: Doc) -> Doc:
        """Weigh one text."""
        reading = reading_of(doc)
        weights = self._topics.weigh(_outside(reading.words, reading.places))
        found = named(weights)
        feeling = self._attitude.weigh(reading.words)
        verdict = self._kinds.judge(
            reading.words,
            role=reading.role,
            feeling=feeling,
            topic=found[0].label,
            placed=bool(reading.places),
        )
        reading.ruled = Ruled(weights, found, feeling, verdict)
        return doc


def vocabulary_of(nlp: Language) -> Vocabulary:
    """Give the words that all of a pipeline's components share."""
    return cast("Tokenizer", nlp.tokenizer).vocabulary


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
