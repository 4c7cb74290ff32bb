"""`lyhord run` and the single services: threads and processes until SIGINT or SIGTERM."""

import signal
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from types import FrameType

import structlog

from lyhord import wiring
from lyhord.adapters.sqlite_log import SqliteLog
from lyhord.ports import TAGGED, Log
from lyhord.settings import Settings
from services.cli import output
from services.cli.embedded import Embedded
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
    stop = threading.Event()

    def on_signal(number: int, _: FrameType | None) -> None:
        log.info("stopping", signal=signal.Signals(number).name)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    with ExitStack() as stack:
        stack.enter_context(wiring.lease(settings, f"{name}.service"))
        target = wiring.open_log(settings)
        stages = stack.enter_context(Embedded(settings, target, services))
        if "ingest" in services:
            _start_sources(settings, target, stages, stack)
        if "web" in services:
            from services.web.server import serve

            stack.enter_context(serve(settings))
        log.info("running", services=services, data=str(settings.data))
        _watch(settings, target, stages, stop)
    log.info("stopped")


def _start_sources(settings: Settings, target: Log, stages: Embedded, stack: ExitStack) -> None:
    from services.ingest.sources.catalogue import open_sources

    sources = stack.enter_context(open_sources(settings))
    intake = Intake(target, make_door(settings), stages.telemetry["ingest"])
    stack.enter_context(Schedule(sources, intake, wiring.open_state(settings)))


def _watch(settings: Settings, target: Log, stages: Embedded, stop: threading.Event) -> None:
    trimmed = datetime.now(UTC) - _TRIM_EVERY
    while not stop.wait(_LOOK):
        stages.check()
        now = datetime.now(UTC)
        if isinstance(target, SqliteLog) and now - trimmed >= _TRIM_EVERY:
            target.trim(TAGGED, now - timedelta(days=settings.tagged_days))
            trimmed = now
