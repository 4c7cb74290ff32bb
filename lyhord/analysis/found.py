"""Found: a rule's posts as alerting knows them, from either store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from lyhord import municipalities, times
from lyhord.alerting.arrivals import Arrival
from lyhord.alerting.rules import GroupBy, Rule
from lyhord.labels import OTHER_TOPIC
from lyhord.ports import Filters, Store

_EVERYTHING = frozenset(("", "*"))
_OF_ARRIVALS = frozenset(("municipality", "source"))


class Universe(NamedTuple):
    """Topics and sources that posts may have: known beforehand, never learnt from later posts."""

    topics: tuple[str, ...]
    sources: tuple[str, ...]

    def series(self, by: GroupBy) -> int:
        """Count the groups that share a municipality's budget of false alerts."""
        sizes = {"topic": len(self.topics), "source": len(self.sources)}
        return sizes.get(by.removeprefix("municipality+"), 1)


def found(
    rule: Rule, store: Store, since: datetime, until: datetime, known: Universe
) -> list[Arrival]:
    """Give what a rule finds of [since, until), in order of time, then key.

    A topic that is not known any more counts as `ovrigt`.

    Raises:
        QueryError, Misuse: the query or a filter cannot be meant.

    """
    filters = within(rule, since, until)
    if rule.query.strip() in _EVERYTHING and filters.labels.keys() <= _OF_ARRIVALS:
        posts = _arrived(store, filters)
    else:
        rows = store.scan(rule.query, filters)
        posts = sorted(arrival(row) for row in rows)
    topics = frozenset(known.topics)
    return [each if each.topic in topics else each._replace(topic=OTHER_TOPIC) for each in posts]


def within(rule: Rule, since: datetime, until: datetime) -> Filters:
    """Give a rule's filters, narrowed to [since, until)."""
    start, end = rule.filters.bounds()
    return Filters(max(since, start or since), min(until, end or until), rule.filters.labels)


def _arrived(store: Store, filters: Filters) -> list[Arrival]:
    """Read the columns alone, a few times faster than whole posts."""
    places = {municipalities.meant(each) for each in filters.labels.get("municipality", ())}
    sources = set(filters.labels.get("source", ()))
    if sources:
        # An unknown source is told as a search tells it.
        store.search("*", filters, size=1, sort="newest")
    return [
        each
        for each in store.arrivals(filters.since, filters.until)
        if (not places or each.municipality in places) and (not sources or each.source in sources)
    ]


def arrival(row: Mapping[str, Any]) -> Arrival:
    """Take a post as it is read out."""
    return Arrival(
        created=times.micros(datetime.fromisoformat(row["created_at"])),
        key=row["id"],
        municipality=row["municipality"] or "",
        topic=row["topic"],
        official=row["author_role"] == "municipality",
        author=row["author"],
        fingerprint=row["fingerprint"],
        sentiment=row["sentiment"]["label"],
        needs_answer=row["needs_answer"],
    )
