"""What is said to a user whose query cannot be read, and where in the query it points."""

import unicodedata

from lyhord.errors import Misuse

_COLUMNS = 72
_WIDE = frozenset("WF")
_WIDTHLESS = frozenset({"Mn", "Me", "Cf"})


class QueryError(Misuse):
    """A query that cannot be meant (exit 2).

    Args:
        message: in Swedish, a clause without capital and full stop.
        position: offset in the query, in characters from 0, of what is wrong; the query's length
            where its end came too early.

    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def render(query: str, error: QueryError) -> str:
    """Tell the error in three lines: what is wrong, the query, and a caret under the character.

    A long query is cut around the caret. Wide characters (emoji, Chinese) count as two columns
    and combining ones as none, as most terminals show them.
    """
    start = max(0, min(error.position - _COLUMNS // 2, len(query) - _COLUMNS))
    before = _printable(query[start : error.position])
    after = _printable(query[error.position : start + _COLUMNS])
    cut = "…" if start else ""
    rest = "…" if start + _COLUMNS < len(query) else ""
    indent = " " * sum(map(_width, cut + before))
    return f"Frågan går inte att läsa: {error.message}\n  {cut}{before}{after}{rest}\n  {indent}^"


def _printable(text: str) -> str:
    # Control characters and half surrogates could break the terminal's line, or its encoding.
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(each) == "Cs" else
        " " if unicodedata.category(each) in {"Cc", "Zl", "Zp"} else each
        for each in text
    )  # fmt: skip


def _width(character: str) -> int:
    if unicodedata.category(character) in _WIDTHLESS:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
