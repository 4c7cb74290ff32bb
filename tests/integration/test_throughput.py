"""A small form of the throughput benchmark: every part of it runs, and tells what it should."""

from datetime import UTC, datetime
from pathlib import Path

from benchmarks.posts import generate
from benchmarks.throughput import enriching, indexing, ingesting, whole
from benchmarks.throughput.installation import settings
from benchmarks.throughput.report import Line, Report
from lyhord.ports import Row
from lyhord.settings import Settings
from services.cli.importing import make_door
from services.ingest.stage import stage

COUNT = 40


def test_every_part_runs(kafka_server: str, elasticsearch_server: str, tmp_path: Path) -> None:
    rows = [Row("-", number, row) for number, row in enumerate(generate(COUNT, seed=1), 1)]

    def own() -> Settings:
        return settings(kafka_server, elasticsearch_server, tmp_path / "data")

    check(ingesting.measure(rows, own()), lines=4)
    records, _ = stage(rows, make_door(own()), now=datetime.now(UTC))
    tagged, rate = enriching.tagged(records)
    found = enriching.measure(records, rate, own())
    check(found, lines=6)
    assert "lost 0, twice 0" in found.remarks
    check(indexing.measure(tagged, own()), lines=3)
    report = whole.measure(COUNT, 1, own(), servers={}, spell=whole.Spell(1, 1))
    check(report, lines=2)
    assert report.remarks[-1].endswith("(10 marks)")


def check(report: Report, *, lines: int) -> None:
    assert len(report.lines) == lines
    assert all(line.rate > 0 for line in report.lines)


def test_the_table_tells_ratios() -> None:
    report = Report([Line("bare", 1000.0), Line("ours", 800.0, 1000.0)], ["a remark"])
    assert report.markdown() == "| bare | 1,000 |  |\n| ours | 800 | 0.80 |\n| *a remark* | | |"
