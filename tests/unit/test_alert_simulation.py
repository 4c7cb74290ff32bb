"""The alerts' benchmark: its posts, what is known of them, and that nobody looks ahead."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.alerts import noise, oracle
from benchmarks.alerts.__main__ import DETECTORS, measure, rows, runs, table
from benchmarks.alerts.incidents import swept
from benchmarks.alerts.lookahead import check
from benchmarks.alerts.model import DAY, HOUR, Arrival, Detector, Event, Fired
from benchmarks.alerts.rhythm import BIN, BINS_A_DAY, draw
from benchmarks.alerts.scoring import BUDGETS, Judge
from benchmarks.alerts.series import STEP, panel
from benchmarks.alerts.simulation import History, Setting, simulate
from lyhord.labels import TOPICS

PLACES = {"1730": 12, "1715": 25, "1780": 220}
KINDS = {"outage": 1, "gap": 1, "national": 1, "small": 1, "mixed": 1, "build_up": 1, "burst": 2,
         "spam": 1, "campaign": 1}  # fmt: skip
SMALL = Setting(PLACES, date(2026, 3, 20), 10, 14, KINDS)


@cache
def small() -> History:
    return simulate(7, SMALL)


def test_the_same_seed_gives_the_same_posts() -> None:
    again, other = simulate(7, SMALL), simulate(8, SMALL)
    assert again.arrivals == small().arrivals
    assert again.events == small().events
    assert other.arrivals != small().arrivals


def test_posts_are_as_many_as_asked_for_and_in_the_order_of_fetching() -> None:
    posts = small().arrivals
    assert [post.fetched for post in posts] == sorted(post.fetched for post in posts)
    assert len({post.key for post in posts}) == len(posts)
    assert all(post.key.partition(":")[0] == post.source for post in posts)
    assert {post.topic for post in posts} == set(TOPICS)
    assert {post.municipality for post in posts} == set(PLACES)
    counts = Counter(post.municipality for post in posts if not post.official)
    assert 0.7 * 220 < counts["1780"] / 24 < 1.5 * 220
    assert 0.08 < sum(post.official for post in posts) / len(posts) < 0.25


def test_nights_and_holidays_are_quiet_and_summer_time_moves_them() -> None:
    rhythm = draw(np.random.default_rng(1), {"1780": 100}, date(2026, 3, 23), 16)
    bins = rhythm.posts.sum(axis=(0, 1))
    by_day = bins[: 14 * BINS_A_DAY].reshape(14, -1)
    quietest = by_day[:, :48].argmin(axis=1) * BIN / HOUR
    assert quietest[8] == quietest[4] - 1
    # 23 March is a Monday, and 3 April is Good Friday.
    assert by_day[11].sum() < 0.7 * by_day[4].sum()
    assert by_day[5].sum() < 0.9 * by_day[4].sum()
    opening = datetime(2026, 3, 22, 23, tzinfo=UTC)
    assert rhythm.start == round(opening.timestamp()) * 1_000_000


def test_counts_scatter_as_the_oracle_is_told() -> None:
    setting = Setting({"1780": 220}, date(2026, 3, 1), 0, 56, {})
    mean = simulate(1, setting).rhythm.posts
    ratios = []
    for seed in range(1, 9):
        history = simulate(seed, setting)
        counts = panel(history.arrivals).counts[0, :-1]
        for window in (HOUR, 6 * HOUR):
            width, steps = window // STEP, window // BIN
            rounds = mean.shape[2] // steps - 1
            seen = counts[:, : rounds * width].reshape(14, rounds, width).sum(axis=2)
            known = history.rhythm.posts[0, :, : rounds * steps].reshape(14, rounds, steps).sum(2)
            ratios.append(((seen - known) ** 2).sum() / noise.variance(known, window).sum())
    assert 0.85 < np.mean(ratios) < 1.15


def test_what_was_put_in_is_there() -> None:
    history = small()
    assert Counter(each.kind for each in history.events) == KINDS
    assert all(history.measured <= each.start < each.end < history.end for each in history.events)
    kinds = {each.kind: each for each in history.events}
    spam = [post for post in history.arrivals if fits(post, kinds["spam"])]
    author, count = Counter(post.author for post in spam).most_common(1)[0]
    assert count >= 30
    assert len({post.fingerprint for post in spam if post.author == author}) <= 3
    own = [post for post in history.arrivals if fits(post, kinds["campaign"], official=True)]
    assert len(own) >= 25
    burst = [post for post in history.arrivals if fits(post, kinds["burst"])]
    assert len(burst) >= 6


def fits(post: Arrival, event: Event, *, official: bool = False) -> bool:
    return (
        post.official == official
        and post.municipality in event.places
        and post.topic == event.topic
        and event.start <= post.created < event.end
    )


def test_a_source_is_silent_and_comes_late_or_never() -> None:
    history = small()
    kinds = {each.kind: each for each in history.events}
    outage, gap = kinds["outage"], kinds["gap"]
    late = [post for post in history.arrivals if post.fetched != post.created]
    assert late
    assert {post.source for post in late} == {"facebook"}
    assert all(outage.start <= post.created < outage.end <= post.fetched for post in late)
    assert not [
        post
        for post in history.arrivals
        if post.source == "facebook" and gap.start <= post.created < gap.end
    ]


def test_events_need_room() -> None:
    with pytest.raises(ValueError, match="too many events"):
        simulate(1, SMALL._replace(counts={"burst": 200}))
    with pytest.raises(ValueError, match="large enough"):
        simulate(1, SMALL._replace(daily={"1730": 5}, counts={"build_up": 1}))


def test_the_oracle_knows_when_a_rise_can_be_told_from_chance() -> None:
    history = small()
    points = oracle.fired(history)
    sudden = [each for each in history.events if each.kind in ("small", "burst")]
    for each in sudden:
        known = oracle.first_known(points, each, 4.0)
        assert known is not None
        assert each.start < known
    assert oracle.first_known(points, sudden[0], 1_000) is None


@pytest.mark.parametrize("name", DETECTORS)
def test_detectors_do_not_look_ahead(name: str) -> None:
    history = small()
    cuts = [history.measured + DAY, history.measured + 5 * DAY + 7 * HOUR + 123]
    cuts.append(history.events[-1].start + HOUR)
    assert check(DETECTORS[name], history.arrivals, cuts) == []


@pytest.mark.parametrize("name", DETECTORS)
def test_detectors_find_a_sudden_rise_and_pass_over_a_campaign(name: str) -> None:
    history = small()
    fired = swept(DETECTORS[name](history.arrivals))
    outcome = Judge(runs([history], [fired])).at_budget(1.0)
    assert outcome.by_kind["small"] == (1, 1)
    kinds = {each.kind: each for each in history.events}
    spared = [kinds["campaign"], kinds["spam"]]
    points = fired.openings(outcome.threshold)
    for each in spared:
        assert not [
            point
            for point in points
            if not point.suspected_spam
            and point.municipality == each.municipality
            and point.topic == each.topic
            and each.start <= point.at <= each.end
        ]


@dataclass
class Peeking:
    """Fires where a post is followed by another within the hour: it looks ahead."""

    ahead: int = HOUR

    def __call__(self, arrivals: Sequence[Arrival]) -> list[Fired]:
        times = sorted(post.created for post in arrivals)
        later = pairwise(times)
        return [Fired("1780", None, at, 1.0) for at, after in later if after - at < self.ahead]


def test_looking_ahead_is_seen() -> None:
    arrivals = small().arrivals
    peeking: Detector = Peeking()
    cut = arrivals[len(arrivals) // 2].created
    found = check(peeking, arrivals, [cut])
    assert [each.cut for each in found] == [cut]
    assert found[0].only_whole
    assert not found[0].only_cut


def test_the_table_has_every_detector_at_every_budget() -> None:
    name = "EARS-C2, 1 h"
    answers = measure([small()], {name: DETECTORS[name]})
    assert list(answers) == ["oracle", name]
    lines = list(table(answers))
    assert sum(line.startswith(f"| {name}") for line in lines) == len(BUDGETS) + 1
    made = rows(answers)
    assert len(made) == 2 * len(BUDGETS)
    assert all(0 <= row["recall"] <= 1 for row in made)
    assert all(row["false_a_municipality_week"] <= row["budget"] for row in made)
