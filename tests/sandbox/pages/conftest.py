"""A browser before the sandbox. One Chromium serves all tests here, so they share one event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.sandbox.client import Person
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.chromium import chromium
from tests.support.painter import painting_bot

PATIENCE = 15_000  # milliseconds: the machine may be busy with others
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here drives the browser, in the loop that it lives in."""
    for item in items:
        if "/sandbox/pages/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(world: World) -> AsyncIterator[str]:
    """The URL of a sandbox with the painting bot."""
    async with running(world) as url, painting_bot(url):
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def ann(sandbox: str) -> AsyncIterator[Person]:
    """A second person, who acts through the API."""
    async with Person(sandbox, "Ann") as person:
        yield person


async def opened(context: BrowserContext, url: str, errors: list[str]) -> Page:
    """The page, ready; what goes wrong in its scripts is kept."""
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    await page.goto(url)
    await page.wait_for_selector("[data-ready]")
    return page


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, sandbox: str) -> AsyncIterator[Page]:
    """The web chat in a window of an ordinary size; an error in its scripts fails the test."""
    errors: list[str] = []
    window = await browser.new_context(viewport={"width": 1180, "height": 800}, locale="en-GB", color_scheme="light")
    yield await opened(window, sandbox, errors)
    await window.close()
    assert errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(browser: Browser, sandbox: str) -> AsyncIterator[Page]:
    """The web chat on a phone in the dark, in Russian."""
    errors: list[str] = []
    window = await browser.new_context(
        viewport={"width": 390, "height": 844}, locale="ru-RU", color_scheme="dark", has_touch=True, is_mobile=True
    )
    yield await opened(window, sandbox, errors)
    await window.close()
    assert errors == []


async def write(page: Page, text: str) -> None:
    """Send a text in the open chat."""
    await page.get_by_test_id("field").fill(text)
    await page.keyboard.press("Enter")
