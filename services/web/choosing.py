"""What a visitor has chosen: a query and filters, and the links that keep, narrow or widen them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import Query

from lyhord import municipalities, times
from lyhord.errors import Misuse
from lyhord.ports import Filters
from services.web.naming import TITLES, Names, month

Labels = Annotated[list[str], Query()]
Parameters = dict[str, str | Sequence[str]]


class Chip(NamedTuple):
    """One chosen filter, and the address of the same page without it."""

    title: str
    value: str
    without: str


class Choice:
    """The parameters of the page, as they stand in its address; empty ones are not there."""

    def __init__(  # noqa: PLR0913 - one parameter for each of the page's filters
        self,
        *,
        q: str = "",
        municipality: Labels = [],  # noqa: B006 - FastAPI copies it
        topic: Labels = [],  # noqa: B006 - as above
        sentiment: Labels = [],  # noqa: B006 - as above
        kind: Labels = [],  # noqa: B006 - as above
        source: Labels = [],  # noqa: B006 - as above
        author_role: Labels = [],  # noqa: B006 - as above
        place: Labels = [],  # noqa: B006 - as above
        since: str = "",
        until: str = "",
    ) -> None:
        self.query = q
        codes = [municipalities.code_of(name) or name for name in municipality]
        given = (codes, topic, sentiment, kind, source, author_role, place)
        self.labels = {
            name: list(dict.fromkeys(filter(None, (value.strip() for value in values))))
            for name, values in zip(TITLES, given, strict=True)
        }
        self.since, self.until = since.strip(), until.strip()

    def __bool__(self) -> bool:
        """Tell whether anything is chosen."""
        return bool(self._parameters)

    def filters(self) -> Filters:
        """Give the filters; a bare day is its midnight in Stockholm.

        Raises:
            Misuse: a time cannot be meant, in Swedish.

        """
        labels = {name: values for name, values in self.labels.items() if values}
        return Filters(_time("Från", self.since), _time("Före", self.until), labels)

    def link(self, **changes: str | Sequence[str]) -> str:
        """Give the parameters as they stand in an address, with some changed; empty: nothing."""
        kept = {name: value for name, value in (self._parameters | changes).items() if value}
        return urlencode(kept, doseq=True)

    def chips(self, names: Names) -> Iterator[Chip]:
        """Give each filter as something that can be taken away."""
        for field, values in self.labels.items():
            for value in values:
                others = [each for each in values if each != value]
                yield Chip(TITLES[field], names.of(field, value), self.link(**{field: others}))
        if self.month:
            yield Chip("Månad", month(self.month), self.link(since="", until=""))
            return
        if self.since:
            yield Chip("Från", self.since, self.link(since=""))
        if self.until:
            yield Chip("Före", self.until, self.link(until=""))

    @property
    def month(self) -> str | None:
        """The month that the times are exactly, as `2026-03`."""
        name = self.since[:7]
        return name if (self.since, self.until) == bounds(name) else None

    @property
    def _parameters(self) -> Parameters:
        every = {"q": self.query, **self.labels, "since": self.since, "until": self.until}
        return {name: value for name, value in every.items() if value}


def bounds(name: str) -> tuple[str, str] | None:
    """Give a month's first day and the next one's; None where it is no month."""
    try:
        first = date.fromisoformat(f"{name}-01")
        after = (first + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        return None
    return first.isoformat(), after.isoformat()


def _time(title: str, text: str) -> datetime | None:
    try:
        return times.parse_option(text) if text else None
    except ValueError:
        raise Misuse(f"{title}: ”{text}” är ingen dag. Skriv den som 2026-03-01.") from None


def asked(choice: Choice, names: Names) -> Mapping[str, str]:
    """Give what is chosen by its title, as a workbook tells it."""
    told = {"Fråga": choice.query or "*"}
    for chip in choice.chips(names):
        told[chip.title] = f"{told[chip.title]}, {chip.value}" if chip.title in told else chip.value
    return told
