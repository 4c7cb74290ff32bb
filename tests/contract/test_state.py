"""What every `State` promises, checked on every adapter."""

import signal
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from lyhord.ports import State

Open = Callable[[], State]
Run = Callable[..., Popen[str]]
PUTTING = """
from lyhord import wiring
from lyhord.settings import load
state = wiring.open_state(load())
for n in range(COUNT):
    state.put("NAME", str(n % 50), {"n": n})
    print(n, flush=True)
"""


@pytest.fixture(params=["sqlite", "elasticsearch"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Give the `LYHORD_*` variables of a new, empty state of the adapter under test."""
    embedded = {"LYHORD_DATA": str(tmp_path / "data")}
    if request.param == "sqlite":
        return embedded
    return embedded | {
        "LYHORD_STORE": request.getfixturevalue("elasticsearch_server"),
        "LYHORD_NAME": f"t{uuid.uuid4().hex[:12]}",
    }


def putting(name: str, count: int) -> str:
    return PUTTING.replace("NAME", name).replace("COUNT", str(count))


def test_what_was_put_last_is_there_for_everybody(open_state: Open) -> None:
    state, other = open_state(), open_state()
    assert state.get("cursor", "a") is None
    state.put("cursor", "a", {"n": 1})
    assert other.get("cursor", "a") == {"n": 1}
    other.put("cursor", "a", {"m": 2})
    assert state.get("cursor", "a") == {"m": 2}


def test_kinds_and_keys_are_kept_apart(open_state: Open) -> None:
    state = open_state()
    state.put("a", "b:c", {"n": 1})
    state.put("a:b", "c", {"n": 2})
    state.put("a", "B:C", {"n": 3})
    assert state.all("a") == {"b:c": {"n": 1}, "B:C": {"n": 3}}
    assert (state.all("a:b"), state.all("c")) == ({"c": {"n": 2}}, {})


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"å": "😀\u2028\x00", "djup": {"lista": [1, 2.5, None, True, {"x": []}]}},
        {"stort": 2**63 - 1, "litet": -(2**63)},
        {"lång": "x" * 3_000_000},
    ],
)
def test_objects_come_back_as_they_were(open_state: Open, value: dict[str, Any]) -> None:
    open_state().put("k", "'; DROP TABLE facts; -- \u202e😀", value)
    assert open_state().get("k", "'; DROP TABLE facts; -- \u202e😀") == value


def test_what_was_given_is_a_copy(open_state: Open) -> None:
    state = open_state()
    value = {"list": [1]}
    state.put("k", "a", value)
    value["list"].append(2)
    given = state.get("k", "a")
    assert given == {"list": [1]}


def test_threads_share_a_state(open_state: Open) -> None:
    state = open_state()

    def put(name: str) -> None:
        for n in range(30):
            state.put("k", f"{name}{n}", {"n": n})
            assert state.get("k", f"{name}{n}") == {"n": n}

    threads = [threading.Thread(target=put, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state.all("k") == {f"{name}{n}": {"n": n} for name in "xyz" for n in range(30)}


def test_processes_share_a_state(open_state: Open, run: Run) -> None:
    processes = [run(putting(name, 60)) for name in ("a", "b")]
    assert [process.wait(30) for process in processes] == [0, 0]
    for name in ("a", "b"):
        assert open_state().all(name) == {str(n): {"n": n + 50 if n < 10 else n} for n in range(50)}


def test_a_kill_loses_nothing_acknowledged(open_state: Open, run: Run) -> None:
    process = run(putting("a", 1_000_000))
    assert process.stdout
    acknowledged = [int(next(process.stdout)) for _ in range(60)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout]
    last = {str(n % 50): n for n in acknowledged}
    kept = {key: value["n"] for key, value in open_state().all("a").items()}
    late = str((acknowledged[-1] + 1) % 50)
    assert kept | {late: 0} == last | {late: 0}
    assert kept[late] in (last[late], acknowledged[-1] + 1)
