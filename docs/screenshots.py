"""Takes the screenshots of docs/sandbox.md: `python -m docs.screenshots`. Look at them before you commit them."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.async_api import Browser, Page, expect

from bot.demo.samples import write_samples
from bot.sandbox.client import Client
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.chromium import chromium
from tests.support.painter import painting_bot

FOLDER = Path(__file__).with_name("sandbox")
WIDE = {"width": 1180, "height": 760}
PHONE = {"width": 390, "height": 760}


async def shoot(page: Page, path: Path) -> None:
    """Write what the page shows as a PNG of 224 colours, which is small enough for the repository."""
    await page.mouse.move(600, 5)  # where nothing reacts to the mouse
    await page.evaluate("Promise.all([...document.images].map((each) => each.decode().catch(() => null)))")
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    await page.screenshot(path=path, animations="disabled")
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(224, dither=Image.Dither.NONE).save(path, optimize=True)


@asynccontextmanager
async def window(browser: Browser, url: str, **given: Any) -> AsyncIterator[Page]:
    """Open the web chat in a new window; `given` are options of Playwright's new_page."""
    page = await browser.new_page(**({"viewport": WIDE, "locale": "en-GB"} | given))
    await page.goto(url)
    await page.wait_for_selector("[data-ready]")
    yield page
    await page.close()


async def conversation(page: Page, pictures: list[Path]) -> None:
    """Start the bot, send it two pictures, and wait for the result."""
    await page.get_by_test_id("chat").first.click()
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("key")).to_have_count(4)
    await page.get_by_test_id("file-input").set_input_files(pictures)
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("compare")).to_be_visible()


async def light(browser: Browser, url: str, pictures: list[Path], folder: Path) -> None:
    """The light theme: an empty chat, a result, the viewer, and the call log."""
    async with window(browser, url, color_scheme="light") as page:
        await page.get_by_test_id("chat").click()
        await shoot(page, folder / "start.png")
        await conversation(page, pictures)
        await shoot(page, folder / "light.png")
        await page.get_by_test_id("compare").click()
        await shoot(page, folder / "viewer.png")
        await page.keyboard.press("Escape")
        await page.goto(f"{url}/wire")
        await page.locator("[data-method=editMessageMedia] summary").click()
        await shoot(page, folder / "calls.png")


async def group(browser: Browser, url: str, ann: Client, pictures: list[Path], folder: Path) -> None:
    """The dark theme: a forum with two people and the bot."""
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
        await shoot(page, folder / "dark-group.png")


async def phone(browser: Browser, url: str, pictures: list[Path], folder: Path) -> None:
    """A result on a phone, in Russian."""
    options = {"viewport": PHONE, "locale": "ru-RU", "is_mobile": True, "has_touch": True, "device_scale_factor": 1}
    async with window(browser, url, **options) as page:
        await conversation(page, pictures)
        await shoot(page, folder / "phone.png")


async def take(folder: Path) -> None:
    """Take all screenshots."""
    expect.set_options(timeout=60_000)  # ms: on a busy machine
    with tempfile.TemporaryDirectory() as temporary:
        samples = Path(temporary)
        written = {path.stem: path for path in write_samples(samples)}
        pictures = [written["content-cat"], written["style-stained-glass"]]
        async with (
            running(World(limits=False), samples=samples) as url,  # its bot edits more quickly than Telegram allows
            painting_bot(url),
            Client(url, "Ann") as ann,
            chromium() as browser,
        ):
            await light(browser, url, pictures, folder)
            await group(browser, url, ann, pictures, folder)
            await phone(browser, url, pictures, folder)


def main() -> None:
    """Read the arguments and take all screenshots."""
    parser = argparse.ArgumentParser(prog="python -m docs.screenshots", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the PNG files go (default: docs/sandbox)")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))


if __name__ == "__main__":
    main()
