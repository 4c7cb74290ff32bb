"""Stands beside one server: starts it, and ends it when nobody uses it any more.

`python -m deploy.local.guard ORDER` goes to the background, a process of its own, so that whoever
wanted the server can die at any moment and in any way. It is done when the server is.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.local.locks import watching_users
from deploy.local.processes import Group

ROOT = Path(__file__).parents[2]
STATE = "process.json"
LOG = "server.log"


@dataclass(frozen=True)
class Order:
    """What to start, and until when.

    It runs `inside` a folder; its log and state are in `folder`. `account` runs it as somebody
    else than root. The death of the last user of the file `users` ends the server ("" = it stays);
    with `scratch`, its folder is deleted then.
    """

    command: list[str]
    environment: dict[str, str]
    inside: str
    folder: str
    port: int
    account: str = ""
    users: str = ""
    scratch: bool = False


def start_guarded(order: Order) -> None:
    """Start a server under a guard of its own; returns when its process runs."""
    guard = [sys.executable, "-m", "deploy.local.guard", json.dumps(asdict(order))]
    subprocess.run(guard, cwd=ROOT, check=True, stdout=subprocess.PIPE)


def main() -> None:
    """Carry out the order given as the first argument."""
    order = Order(**json.loads(sys.argv[1]))
    if os.fork():
        os._exit(0)
    os.setsid()
    server = _start(order)
    _let_starter_go()
    if order.users:
        _end_unused(order, server)
    server.wait()
    _sweep(server.pid)


def _start(order: Order) -> "subprocess.Popen[bytes]":
    account = pwd.getpwnam(order.account) if order.account else None
    with Path(order.folder, LOG).open("ab") as log:
        server = subprocess.Popen(
            order.command,
            cwd=order.inside,
            env=order.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
    state = {"port": order.port, **Group.of(server.pid)._asdict()}
    new = Path(order.folder, STATE + ".new")
    new.write_text(json.dumps(state))
    new.rename(Path(order.folder, STATE))
    return server


def _let_starter_go() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)


def _end_unused(order: Order, server: "subprocess.Popen[bytes]") -> None:
    with watching_users(Path(order.users)) as unused:
        while server.poll() is None and not unused():
            time.sleep(0.1)
        if server.poll() is None:
            server.kill()
            server.wait()
            _sweep(server.pid)
            if order.scratch:
                _delete(Path(order.folder))


def _delete(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # the other server's data is still there, or not only ours
        folder.parent.rmdir()


def _sweep(leader: int) -> None:
    """Kill what a server's process left behind, and wait until all is gone."""
    group = Group(leader, started=0)
    if not group.gone(within=0):
        os.killpg(leader, signal.SIGKILL)
        group.gone(within=30)


if __name__ == "__main__":
    main()
