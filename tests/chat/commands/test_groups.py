"""In a group the bot answers only what is meant for it, in the topic where it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from bot.chat.i18n import texts
from bot.sandbox.client import Client
from tests.support.chat_harness import RunningChat, from_bot, group, picture, press_result_button
from tests.support.jobs import eventually

EN = texts("en")
WELCOME = texts("en", "vitrage_bot")("welcome")  # the commands in a group's texts carry the bot's name


async def test_a_group_is_welcomed_once(running_chat: RunningChat) -> None:
    """There is no second welcome when the bot is removed and added again."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        bot = (await ann.call("GET", "/api/bots"))["bots"][0]["id"]
        for status in ("kicked", "member"):
            await ann.call("POST", f"/api/chats/{chat.key}/members", {"user": ann.id, "member": bot, "status": status})
        await chat.send("/queue")  # an answer to this proves that all before it was handled
        await chat.wait(lambda message: message.text == EN("queue-empty"))
        assert [message.text for message in await from_bot(chat)].count(WELCOME) == 1


async def test_photos_that_are_not_for_the_bot_are_left_alone(running_chat: RunningChat) -> None:
    """The bot answers neither to photos, albums and texts of others, nor does it keep them."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        await chat.send_photos([picture()])
        await chat.send_photos([picture(), picture()])
        await chat.send("hello everybody")
        await chat.send("/queue")  # an answer to this proves that all before it was handled
        await chat.wait(lambda message: message.text == EN("queue-empty"))
        assert [message.text for message in await from_bot(chat)] == [WELCOME, EN("queue-empty")]


async def test_style_under_an_album_makes_a_job_whose_answer_replies_to_it(running_chat: RunningChat) -> None:
    """/style in the caption of the first photo holds for the whole album."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        sent = await chat.send_photos([picture(), picture(color="blue")], "/style")
        await running_chat.finish(await running_chat.claim())
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.reply_to == sent[0].id


async def test_style_in_reply_to_a_photo_takes_it_and_asks_for_the_other(running_chat: RunningChat) -> None:
    """A photo in reply to the bot's question is the style."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Bob") as bob:
        await ann.open()
        chat = await group(ann)
        photo = (await chat.send_photos([picture()]))[0]
        await chat.send("/style", reply_to=photo)
        question = await chat.wait(lambda message: message.text != WELCOME)
        assert question.text == f"{EN('draft-content')} {EN('draft-in-group')}"
        await chat.send_photos([picture(color="blue")], reply_to=question)
        await running_chat.finish(await running_chat.claim())
        assert (await chat.wait(lambda message: message.photo is not None)).photo is not None
        assert bob.id != ann.id


async def test_the_answer_stays_in_the_topic(running_chat: RunningChat) -> None:
    """A request in a topic of a forum is answered in that topic."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann, forum=True)
        topic = await ann.call("POST", f"/api/chats/{chat.key}/topics", {"user": ann.id, "name": "Art"})
        thread = topic["id"]
        await chat.send_photos([picture(), picture(color="blue")], "/style", topic=thread)
        await running_chat.finish(await running_chat.claim())
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.topic == thread


async def test_only_the_requester_may_press_cancel(running_chat: RunningChat) -> None:
    """The press of another member is refused with an alert, and the job goes on."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Bob") as bob:
        await ann.open()
        chat = await group(ann)
        await ann.call("POST", f"/api/chats/{chat.key}/members", {"user": ann.id, "member": bob.id})
        await chat.send_photos([picture(), picture(color="blue")], "/style")
        status = await chat.wait(lambda message: bool(message.buttons))
        refused = await bob.chat(chat.key).press(status, EN("button-cancel"))
        assert (refused.text, refused.alert) == (EN("not-yours"), True)
        assert (await chat.press(status, EN("button-cancel"))).text == EN("cancel-done", count=1)


async def test_a_request_gets_a_reaction_when_it_is_queued_and_when_it_is_done(running_chat: RunningChat) -> None:
    """One reaction when the job is queued, another one when the picture is there."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        sent = (await chat.send_photos([picture(), picture(color="blue")], "/style"))[0]

        def marked(emoji: str) -> Callable[[], Awaitable[bool]]:
            async def found() -> bool:
                [request] = [message for message in await chat.messages() if message.id == sent.id]
                return request.reactions == (emoji,)

            return found

        await eventually(marked("👀"))
        await running_chat.finish(await running_chat.claim())
        await eventually(marked("🎉"))


