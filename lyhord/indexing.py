"""Indexing: what an index holds of a post beside its words, the same in every store."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from lyhord import times
from lyhord.query.fields import FIELDS, Field, FieldKind

DAY, MONTH, MAIN_TOPIC = "day", "month", "main_topic"
"""What only counting needs: Stockholm's day and month, and the main topic alone."""

_RECENCY_START = datetime(2020, 1, 1, tzinfo=UTC)
_RECENCY_DOUBLES = 5 * 365.25 * 86_400
"""Seconds in which a post's weight doubles: of two equal hits a year apart, 15 % for the newer."""


def _micros(value: Any) -> int:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return times.micros(moment)


_FORMS: Mapping[FieldKind, Callable[[Any], Any]] = {
    FieldKind.TIME: _micros,
    FieldKind.FOLDED: str.casefold,
    FieldKind.BOOLEAN: lambda value: "true" if value else "false",
}


def held(field: Field, value: Any) -> Any:
    """Give a value the form that an index holds: folded, in microseconds, or as it is."""
    form = _FORMS.get(field.kind)
    return value if form is None else form(value)


def bound(field: Field, value: Any) -> Any:
    """Give a query's value the form that it is compared in with what is held."""
    if isinstance(value, datetime):
        return times.micros(value)
    if value is not None and field.kind is FieldKind.NUMBER:
        return float(value)
    return value


class Placed(NamedTuple):
    """An indexed field, what gives its values their form, and where a read-out post has them."""

    form: Callable[[Any], Any] | None
    name: str
    outer: str
    inner: str


def placed(fields: Iterable[Field]) -> Sequence[Placed]:
    """Tell where a read-out post has these fields."""
    return [
        Placed(
            _FORMS.get(field.kind),
            field.name,
            *(field.path.split(".", 1) if "." in field.path else (field.path, "")),
        )
        for field in fields
        if field.kind is not FieldKind.TEXT
    ]


EVERY = placed(FIELDS.values())


def field_values(
    flat: Mapping[str, Any], fields: Sequence[Placed] = EVERY
) -> Iterator[tuple[str, Any]]:
    """Give every value that a read-out post is found by in these fields, with the field's name."""
    for form, name, outer, inner in fields:
        found = flat[outer]
        if found is None or found == []:
            continue
        for item in found if type(found) is list else (found,):
            value = item[inner] if inner else item
            if value is not None:
                yield name, value if form is None else form(value)
    if all(topic["label"] != flat["topic"] for topic in flat["topics"]):
        yield "topic", flat["topic"]
    for name in ("id", "thread_id", "in_reply_to"):
        if flat[name] is not None:
            yield name, flat[name].removeprefix(f"{flat['source']}:")


def derived(created: datetime, topic: str) -> Iterator[tuple[str, str]]:
    """Give what only counting needs."""
    day = times.local_day(created)
    yield DAY, day
    yield MONTH, day[:7]
    yield MAIN_TOPIC, topic


def recency(created: datetime) -> float:
    """Weigh a post by its age, the same whenever it is asked: it doubles every five years."""
    age = (created - _RECENCY_START).total_seconds()
    return float(2.0 ** (age / _RECENCY_DOUBLES))
