"""Coverage: silences that the days before make unlikely, and none beside them."""

from datetime import date, timedelta
from random import Random

import pytest

from lyhord.analysis.coverage import silences

FIRST = date(2026, 1, 5)  # a Monday
DAY = timedelta(days=1)


def days(counts: list[int]) -> dict[date, int]:
    return {FIRST + at * DAY: count for at, count in enumerate(counts) if count}


def test_a_week_without_posts_is_told_where_there_were_ten_a_day() -> None:
    counts = [10] * 60
    counts[40:47] = [0] * 7
    [found] = silences(days(counts))
    assert (found.first, found.last) == (FIRST + 40 * DAY, FIRST + 46 * DAY)
    assert found.expected == pytest.approx(70)


def test_weekends_and_rare_sources_are_no_silence() -> None:
    offices = [0 if at % 7 >= 5 else 20 for at in range(100)]
    assert silences(days(offices)) == []
    chance = Random(1)  # noqa: S311 - no secret
    rare = [1 if chance.random() < 0.2 else 0 for _ in range(300)]
    assert silences(days(rare)) == []


def test_a_source_that_never_came_back_is_not_called_silent() -> None:
    assert silences(days([10] * 40)) == []


def test_a_longer_silence_does_not_become_what_is_usual() -> None:
    counts = [10] * 30 + [0] * 60 + [10] * 5 + [0] * 14 + [10] * 5
    assert [(each.first - FIRST).days for each in silences(days(counts))] == [30]


def test_what_comes_later_changes_no_silence_before() -> None:
    chance = Random(2)  # noqa: S311 - no secret
    counts = [chance.randrange(8, 14) for _ in range(120)]
    counts[50:58], counts[90:100] = [0] * 8, [0] * 10
    whole = silences(days(counts))
    for cut in (59, 75, 101):
        assert silences(days(counts[:cut])) == [
            each for each in whole if each.last < FIRST + (cut - 1) * DAY
        ]
