"""What Kibana is shown of alerts and sources: by id, once, and what has gone is gone."""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store import Cluster, shown
from lyhord.adapters.elastic_store.showing import alert_document, show_alerts, show_sources
from lyhord.alerting.alerts import Alert, Place
from lyhord.analysis.coverage import Coverage, Silence
from lyhord.heartbeats import Pulse

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DEPLOY = Path(__file__).parents[2] / "deploy" / "elasticsearch"
ALERT = Alert(
    id="a_1",
    rule="volym",
    incident="a_1",
    municipality="1880",
    topic="vatten_avlopp",
    start=NOW - HOUR,
    fired_at=NOW,
    end=None,
    observed=12,
    expected=0.4,
    score=9.1,
    authors=11,
    distinct_texts=12,
    suspected_spam=False,
    terms=["vatten"],
    places=[Place("Kvarnvägen", 3, "forum:1")],
    posts=["forum:1", "x:2"],
    answered_at=NOW + HOUR / 2,
)


class Setup(NamedTuple):
    cluster: Cluster
    client: Elasticsearch


@pytest.fixture
def setup(elasticsearch_server: str) -> Iterator[Setup]:
    cluster = Cluster(elasticsearch_server, f"t{uuid.uuid4().hex[:12]}")
    with cluster.connect() as client:
        yield Setup(cluster, client)
        client.indices.delete(index=[cluster.alerts, cluster.sources], ignore_unavailable=True)


def documents(client: Elasticsearch, index: str) -> dict[str, dict[str, Any]]:
    client.indices.refresh(index=index)
    found = client.search(index=index, size=100)["hits"]["hits"]
    return {hit["_id"]: hit["_source"] for hit in found}


def test_the_committed_indices_are_what_the_code_makes() -> None:
    cluster = Cluster("http://elasticsearch:9200")
    for name, fields in (("alerts", shown.ALERTS), ("sources", shown.SOURCES)):
        held = json.loads((DEPLOY / f"{name}-index.json").read_text(encoding="utf-8"))
        assert held == shown.index(cluster, fields), f"write {name}-index.json anew: see README.md"


def test_every_field_of_an_alert_has_a_type() -> None:
    assert set(alert_document(ALERT)) <= set(shown.ALERTS)


def test_an_alert_is_one_document_however_often_it_is_shown(setup: Setup) -> None:
    cluster, client = setup
    for _ in range(2):
        assert show_alerts(client, cluster, [ALERT]) == 1
    found = documents(client, cluster.alerts)
    assert list(found) == ["a_1"]
    assert found["a_1"]["open"]
    assert found["a_1"]["source"] == ["forum", "x"]
    assert found["a_1"]["answered_seconds"] == 1800
    show_alerts(client, cluster, [ALERT._replace(end=NOW + HOUR, observed=20)])
    found = documents(client, cluster.alerts)
    assert (found["a_1"]["open"], found["a_1"]["observed"]) == (False, 20)


def test_the_time_of_an_alert_is_when_it_fired(setup: Setup) -> None:
    cluster, client = setup
    show_alerts(client, cluster, [ALERT])
    client.indices.refresh(index=cluster.alerts)
    query = {"range": {"@timestamp": {"gte": NOW.isoformat(), "lt": (NOW + HOUR).isoformat()}}}
    assert client.count(index=cluster.alerts, query=query)["count"] == 1


def test_an_alert_lies_where_its_posts_say_or_else_at_the_seat(setup: Setup) -> None:
    cluster, client = setup
    show_alerts(client, cluster, [ALERT])
    assert documents(client, cluster.alerts)["a_1"]["located"] == "municipality"
    place = {"text": "kvarnvägen", "lat": 59.3, "lon": 15.2}
    post = {"id": "forum:1", "places": [place, {"text": "Örebro", "lat": None, "lon": None}]}
    client.index(index=cluster.index("2026.03"), id="forum:1", document=post)
    client.indices.put_alias(index=cluster.index("2026.03"), name=cluster.alias)
    client.indices.refresh(index=cluster.alias)
    show_alerts(client, cluster, [ALERT])
    found = documents(client, cluster.alerts)["a_1"]
    assert (found["located"], found["location"]) == ("place", [{"lat": 59.3, "lon": 15.2}])
    client.indices.delete(index=cluster.index("2026.03"))


def test_nothing_is_made_for_no_alerts(setup: Setup) -> None:
    cluster, client = setup
    assert show_alerts(client, cluster, []) == 0
    assert not client.indices.exists(index=cluster.alerts)


def test_sources_are_told_apart_by_how_they_are(setup: Setup) -> None:
    cluster, client = setup
    pulses = [
        Pulse("well", 300, NOW, None, ((NOW - 9 * HOUR, NOW - 8 * HOUR),)),
        Pulse("broken", 300, NOW - HOUR / 60, "HTTP 403", ()),
        Pulse("away", 300, NOW - 2 * HOUR, None, ()),
    ]
    show_sources(client, cluster, pulses, [], NOW)
    found = documents(client, cluster.sources)
    states = {each["source"]: each["state"] for each in found.values() if each["kind"] == "feed"}
    assert states == {"well": "ok", "broken": "broken", "away": "away"}
    gaps = {each["source"]: each["seconds"] for each in found.values() if each["kind"] == "gap"}
    assert gaps == {"well": 3600, "away": 7200}


def test_a_gap_that_ends_stays_one_document(setup: Setup) -> None:
    cluster, client = setup
    away = Pulse("feed", 300, NOW, None, ())
    show_sources(client, cluster, [away], [], NOW + HOUR)
    back = Pulse("feed", 300, NOW + 2 * HOUR, None, ((NOW, NOW + 2 * HOUR),))
    show_sources(client, cluster, [back], [], NOW + 2 * HOUR)
    gaps = [each for each in documents(client, cluster.sources).values() if each["kind"] == "gap"]
    assert [each["end"] for each in gaps] == ["2026-03-01T14:00:00Z"]


def test_a_silence_that_late_posts_fill_is_taken_back(setup: Setup) -> None:
    cluster, client = setup
    day = date(2026, 2, 1)
    found = Coverage("forum", 90, day, date(2026, 3, 1), 27, [Silence(day, day, 9.0)])
    show_sources(client, cluster, [], [found], NOW)
    kinds = sorted(each["kind"] for each in documents(client, cluster.sources).values())
    assert kinds == ["network", "silence"]
    show_sources(client, cluster, [], [found._replace(silences=[])], NOW + HOUR)
    assert [each["kind"] for each in documents(client, cluster.sources).values()] == ["network"]
