"""Private phone numbers, Swedish and foreign, however they are grouped."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from lyhord.privacy import offices
from lyhord.privacy.digits import WORD_START, Run, after, before, is_counted, runs, without_links
from lyhord.privacy.folding import PASSED

_DOMESTIC = re.compile(r"0[1-9]\d{5,8}")
_ABROAD = re.compile(r"(?:\+|00)[1-9]\d{6,13}")
_MOBILE_WITHOUT_PLUS = re.compile(r"460?7[02369]\d{7}")
_MOBILE_WITHOUT_ZERO = re.compile(r"7[02369]\d{7}")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 16
_NO_DIGIT = re.compile(r"\D")
_SHORTEST_BARE = 9  # digits in a row that are a landline number even with no word about phones

_NOT_A_PHONE = re.compile(
    r"(?=\d)(?<!\d)(?:"
    r"[0-2]?\d[.:][0-5]\d ?- ?[0-2]?\d[.:][0-5]\d(?!\d)"  # 08.30-16.30
    r"|[0-2]\d[0-5]\d ?- ?[0-2]\d[0-5]\d(?! ?\d)"  # 0800-1700
    r"|[0-3]?\d[./-][01]?\d[./-](?:19|20)\d\d(?!\d)"  # 08.12.2024
    r"|[0-3]\d-[01]\d-\d\d [0-2]\d[.:]?[0-5]\d(?!\d)"  # 08-12-24 14.30
    r"|(?:19|20)\d\d[./-][01]?\d[./-][0-3]?\d(?!\d)"  # 2024-12-08
    r"|\d{1,2}\.\d{4,}"  # 59.32938
    r")"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PHONE_WORD = re.compile(
    rf"(?:{WORD_START}(?:tele?f?|mob|ring|sms|nå[sr]?\b|swish|messa|nr|lur)|nummer|📞|☎|📱)"
    r"[^.!?]{0,30}$",
    re.IGNORECASE,
)
_OWNED = re.compile(
    rf"(?:{WORD_START}(?:mitt|min|mina|hans|hennes|ditt|din) (?:nya |privata )?"
    r"(?:mobil\w{0,8}|tele\w{0,10}|tel|nummer|nr)(?: (?:är|nu))?"
    rf"|{WORD_START}(?:ring|ringa|ringer|nå|nås|når|sms:?a|messa|kontakta) (?:mig|dig) (?:på|via)"
    r"(?: (?:mobil\w{0,8}|tele\w{0,10}|tel|nummer|nr))?)[ .:=]{0,3}$",
    re.IGNORECASE,
)
_FEWEST_OWNED, _MOST_OWNED = 6, 13


class _Reading(NamedTuple):
    """One way to read a window; the greatest is the best. `kind` is a phonenumbers type."""

    whole: bool
    tidy: bool
    last: int
    kind: int
    swedish: bool


def find(text: str, *, own_contacts: bool = False) -> list[tuple[int, int]]:
    """Return the spans of private phone numbers in a folded text, left to right.

    What is a number is libphonenumber's word; what is private, `lyhord.privacy.offices`'.
    Numbers that nobody has at home (020, 0771, 0900) are left out.
    """
    text = _NOT_A_PHONE.sub(lambda match: PASSED * len(match[0]), without_links(text))
    found: list[tuple[int, int]] = []
    for run in runs(text):
        found += _in_run(run, found[-1][1] if found else 0, own_contacts=own_contacts)
    return found


def is_swedish(digits: str) -> bool:
    """Tell whether digits that begin with 0 are a Swedish phone number."""
    return _DOMESTIC.fullmatch(digits) is not None and _kind(digits) is not None


def _in_run(run: Run, floor: int, *, own_contacts: bool) -> Iterator[tuple[int, int]]:
    words = before(run.text, run.groups[0][0], floor)
    first = 0
    while first < len(run.groups):
        last = None
        if first > 0 or not is_counted(words):
            reading = _best(run, first, floor, words)
            if reading is None:
                last = _owned(run, first, words) if first == 0 else None
            elif _is_private(run, reading, words, own_contacts=own_contacts):
                last = reading.last
            else:
                first = reading.last
        if last is not None:
            start, floor = _bounds(run, first, last)
            yield start, floor
            first = last
            words = ""
        first += 1


def _best(run: Run, first: int, floor: int, words: str) -> _Reading | None:
    """Return the best phone number that starts with group `first`.

    `08-16 031-390 06 00` is no number that starts with 08: a tidier one begins inside it.
    """
    best = max(_readings(run, first, floor, words), default=None)
    if best is None or best.tidy:
        return best
    inner = range(first + 1, best.last + 1)
    tidier = any(each.tidy for at in inner for each in _readings(run, at, floor, ""))
    return None if tidier else best


def _readings(run: Run, first: int, floor: int, words: str) -> Iterator[_Reading]:
    start, end = run.groups[first]
    plus = run.text[start - 1 : start] == "+"
    if not plus and (run.text[start:end][0] not in "047" or _is_tail(run, first, floor)):
        return
    about_phones = _PHONE_WORD.search(words) is not None
    for last, _count in run.windows(first, fewest=_FEWEST_DIGITS, most=_MOST_DIGITS):
        # The trunk zero of +46 (0)70 is not dialled.
        dialled = run.text[start : run.groups[last][1]].replace("(0)", "")
        if "\n" in dialled or "+" in dialled:
            return
        number = _written_out(_NO_DIGIT.sub("", dialled), plus=plus, about_phones=about_phones)
        kind = _kind(number) if number else None
        if number is None or kind is None:
            continue
        joints = run.joints(first, last)
        tidy = _is_tidy(joints[1:] if plus else joints)
        swedish = number.startswith(("0", "+46"))
        whole = _is_whole(run, last, joints)
        if number[0] == "0" and not about_phones:
            alike = tidy and _looks_dialled(run.shape(first, last), run.digits(last, last))
            if not alike and (_is_fixed(kind) or not whole):
                continue
        yield _Reading(whole, tidy, last, kind, swedish)


def _written_out(digits: str, *, plus: bool, about_phones: bool) -> str | None:
    """Return digits as libphonenumber reads them, or None where they are no phone number."""
    if plus:
        return f"+{digits}" if _ABROAD.fullmatch(f"+{digits}") else None
    if _DOMESTIC.fullmatch(digits):
        return digits
    if digits.startswith("00") and _ABROAD.fullmatch(digits):
        return f"+{digits[2:]}"
    if _MOBILE_WITHOUT_PLUS.fullmatch(digits):
        return f"+{digits}"
    if about_phones and _MOBILE_WITHOUT_ZERO.fullmatch(digits):
        return f"0{digits}"
    return None


def _kind(number: str) -> int | None:
    """Return the phonenumbers type of a valid number, or None."""
    import phonenumbers  # its 40 ms are for texts that hold a candidate

    try:
        parsed = phonenumbers.parse(number, "SE")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.number_type(parsed) if phonenumbers.is_valid_number(parsed) else None


def _is_fixed(kind: int) -> bool:
    from phonenumbers import PhoneNumberType as Type

    return kind in (Type.FIXED_LINE, Type.FIXED_LINE_OR_MOBILE, Type.UAN, Type.VOIP)


def _is_private(run: Run, reading: _Reading, words: str, *, own_contacts: bool) -> bool:
    from phonenumbers import PhoneNumberType as Type

    if reading.kind in (Type.TOLL_FREE, Type.SHARED_COST, Type.PREMIUM_RATE):
        return False
    return not offices.publishes_phone(
        words,
        after(run.text, run.groups[reading.last][1]),
        own_contacts=own_contacts,
        fixed=_is_fixed(reading.kind) and reading.swedish,
    )


def _is_tail(run: Run, first: int, floor: int) -> bool:
    """Tell whether a group hangs on the one before: the decimals of a number, a case's number."""
    if first == 0 or run.groups[first - 1][1] <= floor:
        return False
    joint, before_it = run.joints(first - 1, first)[0], run.digits(first - 1, first - 1)
    return joint in "-._" or ("/" in joint and bool(_YEAR.fullmatch(before_it)))


