"""Alerts over every store: one rise is one alert, whatever the order, and none is taken back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

import orjson

from lyhord.adapters.sqlite_state import SqliteState
from lyhord.alerting.alerts import Alert
from lyhord.analysis import keeping
from lyhord.analysis.alerting import alerts
from lyhord.analysis.following import Follower
from lyhord.model import Place
from lyhord.ports import Store
from lyhord.telemetry import Telemetry
from services.alert import driver
from tests.contract.test_store import START, OpenStore, open_store, tagged

__all__ = ["open_store"]  # pytest takes the fixture from here

HOUR = timedelta(hours=1)
BURST = START + 16 * 24 * HOUR
LATER = BURST + 24 * HOUR


def ordinary(days: int = 20) -> list[bytes]:
    chance = Random(1)  # noqa: S311 - no secret
    return [
        one(f"o{day}-{n}", START + (24 * day + chance.uniform(-4, 8)) * HOUR, topic="ovrigt")
        for day in range(days)
        for n in range(12)
    ]


def one(key: str, when: datetime, **changes: object) -> bytes:
    changes = {"author": f"p_{key}", "author_role": "citizen", "fingerprint": key} | changes
    text = str(changes.pop("text", "en fråga om någonting"))
    return tagged(key, text, created_at=when, **changes)


def burst(count: int = 20, when: datetime = BURST, name: str = "b") -> list[bytes]:
    street = Place(text="Storgatan", kind="street", start=0, end=9)
    return [
        one(
            f"{name}{n}",
            when + n * HOUR / 20,
            topic="vatten_avlopp",
            text=f"vattenläcka på Storgatan {n}",
            places=(street,),
        )
        for n in range(count)
    ]


def filled(store: Store, posts: Sequence[bytes]) -> Store:
    assert not any(store.upsert(posts))
    store.flush()
    return store


def names(found: Sequence[Alert]) -> list[tuple[str, datetime]]:
    return [(each.id, each.fired_at) for each in found]


def test_a_rise_is_one_alert_that_says_what_it_is_about(open_store: OpenStore) -> None:
    answer = one(
        "answer",
        BURST + HOUR,
        topic="vatten_avlopp",
        author_role="municipality",
        text="vi lagar läckan",
    )
    store = filled(open_store(), [*ordinary(), *burst(), answer])
    [alert] = alerts(store, LATER)
    assert (alert.municipality, alert.topic) == ("1880", "vatten_avlopp")
    assert timedelta(0) < alert.fired_at - BURST <= timedelta(minutes=20)
    assert alert.start <= BURST + timedelta(minutes=10)
    assert alert.end is not None
    assert alert.end - BURST <= 2 * HOUR
    assert (alert.observed, alert.authors, alert.suspected_spam) == (20, 20, False)
    assert alert.expected < 1
    assert "vattenläcka" in alert.terms
    assert [(place.text, place.first) for place in alert.places] == [("Storgatan", "forum:b0")]
    assert alert.answered_at == BURST + HOUR
    assert alert.incident == alert.id
    assert Alert.read(alert.line()).line() == alert.line()


def test_what_comes_later_changes_no_alert_before(open_store: OpenStore) -> None:
    again = burst(15, BURST + 40 * HOUR, "c")
    store = filled(open_store(), [*ordinary(), *burst(), *again])
    whole = alerts(store, LATER + 40 * HOUR)
    assert len(whole) == 2
    for minutes in range(-10, 60, 5):
        now = BURST + timedelta(minutes=minutes)
        assert names(alerts(store, now)) == [each for each in names(whole) if each[1] <= now]
    during = alerts(store, whole[0].fired_at + timedelta(minutes=10))
    assert (during[0].end, during[0].id) == (None, whole[0].id)


def test_the_municipalitys_own_posts_make_no_alert(open_store: OpenStore) -> None:
    own = [
        one(f"w{n}", BURST + n * HOUR / 20, author_role="municipality", topic="kultur_fritid")
        for n in range(30)
    ]
    assert alerts(filled(open_store(), [*ordinary(), *own]), LATER) == []


def test_one_account_is_no_crowd(open_store: OpenStore) -> None:
    flood = [
        one(f"f{n}", BURST + n * HOUR / 40, topic="naringsliv", author="p_one", fingerprint="7")
        for n in range(40)
    ]
    [alert] = alerts(filled(open_store(), [*ordinary(), *flood]), LATER)
    assert (alert.suspected_spam, alert.authors, alert.distinct_texts) == (True, 1, 1)


def test_nothing_is_told_in_the_first_week(open_store: OpenStore) -> None:
    store = filled(open_store(), [*ordinary(6), *burst(30, START + 5 * 24 * HOUR)])
    assert alerts(store, LATER) == []
    assert alerts(open_store(), LATER) == []


def test_a_topic_that_rises_everywhere_is_one_incident(open_store: OpenStore) -> None:
    codes = ("1880", "1780", "1480", "0180")
    posts = [
        one(f"{code}-{day}-{n}", START + (24 * day + n) * HOUR, municipality=code)
        for code in codes
        for day in range(20)
        for n in range(5)
    ]
    rise = [
        one(
            f"{code}-b{n}",
            BURST + (at / 3 + n / 20) * HOUR,
            municipality=code,
            topic="krisberedskap",
        )
        for at, code in enumerate(codes)
        for n in range(15)
    ]
    found = alerts(filled(open_store(), [*posts, *rise]), LATER)
    assert sorted(each.municipality for each in found) == sorted(codes)
    assert {each.incident for each in found} == {found[0].id}


def test_two_topics_that_name_the_same_places_are_one_incident(open_store: OpenStore) -> None:
    streets = tuple(
        Place(text=text, kind="street", start=0, end=1) for text in ("Storgatan", "Kungsgatan")
    )
    roads = [
        one(f"r{n}", BURST + n * HOUR / 15, topic="trafik_vagar", places=streets) for n in range(15)
    ]
    leak = [
        one(f"l{n}", BURST + n * HOUR / 20, topic="vatten_avlopp", places=streets)
        for n in range(20)
    ]
    first, second = alerts(filled(open_store(), [*ordinary(), *roads, *leak]), LATER)
    assert {first.topic, second.topic} == {"trafik_vagar", "vatten_avlopp"}
    assert second.incident == first.incident == first.id


def test_late_posts_change_figures_but_not_what_was_told(
    open_store: OpenStore, tmp_path: Path
) -> None:
    posts = burst(20)
    store = filled(open_store(), [*ordinary(), *posts[6:]])
    state = SqliteState(tmp_path / "state.db")
    [told] = driver.look(Follower(store), state, LATER)
    filled(store, posts[:6])
    [now] = driver.look(Follower(store), state, LATER)
    assert (now.id, now.fired_at, now.start) == (told.id, told.fired_at, told.start)
    assert [each.id for each in keeping.told(state)] == [told.id]
    [untold] = alerts(store, LATER)
    assert untold.fired_at < told.fired_at


def test_the_loop_looks_behind_every_grid_point_until_stopped(
    open_store: OpenStore, tmp_path: Path
) -> None:
    store = filled(open_store(), [*ordinary(), *burst()])
    state = SqliteState(tmp_path / "state.db")
    moments = [BURST - HOUR, LATER]
    seen: list[int] = []

    class Stop:
        def wait(self, seconds: float) -> bool:
            assert 1 <= seconds <= 320
            return len(seen) == 2

    driver.drive(
        store,
        state,
        Telemetry("alert"),
        Stop(),  # type: ignore[arg-type]  # as much of an event as is asked
        lambda found, _: seen.append(len(found)),
        now=lambda: moments[min(len(seen), 1)],
    )
    assert seen == [0, 1]


def test_following_a_store_gives_what_its_history_does(open_store: OpenStore) -> None:
    store = open_store()
    posts = sorted([*ordinary(), *burst(), *burst(12, BURST + 50 * HOUR, "c")], key=written)
    follower, at, now = Follower(store), 0, BURST - 24 * HOUR
    while now < BURST + 96 * HOUR:
        end = next((n for n, each in enumerate(posts) if written(each) >= now), len(posts))
        filled(store, posts[at:end] or posts[:1])
        at, now_alerts = end, alerts(store, now)
        assert [each.line() for each in follower.alerts(now)] == [
            each.line() for each in now_alerts
        ]
        now += 7 * HOUR
    assert len(now_alerts) == 2


def test_a_history_that_comes_in_afterwards_is_read_when_it_is_there(
    open_store: OpenStore, tmp_path: Path
) -> None:
    store, state = open_store(), SqliteState(tmp_path / "state.db")
    seconds = [0.0]
    follower, now = Follower(store, clock=lambda: seconds[0]), BURST + 30 * 24 * HOUR
    assert driver.look(follower, state, now) == []
    assert not follower.is_settled, "there is nothing yet"
    filled(store, ordinary(40))
    assert driver.look(follower, state, now, since=now - HOUR) == []
    filled(store, burst())
    seconds[0] += 1e6
    [found] = driver.look(follower, state, now, since=now - HOUR)
    assert not follower.is_settled, "there are more posts of long ago than there were"
    assert [each.id for each in keeping.told(state)] == [found.id]
    assert names([found]) == names(alerts(store, now))
    assert driver.look(follower, state, now, since=now - HOUR) == []
    assert follower.is_settled


def test_a_history_is_not_read_again_for_every_late_post(open_store: OpenStore) -> None:
    store, ticks = filled(open_store(), ordinary(40)), count()
    follower = Follower(store, clock=lambda: float(next(ticks)))
    follower.alerts(LATER)
    filled(store, burst(2, START + 24 * HOUR, "late"))
    follower.alerts(LATER)
    assert follower.is_settled, "reading took some ticks, so it rests for sixty times as many"
    assert [next(ticks) for _ in range(1_000)]
    follower.alerts(LATER)
    assert not follower.is_settled


def test_what_was_over_long_ago_stays_as_it_was_told(open_store: OpenStore, tmp_path: Path) -> None:
    store, state = filled(open_store(), [*ordinary(40), *burst()]), SqliteState(tmp_path / "s.db")
    now = BURST + 30 * 24 * HOUR
    [found] = driver.look(Follower(store), state, now)
    keeping.keep(state, [found._replace(terms=("as", "told"))], [found])
    [again] = driver.look(Follower(store), state, now)
    assert (again.id, list(again.terms)) == (found.id, ["as", "told"])


def written(post: bytes) -> datetime:
    return datetime.fromisoformat(orjson.loads(post)["post"]["created_at"])
