"""What operators put by hand: retention counted from the posts' months, and foreign posts."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from lyhord.adapters.elastic_store import Cluster, foreign, lifecycle
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
        client.options(ignore_status=404).indices.delete_index_template(name=cluster.foreign)
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
    """Answers as Elasticsearch's lifecycle does; the one of the tests is built without it."""

    def __init__(self, *indices: str) -> None:
        self.held: dict[str, dict[str, str]] = {index: {} for index in indices}
        self.policies: dict[str, Any] = {}
        self.ilm = self.indices = self

    def put_lifecycle(self, *, name: str, policy: Any) -> None:
        self.policies[name] = policy

    def get_settings(self, **_: Any) -> dict[str, Any]:
        return {
            index: {"settings": {"index": {"lifecycle": held}} if held else {}}
            for index, held in self.held.items()
        }

    def put_settings(self, *, index: str, settings: dict[str, str]) -> None:
        self.held[index] = {
            name.removeprefix("index.lifecycle."): value for name, value in settings.items()
        }


def test_an_imported_month_is_as_old_as_its_posts() -> None:
    cluster = Cluster("http://elasticsearch:9200")
    month, undated = cluster.index("2024.02"), cluster.index("undated")
    client: Any = Standing(month, undated, cluster.index("2024.02", 2))
    assert lifecycle.retain(client, cluster, 1, "fem-ar") == [month]
    assert lifecycle.retain(client, cluster, 1, "fem-ar") == []
    date = str(lifecycle.originated("2024.02"))
    assert client.held[month] == {"name": "lyhord-fem-ar", "origination_date": date}
    assert client.held[undated] == {}
    assert list(client.policies) == ["lyhord-fem-ar"]


def test_an_unknown_class_of_retention_is_named() -> None:
    client: Any = Standing()
    with pytest.raises(Misuse, match="evigt"):
        lifecycle.retain(client, Cluster("http://elasticsearch:9200"), 1, "evigt")


def put(setup: Setup) -> str:
    cluster, client = setup
    client.ingest.put_pipeline(id=cluster.foreign, **foreign.pipeline())
    client.indices.put_index_template(name=cluster.foreign, **foreign.template(cluster))
    return f"{cluster.foreign}-2026.03"


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
