"""Reading the curated lists: what a person decided where the dictionary alone misleads."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Final

DATA: Final = files("lyhord.swedish") / "data"


@dataclass(frozen=True, slots=True)
class Compounds:
    """What is known of compounds.

    Attributes:
        never_first: strings that are no first part.
        never_last: lemmas that are no last part.
        short_first: first parts of one or two letters; there are no others.
        short_last: the same of last parts.
        derived: endings of derived words, and what their bases end in.
        whole: lemmas that do not split.
        split: lemma → how many letters its first part has.
        base: first part as written → the lemmas that it stands for.
        last: last part, a lemma → the lemma that it stands for.

    """

    never_first: frozenset[str]
    never_last: frozenset[str]
    short_first: frozenset[str]
    short_last: frozenset[str]
    derived: tuple[tuple[str, str], ...]
    whole: frozenset[str]
    split: dict[str, int]
    base: dict[str, tuple[str, ...]]
    last: dict[str, str]


def compounds() -> Compounds:
    """Read `data/compounds.txt`: sections in brackets, and their words."""
    sections = _sections("compounds.txt")
    derived = (pair.split("=") for pair in sections["derived"])
    bases = (pair.split("=") for pair in sections["base"])
    return Compounds(
        never_first=frozenset(sections["never first"]),
        never_last=frozenset(sections["never last"]),
        short_first=frozenset(sections["short first"]),
        short_last=frozenset(sections["short last"]),
        derived=tuple((ending, other) for ending, other in derived),
        whole=frozenset(sections["whole"]),
        split={word.replace("|", ""): word.index("|") for word in sections["split"]},
        base={first: tuple(lemmas.split(",")) for first, lemmas in bases},
        last=dict(pair.split("=") for pair in sections["last"]),
    )


def readings() -> dict[str, tuple[str, ...]]:
    """Read `data/readings.txt`: form → exactly the lemmas that it has, none for a form to drop."""
    rows = (line.split() for line in _lines("readings.txt"))
    return {form: tuple(lemmas) for form, *lemmas in rows}


def places() -> tuple[frozenset[str], frozenset[str]]:
    """Read `data/places.txt`: the words of municipalities' names, and of localities'."""
    sections = _sections("places.txt")
    return frozenset(sections["municipalities"]), frozenset(sections["localities"])


def _sections(name: str) -> dict[str, list[str]]:
    sections: dict[str, list[str]] = {}
    words: list[str] = []
    for line in _lines(name):
        if line.startswith("["):
            words = sections.setdefault(line.strip("[]"), [])
        else:
            words.extend(line.split())
    return sections


def _lines(name: str) -> list[str]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
