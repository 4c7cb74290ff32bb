"""The clock that people live by: Stockholm's, with public holidays as Sundays."""

from datetime import UTC, datetime
from functools import lru_cache

from lyhord.days_off import is_holiday
from lyhord.times import STOCKHOLM

_SUNDAY = 6


@lru_cache(maxsize=100_000)
def clock(hour: int) -> tuple[int, int]:
    """Give the hour of day and the day of week (0 to 6) of an hour's number since 1970, UTC."""
    local = datetime.fromtimestamp(hour * 3_600, UTC).astimezone(STOCKHOLM)
    return local.hour, _SUNDAY if is_holiday(local.date()) else local.weekday()
