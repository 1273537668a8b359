"""The web chat in a real browser, with a real bot on the other side."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.sandbox.painter import painting_bot

pytestmark = pytest.mark.browser


async def test_two_photos_become_a_picture(page: Page, sandbox: str, pictures: tuple[Path, Path]) -> None:
    """A newcomer opens the page, sends two photos, and sees the result arrive without reloading."""
    async with painting_bot(sandbox):
        await page.get_by_test_id("chat").click()
        await page.get_by_test_id("start").click()
        await expect(page.get_by_test_id("key")).to_have_count(4)
        for picture in pictures:
            await page.get_by_test_id("file-input").set_input_files(picture)
            await page.get_by_test_id("send").click()
        result = page.locator("[data-from=bot]", has=page.get_by_test_id("compare"))
        await expect(result).to_be_visible(timeout=20_000)
        await expect(result.get_by_test_id("edited")).to_be_visible()
        await expect(result.get_by_test_id("quote")).to_be_visible()
        await expect(page.get_by_test_id("reaction")).to_be_visible()
        width = await result.get_by_test_id("photo").evaluate("picture => picture.naturalWidth")
        assert width == 451  # the cat's own
