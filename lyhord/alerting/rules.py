"""Rules: what an installation wants to be told of, as data."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from lyhord import times
from lyhord.unicode import clean

BUILT_IN = "volym"
"""The name of the rule that is always in force: more posts than usual."""
GroupBy = Literal["municipality", "topic", "municipality+topic", "source", "none"]
Method = Literal["volume", "negative", "silence", "queue"]
BUDGETS: Mapping[str, float] = {"low": 0.1, "medium": 0.5, "high": 2.0}
"""False alerts that chance may give a municipality in a week."""
FLOORS: Mapping[Method, tuple[int, int]] = {
    "volume": (5, 4),
    "negative": (20, 5),
    "silence": (0, 0),
    "queue": (1, 0),
}
"""Posts and authors that an alert has at least, by method; of a queue, posts that wait."""
_MOST_BUDGET = 50.0
_CLOCK = r"^([01]\d|2[0-3])-([01]\d|2[0-3])$"
_HOUR = timedelta(hours=1)


def _sensitivity(value: Any) -> Any:
    known = isinstance(value, str) and value in BUDGETS
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if known or (number and 0 < value <= _MOST_BUDGET):
        return value
    raise ValueError(
        "should be low, medium or high, or how many false alerts a municipality may get in a "
        f"week, above 0 and at most {_MOST_BUDGET:g}"
    )


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Label = Annotated[str, Field(min_length=1, max_length=200)]
Labels = Annotated[tuple[Label, ...], Field(max_length=400)]
Name = Annotated[str, Field(pattern=r"^[^\W_][\w .+-]{0,59}$"), AfterValidator(clean)]


class Narrowed(_Strict):
    """Filters beside the query, as `lyhord save` keeps them: labels, and times as it reads them."""

    municipality: Labels = ()
    topic: Labels = ()
    sentiment: Labels = ()
    kind: Labels = ()
    source: Labels = ()
    author_role: Labels = ()
    place: Labels = ()
    since: str | None = None
    until: str | None = None

    @property
    def labels(self) -> dict[str, list[str]]:
        """The labels of each field that is narrowed."""
        every = self.model_dump(exclude={"since", "until"})
        return {name: list(values) for name, values in every.items() if values}

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Give the times as UTC.

        Raises:
            Misuse: one is no time.

        """
        return times.option("since", self.since), times.option("until", self.until)


class Floors(_Strict):
    """How many posts, and how many who wrote them, an alert has at least."""

    posts: int | None = Field(default=None, ge=1, le=1_000_000)
    authors: int | None = Field(default=None, ge=1, le=1_000_000)


class Rule(_Strict):
    """One rule: which posts, how they are grouped, what is told of a group, and to whom.

    Attributes:
        name: unique; letters, digits, space and `.+-_`, at most 60.
        query: which posts; Lucene syntax, `*` for all.
        filters: beside the query.
        saved: name of a saved search, in place of query and filters.
        group_by: what has alerts of its own.
        method: see docs/alert-rules.md.
        sensitivity: `low`, `medium`, `high`, or false alerts a municipality and week.
        at_least: what an alert has at least; never less than the method's own `FLOORS`.
        quiet_hours: such as `22-07` in Stockholm, in which nobody is notified.
        cool_down: hours after an alert in which what comes of the group belongs to it.
        promise: of `queue`: office hours within which an answer is promised.
        recipients: names of those who are told.

    """

    name: Name
    query: str = Field(default="*", max_length=4_000)
    filters: Narrowed = Narrowed()
    saved: str | None = Field(default=None, min_length=1, max_length=200)
    group_by: GroupBy = "municipality"
    method: Method = "volume"
    sensitivity: Annotated[str | float, BeforeValidator(_sensitivity)] = "medium"
    at_least: Floors = Floors()
    quiet_hours: str | None = Field(default=None, pattern=_CLOCK)
    cool_down: float = Field(default=24.0, ge=0, le=24 * 60)
    promise: float | None = Field(default=None, gt=0, le=2_000)
    recipients: Annotated[tuple[Label, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        problems = [*self._contradictions()]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _contradictions(self) -> Iterator[str]:
        if self.name.casefold() == BUILT_IN:
            yield f"name: {BUILT_IN} is the built-in rule; choose another name"
        if self.saved is not None and (self.query != "*" or self.filters != Narrowed()):
            yield "saved: stands in place of query and filters; give one or the other"
        if (self.promise is None) == (self.method == "queue"):
            need = "is missing: office hours within which an answer is promised"
            yield f"promise: {need if self.promise is None else 'is of the method queue alone'}"
        if self.method in {"silence", "queue"} and self.at_least.authors is not None:
            yield f"at_least.authors: has no meaning for {self.method}; leave it out"
        if self.method == "silence" and self.at_least.posts is not None:
            yield "at_least.posts: has no meaning for silence; leave it out"
        for field, floor in zip(("posts", "authors"), FLOORS[self.method], strict=True):
            given = getattr(self.at_least, field)
            if given is not None and given < floor:
                yield f"at_least.{field}: is never below {floor} for {self.method}"

    @property
    def budget(self) -> float:
        """False alerts that chance may give a municipality in a week."""
        told = self.sensitivity
        return BUDGETS[told] if isinstance(told, str) else float(told)

    @property
    def floors(self) -> tuple[int, int]:
        """Posts and authors that an alert has at least."""
        posts, authors = FLOORS[self.method]
        return self.at_least.posts or posts, self.at_least.authors or authors

    def notify_at(self, moment: datetime) -> datetime:
        """Give when somebody may be told of what is known at a moment: when quiet hours end."""
        if self.quiet_hours is None:
            return moment
        start, end = map(int, self.quiet_hours.split("-"))
        local = moment.astimezone(times.STOCKHOLM)
        quiet = start <= local.hour < end if start <= end else not end <= local.hour < start
        if not quiet:
            return moment
        # By whole hours of UTC: a clock that is put forward has no 02, one put back has two.
        later = moment.replace(minute=0, second=0, microsecond=0)
        while later.astimezone(times.STOCKHOLM).hour != end:
            later += _HOUR
        return later

    def line(self) -> dict[str, Any]:
        """Give it as JSON reads it out, without what is as by default."""
        told: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return told
