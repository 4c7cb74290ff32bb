"""Strict JSON from strangers: what the standard forbids or leaves open is refused, with words."""

import json
from typing import Any

from lyhord.errors import Rejected
from lyhord.unicode import whole

_MOST_DIGITS = 4_000
"""Digits of a whole number: Python refuses more than 4,300 in its own words."""


def loads(line: bytes) -> Any:
    """Read one JSON value from UTF-8 bytes.

    Raises:
        Rejected: invalid UTF-8, broken JSON, raw control characters, a key given twice, NaN or
            Infinity, a number of absurd length, or nesting that the parser will not follow.

    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Rejected(f"is not valid UTF-8 (byte {error.start + 1})") from None
    return loads_text(text)


def loads_text(text: str) -> Any:
    """Read one JSON value, as `loads` does, from text that is already decoded."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Rejected(f"is not valid JSON: {error.msg} (character {error.pos + 1})") from None
    except RecursionError:
        raise Rejected("is not acceptable JSON: nested too deeply") from None
    except ValueError as error:
        raise Rejected(f"is not acceptable JSON: {error}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known = dict(pairs)
    if len(known) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Rejected("is given twice", field=whole(key[:100]))
            seen.add(key)
    return known


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _whole_number(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"a number has more than {_MOST_DIGITS:,} digits")
    return int(digits)


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_whole_number
)
