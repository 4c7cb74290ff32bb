"""The index's fields, and how a post's values become theirs."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import tantivy

from lyhord import times
from lyhord.errors import Misuse
from lyhord.query.fields import FIELDS, Field, FieldKind

KEY, LIVE, WORDS = "key", "live", "words"
CREATED, DAY, MONTH, RECENCY, MAIN_TOPIC = "created_at", "day", "month", "recency", "main_topic"
BODY, META = "body", "meta"

_NUMBERS = {FieldKind.INTEGER, FieldKind.TIME}
_RECENCY_START = datetime(2020, 1, 1, tzinfo=UTC)
_RECENCY_DOUBLES = 5 * 365.25 * 86_400
"""Seconds in which a post's weight doubles: of two equal hits a year apart, 15 % for the newer."""


def index_name(field: Field) -> str:
    """Name a field inside the index (a dot would mean a path into JSON there)."""
    return field.name.replace(".", "_")


def build_schema() -> tantivy.Schema:
    """Make the schema: what is searched, counted, sorted by, and kept to be read out."""
    builder = tantivy.SchemaBuilder()
    for name in (KEY, LIVE):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(WORDS, tokenizer_name="raw", index_option="position")
    for name in (DAY, MONTH, MAIN_TOPIC):
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_float_field(RECENCY, fast=True)
    builder.add_bytes_field(BODY, stored=True)
    builder.add_bytes_field(META, stored=True)
    for field in FIELDS.values():
        name = index_name(field)
        if field.kind in _NUMBERS:
            builder.add_integer_field(name, indexed=True, fast=True)
        elif field.kind is FieldKind.NUMBER:
            builder.add_float_field(name, indexed=True, fast=True)
        elif field.kind is not FieldKind.TEXT:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


SCHEMA = build_schema()
"""The one schema; an index made with another has to be made anew."""


def created_within(start: int | None, end: int | None) -> tantivy.Query:
    """Find what was created in [start, end), in microseconds since 1970; None is an open end."""
    return tantivy.Query.range_query(
        SCHEMA,
        CREATED,
        tantivy.FieldType.Integer,
        lower_bound=start,
        upper_bound=end,
        include_upper=end is None,
    )


def index_value(field: Field, value: Any) -> Any:
    """Give a value the form that the index holds: folded, in microseconds, or as it is."""
    if isinstance(value, datetime):
        return times.micros(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.kind is FieldKind.TIME:
        return times.micros(datetime.fromisoformat(value))
    return value.casefold() if field.kind is FieldKind.FOLDED else value


def field_values(flat: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Give every indexed value of a read-out post with the index's name for its field."""
    for field, name, outer, inner in _PLACES:
        found = flat[outer]
        if found is None or found == []:
            continue
        for item in found if isinstance(found, list) else (found,):
            value = item[inner] if inner else item
            if value is not None:
                yield name, value if field is None else index_value(field, value)
    if all(topic["label"] != flat["topic"] for topic in flat["topics"]):
        yield "topic", flat["topic"]
    for name in ("id", "thread_id", "in_reply_to"):
        if flat[name] is not None:
            yield name, flat[name].removeprefix(f"{flat['source']}:")


_AS_IT_IS = {FieldKind.KEYWORD, FieldKind.LABEL, FieldKind.MUNICIPALITY, FieldKind.ID}
_PLACES = [
    (
        None if field.kind in _AS_IT_IS else field,
        index_name(field),
        *(field.path.split(".", 1) if "." in field.path else (field.path, "")),
    )
    for field in FIELDS.values()
    if field.kind is not FieldKind.TEXT
]
"""For each indexed field: how to convert (None: as it is), its name, where the post has it."""


def derived(created: datetime, topic: str) -> Iterator[tuple[str, str]]:
    """Give the fields that only counting needs: Stockholm's day and month, the main topic."""
    day = times.local_day(created)
    yield DAY, day
    yield MONTH, day[:7]
    yield MAIN_TOPIC, topic


def recency(created: datetime) -> float:
    """Weigh a post by its age, the same whenever it is asked: it doubles every five years."""
    age = (created - _RECENCY_START).total_seconds()
    return float(2.0 ** (age / _RECENCY_DOUBLES))


def counted(name: str) -> str:
    """Give the index field behind a name to count by.

    Raises:
        Misuse: nothing can be counted by that name.

    """
    if name in (DAY, MONTH):
        return name
    if name == "topic":
        return MAIN_TOPIC
    field = FIELDS.get("topic" if name == "topics" else name)
    if field is None or field.kind is FieldKind.TEXT:
        raise Misuse(f"posts cannot be counted by {name!r}")
    return index_name(field)
