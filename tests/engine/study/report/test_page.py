"""The page in a browser: for people who see it badly or use no mouse, on a phone, on paper, and without scripts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from engine.study.report import write
from engine.study.report.texts import LANGUAGES, Language
from tests.support.chromium import chromium
from tests.support.study_results import draw_pictures, made_up_results

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

# Rules of axe-core: WCAG 2.2 at levels A and AA, and what axe-core calls best practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG = "a photograph of a cat with a very long name " * 3 + "and_one_part_that_nobody_can_break_anywhere_" * 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports in both languages, in folders named by them; names of files are long."""
    folder = tmp_path_factory.mktemp("reports")
    results = made_up_results(4, 5, name=lambda name: f"{LONG}{name}")
    for language in LANGUAGES:
        draw_pictures(results, folder / language)
        write(results, folder / language, language)
    return folder


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this module."""
    async with chromium() as started:
        yield started


@asynccontextmanager
async def opened(
    browser: Browser, folder: Path, language: Language, *, width: int = 1280, missing: int = 0, **options: Any
) -> AsyncIterator[Page]:
    """Open a report as a file, as its reader does; an error or a request that leaves the machine fails the test.

    Args:
        browser: Where it is opened.
        folder: Of the reports.
        language: Of the report.
        width: Of the window, in pixels.
        missing: Files that are asked for in vain.
        options: Of the browser's context.
    """
    context = await browser.new_context(viewport={"width": width, "height": 800}, **options)
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.on("request", lambda request: errors.append(request.url) if request.url.startswith("http") else None)
    await page.goto((folder / language / "report.html").as_uri())
    yield page
    await context.close()
    assert errors == ["Failed to load resource: net::ERR_FILE_NOT_FOUND"] * missing


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("en", 1280, "light"), ("ru", 1280, "dark"), ("ru", 360, "light")]
)
async def test_accessible(browser: Browser, folder: Path, language: Language, width: int, scheme: Any) -> None:
    """No objection of axe-core, with everything unfolded; the same for an enlarged picture."""
    async with opened(browser, folder, language, width=width, color_scheme=scheme) as page:
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert await violations(page) == []
        await page.locator(".sheet a").first.click()
        await expect(page.get_by_role("dialog")).to_be_visible()
        assert await violations(page) == []


async def violations(page: Page) -> list[str]:
    """Return what axe-core objects to: rule, element and explanation."""
    rules = {"duplicate-id": {"enabled": True}}
    options = {"resultTypes": ["violations"], "runOnly": TAGS, "rules": rules}
    found = (await Axe().run(page, options=options)).response["violations"]
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_phone_scrolls_the_page_only_down(browser: Browser, folder: Path, language: Language) -> None:
    """Also with everything unfolded: tables scroll in themselves, and long names break."""
    async with opened(browser, folder, language, width=360, has_touch=True) as page:
        await page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        assert await page.evaluate("document.documentElement.scrollWidth") == 360
        assert await page.evaluate("[...document.querySelectorAll('.scroll')].some(each => each.scrollWidth > 360)")


async def test_paper_has_everything(browser: Browser, folder: Path) -> None:
    """What is folded away is unfolded, and no table is wider than the paper."""
    async with opened(browser, folder, "en", width=680) as page:
        await page.emulate_media(media="print")
        await page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert await page.locator("details:not([open])").count() == 0
        widths = "[...document.querySelectorAll(':not(.landscape) > figure table')].map(each => each.scrollWidth)"
        assert max(await page.evaluate(widths)) <= 690
        assert len(await page.pdf(prefer_css_page_size=True)) > 100_000


async def test_tables_sort_by_the_keyboard(browser: Browser, folder: Path) -> None:
    """Numbers as numbers, names as names, and back."""
    async with opened(browser, folder, "en") as page:
        table = page.locator("#front table")
        column = table.locator("tbody tr > :nth-child(3)")
        await table.get_by_role("button", name="Style score").focus()
        await page.keyboard.press("Enter")
        rising = [float((text or "").split()[0]) for text in await column.all_text_contents()]
        assert rising == sorted(rising)
        await expect(table.locator("th[aria-sort=ascending]")).to_have_text("Style score")
        await page.keyboard.press("Enter")
        assert [float((text or "").split()[0]) for text in await column.all_text_contents()] == rising[::-1]
        await table.get_by_role("button", name="Method").click()
        names = await table.locator("tbody th").all_text_contents()
        assert names == sorted(names)


async def test_pictures_enlarge(browser: Browser, folder: Path) -> None:
    """The full file beside the page, the next one by an arrow key, and the small one where the file is missing."""
    async with opened(browser, folder, "en") as page:
        await page.locator(".sheet a").first.click()
        large = page.locator("dialog img")
        await expect(large).to_have_attribute("src", (folder / "en" / "pictures" / "0000.png").as_uri())
        await expect(large).to_have_js_property("naturalWidth", 96)
        await page.keyboard.press("ArrowRight")
        await expect(large).to_have_attribute("src", (folder / "en" / "pictures" / "0001.png").as_uri())
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("dialog")).not_to_be_visible()


async def test_the_small_picture_stands_in_for_a_missing_file(browser: Browser, folder: Path) -> None:
    """So that the page alone makes sense."""
    async with opened(browser, folder, "en", missing=1) as page:
        await page.locator(".sheet a").first.evaluate("each => each.href = 'pictures/missing.png'")
        await page.locator(".sheet a").first.click()
        await expect(page.locator("dialog img")).to_have_attribute("src", re.compile("^data:image/webp"))


async def test_without_scripts_everything_is_readable(browser: Browser, folder: Path) -> None:
    """Pictures are links to their files, tables are tables, and folded parts unfold."""
    async with opened(browser, folder, "en", java_script_enabled=False) as page:
        await expect(page.locator(".headline")).to_be_visible()
        await expect(page.locator("th button")).to_have_count(0)
        await page.locator("#effects summary").click()
        await expect(page.locator("#effects details table")).to_be_visible()
        await page.locator(".sheet a").first.click()
        await expect(page).to_have_url((folder / "en" / "pictures" / "0000.png").as_uri())
