"""Lyhörd's processes as an operator runs them: whatever ends is started again at once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

LYHORD = str(Path(sys.executable).with_name("lyhord"))

_PAUSE = 0.5
"""Seconds until a process that ended by itself is started again."""
_LINES, _WIDE = 12, 300
"""How much is told of what a process said."""
_PATIENCE = 30.0
"""Seconds that a process may take to end when it is told to."""


class Service:
    """A process of Lyhörd's, in a session of its own, started again whenever it ends.

    What it says goes to a file.
    """

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> None:
        self._arguments, self._ends, self._stubborn = arguments, list[int](), False
        self._environment = {**os.environ, **environment}
        self._folder = folder
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._meant: set[int] = set()
        self._process = self._started()
        self._watch = threading.Thread(target=self._keep_alive, daemon=True)
        self._watch.start()

    def kill(self, *, whole: bool) -> None:
        """End it at once (SIGKILL): its main process alone, or with those that it started."""
        with self._lock:
            self._meant.add(self._process.pid)
            if whole:
                kill_session(self._process.pid)
            else:
                self._process.kill()

    def notes(self) -> list[str]:
        """Tell how it ended where nobody had asked for it, or did not end when it was asked."""
        name = self._arguments[0]
        ends = [f"{name} ended by itself: {self._ends}"] if self._ends else []
        return ends + [f"{name} did not end in {_PATIENCE:.0f} s"] * self._stubborn

    def said(self) -> str:
        """Give the end of what it said."""
        text = (self._folder / f"{self._arguments[0]}.log").read_text(errors="replace")
        return "\n".join(line[:_WIDE] for line in text.splitlines()[-_LINES:])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it for good; give the exit code of its process (-9 if it did not end in time)."""
        self._stopping.set()
        with self._lock:
            self._meant.add(self._process.pid)
            self._process.send_signal(number)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._stubborn = True
            self._process.kill()
        self._watch.join()
        kill_session(self._process.pid)
        return self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop(signal.SIGTERM if error is None else signal.SIGKILL)

    def _started(self) -> "subprocess.Popen[bytes]":
        return start(self._arguments, self._environment, self._folder)

    def _keep_alive(self) -> None:
        while True:
            process = self._process
            code = process.wait()
            with self._lock:
                meant = process.pid in self._meant
                if not meant:
                    self._ends.append(code)
            # Workers of a killed process end by themselves, and may still be at it.
            if not meant and self._stopping.wait(_PAUSE):
                return
            with self._lock:
                if self._stopping.is_set():
                    return
                self._process = self._started()


def start(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path
) -> "subprocess.Popen[bytes]":
    """Start `lyhord` in a session of its own; what it says goes to a file in `folder`."""
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - it is the program that is rehearsed
            [LYHORD, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )


def run_until_killed(process: "subprocess.Popen[bytes]", seconds: float) -> int | None:
    """Give the exit code of a process, or None where it had to be killed with its session."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill_session(process.pid)
        process.wait()
        return None


def kill_session(leader: int) -> None:
    """End a process that was started here with those that it started, at once."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
