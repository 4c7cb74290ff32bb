"""The start page: what it is narrowed by, what is chosen, and what can be taken home."""

import csv
import html
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import openpyxl
import orjson
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.exporting import POSTS
from lyhord.model import Label, Place, Sentiment
from services.web.app import create_app
from services.web.facets import FIELDS
from tests.contract.test_store import tagged

FIRST = datetime(2026, 1, 30, 22, 30, tzinfo=UTC)
TOPICS = ("vatten_avlopp", "snorojning", "miljo")
Get = Callable[..., Response]


class Counting(TantivyStore):
    """A store that remembers which facets it was asked for."""

    asked: list[Sequence[str]]

    def facets(self, *arguments: Any, **options: Any) -> Mapping[str, Mapping[str, int]]:
        self.asked.append(options["by"])
        return super().facets(*arguments, **options)


def made(number: int) -> bytes:
    topics = [TOPICS[number % 3], *([TOPICS[(number + 1) % 3]] if number % 2 else [])]
    places = ["Ängen", *(["Stora torget"] if number % 3 else []), *([f"Väg {number}"] * 1)]
    return tagged(
        number,
        "=1+1 vattnet är brunt" if number == 0 else f"vattnet är brunt {number}",
        source=("facebook", "forum")[number % 2],
        municipality=("1880", "1780")[number % 5 == 0],
        created_at=FIRST + timedelta(hours=2 * number),
        author_role=("citizen", "municipality", "unknown")[number % 3],
        topic=topics[0],
        topics=tuple(Label(label=label, score=0.5) for label in topics),
        sentiment=Sentiment(label=("negative", "neutral")[number % 2], score=0.0),
        kind=("question", "report", "other")[number % 3],
        places=tuple(Place(text=text, kind="street", start=0, end=1) for text in places),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counting]:
    filled = Counting(tmp_path_factory.mktemp("store"), write=True)
    filled.asked = []
    assert not any(filled.upsert([made(number) for number in range(40)]))
    filled.flush()
    yield filled
    filled.close()


@pytest.fixture
def get(store: Counting) -> Get:
    client = TestClient(create_app(store, hosts=["testserver"]))

    def ask(path: str = "/", code: int = 200, **parameters: Any) -> Response:
        answer = client.get(path + ("?" + urlencode(parameters, doseq=True) if parameters else ""))
        assert answer.status_code == code, answer.text[:500]
        return answer

    return ask


def found(page: str) -> int:
    """Give how many posts a page says that it found."""
    told = re.search(r"(\d+) inlägg om ”|av (\d+)</small></h2>", page)
    assert told, page
    return int(told[1] or told[2])


def links(page: str) -> list[tuple[str, int]]:
    """Give the addresses that narrow, with the figure beside each."""
    rows = re.findall(
        r'<a href="(/\?[^"]*)">[^<]*</a>(?:</th>\s*<td>.*?</td><td class="number">'
        r'| <span class="number">)(\d+)',
        page,
    )
    return [(html.unescape(address), int(count)) for address, count in rows]


def chips(page: str) -> dict[str, str]:
    rows = re.findall(
        r'<li><a href="([^"]*)"><span class="hidden">Ta bort </span>(.*?) <span', page
    )
    return {html.unescape(name): html.unescape(address) for address, name in rows}


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"q": "brunt", "sentiment": "negative", "source": "facebook"},
        {"q": "vattnet OR grönt", "topic": "snorojning"},
        {"topic": ["snorojning", "miljo"], "place": "stora torget"},
        {"since": "2026-01-31", "until": "2026-02-02"},
        {"since": "2026-01-31T10:00:00Z", "municipality": "Örebro"},
        {"q": 'place:"stora torget"', "place": "ängen"},
    ],
)
def test_each_link_finds_as_many_posts_as_it_says(get: Get, chosen: dict[str, Any]) -> None:
    page = get(**chosen).text
    narrower = links(page)
    assert len(narrower) > 10
    for address, count in narrower:
        assert found(get(address).text) == count, address
        kept = parse_qs(address.partition("?")[2])
        if "q" in chosen:
            assert chosen["q"] in kept["q"][0]


def test_all_facets_are_one_request_and_say_of_how_many(get: Get, store: Counting) -> None:
    store.asked.clear()
    page = get(sentiment="negative").text
    assert store.asked == [tuple(FIELDS.values())]
    assert re.findall(r"<summary>(\w+) <small>\(n = 20\)", page) == [
        *("Ton", "Typ", "Kommun", "Plats", "Månad", "Källa", "Avsändare"),
    ]
    assert '<strong aria-current="true">Negativ</strong>' in page
    assert "De vanligaste visas; 12 till finns." in page
    assert "Stora torget" in page


