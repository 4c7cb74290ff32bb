"""Waiting in tests: for a condition, never for a time; and a port that is free."""

import socket
import subprocess
import time
from collections.abc import Callable

_PAUSE = 0.1


def until(
    condition: Callable[[], bool],
    *,
    seconds: float,
    process: "subprocess.Popen[bytes] | None" = None,
) -> None:
    """Wait until a condition holds; fail when it takes too long, or `process` ends before."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process is None or process.poll() is None, f"it ended with {process.returncode}"
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(_PAUSE)


def free_port() -> int:
    """Give a port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
