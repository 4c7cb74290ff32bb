"""Sweden's 290 municipalities: their codes, names, counties and seats."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lyhord.errors import Misuse

_FILE = Path(__file__).parent / "data" / "municipalities.csv"
_FOLD = str.maketrans("åäöéü", "aaoeu")
_SUFFIXES = (" kommun", " stad", " kommuns", " stads")


class Municipality(NamedTuple):
    """One municipality as Statistics Sweden (SCB) numbers it.

    ``code`` is the four-digit SCB code, ``county`` the county's full name (``Örebro län``);
    ``lat`` and ``lon`` are the seat's WGS 84 degrees.
    """

    code: str
    name: str
    county: str
    lat: float
    lon: float


def exists(code: str) -> bool:
    """Tell whether ``code`` is the SCB code of a municipality."""
    return code in _by_code()


def get(code: str) -> Municipality | None:
    """Return the municipality with this SCB code, or None."""
    return _by_code().get(code)


def name_of(code: str) -> str | None:
    """Return the name (``Karlstad``) that belongs to a code, or None."""
    found = _by_code().get(code)
    return found.name if found else None


def code_of(name: str) -> str | None:
    """Return the SCB code that a written name means, or None.

    Case does not matter; ``kommun`` and ``stad`` may follow, a genitive -s may end the name, and
    å, ä, ö may be typed as a, a, o where only one municipality fits.
    """
    wanted = " ".join(name.lower().split())
    for suffix in _SUFFIXES:
        wanted = wanted.removesuffix(suffix)
    exact, folded = _by_name()
    for spelling in (wanted, wanted.removesuffix("s")):
        found = exact.get(spelling) or folded.get(spelling)
        if found:
            return found
    return None


@cache
def all_municipalities() -> tuple[Municipality, ...]:
    """Return all municipalities in the order of their codes."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(
            Municipality(
                row["code"], row["name"], row["county"], float(row["lat"]), float(row["lon"])
            )
            for row in csv.DictReader(lines)
        )


def meant(text: str) -> str:
    """Return the SCB code that a user means by a code or a name.

    Raises:
        Misuse: it is neither.

    """
    code = text if exists(text) else code_of(text)
    if code is None:
        raise Misuse(f"municipality {text!r} is neither an SCB code nor a municipality's name")
    return code


@cache
def _by_code() -> dict[str, Municipality]:
    return {each.code: each for each in all_municipalities()}


@cache
def _by_name() -> tuple[dict[str, str], dict[str, str]]:
    exact = {each.name.lower(): each.code for each in all_municipalities()}
    folded: dict[str, str] = {}
    ambiguous = set()
    for name, code in exact.items():
        plain = name.translate(_FOLD)
        if plain in folded:
            ambiguous.add(plain)
        folded[plain] = code
    return exact, {name: code for name, code in folded.items() if name not in ambiguous}
