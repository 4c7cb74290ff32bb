"""Named write boundaries where a rehearsal can kill the process, to prove nothing is lost."""

import multiprocessing
import os
import signal

NAMES = (
    "log.append.before",
    "log.append.after",
    "log.commit.before",
    "log.commit.after",
    "enrich.tagged.after",
    "enrich.rejected.after",
    "index.upsert.after",
    "index.flush.before",
    "index.flush.after",
    "import.end",
    "alert.outbox.put.after",
    "alert.sending.after",
    "alert.sent.before",
    "alert.sent.after",
    "replay.switch.before",
    "replay.switch.after",
)
"""Every boundary that `reach` is called with."""

_SETTING = "LYHORD_CRASH_AT"
_name, _, _count = os.environ.get(_SETTING, "").partition(":")
_left = int(_count or 1)


def reach(name: str) -> None:
    """Die by SIGKILL if `LYHORD_CRASH_AT=name[:n]` says so and this is the n-th time here.

    The process that started this one dies first: it is the program that crashes, not a part of it.
    """
    global _left  # noqa: PLW0603 - one countdown a process is the point
    if name != _name:
        return
    _left -= 1
    if _left <= 0:
        parent = multiprocessing.parent_process()
        if parent is not None and parent.pid is not None:
            os.kill(parent.pid, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
