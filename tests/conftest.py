"""Real servers for the tests that need them, started once for a whole run and only then.

A server is the one that `TEST_KAFKA` or `TEST_ELASTICSEARCH` names, else one that
`deploy/local/servers.py` starts with this machine's Java (fetched with Maven the first time).
Docker is not tried. Where neither is possible the tests are skipped with the reason, or fail if
`LYHORD_REQUIRE_SERVERS=1`.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NoReturn

import pytest

from deploy.local.errors import Unavailable
from deploy.local.lifecycle import LocalServer
from deploy.local.locks import using

SERVERS = Path(__file__).parents[1] / "deploy" / "local" / "servers.py"
FIXTURES = {"kafka_server": "kafka", "elasticsearch_server": "elasticsearch"}
UNAVAILABLE = 3

# Of a run in the background (`make test &`) the shell has Ctrl-C ignored, and so would every
# program be that a test starts and interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def kafka_server(shared_servers: "Servers") -> str:
    """Give the address of a Kafka that all tests share: `kafka://127.0.0.1:PORT`."""
    return shared_servers.address("kafka")


@pytest.fixture(scope="session")
def elasticsearch_server(shared_servers: "Servers") -> str:
    """Give the address of an Elasticsearch that all tests share: `http://127.0.0.1:PORT`."""
    return shared_servers.address("elasticsearch")


@pytest.fixture
def local_server(tmp_path: Path) -> Iterator[Callable[[type[LocalServer]], LocalServer]]:
    """Give a function that starts a server of the test's own, to be killed and started again."""
    with ExitStack() as stack:

        def start(kind: type[LocalServer]) -> LocalServer:
            users = tmp_path / f"{kind.name}.users"
            stack.enter_context(using(users))
            server = kind(new_folder(), scratch=users)
            stack.callback(shutil.rmtree, server.folder, ignore_errors=True)
            stack.callback(server.kill)
            try:
                return server.start()
            except Unavailable as missing:
                give_up(str(missing))

        yield start


@pytest.fixture(scope="session", autouse=True)
def shared_servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Servers"]:
    """Give what starts the shared servers; they end with the last process of the run.

    In use from the beginning, so that no other process of the run takes them for forgotten.
    """
    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    with ExitStack() as stack:
        yield Servers(base, wanted(request.session.items), stack)


class Servers:
    """The servers of a run: what its tests will need starts at the first need, side by side."""

    def __init__(self, base: Path, names: set[str], stack: ExitStack) -> None:
        self.base = base
        self.names = names
        self.stack = stack
        self.starting: dict[str, subprocess.Popen[str]] = {}
        for name in names:
            stack.enter_context(using(self._users(name)))

    def address(self, name: str) -> str:
        """Wait for a server, and give its address."""
        if named := os.environ.get(f"TEST_{name.upper()}"):
            return named
        for each in {name} | self.names:
            if each not in self.starting and not os.environ.get(f"TEST_{each.upper()}"):
                self.starting[each] = self._start(each)
        out, errors = self.starting[name].communicate()
        if self.starting[name].returncode == UNAVAILABLE:
            give_up(errors.strip().splitlines()[-1])
        if self.starting[name].returncode:
            pytest.fail(errors, pytrace=False)
        return out.strip().partition("=")[2]

    def _start(self, name: str) -> "subprocess.Popen[str]":
        self.stack.enter_context(using(self._users(name)))
        process = subprocess.Popen(
            [
                *(sys.executable, SERVERS, "start", name),
                *("--folder", shared_folder(self.base), "--scratch", self._users(name)),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.stack.enter_context(process)
        self.stack.callback(process.kill)
        return process

    def _users(self, name: str) -> Path:
        return self.base / f"{name}.users"


def wanted(items: list[pytest.Item]) -> set[str]:
    """Name the servers that tests will need: by a fixture, or by a parameter of that name."""
    names: set[object] = set()
    for item in items:
        names.update(FIXTURES.get(fixture, "") for fixture in getattr(item, "fixturenames", ()))
        if callspec := getattr(item, "callspec", None):
            names.update(value for value in callspec.params.values() if isinstance(value, str))
    return {name for name in FIXTURES.values() if name in names}


def shared_folder(base: Path) -> Path:
    """Give the folder that all processes of a run agree on; the first one names it."""
    with suppress(FileExistsError):
        (base / "servers").symlink_to(new_folder())
    return (base / "servers").readlink()


def new_folder() -> Path:
    """Name a folder outside pytest's own, where Elasticsearch, run as nobody, cannot enter."""
    return Path(tempfile.gettempdir(), f"lyhord-servers-{secrets.token_hex(8)}")


def give_up(reason: str) -> NoReturn:
    """Skip, or fail where the servers are required."""
    if os.environ.get("LYHORD_REQUIRE_SERVERS") == "1":
        pytest.fail(f"LYHORD_REQUIRE_SERVERS=1, but: {reason}", pytrace=False)
    pytest.skip(reason)
