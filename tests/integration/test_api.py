"""The read API: what the commands answer, page by page, and never a server error."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings

from lyhord.accounts import Account
from lyhord.adapters.sqlite_state import SqliteState
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.analysis.rulebook import Rulebook
from lyhord.facts import Facts
from lyhord.query.fields import Vocabulary
from lyhord.registers import Registers
from services.web.app import create_app
from services.web.rules_api import Desk
from tests.contract.test_threads import post

TOKEN = "hemligt"  # noqa: S105 - of this test alone
RIGHT = {"Authorization": f"Bearer {TOKEN}"}


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
    state = SqliteState(folder / "state.db")
    desk = Desk(state, Rulebook(state, None, Vocabulary()), token=TOKEN)
    known = Registers(kept, facts)
    yield create_app(
        store, hosts=["testserver", "127.0.0.1", "ond.example"], known=known, desk=desk
    )
    state.close()
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


PATHS = ["posts", "counts", "facets", "threads", "responses", "compare", "terms", "rules", "alerts"]
OPERATIONS = (
    *((path, "GET") for path in PATHS),
    ("rules/try", "POST"),
    ("rules/{name}", "PUT"),
    ("rules/{name}", "DELETE"),
    ("alerts/{id}/actions", "GET"),
    ("alerts/{id}/actions", "POST"),
)


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_request_breaks_the_server(app: Any, path: str, method: str) -> None:
    operation = schemathesis.openapi.from_asgi("/api/openapi.json", app)[f"/api/{path}"][method]

    @given(case=operation.as_strategy())
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        answer = case.call(base_url="http://testserver", headers=RIGHT)
        assert answer.status_code < 500, answer.text[:500]

    ask()


def test_every_operation_is_driven(app: Any) -> None:
    paths = app.openapi()["paths"]
    there = {
        (path.removeprefix("/api/"), method.upper())
        for path, methods in paths.items()
        if path.startswith("/api/")
        for method in methods
    }
    assert there == set(OPERATIONS)


def test_a_rule_is_tried_kept_and_forgotten(app: Any) -> None:
    client = TestClient(app, headers=RIGHT)
    tried = client.post("/api/rules/try", json={"name": "brunt", "query": "brunt"})
    assert (tried.status_code, tried.json()["count"], tried.json()["alerts"]) == (200, 0, [])
    wrong = client.post("/api/rules/try", json={"name": "brunt", "query": "(brunt", "x": 1})
    assert (wrong.status_code, "x: is not known" in wrong.json()["error"]) == (400, True)
    wrong = client.post("/api/rules/try", json={"name": "brunt", "query": "(brunt"})
    assert (wrong.status_code, "query" in wrong.json()["error"]) == (400, True)
    assert client.put("/api/rules/brunt", json={"query": "brunt"}).status_code == 200
    assert client.put("/api/rules/brunt", json={"name": "annat"}).status_code == 400
    assert client.put("/api/rules/volym", json={}).status_code == 400
    rows = client.get("/api/rules").json()["rules"]
    assert rows[:1] == [{"name": "volym", "origin": "built-in"}]
    assert {"name": "brunt", "query": "brunt", "origin": "kept"} in rows
    assert client.delete("/api/rules/brunt").status_code == 200
    assert client.delete("/api/rules/brunt").status_code == 400


def test_what_people_did_is_kept(app: Any) -> None:
    client = TestClient(app, headers=RIGHT)
    path = "/api/alerts/a1/actions"
    done = [
        {"action": "acknowledge", "who": "jouren"},
        {"action": "comment", "who": "jouren", "text": "på plats"},
        {"action": "mute", "who": "jouren", "until": "2026-06-01", "rule": "volym"},
    ]
    assert [client.post(path, json=each).status_code for each in done] == [200] * 3
    found = client.get(path).json()["actions"]
    assert [(each["action"], each["who"]) for each in found] == [
        (each["action"], "jouren") for each in done
    ]
    for wrong, told in (
        ({"action": "radera", "who": "a"}, "acknowledge"),
        ({"action": ["mute"], "who": "a"}, "action"),
        ({"action": "comment", "who": "a"}, "text"),
        ({"action": "comment", "who": 5, "text": "x"}, "who"),
        ({"action": "mute", "who": "a", "until": "i går", "rule": "x"}, "until"),
        ({"action": "mute", "who": "a", "until": "2026-06-01"}, "a1"),
        ({"action": "acknowledge", "who": "a", "text": "x"}, "text"),
    ):
        answer = client.post(path, json=wrong)
        assert (answer.status_code, told in answer.json()["error"]) == (400, True)


HERE, THERE = ("127.0.0.1", 5000), ("192.0.2.7", 5000)


@pytest.mark.parametrize(
    ("host", "client", "headers", "code"),
    [
        ("127.0.0.1", HERE, {}, 400),
        ("127.0.0.1", HERE, {"Origin": "http://127.0.0.1"}, 400),
        ("127.0.0.1", HERE, {"Origin": "http://ond.example"}, 403),
        ("127.0.0.1", HERE, {"Origin": "http://127.0.0.1:99999"}, 403),
        ("127.0.0.1", HERE, {"Origin": "null"}, 403),
        ("127.0.0.1", HERE, {"X-Forwarded-For": "192.0.2.7"}, 403),
        ("ond.example", HERE, {"Origin": "http://ond.example"}, 403),
        ("testserver", THERE, {}, 403),
        ("testserver", THERE, {"Authorization": "Bearer fel"}, 403),
        ("testserver", THERE, {"Authorization": "Bearer "}, 403),
        ("testserver", THERE, RIGHT, 400),
        ("testserver", THERE, RIGHT | {"Origin": "http://ond.example"}, 403),
    ],
)
def test_others_may_not_change_anything(
    app: Any, host: str, client: tuple[str, int], headers: dict[str, str], code: int
) -> None:
    asked = TestClient(app, base_url=f"http://{host}", client=client, headers=headers)
    for answer in (
        asked.delete("/api/rules/finnsinte"),
        asked.put("/api/rules/volym", json={}),
        asked.post("/api/alerts/a1/actions", json={}),
    ):
        assert (answer.status_code, "error" in answer.json()) == (code, True)


def test_a_body_is_json_of_some_size(app: Any) -> None:
    client = TestClient(app, headers=RIGHT)
    for path in ("/api/rules/try", "/api/alerts/a1/actions"):
        assert client.post(path, data={"name": "x"}).status_code == 415
        assert client.post(path, json={"name": "x" * 70_000}).status_code == 413
        kind = {"Content-Type": "application/json"}
        for content in ("[]", "{", '{"a": 1, "a": 2}', "null", ""):
            assert client.post(path, content=content, headers=kind).status_code == 400
