"""The alerts page and its API: what goes on first, with where, since when and what is said."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from lyhord import times
from lyhord.adapters.memory_state import MemoryState
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.alerting.alerts import Alert
from lyhord.analysis import keeping
from lyhord.analysis.following import Follower
from services.alert import driver
from services.web.app import create_app
from tests.contract.test_alerting import BURST, HOUR, burst, ordinary


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store, state = TantivyStore(tmp_path_factory.mktemp("store"), write=True), MemoryState()
    store.upsert([*ordinary(), *burst(), *burst(12, BURST + 50 * HOUR, "<i>")])
    store.flush()
    driver.look(Follower(store), state, BURST + 50 * HOUR + timedelta(minutes=40))
    with TestClient(create_app(store, hosts=["testserver"], state=state)) as client:
        yield client
    store.close()


def test_the_page_tells_what_goes_on_first(client: TestClient) -> None:
    page = client.get("/larm").text
    assert "1 larm pågår" in page
    assert page.count("Vatten och avlopp i Örebro") == 2
    assert page.index("Pågår sedan") < page.index("upptäckt 2026-03-17")
    assert "Storgatan (20)" in page
    assert "Kommunen har inte skrivit om det." in page
    assert 'class="risen"' in page
    assert "<i>" not in page
    assert "Inga larm" in client.get("/larm", params={"municipality": "Malmö"}).text


def test_the_links_below_an_alert_find_its_posts(client: TestClient) -> None:
    page = client.get("/larm").text
    start = page.rindex('<a href="/?') + len('<a href="')
    link = page[start : page.index('"', start)].replace("&amp;", "&")
    assert "20" in client.get(link).text.split("<small>av ")[1][:4]


def test_the_api_gives_what_is_kept_or_stood_at_a_time(client: TestClient) -> None:
    first, second = client.get("/api/alerts").json()["alerts"]
    assert (first["end"] is None, second["end"] is None) == (False, True)
    assert client.get("/api/alerts", params={"open": True}).json()["alerts"] == [second]
    assert client.get("/api/alerts", params={"municipality": "Malmö"}).json() == {"alerts": []}
    [then] = client.get("/api/alerts", params={"now": first["fired_at"]}).json()["alerts"]
    assert (then["id"], then["end"]) == (first["id"], None)
    assert client.get("/api/alerts", params={"municipality": "Atlantis"}).status_code == 400


def test_the_alerts_of_a_rule_stand_beside_the_built_in_ones_at_a_time(tmp_path: Path) -> None:
    state, fired = MemoryState(), BURST + HOUR
    own = Alert("a1", "buss", "a1", "1880", None, fired, fired, None, 9, 1.0, 4.0, 8, 9, False)  # noqa: FBT003 - as a row
    keeping.keep(state, [own])
    with TestClient(create_app(TantivyStore(tmp_path), hosts=["testserver"], state=state)) as web:
        for later, told in ((timedelta(), ["a1"]), (-timedelta(minutes=5), [])):
            now = times.format_utc(fired + later)
            found = web.get("/api/alerts", params={"now": now}).json()["alerts"]
            assert [each["id"] for each in found] == told


def test_topics_of_one_incident_lead_to_each_other(tmp_path: Path) -> None:
    state = MemoryState()
    facts = (BURST, BURST, None, 9, 1.0, 4.0, 8, 9, False)
    keeping.keep(
        state,
        [
            Alert("a1", "volym", "a1", "1880", "vatten_avlopp", *facts),
            Alert("a2", "volym", "a1", "1880", "trafik_vagar", *facts),
            Alert("b1", "volym", "b1", "1280", "krisberedskap", *facts),
            Alert("b2", "volym", "b1", "0180", "krisberedskap", *facts),
        ],
    )
    with TestClient(create_app(TantivyStore(tmp_path), hosts=["testserver"], state=state)) as web:
        page = web.get("/larm").text
    assert 'Hör ihop med <a href="#a1">Vatten och avlopp</a>.' in page
    assert 'Hör ihop med <a href="#a2">Trafik och vägar</a>.' in page
    assert page.count("Stiger i 2 kommuner samtidigt.") == 2
    assert page.count("Hör ihop med") == 2


def test_nothing_has_started_where_nothing_is(tmp_path: Path) -> None:
    with TestClient(create_app(TantivyStore(tmp_path), hosts=["testserver"])) as client:
        assert "Inga larm" in client.get("/larm").text
        assert client.get("/api/alerts").json() == {"alerts": []}
