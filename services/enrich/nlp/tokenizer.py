"""A text as spaCy sees it: `lyhord.swedish`'s words, and what stands between them."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from services.enrich.nlp.reading import Reading, attach
from services.enrich.nlp.words import Vocabulary, Word

_BETWEEN = re.compile(r"(?:(\S)|(\s+))( ?)")
# UTF-8, in which spaCy keeps its strings, has no halves of pairs.
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


class Tokenizer:
    """Makes documents whose tokens are words, single marks, and white space.

    The search text, the lexicons and the models look at the same words; only the recogniser of
    names looks at the tokens.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self.vocabulary = Vocabulary()

    def __call__(self, text: str) -> Doc:
        """Cut a text, and attach its `Reading`."""
        words = self.vocabulary.read(text)
        tokens, spaces = _tokens(text, words)
        try:
            doc = Doc(self.vocab, words=tokens, spaces=spaces)
        except UnicodeEncodeError:
            whole = [token.translate(_HALVES) for token in tokens]
            doc = Doc(self.vocab, words=whole, spaces=spaces)
        return attach(doc, Reading(text, words))

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


def _tokens(text: str, words: Sequence[Word]) -> tuple[list[str], list[bool]]:
    """Give the tokens, and whether a space follows each; joined they are the text."""
    tokens: list[str] = []
    spaces: list[bool] = []

    def between(gap: str) -> None:
        for mark, white, space in _BETWEEN.findall(gap):
            tokens.append(mark or white)
            spaces.append(bool(space))

    between(text[: words[0].start] if words else text)
    for word in words:
        gap = word.gap
        follows = gap[:1] == " "
        tokens.append(text[word.start : word.end])
        spaces.append(follows)
        if gap != " " and gap:
            between(gap[follows:])
    return tokens, spaces
