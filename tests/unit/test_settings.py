"""Settings: the environment over the file over defaults, and every mistake named."""

from pathlib import Path

import pytest

from lyhord import times, wiring
from lyhord.errors import Misuse, Unavailable
from lyhord.recipients import RecipientSettings
from lyhord.settings import FeedSettings, FolderSettings, Settings, load

FEED = '[[sources]]\nkind = "feed"\nname = "blogg"\nurl = "https://example.org/feed"\n'
FOLDER = '[[sources]]\nkind = "folder"\nname = "inbox"\npath = "in"\n'


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LYHORD_{name.upper()}", raising=False)


def load_text(folder: Path, text: str) -> Settings:
    file = folder / "lyhord.toml"
    file.write_text(text)
    return load(file)


def test_nothing_has_to_be_set() -> None:
    settings = load()
    assert (settings.data, settings.log, settings.store) == (Path("data"), "", "")
    assert (settings.sources, settings.web_host) == ((), "127.0.0.1")


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LYHORD_DATA", "/var/lib/lyhord")
    settings = load_text(tmp_path, 'data = "here"\nworkers = 3\n')
    assert (settings.data, settings.workers) == (Path("/var/lib/lyhord"), 3)


def test_lists_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYHORD_EXTRA_SOURCES", '["nextdoor", "tiktok"]')
    assert load().extra_sources == ("nextdoor", "tiktok")


def test_variables_of_others_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LYHORD_CRASH_AT", "import.end")
    monkeypatch.setenv("LYHORD_CONFIG", "x.toml")
    assert load().workers == 0


def test_sources_are_read_with_their_defaults(tmp_path: Path) -> None:
    feed = '[[sources]]\nkind = "feed"\nname = "blogg"\nurl = "https://example.org/feed"\n'
    mapped = 'set = { municipality = "1780" }\nmap = { text = "body" }\n'
    settings = load_text(tmp_path, FOLDER + mapped + feed + 'municipality = "1780"\n')
    folder, blog = settings.sources
    assert isinstance(folder, FolderSettings)
    assert isinstance(blog, FeedSettings)
    assert (folder.set, folder.map, folder.interval) == (
        {"municipality": "1780"},
        {"text": "body"},
        5,
    )
    assert (blog.source, blog.comments, blog.interval) == ("blog", True, 900)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("dta = 'x'\n", "dta"),
        ("workers = -1\n", "workers"),
        ("workers = 'many'\n", "workers"),
        ("web_port = 70000\n", "web_port"),
        ("tagged_days = -1\n", "tagged_days"),
        ("fetch_allow = 'localhost'\n", "fetch_allow"),
        ("workers = -1\nweb_port = -1\n", "web_port"),
        ("sources = 5\n", "sources"),
        ("[[sources]]\nname = 'x'\n", "sources.0"),
        ("[[sources]]\nkind = 'ftp'\nname = 'x'\n", "sources.0"),
        ("[[sources]]\nkind = 'folder'\nname = 'x'\n", "sources.0.folder.path"),
        (FOLDER + "color = 'red'\n", "sources.0.folder.color"),
        (FOLDER + "interval = 0\n", "sources.0.folder.interval"),
        (FOLDER.replace("inbox", ""), "sources.0.folder.name"),
        (FOLDER + "set = { municipality = 1780 }\n", "sources.0.folder.set.municipality"),
        (FOLDER + FOLDER, "two sources have the same name"),
        ("workers = \n", "cannot be read"),
        ("workers = 1\nworkers = 2\n", "cannot be read"),
        ("\x00", "cannot be read"),
        ("dta = 'x'\n", "dta: is no setting"),
        (FEED, "sources.0.feed.municipality: is missing"),
        (FEED + "municipality = 'Atlantis'\n", "municipality 'Atlantis' is neither"),
        (FEED + "municipality = '1780'\nsource = 'blogg'\n", "'blogg' is not known; there are"),
    ],
)
def test_every_mistake_is_misuse_and_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(Misuse, match=named) as misuse:
        load_text(tmp_path, text)
    assert misuse.value.exit_code == 2
    assert "lyhord.toml" in str(misuse.value)


@pytest.mark.parametrize("name", ["LYHORD_WORKERS", "LYHORD_DATA", "LYHORD_TOPICS"])
def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "")
    field = name.removeprefix("LYHORD_").lower()
    assert getattr(load(), field) == Settings.model_fields[field].default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LYHORD_WORKERS", "many"),
        ("LYHORD_WEB_PORT", "-1"),
        ("LYHORD_EXTRA_SOURCES", "nextdoor"),
        ("LYHORD_SOURCES", '[{"kind": "folder"'),
        ("LYHORD_SOURCES", '[{"kind": "folder"}]'),
    ],
)
def test_a_mistake_in_the_environment_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misuse, match=name.removeprefix("LYHORD_").lower()):
        load()


