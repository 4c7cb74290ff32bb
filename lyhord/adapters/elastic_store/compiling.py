"""Compiling: a selection becomes one Elasticsearch query over the live posts."""

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from lyhord import indexing
from lyhord.adapters.elastic_store.mapping import LIVE, RECENCY, WORDS, is_held, path
from lyhord.query import levelled as tree
from lyhord.query.fields import FIELDS, Field
from lyhord.query.tree import FieldExists, FieldMatch, FieldPrefix, FieldRange

Query = dict[str, Any]


def compile_query(selection: tree.Levelled) -> Query:
    """Make the query; only words of the text count for the score, fields just narrow."""
    live: Query = {"term": {LIVE: True}}
    if isinstance(selection, tree.Everything):
        return {"bool": {"filter": [live]}}
    return {"bool": {"must": [_compile(selection)], "filter": [live]}}


def by_relevance(query: Query) -> Query:
    """Let newer posts weigh a little more."""
    return {
        "function_score": {
            "query": query,
            "field_value_factor": {"field": RECENCY, "missing": 1},
            "boost_mode": "multiply",
        }
    }


def _compile(node: tree.Levelled) -> Query:  # noqa: PLR0911 - a line for each kind of node
    match node:
        case tree.Everything():
            return _unscored({"match_all": {}})
        case tree.Terms(alternatives, boost):
            return _any([_term(term) for term in alternatives], boost)
        case tree.Adjacent(terms, boost):
            return _phrase(terms, boost)
        case tree.ExactPhrase(terms, boost):
            return _phrase([f"^{term}" for term in terms], boost)
        case tree.ExactPrefix(prefix):
            return {"prefix": {WORDS: {"value": f"^{prefix}"}}}
        case tree.Close(distance, left, right):
            return _any([_close(*pair, distance) for pair in product(left, right)])
        case tree.AllOf(operands):
            return _all_of(operands)
        case tree.AnyOf(operands):
            return _any([_compile(operand) for operand in operands])
        case tree.Without(operand):
            return _all_of([tree.Without(operand)])
        case _:
            return _unscored(_field(node))


def _all_of(operands: Iterable[tree.Levelled]) -> Query:
    clauses: dict[str, list[Query]] = {"must": [], "must_not": []}
    for operand in operands:
        if isinstance(operand, tree.Without):
            clauses["must_not"].append(_compile(operand.operand))
        else:
            clauses["must"].append(_compile(operand))
    if not clauses["must"]:
        return _unscored({"bool": {"must_not": clauses["must_not"]}})
    return {"bool": clauses}


def _field(node: tree.OfField) -> Query:
    field = FIELDS[node.field]
    name = path(field)
    match node:
        case FieldMatch(_, value):
            return {"term": {name: _value(field, value)}}
        case FieldRange(_, lower, upper, include_lower, include_upper):
            bounds = {
                "gte" if include_lower else "gt": indexing.bound(field, lower),
                "lte" if include_upper else "lt": indexing.bound(field, upper),
            }
            return {"range": {name: {key: end for key, end in bounds.items() if end is not None}}}
        case FieldExists():
            return {"exists": {"field": name}}
        case FieldPrefix(_, text):
            return {"prefix": {name: {"value": text}}}


def _value(field: Field, value: Any) -> Any:
    return indexing.held(field, value) if is_held(field) else value


def _term(term: str) -> Query:
    return {"term": {WORDS: {"value": term}}}


def _phrase(terms: Sequence[str], boost: float) -> Query:
    if len(terms) == 1:
        return {"term": {WORDS: {"value": terms[0], "boost": boost}}}
    return {"match_phrase": {WORDS: {"query": " ".join(terms), "boost": boost}}}


def _close(left: str, right: str, distance: int) -> Query:
    """Find two terms near each other; the same one twice has to stand at two positions."""
    clauses = [{"span_term": {WORDS: term}} for term in (left, right)]
    return {"span_near": {"clauses": clauses, "slop": distance, "in_order": left == right}}


def _any(queries: Sequence[Query], boost: float = 1.0) -> Query:
    if len(queries) == 1 and boost == 1.0:
        return queries[0]
    return {"dis_max": {"queries": list(queries), "boost": boost}}


def _unscored(query: Query) -> Query:
    return {"constant_score": {"filter": query, "boost": 0}}
