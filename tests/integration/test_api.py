"""The read API: what the commands answer, page by page, and never a server error."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from lyhord.accounts import Account
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.facts import Facts
from lyhord.registers import Registers
from services.web.app import create_app
from tests.contract.test_threads import post


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("store")
    store = TantivyStore(folder, write=True)
    posts = [post(f"q{n}", n // 3, needs=True, text=f"vattnet är brunt {n}") for n in range(40)]
    posts += [post(f"a{n}", 50, to=f"q{n}", official=True, text="Vi spolar nu") for n in range(15)]
    assert not any(store.upsert(posts))
    store.flush()
    facts = {
        code: Facts(municipality=code, population=size, group="Större stad")
        for code, size in (("1880", 1_000), ("1280", 2_000))
    }
    kept = (Account(municipality="1280", source="x", account="Malmö stad"),)
    yield create_app(store, hosts=["testserver"], known=Registers(kept, facts))
    store.close()


@pytest.fixture
def get(app: Any) -> Any:
    client = TestClient(app)

    def ask(path: str, code: int = 200, **parameters: Any) -> Any:
        answer = client.get(f"/api/{path}", params=parameters)
        assert answer.status_code == code, answer.text[:500]
        return answer.json()

    return ask


def pages(get: Any, path: str, rows: str, **parameters: Any) -> list[Any]:
    found, cursor = [], {}
    while True:
        page = get(path, **parameters, **cursor)
        found += page[rows]
        if page["next"] is None:
            return found
        assert len(page[rows]) == parameters["size"]
        cursor = {"cursor": page["next"]}


@pytest.mark.parametrize("sort", ["newest", "relevance"])
@pytest.mark.parametrize("size", [1, 7, 20, 40])
def test_pages_give_each_post_once(get: Any, sort: str, size: int) -> None:
    whole = get("posts", q="brunt", sort=sort, size=1000)
    assert (whole["total"], len(whole["posts"]), whole["next"]) == (40, 40, None)
    found = pages(get, "posts", "posts", q="brunt", sort=sort, size=size)
    assert [row["id"] for row in found] == [row["id"] for row in whole["posts"]]


@pytest.mark.parametrize("size", [1, 6, 40])
def test_pages_give_each_thread_once(get: Any, size: int) -> None:
    whole = get("threads", size=1000)["threads"]
    assert len(whole) == 40
    assert [thread["status"] for thread in whole] == ["unanswered"] * 25 + ["answered"] * 15
    assert pages(get, "threads", "threads", size=size) == whole
    assert len(get("threads", status="answered", municipality="örebro")["threads"]) == 15


def test_counts_say_what_they_are_of(get: Any) -> None:
    found = get("counts", q="*", by="author_role", then_by="topic")
    assert [(one["source"], one["posts"], one["silences"]) for one in found.pop("coverage")] == [
        ("forum", 55, [])
    ]
    assert found == {
        "total": 55,
        "models": {"test": 55},
        "counts": {"citizen": {"ovrigt": 40}, "municipality": {"ovrigt": 15}},
    }


def test_facets_are_counts_at_once(get: Any) -> None:
    facets = get("facets", q="*")["facets"]
    assert facets["author_role"] == {"citizen": 40, "municipality": 15}
    assert facets["month"] == {"2026-03": 55}
    assert facets["place"] == {}
    assert get("facets", by="topic", q="brunt")["facets"] == {"topic": {"ovrigt": 40}}


def test_response_times_are_told(get: Any) -> None:
    [group] = get("responses", by="source", now="2026-06-01")["groups"]
    assert (group["group"], group["asked"], group["answered"]) == ("forum", 40, 15)


def test_no_figure_is_of_fewer_than_five_citizens(get: Any) -> None:
    answer = get("compare", like="Örebro")
    [found], cohort = answer["municipalities"], answer["cohort"]
    assert cohort is None  # one municipality alone has no median
    assert (found["municipality"], found["own_posts"]) == ("1880", 15)
    # The posts of this test have no authors.
    assert (found["authors"], found["comments"], found["share_answered"]) == (None, None, None)


def test_a_comparison_ends_with_its_median(get: Any) -> None:
    answer = get("compare", group="större stad", population="-2000")
    assert [each["population"] for each in answer["municipalities"]] == [2_000, 1_000]
    cohort = answer["cohort"]
    assert (cohort["municipalities"], cohort["medians"]["population"]) == (2, 1_500)
    assert (cohort["medians"]["comments"], cohort["n"]["comments"]) == (None, 0)


@pytest.mark.parametrize(
    ("path", "parameters", "told"),
    [
        ("posts", {"q": "(vatten"}, "position"),
        ("posts", {"q": "okänt:fält"}, "okänt"),
        ("posts", {"topic": "fotboll"}, "fotboll"),
        ("posts", {"since": "i går"}, "since"),
        ("posts", {"cursor": "x"}, "cursor"),
        ("posts", {"cursor": "WzFd", "sort": "newest"}, "cursor"),
        ("counts", {"by": "text"}, "text"),
        ("facets", {"by": "fotboll"}, "fotboll"),
        ("threads", {"municipality": "Ankeborg"}, "Ankeborg"),
        ("compare", {"population": "2000"}, "population"),
        ("compare", {"group": "fotboll"}, "fotboll"),
        ("compare", {"like": "Gotland"}, "Gotland"),
        ("threads", {"cursor": "W10="}, "cursor"),
    ],
)
def test_mistakes_are_told(get: Any, path: str, parameters: dict[str, str], told: str) -> None:
    assert told in str(get(path, 400, **parameters))


@pytest.mark.parametrize(
    "path", ["posts", "counts", "facets", "threads", "responses", "compare", "terms"]
)
def test_no_request_breaks_the_server(app: Any, path: str) -> None:
    operation = schemathesis.openapi.from_asgi("/api/openapi.json", app)[f"/api/{path}"]["GET"]

    @given(case=operation.as_strategy())
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        answer = case.call(base_url="http://testserver")
        assert answer.status_code < 500, answer.text[:500]

    ask()
