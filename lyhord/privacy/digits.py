"""Runs of digit groups in a folded text, and the words that stand around them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from lyhord.privacy.folding import PASSED

WORD_START = r"(?<![^\W\d_])"
"""Like `\\b` before a letter, but a digit may stand before it: `0701740688ring`."""

_GROUP = re.compile(r"\d+", re.ASCII)
_JOINT = " \r\n-+./_()"
_LONGEST_JOINT = 4

_LINK = re.compile(
    r"(?:(?i:https?://|www\.)"
    r"|(?:(?<=\.se)|(?<=\.nu)|(?<=\.eu)|(?<=\.com)|(?<=\.org)|(?<=\.net))/)\S+"
)
_SHOWN = re.compile(r"[^\[\]]")
_CUT = re.compile(r"[\[\]]")
_CUT_AFTER = re.compile(r"[\[\]@\d]")

_COUNTED = re.compile(
    rf"{WORD_START}(?:"
    r"(?:bankgiro|bg|diarie|dnr|ean|faktura|imei|isbn|issn|ocr|pg|plusgiro|postgiro|ref|referens)"
    r"(?:[-. ]{0,2}(?:nummer|numret|nr|id|kod))?"
    r"|(?:abonnemangs|anläggnings|artikel|avtals|boknings|beställnings|fastighets|konto|kund|kvitto"
    r"|lånekorts|medlems|mätar|order|serie|ärende)[-. ]{0,2}(?:nummer|numret|nr|id|kod)"
    r")\.?(?: (?:är|var|på|för|till|fakturan|räkningen|avgiften)){0,4}[ :=#-]{0,3}$",
    re.IGNORECASE,
)

_COUNTED_AFTER = re.compile(
    r" (?:är|som) (?:\w{2,8} )?(?:ocr|referens|(?:faktura|kund|order|ärende|diarie)-?n(?:r|ummer))",
    re.IGNORECASE,
)


class Run(NamedTuple):
    """Digit groups with at most four characters of spaces and signs between neighbours.

    `groups` are (start, end) offsets in `text`; a window of a run is groups `first` to `last`.
    """

    text: str
    groups: list[tuple[int, int]]

    def digits(self, first: int, last: int) -> str:
        """Return the digits of a window without what separates them."""
        return "".join(self.text[start:end] for start, end in self.groups[first : last + 1])

    def shape(self, first: int, last: int) -> tuple[int, ...]:
        """Return the lengths of a window's groups."""
        return tuple(end - start for start, end in self.groups[first : last + 1])

    def joints(self, first: int, last: int) -> list[str]:
        """Return what stands between a window's groups."""
        window = self.groups[first : last + 1]
        return [self.text[left[1] : right[0]] for left, right in pairwise(window)]

    def windows(self, first: int, *, fewest: int, most: int) -> Iterator[tuple[int, int]]:
        """Yield (last group, count of digits) of the windows with `fewest` to `most` digits."""
        count = 0
        for last in range(first, len(self.groups)):
            start, end = self.groups[last]
            count += end - start
            if count > most:
                return
            if count >= fewest:
                yield last, count


def runs(text: str) -> Iterator[Run]:
    """Yield the runs of a folded text from left to right."""
    groups: list[tuple[int, int]] = []
    for match in _GROUP.finditer(text):
        if groups:
            joint = text[groups[-1][1] : match.start()]
            if len(joint) > _LONGEST_JOINT or joint.strip(_JOINT):
                yield Run(text, groups)
                groups = []
        groups.append(match.span())
    if groups:
        yield Run(text, groups)


def before(text: str, start: int, floor: int, *, width: int = 60) -> str:
    """Return the words before `start`, no further back than `floor` or a placeholder."""
    words = text[max(floor, start - width) : start]
    cuts = [cut.end() for cut in _CUT.finditer(words)]
    return words[cuts[-1] :] if cuts else words


def after(text: str, end: int, *, width: int = 40) -> str:
    """Return the words after `end`, up to the next digit, at sign or placeholder."""
    words = text[end : end + width]
    cut = _CUT_AFTER.search(words)
    return words[: cut.start()] if cut else words


def is_counted(words: str, following: str = "") -> bool:
    """Tell whether the words around a number say that it counts things (OCR, dnr), not people."""
    return bool(_COUNTED.search(words) or _COUNTED_AFTER.match(following))


def without_links(text: str, *, keep: re.Pattern[str] | None = None) -> str:
    """Fill the links of a text, all but what `keep`'s one group matches, and but brackets."""

    def filled(link: re.Match[str]) -> str:
        pieces = keep.split(link[0]) if keep else [link[0]]
        pieces[::2] = [_SHOWN.sub(PASSED, piece) for piece in pieces[::2]]
        return "".join(pieces)

    # Most texts have no link, and looking for one at every letter takes long.
    if "/" not in text and "www." not in text.lower():
        return text
    return _LINK.sub(filled, text)
