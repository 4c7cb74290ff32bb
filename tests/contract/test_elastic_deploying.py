"""What is put into Elasticsearch once: templates, retention by the posts' months, foreign posts."""

import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from lyhord.adapters.elastic_store import Cluster, ElasticStore, foreign, lifecycle, mapping
from lyhord.adapters.elastic_store.deploying import deploy
from lyhord.errors import Misuse

DEPLOY = Path(__file__).parents[2] / "deploy" / "elasticsearch"
POST = {
    "source": "forum",
    "id": "1",
    "text": "Vattnet är brunt",
    "created_at": "2026-03-01T23:30:00Z",
    "municipality": "1880",
}


class Setup(NamedTuple):
    cluster: Cluster
    client: Elasticsearch


@pytest.fixture
def setup(elasticsearch_server: str) -> Iterator[Setup]:
    cluster = Cluster(elasticsearch_server, f"t{uuid.uuid4().hex[:12]}")
    with cluster.connect() as client:
        yield Setup(cluster, client)
        found = client.indices.get(index=f"{cluster.name}-*", allow_no_indices=True)
        for name in found:
            client.indices.delete(index=name)
        for template in (cluster.foreign, f"{cluster.alias}-g1"):
            client.options(ignore_status=404).indices.delete_index_template(name=template)
        client.options(ignore_status=404).ingest.delete_pipeline(id=cluster.foreign)


def committed(name: str) -> Any:
    return json.loads((DEPLOY / name).read_text(encoding="utf-8"))


def test_the_committed_files_are_what_the_code_makes() -> None:
    cluster = Cluster("http://elasticsearch:9200")
    for chosen, days in lifecycle.CLASSES.items():
        assert committed(f"keep-{chosen}.json") == lifecycle.policy(days)
    assert committed("foreign-pipeline.json") == foreign.pipeline()
    assert committed("foreign-template.json") == foreign.template(cluster)


@pytest.mark.parametrize(("month", "end"), [("2026.11", 1796083200000), ("2026.12", 1798761600000)])
def test_a_month_originates_at_its_end(month: str, end: int) -> None:
    assert lifecycle.originated(month) == end


class Standing:
    """Answers as Elasticsearch's lifecycle does; the one of the tests is built without it.

    https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-ilm-put-lifecycle
    """

    def __init__(self, *indices: str) -> None:
        self.held: dict[str, dict[str, str]] = {index: {} for index in indices}
        self.policies: dict[str, Any] = {}
        self.ilm = self.indices = self

    def put_lifecycle(self, *, name: str, policy: Any) -> None:
        self.policies[name] = policy

    def get(self, **_: Any) -> dict[str, Any]:
        return {name: {} for name in self.held}

    def get_settings(self, *, index: list[str], **_: Any) -> dict[str, Any]:
        return {
            name: {"settings": {"index": {"lifecycle": held}} if held else {}}
            for name, held in self.held.items()
            if name in index
        }

    def put_settings(self, *, index: str, settings: dict[str, str]) -> None:
        self.held[index] = {
            name.removeprefix("index.lifecycle."): value for name, value in settings.items()
        }


def test_an_imported_month_is_as_old_as_its_posts() -> None:
    cluster = Cluster("http://elasticsearch:9200", keep="five-years")
    month, undated = cluster.index("2024.02"), cluster.index("undated")
    client: Any = Standing(month, undated, other := cluster.index("2024.02", 2))
    assert lifecycle.retain(client, cluster, 1) == [month]
    assert lifecycle.retain(client, cluster, 1) == []
    date = str(lifecycle.originated("2024.02"))
    assert client.held[month] == {"name": "lyhord-keep-five-years", "origination_date": date}
    assert client.held[undated] == client.held[other] == {}
    assert list(client.policies) == ["lyhord-keep-five-years"]


def test_without_a_class_of_retention_nothing_is_touched() -> None:
    client: Any = Standing("lyhord-posts-2024.02")
    assert lifecycle.retain(client, Cluster("http://elasticsearch:9200"), 1) == []
    assert client.policies == {}


def test_a_class_of_retention_without_lifecycle_management_is_told(setup: Setup) -> None:
    cluster = replace(setup.cluster, keep="one-year")
    told = deploy(cluster)
    done = [next(told) for _ in range(3)]
    assert done[0] == "index template put"
    with pytest.raises(Misuse, match=r"no lifecycle management.*one-year"):
        next(told)
    with closing(ElasticStore(cluster, write=True)) as store:
        assert store.settle() is False


def test_one_command_puts_all_that_is_needed(setup: Setup) -> None:
    cluster, client = setup
    for _ in range(2):
        assert "for ever" in [*deploy(cluster)][-1]
    assert client.indices.exists(index=[cluster.alerts, cluster.sources, cluster.threads_alias])
    assert client.indices.exists_index_template(name=f"{cluster.alias}-g1")
    assert client.index(index=f"{cluster.foreign}-2026.03", document=POST)["result"] == "created"


def test_indices_of_an_older_version_are_told_of_new_fields(setup: Setup) -> None:
    cluster, client = setup
    month, threads = cluster.index("2026.03"), cluster.threads_index()
    old_month = mapping.template(cluster)["template"]
    old_threads = mapping.threads(cluster, serving=True)
    del old_month["mappings"]["properties"]["held"]["properties"]["words"]
    del old_threads["mappings"]["properties"]["due_at"]
    client.indices.create(index=month, **old_month)
    client.indices.create(index=threads, **old_threads)
    [*deploy(cluster)]
    fields = client.indices.get_mapping(index=[month, threads])
    assert "words" in fields[month]["mappings"]["properties"]["held"]["properties"]
    assert "due_at" in fields[threads]["mappings"]["properties"]


def put(setup: Setup) -> str:
    foreign.prepare(setup.client, setup.cluster)
    return f"{setup.cluster.foreign}-2026.03"


def test_a_foreign_post_is_completed(setup: Setup) -> None:
    index = put(setup)
    setup.client.index(index=index, document=POST)
    found = setup.client.get(index=index, id="forum:1")["_source"]
    assert found["held"] == {"live": True, "day": "2026-03-02", "month": "2026-03"}
    assert (found["id"], found["author_role"], found["deleted"]) == ("forum:1", "unknown", False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": None}, "text must be"),
        ({"id": 7}, "id must be"),
        ({"municipality": "9999"}, "no SCB code"),
        ({"author": "Anna"}, "pseudonym"),
        ({"kind": "rant"}, "unknown kind"),
        ({"created_at": "2026-03-01"}, "RFC 3339"),
        ({"sentiment": {"label": "sur"}}, "sentiment.label"),
    ],
)
def test_what_is_no_post_is_refused(setup: Setup, changes: dict[str, Any], reason: str) -> None:
    index = put(setup)
    with pytest.raises(BadRequestError) as refused:
        setup.client.index(index=index, document={**POST, **changes})
    assert reason in json.dumps(refused.value.body)
