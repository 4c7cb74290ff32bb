"""Reading the plainest parts of a query: words, beginnings of words, and phrases."""

import re
import unicodedata

from lyhord.query.cursor import Cursor
from lyhord.query.errors import QueryError
from lyhord.query.tree import QUOTES, SEPARATORS, Phrase, Prefix, Word

_EMOTICON = re.compile(rf"[:;=][-'^]?[()](?=[{SEPARATORS})]|$)")
_RAW = re.compile(rf"(?:\\.|(?!&&|\|\|)[^\\{SEPARATORS}{QUOTES}()])*\\?", re.DOTALL)
# A phrase ends with the kind of quote that began it, or, where there is none, with any.
_PHRASE = re.compile(
    rf'["＂]((?:\\.|[^\\"＂])*)["＂]'
    r"|[”“„«»]((?:\\.|[^\\”“„«»])*)[”“„«»]"
    rf"|[{QUOTES}]((?:\\.|[^\\{QUOTES}])*)[{QUOTES}]",
    re.DOTALL,
)
_SEPARATOR = re.compile(rf"[{SEPARATORS}]+")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_STAR = re.compile(r"\\.|(\*)", re.DOTALL)
_WORD_CHARACTER = re.compile(r"\w")
_AFTER_PHRASE = re.compile(r"[*~^]")
_UNSUPPORTED = (
    (
        re.compile(r"(?:(?!://).)*?\w(?P<here>\?)\w"),
        "? som jokertecken finns inte; sök på ordets början, t.ex. läck*",
    ),
    (
        re.compile(r".*\w(?P<here>~)[\d.]*$"),
        "ungefärlig sökning (~) finns inte; ord nära varandra söks med NEAR/5",
    ),
    (re.compile(r".*\w(?P<here>\^)[\d.]+$"), "viktning (^) finns inte"),
    (
        re.compile(r"(?P<here>/).+/$"),
        "reguljära uttryck (/…/) finns inte; skriv \\/ om snedstrecket ska med",
    ),
)
_MIN_PREFIX = 2


def word(cursor: Cursor) -> Word | Prefix:
    """Read a word, or with a star at its end the beginning of one.

    Raises:
        QueryError: it asks for what Lucene has and Lyhörd has not, and the message says what.

    """
    start = cursor.position
    if emoticon := cursor.take(_EMOTICON):
        return Word(emoticon[0], start)
    written = raw(cursor)
    for pattern, reason in _UNSUPPORTED:
        if found := pattern.match(written):
            raise QueryError(reason, start + found.start("here"))
    text, begins = starred(written, start)
    return Prefix(text, start) if begins else Word(text, start)


def raw(cursor: Cursor) -> str:
    """Take the characters up to the word's end, escapes as they stand.

    Raises:
        QueryError: there are none: `&&` or `||` stands here.

    """
    start = cursor.position
    found = cursor.take(_RAW)
    if not (found and found[0]):
        raise QueryError("här saknas ett värde", start)
    return found[0]


def starred(written: str, start: int) -> tuple[str, bool]:
    """Resolve a raw word's escapes, and tell whether it ended with a star.

    Raises:
        QueryError: a star stands elsewhere, or behind too little.

    """
    stars = [found.start() for found in _STAR.finditer(written) if found[1]]
    if not stars:
        return _resolved(written), False
    if stars[0] < len(written) - 1:
        raise QueryError(
            "* kan bara stå sist i ett ord, t.ex. läck*; skriv \\* om stjärnan ska med",
            start + stars[0],
        )
    text = _resolved(written[:-1])
    if len(_WORD_CHARACTER.findall(text)) < _MIN_PREFIX:
        raise QueryError(f"före * behövs minst {_MIN_PREFIX} tecken", start + stars[0])
    return text, True


def as_phrase(text: str) -> str:
    """Write a text between quotes, so that `quoted` gives it back."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def quoted(cursor: Cursor) -> str | None:
    """Take what stands between quotes, escapes resolved; None where no quote stands here.

    Raises:
        QueryError: the quote is never closed, or holds nothing, or `*`, `~` or `^` follows it.

    """
    start = cursor.position
    if not cursor.here or cursor.here not in QUOTES:
        return None
    found = cursor.looking_at(_PHRASE)
    if not found:
        raise QueryError("citattecknet som står här stängs aldrig", start)
    if after := _AFTER_PHRASE.match(cursor.text, found.end()):
        raise QueryError(f"{after[0]} efter ett citat finns inte", found.end())
    cursor.advance(found.end())
    text = _resolved(found[1] or found[2] or found[3] or "")
    if not text:
        raise QueryError("citatet är tomt", start)
    return text


def phrase(cursor: Cursor) -> Phrase | None:
    """Read a phrase; None where no quote stands here.

    Raises:
        QueryError: as `quoted`.

    """
    start = cursor.position
    text = quoted(cursor)
    if text is None:
        return None
    found = tuple(each for each in _SEPARATOR.split(text) if each)
    if not found:
        raise QueryError("citatet är tomt", start)
    return Phrase(found, start)


def _resolved(written: str) -> str:
    return unicodedata.normalize("NFC", _ESCAPE.sub(r"\1", written))
