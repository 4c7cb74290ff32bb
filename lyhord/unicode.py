"""Unicode from strangers: NFC in linear time, without control characters and half surrogates."""

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_BEYOND_LATIN = re.compile(r"[\u0300-\U0010ffff]")
"""What is before U+0300 is NFC as it stands: no marks, and nothing that NFC would change."""
_LAST_MARK = 0x1E94A
"""The greatest code point that is a combining mark (Unicode 14; later ones stay few in a row)."""
_LONG = 30
"""Marks in a row that no writing system needs more of (UAX #15, stream-safe text)."""


def clean(text: str) -> str:
    """Give text as NFC; control characters go (tab and line ends stay), half surrogates too."""
    return nfc(text if text.isprintable() else whole(_CONTROL.sub("", text)))


def whole(text: str) -> str:
    """Put U+FFFD in place of every half surrogate, which no encoding can carry."""
    return _SURROGATE.sub("\ufffd", text)


def nfc(text: str) -> str:
    """Normalise to NFC in linear time.

    CPython sorts the marks of a character by insertion, so that 100,000 marks in a row take a
    quarter of a minute. They are put in their canonical order beforehand.
    """
    if text.isascii():
        return text
    beyond = len(_BEYOND_LATIN.findall(text))
    if not beyond:
        return text
    if beyond >= _LONG:
        text = _long_runs().sub(lambda run: _in_order(run[0]), text)
    return unicodedata.normalize("NFC", text)


def _in_order(marks: str) -> str:
    single = "".join(unicodedata.normalize("NFD", mark) for mark in marks)
    return "".join(sorted(single, key=unicodedata.combining))


@cache
def _long_runs() -> re.Pattern[str]:
    # All others are named, since of those the letters that texts consist of are found at once.
    spans = [
        (0, 0x2FF),
        *((points[0], points[-1]) for points in _groups(0x300, _LAST_MARK)),
        (_LAST_MARK + 1, sys.maxunicode),
    ]
    mark = f"[^{''.join(f'{chr(first)}-{chr(last)}' for first, last in spans)}]"
    # Looking back, a run is tried at its beginning only.
    return re.compile(f"{mark}(?<!{mark}{mark}){mark}{{{_LONG - 1},}}")


def _groups(first: int, last: int) -> Iterator[list[int]]:
    for is_mark, points in groupby(range(first, last + 1), _is_mark):
        if not is_mark:
            yield list(points)


def _is_mark(point: int) -> bool:
    # Three Tibetan vowels are no marks themselves, but fall apart into marks.
    return unicodedata.combining(unicodedata.normalize("NFD", chr(point))[0]) != 0
