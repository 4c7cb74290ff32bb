"""Personnummer and samordningsnummer, in every way that people write them."""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from lyhord.privacy import phones
from lyhord.privacy.digits import WORD_START, Run, after, before, is_counted, runs, without_links

_SHORT, _LONG, _TAIL = 10, 12, 4
_CENTURIES = {"18", "19", "20"}
_ORGANISATION_MONTH = "2"  # an organisation number's third digit is 2 or more
_FIRST_TIMESTAMPED = 2005  # births since then can be read as the date and hour of a post

_WHOLE_SHAPES = {(10,), (12,), (2, 10), (4, 8)}
_DATE_SHAPES = {
    *((6,), (2, 4), (2, 2, 2), (1,) * 6),
    *((8,), (2, 6), (4, 4), (2, 2, 4), (4, 2, 2), (2, 2, 2, 2), (1,) * 8),
}
_FIRM_SHAPES = {(10,), (6, 4), (12,), (8, 4)}

_NAME = (
    r"(?:person(?:al)?[ .-]?(?:identity[ -]?)?nu?m?(?:mer|ret|ber|r)|personn?u(?:mmer|mret|mmret)"
    r"|pers\.? ?-?n(?:umme)?r|p-?nr|födelsenummer|samordnings-?(?:nummer|numret|nr)|samnr)"
)
_NAMED_BEFORE = re.compile(rf"(?s:.*){_NAME}(?P<between>\.?[^.!?\n]{{0,25}}\n?)$", re.IGNORECASE)
_NAMED_AFTER = re.compile(rf"[ ,(:-]{{0,3}}(?:(?:är|som) )?(?:\w{{2,8}} )?{_NAME}", re.IGNORECASE)
_BORN_BEFORE = re.compile(rf"{WORD_START}(?:född|fött|f[.:])[ :]{{0,2}}(?:den )?$", re.IGNORECASE)
_PHONE_BEFORE = re.compile(
    rf"(?:{WORD_START}(?:tele?f?|mob|ring|sms|nå[sr]?\b|swish|messa|nr)|nummer|📞|☎|📱)"
    r"[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_MOBILE = re.compile(r"07[02369]\d{7}")
_HYPHENATED_IN_LINK = re.compile(r"((?<!\d)\d{6}(?:\d\d)?[-+]\d{4}(?!\d))")
_DATE = re.compile(r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])")
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")
_YEAR = re.compile(r"(?:19|20)\d\d")


class _Layout(NamedTuple):
    """How a window is grouped: the date's groups, and the signs in it, after it, in the tail."""

    date: tuple[int, ...]
    in_date: set[str]
    joint: str
    in_tail: set[str]


def find(text: str) -> list[tuple[int, int]]:
    """Return the spans of personal identity numbers in a folded text, left to right.

    Date and check digit must be right, as Skatteverket prescribes them (SKV 704), except after or
    before a word such as `personnummer`.
    """
    text = without_links(text, keep=_HYPHENATED_IN_LINK)
    found: list[tuple[int, int]] = []
    for run in runs(text):
        words = before(text, run.groups[0][0], found[-1][1] if found else 0)
        first = 0
        while first < len(run.groups):
            last = _identity(run, first, words)
            if last is not None:
                found.append((run.groups[first][0], run.groups[last][1]))
                first = last
                words = ""
            first += 1
    return found


def _identity(run: Run, first: int, words: str) -> int | None:
    """Return the last group of the longest identity number that starts with group `first`."""
    found = None
    for last, count in run.windows(first, fewest=_SHORT, most=_LONG):
        if count in (_SHORT, _LONG) and _is_identity(run, first, last, words):
            found = last
    return found


