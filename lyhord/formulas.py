"""Formulas in CSV: what a spreadsheet would run is guarded by a leading `'`, and read without it.

Source: OWASP, CSV injection (the characters, their full-width forms, and the remedy).
"""

import re

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'(?='*[=+\-@\t\r\n＝＋－＠])")


def guard(cell: str) -> str:
    """Keep a spreadsheet from running a cell; `unguard` gives the cell back."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """Give a guarded cell as it was, and any other as it is."""
    return cell[1:] if _GUARDED.match(cell) else cell
