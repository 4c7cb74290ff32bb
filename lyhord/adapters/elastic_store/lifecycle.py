"""Lifecycle: how long Elasticsearch keeps a month's index, counted from the posts' own time."""

from datetime import UTC, datetime
from typing import Any, Final

from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store import generations
from lyhord.adapters.elastic_store.cluster import UNDATED, Cluster
from lyhord.errors import Misuse

CLASSES: Final = {"kort": 90, "ett-ar": 365, "tva-ar": 730, "fem-ar": 1826}
"""Classes of retention: days from the end of a month until its index is deleted."""


def policy(days: int) -> dict[str, Any]:
    """Make a policy that deletes an index so many days after its origination date."""
    return {
        "policy": {
            "phases": {
                "hot": {"min_age": "0ms", "actions": {}},
                "delete": {"min_age": f"{days}d", "actions": {"delete": {}}},
            },
            "_meta": {"by": "lyhord"},
        }
    }


def originated(month: str) -> int:
    """Give when a month's posts (`2026.11`, UTC) are all of an age: its end, in milliseconds."""
    year, number = (int(part) for part in month.split("."))
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return int(end.timestamp() * 1000)


def retain(client: Elasticsearch, cluster: Cluster, generation: int, chosen: str) -> list[str]:
    """Put months' indices under a class of retention; give which were not before.

    Elasticsearch would count from an index's creation; an imported history would stay for years
    too long. So each index is told its origination date: the end of its month. Undated documents
    have none, and stay.

    Raises:
        Misuse: there is no such class.
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    if chosen not in CLASSES:
        raise Misuse(f"no class of retention is called {chosen}; there are {', '.join(CLASSES)}")
    name = f"{cluster.name}-{chosen}"
    changed = []
    with cluster.retriable():
        client.ilm.put_lifecycle(name=name, **policy(CLASSES[chosen]))
        found = client.indices.get_settings(
            index=cluster.index("*", generation), name="index.lifecycle.*", allow_no_indices=True
        )
        for index, told in found.items():
            month = index.removeprefix(f"{cluster.alias}-").partition("-g")[0]
            if month == UNDATED or generations.of(index) != generation:
                continue
            date = str(originated(month))
            wanted = {"name": name, "origination_date": date}
            if told["settings"].get("index", {}).get("lifecycle") != wanted:
                client.indices.put_settings(
                    index=index, settings={f"index.lifecycle.{k}": v for k, v in wanted.items()}
                )
                changed.append(index)
    return sorted(changed)
