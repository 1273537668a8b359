"""In whose name a person writes, messages that they delete, and messages that they make older."""

from __future__ import annotations

from playwright.async_api import Page, expect

from bot.sandbox.client import Client
from bot.sandbox.state.world import World
from tests.support.web_chat import write


async def new_group(page: Page, title: str) -> None:
    """Make a supergroup, which opens."""
    await page.get_by_test_id("new-group").click()
    await page.get_by_test_id("field-title").fill(title)
    await page.get_by_test_id("submit").click()
    await expect(page.get_by_test_id("send-as")).to_be_visible()


async def test_writing_in_another_name(page: Page, world: World) -> None:
    """As the group, as a channel and as the linked channel; each is shown under its name, and all are one's own."""
    await new_group(page, "Painters")
    for name in ("anonymous", "channel", "linked_channel"):
        await page.get_by_test_id("send-as").select_option(name)
        await write(page, f"as {name}")
    await expect(page.get_by_test_id("sender")).to_have_text(["Painters", "Guest's channel", "Painters: channel"])
    await expect(page.locator(".message.mine")).to_have_count(3)
    group = next(chat for chat in world.chats.values() if chat.title == "Painters")
    assert [message.sender_chat_id for message in group.messages.values() if "text" in message.content] == [
        group.id, next(iter(world.people.values())).channel_id, group.linked_channel_id,
    ]  # fmt: skip
    await page.get_by_test_id("send-as").select_option("myself")
    await write(page, "as myself")
    await expect(page.get_by_test_id("message")).to_have_count(4)
    await expect(page.get_by_test_id("sender")).to_have_count(3)


async def test_a_private_chat_has_no_other_names(page: Page) -> None:
    """The choice is there in supergroups only."""
    await new_group(page, "Painters")
    await page.get_by_test_id("chat").last.click()
    await expect(page.get_by_test_id("start")).to_be_visible()
    await expect(page.get_by_test_id("send-as")).to_be_hidden()


async def test_deleting_and_making_older(page: Page, ann: Client, world: World) -> None:
    """The menu of a message deletes it, or dates a message of the bot back by two days."""
    await page.get_by_test_id("chat").click()
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("key")).to_have_count(4)
    own, answer = page.locator(".message.mine"), page.locator("[data-from=bot]")
    await own.hover()
    await own.get_by_label("More").click()
    await expect(page.get_by_test_id("menu").get_by_text("Make two days older")).to_have_count(0)
    await page.get_by_test_id("menu").get_by_text("Delete").click()
    await expect(own).to_have_count(0)
    await answer.hover()
    await answer.get_by_label("More").click()
    await page.get_by_test_id("menu").get_by_text("Make two days older").click()
    await expect(page.get_by_test_id("toasts")).to_contain_text("A bot does not see this message any more")
    (message,) = (each for chat in world.chats.values() for each in chat.messages.values())
    assert world.clock.now() - message.date > 48 * 3600
