"""What people did with alerts: nothing is lost, and a mute is of a series."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lyhord.adapters.sqlite_state import SqliteState
from lyhord.alerting import handling
from lyhord.alerting.alerts import Alert
from lyhord.errors import Misuse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[SqliteState]:
    state = SqliteState(tmp_path / "state.db")
    yield state
    state.close()


def alert(rule: str = "volym", municipality: str = "1880", topic: str | None = "miljo") -> Alert:
    figures = {"observed": 9, "expected": 1.0, "score": 5.0, "authors": 7, "distinct_texts": 9}
    when = {"start": NOW, "fired_at": NOW, "end": None}
    about = {"incident": "a1", "suspected_spam": False}
    named = {"id": "a1", "rule": rule, "municipality": municipality, "topic": topic}
    return Alert(**named, **when, **figures, **about)  # type: ignore[arg-type]  # of many types


def test_what_was_done_is_told_in_order(state: SqliteState) -> None:
    handling.comment(state, "a1", "VA är på plats ", "jouren", NOW + HOUR)
    handling.acknowledge(state, "a1", "jouren", NOW)
    handling.acknowledge(state, "a2", "kansliet", NOW + HOUR / 7_200)  # half a second
    handling.acknowledge(state, "a2", "jouren", NOW)
    found = handling.handled(state)
    assert found.keys() == {"a1", "a2"}
    assert [(each.action, each.who, each.text, each.at) for each in found["a1"]] == [
        ("acknowledge", "jouren", None, NOW),
        ("comment", "jouren", "VA är på plats", NOW + HOUR),
    ]
    assert [each.who for each in found["a2"]] == ["jouren", "kansliet"]
    assert found["a2"][0].line()["at"] == "2026-03-01T12:00:00Z"


def test_a_mute_is_of_a_series_until_a_time(state: SqliteState) -> None:
    until = NOW + 10 * HOUR
    handling.mute(state, "1880", "miljo", "volym", until, "jouren", NOW)
    mutes = handling.mutes(state)
    assert handling.is_muted(mutes, alert(), NOW + HOUR)
    assert not handling.is_muted(mutes, alert(), until)
    assert not handling.is_muted(mutes, alert(), NOW - HOUR)
    for other in (alert("snö"), alert(municipality="1280"), alert(topic=None)):
        assert not handling.is_muted(mutes, other, NOW + HOUR)
    assert handling.handled(state) == {}
    handling.mute(state, "1880", "miljo", "volym", NOW + HOUR, "jouren", NOW + HOUR)
    assert not handling.is_muted(handling.mutes(state), alert(), NOW + 2 * HOUR)


def test_the_latest_word_on_a_series_counts(state: SqliteState) -> None:
    handling.mute(state, "", None, "allt", NOW + HOUR, "a", NOW, alert_id="r_1")
    handling.mute(state, "", None, "allt", NOW + 5 * HOUR, "b", NOW + HOUR / 2)
    everywhere = alert("allt", "", None)
    assert handling.is_muted(handling.mutes(state), everywhere, NOW + 2 * HOUR)
    assert [each.until for each in handling.handled(state)["r_1"]] == [NOW + HOUR]


def test_nobodys_record_is_lost(state: SqliteState) -> None:
    def write(who: str) -> None:
        for n in range(20):
            handling.comment(state, "a1", f"{n}", who, NOW)

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = {(each.who, each.text) for each in handling.handled(state)["a1"]}
    assert found == {(name, str(n)) for name in "abc" for n in range(20)}


def test_a_series_is_that_of_the_alert_or_what_is_named(state: SqliteState) -> None:
    with pytest.raises(Misuse, match="a1"):
        handling.series(state, "a1")
    state.put(handling.ALERTS, "a1", alert().line())
    assert handling.series(state, "a1") == ("volym", "1880", "miljo")
    assert handling.series(state, "x", rule="snö", municipality="Örebro") == ("snö", "1880", None)


@pytest.mark.parametrize(("text", "who"), [("", "a"), (" \n", "a"), ("x", ""), ("x" * 5_000, "a")])
def test_nobody_says_nothing(state: SqliteState, text: str, who: str) -> None:
    with pytest.raises(Misuse):
        handling.comment(state, "a1", text, who, NOW)
    assert handling.actions(state) == []
