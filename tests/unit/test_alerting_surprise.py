"""What alerts rest on: causal, calm in a rhythm, robust to bursts, right for rare posts."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom

from lyhord.alerting.alarms import Alarm, alarms, told
from lyhord.alerting.constants import DAY, HOUR
from lyhord.alerting.expecting import Floats, utc
from lyhord.alerting.surprise import surprise
from lyhord.alerting.tails import surprisal

FIRST = 5_000_000
FEW_DAYS = 6 * DAY


def series(mean: float, days: int, *, seed: int = 1, dispersion: float = 0.2) -> Floats:
    """Give counts with a daily rhythm, over-dispersed as a Gamma-Poisson mixture by the hour."""
    numbers = np.random.default_rng(seed)
    bins = np.arange(days * DAY)
    rhythm = 1 + 0.8 * np.sin(2 * np.pi * (bins + FIRST) / DAY)
    shared = numbers.gamma(1 / dispersion, dispersion, size=days * 24).repeat(HOUR)
    return numbers.poisson(mean * rhythm * shared).astype(float)


def test_the_hours_and_days_are_of_utc() -> None:
    assert utc(0) == (0, 3)  # Thursday, 1 January 1970
    assert utc(4 * 24 + 5) == (5, 0)


@settings(max_examples=15, deadline=None)
@given(cut=st.integers(1, FEW_DAYS), mean=st.sampled_from([0.01, 3.0, 80.0]))
def test_what_is_said_depends_on_nothing_later(cut: int, mean: float) -> None:
    counts = series(mean, 6)
    for whole, part in zip(surprise(counts, FIRST), surprise(counts[:cut], FIRST), strict=True):
        assert np.array_equal(whole[..., :cut], part)


def test_a_bin_changes_nothing_before_its_end() -> None:
    counts = series(5, 6)
    more = counts.copy()
    more[1_000] += 500
    for one, other in zip(surprise(counts, FIRST), surprise(more, FIRST), strict=True):
        assert np.array_equal(one[..., :1_000], other[..., :1_000])
    assert surprise(more, FIRST).combined[1_000] > surprise(counts, FIRST).combined[1_000] + 1


def test_the_tail_is_the_negative_binomials() -> None:
    observed = np.array([0.0, 1, 3, 20, 500])
    expected = np.array([1.0, 0.01, 2, 4, 300])
    dispersion = np.array([0.5, 1, 0.1, 0.3, 0.05])
    size = 1 / dispersion
    right = -nbinom.logsf(observed - 1, size, size / (size + expected)) / np.log(10)
    assert surprisal(observed, expected, dispersion) == pytest.approx(right, abs=1e-9)


def test_the_tail_goes_on_where_floats_end() -> None:
    counts = np.arange(200.0, 40_000, 50)
    scores = surprisal(counts, np.full_like(counts, 20), np.full_like(counts, 0.5))
    assert np.all(np.isfinite(scores))
    assert np.all(np.diff(scores) > 0)
    assert np.abs(np.diff(scores, 2)).max() < 0.05  # no step from the one form to the other


@pytest.mark.parametrize("mean", [0.01, 0.3, 3, 80])
def test_a_rhythm_is_no_surprise_and_a_burst_is(mean: float) -> None:
    counts = series(mean, 42)
    calm = surprise(counts, FIRST)
    assert calm.combined.max() < 4
    half = counts.size // 2
    ratio = calm.observed[-1, half:].sum() / calm.expected[-1, half:].sum()
    assert ratio == pytest.approx(1, abs=0.25)
    counts[-HOUR:] += max(8, 10 * mean * HOUR) / HOUR
    assert surprise(counts, FIRST).combined[-HOUR:].max() > calm.combined.max()


def test_a_burst_does_not_spoil_what_is_expected() -> None:
    counts = series(20, 28)
    burst = counts.copy()
    burst[20 * DAY : 20 * DAY + 6 * HOUR] *= 30
    ordinary, spoilt = surprise(counts, FIRST), surprise(burst, FIRST)
    later = slice(21 * DAY + 6 * HOUR, None)
    assert spoilt.expected[:, later] == pytest.approx(ordinary.expected[:, later], rel=0.3)


def test_a_new_level_becomes_habit() -> None:
    counts = series(20, 84)
    counts[28 * DAY :] *= 3
    found = surprise(counts, FIRST)
    assert found.observed[-1, -1] / found.expected[-1, -1] == pytest.approx(1, abs=0.5)


def test_a_gap_is_neither_silence_nor_a_rise() -> None:
    counts = series(20, 28)
    counts[20 * DAY : 21 * DAY] = np.nan
    found = surprise(counts, FIRST)
    assert np.all(np.isfinite(found.combined))
    assert found.combined[20 * DAY :].max() < 3
    hours = slice(21 * DAY - HOUR, 21 * DAY)
    assert found.expected[0, hours].max() < 1e-6
    assert found.expected[-1, 22 * DAY] == pytest.approx(20 * DAY, rel=0.3)


def test_many_series_at_once_are_each_as_alone() -> None:
    many = np.stack([series(0.05, 6), series(5, 6, seed=2), np.full(FEW_DAYS, np.nan)])
    many[1, :DAY] = np.nan
    together = surprise(many, FIRST)
    for at, counts in enumerate(many):
        for one, all_of_them in zip(surprise(counts, FIRST), together, strict=True):
            assert one == pytest.approx(all_of_them[at], rel=1e-9, abs=1e-9)


def test_the_writers_clock_is_followed() -> None:
    counts = series(20, 28)
    summer = surprise(counts, FIRST, clock=lambda hour: utc(hour + 2))
    assert summer.combined == pytest.approx(surprise(counts, FIRST).combined, abs=1)


@pytest.mark.parametrize("mean", [0.01, 0.3, 30])
def test_false_alarms_are_as_rare_at_every_volume(mean: float) -> None:
    # 1.0 to 1.6 a month at 2 and 0.1 to 0.25 at 3, from 0.01 to 30 posts in five minutes.
    many = np.stack([series(mean, 42, seed=seed, dispersion=0.5) for seed in range(12)])
    scores = surprise(many, FIRST).combined[:, 14 * DAY :]
    months = 12 * 28 / 30
    assert sum(len(alarms(each, 2)) for each in scores) / months < 3
    assert sum(len(alarms(each, 3)) for each in scores) / months < 0.8


def test_silence_and_next_to_nothing_can_be_watched() -> None:
    for counts in (np.zeros(FEW_DAYS), np.full(FEW_DAYS, np.nan), np.zeros(0), np.ones(5)):
        assert np.all(np.isfinite(surprise(counts, FIRST).combined))


def test_a_series_takes_well_under_a_second() -> None:
    counts = series(20, 55)
    begun = perf_counter()
    surprise(counts, FIRST)
    assert perf_counter() - begun < 3  # on a slow and busy machine


def test_an_alarm_is_opened_once_a_rise() -> None:
    scores = np.zeros(5 * DAY)
    scores[[10, 12, 12 + 30]] = 5  # closer than three hours to each other
    scores[DAY] = 5  # within the cool-down of the first
    scores[3 * DAY] = 5
    assert alarms(scores, 4) == [Alarm(10, DAY, closed=True), Alarm(3 * DAY, 3 * DAY, closed=True)]
    assert alarms(scores, 6) == []


def test_a_rise_that_lasts_is_one_alarm() -> None:
    scores = np.zeros(5 * DAY)
    scores[100 : 100 + 2 * DAY] = 5
    assert alarms(scores, 4) == [Alarm(100, 99 + 2 * DAY, closed=True)]
    assert alarms(scores[: 2 * DAY], 4) == [Alarm(100, 2 * DAY - 1, closed=False)]


def test_one_is_told_once_a_day_of_what_lasts() -> None:
    scores = np.zeros(5 * DAY)
    scores[100 : 100 + DAY + 5] = 5
    scores[3 * DAY] = 5
    assert told(scores, 4) == [100, 100 + DAY, 3 * DAY]
    assert told(scores, 6) == []
