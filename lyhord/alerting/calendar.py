"""The hours that people live by: Stockholm's clock, and days that are no working days."""

from datetime import UTC, date, datetime
from functools import cache
from typing import NamedTuple

from lyhord.dialogue.office import is_holiday
from lyhord.times import STOCKHOLM

KINDS = 3
"""Working days, Saturdays, and Sundays with all other days off."""
_SATURDAY = 5


class Hour(NamedTuple):
    """An hour of Stockholm's: on which kind of day, and at which hour of the clock."""

    kind: int
    clock: int


def hour(number: int) -> Hour:
    """Read an hour's number since 1970 (UTC)."""
    local = datetime.fromtimestamp(number * 3_600, UTC).astimezone(STOCKHOLM)
    return Hour(_kind(local.date()), local.hour)


@cache
def _kind(day: date) -> int:
    if day.weekday() == _SATURDAY:
        return 1
    return 2 if day.weekday() > _SATURDAY or is_holiday(day) else 0