def test_more_posts_can_be_shown(get: Get) -> None:
    page = get(sentiment=["negative", "neutral"]).text
    link = html.unescape(page.split('<p class="next"><a href="')[1].split('"')[0])
    address, anchor = link.split("#")
    more = get(**parse_qs(address.removeprefix("/?"))).text
    assert (page.count("<article"), more.count("<article")) == (30, 40)
    assert anchor == "post-31"
    assert 'id="post-31"' in more
    assert 'class="next"' not in more
    assert get(size=5).text.count("<article") == 5
    get(size=100_000, code=422)


def test_what_is_chosen_can_be_taken_away(get: Get) -> None:
    page = get(
        q="brunt", kind=["question", "other"], place="ängen", since="2026-02-01", until="2026-03-01"
    ).text
    found_chips = chips(page)
    assert set(found_chips) == {
        "Typ: Fråga",
        "Typ: Annat",
        "Plats: Ängen",
        "Månad: februari 2026",
    }
    left = chips(get(found_chips["Månad: februari 2026"]).text)
    assert set(left) == {"Typ: Fråga", "Typ: Annat", "Plats: Ängen"}
    assert "kind=other" in left["Typ: Fråga"]
    assert "kind=question" not in left["Typ: Fråga"]
    assert "q=brunt" in left["Typ: Fråga"]


def test_several_values_of_a_filter_outlive_the_form(get: Get) -> None:
    page = get(topic=["miljo", "snorojning"]).text
    assert '<option value="miljo" selected>' in page
    assert '<input type="hidden" name="topic" value="snorojning">' in page


def test_a_day_begins_at_local_midnight(get: Get) -> None:
    # The first post is of 23:30 in Stockholm on 30 January.
    assert found(get(until="2026-01-31").text) == 1
    assert found(get(since="2026-01-31").text) == 39
    assert set(chips(get(since="2026-01-31").text)) == {"Från: 2026-01-31"}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"since": "i går"}, "Från: ”i går” är ingen dag. Skriv den som 2026-03-01."),
        ({"until": "2026-02-30"}, "Före: ”2026-02-30” är ingen dag."),
        ({"kind": "dikt"}, "kind kan inte vara ”dikt”"),
        ({"municipality": "Ankeborg"}, "”Ankeborg” är ingen kommun"),
        ({"q": "(vatten"}, "Frågan går inte att läsa"),
    ],
)
def test_what_cannot_be_meant_is_explained(get: Get, chosen: dict[str, str], told: str) -> None:
    page = get(code=400, **chosen).text
    assert told in html.unescape(page)
    assert 'role="alert"' in page
    assert get("/export", 400, **chosen).json()["error"]


def test_nothing_of_what_is_chosen_becomes_markup(get: Get) -> None:
    evil = '"><script>alert(1)</script>'
    for name, code in {"q": 400, "place": 200, "since": 400, "kind": 400, "topic": 400}.items():
        assert "<script" not in get(code=code, **{name: evil}).text


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_the_page_gives_what_it_shows_as_a_file(get: Get, form: str) -> None:
    page = get(sentiment="negative", q="brunt", since="2026-01-01").text
    addresses = re.findall(r'href="(/export[^"]*)"', page)
    address = html.unescape(next(each for each in addresses if f"format={form}" in each))
    answer = get(address)
    assert re.search(rf'filename="lyhord-[\d-]+\.{form}"', answer.headers["content-disposition"])
    if form == "xlsx":
        posts, about = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
        rows = [dict(zip(POSTS.columns, each, strict=True)) for each in posts.values][1:]
        told = dict(about.values)
        assert told["Fråga"] == "brunt"
        assert (told["Ton"], told["Från"], told["Antal inlägg"]) == ("Negativ", "2026-01-01", "20")
        assert told["Skapad"].endswith("Z")
        assert rows[-1]["text"] == "=1+1 vattnet är brunt"
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
        assert rows[-1]["text"] == "'=1+1 vattnet är brunt"
    else:
        rows = [orjson.loads(line) for line in answer.content.splitlines()]
        assert rows[-1]["text"] == "=1+1 vattnet är brunt"
    assert len(rows) == 20
    assert [row["id"] for row in rows] == [f"facebook:{n}" for n in range(38, -1, -2)]


def test_an_empty_selection_is_a_file_too(get: Get) -> None:
    answer = get("/export", q="finnsinte", format="csv")
    assert answer.text.splitlines() == [",".join(POSTS.columns)]
    assert get("/export", 422, format="pdf")


def test_a_source_that_fell_silent_is_told_below_the_days(tmp_path: Path) -> None:
    store = TantivyStore(tmp_path, write=True)
    days = [day for day in range(60) if not 40 <= day < 50]
    store.upsert(
        [
            tagged(10 * day + n, "snö", created_at=FIRST + timedelta(days=day, minutes=n))
            for day in days
            for n in range(6)
        ]
    )
    store.flush()
    with TestClient(create_app(store, hosts=["testserver"])) as client:
        page = client.get("/").text
    assert "Uppehåll: inga inlägg från Forum 2026-03-11 – 2026-03-20" in page
    store.close()
