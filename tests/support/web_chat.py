"""The web chat in a browser window, as tests open and use it."""

from __future__ import annotations

from playwright.async_api import Browser, Page, ViewportSize

PATIENCE = 15_000  # milliseconds until an expectation fails; long, because other processes may keep the machine busy
DESKTOP = ViewportSize(width=1180, height=800)
PHONE = ViewportSize(width=390, height=844)


class Window:
    """A browser window that shows one sandbox after another.

    Opening a window takes longer than loading a page, so tests share it. Each test has a sandbox on a port of its own,
    which is an origin of its own, so that no test finds what another one stored in the browser.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda line: self.errors.append(line.text) if line.type == "error" else None)

    async def open(self, url: str) -> Page:
        """Load the web chat and wait until it is ready; `errors` then collects what its scripts log as errors."""
        self.errors.clear()
        await self.page.goto(url)
        await self.page.wait_for_selector("[data-ready]")
        return self.page

    async def leave(self) -> None:
        """Leave the sandbox, so that it can stop without errors in the page."""
        await self.page.emulate_media(color_scheme="null", reduced_motion="null")
        await self.page.goto("about:blank")


async def desktop_window(browser: Browser) -> Window:
    """Open a desktop window, light and in English."""
    return Window(await browser.new_page(viewport=DESKTOP, locale="en-GB", color_scheme="light"))


async def phone_window(browser: Browser) -> Window:
    """Open the window of a phone, dark and in Russian."""
    return Window(
        await browser.new_page(viewport=PHONE, locale="ru-RU", color_scheme="dark", has_touch=True, is_mobile=True)
    )


async def write(page: Page, text: str) -> None:
    """Send a text in the open chat."""
    await page.get_by_test_id("field").fill(text)
    await page.keyboard.press("Enter")
