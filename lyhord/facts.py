"""Facts about municipalities that others publish: how many live there, and in which group it is."""

from pathlib import Path

from lyhord.model import Frozen
from lyhord.tables import Code, Whole, read_table


class Facts(Frozen):
    """How many live in a municipality (SCB code), and its group (such as SKR's kommungrupp)."""

    municipality: Code
    population: Whole
    group: str | None = None


def read_facts(file: Path) -> dict[str, Facts]:
    """Read facts by SCB code, in the order of the codes.

    Args:
        file: CSV with the fields of `Facts` as columns.

    Raises:
        Misuse: the file cannot be read, or has mistakes; each is named.

    """
    found = read_table(file, Facts, unique=("municipality",))
    return {each.municipality: each for each in sorted(found, key=lambda each: each.municipality)}
