"""The web pages for people who do not see them, see them badly, or use no mouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

# Rules of axe-core: WCAG 2.2 at levels A and AA, and what axe-core calls best practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# WCAG 2.2 no longer asks for unique ids (4.1.1), so axe-core has these two off; our scripts and labels rely on them.
RULES = {"duplicate-id": {"enabled": True}, "duplicate-id-active": {"enabled": True}}
# At the width of a phone one column is visible at a time: the list of chats, which is a navigation landmark and has the
# page's first-level heading, or the conversation, which is the main landmark.
PHONE_RULES = {"landmark-one-main": {"enabled": False}, "page-has-heading-one": {"enabled": False}}


# axe-core does not judge the contrast of text over an image, so text is checked against the colour below the pattern.
WITHOUT_PATTERN = (
    "for (const part of document.querySelectorAll('.conversation, .composer')) part.style.backgroundImage = 'none'"
)


async def violations(page: Page, rules: dict[str, Any] | None = None) -> list[str]:
    """Return what axe-core objects to in the page as it is now: rule, element and explanation."""
    await page.evaluate(WITHOUT_PATTERN)
    options = {"resultTypes": ["violations"], "runOnly": TAGS, "rules": RULES | (rules or {})}
    found = (await Axe().run(page, options=options)).response["violations"]
    return [f"{rule['id']}: {node['html']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


async def start_and_attach(page: Page, pictures: tuple[Path, Path]) -> None:
    """Start the bot, which answers with a keyboard of every style, and attach two pictures."""
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("key")).to_have_count(4)
    await page.get_by_test_id("file-input").set_input_files(list(pictures))


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_every_state_of_the_chat(page: Page, pictures: tuple[Path, Path], theme: str) -> None:
    """From the first visit to the result, the viewer, a dialog and a group, in both themes."""
    await page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
    assert await violations(page) == []
    await page.get_by_test_id("chat").click()
    assert await violations(page) == []
    await start_and_attach(page, pictures)
    assert await violations(page) == []
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("compare")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_test_id("compare").click()
    assert await violations(page) == []
    await page.keyboard.press("Escape")
    await page.get_by_test_id("new-group").click()
    assert await violations(page) == []
    await page.get_by_test_id("field-title").fill("Painters")
    await page.get_by_test_id("submit").click()
    await expect(page.get_by_test_id("send-as")).to_be_visible()
    assert await violations(page) == []


async def test_a_phone(phone: Page, pictures: tuple[Path, Path]) -> None:
    """The list of chats, and a chat with attachments."""
    assert await violations(phone, PHONE_RULES) == []
    await phone.get_by_test_id("chat").tap()
    await start_and_attach(phone, pictures)
    assert await violations(phone, PHONE_RULES) == []


async def test_the_checks_see_what_is_wrong(page: Page) -> None:
    """The checks are switched on: a nameless button, a picture without alternative, faint text, a doubled id."""
    await page.evaluate(
        """document.querySelector("main").insertAdjacentHTML("beforeend", `<button id="app">
        <svg width="20" height="20"></svg></button><img src="/web/favicon.svg" width="9" height="9">
        <p id="faint">faint</p>`); document.getElementById("faint").style.color = "#bbb";"""
    )
    found = await violations(page)
    assert {each.partition(":")[0] for each in found} == {
        "button-name", "image-alt", "color-contrast", "duplicate-id-active"
    }  # fmt: skip
    assert any('id="faint"' in each and "insufficient color contrast of 1." in each for each in found)


async def test_the_call_log_page(page: Page, sandbox: str) -> None:
    """With the panel of faults and a call open."""
    await page.goto(f"{sandbox}/wire")
    await page.get_by_test_id("call").first.locator("summary").click()
    await page.get_by_test_id("fault-panel").locator("summary").click()
    await expect(page.locator("pre")).to_have_count(2)
    assert await violations(page) == []


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
