"""Lifecycle: how long Elasticsearch keeps a month's index, counted from the posts' own time."""

from datetime import UTC, datetime
from typing import Any, Final

from elasticsearch import BadRequestError, Elasticsearch

from lyhord.adapters.elastic_store import generations
from lyhord.adapters.elastic_store.cluster import UNDATED, Cluster
from lyhord.errors import Misuse
from lyhord.settings import Keep

CLASSES: Final[dict[Keep, int]] = {
    "short": 90,
    "one-year": 365,
    "two-years": 730,
    "five-years": 1826,
}
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


def retain(client: Elasticsearch, cluster: Cluster, generation: int) -> list[str]:
    """Put the months' indices under the cluster's class of retention; give which were not before.

    Elasticsearch would count from an index's creation; an imported history would stay for years
    too long. So each index is told its origination date: the end of its month. Undated documents
    have none, and stay. Without a class nothing is done, nor is what was done before undone.

    Raises:
        Misuse: this Elasticsearch has no lifecycle management.
        Retriable, Unavailable: Elasticsearch cannot, or does not let us.

    """
    if not cluster.keep:
        return []
    name = f"{cluster.name}-keep-{cluster.keep}"
    with cluster.retriable():
        try:
            client.ilm.put_lifecycle(name=name, **policy(CLASSES[cluster.keep]))
        except BadRequestError as missing:
            raise Misuse(
                f"Elasticsearch at {cluster.url} has no lifecycle management: it deletes nothing, "
                f"although store_keep is {cluster.keep}"
            ) from missing
        found = client.indices.get_settings(
            index=generations.months(client, cluster, generation), name="index.lifecycle.*"
        )
        changed = []
        for index, told in found.items():
            month = index.removeprefix(f"{cluster.alias}-").partition("-g")[0]
            if month == UNDATED:
                continue
            wanted = {"name": name, "origination_date": str(originated(month))}
            if told["settings"].get("index", {}).get("lifecycle") != wanted:
                client.indices.put_settings(
                    index=index, settings={f"index.lifecycle.{k}": v for k, v in wanted.items()}
                )
                changed.append(index)
    return sorted(changed)
