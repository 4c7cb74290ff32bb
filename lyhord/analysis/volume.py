"""Volume: rises of a rule's groups, as the built-in detector finds them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from lyhord.alerting.arrivals import Arrival
from lyhord.alerting.columns import Columns, Ints, Series
from lyhord.alerting.grouping import Firing, Group, grid, second
from lyhord.alerting.rises import QUIET, Rise, rises
from lyhord.alerting.rules import Rule
from lyhord.analysis.found import Universe


class _Grouping(NamedTuple):
    """Where posts stand among the detector's series, and what these are called."""

    places: Sequence[str]
    topics: Sequence[str]

    def group(self, series: int) -> Group:
        place, topic = divmod(series, len(self.topics) + 1)
        label = self.topics[topic] if topic < len(self.topics) else ""
        return self.places[place], label or None


def rising(rule: Rule, posts: Sequence[Arrival], until: int, known: Universe) -> list[Firing]:
    """Give the rises of a rule's groups, each once it has the rule's posts and authors.

    Where topics or sources are groups, the whole of them is one too, told where no single one
    explains half of a rise.

    Args:
        rule: of the method `volume`.
        posts: citizens', in order of time.
        until: seconds since 1970; later grid points are not looked at.
        known: topics and sources that posts may have.

    """
    if not posts:
        return []
    columns, grouping = _columns(rule, posts, known)
    series = Series(columns)
    # A single topic and its municipality are one series that the detector counts as two.
    budget = rule.budget * columns.width / known.series(rule.group_by)
    told = rises(columns, until=until, budget=budget)
    return [
        firing
        for rise in told
        for firing in _firing(rule, rise, series, posts, grouping.group(rise.series), until)
    ]


def _columns(rule: Rule, posts: Sequence[Arrival], known: Universe) -> tuple[Columns, _Grouping]:
    by = rule.group_by
    in_places = by.startswith("municipality")
    places = sorted({each.municipality for each in posts}) if in_places else [""]
    topics: Sequence[str] = [""]
    if by == "source":
        topics = known.sources
    elif by.endswith("topic"):
        topics = known.topics
    about = {
        "source": [each.source for each in posts],
        "topic": [each.topic for each in posts],
        "municipality+topic": [each.topic for each in posts],
    }.get(by, [""] * len(posts))
    where = [each.municipality for each in posts] if in_places else [""] * len(posts)
    columns = Columns.of(posts)._replace(
        place=_index(where, places),
        topic=_index(about, topics),
        municipalities=places,
        topics=topics,
    )
    return columns, _Grouping(places, topics)


def _index(values: Sequence[str], known: Sequence[str]) -> Ints:
    at = {value: index for index, value in enumerate(known)}
    return np.array([at.get(value, len(known) - 1) for value in values], dtype=np.int64)


def _firing(  # noqa: PLR0913, PLR0917 - what a rise is of
    rule: Rule, rise: Rise, series: Series, posts: Sequence[Arrival], group: Group, until: int
) -> Iterator[Firing]:
    over = min(rise.last + QUIET, until)
    within = [posts[at] for at in series.within(rise.series, rise.start, over).tolist()]
    fired = _enough(rule, within, rise.fired)
    if fired is not None and fired <= until:
        last = max(rise.last, fired)
        own = [each for each in within if second(each) < last]
        yield Firing(
            group, rise.start, fired, last, until - rise.last <= QUIET, len(own), rise.expected,
            rise.score, own, rise.genuine,
        )  # fmt: skip


def _enough(rule: Rule, posts: Sequence[Arrival], known: int) -> int | None:
    """Give the grid point where a rise has as many posts and authors as the rule wants."""
    least, authors = rule.floors
    wrote: set[str] = set()
    for count, each in enumerate(posts, 1):
        wrote.add(each.author or each.key)
        if count >= least and len(wrote) >= authors:
            return max(known, grid(second(each)))
    return None
