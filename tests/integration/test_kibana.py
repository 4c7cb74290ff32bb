"""What Kibana's panels ask of Elasticsearch, derived from the committed objects, has answers."""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from elasticsearch import Elasticsearch

from benchmarks.kibana import measure
from deploy.kibana import example, spaces
from deploy.kibana.answers.panels import Question, all_answered, questions
from deploy.kibana.answers.periods import earlier
from deploy.kibana.boards import Board
from deploy.kibana.pictures import picture
from deploy.kibana.write import BOARDS, objects
from lyhord import times
from lyhord.adapters.elastic_store import Cluster, ElasticStore, generations
from lyhord.alerting.alerts import Alert
from lyhord.dialogue.office import OFFICE_DAY, office_seconds
from lyhord.dialogue.responses import responses
from lyhord.dialogue.threads import Thread, moment
from lyhord.ports import Filters, ThreadFilters
from lyhord.swedish import content_words

COUNT = 6_000
_COUNTED = {"inlagg", "vantar-nu", "pagar-nu"}


class Filled(NamedTuple):
    client: Elasticsearch
    cluster: Cluster
    store: ElasticStore
    now: datetime
    alerts: list[Alert]


@pytest.fixture(scope="module")
def filled(elasticsearch_server: str) -> Iterator[Filled]:
    cluster = Cluster(elasticsearch_server, f"t{uuid.uuid4().hex[:12]}")
    now = datetime.now(UTC)
    with cluster.connect() as client, closing(ElasticStore(cluster, write=True)) as store:
        example.fill(store, COUNT, now)
        yield Filled(client, cluster, store, now, example.show(client, cluster, store, now))
        generations.drop(client, cluster, 1)
        client.indices.delete(index=[cluster.alerts, cluster.sources], ignore_unavailable=True)


@pytest.fixture(scope="module")
def answers(filled: Filled) -> dict[tuple[str, str], Question]:
    saved = objects(filled.cluster.name)
    return {
        (board.id, each.slug): each
        for board in BOARDS
        for each in all_answered(filled.client, [*questions(saved, board.id, datetime.now(UTC))])
    }


PANELS = [(board.id, panel.slug) for board in BOARDS for panel in board.panels]


@pytest.mark.parametrize("panel", PANELS, ids="-".join)
def test_every_panel_has_an_answer_of_its_shape(
    panel: tuple[str, str], answers: dict[tuple[str, str], Question]
) -> None:
    found = answers[panel]
    assert found.rows, f"{found.title}: nothing"
    if found.layer is None:
        return
    shown = [key for key, each in found.layer.columns.items() if each["operationType"] != "math"]
    visible = [key for key in shown if not key.rpartition("X")[2].isdigit()]
    for key in visible:
        assert any(row.get(key) is not None for row in found.rows), f"{found.title}: no {key}"
    for key in found.layer.buckets:
        assert all(row[key] is not None for row in found.rows)


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_a_picture_shows_every_panel_with_its_answer(
    board: Board, answers: dict[tuple[str, str], Question]
) -> None:
    made = picture(board, {panel.slug: answers[board.id, panel.slug] for panel in board.panels})
    told = {each.text for each in ET.fromstring(made).iter() if each.text}  # noqa: S314 - ours
    assert {panel.title for panel in board.panels} <= told
    assert "Inget under den här tiden" not in told


def test_figures_are_those_that_lyhord_gives(
    filled: Filled, answers: dict[tuple[str, str], Question]
) -> None:
    citizens = {"author_role": ["citizen", "unknown"]}
    week = Filters(earlier(filled.now, "7d"), None, citizens)
    found = filled.store.search("*", week, size=1).total
    assert answers["lyhord-nu", "inlagg"].rows[0]["antal"] == pytest.approx(found, abs=2)
    waiting = [*filled.store.threads(ThreadFilters(("unanswered",)))]
    assert answers["lyhord-nu", "vantar-nu"].rows == [{"antal": len(waiting)}]
    open_now = [each for each in filled.alerts if each.end is None and not each.suspected_spam]
    assert answers["lyhord-nu", "pagar-nu"].rows == [{"antal": len(open_now)}]
    late = [each for each in waiting if _waited(each, filled.now) >= OFFICE_DAY]
    assert 0 < len(late) < len(waiting)
    assert answers["lyhord-nu", "over-loftet"].rows == [{"antal": len(late)}]


