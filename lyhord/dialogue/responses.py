"""Responses: how many threads that asked were answered, and how fast, group by group."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from statistics import median, quantiles
from typing import NamedTuple

from lyhord import times
from lyhord.dialogue.groups import By
from lyhord.dialogue.members import Micros
from lyhord.dialogue.office import OFFICE_DAY, office_seconds
from lyhord.dialogue.threads import Thread, moment

_DECILES = 10


class Responses(NamedTuple):
    """How a group of threads was answered. Shares are None where nothing is counted.

    ``asked`` counts threads in which a citizen's post needs an answer, ``answered`` those of them
    that the municipality has written in since; ``due`` leaves out those that wait for an answer
    still, but not yet for a working day (nine office hours). Times are seconds to the first
    response, by the clock and in office hours; the share within a working day is of what is due,
    which is what the municipalities' own measure of e-mail counts.
    """

    group: str | None
    asked: int
    answered: int
    due: int
    share_answered: float | None
    share_within_day: float | None
    median_seconds: float | None
    p90_seconds: float | None
    median_office_seconds: float | None
    p90_office_seconds: float | None


def responses(threads: Iterable[Thread], *, by: By, now: datetime) -> Iterator[Responses]:
    """Tell how threads were answered, in the order of the groups' names; nameless ones last.

    Args:
        threads: as they stand at ``now``; those that asked nothing are left out.
        by: what they are grouped by; the month is Stockholm's, of the thread's first post.
        now: what is due is counted from.

    """
    groups: defaultdict[str | None, list[Thread]] = defaultdict(list)
    for thread in threads:
        if thread.status != "none-needed":
            groups[_group(thread, by)].append(thread)
    for name in sorted(groups, key=lambda name: (name is None, name or "")):
        yield _of(name, groups[name], now)


def _of(name: str | None, threads: list[Thread], now: datetime) -> Responses:
    clock = [each.first_response_seconds for each in threads]
    office = [each.first_response_office_seconds for each in threads]
    came = [seconds for seconds in clock if seconds is not None]
    worked = [seconds for seconds in office if seconds is not None]
    pending = sum(
        each.first_response_at is None and not _is_due(each.waiting_since, now) for each in threads
    )
    due = len(threads) - pending
    answered = sum(each.status == "answered" for each in threads)
    within = sum(seconds <= OFFICE_DAY for seconds in worked)
    return Responses(
        group=name,
        asked=len(threads),
        answered=answered,
        due=due,
        share_answered=answered / len(threads),
        share_within_day=within / due if due else None,
        median_seconds=median(came) if came else None,
        p90_seconds=_p90(came),
        median_office_seconds=median(worked) if worked else None,
        p90_office_seconds=_p90(worked),
    )


def _is_due(since: Micros | None, now: datetime) -> bool:
    return since is not None and office_seconds(moment(since), now) >= OFFICE_DAY


def _p90(values: list[int]) -> float | None:
    """Give the ninth decile, by linear interpolation (Hyndman & Fan 1996, type 7)."""
    if len(values) < 2:  # noqa: PLR2004 - of a single one every quantile is itself
        return float(values[0]) if values else None
    return quantiles(values, n=_DECILES, method="inclusive")[-1]


def _group(thread: Thread, by: By) -> str | None:
    match by:
        case "source":
            return thread.thread_id.partition(":")[0]
        case "month":
            return times.local_day(moment(thread.opened_at))[:7]
        case _:
            name: str | None = getattr(thread, by)
            return name
