"""An import that leaves a stage to others drives it itself when they are gone."""

import uuid
from pathlib import Path

import pytest

from lyhord import wiring
from lyhord.adapters.kafka_log import KafkaLog
from lyhord.ports import POSTS, Row
from lyhord.settings import Settings
from lyhord.telemetry import Telemetry
from services.cli.embedded import GROUPS, Embedded
from services.cli.importing import make_door
from services.ingest.intake import Intake
from tests.waiting import until

POST = {
    "source": "forum",
    "municipality": "1880",
    "created_at": "2026-03-01T12:00:00Z",
    "text": "Hej",
}
COUNT = 20


def test_a_stage_whose_driver_has_left_is_driven_here(
    kafka_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.cli.embedded._LOOK_FOR_OTHERS", 0.1)
    monkeypatch.setattr("services.cli.embedded._ALONE", 0.5)
    settings = Settings(
        log=kafka_server, data=tmp_path, name=f"t{uuid.uuid4().hex[:12]}", workers=1
    )
    log = wiring.open_log(settings)
    assert isinstance(log, KafkaLog)
    other = log.consumer(*GROUPS["enrich"])
    until(lambda: not other.poll(1) and log.members(*GROUPS["enrich"]) == 1, seconds=60)
    assert wiring.undriven(log, GROUPS) == ("index",)
    with Embedded(settings, log, ["index"], left=["enrich"]) as stages:
        rows = [Row("-", number, POST | {"id": str(number)}) for number in range(COUNT)]
        Intake(log, make_door(settings), Telemetry("ingest")).take(rows)
        assert log.committed(POSTS, "enrich") == {}
        other.close()
        stages.wait_until_indexed(lambda: None)
        assert stages.indexed() == COUNT
    log.close()
