"""Levels: the terms under which a word is found, the same at write and at read.

The search text of a post has an item per token, items parted by spaces; an item is its terms,
parted by bars: exact forms behind a caret, whole lemmas behind an equals sign, then parts of
compounds, then marks such as `#vattenläcka`: `^vattenläckan|=vattenläcka|vatten|läcka`.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple, cast

from lyhord.swedish import lexicon
from lyhord.swedish.compounds import parts
from lyhord.swedish.folding import known, unfold
from lyhord.swedish.lemmas import lemmas
from lyhord.swedish.spelling import exact
from lyhord.swedish.tokens import Kind, spans

_LONGEST_TERM: Final = 250
"""Characters: the search engines refuse terms of some thousand bytes."""

_LABELS: Final = re.compile(r"[^\w]+")
_CAMEL: Final = re.compile(r"(?<=[a-zåäöé])(?=[A-ZÅÄÖÉ])")
_HOST: Final = re.compile(r"(?:https?://|www\.|[^@/]*@)*([^\s/?#:]*)")
_RESERVED: Final = str.maketrans({"|": "%7c", "=": "%3d", "^": "%5e", " ": "%20"})
_EMOTICON: Final = re.compile(r"([:;=])[-'^]?([()dp])")


class Levels(NamedTuple):
    """A token's terms.

    Attributes:
        exact: the forms that a phrase and a beginning are compared with, marks first.
        lemmas: base forms of the whole word, also of what one may have meant who typed no dots.
        parts: words that it is put together of.
        marks: what the kind of token adds: `#tag`, `@name`, a whole address.

    """

    exact: tuple[str, ...]
    lemmas: tuple[str, ...]
    parts: tuple[str, ...]
    marks: tuple[str, ...] = ()


@lru_cache(maxsize=20_000)
def level(word: str, kind: Kind) -> Levels:
    """Return the levels of a token by its surface and kind alone; never empty ones."""
    if kind == "word":
        form = exact(word)[:_LONGEST_TERM]
        return Levels((form,), *_levelled(form))
    if kind in {"hashtag", "mention"}:
        return _marked(word)
    if kind == "url":
        return _address(word)
    if kind == "emoji":
        form = _EMOTICON.sub(_plain_emoticon, _term(word))
        return Levels((form,), (form,), ())
    form = _term(word)
    return Levels((form,), (form,), ())


def search_text(text: str) -> str:
    """Return the search text of a post: one item per token, parted by spaces."""
    return " ".join([_item(text[start:end], kind) for start, end, kind in spans(text)])


def item(levels: Levels) -> str:
    """Return a token's item of the search text: its terms, parted by bars."""
    return "|".join(
        (
            *(f"^{each}" for each in levels.exact),
            *(f"={each}" for each in levels.lemmas),
            *levels.parts,
            *levels.marks,
        )
    )


def positions(search_text: str) -> list[tuple[str, ...]]:
    """Return the terms of each position of a search text, as an index takes them."""
    return [tuple(item.split("|")) for item in search_text.split(" ")] if search_text else []


@lru_cache(maxsize=100_000)
def _item(word: str, kind: Kind) -> str:
    return item(level.__wrapped__(word, kind))


def _term(surface: str) -> str:
    return exact(surface).translate(_RESERVED)[:_LONGEST_TERM]


def worked_out(form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Work out a form's lemmas and parts; those of the lexicon's forms are kept in it."""
    meant = unfold(form)
    # What one surely meant in other words says nothing of the letters that stand there.
    typed = (form,) if meant and not known(form) else lemmas(form)
    whole = dict.fromkeys((*typed, *(base for word in meant for base in lemmas(word))))
    inner = dict.fromkeys(
        part for base in whole if not (meant and base == form) for part in parts(base)
    )
    return tuple(whole), tuple(part for part in inner if part not in whole)


def _levelled(form: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return lexicon.levels(form) or worked_out(form)


def _marked(word: str) -> Levels:
    sign, name = word[0], word.lstrip("#@")
    form = _term(name)
    whole, inner = _levelled(form)
    for piece in _CAMEL.split(name) if _CAMEL.search(name) else ():
        bases, inside = _levelled(_term(piece))
        inner = (*inner, *(each for each in (*bases, *inside) if each not in inner + whole))
    return Levels((sign + form, form), whole, inner, (sign + form,))


def _address(word: str) -> Levels:
    whole = _term(word)
    host = cast("re.Match[str]", _HOST.match(whole))[1] or whole
    labels = [label for label in _LABELS.split(host)[:-1] if label]
    inner = dict.fromkeys(each for label in labels for found in _levelled(label) for each in found)
    marks = (whole,) if whole != host else ()
    return Levels((*marks, host), (host,), tuple(inner), marks)


def _plain_emoticon(found: re.Match[str]) -> str:
    return found[1].replace("=", ":") + found[2]
