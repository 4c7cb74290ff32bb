"""The alert service for real: what has just started reaches a webhook once, also over a restart."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from lyhord.adapters.elastic_store import Cluster
from tests.integration.test_command_line import lines, post
from tests.integration.test_notifying import Receiver, receiver
from tests.waiting import until

__all__ = ["receiver"]  # pytest takes the fixture from here

LYHORD = [sys.executable, "-c", "from services.cli import main; main()"]


def history(now: datetime) -> Iterator[dict[str, Any]]:
    chance = Random(5)  # noqa: S311 - no secret
    for number in range(10 * 14):
        when = now - timedelta(days=14) + timedelta(hours=number * 2.4)
        text = f"När öppnar badhuset? {chance.randrange(90)}"
        yield post(f"h{number}", text, created_at=when.isoformat(), author=f"n{number % 50}")
    for number in range(12):
        when = now - timedelta(minutes=38 - 3 * number)
        text = f"Vattenläcka på Storgatan, det forsar {number}"
        yield post(f"w{number}", text, created_at=when.isoformat(), author=f"v{number}")


@contextmanager
def alerting(environment: dict[str, str], log: Path) -> Iterator[None]:
    with log.open("ab") as stderr:
        process = subprocess.Popen([*LYHORD, "alert"], env=environment, stderr=stderr)
        try:
            yield
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()
            process.wait()


def looks(log: Path) -> int:
    told = (json.loads(line) for line in log.read_text().splitlines() if line.startswith("{"))
    return sum(each["event"] == "looked" for each in told)


def test_what_has_just_started_is_told_once(tmp_path: Path, receiver: Receiver) -> None:
    settings = tmp_path / "lyhord.toml"
    settings.write_text(
        f'[[recipients]]\nname = "jour"\naddress = "{receiver.address()}"\nalways = true\n'
    )
    environment = {
        **os.environ,
        "LYHORD_DATA": str(tmp_path / "data"),
        "LYHORD_CONFIG": str(settings),
        "LYHORD_WORKERS": "1",
    }
    posts = lines(*history(datetime.now(UTC)))
    done = subprocess.run([*LYHORD, "import", "-"], env=environment, input=posts, check=False)
    assert done.returncode == 0
    log = tmp_path / "alert.log"
    with alerting(environment, log):
        until(lambda: looks(log) == 1, seconds=60)
    [message] = receiver.got
    assert message["title"].startswith("Många skriver om vatten och avlopp")
    assert "Örebro" in message["title"]
    assert "Storgatan" in message["message"]
    with alerting(environment, log):
        until(lambda: looks(log) == 2, seconds=60)
    assert len(receiver.got) == 1


def test_kibana_is_shown_alerts_and_sources(tmp_path: Path, elasticsearch_server: str) -> None:
    name = f"t{uuid.uuid4().hex[:12]}"
    environment = {
        **os.environ,
        "LYHORD_DATA": str(tmp_path / "data"),
        "LYHORD_STORE": elasticsearch_server,
        "LYHORD_NAME": name,
        "LYHORD_WORKERS": "1",
    }
    posts = lines(*history(datetime.now(UTC)))
    done = subprocess.run([*LYHORD, "import", "-"], env=environment, input=posts, check=False)
    assert done.returncode == 0
    log = tmp_path / "alert.log"
    with alerting(environment, log):
        until(lambda: looks(log) == 1, seconds=120)
    cluster = Cluster(elasticsearch_server, name)
    with cluster.connect() as client:
        client.indices.refresh(index=[cluster.alerts, cluster.sources])
        [alert] = client.search(index=cluster.alerts)["hits"]["hits"]
        assert (alert["_source"]["topic"], alert["_source"]["open"]) == ("vatten_avlopp", True)
        assert client.count(index=cluster.sources)["count"] >= 1
        client.indices.delete(index=sorted(client.indices.get(index=f"{name}-*")))
