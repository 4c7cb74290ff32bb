"""The adapters under contract: how tests, and processes that tests start, reach each of them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lyhord import wiring
from lyhord.ports import Log, State
from lyhord.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(params=["sqlite"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Give the `LYHORD_*` variables of a new, empty log and state of the adapter under test."""
    assert request.param == "sqlite"
    return {"LYHORD_DATA": str(tmp_path / "data")}


@pytest.fixture
def open_log(environment: dict[str, str]) -> Iterator[Callable[[], Log]]:
    """Give a function that opens the log anew, as another process would."""
    settings = Settings(data=Path(environment["LYHORD_DATA"]))
    with ExitStack() as stack:

        def make() -> Log:
            log = wiring.open_log(settings)
            stack.callback(log.close)
            return log

        yield make


@pytest.fixture
def open_state(environment: dict[str, str]) -> Iterator[Callable[[], State]]:
    """Give a function that opens the state anew, as another process would."""
    settings = Settings(data=Path(environment["LYHORD_DATA"]))
    with ExitStack() as stack:

        def make() -> State:
            state = wiring.open_state(settings)
            stack.callback(state.close)
            return state

        yield make


@pytest.fixture
def run(environment: dict[str, str]) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """Give a function that starts Python code in a process of its own; it dies with the test."""
    with ExitStack() as stack:

        def start(code: str, **settings: str) -> "subprocess.Popen[str]":
            process = subprocess.Popen(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env=os.environ | environment | settings,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start
