"""Query text to syntax tree: recursive descent, bounded before it starts and while it runs."""

import re
from typing import NoReturn

from lyhord.query import fielded, words
from lyhord.query.cursor import END, Cursor
from lyhord.query.errors import QueryError
from lyhord.query.fields import Field, Vocabulary
from lyhord.query.joining import conjunction, disjunction, negation
from lyhord.query.tree import (
    SEPARATORS,
    All,
    FieldPrefix,
    Near,
    Node,
    Or,
    Phrase,
    Prefix,
    Word,
)

MAX_LENGTH = 2_000
MAX_DEPTH = 20
MAX_TERMS = 100
MAX_PREFIXES = 10
MAX_DISTANCE = 100
MAX_NEAR_WORDS = 8
"""Words on either side of NEAR: an index pays for every pair of them."""
DEFAULT_DISTANCE = 10

_AND = re.compile(rf"AND{END}|&&")
_OR = re.compile(rf"OR{END}|\|\|")
_NOT = re.compile(rf"NOT{END}|[-+!](?=[^{SEPARATORS})])")
_NEAR = re.compile(rf"NEAR(?:/(\d{{1,9}}))?{END}", re.ASCII)
_NOT_A_WORD = re.compile(f"{_NEAR.pattern}|{_NOT.pattern}")
_BROKEN_NEAR = re.compile(r"NEAR/")
_EVERYTHING = re.compile(rf"\*(?::\*)?{END}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def parse(text: str, *, vocabulary: Vocabulary | None = None) -> Node:
    """Read a query.

    Args:
        text: what the user typed; nothing but spaces means everything.
        vocabulary: the sources and topics that there are; the built-in ones by default.

    Raises:
        QueryError: the query cannot be meant, or exceeds a bound above. Nothing else is raised,
            whatever the text.

    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"den är längre än {MAX_LENGTH} tecken", MAX_LENGTH)
    if broken := _SURROGATE.search(text):
        raise QueryError("tecknet går inte att läsa", broken.start())
    return _Parser(text, vocabulary or Vocabulary()).whole()


class _Parser:
    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._cursor = Cursor(text)
        self._vocabulary = vocabulary
        self._field: Field | None = None
        self._depth = self._terms = self._prefixes = 0

    def whole(self) -> Node:
        if not self._cursor.here:
            return All()
        node = self._any_of()
        if self._cursor.here:
            raise QueryError("parentesen som står här stänger ingen", self._cursor.position)
        return node

    def _any_of(self) -> Node:
        start = self._cursor.position
        parts = [self._all_of()]
        while operator := self._cursor.take(_OR):
            if self._lacks_operand():
                _lonely(operator, "till höger")
            parts.append(self._all_of())
        return disjunction(parts, start)

    def _all_of(self) -> Node:
        start = self._cursor.position
        if operator := self._cursor.looking_at(_AND) or self._cursor.looking_at(_OR):
            _lonely(operator, "till vänster")
        parts = [self._negatable()]
        while not self._closes() and not self._cursor.looking_at(_OR):
            if (operator := self._cursor.take(_AND)) and self._lacks_operand():
                _lonely(operator, "till höger")
            parts.append(self._negatable())
        return conjunction(parts, start)

    def _negatable(self) -> Node:
        start = self._cursor.position
        negative = False
        while operator := self._cursor.take(_NOT):
            if self._lacks_operand():
                _lonely(operator, "till höger")
            negative ^= operator[0] != "+"
        node = self._chain()
        return negation(node, start) if negative else node

    def _chain(self) -> Node:
        """Read `a NEAR/2 b NEAR/3 c`: each operand is near the next."""
        if operator := self._cursor.looking_at(_NEAR):
            _lonely(operator, "till vänster")
        node = self._operand()
        pairs: list[Node] = []
        while operator := self._cursor.take(_NEAR):
            distance = int(operator[1] or DEFAULT_DISTANCE)
            if distance > MAX_DISTANCE:
                raise QueryError(f"NEAR räcker högst till {MAX_DISTANCE}", operator.start())
            if self._lacks_operand() or self._cursor.looking_at(_NOT_A_WORD):
                _lonely(operator, "till höger")
            left, node = node, self._operand()
            pairs.append(Near(distance, (_nearable(left), _nearable(node)), left.position))
        return conjunction(pairs, pairs[0].position) if pairs else node

    def _operand(self) -> Node:
        cursor = self._cursor
        start = cursor.position
        if cursor.looking_at(_BROKEN_NEAR):
            raise QueryError("efter NEAR/ behövs ett antal ord, t.ex. NEAR/5", start)
        if cursor.here == "(":
            return self._group()
        if self._field:
            return self._counted(fielded.value(cursor, self._field, self._vocabulary))
        if cursor.take(_EVERYTHING):
            return All(start)
        if field := fielded.name(cursor):
            if cursor.here != "(":
                return self._counted(fielded.value(cursor, field, self._vocabulary))
            self._field = field
            node = self._group()
            self._field = None
            return node
        return self._counted(words.phrase(cursor) or words.word(cursor))

    def _group(self) -> Node:
        start = self._cursor.position
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"här är fler än {MAX_DEPTH} parenteser i varandra", start)
        self._cursor.advance(start + 1)
        if self._cursor.here == ")":
            raise QueryError("parentesen är tom", start)
        node = self._any_of() if self._cursor.here else All()
        if not self._cursor.here:
            raise QueryError("parentesen som börjar här stängs aldrig", start)
        self._cursor.advance(self._cursor.position + 1)
        self._depth -= 1
        return node

    def _counted(self, node: Node) -> Node:
        self._terms += len(node.words) if isinstance(node, Phrase) else 1
        self._prefixes += isinstance(node, (Prefix, FieldPrefix))
        if self._terms > MAX_TERMS:
            raise QueryError(f"från och med här är det fler än {MAX_TERMS} ord", node.position)
        if self._prefixes > MAX_PREFIXES:
            raise QueryError(f"här är det fler än {MAX_PREFIXES} ord med *", node.position)
        return node

    def _closes(self) -> bool:
        return self._cursor.here in {"", ")"}

    def _lacks_operand(self) -> bool:
        cursor = self._cursor
        return bool(self._closes() or cursor.looking_at(_AND) or cursor.looking_at(_OR))


def _nearable(node: Node) -> Word | Or:
    """Refuse what is not one term or a choice of terms: an index answers NEAR by pairs of them."""
    match node:
        case Word():
            return node
        case Or(operands) if all(isinstance(each, Word) for each in operands):
            if len(operands) > MAX_NEAR_WORDS:
                raise QueryError(
                    f"på var sida om NEAR får det stå högst {MAX_NEAR_WORDS} ord", node.position
                )
            return node
        case _:
            raise QueryError(
                "bredvid NEAR får bara stå ett ord, eller ord med OR emellan inom parentes",
                node.position,
            )


def _lonely(operator: re.Match[str], where: str) -> NoReturn:
    raise QueryError(f"{operator[0]} saknar något att söka efter {where}", operator.start())
