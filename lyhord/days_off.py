"""Days off in Sweden: public holidays, and the three eves that offices keep."""

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase


def is_holiday(day: date) -> bool:
    """Tell whether offices are closed on a day, weekends left aside.

    Source: the package `holidays`, Sweden, categories `public` and `de_facto` (the eves of
    Midsummer, Christmas and New Year).
    """
    return day in _holidays()


@cache
def _holidays() -> "HolidayBase":
    # Not everybody needs it, and it takes a tenth of a second.
    from holidays import country_holidays

    return country_holidays("SE", categories=("public", "de_facto"))
