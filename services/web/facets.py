"""Facets: what a search can be narrowed by, each value with how many posts it leaves."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lyhord import times
from lyhord.query.words import as_phrase
from services.web.choosing import Choice, bounds
from services.web.naming import TITLES, Names

FIELDS: Mapping[str, str] = {
    "topic": "topics",
    "sentiment": "sentiment",
    "kind": "kind",
    "municipality": "municipality",
    "place": "place",
    "month": "month",
    "source": "source",
    "author_role": "author_role",
}
"""The page's facets in order, and what the store counts for each: any of a post's topics."""
_SHOWN: Mapping[str, int] = {"municipality": 10, "place": 10, "month": 12}
_SEVERAL = frozenset({"topic", "place"})
"""Fields that a post may have several values of."""


class Value(NamedTuple):
    """A value, how many posts have it, and the address that narrows to them.

    There is no address where nothing would be left out.
    """

    key: str
    name: str
    posts: int
    link: str | None


class Facet(NamedTuple):
    """A field with its values, the most frequent first (months: the latest), and how many more."""

    field: str
    title: str
    values: Sequence[Value]
    more: int


def facets(
    counted: Mapping[str, Mapping[str, int]],
    choice: Choice,
    names: Names,
    *,
    total: int,
    spelled: Mapping[str, str],
) -> dict[str, Facet]:
    """Make the facets of a search by field.

    Args:
        counted: what the store counted, by field.
        choice: what is chosen already, which every link keeps.
        names: what values are called.
        total: how many posts are found.
        spelled: how places are written, where that is known; the store has them in small letters.

    """
    made = {}
    for field, name in FIELDS.items():
        ordered = sorted(counted[name].items(), key=lambda item: (-item[1], item[0]))
        if field == "month":
            ordered.sort(reverse=True)
        values = [
            Value(
                key,
                (spelled.get(key) if field == "place" else None) or names.of(field, key),
                posts,
                None
                if posts == total and _is_chosen(choice, field, key)
                else _link(choice, field, key),
            )
            for key, posts in ordered[: _SHOWN.get(field)]
        ]
        made[field] = Facet(field, TITLES.get(field, "Månad"), values, len(ordered) - len(values))
    return made


def _is_chosen(choice: Choice, field: str, key: str) -> bool:
    if field == "month":
        return bool(choice.since or choice.until)
    return key in map(str.casefold, choice.labels[field])


def _link(choice: Choice, field: str, key: str) -> str:
    """Narrow to one value.

    Beside a chosen one of a field with several values it goes into the query, where both are meant:
    as a filter it would be an alternative.
    """
    if field == "month":
        return _month(choice, key)
    if field in _SEVERAL and choice.labels[field] and not _is_chosen(choice, field, key):
        more = f"{field}:{as_phrase(key)}"
        return choice.link(q=f"({choice.query}) {more}" if choice.query.strip() else more)
    return choice.link(**{field: [key]})


def _month(choice: Choice, name: str) -> str:
    """Narrow to a month, or to the part of it that is within the times that are chosen."""
    since, until = bounds(name) or ("", "")
    if choice.since and times.parse_option(choice.since) > times.parse_option(since):
        since = choice.since
    if choice.until and times.parse_option(choice.until) < times.parse_option(until):
        until = choice.until
    return choice.link(since=since, until=until)
