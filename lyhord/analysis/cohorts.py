"""Cohorts: municipalities of a size or a group, and what is usual among those compared."""

import math
import re
from collections.abc import Mapping, Sequence
from statistics import median
from typing import NamedTuple

from lyhord import municipalities
from lyhord.analysis.comparing import Compared
from lyhord.errors import Misuse
from lyhord.facts import Facts

_BOUNDS = re.compile(r"(\d{0,12})[-–](\d{0,12})", re.ASCII)
_NO_FIGURES = ("municipality", "group", "accounts")


class Cohort(NamedTuple):
    """Several compared municipalities: how many, each figure's median, and how many have it."""

    municipalities: int
    medians: dict[str, float | None]
    n: dict[str, int]


def members(
    facts: Mapping[str, Facts],
    *,
    population: str | None = None,
    group: str | None = None,
    like: str | None = None,
) -> frozenset[str] | None:
    """Give the SCB codes that all of the bounds leave; None where there is no bound.

    Args:
        facts: what is known, by SCB code; a municipality without facts is in no cohort.
        population: `20000-50000`, both included; either end may be left out.
        group: the group's name, case aside.
        like: a municipality; a population within a third up or down of its own, itself included.

    Raises:
        Misuse: a bound cannot be meant, or there are no facts for it.

    """
    if population is None and group is None and like is None:
        return None
    if not facts:
        raise Misuse(
            "population, group and like need facts about municipalities: name a file of them by "
            "the setting municipality_facts (docs/dialogue.md says where they come from)"
        )
    found = list(facts.values())
    if population is not None:
        low, high = _bounds(population)
        found = [each for each in found if low <= each.population <= high]
    if group is not None:
        _check_group(facts, group)
        wanted = group.casefold()
        found = [each for each in found if each.group and each.group.casefold() == wanted]
    if like is not None:
        size = _population(facts, like)
        found = [each for each in found if 3 * abs(each.population - size) <= size]
    return frozenset(each.municipality for each in found)


def figures(row: Compared) -> dict[str, float | None]:
    """Give a municipality's figures by name; `accounts` and `networks` are numbers of them."""
    counted = {"accounts": sum(map(len, row.accounts.values())), "networks": len(row.accounts)}
    rest = {name: value for name, value in row._asdict().items() if name not in _NO_FIGURES}
    return counted | rest


def cohort(rows: Sequence[Compared]) -> Cohort | None:
    """Tell what is usual among municipalities; None of fewer than two.

    A figure's median is of those municipalities that have it: where fewer than five citizens wrote,
    there is none to begin with.
    """
    if len(rows) < 2:  # noqa: PLR2004 - one is itself
        return None
    each = [figures(row) for row in rows]
    had = {name: [value for row in each if (value := row[name]) is not None] for name in each[0]}
    return Cohort(
        municipalities=len(rows),
        medians={name: median(values) if values else None for name, values in had.items()},
        n={name: len(values) for name, values in had.items()},
    )


def _bounds(text: str) -> tuple[int, float]:
    match = _BOUNDS.fullmatch("".join(text.split()))
    low, high = match.groups() if match else ("", "")
    if not (low or high):
        raise Misuse(f"population {text!r} is no range; write 20000-50000, 20000- or -50000")
    if low and high and int(low) > int(high):
        raise Misuse(f"population {text!r} ends before it begins")
    return int(low or 0), int(high) if high else math.inf


def _check_group(facts: Mapping[str, Facts], group: str) -> None:
    known = {each.group.casefold(): each.group for each in facts.values() if each.group}
    if group.casefold() not in known:
        there = ", ".join(sorted(known.values())) or "none"
        raise Misuse(f"group {group!r} is not among the facts; groups are {there}")


def _population(facts: Mapping[str, Facts], like: str) -> int:
    found = facts.get(municipalities.meant(like))
    if found is None:
        raise Misuse(f"like {like!r}: the facts about municipalities have no population of it")
    return found.population
