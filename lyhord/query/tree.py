"""The syntax tree of a query: what the user asked for, before Swedish has its say.

`str` of a tree is a canonical query that parses to the same tree. `position` is the offset in the
query, in characters from 0, where a node (or a field's value) begins; it does not count when trees
are compared.
"""

import re
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import datetime

from lyhord.times import format_utc

Value = str | int | float | bool | datetime
"""A field's value: text, a number, a truth or a time in UTC, as the field's kind says."""

SEPARATORS = r"\s\x00-\x1f\x7f\u200b\ufeff"
QUOTES = '"＂”“„«»'
"""Inside of character classes: what stands between words, and what opens or closes a phrase."""

_SPECIAL = re.compile(rf"[\\{SEPARATORS}{QUOTES}()*?~^&|]")
_QUOTED = re.compile(rf"[\\{QUOTES}]")
_LEADING = re.compile(r"[-+!/\[{<>]|[:;=][-']?$|(?:AND|OR|NOT|NEAR)(?![^\W_])")
_NAMELIKE = re.compile(r"[^\W\d][\w.-]*:(?!//)")
_BARE_VALUE = re.compile(r"[\w#@][\w.:/@#-]*")


@dataclass(frozen=True, slots=True)
class All:
    """Every post."""

    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return "*"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No post."""

    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return "NOT *"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms, as typed; it may hold punctuation (`va-avgift`, `12:30`)."""

    text: str
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return _escape(self.text)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Exact forms, case aside, next to each other in this order."""

    words: tuple[str, ...]
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return _quote(" ".join(self.words))


@dataclass(frozen=True, slots=True)
class Prefix:
    """Exact forms, case aside, that begin with `text`."""

    text: str
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return f"{_escape(self.text)}*"


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more; none of them is an `Or`."""

    operands: "tuple[Node, ...]"
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return " OR ".join(map(str, self.operands))


@dataclass(frozen=True, slots=True)
class Near:
    """Two operands, in any order, with at most `distance` words between them.

    An operand is a `Word`, or an `Or` of words (any of them).
    """

    distance: int
    operands: tuple[Word | Or, Word | Or]
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return f" NEAR/{self.distance} ".join(_wrapped(each, Or) for each in self.operands)


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more; none of them is an `And`. Neighbouring words may be one compound."""

    operands: "tuple[Node, ...]"
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return " ".join(_wrapped(each, Or) for each in self.operands)


@dataclass(frozen=True, slots=True)
class Not:
    """Every post but these."""

    operand: "Node"
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return f"NOT {_wrapped(self.operand, (And, Or))}"


@dataclass(frozen=True, slots=True)
class FieldMatch:
    """The field has this value, or has it among its values."""

    field: str
    value: Value
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{_written(self.value)}"


@dataclass(frozen=True, slots=True)
class FieldRange:
    """The field's value lies between two bounds; None is an open end, at most one of them."""

    field: str
    lower: Value | None
    upper: Value | None
    include_lower: bool = True
    include_upper: bool = True
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        opening = "[" if self.include_lower else "{"
        closing = "]" if self.include_upper else "}"
        lower, upper = (
            "*" if each is None else _written(each) for each in (self.lower, self.upper)
        )
        return f"{self.field}:{opening}{lower} TO {upper}{closing}"


@dataclass(frozen=True, slots=True)
class FieldExists:
    """The field has a value."""

    field: str
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:*"


@dataclass(frozen=True, slots=True)
class FieldPrefix:
    """The field's value, or one of them, begins with `text`."""

    field: str
    text: str
    position: int = attribute(default=0, compare=False)

    def __str__(self) -> str:
        return f"{self.field}:{_escape(self.text)}*"


Leaf = Word | Phrase | Prefix | Near | FieldMatch | FieldRange | FieldExists | FieldPrefix
Node = All | Nothing | Leaf | And | Or | Not


def _wrapped(node: Node, kinds: type | tuple[type, ...]) -> str:
    return f"({node})" if isinstance(node, kinds) else str(node)


def _escape(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    if _NAMELIKE.match(text):
        return escaped.replace(":", "\\:", 1)
    return f"\\{escaped}" if _LEADING.match(text) else escaped


def _quote(text: str) -> str:
    return '"' + _QUOTED.sub(r"\\\g<0>", text) + '"'


def _written(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return format_utc(value)
        case str():
            return value if _BARE_VALUE.fullmatch(value) else _quote(value)
        case _:
            return str(value)
