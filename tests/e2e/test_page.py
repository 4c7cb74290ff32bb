"""The page in a real browser, over the bundled examples."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from lyhord.settings import Settings
from services.web.server import serve

ROOT = Path(__file__).parents[2]


def _browser() -> str | None:
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return next((path for path in found if path), None)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("page") / "data"
    program = [sys.executable, "-c", "from services.cli import main; main()"]
    for command in (["import", str(ROOT / "examples" / "posts.jsonl")], ["alerts"]):
        done = subprocess.run(
            [*program, *command],
            env={**os.environ, "LYHORD_DATA": str(data), "LYHORD_WORKERS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    with serve(Settings(data=data, web_port=0)) as url:
        yield url


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    browser = _browser()
    if browser is None:
        if os.environ.get("LYHORD_REQUIRE_BROWSER"):
            pytest.fail("no Chromium on this machine, and LYHORD_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield started.new_page(viewport={"width": 1200, "height": 1400})
        started.close()


def test_the_start_page_lives(page: Page, address: str) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(address)
    expect(page.get_by_role("heading", name="Lyhörd")).to_be_visible()
    expect(page.get_by_role("heading", name="Senaste inläggen")).to_be_visible()
    assert page.locator("article").count() == 30
    assert page.locator("svg rect:not(.touch)").count() > 50
    assert page.locator(".bars tr").count() >= 10
    assert problems == []


def test_the_queue_shows_who_has_waited_longest(page: Page, address: str) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(address)
    page.get_by_role("link", name="Väntar på svar").click()
    expect(page.get_by_role("heading", name="De som har väntat längst")).to_be_visible()
    assert page.locator("article").count() == 50
    assert page.locator("article .answer").count() == 50
    times = page.locator("article time").evaluate_all("all => all.map(one => one.dateTime)")
    assert times == sorted(times)
    page.get_by_role("link", name="Orust").click()
    expect(page.get_by_label("Kommun")).to_have_value("1421")
    places = page.locator("article .about").all_inner_texts()
    assert places
    assert all("Orust" in place for place in places)
    assert problems == []


def test_the_months_are_drawn(page: Page, address: str) -> None:
    page.goto(f"{address}vantar")
    page.get_by_label("Dela upp svarstiderna på").select_option(label="Dela upp på: Månad")
    page.get_by_role("button", name="Visa").click()
    expect(page.get_by_role("img", name="Andel som fick svar inom en arbetsdag")).to_be_visible()
    assert page.locator("svg.shares rect").count() == page.locator(".figures-table td").count() // 5


def test_the_codebook_is_a_click_away(page: Page, address: str) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(address)
    page.get_by_role("link", name="Vad taggarna betyder").click()
    expect(page.get_by_role("heading", name="Så säkra är taggarna")).to_be_visible()
    page.get_by_role("navigation", name="På sidan").get_by_role("link", name="Ton").click()
    expect(page.get_by_role("heading", name="Ton")).to_be_in_viewport()
    assert problems == []


def test_alerts_are_a_click_away(page: Page, address: str) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    page.goto(address)
    page.get_by_role("link", name="Larm").click()
    expect(page.get_by_role("heading", name="Inget pågår just nu")).to_be_visible()
    leak = page.locator("section.alarm", has_text="Vatten och avlopp i Örebro")
    expect(leak.get_by_role("img", name="Tidslinje")).to_be_visible()
    assert leak.locator("rect.risen").count() > 1
    leak.get_by_role("link", name="Alla inlägg under den tiden").click()
    expect(page.get_by_role("heading", name="Senaste inläggen")).to_be_visible()
    assert problems == []


def test_searching_marks_the_words(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Sök bland inläggen").fill("vattenläcka")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="inlägg om")).to_be_visible()
    assert "läck" in page.locator("mark").first.inner_text().lower()


def test_filters_narrow(page: Page, address: str) -> None:
    page.goto(address)
    before = page.locator(".bars tr").count()
    page.get_by_label("Kommun").select_option(label="Örebro")
    page.get_by_role("button", name="Sök").click()
    texts = page.locator("article .about").all_inner_texts()
    assert texts
    assert all("Örebro" in text for text in texts)
    assert page.locator(".bars tr").count() <= before


def test_a_facet_narrows_until_it_is_taken_away(page: Page, address: str) -> None:
    page.goto(f"{address}?q=vatten")
    heading = page.get_by_role("heading", name="inlägg om")
    before = heading.inner_text()
    facets = page.get_by_role("complementary", name="Avgränsa")
    row = facets.get_by_role("listitem").filter(has_text="Negativ")
    posts = row.locator(".number").inner_text()
    row.get_by_role("link").click()
    expect(heading).to_have_text(f"{posts} inlägg om ”vatten”")
    assert heading.inner_text() != before
    expect(page.get_by_label("Ton")).to_have_value("negative")
    chip = page.get_by_role("list", name="Valt").get_by_role("link", name="Ton: Negativ")
    with page.expect_download() as download:
        facets.get_by_role("link", name="JSON Lines").click()
    assert len(download.value.path().read_bytes().splitlines()) == int(posts)
    chip.click()
    expect(heading).to_have_text(before)
    expect(page.get_by_role("list", name="Valt")).to_have_count(0)


def test_a_bad_query_is_explained(page: Page, address: str) -> None:
    page.goto(f"{address}?q=vatten+%28l%C3%A4cka")
    expect(page.get_by_role("alert")).to_contain_text("^")
    expect(page.get_by_label("Sök bland inläggen")).to_have_value("vatten (läcka")


def test_the_keyboard_is_enough(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Till inläggen"
    for _ in ("Lyhörd", "Inlägg", "Väntar på svar", "Larm", "Kodbok", "Sök"):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "q"
