"""Compiling: a selection becomes one tantivy query over the live posts."""

import re
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from tantivy import FieldType, Occur, Query

from lyhord import indexing
from lyhord.adapters.tantivy_store import schema
from lyhord.query import levelled as tree
from lyhord.query.fields import FIELDS, Field, FieldKind
from lyhord.query.tree import FieldExists, FieldMatch, FieldPrefix, FieldRange

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$#&~\-]")


def compile_query(selection: tree.Levelled) -> Query:
    """Make the query; only words of the text count for the score, fields just narrow."""
    return Query.boolean_query([(Occur.Must, _compile(selection)), (Occur.Must, _live())])


def _compile(node: tree.Levelled) -> Query:  # noqa: PLR0911 - a line for each kind of node
    match node:
        case tree.Everything():
            return _live()
        case tree.Terms(alternatives, boost):
            return _any([_term(schema.WORDS, term) for term in alternatives], boost)
        case tree.Adjacent(terms, boost):
            return _boosted(_phrase(terms), boost)
        case tree.ExactPhrase(terms, boost):
            return _boosted(_phrase([f"^{term}" for term in terms]), boost)
        case tree.ExactPrefix(prefix):
            return _begins(schema.WORDS, f"^{prefix}")
        case tree.Close(distance, left, right):
            return _any([_close(*pair, distance) for pair in product(left, right)])
        case tree.AllOf(operands):
            return _all_of(operands)
        case tree.AnyOf(operands):
            return Query.disjunction_max_query([_compile(operand) for operand in operands])
        case tree.Without(operand):
            return _all_of([tree.Without(operand)])
        case _:
            return _unscored(_field(node))


def _all_of(operands: Iterable[tree.Levelled]) -> Query:
    clauses = [
        (Occur.MustNot, _compile(operand.operand))
        if isinstance(operand, tree.Without)
        else (Occur.Must, _compile(operand))
        for operand in operands
    ]
    if all(occur == Occur.MustNot for occur, _ in clauses):
        clauses.append((Occur.Must, _live()))
    return Query.boolean_query(clauses)


def _field(node: tree.OfField) -> Query:
    field = FIELDS[node.field]
    name = schema.index_name(field)
    match node:
        case FieldMatch(_, value):
            return _equals(field, value)
        case FieldRange(_, lower, upper, include_lower, include_upper):
            return Query.range_query(
                schema.SCHEMA,
                name,
                _number_type(field),
                lower_bound=indexing.bound(field, lower),
                upper_bound=indexing.bound(field, upper),
                include_lower=include_lower or lower is None,
                include_upper=include_upper or upper is None,
            )
        case FieldExists():
            return Query.exists_query(name)
        case FieldPrefix(_, text):
            return _begins(name, text)


def _equals(field: Field, value: Any) -> Query:
    name, held = schema.index_name(field), indexing.held(field, value)
    if isinstance(held, str):
        return _term(name, held)
    held = indexing.bound(field, value)
    return Query.range_query(schema.SCHEMA, name, _number_type(field), held, held)


def _number_type(field: Field) -> FieldType:
    return FieldType.Float if field.kind is FieldKind.NUMBER else FieldType.Integer


def _live() -> Query:
    return _unscored(_term(schema.LIVE, "1"))


def _term(field: str, term: str) -> Query:
    return Query.term_query(schema.SCHEMA, field, term, "freq")


def _phrase(terms: Sequence[str]) -> Query:
    if len(terms) == 1:
        return _term(schema.WORDS, terms[0])
    return Query.phrase_query(schema.SCHEMA, schema.WORDS, list(terms))


def _close(left: str, right: str, distance: int) -> Query:
    """Find two terms near each other: tantivy's slop charges extra for reversed order."""

    def phrase(first: tuple[int, str], second: tuple[int, str], slop: int) -> Query:
        return Query.phrase_query(schema.SCHEMA, schema.WORDS, [first, second], slop)

    if left == right:
        return phrase((0, left), (1, right), distance)
    return Query.disjunction_max_query(
        [
            phrase((0, left), (1, right), distance),
            phrase((0, right), (1, left), distance),
            phrase((0, left), (0, right), 0),
        ]
    )


def _begins(field: str, prefix: str) -> Query:
    escaped = _SPECIAL.sub(r"\\\g<0>", prefix)
    return Query.regex_query(schema.SCHEMA, field, f"{escaped}.*")


def _any(queries: Sequence[Query], boost: float = 1.0) -> Query:
    query = queries[0] if len(queries) == 1 else Query.disjunction_max_query(list(queries))
    return _boosted(query, boost)


def _boosted(query: Query, boost: float) -> Query:
    return query if boost == 1.0 else Query.boost_query(query, boost)


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)
