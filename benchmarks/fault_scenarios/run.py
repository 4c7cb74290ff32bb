"""One run of one scenario: an installation under load, a fault, and what is there afterwards."""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol

from benchmarks.fault_scenarios.comparing import FAULTS, Difference, compare
from benchmarks.fault_scenarios.corpus import Corpus
from benchmarks.fault_scenarios.gauge import GROUPS
from benchmarks.fault_scenarios.installation import Installation
from benchmarks.fault_scenarios.load import Load
from benchmarks.fault_scenarios.reference import Expected
from benchmarks.fault_scenarios.services import Service
from benchmarks.fault_scenarios.waiting import Stuck


class Server(Protocol):
    """A server that may be killed and started again on the same data and address."""

    @property
    def address(self) -> str:
        """Where it is reached."""

    def start(self) -> object:
        """Start it, and wait until it answers."""

    def kill(self) -> None:
        """End it at once."""

    def stop(self) -> None:
        """End it in good order."""


class Servers(NamedTuple):
    """The servers of a suite."""

    kafka: Server
    elasticsearch: Server


@dataclass
class Run:
    """What a scenario has at hand, and what it leaves: its kills, and the poison it gave."""

    suite: "Suite"
    installation: Installation
    random: Random
    services: dict[str, Service] = field(default_factory=dict)
    load: Load | None = None
    kills: int = 0
    poison: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def patience(self) -> float:
        """Seconds after which what does not get on counts as stuck."""
        return 240 + self.suite.away + self.suite.corpus.rows / 50

    def moments(self, count: int | None = None) -> Iterator[None]:
        """Come at random moments of the load: at `count`, or as often as the suite wants kills."""
        assert self.load is not None  # noqa: S101 - asked only by scenarios under load
        wanted = self.suite.kills if count is None else count
        yield from self.load.moments(wanted, self.random, within=self.patience)

    def start(self, *names: str) -> None:
        """Start services, and wait until those that drive a stage have joined its group."""
        for name in names:
            self.services[name] = self.installation.start(name)
        for name in GROUPS.keys() & set(names):
            self.installation.wait_for_members(name, 1, within=self.patience)

    def work(self, scenario: "Scenario") -> None:
        """Let the services work under the fault until everything is through.

        Raises:
            Stuck: something does not get on.

        """
        self.start(*scenario.services)
        if "ingest" in scenario.services:
            self.load = Load(self.installation, self.suite.corpus)
            self.load.start()
            try:
                scenario.strike(self)
                self.load.finish(within=self.patience)
            finally:
                self.load.stop()
        else:
            scenario.strike(self)
        self.installation.settle(within=self.patience)


Strike = Callable[[Run], None]


class Scenario(NamedTuple):
    """A fault: how it strikes, and beside which services; `ingest` is fed meanwhile."""

    name: str
    strike: Strike
    services: tuple[str, ...] = ("enrich", "index", "ingest")


class Result(NamedTuple):
    """What a scenario showed; `stuck` tells what did not come to an end."""

    scenario: str
    posts: int
    kills: int
    difference: Difference
    seconds: float
    notes: Sequence[str]
    stuck: str = ""

    @property
    def good(self) -> bool:
        """Tell whether nothing was lost, or otherwise at fault."""
        return not (self.stuck or self.difference.counts.total())

    def row(self) -> str:
        """Write it as a row of the table."""
        counts = [f"{self.difference.counts[fault]:,}" for fault in FAULTS]
        cells = [self.scenario, f"{self.posts:,}", str(self.kills), *counts, f"{self.seconds:.0f}"]
        return f"| {' | '.join(cells)} |"


HEADER = f"| scenario | posts | kills | {' | '.join(FAULTS)} | seconds |\n|{'---|' * 9}"


@dataclass(frozen=True)
class Suite:
    """What the scenarios share: servers, posts, what must come of them, and how much is struck."""

    servers: Servers
    corpus: Corpus
    expected: Expected
    kills: int
    seed: int
    away: float = 60.0

    def run(self, scenario: Scenario) -> Result:
        """Run a scenario on an installation of its own, and compare."""
        began, stuck = time.perf_counter(), ""
        log, store = (server.address for server in self.servers)
        with (
            tempfile.TemporaryDirectory(prefix="lyhord-fault-") as folder,
            Installation(log, store, Path(folder), key=self.corpus.key) as installation,
        ):
            run = Run(self, installation, Random(f"{self.seed} {scenario.name}"))
            try:
                run.work(scenario)
            except Stuck as problem:
                stuck = str(problem)
                run.notes += [f"{name} said:\n{each.said()}" for name, each in run.services.items()]
            installation.stop()
            run.notes += [note for service in installation.services for note in service.notes()]
            difference = compare(self.expected, installation.found(), poison=run.poison)
        posts = len(self.expected.posts) + len(self.expected.deleted)
        seconds = time.perf_counter() - began
        return Result(scenario.name, posts, run.kills, difference, seconds, run.notes, stuck)
