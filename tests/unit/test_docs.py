"""The documentation names every command, setting, source and field, or these tests fail."""

import re
from pathlib import Path

import pytest

from lyhord.adapters.sqlite_log import SqliteLog
from lyhord.adapters.tantivy_store import TantivyStore
from lyhord.crashpoints import NAMES
from lyhord.health import Watch
from lyhord.health.metrics import registry
from lyhord.ports import POSTS
from lyhord.query.fields import FIELDS
from lyhord.recipients import RecipientSettings
from lyhord.settings import FeedSettings, FolderSettings, Settings
from lyhord.telemetry import Telemetry
from services.cli.app import app
from services.web.app import create_app
from services.web.rules_api import open_desk

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")])


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(app.commands))
def test_every_command_is_documented(command: str) -> None:
    assert f"`lyhord {command}" in page("docs/operations.md")


@pytest.mark.parametrize("setting", sorted(Settings.model_fields))
def test_every_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in page("docs/operations.md")


@pytest.mark.parametrize("kind", [FeedSettings, FolderSettings])
def test_every_source_setting_is_documented(kind: type[FeedSettings | FolderSettings]) -> None:
    name = "feed" if kind is FeedSettings else "folder"
    facts = page(f"docs/sources/{name}.md")
    missing = [field for field in kind.model_fields if f"`{field}`" not in facts]
    assert missing == []
    assert f"`{name}`" in page("docs/adding-a-source.md")


def test_every_setting_of_a_recipient_is_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", page("docs/notifications.md"), re.MULTILINE)
    assert [name for name in RecipientSettings.model_fields if name not in rows] == []


def test_every_path_of_the_api_is_documented(tmp_path: Path) -> None:
    desk = open_desk(Settings(data=tmp_path))
    paths = create_app(TantivyStore(tmp_path), hosts=["*"], desk=desk).openapi()["paths"]
    desk.state.close()
    text = page("docs/api.md")
    assert [path for path in paths if path.startswith("/api/") and f"`{path}`" not in text] == []


def test_every_field_of_a_query_is_documented() -> None:
    text = page("docs/search.md")
    assert [name for name in FIELDS if f"`{name}`" not in text] == []


def test_every_metric_is_documented(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "log.db")
    watch = Watch(log, POSTS, "enrich")
    watch.look()
    log.close()
    told = registry([Telemetry("enrich")], {"enrich": watch}).collect()
    names = {sample.name for metric in told for sample in metric.samples}
    rows = re.findall(r"^\| `(lyhord_\w+)` \|", page("docs/operations.md"), re.MULTILINE)
    assert names == set(rows)


def test_every_crash_point_is_reached_somewhere() -> None:
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("lyhord", "services")
        for path in (ROOT / folder).rglob("*.py")
    )
    assert [name for name in NAMES if f'reach("{name}")' not in code] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(path: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", path.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (path.parent / target).exists()]
    assert missing == []