async def test_an_administrator_may_press_anybodys_buttons(running_chat: RunningChat) -> None:
    """A member who is no administrator may not."""
    async with (
        Client(running_chat.url, "Ann") as ann,
        Client(running_chat.url, "Bob") as bob,
        Client(running_chat.url, "Eve") as eve,
    ):
        await ann.open()
        chat = await group(ann)
        for person in (bob, eve):
            await ann.call("POST", f"/api/chats/{chat.key}/members", {"user": ann.id, "member": person.id})
        await bob.chat(chat.key).send_photos([picture(), picture(color="blue")], "/style")
        await running_chat.finish(await running_chat.claim())
        answer = await chat.wait(lambda message: message.photo is not None, after=0)
        for button in (EN("button-more"), EN("button-again")):
            refused = await eve.chat(chat.key).press(answer, button)
            assert (refused.text, refused.alert) == (EN("not-yours"), True)
        assert (await press_result_button(chat, answer, EN("button-delete"))).text == EN("deleted")


async def test_group_settings_are_its_administrators_choice(running_chat: RunningChat) -> None:
    """They hold for the pictures of all members in that group, and not in private chats."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Bob") as bob:
        await ann.open()
        chat = await group(ann)
        await ann.call("POST", f"/api/chats/{chat.key}/members", {"user": ann.id, "member": bob.id})
        theirs = bob.chat(chat.key)
        await theirs.send("/settings")
        await theirs.wait(lambda message: message.text == EN("settings-admins"))
        await chat.send("/settings")
        menu = await chat.wait(lambda message: EN("settings-group") in message.text)
        size = EN("setting-size", value=EN("size-auto"))
        assert (await theirs.press(menu, size)).text == EN("settings-admins")
        await chat.press(menu, size)
        await chat.wait(lambda message: message.id == menu.id and EN("button-back") in str(message.buttons))
        smallest = EN("size-pixels", size="256")
        assert (await theirs.press(menu, smallest)).text == EN("settings-admins")
        assert (await chat.press(menu, smallest)).text == EN("settings-saved")
        await theirs.send_photos([picture(), picture(color="blue")], "/style")
        job = await running_chat.claim()
        assert job.recipe.size == 256
        await running_chat.finish(job)
        private = await bob.open()
        await private.send_photos([picture(), picture(color="blue")])
        assert (await running_chat.claim()).recipe.size is None


async def test_privacy_mode_is_enough(running_chat: RunningChat) -> None:
    """A bot that is no administrator receives commands and replies to its messages, and needs nothing else."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann, admin=False)
        photo = (await chat.send_photos([picture()]))[0]
        name = (await ann.call("GET", "/api/bots"))["bots"][0]["username"]
        await chat.send(f"/style@{name}", reply_to=photo)
        question = await chat.wait(lambda message: EN("draft-in-group") in message.text)
        await chat.send_photos([picture(color="blue")], reply_to=question)
        await running_chat.finish(await running_chat.claim())
        await chat.wait(lambda message: message.photo is not None)


# The request stays in the old group; the test may end before the bot comes to its reaction.
@pytest.mark.refused("sendPhoto", "group chat was upgraded", always=False)  # sent before the bot hears of the move
@pytest.mark.refused("sendMessage", "group chat was upgraded", always=False)
async def test_a_group_that_becomes_a_supergroup_loses_nothing(running_chat: RunningChat) -> None:
    """The draft and the running job move to the new chat."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann, kind="group")
        await chat.send_photos([picture(), picture(color="blue")], "/style mosaic")
        job = await running_chat.claim()
        photo = (await chat.send_photos([picture()]))[0]
        await chat.send("/style", reply_to=photo)
        await chat.wait(lambda message: EN("draft-in-group") in message.text)
        moved = await ann.call("POST", f"/api/chats/{chat.key}/migrate", {"user": ann.id})
        fresh = ann.chat(moved["key"])
        await running_chat.finish(job)
        await fresh.wait(lambda message: message.photo is not None)
        await fresh.send_photos([picture(color="green")], "/style")
        both = await running_chat.claim()
        assert both.address.chat_id == moved["id"]


@pytest.mark.refused("setMessageReaction", "message to react not found", always=False)
async def test_the_answer_to_a_deleted_command_comes(running_chat: RunningChat) -> None:
    """A reply to a message that is gone is refused, unless each call says that it may come without it."""
    async with Client(running_chat.url) as ann:
        await ann.open()
        chat = await group(ann)
        [asked] = await chat.send_photos([picture()], "/style mosaic")
        job = await running_chat.claim()
        await chat.delete(asked)
        await running_chat.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.reply_to is None
