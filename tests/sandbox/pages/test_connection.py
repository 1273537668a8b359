"""The web chat while the sandbox is gone, and when it comes back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Page, expect

from bot.sandbox.client import Client
from bot.sandbox.state.world import World
from tests.support.painter import TOKEN
from tests.support.processes import sandbox_process
from tests.support.sandbox_client import Api
from tests.support.web_chat import Window, write

# Pauses of a second and more are recorded and shortened, so that the test does not wait for them.
SHORT_PAUSES = """() => {
    const wait = window.setTimeout;
    window.pauses = [];
    window.setTimeout = (run, pause) => wait(run, pause >= 1000 ? (pauses.push(pause), 20) : pause);
}"""
# The page then tries again only when it has its network back.
NO_PAUSE_ENDS = """() => {
    const wait = window.setTimeout;
    window.setTimeout = (run, pause) => (pause < 1000 ? wait(run, pause) : 1);
}"""
NETWORK_IS_BACK = "() => dispatchEvent(new Event('online'))"  # the page then tries at once


@pytest_asyncio.fixture(loop_scope="session")
async def window(desktop: Window) -> AsyncIterator[Window]:
    """The shared window, for a sandbox of the test's own; failed requests are logged as errors here."""
    yield desktop
    await desktop.leave()


async def open_and_write(window: Window, url: str) -> Page:
    """Open the chat with the only bot and send a message."""
    page = await window.open(url)
    await page.get_by_test_id("chat").click()
    await write(page, "before")
    await expect(page.get_by_test_id("text")).to_have_text(["before"])
    return page


async def test_a_cut_is_one_notice_and_nothing_is_lost(page: Page, world: World, ann: Client, sandbox: str) -> None:
    """The page shows one notice, tries again after ever longer pauses, and shows what it missed when it is back."""
    group = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Both", "members": [ann.id - 1]})
    chat = ann.chat(group["key"])
    await page.locator(f"[data-key='{chat.key}']").click()
    await write(page, "before")
    await expect(page.get_by_test_id("text")).to_have_text(["before"])
    await page.evaluate(SHORT_PAUSES)
    world.events.close()
    await expect(page.get_by_test_id("offline")).to_have_text("Connection lost. Trying again…")
    await page.wait_for_function("() => pauses.length >= 7")
    assert await page.evaluate("pauses.slice(0, 7)") == [1000, 2000, 4000, 8000, 15000, 15000, 15000]
    await expect(page.get_by_test_id("offline")).to_have_count(1)
    await expect(page.get_by_test_id("toast")).to_have_count(0)
    async with page.expect_response("**/messages"):
        await write(page, "meanwhile, from here")
    await chat.send("meanwhile, from Ann")
    world.events.closed = False
    await expect(page.get_by_test_id("offline")).to_be_empty()
    await chat.send("after")
    await expect(page.get_by_test_id("text")).to_have_text(
        ["before", "meanwhile, from here", "meanwhile, from Ann", "after"]
    )


async def test_nobody_waits_for_the_end_of_a_pause(page: Page, world: World) -> None:
    """When the computer has its network back, the page tries at once."""
    await page.evaluate(NO_PAUSE_ENDS)
    world.events.close()
    await expect(page.get_by_test_id("offline")).not_to_be_empty()
    world.events.closed = False
    await page.evaluate(NETWORK_IS_BACK)
    await expect(page.get_by_test_id("offline")).to_be_empty()


async def test_a_restart_with_its_state(window: Window, tmp_path: Path) -> None:
    """The page reconnects by itself, keeps the text that is being written, and shows what came meanwhile."""
    state = ("--state", str(tmp_path / "state.db"))
    with sandbox_process(*state) as (started, url):
        async with Api(url, TOKEN):
            page = await open_and_write(window, url)
            started.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(started.wait, 10) == 0
            await expect(page.get_by_test_id("offline")).not_to_be_empty()
    await write(page, "in vain")
    await expect(page.get_by_test_id("toast")).to_have_text("That did not work: there is no connection.")
    await expect(page.get_by_test_id("field")).to_have_value("in vain")
    with sandbox_process(*state, "--port", url.rpartition(":")[2]):
        async with Api(url, TOKEN) as api, Client(url, "Guest") as guest:
            await api.call("sendMessage", chat_id=guest.id, text="meanwhile")
            await page.evaluate(NETWORK_IS_BACK)
            await expect(page.get_by_test_id("offline")).to_be_empty()
            await expect(page.get_by_test_id("text")).to_have_text(["before", "meanwhile"])
            await expect(page.get_by_test_id("field")).to_have_value("in vain")
            await page.keyboard.press("Enter")
            await expect(page.get_by_test_id("text")).to_have_text(["before", "meanwhile", "in vain"])


async def test_a_restart_that_forgot_everything(window: Window) -> None:
    """In a sandbox without the old state, the page acts as a person of the same name, and no chat is open."""
    with sandbox_process() as (_, url):
        async with Api(url, TOKEN):
            page = await open_and_write(window, url)
            await page.evaluate(NO_PAUSE_ENDS)  # so that somebody else is there first, and has the page's old number
    await expect(page.get_by_test_id("offline")).not_to_be_empty()
    with sandbox_process("--port", url.rpartition(":")[2]):
        async with Api(url, TOKEN), Client(url, "Somebody else"):
            await page.evaluate(NETWORK_IS_BACK)
            await expect(page.get_by_test_id("offline")).to_be_empty()
            await expect(page.get_by_test_id("empty")).to_be_visible()
            await expect(page.get_by_test_id("text")).to_have_count(0)
            await expect(page.get_by_test_id("me-name")).to_have_text("Guest")


async def test_the_call_log_page_says_it_too(window: Window) -> None:
    """The same notice; the calls of the new run replace the old ones."""
    with sandbox_process() as (_, url):
        async with Api(url, TOKEN):
            page = window.page
            await page.goto(f"{url}/wire")
            await page.evaluate(SHORT_PAUSES)
            await expect(page.locator("[data-method=getMe]")).to_be_visible()
    await expect(page.get_by_test_id("offline")).to_have_text("Connection lost. Trying again…")
    with sandbox_process("--port", url.rpartition(":")[2]):
        async with Api(url, TOKEN) as api:
            await api.call("getMyCommands")
            await expect(page.get_by_test_id("offline")).to_be_empty()
            await expect(page.locator("[data-method=getMyCommands]")).to_be_visible()
