"""A published word list as a judge of attitude, to compare with: AFINN-sv (Nielsen 2011)."""

import re
from functools import cache
from pathlib import Path

FILE = "AFINN-sv-165.txt"
_WORD = re.compile(r"\w+")


def afinn(folder: Path, text: str) -> str:
    """Give the label that the sum of a text's words' weights has."""
    weights = _weights(folder / FILE)
    total = sum(weights.get(word, 0) for word in _WORD.findall(text.lower()))
    return "positive" if total > 0 else "negative" if total < 0 else "neutral"


@cache
def _weights(file: Path) -> dict[str, int]:
    rows = (line.rpartition("\t") for line in file.read_text(encoding="utf-8").splitlines())
    return {word: int(weight) for word, _, weight in rows}
