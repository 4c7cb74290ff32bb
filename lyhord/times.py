"""Times: strict RFC 3339 in, UTC with `Z` out, days and months of Europe/Stockholm."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lyhord.errors import Misuse

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse(text: str) -> datetime:
    """Read an RFC 3339 time as UTC.

    Digits beyond the microsecond are cut; a leap second (at the end of a day, UTC) counts as the
    second before it.

    Raises:
        ValueError: `text` is not RFC 3339, has no offset, or names no possible time.

    """
    match = _RFC3339.fullmatch(text)
    if match is None:
        raise ValueError("is not an RFC 3339 time with offset, such as 2024-05-01T12:00:00Z")
    to_minute, second, fraction, offset = match.groups()
    leap = second == "60"
    try:
        if offset[4:] > "59":
            raise ValueError("the offset is out of range")
        whole = f"{to_minute}:{'59' if leap else second}{(fraction or '')[:7]}{offset.upper()}"
        moment = datetime.fromisoformat(whole).astimezone(UTC)
        if leap and (moment.hour, moment.minute) != (23, 59):
            raise ValueError("no minute of 61 seconds")
    except (ValueError, OverflowError) as error:
        raise ValueError(f"is not a possible time ({error})") from None
    return moment


def parse_option(text: str) -> datetime:
    """Read a command's time: RFC 3339, or a bare date as midnight in Stockholm.

    Raises:
        ValueError: `text` is neither.

    """
    if not _DATE.fullmatch(text):
        try:
            return parse(text)
        except ValueError as error:
            raise ValueError(f"{error}, nor a day such as 2024-05-01") from None
    try:
        return local_midnight(date.fromisoformat(text))
    except ValueError as error:
        raise ValueError(f"is not a possible day ({error})") from None


def option(name: str, text: str | None) -> datetime | None:
    """Read the time that an option or parameter called `name` gives; None where it gives none.

    Raises:
        Misuse: it is no time.

    """
    if text is None:
        return None
    try:
        return parse_option(text)
    except ValueError as error:
        raise Misuse(f"{name} {text!r} {error}") from None


def local_midnight(day: date) -> datetime:
    """Give the moment when `day` begins in Stockholm, as UTC.

    Raises:
        ValueError: that moment lies before the year 1.

    """
    try:
        return datetime(day.year, day.month, day.day, tzinfo=STOCKHOLM).astimezone(UTC)
    except OverflowError:
        raise ValueError("is before the year 1") from None


def local_day(moment: datetime) -> str:
    """Give the day in Stockholm, as `2024-05-01`."""
    return moment.astimezone(STOCKHOLM).date().isoformat()


def format_utc(moment: datetime) -> str:
    """Write a time as RFC 3339 in UTC with `Z`, without needless decimals."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat().removesuffix("+00:00") + "Z"


def micros(moment: datetime) -> int:
    """Give whole microseconds since 1970 (exact: no float between)."""
    return (moment - _EPOCH) // _MICROSECOND
