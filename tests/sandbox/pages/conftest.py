"""The web pages in a browser. All tests here share one Chromium and therefore one event loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.sandbox.client import Client
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from tests.support.chromium import chromium
from tests.support.painter import painting_bot
from tests.support.web_chat import PATIENCE, Window, desktop_window, phone_window

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder as browser tests, and run them in the event loop of the shared browser."""
    for item in items:
        if "/sandbox/pages/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for all tests of this folder."""
    async with chromium() as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(world: World) -> AsyncIterator[str]:
    """The URL of a sandbox with the painting bot."""
    async with running(world) as url, painting_bot(url):
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def ann(sandbox: str) -> AsyncIterator[Client]:
    """A second person, who acts through the API."""
    async with Client(sandbox, "Ann") as person:
        yield person


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desktop(browser: Browser) -> Window:
    """The desktop window that the tests share."""
    return await desktop_window(browser)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def mobile(browser: Browser) -> Window:
    """The phone window that the tests share."""
    return await phone_window(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def page(desktop: Window, sandbox: str) -> AsyncIterator[Page]:
    """The web chat on a desktop, light and in English; an error in its scripts fails the test."""
    yield await desktop.open(sandbox)
    await desktop.leave()
    assert desktop.errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def phone(mobile: Window, sandbox: str) -> AsyncIterator[Page]:
    """The web chat on a phone, dark and in Russian; an error in its scripts fails the test."""
    yield await mobile.open(sandbox)
    await mobile.leave()
    assert mobile.errors == []
