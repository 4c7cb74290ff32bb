"""`lyhord run` and the single services: threads and processes until SIGINT or SIGTERM."""

import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog

from lyhord import labels, wiring
from lyhord.adapters.sqlite_log import SqliteLog
from lyhord.driving import Driver
from lyhord.heartbeats import Heartbeats
from lyhord.ports import TAGGED, Log, State
from lyhord.settings import Settings
from lyhord.telemetry import Telemetry
from services.cli import output
from services.cli.embedded import GROUPS, Embedded, interrupts_blocked
from services.cli.importing import make_door
from services.ingest.intake import Intake
from services.ingest.schedule import Schedule

log = structlog.get_logger()

_LOOK = 0.5
_TRIM_EVERY = timedelta(hours=1)


def run_services(name: str, services: tuple[str, ...]) -> None:
    """Run services until told to stop.

    Raises:
        Unavailable: another process holds this service's lease; the message says which.

    """
    output.log_to_stderr()
    settings = output.settings()
    told: list[str] = []

    def on_signal(number: int, _: FrameType | None) -> None:
        # Whatever takes a lock here may wait for ever for what it has interrupted.
        told.append(signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    with ExitStack() as stack:
        if not wiring.is_shared(settings, name):
            stack.enter_context(wiring.lease(settings, f"{name}.service"))
        target = wiring.open_log(settings)
        driven = services if name in GROUPS else _left_to_us(target, services)
        left = (GROUPS.keys() & services) - set(driven)
        stages = Embedded(settings, target, driven, left=left)
        ours = [each for name, each in stages.telemetry.items() if name in driven]
        others: list[Driver] = []
        alerting = Telemetry("alert")
        ours += [alerting] if "alert" in services else []
        stack.enter_context(_health(settings, target, ours))
        stack.enter_context(stages)
        if "ingest" in services:
            _start_sources(settings, target, stages, stack)
        if "alert" in services:
            others.append(stack.enter_context(_alerting(settings, alerting)))
        if "web" in services:
            from services.web.server import serve

            stack.enter_context(serve(settings))
        log.info("running", services=services, data=str(settings.data))
        _watch(settings, target, [stages.check, *(each.check for each in others)], stages, told)
        log.info("stopping", signal=told[0])
    log.info("stopped")


def run_stream() -> int:
    """Run the tagging of posts on Kafka, as one worker among others; give the exit code."""
    output.log_to_stderr()
    from services.enrich.stream import run

    settings, telemetry = output.settings(), Telemetry("enrich")
    with _health(settings, wiring.open_log(settings), [telemetry]):
        return run(settings, telemetry)


def _health(
    settings: Settings, target: Log, components: Collection[Telemetry]
) -> AbstractContextManager[object]:
    """Answer about health while a block runs, if that is wanted."""
    if not settings.health_port:
        return nullcontext()
    from lyhord.health import Watch, serve

    names = [each.component for each in components if each.component in GROUPS]
    watches = {name: Watch(target, *GROUPS[name]) for name in names}
    return serve(settings.health_host, settings.health_port, components, watches)


def _left_to_us(target: Log, services: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the stages that other processes drive on Kafka already."""
    groups = {name: group for name, group in GROUPS.items() if name in services}
    driven = wiring.undriven(target, groups)
    return tuple(name for name in services if name not in GROUPS or name in driven)


def _start_sources(settings: Settings, target: Log, stages: Embedded, stack: ExitStack) -> None:
    from services.ingest.sources.catalogue import open_sources

    sources = stack.enter_context(open_sources(settings))
    intake = Intake(target, make_door(settings), stages.telemetry["ingest"])
    heartbeats = Heartbeats(wiring.open_state(settings))
    positions = wiring.open_positions(settings)
    stack.enter_context(Schedule(sources, intake, positions, heartbeats))


def _state(settings: Settings) -> AbstractContextManager[State]:
    return closing(wiring.open_state(settings))


@contextmanager
def _alerting(settings: Settings, telemetry: Telemetry) -> Iterator[Driver]:
    """Look for what has started while a block runs, in a thread that no other has to wait for."""
    from lyhord.analysis.absences import absences
    from lyhord.analysis.rulebook import Rulebook
    from services.alert import driver
    from services.alert.telling import Words

    recipients, notifiers = wiring.recipients(settings), wiring.open_notifiers(settings)
    own = {label: topic.name for label, topic in wiring.own_topics(settings).items()}

    def loop(stop: threading.Event) -> None:
        with closing(wiring.open_store(settings)) as store, _state(settings) as state:
            words = Words(topics={**labels.TOPICS, **own}, look=store.get)
            book = Rulebook(state, settings.rules, wiring.vocabulary(settings))
            tell = driver.teller(store, state, recipients, notifiers, words, book)
            ruled = driver.ruler(store, book, lambda now: absences(settings, state, now))
            show = wiring.open_board(settings, store, state)
            driver.drive(store, state, telemetry, stop, tell, ruled=ruled, show=show)

    thread = Driver(loop, lease=wiring.lease(settings, "alert"), telemetry=telemetry)
    with interrupts_blocked():
        thread.start()
    try:
        yield thread
    finally:
        thread.stop()
        thread.join()


def _watch(
    settings: Settings,
    target: Log,
    checks: Sequence[Callable[[], None]],
    stages: Embedded,
    told: Sequence[str],
) -> None:
    trimmed = datetime.now(UTC) - _TRIM_EVERY
    while not told:
        time.sleep(_LOOK)
        for check in checks:
            check()
        stages.stand_in()
        now = datetime.now(UTC)
        if isinstance(target, SqliteLog) and now - trimmed >= _TRIM_EVERY:
            target.trim(TAGGED, now - timedelta(days=settings.tagged_days))
            trimmed = now
