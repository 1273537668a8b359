"""What a new user sees after `make demo`: the web chat, the samples, the picture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.chat.i18n import texts
from tests.support.program import PATIENCE, demonstration

pytestmark = pytest.mark.browser

EN = texts("en")


@pytest.fixture
def demo_url(tmp_path: Path) -> Iterator[str]:
    """The URL that `vitrage demo` prints."""
    with demonstration(tmp_path, "--quality", "standard") as (_, url):  # a sketch may be finished before the first edit
        yield url


async def test_a_newcomer_gets_the_cat_in_stained_glass(demo_url: str, browser: Browser) -> None:
    """Two clicks on samples make a request; the page shows its progress and the picture without a reload."""
    page = await browser.new_page(locale="en-US")
    await page.goto(demo_url)
    await page.get_by_test_id("chat").click(timeout=PATIENCE * 1000)
    await page.get_by_test_id("start").click()
    log = page.get_by_test_id("log")
    await expect(log.get_by_text("Send me two photos")).to_be_visible()
    await page.locator("[data-testid=sample][data-name='content-cat.jpg']").click()
    await page.locator("[data-testid=sample][data-name='style-stained-glass.jpg']").click()
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("key").filter(has_text=EN("button-cancel"))).to_be_visible(timeout=30_000)
    await expect(log.get_by_text(EN("painting-over"))).to_be_visible(timeout=PATIENCE * 1000)
    done = page.locator("[data-from=bot]", has_text="seconds").get_by_test_id("photo")
    await expect(done).to_be_visible(timeout=2 * PATIENCE * 1000)
    width, height = await done.evaluate("picture => [picture.naturalWidth, picture.naturalHeight]")
    assert width / height == pytest.approx(451 / 300, rel=0.01)
    await expect(page.get_by_test_id("key").filter(has_text=EN("button-cancel"))).to_have_count(0)
    if shots := os.environ.get("VITRAGE_SCREENSHOTS"):
        await page.screenshot(path=Path(shots) / "demo.png")
