"""The index's fields, and how a post's values become theirs."""

import tantivy

from lyhord.errors import Misuse
from lyhord.indexing import DAY, MAIN_TOPIC, MONTH
from lyhord.query.fields import FIELDS, Field, FieldKind, countable

KEY, LIVE, WORDS, CREATED, RECENCY = "key", "live", "words", "created_at", "recency"
BODY, META = "body", "meta"

_NUMBERS = {FieldKind.INTEGER, FieldKind.TIME}


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


INDEX_NAMES = {name: index_name(field) for name, field in FIELDS.items()}
"""Each field's name inside the index."""

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
        raise Misuse(f"posts cannot be counted by {name!r}; by {', '.join(countable())} they can")
    return index_name(field)
