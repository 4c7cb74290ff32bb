"""The pipeline's tokenizer: a text becomes words, in a reading that an empty document carries."""

from collections.abc import Callable
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from services.enrich.nlp.reading import Reading, attach
from services.enrich.nlp.words import Vocabulary


class Tokenizer:
    """Cuts texts into the words that search, lexicons and models look at (`lyhord.swedish`).

    The document has no tokens: spaCy's would cost as much as all the rest for words that it meets
    for the first time, and only the recogniser of names needs them; it makes its own.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self.vocabulary = Vocabulary()

    def __call__(self, text: str) -> Doc:
        """Cut a text, and attach its `Reading`."""
        return attach(Doc(self.vocab), Reading(text, self.vocabulary.read(text)))

    def to_bytes(self, **_: Any) -> bytes:
        """Give nothing: what it knows is code."""
        return b""

    def from_bytes(self, _: bytes, **__: Any) -> "Tokenizer":
        """Read nothing."""
        return self

    def to_disk(self, _: Any, **__: Any) -> None:
        """Write nothing."""

    def from_disk(self, _: Any, **__: Any) -> "Tokenizer":
        """Read nothing."""
        return self


@registry.tokenizers("lyhord.Tokenizer.v1")
def create() -> Callable[[Language], Tokenizer]:
    """Have spaCy's config name the tokenizer."""
    return lambda nlp: Tokenizer(nlp.vocab)
