"""What all local servers have in common: start, wait, kill, stop, and start again."""

import json
import signal
from abc import ABC, abstractmethod
from contextlib import ExitStack
from http.client import HTTPException
from pathlib import Path
from typing import ClassVar, Self

from deploy.local.errors import StartFailed
from deploy.local.guard import LOG, STATE, Order, start_guarded
from deploy.local.locks import alone, using
from deploy.local.processes import HOST, Group, comes_true, free_port, is_free
from deploy.local.software import Launch, Software

START_SECONDS = 300
STOP_SECONDS = 60
LOG_LINES = 20


class LocalServer(ABC):
    """A server with its data in `folder`, on `port` of 127.0.0.1 (0 = a free one) at every start.

    `fast_start` compiles less: quicker for tests, slower for benchmarks. The server ends when this
    object or its process does. With `stay` it outlives both; with `scratch` it lives until nobody
    is `using` that file, and its folder is deleted then.
    """

    name: ClassVar[str]
    scheme: ClassVar[str]
    variable: ClassVar[str]

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        fast_start: bool = True,
        stay: bool = False,
        scratch: Path | None = None,
    ) -> None:
        self.folder = folder.resolve()
        self.fast_start = fast_start
        self.port = port or free_port()
        self.inner_port = free_port(other_than=self.port)
        self.scratch = scratch is not None
        self.users = None if stay else (scratch or self.folder / "users").resolve()
        self._use = ExitStack()

    @property
    def address(self) -> str:
        """Where it is reached: `kafka://127.0.0.1:PORT`, `http://127.0.0.1:PORT`."""
        return f"{self.scheme}://{HOST}:{self.port}"

    def running(self) -> bool:
        """Say whether a server runs in this folder, and take over its port."""
        return self._group() is not None

    def start(self) -> Self:
        """Start it if it does not run, and wait until it answers."""
        software = self.fetch()
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.users and not self.scratch:
            self._use.enter_context(using(self.users))
        with alone(self.folder / "start.lock"):
            started = not self.running()
            if started:
                self._start(software)
        try:
            self._wait()
        except BaseException:
            if started:
                self.kill()
            raise
        return self

    def kill(self) -> None:
        """End it at once, as a power cut would (SIGKILL); its data stays."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order (SIGTERM), or at once if it takes too long; its data stays."""
        self._end(signal.SIGTERM)
        self._end(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @classmethod
    @abstractmethod
    def fetch(cls) -> Software:
        """Find what it is made of, fetched before or now; `Unavailable` says what is missing."""

    @abstractmethod
    def prepare(self, software: Software) -> Launch:
        """Write the configuration, and say how to start the process."""

    @abstractmethod
    def answers(self) -> bool:
        """Say whether it does its work by now; OSError means no."""

    def _start(self, software: Software) -> None:
        if not is_free(self.port):
            raise StartFailed(f"{self.name}: something else listens on port {self.port} already")
        (self.folder / STATE).unlink(missing_ok=True)
        order = Order(
            **self.prepare(software)._asdict(),
            folder=str(self.folder),
            port=self.port,
            users=str(self.users or ""),
            scratch=self.scratch,
        )
        start_guarded(order)

    def _wait(self) -> None:
        if not comes_true(lambda: self._answers() or not self.running(), within=START_SECONDS):
            raise StartFailed(f"{self.name} does not answer after {START_SECONDS} s{self._log()}")
        if not self.running():
            raise StartFailed(f"{self.name} ended while it started{self._log()}")

    def _answers(self) -> bool:
        try:
            return self.answers()
        except (OSError, HTTPException):
            return False

    def _log(self) -> str:
        lines = (self.folder / LOG).read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join((f". The end of {self.folder / LOG}:", *lines))

    def _end(self, number: signal.Signals) -> None:
        if group := self._group():
            group.end(number, within=STOP_SECONDS)
        self._use.close()

    def _group(self) -> Group | None:
        try:
            state = json.loads((self.folder / STATE).read_text())
        except FileNotFoundError:
            return None
        group = Group(state["leader"], state["started"])
        if not group.runs():
            return None
        self.port = state["port"]
        return group
