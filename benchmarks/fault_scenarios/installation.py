"""An installation of Lyhörd on real servers: its services, how far they are, and what is there."""

import os
import secrets
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson
from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan

from benchmarks.fault_scenarios.comparing import Found
from benchmarks.fault_scenarios.gauge import Gauge, Progress
from benchmarks.fault_scenarios.services import LYHORD, Service, kill_session, start
from benchmarks.fault_scenarios.waiting import until
from benchmarks.import_posts import EXPORT
from benchmarks.posts import Row
from lyhord.adapters.kafka_log import Cluster
from lyhord.adapters.sqlite_state import SqliteState
from lyhord.ports import POSTS, REJECTED, TAGGED
from services.ingest.schedule import CURSORS

INBOX = "inbox"
"""The watched folder, and the name of the source that watches it."""


class Installation:
    """Topics, groups and indices of a name of its own; a data folder; running services.

    Args:
        log: the address of Kafka.
        store: the address of Elasticsearch.
        folder: for its data, and what its services say.
        key: the pseudonym key to go by.

    """

    def __init__(self, log: str, store: str, folder: Path, *, key: Path) -> None:
        self.name = f"f{secrets.token_hex(6)}"
        self.folder, self.inbox = folder, folder / INBOX
        data = folder / "data"
        for each in (data, self.inbox):
            each.mkdir(parents=True)
        shutil.copy(key, data / "pseudonym.key")
        watched = {"kind": "folder", "name": INBOX, "path": str(self.inbox), "interval": 0.25}
        self.environment = {
            "LYHORD_LOG": log,
            "LYHORD_STORE": store,
            "LYHORD_NAME": self.name,
            "LYHORD_DATA": str(data),
            "LYHORD_SOURCES": orjson.dumps([watched]).decode(),
        }
        self.cluster = Cluster(Cluster.servers_of(log), name=self.name)
        self.gauge = Gauge(self.cluster)
        self.store = Elasticsearch(store, request_timeout=60)
        self.services: list[Service] = []
        self._stack, self._one = ExitStack(), threading.Lock()
        self._stack.callback(self.store.close)
        self._stack.callback(self.gauge.close)

    def start(self, *arguments: str) -> Service:
        """Start a service, and keep it alive until it is stopped or the installation ends."""
        service = Service(arguments, self.environment, self.folder)
        self.services.append(self._stack.enter_context(service))
        return service

    def spawn(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Start a command that is not started again; it dies with the installation."""
        process = start(arguments, {**os.environ, **self.environment}, self.folder)
        self._stack.callback(kill_session, process.pid)
        return process

    def wait_for_members(self, stage: str, count: int, *, within: float = 90.0) -> None:
        """Wait until so many processes drive a stage."""
        until(
            lambda: self._members(stage) == count,
            f"{count} members drive {stage}",
            within=within,
        )

    def progress(self) -> Progress:
        """Tell how far everything is.

        Raises:
            Retriable: Kafka is away.

        """
        with self._one:
            return self.gauge.progress()

    def read_files(self) -> set[str]:
        """Name the files of the inbox that the ingest service has put on the log."""
        with closing(SqliteState(self.folder / "data" / "state.db")) as state:
            return set(state.get(CURSORS, INBOX) or {})

    def settle(self, *, within: float) -> None:
        """Wait until everything that is on the log is through; tagging may bring more to index.

        Raises:
            Stuck: it is not within these seconds.

        """
        until(lambda: self.progress().waiting == 0, "all is through", within=within)

    def found(self) -> Found:
        """Read out what is there."""
        return Found(self.read(*EXPORT), self.documents(), self.read("rejected", "--json"))

    def read(self, *arguments: str) -> Iterator[Row]:
        """Give the JSON Lines that `lyhord` writes.

        Raises:
            CalledProcessError: it did not end with 0.

        """
        environment = {**os.environ, **self.environment}
        with subprocess.Popen(  # noqa: S603 - it is the program that is rehearsed
            [LYHORD, *arguments], env=environment, stdout=subprocess.PIPE
        ) as process:
            yield from map(orjson.loads, process.stdout or ())
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, process.args)

    def documents(self) -> Iterator[str]:
        """Give the id of every document, tombstones too, whichever index it is in."""
        indices = f"{self.name}-posts-*"
        self.store.indices.refresh(index=indices)
        for hit in scan(self.store, index=indices, size=5000, query={"_source": False}):
            yield hit["_id"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the services; delete what the servers hold of them, unless something went wrong."""
        try:
            if error is None:
                self.stop()
                self._clean()
        finally:
            self._stack.__exit__(kind, error, at)

    def _members(self, stage: str) -> int:
        with self._one:
            return self.gauge.members(stage)

    def stop(self) -> None:
        """End all services in good order."""
        for service in self.services:
            service.stop()

    def _clean(self) -> None:
        names = list(self.store.indices.get(index=f"{self.name}-*", allow_no_indices=True))
        for name in names:
            self.store.indices.delete(index=name)
        self.store.options(ignore_status=404).indices.delete_index_template(name=f"{self.name}-*")
        topics = [self.cluster.topic(each) for each in (POSTS, TAGGED, REJECTED)]
        self.cluster.ask(lambda admin: admin.delete_topics(topics, raise_errors=False))
