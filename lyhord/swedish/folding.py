"""Folding: words that were typed without their å, ä, ö and é."""

import re
from functools import lru_cache
from typing import Final

from lyhord.swedish import lexicon
from lyhord.swedish.compounds import HYPHEN
from lyhord.swedish.lemmas import known_lemmas
from lyhord.swedish.segmenting import segment

_UNDOTTED: Final = re.compile("[a-z]*[aeou][a-z]*")
_FEWEST: Final = 2
_MARGIN: Final = 2
"""By so much must a dotted compound be likelier than the word as typed."""

_PARTICIPLE: Final = re.compile("ände[ts]?$")
"""What ends in -ande is a verb's form, and no compound of `ände`, an end."""


def known(word: str) -> bool:
    """Tell whether `word`, in compared form, is Swedish as it stands, or a genitive of what is."""
    return bool(known_lemmas(word))


@lru_cache(maxsize=20_000)
def unfold(word: str) -> tuple[str, ...]:
    """Return the words that one may have meant who typed `word` without dots; mostly none.

    A word with å, ä or ö in it, or that is in the lexicon as it stands, is taken as typed; but a
    genitive may be a name, too (`tranas`, the crane's, is `tranås`). Others are what the lexicon
    has under the same letters (`orebro` → `örebro`), or a compound of such (`vattenlackan`).
    """
    pieces = HYPHEN.split(word)
    if len(pieces) > 1:
        meant = [(unfold(piece) or (piece,))[0] for piece in pieces]
        return ("-".join(meant),) if meant != pieces else ()
    if len(word) < _FEWEST or not _UNDOTTED.fullmatch(word):
        return ()
    readings = lexicon.readings(word)
    if any(read.form == word for read in readings):
        return ()
    if known(word):
        return tuple(read.form for read in readings if read.form == read.lemma)
    return _forms(readings, "") or _genitives(word) or _compound(word)


def _forms(readings: list[lexicon.Reading], ending: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(read.form + ending for read in readings))


def _genitives(word: str) -> tuple[str, ...]:
    return _forms(lexicon.readings(word[:-1]), "s") if word.endswith("s") else ()


def _compound(word: str) -> tuple[str, ...]:
    typed, dotted = segment(word), segment(word, undotted=True)
    if dotted is None or dotted.form == word or _PARTICIPLE.search(dotted.form):
        return ()
    likelier = typed is None or typed.cost > dotted.cost + _MARGIN
    return (dotted.form,) if likelier else ()