def test_a_file_that_is_none_is_misuse(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="does not exist"):
        load(tmp_path / "lyhord.toml")
    with pytest.raises(Misuse, match="does not exist"):
        load(tmp_path)
    latin = tmp_path / "latin.toml"
    latin.write_bytes("fetch_contact = 'Åsa'\n".encode("latin-1"))
    with pytest.raises(Misuse, match="cannot be read"):
        load(latin)


def test_settings_do_not_change_and_files_do_not_mix(tmp_path: Path) -> None:
    settings = load_text(tmp_path, "workers = 3\n")
    with pytest.raises(ValueError, match="frozen"):
        settings.workers = 4
    assert load().workers == 0


RECIPIENT = '[[recipients]]\nname = "jour"\naddress = "mailto://hemlig@example.org"\n'


def test_recipients_are_read_with_their_defaults(tmp_path: Path) -> None:
    chosen = 'municipalities = ["Örebro", "1780"]\nquiet_hours = "22-07"\ndigest = "weekly"\n'
    settings = load_text(tmp_path, RECIPIENT + chosen)
    [jour] = settings.recipients
    assert (jour.municipalities, jour.topics, jour.cool_down) == (("1880", "1780"), (), 60)
    assert "hemlig" not in f"{settings!r} {settings}"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("color = 'red'\n", "recipients.0.color"),
        ("municipalities = ['Atlantis']\n", "Atlantis"),
        ("quiet_hours = '22-25'\n", "such as 22-07"),
        ("quiet_hours = '7-7'\n", "such as 22-07"),
        ("quiet_hours = 'natten'\n", "such as 22-07"),
        ("digest = 'hourly'\n", "recipients.0.digest"),
        ("cool_down = -1\n", "recipients.0.cool_down"),
        ("[[recipients]]\nname = 'b'\naddress = 'hemlig'\n", "recipients.1.address"),
        (RECIPIENT, "two recipients"),
    ],
)
def test_a_wrong_recipient_is_named_and_no_address_told(
    tmp_path: Path, text: str, named: str
) -> None:
    with pytest.raises(Misuse) as problem:
        load_text(tmp_path, RECIPIENT + text)
    assert named in str(problem.value)
    assert "hemlig" not in str(problem.value)


def test_an_unknown_topic_of_a_recipient_is_told_with_the_known_ones(tmp_path: Path) -> None:
    settings = load_text(tmp_path, RECIPIENT + "topics = ['snorojning', 'snö']\n")
    with pytest.raises(Misuse, match=r"recipient jour: unknown topic 'snö'; known are vatten"):
        wiring.recipients(settings)


@pytest.mark.parametrize(
    ("span", "at", "awake"),
    [
        ("22-07", "2026-03-03T21:30:00Z", "2026-03-04T06:00:00Z"),
        ("22-07", "2026-03-03T20:59:00Z", "2026-03-03T20:59:00Z"),
        ("22-07", "2026-03-04T05:59:00Z", "2026-03-04T06:00:00Z"),
        ("22-07", "2026-03-04T06:00:00Z", "2026-03-04T06:00:00Z"),
        ("12:30-13", "2026-07-01T10:45:00Z", "2026-07-01T11:00:00Z"),
        ("0-24", "2026-07-01T10:45:00Z", None),
        ("20-24", "2026-03-03T21:30:00Z", "2026-03-03T23:00:00Z"),
        ("22-07", "2026-03-28T22:30:00Z", "2026-03-29T05:00:00Z"),
        ("22-07", "2026-10-24T21:30:00Z", "2026-10-25T06:00:00Z"),
    ],
)
def test_quiet_hours_are_stockholms(span: str, at: str, awake: str | None) -> None:
    given = {"name": "a", "address": "json://x", "quiet_hours": span}
    if awake is None:
        with pytest.raises(ValueError, match="span of the day"):
            RecipientSettings.model_validate(given)
        return
    assert RecipientSettings.model_validate(given).awake(times.parse(at)) == times.parse(awake)


def test_a_feed_may_name_its_municipality_and_a_source_of_ones_own(tmp_path: Path) -> None:
    text = 'extra_sources = ["anslag"]\n' + FEED + 'municipality = "Karlstad"\nsource = "anslag"\n'
    (feed,) = load_text(tmp_path, text).sources
    assert isinstance(feed, FeedSettings)
    assert (feed.municipality, feed.source) == ("1780", "anslag")


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = load_text(tmp_path, f"data = '{tmp_path / 'file' / 'data'}'\n")
    for opened in (wiring.open_log, wiring.open_state, lambda one: wiring.lease(one, "index")):
        with pytest.raises(Unavailable, match=r"cannot be made .*set LYHORD_DATA to another"):
            opened(settings)
