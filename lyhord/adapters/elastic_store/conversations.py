"""Conversations: the threads of a generation on Elasticsearch, and what they are folded from.

Two indices. In one, each post is a document by its key: it either leads its component (the posts
that any of their versions linked) and holds all its members, or names another that may lead it.
In the other each thread is a document to be searched. Members are read by id, which waits for no
refresh, and changed by compare-and-set; a thread's document carries its component's turn, and
never gives way to an earlier one.
"""

import random
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch

from lyhord.adapters.elastic_store.bulk import Answer, Operation, send
from lyhord.adapters.elastic_store.cluster import Cluster
from lyhord.adapters.elastic_store.components import Component, leaders
from lyhord.adapters.elastic_store.threads import to_document
from lyhord.dialogue import Member, threads_of
from lyhord.dialogue.components import joined
from lyhord.errors import Retriable

_TRIES = 12
_PAUSE = 0.05
_GONE = 404


class Conversations:
    """Writes a generation's threads; others may write at the same time."""

    def __init__(self, client: Elasticsearch, cluster: Cluster, generation: int) -> None:
        self._client, self._cluster, self._generation = client, cluster, generation
        self._components = cluster.conversations(generation)
        self._threads = cluster.threads_index(generation)

    def put(self, members: Iterable[Member]) -> None:
        """Take posts as they are now; safe when this returns, and visible after a refresh.

        Raises:
            Retriable: Elasticsearch is busy or away, or others write the same for too long.

        """
        left = {member.key: member for member in members}
        for turn in range(_TRIES):
            left = self._put(left)
            if not left:
                return
            # Others write the same conversations: not all of us at once again.
            time.sleep(random.uniform(0, _PAUSE * 2**turn))  # noqa: S311 - no secret
        raise Retriable(f"others write the threads of {len(left)} posts too", after=_PAUSE)

    def refresh(self) -> None:
        """Let what was put be found."""
        with self._cluster.retriable():
            self._client.indices.refresh(index=self._threads)

    def _put(self, changed: Mapping[str, Member]) -> dict[str, Member]:
        """Try once; give the posts whose conversation somebody else changed meanwhile."""
        links = [(key, member.parent) for key, member in changed.items()]
        mentioned = {each for link in links for each in link if each}
        found, there = leaders(self._client, self._cluster, self._generation, mentioned)
        known = {key: leader for key, leader in found.items() if leader in there}
        of, moved = joined(links, known, lambda names: _sizes(there, names))
        components = {name: there.get(name, Component()) for name in set(of.values())}
        for old, name in moved.items():
            components[name].join(there[old])
        for key, member in changed.items():
            components[of[key]].put([member])
        failed = self._write(components)
        failed |= self._point(
            {key: of[key] for key in mentioned if key not in found},
            {old: name for old, name in moved.items() if name not in failed},
            there,
            failed,
        )
        self._tell({name: each for name, each in components.items() if name not in failed})
        return {key: member for key, member in changed.items() if of[key] in failed}

    def _write(self, components: Mapping[str, Component]) -> set[str]:
        """Write the components; give those that somebody else has changed."""
        names = list(components)
        operations = []
        for name in names:
            each = components[name]
            each.turn += 1
            each.folded = {thread.thread_id: thread for thread in threads_of(each.posts())}
            gone = [old for old in each.threads if old not in each.folded]
            each.threads = [*each.folded, *gone]
            target = {"_index": self._components, "_id": name}
            action = {"index": target | each.guard} if each.guard else {"create": target}
            operations.append(Operation(action, each.document()))
        return self._conflicts(names, operations)

    def _point(
        self,
        members: Mapping[str, str],
        moved: Mapping[str, str],
        there: Mapping[str, Component],
        failed: Collection[str],
    ) -> set[str]:
        """Name the leader of posts that are new here, and of components that became a part."""
        names, operations = [], []
        for key, leader in members.items():
            if key != leader and leader not in failed:
                target = {"_index": self._components, "_id": key}
                names.append(leader)
                operations.append(Operation({"create": target}, {"leader": leader}))
        for old, leader in moved.items():
            target = {"_index": self._components, "_id": old} | (there[old].guard or {})
            names.append(leader)
            operations.append(Operation({"index": target}, {"leader": leader}))
        return self._conflicts(names, operations)

    def _tell(self, components: Mapping[str, Component]) -> None:
        """Write the threads' documents, and remove those that are no threads any more."""
        operations = []
        for name, each in components.items():
            for thread_id in each.threads:
                target: dict[str, Any] = {"_index": self._threads, "_id": thread_id}
                target |= {"version": each.turn, "version_type": "external_gte"}
                if thread := each.folded.get(thread_id):
                    document = to_document(thread, name)
                    operations.append(Operation({"index": target}, document))
                else:
                    operations.append(Operation({"delete": target}))
        with self._cluster.retriable():
            answers = send(self._client, operations)
        for answer in answers:
            # A later fold is there already.
            if answer.reason and not answer.conflict and answer.status != _GONE:
                raise _busy(answer)

    def _conflicts(self, names: Sequence[str], operations: Sequence[Operation]) -> set[str]:
        with self._cluster.retriable():
            answers = send(self._client, operations)
        for answer in answers:
            if answer.reason and not answer.conflict:
                raise _busy(answer)
        return {name for name, answer in zip(names, answers, strict=True) if answer.conflict}


def _sizes(components: Mapping[str, Component], names: Collection[str]) -> dict[str, int]:
    return {name: len(components[name].members) for name in names}


def _busy(answer: Answer) -> Retriable:
    return Retriable(f"Elasticsearch does not take threads: {answer.reason}", after=_PAUSE)
