"""A picture whose place is closed by then reaches its requester elsewhere, and keeps its buttons."""

from __future__ import annotations

import pytest

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from bot.storage.models import Job, JobError
from tests.support.chat_harness import RunningChat, from_bot, group, picture

EN = texts("en")
CLOSED = pytest.mark.refused("sendPhoto", "TOPIC_CLOSED")
DELETED = pytest.mark.refused("sendPhoto", "message thread not found")
NO_WORDS = pytest.mark.refused("sendMessage", "message thread not found")
LOST = pytest.mark.refused("editMessageText", "message to edit not found")
GONE_REQUEST = pytest.mark.refused("setMessageReaction", "message to react not found")
GONE_STATUS = pytest.mark.refused("deleteMessage", "message to delete not found")


async def asked_in_topic(running_chat: RunningChat, ann: Client) -> tuple[Chat, int, Job]:
    """Ask for a picture in a topic of a group where the bot is an ordinary member; return group, topic and job."""
    chat = await group(ann, forum=True, admin=False)
    topic = (await ann.call("POST", f"/api/chats/{chat.key}/topics", {"user": ann.id, "name": "Art"}))["id"]
    await chat.send_photos([picture()], "/style mosaic", topic=topic)
    await chat.wait(lambda message: bool(message.buttons) and message.topic == topic)
    job = await running_chat.claim()
    await chat.wait(lambda message: EN("starting") in message.text)  # no edit is under way any more
    return chat, topic, job


async def end(ann: Client, chat: Chat, topic: int, how: str) -> None:
    """Close a topic, or delete it."""
    path = f"/api/chats/{chat.key}/topics/{topic}"
    if how == "closed":
        await ann.call("PATCH", path, {"user": ann.id, "closed": True})
    else:
        await ann.call("DELETE", f"{path}?user={ann.id}")


ENDS = [
    pytest.param("closed", marks=[CLOSED]),
    pytest.param("deleted", marks=[DELETED, GONE_REQUEST, GONE_STATUS]),
]


@pytest.mark.parametrize("how", ENDS)
async def test_who_has_started_the_bot_gets_the_picture_in_private(running_chat: RunningChat, how: str) -> None:
    """With a sentence that says why it is there, and with buttons that work."""
    async with Client(running_chat.url) as ann:
        private = await ann.open()
        await private.send("/start")
        await private.wait(lambda message: message.text == EN("start"))
        chat, topic, job = await asked_in_topic(running_chat, ann)
        await end(ann, chat, topic, how)
        await running_chat.finish(job)
        answer = await private.wait(lambda message: message.photo is not None)
        assert answer.text.startswith(EN("here-in-private"))
        await running_chat.settled()
        assert not [message for message in await from_bot(chat) if message.photo]
        assert (await private.press(answer, EN("button-stronger"))).text == EN("going-on")
        again = await running_chat.claim()
        assert (again.address.chat_id, again.address.thread_id) == (ann.id, None)


@pytest.mark.parametrize("how", ENDS)
async def test_otherwise_it_comes_outside_the_topic(running_chat: RunningChat, how: str) -> None:
    """The group can read it in General."""
    async with Client(running_chat.url) as ann:
        chat, topic, job = await asked_in_topic(running_chat, ann)
        await end(ann, chat, topic, how)
        await running_chat.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert (answer.topic, answer.text.splitlines()[0]) == (None, f"Ann: {EN('here-in-general')}")
        await running_chat.settled()
        assert len(await pictures(chat)) == 1


async def pictures(chat: Chat) -> list[Message]:
    """Return the pictures that the bot has in a chat."""
    return [message for message in await from_bot(chat) if message.photo]


@LOST
@NO_WORDS
@GONE_REQUEST
@GONE_STATUS
async def test_a_failure_is_told_elsewhere_too(running_chat: RunningChat) -> None:
    """Whoever waits for a picture learns that there will be none."""
    async with Client(running_chat.url) as ann:
        private = await ann.open()
        await private.send("/start")
        await private.wait(lambda message: message.text == EN("start"))
        chat, topic, job = await asked_in_topic(running_chat, ann)
        await end(ann, chat, topic, "deleted")
        assert await running_chat.stores.work.fail(job, JobError.ENGINE, "")
        told = await private.wait(lambda message: EN("failed-engine") in message.text)
        assert told.text.startswith(EN("here-in-private"))


async def test_where_the_bot_may_not_write_it_tries_once(running_chat: RunningChat) -> None:
    """Not every few seconds; who has started it gets the picture in private."""
    async with Client(running_chat.url) as ann:
        private = await ann.open()
        await private.send("/start")
        await private.wait(lambda message: message.text == EN("start"))
        chat = await group(ann)
        refused = "Bad Request: not enough rights to send text messages to the chat"
        for method in ("sendMessage", "sendPhoto", "sendDocument"):
            await running_chat.fault(
                ann, "error", method, times=0, status=400, description=refused, chat_id=int(chat_id(chat))
            )
        await chat.send_photos([picture()], "/style mosaic")
        job = await running_chat.claim()
        for number in range(1, 10):  # news of the job, at each of which it would be tried again
            assert await running_chat.stores.work.record_progress(job, number / 10, 20.0, None)
            await running_chat.stores.jobs.wait("news", 0.3)
        calls = (await ann.call("GET", "/api/wire"))["calls"]
        tried = [call for call in calls if call["method"] == "sendMessage" and call["status"] == 400]
        assert len(tried) == 1
        await running_chat.finish(job)
        assert (await private.wait(lambda message: message.photo is not None)).text.startswith(EN("here-in-private"))


def chat_id(chat: Chat) -> str:
    """Return the id of a group, by its key."""
    return chat.key.removeprefix("g")
