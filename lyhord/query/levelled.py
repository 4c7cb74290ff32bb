"""The levelled tree: a query whose leaves are terms of the index, the only thing stores compile.

The index holds at each position of a post's text the terms of `lyhord.swedish.positions`: the exact
form (`^vattenläckan`), the word's lemmas (`=vattenläcka`), the parts of compounds (`vatten`,
`läcka`), tags, names and emoji. Exact forms stand here without their caret.
"""

from dataclasses import dataclass

from lyhord.query.tree import FieldExists, FieldMatch, FieldPrefix, FieldRange

EXACT, WHOLE, PART = 4.0, 2.0, 1.0
"""Boosts: the form that was typed, another form of the word, a compound that holds it."""


@dataclass(frozen=True, slots=True)
class Everything:
    """Every post."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Any of these terms, anywhere in the text."""

    alternatives: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Adjacent:
    """These terms, at positions that follow each other."""

    terms: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class ExactPhrase:
    """These exact forms, one or more, at positions that follow each other."""

    terms: tuple[str, ...]
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class ExactPrefix:
    """Any exact form that begins so."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Close:
    """A term of `left` and one of `right`, in either order.

    Their positions differ by `distance` + 1 at most; parts of one compound (at one position) are
    close too. A term on both sides has to stand at two positions.
    """

    distance: int
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of two or more; those that are `Without` only exclude."""

    operands: "tuple[Levelled, ...]"


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of two or more; the best one counts for the score."""

    operands: "tuple[Levelled, ...]"


@dataclass(frozen=True, slots=True)
class Without:
    """Every post but these."""

    operand: "Levelled"


OfText = Terms | Adjacent | ExactPhrase | ExactPrefix | Close
OfField = FieldMatch | FieldRange | FieldExists | FieldPrefix
Levelled = Everything | OfText | OfField | AllOf | AnyOf | Without


def is_scored(levelled: Levelled) -> bool:
    """Tell whether some of a query's words can make one post more relevant than another."""
    match levelled:
        case AllOf(operands) | AnyOf(operands):
            return any(is_scored(operand) for operand in operands)
        case Terms() | Adjacent() | ExactPhrase() | ExactPrefix() | Close():
            return True
        case _:
            return False
