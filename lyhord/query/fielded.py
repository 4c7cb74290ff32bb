"""Reading what stands behind `field:`, and finding out that a field is meant."""

import re

from lyhord.query import values, words
from lyhord.query.cursor import END, Cursor
from lyhord.query.errors import QueryError
from lyhord.query.fields import FIELDS, Field, FieldKind, Vocabulary, find
from lyhord.query.tree import QUOTES, SEPARATORS, All, FieldExists, Node

_NAME = re.compile(r"([^\W\d][\w.-]*):(?!//)")
_ENDING = re.compile(rf"(?:s|n|ns|t|ts|en|ens|et|ets|ar|er|are|arna|erna|na){END}")
"""What Swedish writes behind a colon: `SSAB:s`, `tv:n`."""
_VALUE = re.compile(rf"[^{SEPARATORS})]")
_EXISTS = re.compile(rf"\*{END}")
_COMPARISON = re.compile(r"([<>])(=?)")
_BRACKET = re.compile(r"[\[{]")
_BARE_RANGE = re.compile(rf"[\[{{][^\[\]{{}}]*[{SEPARATORS}]TO[{SEPARATORS}]")
_BOUND = re.compile(rf"[^\[\]{{}}{SEPARATORS}{QUOTES}()]+")
_TO = re.compile(rf"TO(?=[{SEPARATORS}{QUOTES}])")
_CLOSING = re.compile(r"[\]}]")


def name(cursor: Cursor) -> Field | None:
    """Take `field:`; None where an ordinary word stands (`12:30`, `tv:n`, `Obs:`).

    Raises:
        QueryError: a value follows a name that is no field's.

    """
    start = cursor.position
    if cursor.looking_at(_BARE_RANGE):
        raise QueryError("ett intervall behöver ett fält framför, t.ex. likes:[1 TO 5]", start)
    found = cursor.looking_at(_NAME)
    if not found:
        return None
    if field := find(found[1]):
        cursor.advance(found.end())
        if not cursor.looking_at(_VALUE):
            raise QueryError(f"efter {field.name}: saknas ett värde", cursor.position)
        return field
    if _VALUE.match(cursor.text, found.end()) and not _ENDING.match(cursor.text, found.end()):
        raise QueryError(
            f"det finns inget fält ”{found[1]}”; fälten är {', '.join(FIELDS)} "
            f"(hör kolonet till ordet skrivs det {found[1]}\\:)",
            start,
        )
    return None


def value(cursor: Cursor, field: Field, vocabulary: Vocabulary) -> Node:
    """Read one value of a field: a word, a phrase, a beginning, a range, or `*`.

    Raises:
        QueryError: the field has no such value.

    """
    start = cursor.position
    if cursor.take(_EXISTS):
        # Every post has a text, though it may be empty.
        return All(start) if field.kind is FieldKind.TEXT else FieldExists(field.name, start)
    if cursor.looking_at(_COMPARISON) or cursor.looking_at(_BRACKET):
        if not field.ordered:
            raise QueryError(f"fältet {field.name} har inga intervall", start)
        return _comparison(cursor, field) or _range(cursor, field)
    if field.kind is FieldKind.TEXT:
        return words.phrase(cursor) or words.word(cursor)
    if (text := words.quoted(cursor)) is not None:
        return values.match(field, text, start, vocabulary)
    text, begins = words.starred(words.raw(cursor), start)
    if begins:
        return values.prefix(field, text, start)
    return values.match(field, text, start, vocabulary)


def _comparison(cursor: Cursor, field: Field) -> Node | None:
    start = cursor.position
    found = cursor.take(_COMPARISON)
    if not found:
        return None
    include = bool(found[2])
    bound = _bound(cursor)
    if bound is None:
        raise QueryError(f"efter {found[0]} saknas ett värde", start)
    if found[1] == ">":
        return values.between(field, bound, None, include=(include, True), position=start)
    return values.between(field, None, bound, include=(True, include), position=start)


def _range(cursor: Cursor, field: Field) -> Node:
    start = cursor.position
    opening = cursor.here
    cursor.advance(start + 1)
    lower = _bound(cursor)
    if not cursor.take(_TO):
        raise QueryError("i intervallet saknas TO, t.ex. [1 TO 5]", cursor.position)
    upper = _bound(cursor)
    closing = cursor.take(_CLOSING)
    if not closing:
        raise QueryError("intervallet som börjar här stängs aldrig med ] eller }", start)
    if lower is None and upper is None:
        return FieldExists(field.name, start)
    include = (opening == "[" or lower is None, closing[0] == "]" or upper is None)
    return values.between(field, lower, upper, include=include, position=start)


def _bound(cursor: Cursor) -> tuple[str, int] | None:
    """Take a bound and its position; None for an open end (`*`)."""
    start = cursor.position
    text = words.quoted(cursor)
    if text is None:
        found = cursor.take(_BOUND)
        if not found:
            raise QueryError("här saknas ett värde", start)
        if found[0] == "*":
            return None
        text = found[0]
    return text, start
