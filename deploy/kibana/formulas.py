"""Formulas: counts put together by arithmetic, as Lens keeps them.

A formula is kept three times: as the text that people edit, as a hidden column for each of its
counts, and as a tree (`tinymathAst`) over those columns, each node with the text that it stands
for. See the converted visualizations in elastic/kibana, `home/server/services/sample_data/
data_sets/flights/saved_objects.ts`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.kibana.columns import Column, count

_SIGNS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


class _Term:
    def __add__(self, other: "Term | float") -> "Operation":
        return Operation("add", self, _term(other))

    def __sub__(self, other: "Term | float") -> "Operation":
        return Operation("subtract", self, _term(other))

    def __truediv__(self, other: "Term | float") -> "Operation":
        return Operation("divide", self, _term(other))


@dataclass(frozen=True)
class Count(_Term):
    """The documents of a Lucene query, or all; `shift` (`1w`, `previous`) looks back."""

    query: str = ""
    shift: str = ""


@dataclass(frozen=True)
class Number(_Term):
    """A number as it stands."""

    value: float


@dataclass(frozen=True)
class Operation(_Term):
    """Two terms and what is done with them."""

    name: str
    left: "_Term"
    right: "_Term"


Term = _Term


def _term(value: "Term | float") -> Term:
    return value if isinstance(value, _Term) else Number(value)


def formula(
    key: str, label: str, term: Term, form: Mapping[str, Any] | None = None
) -> dict[str, Column]:
    """Make a formula's columns: the visible one is called `key`, hidden ones `keyX0` and so on."""
    hidden: dict[str, Column] = {}
    text, _ = _written(term)
    tree = _tree(term, key, label, hidden, 0)
    parts = list(hidden)
    result = f"{key}X{len(parts)}"
    hidden[result] = {
        **_shape(f"Del av {label}", "math"),
        "params": {"tinymathAst": tree},
        "references": parts,
    }
    params: dict[str, Any] = {"formula": text, "isFormulaBroken": False}
    if form:
        params["format"] = form
    visible = {**_shape(label, "formula"), "params": params, "references": [result]}
    return {key: visible, **hidden}


def _shape(label: str, operation: str) -> Column:
    return {
        "label": label,
        "customLabel": True,
        "dataType": "number",
        "operationType": operation,
        "isBucketed": False,
        "scale": "ratio",
    }


def _tree(term: Term, key: str, label: str, hidden: dict[str, Column], start: int) -> Any:
    match term:
        case Count(query, shift):
            column = count(f"Del av {label}", query, shift=shift)
            column["params"]["emptyAsNull"] = False
            for name, known in hidden.items():
                if known == column:
                    return name
            name = f"{key}X{len(hidden)}"
            hidden[name] = column
            return name
        case Number(value):
            return value
        case Operation(name, left, right):
            text, (first, second) = _written(term)
            return {
                "type": "function",
                "name": name,
                "args": [
                    _tree(left, key, label, hidden, start + first),
                    _tree(right, key, label, hidden, start + second),
                ],
                "location": {"min": start, "max": start + len(text)},
                "text": text,
            }
    raise TypeError(term)


def _written(term: Term) -> tuple[str, tuple[int, int]]:
    """Write a term; give where its two parts begin in the text."""
    match term:
        case Count(query, shift):
            said = [f"lucene='{query}'"] if query else []
            said += [f"shift='{shift}'"] if shift else []
            return f"count({', '.join(said)})", (0, 0)
        case Number(value):
            return f"{value:g}", (0, 0)
        case Operation(name, left, right):
            one, other = (_bracketed(each) for each in (left, right))
            sign = f" {_SIGNS[name]} "
            second = len(one) + len(sign) + (other[0] == "(")
            return f"{one}{sign}{other}", (int(one[0] == "("), second)
    raise TypeError(term)


def _bracketed(term: Term) -> str:
    text, _ = _written(term)
    return f"({text})" if isinstance(term, Operation) else text
