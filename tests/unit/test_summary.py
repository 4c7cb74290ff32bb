"""Summaries: a day or a week against what is usual, in words, as a picture, once to each."""

import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lyhord.adapters.sqlite_state import SqliteState
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.alerting.alerts import Alert
from lyhord.errors import Misuse, Retriable
from lyhord.messages import messages
from lyhord.model import Post, Sentiment, Tagged, Tags
from lyhord.ports import Store
from lyhord.recipients import RecipientSettings
from lyhord.swedish import search_text
from services.alert.summarising import draw, send_summaries, text
from services.alert.summary import span, summaries
from services.cli.app import app

NOW = datetime(2026, 3, 12, 8, tzinfo=UTC)  # a Thursday, 9 in Stockholm
YESTERDAY = datetime(2026, 3, 11, 11, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NUMBERS = itertools.count()


def tagged(at: datetime, **changes: Any) -> bytes:
    tags = {name: changes.pop(name) for name in list(changes) if name in Tags.model_fields}
    number = next(NUMBERS)
    post = {
        "source": "forum",
        "id": str(number),
        "municipality": "1880",
        "text": "hej",
        "created_at": at,
        "fetched_at": at,
        "author": f"p_{number % 7:032x}",
        "author_role": "citizen",
        **changes,
    }
    tags = {
        "lang": "sv",
        "topic": "ovrigt",
        "sentiment": Sentiment(label="neutral", score=0.0),
        "kind": "other",
        "needs_answer": False,
        "lemmas": search_text("hej"),
        "fingerprint": "0",
        "model": "test",
        **tags,
    }
    return Tagged(post=Post(**post), tags=Tags(**tags)).model_dump_json().encode()


def posts() -> Iterator[bytes]:
    sour = Sentiment(label="negative", score=-1.0)
    for week in (1, 2, 3, 4):
        for at in range(4):
            yield tagged(YESTERDAY - 7 * week * DAY + at * HOUR / 4, topic="avfall")
    yield tagged(YESTERDAY - 40 * DAY)
    for at in range(12):
        topic = "snorojning" if at < 9 else "avfall"
        yield tagged(
            YESTERDAY + at * HOUR / 4, topic=topic, **({"sentiment": sour} if at < 3 else {})
        )
    yield tagged(YESTERDAY, id="ask", kind="question", needs_answer=True)
    yield tagged(YESTERDAY, id="ask2", kind="question", needs_answer=True)
    yield tagged(
        YESTERDAY + 2 * HOUR, in_reply_to="ask", author_role="municipality", account="Örebro kommun"
    )
    yield tagged(NOW, topic="avfall")
    yield tagged(YESTERDAY, municipality="1780")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    store = TantivyStore(folder / "index", write=True)
    values = list(posts())
    assert list(store.upsert(values)) == [None] * len(values)
    store.flush()
    store.close()
    return folder


@pytest.fixture
def store(folder: Path) -> Store:
    return TantivyStore(folder / "index")


def test_days_and_weeks_are_whole_ones_of_stockholm() -> None:
    assert span("day", NOW) == (date(2026, 3, 11), date(2026, 3, 11))
    assert span("day", datetime(2026, 3, 11, 23, 30, tzinfo=UTC))[0] == date(2026, 3, 11)
    assert span("week", NOW) == (date(2026, 3, 2), date(2026, 3, 8))
    assert span("week", NOW - 3 * DAY) == (date(2026, 3, 2), date(2026, 3, 8))


def test_a_day_is_told_against_the_same_days_before(store: Store) -> None:
    [summary] = summaries(store, ["1880"], "day", NOW, alerts=[])
    told = text(summary)
    assert told.title == "Örebro 11 mars: 14 inlägg, mot 4,0 som vanligt är"
    assert told.body.splitlines() == [
        "14 inlägg från invånare, mot 4,0 som vanligt är.",
        "Ämnen som ökar: snöröjning (9 mot 0,0).",
        "Negativa: 21 % av inläggen.",
        "Bad om svar: 2 nya trådar; 1 besvarade, hälften inom 2,0 arbetstimmar.",
        "Just nu: 1 tråd väntar på svar.",
        "Inget larm pågår.",
    ]


def test_without_weeks_before_nothing_is_usual_and_few_are_not_told_of(store: Store) -> None:
    [summary] = summaries(store, ["1780"], "day", NOW)
    assert text(summary) == (
        "Karlstad 11 mars: 1 inlägg",
        "1 inlägg från invånare.\nIngen ny tråd bad om svar.\nJust nu: 0 trådar väntar på svar.",
    )


def test_a_week_and_every_municipality(store: Store) -> None:
    found = list(summaries(store, [], "week", NOW))
    assert [(each.municipality, each.posts) for each in found] == [("1880", 4)]
    assert text(found[0]).title == "Örebro 2 mars – 8 mars: 4 inlägg, mot 3,0 som vanligt är"
    assert len(found[0].days) == 56


def test_alerts_that_are_open_stand_in_it(store: Store) -> None:
    alert = Alert(
        *("a", "volym", "i", "1880", "snorojning", YESTERDAY, YESTERDAY, None),
        *(9, 1.0, 9.0, 9, 9, False),
    )
    others = [alert._replace(municipality="1780"), alert._replace(end=YESTERDAY + HOUR)]
    [summary] = summaries(store, ["1880"], "day", NOW, alerts=[alert, *others])
    assert text(summary).body.endswith(
        "Pågår:\n– Många skriver om snöröjning i Örebro, sedan 11 mars kl. 12.00 (9 inlägg)"
    )


def test_it_is_drawn(store: Store) -> None:
    [summary] = summaries(store, ["1880"], "day", NOW)
    assert draw(summary).startswith(b"\x89PNG\r\n")
    svg = draw(summary, "svg").decode()
    assert svg.startswith("<svg")
    assert "Örebro: invånarnas inlägg per dag" in svg


class Way:
    def __init__(self) -> None:
        self.got: list[tuple[str, bytes | None]] = []
        self.away = False

    def notify(self, *, key: str, title: str, body: str, picture: bytes | None = None) -> None:
        assert key
        assert body
        if self.away:
            raise Retriable("away", after=0)
        self.got.append((title, picture))


def test_each_who_wants_them_gets_them_once(store: Store, tmp_path: Path) -> None:
    state = SqliteState(tmp_path / "state.db")
    given = [
        {"name": "all", "summary": "daily"},
        {"name": "week", "summary": "weekly", "municipalities": ["Örebro"], "detail": "short"},
        {"name": "none"},
    ]
    recipients = [
        RecipientSettings.model_validate(each | {"address": "json://x"}) for each in given
    ]
    ways = {each.name: Way() for each in recipients}
    ways["week"].away = True

    def send(now: datetime) -> None:
        send_summaries(store, recipients, state, ways, now, picture=lambda _: b"PNG")

    send(NOW - 2 * HOUR)
    ways["all"].got.clear()
    for minutes in range(4):
        send(NOW + timedelta(minutes=minutes))
    ways["week"].away = False
    send(NOW + HOUR)
    assert ways["all"].got == [
        ("Karlstad 11 mars: 1 inlägg", b"PNG"),
        ("Örebro 11 mars: 14 inlägg, mot 4,0 som vanligt är", b"PNG"),
    ]
    assert [title for title, _ in ways["week"].got] == [
        "Örebro 2 mars – 8 mars: 4 inlägg, mot 3,0 som vanligt är"
    ]
    assert ways["week"].got[0][1] is None
    assert ways["none"].got == []
    assert all(each.picture is None for each in messages(state) if each.told)


def test_the_command_prints_and_draws(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYHORD_DATA", str(folder))
    monkeypatch.chdir(tmp_path)
    now = ["--now", "2026-03-12"]
    done = CliRunner().invoke(app, ["summary", *now])
    assert done.exit_code == 0
    assert done.stdout.startswith("Karlstad 11 mars: 1 inlägg\n")
    assert "\n\nÖrebro 11 mars: 14 inlägg, mot 4,0 som vanligt är\n" in done.stdout
    done = CliRunner().invoke(app, ["summary", *now, "--municipality", "1880", "--out", "a.png"])
    assert (done.exit_code, (tmp_path / "a.png").read_bytes()[:4]) == (0, b"\x89PNG")
    for wrong in (["--out", "a.svg"], ["--out", "a.pdf", "--municipality", "1880"]):
        done = CliRunner().invoke(app, ["summary", *now, *wrong])
        assert isinstance(done.exception, Misuse)
