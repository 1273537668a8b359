"""Takes the pictures of docs/sandbox: `python -m tests.sandbox.pages.screenshots`. Look at them before committing."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page, expect

from bot.demo.samples import write_samples
from bot.sandbox.client import Person
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.chromium import chromium
from tests.support.painter import painting_bot

DOCS = Path(__file__).parents[3] / "docs" / "sandbox"
WIDE = {"width": 1180, "height": 760}
PHONE = {"width": 390, "height": 760}


async def shoot(page: Page, name: str) -> None:
    """One picture, with few colours so that the repository stays small."""
    await page.mouse.move(600, 5)
    await page.evaluate("Promise.all([...document.images].map((each) => each.decode().catch(() => null)))")
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    path = DOCS / f"{name}.png"
    await page.screenshot(path=path, animations="disabled")
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(224, dither=Image.Dither.NONE).save(path, optimize=True)


@asynccontextmanager
async def window(browser: Browser, url: str, **given: Any) -> AsyncIterator[Page]:
    """The page in a fresh window."""
    context = await browser.new_context(**({"viewport": WIDE, "locale": "en-GB"} | given))
    page = await context.new_page()
    await page.goto(url)
    await page.wait_for_selector("[data-ready]")
    yield page
    await context.close()


async def conversation(page: Page, pictures: list[Path]) -> None:
    """From the first click to the result."""
    await page.get_by_test_id("chat").first.click()
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("key")).to_have_count(4)
    await page.get_by_test_id("file-input").set_input_files(pictures)
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("compare")).to_be_visible()


async def light(browser: Browser, url: str, pictures: list[Path]) -> None:
    """The newcomer's window: before, after, the viewer, the wire."""
    async with window(browser, url, color_scheme="light") as page:
        await page.get_by_test_id("chat").click()
        await shoot(page, "start")
        await conversation(page, pictures)
        await shoot(page, "light")
        await page.get_by_test_id("compare").click()
        await shoot(page, "viewer")
        await page.keyboard.press("Escape")
        await page.goto(f"{url}/wire")
        await page.locator("[data-method=editMessageMedia] summary").click()
        await shoot(page, "wire")


async def group(browser: Browser, url: str, ann: Person, pictures: list[Path]) -> None:
    """A forum with people in the dark."""
    async with window(browser, url, color_scheme="dark") as page:
        me = int(await page.evaluate("localStorage.getItem('person')"))
        body = {"user": ann.id, "title": "Stained glass club", "forum": True, "members": [me, 4242]}
        made = await ann.call("POST", "/api/groups", body)
        club = ann.chat(made["key"])
        for name in ("Cats", "Cathedrals"):
            topic = await ann.call("POST", f"/api/chats/{club.key}/topics", {"user": ann.id, "name": name})
        await club.send("Has anybody tried this window from Chartres?", topic=topic["id"])
        await ann.call("PATCH", "/api/bots/4242", {"privacy": False})
        await page.locator(f"[data-key='{club.key}']").click()
        await page.get_by_test_id("topic").last.click()
        for picture in pictures:
            await club.send_photos([picture], topic=topic["id"])
        await expect(page.get_by_test_id("compare")).to_be_visible()
        await page.get_by_test_id("field").fill("/")
        await shoot(page, "dark-group")


async def main() -> None:
    """Everything, in one go."""
    DOCS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        samples = Path(folder)
        written = {path.stem: path for path in write_samples(samples)}
        pictures = [written["content-cat"], written["style-stained-glass"]]
        async with (
            running(World(), samples=samples) as url,
            painting_bot(url),
            Person(url, "Ann") as ann,
            chromium() as browser,
        ):
            await light(browser, url, pictures)
            await group(browser, url, ann, pictures)
            phone = {
                "viewport": PHONE,
                "is_mobile": True,
                "has_touch": True,
                "locale": "ru-RU",
                "device_scale_factor": 1,
            }
            async with window(browser, url, **phone) as page:
                await conversation(page, pictures)
                await shoot(page, "phone")


if __name__ == "__main__":
    asyncio.run(main())
