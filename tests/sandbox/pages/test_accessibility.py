"""The web chat for people who do not see it, see it badly, or have no mouse."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

CHECKS = (Path(__file__).with_name("accessibility.js")).read_text()


async def complaints(page: Page) -> list[str]:
    """What an accessibility checker would say of the page as it stands."""
    found: list[str] = await page.evaluate(f"({CHECKS})()")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_names_contrast_and_structure(page: Page, pictures: tuple[Path, Path], theme: str) -> None:
    """Everything that can be used has a name, every text enough contrast, every id one owner."""
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    assert await complaints(page) == []
    await page.get_by_test_id("chat").click()
    assert await complaints(page) == []
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("key")).to_have_count(4)
    await page.get_by_test_id("file-input").set_input_files(list(pictures))
    assert await complaints(page) == []
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("compare")).to_be_visible()
    assert await complaints(page) == []
    await page.get_by_test_id("compare").click()
    assert await complaints(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_test_id("new-group").click()
    assert await complaints(page) == []


async def test_the_checks_see_what_is_wrong(page: Page) -> None:
    """The checks themselves: a nameless button, a picture without alternative, faint text, a doubled id."""
    await page.evaluate(
        """document.querySelector("main").insertAdjacentHTML("beforeend", `<button id="app">
        <svg width="20" height="20"></svg></button><img src="/web/favicon.svg" width="9" height="9">
        <p id="faint">faint</p>`); document.getElementById("faint").style.color = "#bbb";"""
    )
    found = " ".join(await complaints(page))
    for words in ("has no name", "has no alternative", '"faint" has a contrast of', "the id app is not unique"):
        assert words in found


async def test_the_wire_page_too(page: Page, sandbox: str) -> None:
    """The page for developers is held to the same."""
    await page.goto(f"{sandbox}/wire")
    await expect(page.get_by_test_id("call").first).to_be_visible()
    await page.get_by_test_id("trouble").locator("summary").click()
    assert await complaints(page) == []


async def test_the_keyboard_is_enough(page: Page) -> None:
    """Open the chat, start, write, and press a button without a mouse."""
    await page.get_by_test_id("chat").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("field")).to_be_focused()
    await page.keyboard.type("/start")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("key")).to_have_count(4)
    for _ in range(30):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.classList.contains('primary')"):
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("toast")).to_have_text("You chose standard")
