"""Alerts from imported files: texts are tagged, one rise is one row, and none is taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.integration.test_command_line import Result, Run, lines, post, run

__all__ = ["run"]  # pytest takes the fixture from here

START = datetime(2026, 3, 1, tzinfo=UTC)
LEAK = START + timedelta(days=12, hours=9)
KEYS = {
    *("id", "rule", "incident", "municipality", "topic", "start", "fired_at", "end", "observed"),
    *("expected", "score", "authors", "distinct_texts", "suspected_spam", "terms", "places"),
    *("posts", "answered_at"),
}
_EVERYDAY = (
    "När öppnar badhuset i sommar?",
    "Bussen var sen igen i morse",
    "Skolmaten var god idag",
    "Soporna är inte hämtade på vår gata",
    "Vad kostar ett bygglov för en altan?",
)
_WATER = (
    "Vattenläcka på Storgatan, det forsar vatten",
    "Inget vatten i kranen på Storgatan",
    "Hela Kungsgatan är översvämmad av vatten",
)


def everyday() -> Iterator[dict[str, Any]]:
    chance = Random(3)  # noqa: S311 - no secret
    for number in range(15 * 12):
        day, hour = divmod(number, 12)
        text = f"{chance.choice(_EVERYDAY)} {chance.randrange(90)}"
        when = START + timedelta(days=day, hours=7 + hour, minutes=chance.randrange(60))
        yield post(f"e{number}", text, created_at=when.isoformat(), author=f"n{number % 70}")


def leak(count: int = 14) -> Iterator[dict[str, Any]]:
    for number in range(count):
        when = LEAK + timedelta(minutes=4 * number, seconds=10)
        text = f"{_WATER[number % 3]} {number}"
        yield post(f"w{number}", text, created_at=when.isoformat(), author=f"v{number}")


def rows(found: Result) -> list[dict[str, Any]]:
    assert found.code == 0, found.err
    return found.rows


def test_a_leak_is_one_alert_which_late_posts_do_not_change(run: Run) -> None:
    late, posts = list(leak())[:5], [*everyday(), *[*leak()][5:]]
    assert run("import", "-", stdin=lines(*posts)).code == 0

    [alert] = rows(run("alerts", "--json"))
    assert alert.keys() == KEYS
    assert (alert["municipality"], alert["topic"]) == ("1880", "vatten_avlopp")
    assert LEAK < datetime.fromisoformat(alert["fired_at"]) < LEAK + timedelta(minutes=50)
    assert (alert["observed"], alert["suspected_spam"]) == (9, False)
    assert {place["text"] for place in alert["places"]} == {"Storgatan", "Kungsgatan"}
    assert "Vatten" in run("alerts", "--municipality", "Örebro").out.decode()
    assert rows(run("alerts", "--municipality", "Malmö", "--json")) == []
    assert rows(run("alerts", "--now", LEAK.isoformat(), "--json")) == []
    during = (LEAK + timedelta(minutes=50)).isoformat()
    [then] = rows(run("alerts", "--now", during, "--open", "--json"))
    assert (then["id"], then["end"]) == (alert["id"], None)

    assert run("import", "-", stdin=lines(*late)).code == 0
    [again] = rows(run("alerts", "--json"))
    unchanged = ("id", "fired_at", "start", "incident")
    assert [again[name] for name in unchanged] == [alert[name] for name in unchanged]
    assert run("alerts", "--now", "nyss").code == 2
