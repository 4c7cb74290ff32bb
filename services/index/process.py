"""The index stage in a process of its own, for the embedded runtime.

Beside busy threads of the same process every call into the index would wait for the interpreter's
lock, milliseconds at a time; that took nine tenths of the speed.
"""

import os
import signal
import threading
from multiprocessing import connection, get_context, parent_process
from multiprocessing.connection import Connection
from typing import Self

from lyhord import wiring
from lyhord.errors import INTERNAL, Fatal, LyhordError, Retriable
from lyhord.memory import collect_seldom
from lyhord.settings import Settings
from lyhord.telemetry import Counts, Telemetry
from services.index.driver import drive

_AGAIN = 1.0


class IndexProcess:
    """Indexes while the block runs; dies with the process that made it, however that dies.

    The caller holds the index lease.
    """

    def __init__(self, settings: Settings) -> None:
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
        """Raise here what ended the process early, if anything did.

        Raises:
            LyhordError: what stopped it, as it was raised there.
            Retriable: it died; another may be started.

        """
        if self._ours.poll():
            self._receive()

    def stop(self) -> Counts:
        """End the process after the batch in hand; give what it counted.

        Raises:
            LyhordError: as `check`.

        """
        try:
            self._ours.send("stop")
        except OSError as problem:
            raise Retriable("the index process died", after=_AGAIN) from problem
        return self._receive()

    def _receive(self) -> Counts:
        try:
            answer: Counts | LyhordError = self._ours.recv()
        except EOFError as problem:
            raise Retriable("the index process died", after=_AGAIN) from problem
        if isinstance(answer, LyhordError):
            raise answer
        return answer


def _main(settings: Settings, parent: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    collect_seldom()
    stop = threading.Event()
    threading.Thread(target=_watch, args=(parent, stop), daemon=True).start()
    try:
        parent.send(_index(settings, stop))
    except LyhordError as problem:
        parent.send(problem)
    except Exception as problem:  # noqa: BLE001 - told by the process that was asked for the work
        parent.send(Fatal(f"the index process broke: {problem!r}", exit_code=INTERNAL))


def _index(settings: Settings, stop: threading.Event) -> Counts:
    telemetry = Telemetry("index")
    log = wiring.open_log(settings)
    store = wiring.open_store(settings, write=True)
    try:
        drive(log, store, telemetry, stop)
    finally:
        store.close()
        log.close()
    return telemetry.counts()


def _watch(parent: Connection, stop: threading.Event) -> None:
    made_by = parent_process()
    sentinels = [made_by.sentinel] if made_by else []
    if parent in connection.wait([parent, *sentinels]):
        try:
            parent.recv()
            stop.set()
        except EOFError:
            os._exit(1)
        connection.wait(sentinels)
    os._exit(1)