def test_words_are_counted_by_their_base_forms(
    filled: Filled, answers: dict[tuple[str, str], Question]
) -> None:
    citizens = {"author_role": ["citizen", "unknown"]}

    def held(word: str, since: timedelta, until: timedelta) -> int:
        found = filled.store.scan("*", Filters(filled.now - since, filled.now - until, citizens))
        return sum(word in content_words(post["lemmas"]) for post in found)

    week, none = timedelta(days=7), timedelta()
    rising = {row["ord"]: row for row in answers["lyhord-nu", "ord"].rows}
    lately = {row["ord"]: row for row in answers["lyhord-kris", "ord"].rows}
    for word in ("vatten", "småbarn"):
        assert rising[word]["antal"] == pytest.approx(held(word, week, none), abs=1)
        assert rising[word]["fore"] == pytest.approx(held(word, 2 * week, week), abs=1)
        assert rising[word]["fler"] == rising[word]["antal"] - rising[word]["fore"]
        assert lately[word]["antal"] == pytest.approx(held(word, timedelta(hours=12), none), abs=1)
    assert "och" not in rising


def _waited(thread: Thread, now: datetime) -> int:
    assert thread.waiting_since is not None
    return office_seconds(moment(thread.waiting_since), now)


def test_response_times_are_those_of_the_page(
    filled: Filled, answers: dict[tuple[str, str], Question]
) -> None:
    month = times.micros(earlier(filled.now, "30d"))
    threads = [each for each in filled.store.threads() if each.opened_at >= month]
    told = {each.group: each for each in responses(threads, by="department", now=filled.now)}
    for row in answers["lyhord-dialog", "per-forvaltning"].rows:
        ours = told[row["department"]]
        assert row["fragade"] == pytest.approx(ours.asked, abs=1)
        assert row["besvarade"] == pytest.approx(ours.share_answered, abs=0.05)
        assert row["inom"] == pytest.approx(ours.share_within_day, abs=0.05)
        assert row["mitten"] == pytest.approx(ours.median_office_seconds, rel=0.2, abs=900)


def test_what_is_usual_is_the_mean_of_four_weeks(
    filled: Filled, answers: dict[tuple[str, str], Question]
) -> None:
    rows = {row["tid"]: row for row in answers["lyhord-nu", "volym"].rows}
    assert len(rows) in {7, 8}  # the first is a part of a day, at night without posts
    citizens = {"author_role": ["citizen", "unknown"]}
    days = filled.store.counts("*", Filters(None, None, citizens), by="day")
    for millis, row in sorted(rows.items())[1:-1]:
        day = datetime.fromtimestamp(millis / 1000, times.STOCKHOLM).date()
        assert row["antal"] == days.get(day.isoformat(), 0)
        before = [days.get((day - timedelta(weeks=n)).isoformat(), 0) for n in range(1, 5)]
        assert row["vanligt"] == pytest.approx(sum(before) / 4)


@pytest.mark.parametrize("query", ['municipality:"1880"', "topic:vatten_avlopp", "source:facebook"])
def test_a_control_narrows_every_panel(filled: Filled, query: str) -> None:
    saved = objects(filled.cluster.name)
    now = datetime.now(UTC)
    asked = [*questions(saved, "lyhord-nu", now, query=query)]
    narrowed = {each.slug: each for each in all_answered(filled.client, asked)}
    whole = all_answered(filled.client, [*questions(saved, "lyhord-nu", now)])
    for each in whole:
        assert each.layer is None or narrowed[each.slug].rows
    counted = {each.slug: each.rows[0]["antal"] for each in whole if each.slug in _COUNTED}
    for slug, antal in counted.items():
        assert narrowed[slug].rows[0]["antal"] <= antal
    assert 0 < narrowed["vantar-nu"].rows[0]["antal"] < counted["vantar-nu"]


def test_rules_find_what_they_are_about(filled: Filled) -> None:
    for code, finds in (("1880", True), ("0114", False)):
        for rule in spaces.rules(code, filled.cluster.name, "connector").values():
            asked = rule["params"]
            window = {"range": {asked["timeField"]: {"gte": "now-12h"}}}
            query = json.loads(asked["esQuery"])["query"]
            found = filled.client.count(
                index=asked["index"], query={"bool": {"filter": [query, window]}}
            )
            assert (found["count"] > 0) is finds, rule["name"]


def test_an_empty_installation_has_dashboards_without_errors(elasticsearch_server: str) -> None:
    cluster = Cluster(elasticsearch_server, f"t{uuid.uuid4().hex[:12]}")
    with cluster.connect() as client:
        for board in BOARDS:
            asked = [*questions(objects(cluster.name), board.id, datetime.now(UTC))]
            assert len(all_answered(client, asked)) == len(board.panels)


def test_the_benchmark_tells_of_every_dashboard(
    filled: Filled, capsys: pytest.CaptureFixture[str]
) -> None:
    measure(filled.client, filled.cluster.name, rounds=1)
    rows = [line for line in capsys.readouterr().out.splitlines() if "---" not in line]
    assert [row.split(" | ")[0].strip("| ") for row in rows[1:]] == [each.title for each in BOARDS]
