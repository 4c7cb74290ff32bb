"""The faults: kills of services and servers, a server away, a full disk, rebalances, poison."""

import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial

from benchmarks.fault_scenarios.gauge import GROUPS
from benchmarks.fault_scenarios.poison import send
from benchmarks.fault_scenarios.run import Run, Scenario, Strike
from benchmarks.fault_scenarios.waiting import Stuck, until
from services.cli.importing import SOME_REJECTED

_STAGES = tuple(GROUPS)
_READ_ONLY_SECONDS = 20.0
_JOINED_SECONDS = 3.0
"""The longest that a second worker works before it leaves."""


def service_killed(name: str, run: Run) -> None:
    """Kill a service at random moments, by turns its main process alone and all of it."""
    for _ in run.moments():
        run.services[name].kill(whole=run.kills % 2 == 1)
        run.kills += 1


def import_killed(run: Run) -> None:
    """Kill imports at random reaches of the files, the last one while it waits for the stages."""
    files = [str(file) for file in run.suite.corpus.files]
    accepted = run.suite.corpus.rows - run.suite.expected.refused.total()
    for number in range(run.suite.kills):
        before = run.installation.progress().posts
        # Each begins with the first file again: in all, about as much again is read.
        share = (
            min(1.0, 2 / run.suite.kills) * run.random.random()
            if number + 1 < run.suite.kills
            else 1.0
        )
        rows = share * accepted
        process = run.installation.spawn("import", *files)
        until(
            lambda: run.installation.progress().posts - before >= rows,  # noqa: B023 - called at once
            "an import gets on",
            within=run.patience,
        )
        run.kills += process.poll() is None
        process.kill()
        process.wait()
    import_whole(run)


def import_whole(run: Run) -> None:
    """Import the corpus, by whoever drives the stages.

    Raises:
        Stuck: it did not end, or not as it should.

    """
    _end(run, run.installation.spawn("import", *map(str, run.suite.corpus.files)))


def duplicated(run: Run) -> None:
    """Import everything forwards and backwards at the same time, and then once more."""
    files = [str(file) for file in run.suite.corpus.files]
    both = [run.installation.spawn("import", *each) for each in (files, reversed(files))]
    for process in both:
        _end(run, process)
    import_whole(run)


def services_late(run: Run) -> None:
    """Start the services beside an import that drives the stages itself, for there were none."""
    process = run.installation.spawn("import", *map(str, run.suite.corpus.files))
    half = run.suite.corpus.rows // 2
    until(
        lambda: run.installation.progress().posts > half, "an import gets on", within=run.patience
    )
    for name in _STAGES:
        run.services[name] = run.installation.start(name)
    _end(run, process)
    for name in _STAGES:
        run.installation.wait_for_members(name, 1, within=run.patience)
    import_whole(run)


def server_killed(name: str, run: Run) -> None:
    """Kill a server at random moments, and start it on the same data and port."""
    server = getattr(run.suite.servers, name)
    for _ in run.moments():
        server.kill()
        server.start()
        run.kills += 1


def elasticsearch_away(run: Run) -> None:
    """Stop Elasticsearch for long in the middle of the load."""
    for _ in run.moments(1):
        run.suite.servers.elasticsearch.stop()
        time.sleep(run.suite.away)
        run.suite.servers.elasticsearch.start()


def poisoned(run: Run) -> None:
    """Put poison between the posts."""
    for _ in run.moments(2):
        run.poison += send(run.installation)


def rebalanced(name: str, run: Run) -> None:
    """Let a second worker join in mid-batch and leave again, by turns killed and stopped."""
    for number, _ in enumerate(run.moments()):
        second = run.installation.start(name)
        run.installation.wait_for_members(name, 2, within=run.patience)
        time.sleep(run.random.uniform(0, _JOINED_SECONDS))
        if number % 2:
            second.stop(signal.SIGTERM)
        else:
            second.stop(signal.SIGKILL)
            run.kills += 1
        run.installation.wait_for_members(name, 1, within=run.patience)


def read_only(run: Run) -> None:
    """Forbid writing to all indices, as Elasticsearch does where its disk is full, for a while."""
    for _ in run.moments(1):
        deadline = time.monotonic() + _READ_ONLY_SECONDS
        while time.monotonic() < deadline:
            # Again and again, for new months come, and Elasticsearch looks after it itself.
            _block(run, blocked=True)
            time.sleep(1)
        _block(run, blocked=False)


def _block(run: Run, *, blocked: bool) -> None:
    run.installation.store.indices.put_settings(
        index=f"{run.installation.name}-*",
        settings={"index.blocks.read_only_allow_delete": True if blocked else None},
    )


def _end(run: Run, process: "subprocess.Popen[bytes]") -> None:
    try:
        code = process.wait(run.patience)
    except subprocess.TimeoutExpired:
        raise Stuck(f"an import did not end within {run.patience:.0f} s") from None
    if code != SOME_REJECTED:
        run.notes.append(f"an import ended with {code}")


def _of(strike: Callable[[str, Run], None], name: str) -> Strike:
    return partial(strike, name)


SCENARIOS = (
    Scenario("enrich killed", _of(service_killed, "enrich")),
    Scenario("index killed", _of(service_killed, "index")),
    Scenario("ingest killed", _of(service_killed, "ingest")),
    Scenario("import killed", import_killed, _STAGES),
    Scenario("kafka killed", _of(server_killed, "kafka")),
    Scenario("elasticsearch killed", _of(server_killed, "elasticsearch")),
    Scenario("elasticsearch away", elasticsearch_away),
    Scenario("poison", poisoned),
    Scenario("enrich rebalanced", _of(rebalanced, "enrich")),
    Scenario("index rebalanced", _of(rebalanced, "index")),
    Scenario("read-only index", read_only),
    Scenario("duplicates, out of order", duplicated, _STAGES),
    Scenario("services late", services_late, ()),
    Scenario("import killed, no services", import_killed, ()),
)
