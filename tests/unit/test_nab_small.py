"""The benchmark of spikes on a synthetic series, whole."""

from pathlib import Path

import numpy as np
import orjson
import pytest

from benchmarks.nab import __main__ as nab
from benchmarks.nab.detectors import BASELINES, LYHORD
from benchmarks.nab.evaluating import plateau, results
from benchmarks.nab.series import read
from lyhord.alerting.constants import DAY, HOUR
from lyhord.errors import Misuse

DAYS = 21


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write three series of 21 days with a burst in the middle of each of their two windows."""
    place = tmp_path_factory.mktemp("nab")
    windows = {}
    for number, mean in enumerate((2, 20, 100)):
        numbers = np.random.default_rng(number)
        bins = np.arange(DAYS * DAY)
        rhythm = 1 + 0.5 * np.sin(2 * np.pi * bins / DAY)
        counts = numbers.poisson(mean * rhythm * numbers.gamma(10, 0.1, bins.size))
        times = np.datetime64("2015-02-26T21:42:53") + 300 * bins.astype("timedelta64[s]")
        texts = [str(time).replace("T", " ") for time in times]
        pairs = []
        for day in (9 + number, 16):
            counts[day * DAY : day * DAY + 3 * HOUR] *= 8
            pairs.append([f"{texts[day * DAY + shift]}.000000" for shift in (-200, 200)])
        windows[f"somewhere/series_{number}.csv"] = pairs
        rows = [f"{text},{count}" for text, count in zip(texts, counts, strict=True)]
        content = "\n".join(["timestamp,value", *rows])
        (place / f"series_{number}.csv").write_text(content, encoding="utf-8")
    (place / "windows.json").write_bytes(orjson.dumps(windows))
    return place


def test_series_are_read_onto_the_grid(folder: Path) -> None:
    files = read(folder)
    assert [series.name for series in files] == ["series_0", "series_1", "series_2"]
    assert files[0].windows[0] == (9 * DAY - 200, 9 * DAY + 200)
    assert files[0].first * 300 == np.datetime64("2015-02-26T21:40:00").astype(int)
    assert len(files[0].counts) == DAYS * DAY


def test_bursts_are_found_and_little_else(folder: Path) -> None:
    files = read(folder)
    for result in results(LYHORD, files):
        assert result.left_out > 80
        assert result.best >= result.left_out


def test_the_command_prints_every_detector(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nab.main(["--nab", str(folder), "--told"])
    printed = capsys.readouterr().out
    for name in ("Lyhörd", *(each.name for each in BASELINES), *nab.PUBLISHED):
        assert f"| {name}" in printed
    assert "\tright\t" in printed


def test_without_a_folder_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LYHORD_NAB", raising=False)
    with pytest.raises(Misuse, match="--nab"):
        nab.main([])


def test_the_threshold_is_the_middle_of_the_best() -> None:
    assert plateau(np.array([1, 3, 3, 2, 3, 3, 3, 0])) == 5


def test_two_rows_of_the_same_minutes_are_refused(tmp_path: Path) -> None:
    (tmp_path / "windows.json").write_text('{"a/b.csv": []}')
    rows = "timestamp,value\n2015-02-26 21:41:00,1\n2015-02-26 21:44:00,1\n"
    (tmp_path / "b.csv").write_text(rows)
    with pytest.raises(ValueError, match="same five minutes"):
        read(tmp_path)
