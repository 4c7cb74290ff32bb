"""The Numenta Anomaly Benchmark's rules of scoring, by hand."""

import math

import pytest

from benchmarks.nab.scoring import PROFILES, judge, normalised, probation

STANDARD, LOW_FP, LOW_FN = PROFILES
ROWS = 1_000  # 150 of them are not judged
WINDOWS = [(300, 399), (700, 719)]


def scaled(position: float) -> float:
    return 2 / (1 + math.exp(5 * position)) - 1


def test_a_file_is_not_judged_in_its_first_part() -> None:
    assert probation(1_000) == 150
    assert probation(4_032) == 604
    assert probation(15_902) == 750
    assert judge([0, 149], WINDOWS, ROWS).false == []
    assert judge([150], WINDOWS, ROWS).false == [-1.0]


def test_nothing_found_is_0_and_no_fault_100() -> None:
    for profile in PROFILES:
        assert normalised([judge([], WINDOWS, ROWS)], profile) == 0
        assert normalised([judge([300, 700], WINDOWS, ROWS)], profile) == pytest.approx(100)


def test_the_first_detection_in_a_window_counts_and_the_earlier_the_more() -> None:
    found = judge([350, 360, 399], WINDOWS, ROWS).found
    assert found == [pytest.approx(scaled(-0.5) / scaled(-1)), None]
    earned = [judge([row], WINDOWS, ROWS).found[0] or 0 for row in range(300, 400)]
    assert earned == sorted(earned, reverse=True)
    assert earned[-1] == pytest.approx(scaled(-0.01) / scaled(-1))


def test_a_false_alarm_costs_the_more_the_later_after_a_window() -> None:
    # One window length of 99 steps after the window's end, and three.
    assert judge([498], WINDOWS, ROWS).false == [pytest.approx(scaled(1))]
    assert judge([399 + 3 * 99], WINDOWS, ROWS).false == [-1.0]
    costs = [judge([row], WINDOWS, ROWS).false[0] for row in range(400, 700)]
    assert costs == sorted(costs, reverse=True)
    assert costs[0] == pytest.approx(scaled(1 / 99))
    assert judge([299], WINDOWS, ROWS).false == [-1.0]  # before all windows


def test_the_profiles_weigh_by_hand() -> None:
    judged = judge([200, 300], WINDOWS, ROWS)  # a false alarm, one found, one missed
    assert judged.raw(STANDARD) == pytest.approx(1 - 1 - 0.11)
    assert judged.raw(LOW_FP) == pytest.approx(1 - 1 - 0.22)
    assert judged.raw(LOW_FN) == pytest.approx(1 - 2 - 0.11)
    assert normalised([judged], STANDARD) == pytest.approx(100 * (-0.11 + 2) / 4)
    assert normalised([judged], LOW_FN) == pytest.approx(100 * (-1.11 + 4) / 6)


def test_a_detector_that_only_errs_is_below_0() -> None:
    assert normalised([judge([200, 250], WINDOWS, ROWS)], STANDARD) < 0


def test_a_window_within_the_probation_is_not_judged() -> None:
    judged = judge([110, 160], [(100, 120), *WINDOWS], ROWS)
    assert judged.found == [None, None]
    assert judged.false == [pytest.approx(scaled(2))]  # but what comes after it is after it


@pytest.mark.parametrize("windows", [[(300, 400), (400, 500)], [(900, 1_000)], [(50, 40)]])
def test_windows_that_cannot_be_are_refused(windows: list[tuple[int, int]]) -> None:
    if windows == [(300, 400), (400, 500)]:
        judge([], windows, ROWS)  # these only touch
        return
    with pytest.raises(ValueError, match="windows"):
        judge([], windows, ROWS)


def test_a_score_needs_windows() -> None:
    with pytest.raises(ValueError, match="windows"):
        normalised([judge([], [], ROWS)], STANDARD)