def _is_identity(run: Run, first: int, last: int, words: str) -> bool:
    digits = run.digits(first, last)
    if digits[:-10] not in _CENTURIES | {""} or digits[-8] >= _ORGANISATION_MONTH:
        return False
    layout = _layout(run, first, last)
    sign = next((sign for sign in "+-" if sign in layout.joint), "")
    following = after(run.text, run.groups[last][1])
    if _named(words, following):
        return sign != "" or not phones.is_swedish(digits) or _is_valid(digits, sign="-")
    shape = run.shape(first, last)
    hangs_on = run.joints(first - 1, first)[0] if first else ""
    if (
        not _DATE.fullmatch(digits[-8:-4])
        or not (shape in _WHOLE_SHAPES or _is_one_piece(layout, hangs_on))
        or _is_moment(digits, layout)
        or (_YEAR.fullmatch(digits[-_TAIL:]) and _goes_on(run, last))
        or (not sign and is_counted(words if first == 0 else "", following))
    ):
        return False
    if _is_valid(digits, sign=sign or "-"):
        return sign != "" or not _reads_as_phone(digits, words)
    return shape in _FIRM_SHAPES and _BORN_BEFORE.search(words) is not None


def _layout(run: Run, first: int, last: int) -> _Layout:
    date: list[int] = []
    in_date: set[str] = set()
    joint = ""
    in_tail: set[str] = set()
    shape = run.shape(first, last)
    left = sum(shape)
    for size, sign in zip(shape, ("", *run.joints(first, last)), strict=True):
        if left < _TAIL:
            in_tail.add(sign)
        elif left == _TAIL:
            joint = sign
        else:
            date.append(size)
            if left < _SHORT:
                in_date.add(sign)
        left -= size
    return _Layout(tuple(date), in_date, joint, in_tail)


def _is_one_piece(layout: _Layout, hangs_on: str) -> bool:
    """Tell a date that is written with one sign throughout from neighbours that only look so.

    `2024-01-07 14.30-18` holds 07 14 30 18. A real number splits year, month and day alike, its
    four last digits at spaces, and does not hang on the number before it by the same sign.
    """
    if not layout.joint or layout.date not in _DATE_SHAPES or len(layout.in_date) > 1:
        return False
    if not layout.in_tail <= {" "} and 1 not in layout.date:
        return False
    if "/" in layout.in_date and 2 not in layout.date:  # noqa: PLR2004 - KS 2024/0512-9828
        return False
    return hangs_on not in layout.in_date - {" "}


def _named(words: str, following: str) -> bool:
    """Tell whether the words around a number call it a personnummer."""
    match = _NAMED_BEFORE.match(words)
    if match and not is_counted(words) and not _PHONE_BEFORE.search(match["between"]):
        return True
    return _NAMED_AFTER.match(following) is not None


def _is_moment(digits: str, layout: _Layout) -> bool:
    """Tell a date with a clock time or a year after it (2024-05-12 14.30) from a birth number."""
    now = datetime.now(UTC).year
    year = int(digits[:4]) if len(digits) == _LONG else now - (now - int(digits[:2])) % 100
    if not layout.joint or year < _FIRST_TIMESTAMPED:
        return False
    tail = digits[-_TAIL:]
    if "-" in layout.joint or "+" in layout.joint:
        return len(layout.date) > 1 and bool(_YEAR.fullmatch(tail))
    return bool(_CLOCK.fullmatch(tail) or _YEAR.fullmatch(tail))


def _goes_on(run: Run, last: int) -> bool:
    """Tell whether the last group begins another date: 1998-06-25 - 2017-01-25."""
    if last + 1 == len(run.groups):
        return False
    return run.joints(last, last + 1)[0] in "-./" and run.shape(last + 1, last + 1) == (2,)


def _is_valid(digits: str, *, sign: str) -> bool:
    """Check date and check digit; no one is born in a year to come."""
    from personnummer import personnummer  # type: ignore[import-untyped]  # it ships no types

    if len(digits) == _LONG and int(digits[:4]) > datetime.now(UTC).year:
        return False
    date = digits[:-_TAIL] + (sign if len(digits) == _SHORT else "")
    return bool(personnummer.valid(date + digits[-_TAIL:]))


def _reads_as_phone(digits: str, words: str) -> bool:
    """Tell whether ten digits in a row are rather a phone number than an identity number.

    Phone numbers with area code 070 look like births in 2007; there a word such as `ring`
    decides, and without one a day above 60 speaks for the phone.
    """
    if not digits.startswith("0") or not phones.is_swedish(digits):
        return False
    if _PHONE_BEFORE.search(words):
        return True
    coordination = int(digits[4:6]) > 60  # noqa: PLR2004 - the day of a samordningsnummer
    return coordination and _MOBILE.fullmatch(digits) is not None
