"""Leases, and the drivers that stand by until they get one."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lyhord.driving import Driver
from lyhord.errors import Retriable, Unavailable
from lyhord.leases import Lease
from lyhord.telemetry import Telemetry

ROOT = Path(__file__).parents[2]
HOLDING = """
import sys
from pathlib import Path
from lyhord.leases import Lease
lease = Lease(Path(sys.argv[2]), "index")
print(lease.acquire(), flush=True)
sys.stdin.read()
"""


def hold(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDING, "run", str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "True\n"
    return process


def test_a_lease_is_held_by_one_and_given_back(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "yet"
    one, other = Lease(folder, "index"), Lease(folder, "index")
    assert one.acquire()
    assert one.acquire()
    assert not other.acquire()
    assert Lease(folder, "enrich").acquire()
    one.release()
    one.release()
    assert other.acquire()
    other.release()


def test_who_holds_it_is_told(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        with pytest.raises(
            Unavailable, match=rf"`lyhord run` \(process {process.pid}, since "
        ) as told:
            Lease(tmp_path, "index").__enter__()
        assert told.value.exit_code == 3
        assert "lease of index" in str(told.value)
        process.kill()


def test_a_kill_frees_it(tmp_path: Path) -> None:
    with hold(tmp_path) as process:
        assert not Lease(tmp_path, "index").acquire()
        process.kill()
    with Lease(tmp_path, "index") as lease:
        assert lease.acquire()
    assert Lease(tmp_path, "index").acquire()


def test_a_program_that_the_holder_started_does_not_hold_it(tmp_path: Path) -> None:
    lease = Lease(tmp_path, "index")
    lease.acquire()
    with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, close_fds=False):
        lease.release()
        with Lease(tmp_path, "index"):
            pass


@pytest.mark.parametrize("content", ["", "{", "[]", "17", "null", "{}", '{"pid": 1}', "\x00\xff"])
def test_a_damaged_note_hides_only_the_name(tmp_path: Path, content: str) -> None:
    lease = Lease(tmp_path, "index")
    lease.acquire()
    (tmp_path / "index.lease").write_text(content, encoding="latin-1")
    with pytest.raises(Unavailable, match=r"^another process already holds"):
        Lease(tmp_path, "index").__enter__()
    lease.release()


def test_a_driver_stands_by_until_the_lease_is_free(tmp_path: Path) -> None:
    driving = threading.Event()

    def loop(stop: threading.Event) -> None:
        driving.set()
        stop.wait()

    first = Lease(tmp_path, "index")
    first.acquire()
    driver = Driver(loop, lease=Lease(tmp_path, "index"), telemetry=Telemetry("index"))
    driver.start()
    assert not driving.wait(0.3)
    first.release()
    assert driving.wait(10)
    assert not first.acquire()
    driver.stop()
    driver.join(10)
    assert first.acquire()
    driver.check()
    first.release()


def test_one_may_wait_until_nobody_holds_a_right(tmp_path: Path) -> None:
    Lease(tmp_path, "switch").wait()
    holder = Lease(tmp_path, "switch")
    holder.acquire()
    waiting = threading.Thread(target=Lease(tmp_path, "switch").wait)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    holder.release()
    waiting.join(10)
    assert not waiting.is_alive()
    assert holder.acquire(), "having waited is no right"
    holder.release()


def test_a_driver_tries_again_what_may_pass() -> None:
    tries: list[int] = []
    telemetry = Telemetry("index")

    def loop(stop: threading.Event) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise Retriable("the disk is full", after=0.01)
        stop.wait()

    driver = Driver(loop, lease=None, telemetry=telemetry)
    with capture_logs() as told:
        driver.start()
        while len(tries) < 3:
            driver.join(0.01)
        driver.stop()
        driver.join(10)
    driver.check()
    assert telemetry.errors == 2
    assert {one["problem"] for one in told} == {"the disk is full"}


def test_what_ends_a_driver_early_is_raised_where_it_is_watched(tmp_path: Path) -> None:
    def loop(_: threading.Event) -> None:
        raise ZeroDivisionError

    driver = Driver(loop, lease=Lease(tmp_path, "index"), telemetry=Telemetry("index"))
    driver.start()
    driver.join(10)
    with pytest.raises(ZeroDivisionError):
        driver.check()
    with Lease(tmp_path, "index"):
        pass


def test_a_driver_that_is_stopped_stops_at_once_though_it_waits() -> None:
    def loop(_: threading.Event) -> None:
        raise Retriable("away", after=3600)

    driver = Driver(loop, lease=None, telemetry=Telemetry("index"))
    driver.start()
    driver.stop()
    driver.join(10)
    assert not driver.is_alive()


@pytest.mark.parametrize(
    "words",
    [["run"], ["--config", "x.toml", "run"], ["--config=x.toml", "run", "--more"]],
)
def test_the_holder_is_named_by_its_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["lyhord", *words])
    with Lease(tmp_path, "index") as lease:
        assert lease.holder().startswith("`lyhord run` (process ")
