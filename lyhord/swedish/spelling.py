"""Spelling: a word's compared form, the same without dots, and the edit from form to lemma."""

import re
import unicodedata
from typing import Final

VARIANTS: Final = {
    "a": "aåäàáâ",
    "c": "cç",
    "e": "eéèêë",
    "i": "iíï",
    "n": "nñ",
    "o": "oöøôó",
    "u": "uüú",
}
"""Plain letter → itself and the letters that are typed as it where there is no such key."""

_PLAIN: Final = str.maketrans(
    {letter: plain for plain, letters in VARIANTS.items() for letter in letters[1:]}
)
IGNORED: Final = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff"
"""Regex class body of what is not seen and not compared: zero-width, direction, variation."""

_IGNORED: Final = re.compile(f"[{IGNORED}]+")
_SWEDISH: Final = re.compile("[A-Za-zÅÄÖåäöÉé]+")
"""Letters that have no other form than their small one."""


def exact(text: str) -> str:
    """Return the compared form: casefolded, NFC, without characters that nobody sees."""
    if text.isascii() or _SWEDISH.fullmatch(text):
        return text.lower()
    return unicodedata.normalize("NFC", _IGNORED.sub("", text).casefold())


def plain(word: str) -> str:
    """Return `word` as one types it without å, ä, ö and é; as long as `word`."""
    return word if word.isascii() else word.translate(_PLAIN)


def dots(word: str) -> str:
    """Return which letters of `word` carry dots: a digit per letter that could, zeros cut off."""
    digits = (
        VARIANTS[base].index(letter)
        for letter, base in zip(word, plain(word), strict=True)
        if base in VARIANTS
    )
    return "".join(map(str, digits)).rstrip("0")


def dotted(word: str, digits: str) -> str:
    """Return plain `word` with its dots set: the inverse of `plain` and `dots`."""
    if not digits:
        return word
    letters = list(word)
    places = (at for at, letter in enumerate(word) if letter in VARIANTS)
    for at, digit in zip(places, digits, strict=False):
        letters[at] = VARIANTS[word[at]][int(digit)]
    return "".join(letters)


def rule(form: str, lemma: str) -> str:
    """Return the edit from `form` to `lemma`: a character for how much to cut, then what to add."""
    same = 0
    for one, other in zip(form, lemma, strict=False):
        if one != other:
            break
        same += 1
    return chr(ord("0") + len(form) - same) + lemma[same:]


def apply(edit: str, form: str) -> str:
    """Return the lemma that `edit` makes of `form`."""
    return form[: len(form) - ord(edit[0]) + ord("0")] + edit[1:]
