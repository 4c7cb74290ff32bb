"""Payment cards: 13 to 19 digits that a card scheme would print, with a Luhn check digit."""

import re

from lyhord.privacy.digits import Run, before, is_counted, runs

_SHORTEST, _LONGEST = 13, 19
_FIRST_GROUPS = {4, *range(_SHORTEST, _LONGEST + 1)}
_PRINTED = ((4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 5), (4, 4, 4, 1))
# Issuer prefixes with their lengths, ISO/IEC 7812: Visa, Mastercard, American Express, Diners
# Club, Discover, JCB, UnionPay, Maestro.
_ISSUED = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-5]|[689]\d)\d{11}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12}(?:\d{3})?"
    r"|35(?:2[89]|[3-8]\d)\d{12}"
    r"|62\d{14}(?:\d{3})?"
    r"|(?:50\d\d|5[6-8]\d\d|6304|6759|676[1-3])\d{9,15}"
)
_IBAN_HEAD = re.compile(r"[A-Z]{2}$")
_TWICE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def find(text: str) -> list[tuple[int, int]]:
    """Return the spans of payment card numbers in a folded text, left to right."""
    found = []
    for run in runs(text):
        first = 0
        while first < len(run.groups):
            last = _card(run, first)
            if last is not None:
                found.append((run.groups[first][0], run.groups[last][1]))
                first = last
            first += 1
    return found


def _card(run: Run, first: int) -> int | None:
    """Return the last group of the card that starts with group `first`."""
    if run.shape(first, first)[0] not in _FIRST_GROUPS:
        return None
    for last, _count in run.windows(first, fewest=_SHORTEST, most=_LONGEST):
        if last > first and run.shape(first, last) not in _PRINTED:
            continue
        digits = run.digits(first, last)
        if _ISSUED.fullmatch(digits) and _has_check_digit(digits) and not _is_account(run, first):
            return last
    return None


def _is_account(run: Run, first: int) -> bool:
    """Tell whether the digits belong to an IBAN or are labelled as an OCR number and the like."""
    start = run.groups[first][0]
    if is_counted(before(run.text, start, 0)):
        return True
    head = run.groups[max(first - 1, 0)][0]
    return _IBAN_HEAD.search(run.text[max(head - 2, 0) : head]) is not None


def _has_check_digit(digits: str) -> bool:
    """Check the last digit by Luhn's formula (ISO/IEC 7812-1, annex B)."""
    odd = sum(map(int, digits[-1::-2]))
    even = sum(_TWICE[int(digit)] for digit in digits[-2::-2])
    return (odd + even) % 10 == 0
