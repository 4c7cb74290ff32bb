"""The index stage in a process of its own, for the embedded runtime.

Beside busy threads of the same process every call into the index would wait for the interpreter's
lock, milliseconds at a time; that took nine tenths of the speed.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Self

from lyhord import wiring
from lyhord.errors import INTERNAL, Fatal, LyhordError, Retriable
from lyhord.memory import collect_seldom
from lyhord.orphans import end_with_parent
from lyhord.settings import Settings
from lyhord.telemetry import Counts, Telemetry
from services.index.driver import drive

_AGAIN = 1.0
_TELL = 1.0
"""Seconds between two messages about what was counted."""


class IndexProcess:
    """Indexes while the block runs; dies with the process that made it, however that dies.

    The caller holds the index lease and calls `check` often, which adds to the telemetry what the
    process counts; it tells that every second, and waits where nobody reads it.
    """

    def __init__(self, settings: Settings, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        context = get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(
            target=_main, args=(settings, theirs), name="index", daemon=True
        )
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.join()

    def check(self) -> None:
        """Add up what was counted; raise here what ended the process early, if anything did.

        Raises:
            LyhordError: what stopped it, as it was raised there.
            Retriable: it died; another may be started.

        """
        while self._ours.poll():
            self._receive()

    def stop(self) -> Counts:
        """End the process after the batch in hand; give what was counted in all.

        Raises:
            LyhordError: as `check`.

        """
        try:
            self._ours.send("stop")
        except OSError as problem:
            raise Retriable("the index process died", after=_AGAIN) from problem
        while not self._receive():
            pass
        return self._telemetry.counts()

    def _receive(self) -> bool:
        """Take the next message; tell whether it is the last one."""
        try:
            message: Counts | LyhordError | None = self._ours.recv()
        except (EOFError, OSError) as problem:
            raise Retriable("the index process died", after=_AGAIN) from problem
        if isinstance(message, LyhordError):
            raise message
        if message is not None:
            self._telemetry.add(message)
        return message is None


def _main(settings: Settings, parent: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    collect_seldom()
    stop = threading.Event()
    end_with_parent()
    threading.Thread(target=_obey, args=(parent, stop), daemon=True).start()
    ending: LyhordError | None = None
    telemetry = Telemetry("index")
    try:
        with _telling(parent, telemetry):
            _index(settings, telemetry, stop)
    except LyhordError as problem:
        ending = problem
    except Exception as problem:  # noqa: BLE001 - told by the process that was asked for the work
        ending = Fatal(f"the index process broke: {problem!r}", exit_code=INTERNAL)
    parent.send(ending)


def _index(settings: Settings, telemetry: Telemetry, stop: threading.Event) -> None:
    log = wiring.open_log(settings)
    store = wiring.open_store(settings, write=True)
    try:
        drive(log, store, telemetry, stop)
    finally:
        store.close()
        log.close()


@contextmanager
def _telling(parent: Connection, telemetry: Telemetry) -> Iterator[None]:
    """Tell what was counted every second while the block runs, and the rest at its end."""
    over = threading.Event()

    def tell() -> None:
        with suppress(OSError):  # the parent has died, and this process is about to
            while not over.wait(_TELL):
                parent.send(telemetry.take())

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        # Two threads must not write at once.
        over.set()
        thread.join()
        parent.send(telemetry.take())


def _obey(parent: Connection, stop: threading.Event) -> None:
    """Stop when the parent says so; nothing more to do where it has died."""
    with suppress(EOFError, OSError):
        parent.recv()
        stop.set()
