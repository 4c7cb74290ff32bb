"""The component that finds names of persons, organisations and other things, where one can be."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby
from typing import Any, NamedTuple

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
from services.enrich.nlp.tokens import tokenised
from services.enrich.nlp.words import Term, Word

_PLACE = "LOC"
"""What the recogniser calls a place; places are found by `places.py`."""
_MOST_WORDS = 2_000
"""A text of more words is no post; looking for names in it would take seconds."""
_REMEMBERED = 5_000
"""Sentences whose words spaCy keeps; a word met again costs less."""
_KNOWN, _UNKNOWN = 1, 2
"""A capitalised word that the dictionary has without its capital, and one that it has not."""


class _Sentence(NamedTuple):
    """A sentence of a text, and those of its words that may be a part of a name."""

    text: Reading
    words: Sequence[Word]
    telling: Sequence[Word]

    def entities(self, doc: Doc) -> tuple[Entity, ...]:
        """Give the names that were found, if a telling word is in them and they are no place's."""
        shift = self.words[0].start
        return tuple(
            Entity(text=found.text, kind=found.label_, start=start, end=end)
            for found in doc.ents
            for start, end in [(found.start_char + shift, found.end_char + shift)]
            if found.label_ != _PLACE
            and any(start <= word.start < end for word in self.telling)
            and not any(place.start < end and start < place.end for place in self.text.places)
        )


class NameFinder(EntityRecognizer):  # type: ignore[misc]  # the library ships no types
    """spaCy's recogniser of names, asked about those sentences only that may hold one.

    Capitals that open a sentence with a word of the dictionary, and those of places, say nothing.
    """

    note: int
    _looked_at = 0
    _zone: AbstractContextManager[object] | None = None

    def __call__(self, doc: Doc) -> Doc:
        """Find the names of one text."""
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        """Find the names of many texts."""
        for batch in minibatch(stream, batch_size):
            documents = list(batch)
            chosen = [each for doc in documents for each in self._sentences(reading_of(doc))]
            self._make_room(len(chosen))
            tokens = (tokenised(self.vocab, each.text.text, each.words) for each in chosen)
            found = super().pipe(tokens, batch_size=batch_size)
            for sentence, doc in zip(chosen, found, strict=True):
                sentence.text.entities += sentence.entities(doc)
            yield from documents

    def _make_room(self, more: int) -> None:
        """Have spaCy forget the words of the last texts, once they are many."""
        self._looked_at += more
        if self._zone is None or self._looked_at > _REMEMBERED:
            if self._zone is not None:
                self._zone.__exit__(None, None, None)
            self._zone = self.vocab.memory_zone()
            self._zone.__enter__()
            self._looked_at = more

    def _sentences(self, reading: Reading) -> Iterator[_Sentence]:
        """Give the sentences that may have a name in them."""
        telling = self._telling(reading)
        if telling:
            for number, words in groupby(reading.words, key=lambda word: word.sentence):
                marks = [word for word in telling if word.sentence == number]
                if marks:
                    yield _Sentence(reading, list(words), marks)

    def _telling(self, reading: Reading) -> list[Word]:
        """Give the words that may be a part of a name."""
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


def _mark(term: Term) -> int | None:
    if term.kind != "word" or not term.capital:
        return None
    return _UNKNOWN if levels(term.form) is None else _KNOWN


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
