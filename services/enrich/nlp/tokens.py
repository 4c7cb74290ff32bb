"""A text as spaCy's recogniser of names sees it: words, single marks, and white space."""

import re
from collections.abc import Sequence

from spacy.tokens import Doc
from spacy.vocab import Vocab

from services.enrich.nlp.words import Word

_BETWEEN = re.compile(r"(?:(\S)|(\s+))( ?)")
# UTF-8, in which spaCy keeps its strings, has no halves of pairs.
_HALVES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)


def tokenised(vocab: Vocab, text: str, words: Sequence[Word]) -> Doc:
    """Make a document of some of a text's words, one behind the other, and what follows each.

    Its own text is the same, character for character; only halves of surrogate pairs become
    U+FFFD.
    """
    tokens: list[str] = []
    spaces: list[bool] = []

    for word in words:
        gap = word.gap
        follows = gap[:1] == " "
        tokens.append(text[word.start : word.end])
        spaces.append(follows)
        if gap != " " and gap:
            for mark, white, space in _BETWEEN.findall(gap[follows:]):
                tokens.append(mark or white)
                spaces.append(bool(space))
    try:
        return Doc(vocab, words=tokens, spaces=spaces)
    except UnicodeEncodeError:
        whole = [token.translate(_HALVES) for token in tokens]
        return Doc(vocab, words=whole, spaces=spaces)
