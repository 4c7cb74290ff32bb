"""Periods: Kibana's relative times and shifts (`now-7d`, `1w`, `previous`) as moments."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from lyhord.times import STOCKHOLM

_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "M": timedelta(days=30),
    "y": timedelta(days=365),
}
_SPAN = re.compile(r"(\d+)([mhdwMy])")


@dataclass(frozen=True)
class Period:
    """What a dashboard looks at: [start, end), UTC."""

    start: datetime
    end: datetime

    @classmethod
    def since(cls, relative: str, now: datetime) -> "Period":
        """Read `now-7d`."""
        return cls(earlier(now, relative.removeprefix("now-")), now)

    def shifted(self, shift: str) -> "Period":
        """Look back by a shift; none leaves it as it is."""
        if shift and shift != "previous":
            return Period(earlier(self.start, shift), earlier(self.end, shift))
        back = self.back(shift)
        return Period(self.start - back, self.end - back)

    def back(self, shift: str) -> timedelta:
        """Tell how far a shift looks back; `previous` is the period's own length."""
        if not shift:
            return timedelta()
        return self.end - self.start if shift == "previous" else span(shift)

    def query(self, field: str) -> dict[str, object]:
        """Give it as Elasticsearch's filter on a field."""
        return {"range": {field: {"gte": written(self.start), "lt": written(self.end)}}}


def earlier(moment: datetime, text: str) -> datetime:
    """Go back by a length: days and longer by Stockholm's clock, as Kibana does, else by time."""
    length = span(text)
    if text[-1] in {"m", "h"}:
        return moment - length
    local = moment.astimezone(STOCKHOLM).replace(tzinfo=None) - length
    return local.replace(tzinfo=STOCKHOLM).astimezone(UTC)


def span(text: str) -> timedelta:
    """Read a length, `7d`; a month is 30 days, a year 365."""
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"no length of time: {text}")
    return int(found[1]) * _UNITS[found[2]]


def written(moment: datetime) -> str:
    """Give a moment to the millisecond, UTC."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
