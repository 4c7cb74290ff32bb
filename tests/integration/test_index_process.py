"""The index process ends with the process that made it, and waits for one that still ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.errors import Retriable
from tests.waiting import until

MAKER = """
import sys, time
from pathlib import Path
from lyhord.settings import Settings
from lyhord.telemetry import Telemetry
from services.index.process import IndexProcess

if __name__ == "__main__":
    process = IndexProcess(Settings(data=Path(sys.argv[1])), Telemetry("index"))
    assert process._ours.poll(60)
    print(process._process.pid, flush=True)
    time.sleep(60)
"""


def test_it_ends_with_its_maker_though_what_it_told_was_never_read(tmp_path: Path) -> None:
    script = tmp_path / "maker.py"
    script.write_text(MAKER)
    command = [sys.executable, str(script), str(tmp_path / "data")]
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as maker:
        assert maker.stdout is not None
        index = int(maker.stdout.readline())
        maker.send_signal(signal.SIGKILL)
    until(lambda: _is_gone(index), seconds=30)


def test_a_second_writer_is_told_to_come_again(tmp_path: Path) -> None:
    first = TantivyStore(tmp_path / "index", write=True)
    with pytest.raises(Retriable):
        TantivyStore(tmp_path / "index", write=True)
    first.close()


def _is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True
