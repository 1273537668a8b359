"""The voting page in a browser: by keyboard and by touch, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, ViewportSize, expect

from engine.study.vote.store import VoteStore
from tests.support.chromium import chromium
from tests.support.vote_study import small_study
from tests.support.voting_page import voting_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for this module."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def url(tmp_path: Path) -> AsyncIterator[str]:
    """The page of a small study: three contests on two pairs."""
    small_study(tmp_path)
    async with voting_page(tmp_path) as address:
        yield address


async def opened(browser: Browser, url: str, *, phone: bool = False, locale: str = "en-GB", dark: bool = False) -> Page:
    """Open the page as somebody who was never there."""
    size = ViewportSize(width=360, height=640) if phone else ViewportSize(width=1180, height=800)
    page = await browser.new_page(
        viewport=size, locale=locale, color_scheme="dark" if dark else "light", has_touch=phone, is_mobile=phone
    )
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    await page.goto(url)
    await voted(page, 0)
    return page


async def voted(page: Page, votes: int) -> None:
    """Wait until the page shows the question after so many votes."""
    await expect(page.locator(f'body[data-ready="{votes}"]')).to_be_visible()


async def violations(page: Page) -> list[str]:
    """Return what axe-core objects to in the page as it is now."""
    found = (await Axe().run(page, options={"resultTypes": ["violations"], "runOnly": TAGS})).response["violations"]
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


async def test_the_keyboard_is_enough(browser: Browser, url: str, tmp_path: Path) -> None:
    """Arrows and space vote, Z takes back, P pauses; after any two methods the voter is thanked and may go on."""
    page = await opened(browser, url)
    for number, key in enumerate(("ArrowLeft", "ArrowRight"), 1):
        await page.keyboard.press(key)
        await voted(page, number)
    await page.keyboard.press("z")
    await voted(page, 1)
    await page.keyboard.press("p")
    await expect(page.get_by_role("heading", name="Pause")).to_be_visible()
    await page.keyboard.press("ArrowDown")  # no vote while it is paused
    await page.keyboard.press("p")
    await page.locator("body").click(position={"x": 5, "y": 5})
    await page.keyboard.press("Space")
    await voted(page, 2)
    await page.keyboard.press("ArrowDown")
    await voted(page, 3)
    choices = [vote.choice for vote in VoteStore(tmp_path).votes()]
    assert choices == ["left", "equal", "equal"]
    await expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    await page.keyboard.press("p")
    await page.get_by_role("button", name="Go on").click()
    for number in (4, 5, 6):
        await page.keyboard.press("ArrowLeft")
        await voted(page, number)
    await expect(page.get_by_text("You have seen everything that there is to compare.")).to_be_visible()
    await page.close()


async def test_a_voter_who_returns_goes_on(browser: Browser, url: str) -> None:
    """The same browser later; somebody else at it begins anew."""
    page = await opened(browser, url)
    await page.get_by_role("button", name="Picture A is better").click()
    await voted(page, 1)
    await page.reload()
    await voted(page, 1)
    await expect(page.get_by_text("1 of 3")).to_be_visible()
    await page.get_by_role("button", name="Pause").click()
    await page.get_by_role("button", name="Somebody else votes").click()
    await voted(page, 0)
    await expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    await page.close()


async def test_a_control_with_the_focus_is_pressed_by_space(browser: Browser, url: str, tmp_path: Path) -> None:
    """Space is a vote for equal only where no control has the focus."""
    page = await opened(browser, url)
    await page.get_by_role("button", name="Picture B is better").focus()
    await page.keyboard.press("Space")
    await voted(page, 1)
    assert [vote.choice for vote in VoteStore(tmp_path).votes()] == ["right"]
    await page.close()


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (True, True)])
async def test_everybody_can_use_it(browser: Browser, url: str, phone: bool, dark: bool) -> None:
    """Question, pause and end have no fault that axe-core knows, and a phone shows all without scrolling."""
    page = await opened(browser, url, phone=phone, locale="ru-RU", dark=dark)
    await expect(page.locator("html")).to_have_attribute("lang", "ru")
    assert await violations(page) == []
    overflow = await page.evaluate(
        "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
    )
    assert max(overflow) <= 0
    await page.get_by_role("button", name="Картина A лучше").click()
    await voted(page, 1)
    await page.get_by_role("button", name="Пауза").click()
    assert await violations(page) == []
    await page.close()


async def test_a_program_that_has_ended_is_told(browser: Browser, tmp_path: Path) -> None:
    """The page says that it did not work, and takes the vote once the program runs again."""
    small_study(tmp_path)
    async with voting_page(tmp_path) as url:
        page = await opened(browser, url)
        await page.route("**/vote", lambda route: route.abort())
        await page.keyboard.press("ArrowLeft")
        await expect(page.get_by_role("status")).to_contain_text("That did not work")
        await page.unroute("**/vote")
        await page.keyboard.press("ArrowLeft")
        await voted(page, 1)
        await page.close()
