"""The web chat while the sandbox is gone, and when it comes back."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from bot.sandbox.client import Person
from bot.sandbox.state.world import World
from tests.sandbox.conftest import TOKEN, process
from tests.sandbox.pages.conftest import opened, write
from tests.support.sandbox_client import Api

# long pauses are noted and made short, so that nobody has to wait for them
QUICK = """() => {
    const wait = window.setTimeout;
    window.pauses = [];
    window.setTimeout = (run, pause) => wait(run, pause >= 1000 ? (pauses.push(pause), 20) : pause);
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def window(browser: Browser) -> AsyncIterator[BrowserContext]:
    """For a sandbox of the test's own; requests in vain are errors in the console, and no failure here."""
    context = await browser.new_context(locale="en-GB")
    yield context
    await context.close()


async def begun(window: BrowserContext, url: str) -> Page:
    """The page in the chat with the only bot, where something was said."""
    page = await opened(window, url, [])
    await page.get_by_test_id("chat").click()
    await write(page, "before")
    await expect(page.get_by_test_id("text")).to_have_text(["before"])
    return page


async def test_a_cut_is_one_notice_and_nothing_is_lost(page: Page, world: World, ann: Person, sandbox: str) -> None:
    """The page says once that it has no connection, tries again more and more rarely, and catches up by itself."""
    group = await ann.call("POST", "/api/groups", {"user": ann.id, "title": "Both", "members": [ann.id - 1]})
    chat = ann.chat(group["key"])
    await page.locator(f"[data-key='{chat.key}']").click()
    await write(page, "before")
    await expect(page.get_by_test_id("text")).to_have_text(["before"])
    await page.evaluate(QUICK)
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
    await page.evaluate(
        "() => { const wait = setTimeout; window.setTimeout = (run, pause) => (pause < 1000 ? wait(run, pause) : 1); }"
    )
    world.events.close()
    await expect(page.get_by_test_id("offline")).not_to_be_empty()
    world.events.closed = False
    await page.evaluate("() => dispatchEvent(new Event('online'))")
    await expect(page.get_by_test_id("offline")).to_be_empty()


async def test_a_restart_with_its_state(window: BrowserContext, tmp_path: Path) -> None:
    """The page finds the sandbox again on its own, keeps what is being written, and shows what came meanwhile."""
    state = ("--state", str(tmp_path / "state.db"))
    with process(*state) as (started, url):
        async with Api(url, TOKEN):
            page = await begun(window, url)
            started.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(started.wait, 10) == 0
            await expect(page.get_by_test_id("offline")).not_to_be_empty()
    await write(page, "in vain")
    await expect(page.get_by_test_id("toast")).to_have_text("That did not work: there is no connection.")
    await expect(page.get_by_test_id("field")).to_have_value("in vain")
    with process(*state, "--port", url.rpartition(":")[2]):
        async with Api(url, TOKEN) as api, Person(url, "Guest") as guest:
            await api.call("sendMessage", chat_id=guest.id, text="meanwhile")
            await expect(page.get_by_test_id("offline")).to_be_empty()
            await expect(page.get_by_test_id("text")).to_have_text(["before", "meanwhile"])
            await expect(page.get_by_test_id("field")).to_have_value("in vain")
            await page.keyboard.press("Enter")
            await expect(page.get_by_test_id("text")).to_have_text(["before", "meanwhile", "in vain"])


async def test_a_restart_that_forgot_everything(window: BrowserContext) -> None:
    """In a sandbox that never saw the page, one is the same person again, in no chat."""
    with process() as (_, url):
        async with Api(url, TOKEN):
            page = await begun(window, url)
    await expect(page.get_by_test_id("offline")).not_to_be_empty()
    with process("--port", url.rpartition(":")[2]):
        async with Api(url, TOKEN), Person(url, "Somebody else"):
            await expect(page.get_by_test_id("offline")).to_be_empty()
            await expect(page.get_by_test_id("empty")).to_be_visible()
            await expect(page.get_by_test_id("text")).to_have_count(0)
            await expect(page.get_by_test_id("me-name")).to_have_text("Guest")


async def test_the_wire_page_says_it_too(window: BrowserContext) -> None:
    """The same notice; the calls of the new run take the place of the old."""
    with process() as (_, url):
        async with Api(url, TOKEN):
            page = await window.new_page()
            await page.goto(f"{url}/wire")
            await expect(page.locator("[data-method=getMe]")).to_be_visible()
    await expect(page.get_by_test_id("offline")).to_have_text("Connection lost. Trying again…")
    with process("--port", url.rpartition(":")[2]):
        async with Api(url, TOKEN) as api:
            await api.call("getMyCommands")
            await expect(page.get_by_test_id("offline")).to_be_empty()
            await expect(page.locator("[data-method=getMyCommands]")).to_be_visible()
