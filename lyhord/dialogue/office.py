"""Office hours: how much of a time lies within weekdays 8-17, Swedish holidays off."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from lyhord import times
from lyhord.days_off import is_holiday

_OPENS, _CLOSES = time(8), time(17)
_FRIDAY = 4
_DAY = timedelta(days=1)
OFFICE_DAY = 9 * 3600
"""Seconds of a whole office day."""


def office_seconds(start: datetime, end: datetime) -> int:
    """Give the whole seconds of office hours in [start, end); 0 where it ends before it starts.

    Holidays are the public ones and the three eves that offices keep (Midsummer, Christmas, New
    Year). Source: the package `holidays`, Sweden, categories `public` and `de_facto`.
    """
    first, last = start.astimezone(times.STOCKHOLM), end.astimezone(times.STOCKHOLM)
    if last <= first:
        return 0
    if first.date() == last.date():
        return _within(first, last)
    whole, day = 0, first.date() + _DAY
    while day < last.date():
        whole += OFFICE_DAY * _is_open(day)
        day += _DAY
    return _within(first, _at(first.date(), _CLOSES)) + whole + _within(_at(day, _OPENS), last)


def deadline(start: datetime, seconds: float) -> datetime:
    """Give when so many seconds of office hours have passed since a time, as UTC.

    Args:
        start: from when.
        seconds: above 0.

    """
    at = start.astimezone(times.STOCKHOLM)
    day, left = at.date(), seconds
    while True:
        if _is_open(day):
            opens = max(at, _at(day, _OPENS))
            # In UTC, so that seconds are seconds; no clock is changed within office hours.
            here = (_at(day, _CLOSES) - opens).total_seconds()
            if left <= here:
                return opens.astimezone(UTC) + timedelta(seconds=left)
            left -= max(here, 0.0)
        day += _DAY


def _within(first: datetime, last: datetime) -> int:
    """Count office hours between two times of one day."""
    if not _is_open(first.date()):
        return 0
    opens, closes = _at(first.date(), _OPENS), _at(first.date(), _CLOSES)
    return max(0, int((min(last, closes) - max(first, opens)).total_seconds()))


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, times.STOCKHOLM)


@cache
def _is_open(day: date) -> bool:
    return day.weekday() <= _FRIDAY and not is_holiday(day)
