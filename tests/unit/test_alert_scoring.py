"""The judge of the alerts' benchmark, on cases worked by hand."""

from collections.abc import Sequence
from typing import Any

import pytest

from benchmarks.alerts.incidents import Run, openings
from benchmarks.alerts.incidents import table as by_series
from benchmarks.alerts.model import DAY, HOUR, MINUTE, WEEK, Event, Fired
from benchmarks.alerts.scoring import Judge

T = 1_000 * DAY


def event(kind: str = "burst", at: int = T, hours: int = 2, **changes: Any) -> Event:
    rises = kind in ("burst", "build_up", "national")
    made = Event(kind, "1780", "avfall", at, at + hours * HOUR, kind == "burst", rises, ("1780",))
    return made._replace(**changes)


def fired(minutes: float, score: float = 9.0, *, topic: str | None = "avfall",
          place: str = "1780", spam: bool = False) -> Fired:  # fmt: skip
    return Fired(place, topic, T + round(minutes * MINUTE), score, spam)


def judge(points: Sequence[Fired], *events: Event, weeks: float = 10.0) -> Judge:
    return Judge([Run(points, events, T - DAY, weeks)])


def test_an_alert_tells_of_its_place_topic_and_time() -> None:
    for points, found, false in [
        ([fired(10)], 1, 0),
        ([fired(10, topic=None)], 1, 0),
        ([fired(180)], 1, 0),
        ([fired(181)], 0, 1),
        ([fired(-5)], 0, 1),
        ([fired(10, topic="miljo")], 0, 1),
        ([fired(10, place="1715")], 0, 1),
        ([fired(-25 * 60)], 0, 0),
    ]:
        tally = judge(points, event()).tally(5)
        assert (len(tally.found), tally.false) == (found, false), points


def test_three_quiet_hours_end_an_incident() -> None:
    points = [fired(0), fired(170), fired(340, 4.0), fired(355), fired(0, topic=None)]
    sorted_points = by_series(points)
    assert {point.at - T for point in openings(sorted_points, 5.0)} == {0, 355 * MINUTE}
    assert len(openings(sorted_points, 5.0)) == 3
    assert len(openings(sorted_points, 3.0)) == 2


def test_one_event_is_found_once_and_the_rest_are_repeats() -> None:
    tally = judge([fired(30), fired(20, topic=None), fired(500)], event()).tally(5)
    assert tally.found == {(0, 0): T + 20 * MINUTE}
    assert (tally.repeats, tally.false) == (1, 1)


def test_a_national_rise_is_told_in_every_place() -> None:
    national = event("national", municipality=None, places=("1715", "1780"), sudden=True)
    tally = judge([fired(30), fired(60, place="1715"), fired(70, topic=None)], national).tally(5)
    assert (len(tally.found), tally.repeats, tally.false) == (1, 1, 0)


def test_spam_must_be_called_so_and_nothing_else_may() -> None:
    spam = event("spam")
    assert judge([fired(10)], spam).tally(5).false == 1
    marked = judge([fired(10, spam=True)], spam).tally(5)
    assert (marked.false, marked.marked) == (0, 1)
    hushed = judge([fired(10, spam=True)], event()).tally(5)
    assert (len(hushed.found), hushed.false, hushed.hushed) == (0, 0, 1)
    assert judge([fired(10, spam=True)]).tally(5).false == 1


def test_what_is_no_rise_is_false() -> None:
    for kind in ("campaign", "outage", "gap"):
        assert judge([fired(10)], event(kind)).tally(5).false == 1


def test_the_threshold_keeps_the_budget() -> None:
    apart = 24 * 60
    points = [fired(30, 6.0), *(fired(apart * day, 1.0 + day) for day in range(1, 11))]
    of_ten_weeks = judge(points, event())
    for budget, false in [(1.0, 10), (0.5, 5), (0.25, 2), (0.1, 1)]:
        outcome = of_ten_weeks.at_budget(budget)
        assert outcome.false * 10 == pytest.approx(false)
        assert outcome.recall == (budget == 1.0)
    assert of_ten_weeks.threshold(1.0) == 2.0
    assert judge([], event()).at_budget(1.0).recall == 0


def test_delays_are_from_the_start_or_from_when_it_could_be_known() -> None:
    slow = event("build_up", T + WEEK, 24)
    points = [fired(30), fired(7 * 24 * 60 + 600)]
    outcome = judge(points, event(), slow).outcome(5, {(0, 1): T + WEEK + 8 * HOUR})
    assert (outcome.sudden, outcome.beyond, outcome.recall) == (30, 2, 1)
    assert outcome.by_kind == {"burst": (1, 1), "build_up": (1, 1)}
    assert judge(points, slow).outcome(5).beyond is None
