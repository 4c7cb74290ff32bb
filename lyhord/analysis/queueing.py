"""Queueing: groups whose posts wait longer for an answer than a rule promises."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lyhord import times
from lyhord.alerting.grouping import Firing, Group, grid, group_of
from lyhord.alerting.rules import Rule
from lyhord.analysis.found import arrival, within
from lyhord.dialogue.members import Member
from lyhord.dialogue.promises import Wait, broken
from lyhord.ports import Filters, Store

_SECOND = 1_000_000
_HOUR = 3_600


def overdue(rule: Rule, store: Store, since: datetime, until: datetime) -> list[Firing]:
    """Tell where promises were broken: whenever one more was, with all that wait at that time.

    Looks at what was written in [since, until): a wait that is older is not told of.

    Raises:
        QueryError, Misuse: the query or a filter cannot be meant.

    """
    assert rule.promise is not None  # noqa: S101 - a queue has one
    meant = {row["id"] for row in store.scan(rule.query, within(rule, since, until))}
    members = [_member(row) for row in store.scan("*", Filters(since, until))]
    end = times.micros(until)
    groups: dict[Group, list[Wait]] = {}
    for wait in broken(members, rule.promise * _HOUR, lambda post: post.key in meant):
        if wait.broken < end:
            groups.setdefault(_group(rule, wait), []).append(wait)
    return [firing for group in groups for firing in _firings(rule, group, groups[group], end)]


def _firings(rule: Rule, group: Group, waits: list[Wait], end: int) -> list[Firing]:
    """Give an alert of all that wait when one more does, with those that join it meanwhile."""
    waits.sort(key=lambda each: (each.broken, each.post.key))
    points = [grid(each.broken // _SECOND) for each in waits]
    least, _ = rule.floors
    found: list[Firing] = []
    done = 0
    for index, at in enumerate(points):
        # Others of the same grid point, and of the cool-down, belong to the alert before.
        if index < done or at * _SECOND > end:
            continue
        seen = bisect_right(points, at)
        late = [each for each in waits[:seen] if _waits(each, at * _SECOND)]
        if len(late) < least:
            continue
        done = max(bisect_left(points, at + rule.cool_down * _HOUR), seen)
        more = bisect_right(points, end // _SECOND, lo=seen, hi=done) if done > seen else seen
        found.append(_firing(group, at, [*late, *waits[seen:more]]))
    return found


def _firing(group: Group, at: int, late: list[Wait]) -> Firing:
    late.sort(key=lambda each: each.post.place)
    answers = [each.answered for each in late]
    last = max((each for each in answers if each is not None), default=0) // _SECOND
    return Firing(
        group=group,
        start=late[0].post.created // _SECOND,
        fired=at,
        last=max(last, at),
        is_open=None in answers,
        observed=len(late),
        expected=0.0,
        score=0.0,
        posts=[each.post.arrival() for each in late],
    )


def _waits(wait: Wait, now: int) -> bool:
    return wait.answered is None or wait.answered >= now


def _group(rule: Rule, wait: Wait) -> Group:
    post = wait.post.arrival()
    return group_of(
        rule.group_by,
        municipality=wait.municipality or "",
        topic=post.topic,
        source=post.source,
    )


def _member(row: Mapping[str, Any]) -> Member:
    post = arrival(row)
    parent = row["in_reply_to"] or row["thread_id"]
    return Member(
        key=post.key,
        parent=None if parent == post.key else parent,
        live=True,
        created=post.created,
        municipality=row["municipality"],
        official=post.official,
        needs_answer=post.needs_answer,
        topic=post.topic,
        sentiment=post.sentiment,
        author=post.author,
        fingerprint=post.fingerprint,
    )
