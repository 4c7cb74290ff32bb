"""A selection of posts: a query and the filters beside it, as the one tree that stores compile."""

from lyhord.errors import Misuse
from lyhord.ports import Filters
from lyhord.query import values
from lyhord.query.errors import QueryError
from lyhord.query.fields import FIELDS, Vocabulary
from lyhord.query.levelled import AllOf, AnyOf, Everything, Levelled
from lyhord.query.levels import level
from lyhord.query.parser import parse
from lyhord.query.tree import FieldRange
from lyhord.unicode import clean


def select(query: str, filters: Filters, *, vocabulary: Vocabulary | None = None) -> Levelled:
    """Read a query and its filters.

    Raises:
        QueryError: the query cannot be read.
        Misuse: a filter has no such field or value.

    """
    known = vocabulary or Vocabulary()
    parts = [level(parse(query, vocabulary=known))]
    parts += [_any(name, list(texts), known) for name, texts in filters.labels.items() if texts]
    if filters.since or filters.until:
        parts.append(FieldRange("created_at", filters.since, filters.until, include_upper=False))
    parts = [part for part in parts if not isinstance(part, Everything)]
    if not parts:
        return Everything()
    return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _any(name: str, texts: list[str], vocabulary: Vocabulary) -> Levelled:
    field = FIELDS.get(name)
    if field is None:
        raise Misuse(f"there is no filter {name!r}; there are {', '.join(FIELDS)}")
    try:
        matches = tuple(values.match(field, clean(text), 0, vocabulary) for text in texts)
    except QueryError as error:
        raise Misuse(error.message) from None
    return matches[0] if len(matches) == 1 else AnyOf(matches)  # type: ignore[return-value, arg-type]  # match gives leaves of fields
