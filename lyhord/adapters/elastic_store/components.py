"""Components: posts that are linked, each with a document that leads there or holds them all."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.works import Guard, guard_of
from lyhord.dialogue import Member, Thread
from lyhord.errors import Retriable

_PAUSE = 0.05
_AT_ONCE = 2_000
"""Documents that are read by one request."""


@dataclass(slots=True)
class Component:
    """Posts that are linked, as their leader's document has them.

    ``turn`` grows with every change; ``threads`` are the ids that were written of it last, and
    ``folded`` what they are now.
    """

    turn: int = 0
    members: dict[str, list[Any]] = field(default_factory=dict)
    threads: list[str] = field(default_factory=list)
    guard: Guard | None = None
    folded: dict[str, Thread] = field(default_factory=dict)

    def put(self, members: Iterable[Member]) -> None:
        """Take posts as they are now."""
        self.members |= {member.key: list(member[1:]) for member in members}

    def join(self, other: "Component") -> None:
        """Take over what another had."""
        self.turn = max(self.turn, other.turn)
        self.members = other.members | self.members
        self.threads += [thread for thread in other.threads if thread not in self.threads]

    def posts(self) -> list[Member]:
        """Give the members."""
        return [Member(key, *rest) for key, rest in self.members.items()]

    def document(self) -> dict[str, Any]:
        """Give what is kept."""
        return {"turn": self.turn, "members": self.members, "threads": self.threads}


def leaders(
    client: Elasticsearch, cluster: Cluster, generation: int, keys: Collection[str]
) -> tuple[dict[str, str], dict[str, Component]]:
    """Follow each post to the leader of its component, as far as any document is there.

    Gives the leaders of the posts that have a document, and their components.

    Raises:
        Retriable: Elasticsearch is busy or away, or the generation is gone.

    """
    index = cluster.conversations(generation)
    names: dict[str, str] = {}
    found: dict[str, Component] = {}
    wanted = set(keys)
    while wanted:
        rows = _mget(client, cluster, index, sorted(wanted))
        wanted = set()
        for row in rows:
            if "error" in row:  # writing would make the index again, without its mapping
                raise Retriable(f"Elasticsearch has no index {index}", after=_PAUSE)
            if not row.get("found"):
                continue
            source = row["_source"]
            if "leader" in source:
                names[row["_id"]] = source["leader"]
                if source["leader"] not in names and source["leader"] not in found:
                    wanted.add(source["leader"])
            else:
                found[row["_id"]] = Component(
                    source["turn"], source["members"], source["threads"], guard_of(row)
                )
    return {key: _top(key, names) for key in keys if key in names or key in found}, found


def _mget(
    client: Elasticsearch, cluster: Cluster, index: str, keys: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    for at in range(0, len(keys), _AT_ONCE):
        with cluster.retriable():
            found = client.mget(index=index, ids=keys[at : at + _AT_ONCE])
        yield from found["docs"]


def _top(key: str, names: Mapping[str, str]) -> str:
    seen = set()
    while key in names and key not in seen:
        seen.add(key)
        key = names[key]
    return key
