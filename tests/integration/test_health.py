"""`/health` and `/metrics` of real processes, together and one service each."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

LYHORD = [sys.executable, "-c", "from services.cli import main; main()"]
POST = {
    "source": "forum",
    "municipality": "1880",
    "created_at": "2026-03-01T12:00:00Z",
}
Start = Callable[..., int]


def until(condition: Callable[[], Any], *, seconds: float = 60) -> Any:
    """Wait for a condition; its last value is the answer."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "the condition never came true"
        time.sleep(0.05)
    return value


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def ask(port: int, path: str) -> tuple[int, str]:
    """GET a path; status 0 = nobody listens yet."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except ConnectionRefusedError:
        return 0, ""
    finally:
        connection.close()


def metrics(port: int) -> dict[str, float]:
    """Give the metrics as `name` or `name component` → value."""
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(ask(port, "/metrics")[1])
        for sample in family.samples
    }


def alive(port: int) -> Any:
    status, body = ask(port, "/health")
    return status == 200 and json.loads(body)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "in").mkdir()
    (tmp_path / "lyhord.toml").write_text(
        f'[[sources]]\nkind = "folder"\nname = "in"\ninterval = 0.1\npath = "{tmp_path / "in"}"\n'
    )
    return {
        **os.environ,
        "LYHORD_DATA": str(tmp_path / "data"),
        "LYHORD_WORKERS": "1",
        "LYHORD_WEB_PORT": "0",
        "LYHORD_CONFIG": str(tmp_path / "lyhord.toml"),
    }


@pytest.fixture
def start(environment: dict[str, str]) -> Iterator[Start]:
    """Give a function that starts a service and gives its port; all must stop cleanly."""
    with ExitStack() as stack:
        processes = []

        def begin(service: str, **settings: str) -> int:
            port = free_port()
            given = environment | settings | {"LYHORD_HEALTH_PORT": str(port)}
            process = subprocess.Popen([*LYHORD, service], env=given, stdout=subprocess.PIPE)
            stack.enter_context(process)
            stack.callback(process.kill)
            processes.append(process)
            return port

        yield begin
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            assert process.communicate(timeout=60)[0] == b""
            assert process.returncode == 0


def test_run_tells_how_it_is_while_it_works(start: Start, tmp_path: Path) -> None:
    port = start("run")
    assert until(lambda: alive(port))["alive"]
    rows = [json.dumps(POST | {"id": n, "text": f"Vattenläcka {n}"}) for n in range(3)]
    (tmp_path / "in" / "a.jsonl").write_text("\n".join([*rows, "{}"]) + "\n")
    told = until(lambda: (now := metrics(port)).get("lyhord_sent_total index") == 3 and now)
    for component in ("enrich", "index"):
        assert told[f"lyhord_received_total {component}"] == 3
        assert told[f"lyhord_sent_total {component}"] == 3
        assert told[f"lyhord_busy_seconds_total {component}"] > 0
        assert f"lyhord_lag {component}" in told
    assert told["lyhord_received_total ingest"] == 4
    assert told["lyhord_rejected_total ingest"] == 1
    assert told["lyhord_up_seconds"] > 0
    assert "lyhord_lag ingest" not in told
    assert alive(port)["lag"].keys() == {"enrich", "index"}


def test_each_service_tells_of_itself(start: Start) -> None:
    ports = {name: start(name) for name in ("ingest", "enrich", "index", "web")}
    for name, port in ports.items():
        assert until(lambda port=port: alive(port))["alive"]
        components = {key.partition(" ")[2] for key in metrics(port)}
        assert components == ({"", name} if name != "web" else {""})


def test_tagging_on_kafka_tells_of_itself(
    start: Start, environment: dict[str, str], kafka_server: str
) -> None:
    kafka = {"LYHORD_LOG": kafka_server, "LYHORD_NAME": f"t{uuid.uuid4().hex[:12]}"}
    environment |= kafka
    port = start("enrich")
    assert until(lambda: alive(port))["alive"]
    ingest = start("ingest")
    row = json.dumps(POST | {"id": 1, "text": "Vattenläcka"})
    (Path(environment["LYHORD_CONFIG"]).parent / "in" / "a.jsonl").write_text(row + "\n")
    assert until(lambda: metrics(port).get("lyhord_sent_total enrich") == 1)
    assert metrics(ingest)["lyhord_sent_total ingest"] == 1
    assert until(lambda: metrics(port).get("lyhord_lag enrich") == 0)
