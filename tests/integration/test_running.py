"""`lyhord run` as a process: it starts, shares the work with imports, and stops cleanly."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

LYHORD = [sys.executable, "-c", "from services.cli import main; main()"]
POST = {
    "source": "forum",
    "municipality": "1880",
    "created_at": "2026-03-01T12:00:00Z",
}


def until(condition: Callable[[], Any], *, seconds: float = 60) -> Any:
    """Wait for a condition; its last value is the answer."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.05)
    return value


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LYHORD_DATA": str(tmp_path / "data"),
        "LYHORD_WORKERS": "1",
        "LYHORD_WEB_PORT": "0",
        "LYHORD_CONFIG": str(tmp_path / "lyhord.toml"),
    }


@contextmanager
def running(environment: dict[str, str], tmp_path: Path) -> Iterator[tuple[Any, str]]:
    """Run Lyhörd over a watched folder; gives the process and the page's address."""
    (tmp_path / "in").mkdir()
    (tmp_path / "lyhord.toml").write_text(
        f'[[sources]]\nkind = "folder"\nname = "in"\ninterval = 0.1\npath = "{tmp_path / "in"}"\n'
    )
    log = tmp_path / "run.log"
    with log.open("wb") as stderr:
        process = subprocess.Popen([*LYHORD, "run"], env=environment, stderr=stderr)
    try:
        yield process, until(lambda: address(log))
    finally:
        process.kill()
        process.wait()


def address(log: Path) -> str | None:
    for line in log.read_text().splitlines():
        if '"address"' in line:
            return str(json.loads(line)["address"])
    return None


def page(url: str, **headers: str) -> str:
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return str(answer.read().decode())


def call(environment: dict[str, str], *words: str, stdin: str = "") -> Any:
    return subprocess.run(
        [*LYHORD, *words],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_run_shares_the_work_and_stops_cleanly(environment: dict[str, str], tmp_path: Path) -> None:
    with running(environment, tmp_path) as (process, url):
        assert "inga inlägg än" in page(url)

        new = tmp_path / "in" / "a.jsonl"
        new.write_text(json.dumps(POST | {"id": 1, "text": "Vattenläcka <b>här</b>"}) + "\n")
        shown = until(lambda: "Vattenläcka" in (text := page(url)) and text)
        assert "&lt;b&gt;här&lt;/b&gt;" in shown

        second = call(environment, "run")
        assert second.returncode == 3
        assert f"process {process.pid}" in second.stderr

        row = json.dumps(POST | {"id": 2, "text": "Snöröjning"}) + "\n"
        imported = call(environment, "import", "-", stdin=row)
        assert imported.returncode == 0, imported.stderr
        found = call(environment, "search", "snöröjning", "--json")
        assert [json.loads(line)["id"] for line in found.stdout.splitlines()] == ["forum:2"]

        with pytest.raises(urllib.error.HTTPError):
            page(url, Host="evil.example")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    children = subprocess.run(
        ["pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert children.stdout == ""


def test_whoever_is_told_to_stop_again_and_again_stops(
    environment: dict[str, str], tmp_path: Path
) -> None:
    with running(environment, tmp_path) as (process, _):
        patience = time.monotonic() + 30
        while process.poll() is None:
            assert time.monotonic() < patience
            process.send_signal(signal.SIGTERM)
        # Python itself forgets its handlers last of all.
        assert process.returncode in (0, -signal.SIGTERM)


def test_a_taken_port_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    with running(environment, tmp_path) as (_, url):
        port = url.rstrip("/").rpartition(":")[2]
        other = environment | {"LYHORD_DATA": str(tmp_path / "other"), "LYHORD_WEB_PORT": port}
        refused = call(other, "web")
        assert refused.returncode == 3
        assert "LYHORD_WEB_PORT" in refused.stderr
