"""Rises as they are found in a history, at once and as it is lived through."""

from functools import cache

import numpy as np
import pytest

from benchmarks.alerts.lyhord import taken
from benchmarks.alerts.simulation import Setting, simulate
from lyhord.alerting.arrivals import Arrival
from lyhord.alerting.columns import Columns
from lyhord.alerting.constants import BIN
from lyhord.alerting.rises import QUIET, Listener, Rise, rises, thresholds
from lyhord.alerting.spread import Pool
from lyhord.alerting.watching import Watcher

DAY = 86_400
T = 20_500 * DAY
BURST = T + 20 * DAY + 12 * 3_600


@cache
def history() -> Columns:
    counts = {"burst": 3, "build_up": 1, "mixed": 1, "spam": 1}
    setting = Setting({"1730": 12, "1715": 25, "1780": 150}, run_in=9, days=12, counts=counts)
    return taken(simulate(3, setting).arrivals)


def lived(columns: Columns, steps: list[int], until: int) -> list[Rise]:
    watcher = Watcher(columns.municipalities, columns.topics)
    listener = Listener(columns.width, int(columns.seconds[0]), 1.0)
    known = 0
    for at in [*steps, until]:
        upto = int(np.searchsorted(columns.seconds, at))
        watcher.feed(columns.part(known, upto))
        known = upto
        for points, rates in watcher.until(at):
            listener.hear(points, rates, watcher.columns, watcher.series)
    return listener.rises


def same(left: list[Rise], right: list[Rise]) -> bool:
    exact = [each._replace(score=0.0, expected=0.0) for each in left]
    also = [each._replace(score=0.0, expected=0.0) for each in right]
    numbers = [[(each.score, each.expected) for each in rises] for rises in (left, right)]
    return exact == also and bool(np.allclose(*numbers, rtol=1e-9))


@pytest.mark.parametrize("step", [7 * BIN, 3_600, 31 * 3_600])
def test_a_history_gives_the_same_at_once_and_lived_through(step: int) -> None:
    columns = history()
    first, until = int(columns.seconds[0]), int(columns.seconds[-1]) + BIN
    whole = rises(columns, until=until, budget=1.0)
    assert len(whole) >= 4
    assert same(lived(columns, list(range(first, until, step)), until), whole)


def test_later_posts_change_nothing_that_was_fired() -> None:
    columns = history()
    whole = rises(columns, until=int(columns.seconds[-1]) + BIN, budget=1.0)
    for rise in whole:
        cut = rise.fired
        known = columns.part(0, int(np.searchsorted(columns.seconds, cut)))
        short = rises(known, until=cut, budget=1.0)
        fired = [(each.series, each.start, each.fired) for each in whole if each.fired <= cut]
        assert [(each.series, each.start, each.fired) for each in short] == fired


def posts(times: list[int], *, authors: int = 100, text: str = "", **changes: str) -> list[Arrival]:
    kept = {"municipality": "1780", "topic": "avfall", **changes}
    return [
        Arrival(at * 1_000_000, f"x:{kept['topic']}{at}.{number}", kept["municipality"],
                kept["topic"], official=False, author=f"p{at % authors}",
                fingerprint=text or f"{at}.{number}", sentiment="", needs_answer=False)
        for number, at in enumerate(times)
    ]  # fmt: skip


def quiet() -> list[Arrival]:
    """Give a dozen posts a day on one topic, and one a day on another, for four weeks."""
    chance = np.random.default_rng(5)
    many, few = (np.sort(chance.integers(T, T + 28 * DAY, count)).tolist() for count in (336, 28))
    return posts(many) + posts(few, topic="miljo")


def found(more: list[Arrival]) -> list[tuple[str | None, Rise]]:
    columns = Columns.of(sorted(quiet() + more))
    names = [*columns.topics, None]
    every = rises(columns, until=T + 28 * DAY, budget=0.25)
    return [(names[each.series], each) for each in every]


def test_a_burst_is_one_rise_of_its_topic() -> None:
    assert found([]) == []
    ((topic, rise),) = found(posts([BURST + 61 * n for n in range(20)]))
    assert topic == "avfall"
    assert BURST < rise.fired <= BURST + 900
    assert rise.start <= BURST
    assert rise.genuine
    assert BURST + 61 * 19 < rise.last < BURST + 6 * 3_600
    assert rise.expected < 2


def test_after_three_quiet_hours_there_is_another_rise() -> None:
    again = BURST + 6 * 3_600 + QUIET
    more = posts([start + 61 * n for start in (BURST, again) for n in range(20)])
    (_, first), (_, second) = found(more)
    assert first.last + QUIET < second.fired
    assert again <= second.fired <= again + 900


def test_one_author_is_no_crowd_and_many_posts_of_his_are_suspected() -> None:
    assert found(posts([BURST + 61 * n for n in range(5)], authors=1)) == []
    ((_, rise),) = found(posts([BURST + 61 * n for n in range(20)], authors=1))
    assert not rise.genuine
    ((_, copies),) = found(posts([BURST + 61 * n for n in range(20)], text="same"))
    assert not copies.genuine


def test_nothing_is_told_of_the_first_week() -> None:
    at = T + 3 * DAY
    assert found(posts([at + 61 * n for n in range(20)])) == []


def test_a_late_post_counts_in_windows_to_come() -> None:
    columns = Columns.of(sorted(quiet() + posts([BURST + 61 * n for n in range(20)])))
    watcher = Watcher(columns.municipalities, columns.topics)
    late = (columns.seconds >= BURST) & (columns.seconds < BURST + 600)
    rows = np.flatnonzero(~late)
    watcher.feed(columns.part(0, int(np.flatnonzero(late)[0])))
    list(watcher.until(BURST + 600))
    watcher.feed(columns.part(int(np.flatnonzero(late)[0]), int(rows[-1]) + 1))
    points = [points for points, _ in watcher.until(BURST + 1_200)]
    assert all((each.at > BURST + 600).all() for each in points)
    assert len(watcher.series.within(columns.width - 1, BURST, BURST + 600)) >= 9


def test_posts_of_unknown_names_are_an_error() -> None:
    with pytest.raises(KeyError):
        Columns.of(quiet(), ["1715"], ["avfall", "miljo"])
    assert Columns.of(quiet(), ["1715", "1780"], ["avfall", "miljo"]).width == 3


def test_thresholds_of_long_windows_are_lower_and_go_with_the_budget() -> None:
    some = thresholds(15, 1.0)
    assert some == sorted(some, reverse=True)
    assert np.allclose(np.array(thresholds(15, 0.1)) - some, 1.0)


def test_clusters_and_wavering_are_told_apart() -> None:
    chance = np.random.default_rng(1)
    pool = Pool(1, 0.999)
    rates = np.concatenate([np.full(300, 0.5), np.full(20, 40.0)])
    for _ in range(800):
        means = rates * chance.gamma(1 / 0.08, 0.08, len(rates))
        threads = chance.poisson(means / 2)
        pool.learn(2.0 * threads[:, None], rates[:, None])
    assert pool.spread.clusters[0] == pytest.approx(2.0, rel=0.15)
    assert pool.spread.dispersions[0] == pytest.approx(0.08, rel=0.25)
