"""The component that finds names of persons, organisations and other things, where one can be."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from spacy.language import Language
from spacy.pipeline import EntityRecognizer
from spacy.pipeline.ner import DEFAULT_NER_MODEL
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import minibatch
from thinc.api import Model

from lyhord.model import Entity
from lyhord.swedish.lexicon import levels
from services.enrich.nlp.components import vocabulary_of
from services.enrich.nlp.reading import Reading, reading_of
from services.enrich.nlp.words import Term, Word

_PLACE = "LOC"
"""What the recogniser calls a place; places are found by `places.py`."""
_MOST_WORDS = 2_000
"""A text of more words is no post; looking for names in it would take seconds."""
_SHORTEST_CRY = 4
"""A common word of so many letters or more, all of them capitals, is no abbreviation."""


class NameFinder(EntityRecognizer):  # type: ignore[misc]  # the library ships no types
    """spaCy's recogniser of names, asked about those texts only that may hold one.

    Capitals that open a sentence with a word of the dictionary, and those of places, say nothing.
    """

    note: int

    def __call__(self, doc: Doc) -> Doc:
        """Find the names of one text."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Find the names of many texts."""
        for batch in minibatch(stream, batch_size):
            documents = list(batch)
            telling = {id(doc): marks for doc in documents if (marks := self._telling(doc))}
            chosen = [doc for doc in documents if id(doc) in telling]
            for doc in super().pipe(iter(chosen), batch_size=batch_size):
                reading = reading_of(doc)
                reading.entities = _entities(doc, reading, telling[id(doc)])
            yield from documents

    def _telling(self, doc: Doc) -> list[Word]:
        """Give the words that may be a part of a name."""
        reading = reading_of(doc)
        if len(reading.words) > _MOST_WORDS or reading.text.isupper():
            return []
        found = []
        sentence = -1
        for word in reading.words:
            opens, sentence = word.sentence != sentence, word.sentence
            named = word.term.notes[self.note]
            if named and (named == _UNKNOWN or not opens):
                found.append(word)
        if not found:
            return found
        taken = [(place.start, place.end) for place in reading.places]
        return [
            word
            for word in found
            if not any(start < word.end and word.start < end for start, end in taken)
        ]


_KNOWN, _UNKNOWN = 1, 2
"""A capitalised word that the dictionary has without its capital, and one that it has not."""


def _mark(term: Term) -> int | None:
    if term.kind != "word" or not term.capital:
        return None
    if levels(term.form) is None:
        return _UNKNOWN
    return _KNOWN


@Language.factory(
    "lyhord_names",
    default_config={
        "model": DEFAULT_NER_MODEL,
        "scorer": {"@scorers": "spacy.ner_scorer.v1"},
    },
)
def create(
    nlp: Language,
    name: str,
    model: Model[Any, Any],
    scorer: Callable[[Iterable[Example]], dict[str, Any]] | None,
) -> NameFinder:
    """Have spaCy's config name the component."""
    finder = NameFinder(nlp.vocab, model, name=name, scorer=scorer)
    finder.note = vocabulary_of(nlp).note(_mark)
    return finder


def _entities(doc: Doc, reading: Reading, telling: list[Word]) -> tuple[Entity, ...]:
    """Give the names found that have a telling word in them, and are no place's."""
    return tuple(
        Entity(
            text=found.text,
            kind=found.label_,
            start=found.start_char,
            end=found.end_char,
        )
        for found in doc.ents
        if found.label_ != _PLACE
        and any(found.start_char <= word.start < found.end_char for word in telling)
        and not any(
            place.start < found.end_char and found.start_char < place.end
            for place in reading.places
        )
    )
