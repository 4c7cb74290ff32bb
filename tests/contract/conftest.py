"""The adapters under contract: how tests, and processes that tests start, reach each of them."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lyhord import wiring
from lyhord.ports import Log, State
from lyhord.settings import Settings

ROOT = Path(__file__).parents[2]


def settings_of(environment: dict[str, str]) -> Settings:
    """Read `LYHORD_*` variables as a process that is given them would."""
    return Settings(
        **{name.removeprefix("LYHORD_").lower(): value for name, value in environment.items()}  # type: ignore[arg-type]  # pydantic reads the texts
    )


@pytest.fixture(params=["sqlite", "kafka"])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Give the `LYHORD_*` variables of a new, empty log and state of the adapter under test."""
    embedded = {"LYHORD_DATA": str(tmp_path / "data")}
    if request.param == "sqlite":
        return embedded
    return embedded | {
        "LYHORD_LOG": request.getfixturevalue("kafka_server"),
        "LYHORD_NAME": f"t{uuid.uuid4().hex[:12]}",
        "LYHORD_PARTITIONS": "1",
    }


@pytest.fixture
def open_log(environment: dict[str, str]) -> Iterator[Callable[[], Log]]:
    """Give a function that opens the log anew, as another process would."""
    settings = settings_of(environment)
    with ExitStack() as stack:

        def make() -> Log:
            log = wiring.open_log(settings)
            stack.callback(log.close)
            return log

        yield make


@pytest.fixture
def open_state(environment: dict[str, str]) -> Iterator[Callable[[], State]]:
    """Give a function that opens the state anew, as another process would."""
    settings = settings_of(environment)
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
