"""Process groups that outlive who started them, and are known again by when they started."""

import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

HOST = "127.0.0.1"
# Below the range from which Linux gives ports away: between a kill and a restart nobody takes one.
PORTS = range(20_000, 32_000)


class Stat(NamedTuple):
    """What Linux tells of a process; `started` is in ticks since boot."""

    state: str
    group: int
    threads: int
    started: int

    @property
    def lives(self) -> bool:
        """Say whether it holds files and ports: a dead one may still have dying threads."""
        return self.state not in "ZX" or self.threads > 1


class Group(NamedTuple):
    """A process group, by its leader and the leader's start: a process id alone is used again."""

    leader: int
    started: int

    @classmethod
    def of(cls, leader: int) -> "Group":
        """Describe the group of a leader that was just started."""
        stat = read_stat(leader)
        return cls(leader, stat.started if stat else 0)

    def runs(self) -> bool:
        """Say whether the leader is still the process that was started."""
        stat = read_stat(self.leader)
        return stat is not None and stat.started == self.started and stat.lives

    def end(self, number: signal.Signals, *, within: float) -> bool:
        """Signal every process of the group; True when all are gone in time."""
        with suppress(ProcessLookupError):
            os.killpg(self.leader, number)
        return self.gone(within=within)

    def gone(self, *, within: float) -> bool:
        """Wait until no process of the group is left; True when it came to that in time."""
        return comes_true(lambda: not any(self._members()), within=within)

    def _members(self) -> Iterator[Stat]:
        for entry in Path("/proc").glob("[0-9]*"):
            stat = read_stat(int(entry.name))
            if stat and stat.group == self.leader and stat.lives:
                yield stat


def read_stat(process: int) -> Stat | None:
    """Read /proc/PID/stat (proc_pid_stat(5)); None if there is no such process."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name before it is in parentheses, and may hold anything.
    fields = text.rpartition(")")[2].split()
    return Stat(
        state=fields[0], group=int(fields[2]), threads=int(fields[17]), started=int(fields[19])
    )


def comes_true(condition: Callable[[], bool], *, within: float) -> bool:
    """Wait for a condition; False when it did not come true within these seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def free_port(*, other_than: int = 0) -> int:
    """Find a port that nothing listens on."""
    return next(port for port in _chances() if port != other_than and is_free(port))


def is_free(port: int) -> bool:
    """Say whether nothing listens on a port; connections that linger do not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _chances() -> Iterator[int]:
    while True:
        yield secrets.choice(PORTS)
