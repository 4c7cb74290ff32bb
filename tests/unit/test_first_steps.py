"""What a newcomer meets: nothing there yet, a name in place of a code, a misspelt setting."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lyhord import settings
from lyhord.errors import Misuse
from lyhord.ports import Row
from services.cli.app import app
from services.ingest.columns import Columns

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LYHORD_DATA", str(tmp_path / "data"))
    return lambda *words: CliRunner().invoke(app, words)


@pytest.mark.parametrize("command", ["search *", "counts *", "threads", "responses", "alerts"])
def test_an_empty_store_is_told_with_where_it_is(call: Call, command: str, tmp_path: Path) -> None:
    done = call(*command.split())
    assert done.exit_code == 0
    assert f"there are no posts in {tmp_path / 'data'} yet" in done.stderr
    assert "there are no posts" not in call(*command.split(), "--json").stderr


def test_no_time_between_two_bounds_is_said_and_finds_nothing(call: Call) -> None:
    done = call("search", "*", "--since", "2026-03-02", "--until", "2026-03-01")
    assert (done.exit_code, "no time lies between" in done.stderr) == (0, True)


def test_alerts_of_a_topic_that_there_is_none_of_are_refused(call: Call) -> None:
    done = call("alerts", "--topic", "vaten")
    assert isinstance(done.exception, Misuse)
    assert "topic 'vaten' is not known; there are aldreomsorg, avfall, bygg_plan" in str(
        done.exception
    )


def test_a_municipality_may_be_named_where_rows_are_set() -> None:
    assert Columns(set={"municipality": "Örebro"}).set["municipality"] == "1880"
    with pytest.raises(Misuse, match="Atlantis"):
        Columns(set={"municipality": "Atlantis"})


def test_a_column_that_no_row_has_is_known_afterwards() -> None:
    columns = Columns(map={"text": "body", "url": "link"})
    list(columns.apply([Row("f", 1, {"body": "a"})]))
    assert columns.unseen() == ["link"]


FEED = (
    '[[sources]]\nkind = "feed"\nname = "a"\nurl = "https://example.com/"\nmunicipality = "{}"\n{}'
)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("nmae = 'x'", "is no setting"),
        (FEED.format("Atlantis", ""), "Atlantis"),
        (FEED.format("Örebro", 'source = "blogg"'), "source 'blogg' is not known"),
        ('[[sources]]\nkind = "feed"\nname = "a"\n', "is missing"),
    ],
)
def test_a_mistake_in_the_settings_is_told_in_words(tmp_path: Path, lines: str, told: str) -> None:
    file = tmp_path / "lyhord.toml"
    file.write_text(lines, encoding="utf-8")
    with pytest.raises(Misuse, match=told):
        settings.load(file)


def test_a_feeds_municipality_may_be_named(tmp_path: Path) -> None:
    file = tmp_path / "lyhord.toml"
    file.write_text(FEED.format("Örebro", ""), encoding="utf-8")
    [source] = settings.load(file).sources
    assert source.kind == "feed"
    assert source.municipality == "1880"