def _is_tidy(joints: list[str]) -> bool:
    """Tell whether a number is grouped as people do: one sign after the area code, then alike."""
    signs = [joint for joint in joints if not set(joint) & {"(", ")"}]
    rest = set(signs[1:])
    return len(rest) <= 1 and ("-" not in "".join(rest) or signs[0] in rest)


def _looks_dialled(shape: tuple[int, ...], tail: str) -> bool:
    """Tell a landline number from other digits that begin with 0, when no word helps."""
    if len(shape) == 1:
        return shape[0] >= _SHORTEST_BARE
    return 1 not in shape and not _YEAR.fullmatch(tail)


def _is_whole(run: Run, last: int, joints: list[str]) -> bool:
    """Tell whether a window ends where the writer's grouping does, not inside `10-15`."""
    if not joints or last + 1 == len(run.groups):
        return True
    following = run.joints(last, last + 1)[0]
    return following != "-" or joints[-1] == "-"


def _owned(run: Run, first: int, words: str) -> int | None:
    """Return the last group of a number that its owner calls a phone number, valid or not."""
    found = None
    if _OWNED.search(words):
        for last, _count in run.windows(first, fewest=_FEWEST_OWNED, most=_MOST_OWNED):
            if "\n" in "".join(run.joints(first, last)):
                break
            found = last
    return found


def _bounds(run: Run, first: int, last: int) -> tuple[int, int]:
    """Return a window's span with the plus sign and the parenthesis that belong to it."""
    start, end = run.groups[first][0], run.groups[last][1]
    if run.text[start - 1 : start] == "+":
        start -= 1
    inside = run.text[start:end]
    if run.text[start - 1 : start] == "(" and inside.count(")") > inside.count("("):
        start -= 1
    return start, end
