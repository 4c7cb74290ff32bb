"""Recipients: who is told of alerts, how, of what, and when not."""

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from lyhord import municipalities, times
from lyhord.errors import Misuse

_SPAN = re.compile(r"(\d{1,2})(?::(\d\d))?\s*[-–]\s*(\d{1,2})(?::(\d\d))?", re.ASCII)
_DAY = timedelta(days=1)


def _span(text: str) -> tuple[time, time]:
    match = _SPAN.fullmatch(text.strip())
    wrong = f"{text!r} is no span of the day such as 22-07 or 22:30-06:00"
    if match is None:
        raise ValueError(wrong)
    first, second = match.group(1, 2), match.group(3, 4)
    try:
        start, end = (time(int(hour) % 24, int(minute or 0)) for hour, minute in (first, second))
    except ValueError:
        raise ValueError(wrong) from None
    if start == end or any(int(hour) > 24 for hour in (first[0], second[0])):  # noqa: PLR2004
        raise ValueError(wrong)
    return start, end


def _quiet(text: str) -> str:
    if text:
        _span(text)
    return text


def _codes(names: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(dict.fromkeys(municipalities.meant(name) for name in names))
    except Misuse as problem:
        raise ValueError(str(problem)) from None


def _address(address: SecretStr) -> SecretStr:
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://\S", address.get_secret_value()):
        raise ValueError(
            "is no address such as mailto://…, json://… or ntfy://… (docs/notifications.md)"
        )
    return address


class RecipientSettings(BaseModel):
    """Somebody who is told of alerts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100, description="Unique name; keep it.")
    address: Annotated[SecretStr, AfterValidator(_address)] = Field(
        description="Where to: an address as apprise has them."
    )
    municipalities: Annotated[tuple[str, ...], AfterValidator(_codes)] = Field(
        default=(), description="SCB codes or names; none = all."
    )
    topics: tuple[str, ...] = Field(
        default=(), description="Labels of topics; none = all, and what has no single topic."
    )
    quiet_hours: Annotated[str, AfterValidator(_quiet)] = Field(
        default="", description="`22-07` in Stockholm: what opens then is told when they end."
    )
    always: bool = Field(default=False, description="Told in quiet hours, too.")
    digest: Literal["no", "daily", "weekly"] = Field(
        default="no", description="One message a day or week in place of one for each alert."
    )
    summary: Literal["no", "daily", "weekly"] = Field(
        default="no", description="The summary of each of the municipalities, with a picture."
    )
    cool_down: int = Field(
        default=60,
        ge=0,
        le=10_080,
        description="Minutes from a message to the next about a topic in a municipality that "
        "rises anew or grows.",
    )
    detail: Literal["short", "full"] = Field(
        default="full", description="`short` fits a text message, and quotes nobody."
    )

    def wants(self, municipality: str, topic: str | None) -> bool:
        """Tell whether this is somebody to tell about a topic in a municipality."""
        return (not self.municipalities or municipality in self.municipalities) and (
            not self.topics or topic in self.topics
        )

    def awake(self, moment: datetime) -> datetime:
        """Give the first moment, from this one on, at which nothing keeps quiet, as UTC."""
        if self.always or not self.quiet_hours:
            return moment
        start, end = _span(self.quiet_hours)
        local = moment.astimezone(times.STOCKHOLM)
        at = local.time()
        if not (start <= at < end if start < end else at >= start or at < end):
            return moment
        day = local.date() + (_DAY if at >= end else timedelta())
        return datetime.combine(day, end, times.STOCKHOLM).astimezone(moment.tzinfo)
