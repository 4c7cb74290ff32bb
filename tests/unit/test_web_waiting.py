"""The page of who waits: response times parted as one likes, with how many they are of."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.dialogue.groups import BYS
from lyhord.dialogue.responses import Responses
from services.web.app import create_app
from services.web.charts import shares
from services.web.naming import GROUPS
from tests.contract.test_store import tagged

FIRST = datetime(2026, 1, 12, 9, tzinfo=UTC)
"""A Monday."""


def group(month: str, due: int, part: float | None) -> Responses:
    return Responses(month, due, due, due, 1.0, part, None, None, None, None)


def asked(
    number: int, *, days: int, after: timedelta | None, department: str | None
) -> list[bytes]:
    moment = FIRST + timedelta(days=days)
    common = {"department": department, "topic": "miljo"}
    posts = [tagged(number, created_at=moment, author_role="citizen", needs_answer=True, **common)]
    if after:
        answer = {"created_at": moment + after, "author_role": "municipality", **common}
        posts.append(tagged(f"a{number}", in_reply_to=str(number), **answer))
    return posts


@pytest.fixture(scope="module")
def get(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., str]]:
    store = TantivyStore(tmp_path_factory.mktemp("store"), write=True)
    hour = timedelta(hours=1)
    posts = asked(1, days=0, after=hour, department="Teknik")
    posts += asked(2, days=0, after=70 * hour, department="Teknik")
    posts += asked(3, days=63, after=hour, department="Skola")
    posts += asked(4, days=63, after=None, department=None)
    assert not any(store.upsert(posts))
    store.flush()
    client = TestClient(create_app(store, hosts=["testserver"]))

    def ask(**parameters: str) -> str:
        answer = client.get("/vantar", params=parameters)
        assert answer.status_code == 200, answer.text[:500]
        return answer.text

    yield ask
    store.close()


def rows(page: str) -> list[list[str]]:
    lines = re.findall(r'<tr><th scope="row">(.*?)</tr>', page, re.DOTALL)
    return [re.sub(r"<[^>]+>", " ", line).split() for line in lines]


def test_each_group_says_how_many_it_is_of(get: Callable[..., str]) -> None:
    page = get(by="department")
    assert rows(page) == [
        ["Skola", "1", "100", "%", "(1)", "100", "%", "av", "1", "60", "minuter", "60", "minuter"],
        ["Teknik", "2", "100", "%", "(2)", "50", "%", "av", "2", "35", "timmar", "2", "dygn"],
        ["Okänd", "1", "0", "%", "(0)", "0", "%", "av", "1", "–", "–"],
    ]
    assert '<option value="department" selected>' in page
    assert "<svg" not in page


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("municipality", ["Örebro"]),
        ("topic", ["Miljö"]),
        ("source", ["Forum"]),
        ("month", ["januari", "mars"]),
    ],
)
def test_groups_have_their_names(get: Callable[..., str], by: str, names: list[str]) -> None:
    assert [row[0] for row in rows(get(by=by))] == names


def test_months_are_drawn_as_they_stand_in_the_table(get: Callable[..., str]) -> None:
    page = get(by="month")
    told = re.findall(r"<text[^>]*>([^<]*)</text>", page)
    assert told == [
        *("50 %", "2026-01", "n = 2"),
        *("2026-02", "n = 0"),
        *("50 %", "2026-03", "n = 2"),
    ]
    assert 'role="img" aria-labelledby="shares"' in page
    assert 'id="shares"' in page


def test_every_group_can_be_chosen() -> None:
    assert tuple(GROUPS) == BYS


def test_a_chart_of_shares() -> None:
    chart = shares([group("2025-12", 4, 0.25), group("2026-02", 2, 1.0)])
    assert chart is not None
    told = [(each.month, each.height, each.y + each.height, each.due) for each in chart.months]
    assert told == [
        ("2025-12", 30.0, chart.base, 4),
        ("2026-01", 0.0, chart.base, 0),
        ("2026-02", 120.0, chart.base, 2),
    ]
    assert chart.months[2].y == chart.top
    assert shares([]) is None
    assert shares([group("2026-01", 0, None)]) is None
    long = shares([group("1999-01", 1, 1.0), group("2026-02", 1, 1.0)])
    assert long is not None
    assert (len(long.months), long.months[-1].month) == (24, "2026-02")


def test_a_thread_is_shown_from_its_first_post_to_its_last(tmp_path: Path) -> None:
    store = TantivyStore(tmp_path, write=True)
    first = {"author_role": "citizen", "needs_answer": True}
    posts = [
        tagged("rot", "<b>Läckan</b> först", created_at=FIRST, **first),
        tagged("svar", "Vi tittar", created_at=FIRST + timedelta(hours=1), in_reply_to="rot"),
        tagged(
            "djup", "Och nu?", created_at=FIRST + timedelta(hours=2), in_reply_to="svar", **first
        ),
        tagged("annat", "Hör inte dit", created_at=FIRST),
    ]
    assert not any(store.upsert(posts))
    store.flush()
    client = TestClient(create_app(store, hosts=["testserver"]))
    waiting = client.get("/vantar").text
    address = re.search(r'<a href="(/trad[^"]*)">3 inlägg i tråden', waiting)
    assert address
    page = client.get(address[1]).text
    places = [page.index(text) for text in ("3 inlägg", "Läckan", "Vi tittar", "Och nu?")]
    assert places == sorted(places)
    assert "<b>" not in page
    assert "Hör inte dit" not in page
    for unknown in ("facebook:saknas", 'a"b\\', ""):
        missing = client.get("/trad", params={"post": unknown})
        assert (missing.status_code, "Tråden finns inte" in missing.text) == (404, True)
    store.close()
