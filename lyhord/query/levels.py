"""Levelling: the leaves of a syntax tree become the terms that the index holds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from lyhord import swedish
from lyhord.query import tree
from lyhord.query.errors import QueryError
from lyhord.query.levelled import (
    EXACT,
    PART,
    WHOLE,
    Adjacent,
    AllOf,
    AnyOf,
    Close,
    Everything,
    ExactPhrase,
    ExactPrefix,
    Levelled,
    Terms,
    Without,
)

_LINKS = ("", "s")
"""What may stand between the parts of a compound that a user typed as two words."""
_SHORTEST_PART = 3
"""Letters that a part must have where only the dictionary, not the parts, speaks for a compound."""
_SHORTEST_PREFIX = 2
_BEFORE_HOST = re.compile(r"^(?:https?://)?(?:www\.)?")


def level(node: tree.Node) -> Levelled:
    """Level a tree: the same words as at write, so that both sides meet.

    Punctuation finds nothing and excludes nothing: it is left out.

    Raises:
        QueryError: nothing is left, or a word beside NEAR is no single word.

    """
    levelled = _level(node)
    if levelled is None:
        raise QueryError("här finns inget ord att söka efter", node.position)
    return levelled


def _level(node: tree.Node) -> Levelled | None:  # noqa: PLR0911 - a line for each kind of node
    match node:
        case tree.All():
            return Everything()
        case tree.Nothing():
            return Without(Everything())
        case tree.Word():
            return _all_of(_conjunction([node]))
        case tree.Phrase(words):
            return _phrase(" ".join(words))
        case tree.Prefix():
            return _prefix(node)
        case tree.Near(distance, (left, right)):
            return Close(distance, _near_terms(left), _near_terms(right))
        case tree.And(operands):
            return _all_of(_conjunction(operands))
        case tree.Or(operands):
            return _any_of(each for operand in operands if (each := _level(operand)))
        case tree.Not(operand):
            levelled = _level(operand)
            return Without(levelled) if levelled else None
        case _:
            return node


def _all_of(parts: Iterable[Levelled]) -> Levelled | None:
    operands = tuple(parts)
    return AllOf(operands) if len(operands) > 1 else next(iter(operands), None)


def _any_of(parts: Iterable[Levelled]) -> Levelled | None:
    operands = tuple(dict.fromkeys(parts))
    return AnyOf(operands) if len(operands) > 1 else next(iter(operands), None)


def _conjunction(operands: Sequence[tree.Node]) -> Iterator[Levelled]:
    """Level operands; each of two neighbouring words may also stand as the compound they make."""
    tokens: list[swedish.Token] = []
    for operand in operands:
        if isinstance(operand, tree.Word):
            tokens += swedish.tokenize(operand.text)
            continue
        yield from _run(tokens)
        tokens = []
        if levelled := _level(operand):
            yield levelled
    yield from _run(tokens)


def _run(tokens: Sequence[swedish.Token]) -> Iterator[Levelled]:
    compounds = [(), *map(tuple, map(_compounds, tokens, tokens[1:])), ()]
    for token, (before, after) in zip(tokens, pairwise(compounds), strict=False):
        alternatives = _any_of((*_token(token), *before, *after))
        assert alternatives is not None  # noqa: S101 - a token always has a term
        yield alternatives


def _token(token: swedish.Token) -> Iterator[Levelled]:
    levels = swedish.level(token.text, token.kind)
    match token.kind:
        case "word":
            yield ExactPhrase(levels.exact, EXACT)
            yield from _forms(levels.lemmas)
            for lemma in levels.lemmas:
                yield from _apart(lemma)
        case "hashtag":
            yield ExactPhrase(levels.marks)
            for meant in swedish.unfold(levels.exact[-1]):
                yield ExactPhrase((f"#{meant}",))
        case "mention":
            yield ExactPhrase(levels.marks)
        case "url" if _names_a_page(levels):
            yield ExactPhrase(levels.marks)
        case _:
            yield ExactPhrase(levels.exact[-1:], EXACT)


def _apart(lemma: str) -> Iterator[Levelled]:
    """Give the ways in which a compound may stand apart, well or badly: `skol skjuts` too."""
    for parts in swedish.splits(lemma):
        yield Adjacent(tuple(f"={part}" for part in parts), WHOLE)
        last = parts[-1]
        if lemma.endswith(last) and (first := lemma.removesuffix(last)) != parts[0]:
            yield Adjacent((f"^{first}", f"={last}"), WHOLE)
    for cut in range(_SHORTEST_PART, len(lemma) - _SHORTEST_PART + 1):
        first, last = lemma[:cut], lemma[cut:]
        if swedish.known(first) and swedish.known(last):
            yield Adjacent((f"^{first}", f"={swedish.lemma(last)}"), WHOLE)


def _forms(lemmas: Sequence[str]) -> Iterator[Levelled]:
    yield Terms(tuple(f"={lemma}" for lemma in lemmas), WHOLE)
    yield Terms(tuple(lemmas), PART)


def _names_a_page(levels: swedish.Levels) -> bool:
    """Tell the address of a page or a mailbox from a host's, which finds all of its pages."""
    return any(_BEFORE_HOST.sub("", mark.rstrip("/")) != levels.exact[-1] for mark in levels.marks)


def _compounds(first: swedish.Token, second: swedish.Token) -> Iterator[Levelled]:
    if first.kind != "word" or second.kind != "word":
        return
    lasts = swedish.level(second.text, "word").lemmas
    long_enough = min(len(first.text), len(second.text)) >= _SHORTEST_PART
    for link in _LINKS if long_enough else ("",):
        word = f"{first.folded}{link}{second.folded}"
        lemmas = [
            lemma
            for lemma in swedish.level(word, "word").lemmas
            if (long_enough and swedish.known(lemma))
            or any(parts[-1] in lasts for parts in swedish.splits(lemma))
        ]
        if lemmas:
            yield from _forms(lemmas)


def _phrase(text: str) -> Levelled | None:
    forms = [swedish.level(token.text, token.kind).exact for token in swedish.tokenize(text)]
    return ExactPhrase(tuple(form[0] for form in forms), EXACT) if forms else None


def _prefix(node: tree.Prefix) -> Levelled | None:
    """Level a beginning: of what is several words to the index, the last one is begun."""
    tokens = swedish.tokenize(node.text)
    if not tokens:
        return None
    *whole, last = tokens
    begun = swedish.exact(node.text[last.start :])
    if len(begun) < _SHORTEST_PREFIX:
        raise QueryError(f"före * behövs minst {_SHORTEST_PREFIX} tecken", node.position)
    return _all_of((*_run(whole), ExactPrefix(begun)))


def _near_terms(operand: tree.Word | tree.Or) -> tuple[str, ...]:
    words = operand.operands if isinstance(operand, tree.Or) else (operand,)
    terms: dict[str, None] = {}
    for word in words:
        tokens = swedish.tokenize(word.text) if isinstance(word, tree.Word) else []
        if len(tokens) != 1:
            raise QueryError("bredvid NEAR får bara stå hela ord, ett i taget", word.position)
        levels = swedish.level(tokens[0].text, tokens[0].kind)
        whole = (f"={lemma}" for lemma in levels.lemmas)
        terms |= dict.fromkeys(levels.marks or (*whole, *levels.lemmas))
    return tuple(terms)
